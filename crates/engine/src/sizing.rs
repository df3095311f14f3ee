//! Risk-constant sizing: from what a trader is ready to lose and a stop price to a size.

use words::*;

use crate::{
    EngineError, Result,
    book::premium,
    market::Market,
    order::{Request, Trigger},
    risk::Risk,
    units::{Atoms, Lots, Size, Ticks},
};

/// What keeps a size from being larger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// One lot more could lose more than the risk.
    Risk,
    /// The cap for one account.
    PositionCap,
    /// What is left of the cap for one side's open interest.
    SideCap,
}

/// A size for a risk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sized {
    /// Lots to trade: long when the stop is below the price, short when above.
    pub lots: Lots,
    /// What they lose at the stop.
    pub loss: Atoms,
    /// Why there are no more.
    pub bound: Bound,
}

/// The largest new position that loses no more than `risk` when it is opened at the market's price and closed at `stop`,
/// all costs included.
///
/// The loss grows with the size, so each bit of it is tried once, from the highest: the answer is exact.
pub fn size_for_risk(market: &Market, risk: Atoms, stop: Ticks, now: i64) -> Result<Sized> {
    market.require_new_risk(now)?;
    let price = market.fresh_price(now)?;
    if stop.is_zero() || stop == price {
        return Err(EngineError::ZeroAmount);
    }
    if stop > market.risk.max_price {
        return Err(EngineError::PriceTooHigh);
    }
    let long = stop < price;
    let side = if long { &market.book.long } else { &market.book.short };
    let free = Size(market.risk.side_cap.0.saturating_sub(side.lots.0));
    let cap = market.risk.position_cap.min(free);

    let mut size = Size::ZERO;
    for bit in (0..bits::WORD).rev() {
        let larger = lit(1).shifted_up(bit).and_then(|step| size.0.checked_add(step)).map_or(Size(U64::MAX), Size);
        if larger <= cap && loss_at(market, larger, long, stop)? <= risk {
            size = larger;
        }
    }
    let bound = match size {
        _ if size < cap => Bound::Risk,
        _ if free < market.risk.position_cap => Bound::SideCap,
        _ => Bound::PositionCap,
    };
    if size < market.risk.minimum_position {
        let full = bound == Bound::SideCap;
        return Err(if full { EngineError::SideCapExceeded } else { EngineError::BelowMinimumPosition });
    }
    Ok(Sized { lots: size.signed(long)?, loss: loss_at(market, size, long, stop)?, bound })
}

impl Sized {
    /// The order that closes it at `stop`, and no worse than at `limit`.
    pub fn stop_order(&self, stop: Ticks, limit: Ticks) -> Result<Request> {
        let trigger = Trigger { price: stop, above: self.lots.is_negative() };
        Ok(Request { lots: self.lots.negated()?, limit, reduce_only: true, trigger: Some(trigger) })
    }
}

/// What a position of `size` opened at the market's price loses when it is closed at `stop`: the move, both spreads, both
/// fees and the premium it pays. A premium it is paid does not count, because closing may have to pay it back.
pub fn loss_at(market: &Market, size: Size, long: bool, stop: Ticks) -> Result<Atoms> {
    let price = market.price.oracle;
    let (higher, lower) = (price.max(stop), price.min(stop));
    let skew = market.book.skew()?;
    let premium = premium(&market.risk, skew.plus(size.signed(long)?)?, price)?.saturating_minus(premium(
        &market.risk,
        skew,
        price,
    )?);
    // The fee of a stop is taken when it is placed, that of any other order when it closes.
    let fees = fee(&market.risk, size, price)?.plus(fee(&market.risk, size, higher)?)?;
    let spreads = spread(market, size, price)?.plus(spread(market, size, stop)?)?;
    size.at(higher.minus(lower)?)?.plus(premium)?.plus(spreads)?.plus(fees)
}

fn fee(risk: &Risk, size: Size, price: Ticks) -> Result<Atoms> {
    risk.fee.mul_ceil(size.at(price)?)?.plus(risk.execution_fee)
}

fn spread(market: &Market, size: Size, price: Ticks) -> Result<Atoms> {
    let uncertain = size.at(market.price.confidence)?;
    market.risk.spread.mul_ceil(size.at(price)?)?.plus(market.risk.confidence_spread.mul_ceil(uncertain)?)
}
