//! What one leg requires and what it is worth, for maintenance and for initial margin.

use words::*;

use crate::{
    EngineError, Result,
    book::Book,
    market::{Market, status},
    math,
    position::Position,
    price::Price,
    risk::{RAMP_BITS, Risk},
    units::{Atoms, Pnl, Ratio, Size, Ticks},
};

/// A leg at one price, for maintenance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LegHealth {
    /// Its size.
    pub size: Size,
    /// The price it is valued and closed at.
    pub price: Ticks,
    /// Size at the price.
    pub notional: Atoms,
    /// Profit or loss, profit counted as far as it can be collected, and `credit`.
    pub counted: Pnl,
    /// Profit or loss in full.
    pub pnl: Pnl,
    /// Maintenance requirement.
    pub maintenance: Atoms,
    /// `maintenance` over `notional`.
    pub ratio: Ratio,
    /// What the holder is credited with because a price is missing.
    pub credit: Atoms,
    /// `credit` over `notional`: a close gives it up.
    pub favour: Ratio,
    /// Size in stressed moves, for the priority key.
    pub stress: Atoms,
    /// Whether it is long.
    pub long: bool,
}

/// A leg for initial margin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LegInitial {
    /// Profit or loss at the worse price, profit weighted and capped.
    pub counted: Pnl,
    /// Initial requirement.
    pub requirement: Atoms,
}

/// The maintenance ratio in force for a notional: `clamp(m0 + N / (2 depth), floor, cap)`.
#[inline]
pub fn maintenance_ratio(risk: &Risk, notional: Atoms) -> Result<Ratio> {
    // What does not fit is beyond the cap.
    let model = risk.impact.ratio_ceil(notional).and_then(|impact| risk.base.plus(impact));
    Ok(model.unwrap_or(risk.maintenance_cap).clamp(risk.maintenance_floor, risk.maintenance_cap))
}

/// The maintenance requirement of a notional.
#[inline]
pub fn maintenance(risk: &Risk, notional: Atoms) -> Result<Atoms> {
    maintenance_ratio(risk, notional)?.mul_ceil(notional)
}

/// A leg at a price, as a touch would leave it.
#[inline]
pub fn leg_health(position: &Position, market: &Market, price: Ticks) -> Result<LegHealth> {
    health_with(&market.book, position, market, price)
}

/// The same, with `book` in the place of the market's.
///
/// While the market settles its price is fixed: the leg is worth what it is worth, and requires nothing.
pub(crate) fn health_with(book: &Book, position: &Position, market: &Market, price: Ticks) -> Result<LegHealth> {
    let (lots, cost) = book.side(position.is_long()).holding(position, market.price.oracle)?;
    // One product serves as notional and as value.
    let value = lots.size().at(price)?;
    let settles = market.status >= status::SETTLING;
    let (size, notional) = if settles { (Size::ZERO, Atoms::ZERO) } else { (lots.size(), value) };
    let ratio = maintenance_ratio(&market.risk, notional)?;
    let value = value.signed()?;
    let pnl = if lots.is_negative() { value.negated()? } else { value }.minus(cost)?;
    Ok(LegHealth {
        size,
        price,
        notional,
        counted: if pnl.is_positive() { collectable(book, &market.risk, price, pnl.gain())?.signed()? } else { pnl },
        pnl,
        maintenance: ratio.mul_ceil(notional)?,
        ratio,
        credit: Atoms::ZERO,
        favour: Ratio::ZERO,
        stress: market.risk.key_scale.mul_ceil(notional)?,
        long: position.is_long(),
    })
}

/// The part of a profit that the market can pay: all of it while its net asset value is not negative. One account's profit
/// may exceed what its side claims on balance, so it is never more than there is to pay.
pub fn collectable(book: &Book, risk: &Risk, price: Ticks, gain: Atoms) -> Result<Atoms> {
    let missing = book.missing(risk, price)?;
    if missing.is_zero() {
        return Ok(gain);
    }
    let claims = book.claims(true, price)?.gain().plus(book.claims(false, price)?.gain())?;
    let payable = claims.saturating_minus(missing);
    if claims.is_zero() {
        return Ok(Atoms::ZERO);
    }
    Ok(Atoms(math::mul_div_floor(gain.0, payable.0, claims.0)?).min(payable))
}

/// The initial requirement of a size, with `book` as it would be.
pub fn initial_requirement(risk: &Risk, book: &Book, size: Size, long: bool, price: Ticks) -> Result<Atoms> {
    if size.is_zero() {
        return Ok(Atoms::ZERO);
    }
    let notional = size.at(price)?;
    let side = if long { &book.long } else { &book.short };
    // A hundred wallets with one position each are charged the impact of a share of the whole side.
    let crowd = risk.crowd.mul_ceil(side.lots.at(price)?)?;
    let model = risk.base_model.max(risk.base);
    let cap = risk.maintenance_cap_model.max(risk.maintenance_cap);
    let impact = risk.impact_model.max(risk.impact).ratio_ceil(notional.max(crowd)).unwrap_or(cap);
    let floor = risk.maintenance_floor_model.max(risk.maintenance_floor);
    let ratio = model.saturating_plus(impact).min(cap).max(floor);
    let ramp = Ratio(math::mul_shift_ceil(side.lots.0, risk.open_interest_ramp, RAMP_BITS - Ratio::BITS)?);
    let multiple = Ratio::ONE.plus(ramp)?;
    let ratio = ratio.times_ceil(risk.initial_multiple)?.times_ceil(multiple)?.times_ceil(risk.cascade_multiple)?;
    // What does not fit is more than anybody has: it may not refuse a reduction, which does not need it.
    Ok(ratio.mul_ceil(notional).unwrap_or(Atoms(U64::MAX)))
}

/// A leg for initial margin, as a touch would leave it: the worse of oracle and average, confidence against the holder,
/// and no profit from a market whose net asset value is negative or whose profits are withheld.
///
/// It means something only where the market has a price for new risk ([`Market::fresh_price`]).
pub fn leg_initial(position: &Position, risk: &Risk, book: &Book, price: &Price) -> Result<LegInitial> {
    let position = &book.touched(position, price.oracle)?;
    let counted = counted_initially(position, risk, price)?;
    let unpayable = counted.is_positive() && (book.is_withheld() || book.nav(risk, price.oracle)?.is_negative());
    Ok(LegInitial {
        counted: if unpayable { Pnl::ZERO } else { counted },
        requirement: initial_requirement(risk, book, position.lots.size(), position.is_long(), price.oracle)?,
    })
}

/// What initial equity counts of the profit or loss of a position that was touched.
pub fn counted_initially(position: &Position, risk: &Risk, price: &Price) -> Result<Pnl> {
    weighted(cautious_pnl(position, price)?, risk)
}

/// Profit or loss at the worse of oracle and average, less the confidence interval.
pub(crate) fn cautious_pnl(position: &Position, price: &Price) -> Result<Pnl> {
    let width = position.lots.size().at(price.confidence)?.signed()?;
    position.pnl(price.oracle)?.min(position.pnl(price.ema)?).minus(width)
}

/// A profit weighted and capped; a loss in full.
pub(crate) fn weighted(pnl: Pnl, risk: &Risk) -> Result<Pnl> {
    if !pnl.is_positive() {
        return Ok(pnl);
    }
    risk.profit_weight.mul_floor(pnl.gain())?.min(risk.profit_cap).signed()
}

/// Refuses a size that a position may not have.
pub fn require_size(risk: &Risk, size: Size) -> Result<()> {
    if size > risk.position_cap {
        return Err(EngineError::PositionCapExceeded);
    }
    if !size.is_zero() && size < risk.minimum_position {
        return Err(EngineError::BelowMinimumPosition);
    }
    Ok(())
}
