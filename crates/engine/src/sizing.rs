//! Risk-constant sizing: from what a trader is ready to lose and a stop price to a size.

use words::*;

use crate::{
    EngineError, Result,
    book::premium,
    market::Market,
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
    market.require_new_risk()?;
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

/// What a position of `size` opened at the market's price loses when it is closed at `stop`: the move, both spreads, both
/// fees and the premium it pays. A premium it is paid does not count, because closing may have to pay it back.
pub fn loss_at(market: &Market, size: Size, long: bool, stop: Ticks) -> Result<Atoms> {
    let price = market.price.oracle;
    let moved = size.at(Ticks(price.0.max(stop.0).saturating_sub(price.0.min(stop.0))))?;
    let skew = market.book.skew()?;
    let paid = premium(&market.risk, skew.plus(size.signed(long)?)?, price)?.saturating_minus(premium(
        &market.risk,
        skew,
        price,
    )?);
    moved.plus(paid)?.plus(costs(market, size, price)?)?.plus(costs(market, size, stop)?)
}

/// Spread and fees of a fill at a price.
fn costs(market: &Market, size: Size, price: Ticks) -> Result<Atoms> {
    let risk = &market.risk;
    let notional = size.at(price)?;
    let uncertain = risk.confidence_spread.mul_ceil(size.at(market.price.confidence)?)?;
    let spread = risk.spread.mul_ceil(notional)?.plus(uncertain)?;
    risk.fee.mul_ceil(notional)?.plus(risk.execution_fee)?.plus(spread)
}
