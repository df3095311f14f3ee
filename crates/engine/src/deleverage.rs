//! Auto-deleveraging: when the providers' net asset value no longer covers the skew, the heavier side is reduced pro rata
//! at the price (ADR 26).
//!
//! Two looks are needed, the second at a newer price, so that no single print takes anybody's position. All
//! positions of the side are reduced at once, by its indices; each finds out when it is touched. Cash does not move.

use bytemuck::{Pod, Zeroable};
use words::*;

use crate::{
    EngineError, Result,
    funding::require_accrued,
    indices::{ADL_ONE, Exact, Indices},
    market::{Market, status},
    math::{self, Rounding},
    side::Side,
    units::{Atoms, Lots, Pnl, Ratio, Size, Ticks, Wide},
};

/// Below this factor a side starts a new epoch: 2^-16.
const NEW_EPOCH: U64 = lit(1 << bits::FACTOR_LOW);
/// Below this factor it cannot go on: 2^-32.
const EXHAUSTED: U64 = lit(1 << bits::FACTOR_LEAST);

/// The first look, while it waits for the second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Deleveraging {
    /// The price seen; zero when no look waits.
    pub price: Ticks,
    /// When it was published.
    pub publish_time: i64,
    /// When it was looked at.
    pub looked: i64,
    /// One when the longs were the heavier side.
    pub long: u8,
    /// Zero.
    pub padding: [u8; 7],
}

/// What a look did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// It was the first: a second at a newer price acts.
    First,
    /// It found that deleveraging is not needed any more and forgot the first.
    Cancelled,
    /// It was the second, and a side was reduced.
    Reduced(Reduced),
}

/// What deleveraging moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reduced {
    /// Whether longs were reduced.
    pub long: bool,
    /// The price at which it was, the worse of both looks for the holders.
    pub price: Ticks,
    /// The side's lots before.
    pub before: Exact,
    /// And afterwards.
    pub after: Exact,
    /// What the side's cost changed by: the value of the difference.
    pub value: Atoms,
    /// The side's factor afterwards; of the epoch that ended, where one did.
    pub factor: U64,
    /// Whether a new epoch began.
    pub new_epoch: bool,
}

/// Looks whether deleveraging is needed, and does it when this is the second time within the time to live of a look.
pub fn look(market: &mut Market, now: i64) -> Result<Look> {
    if market.status >= status::SETTLING {
        return Err(EngineError::MarketNotOpen);
    }
    let price = market.fresh_price(now)?;
    require_accrued(market, now)?;
    if !market.book.deficit.is_zero() {
        return Err(EngineError::DeficitPending);
    }
    let nav = market.nav()?;
    let skew = market.book.skew()?;
    let first = market.deleveraging;
    let waiting = !first.price.is_zero();
    if !is_needed(market, skew, nav, price)? {
        if !waiting {
            return Err(EngineError::DeleveragingNotNeeded);
        }
        market.deleveraging = Deleveraging::default();
        return Ok(Look::Cancelled);
    }
    let long = skew.is_positive();
    let in_time = now.saturating_sub(first.looked) <= i64::from(market.risk.entry_ttl);
    if !waiting || !in_time || (first.long != 0) != long {
        let publish_time = market.price.publish_time;
        market.deleveraging = Deleveraging { price, publish_time, looked: now, long: long.into(), padding: [0; 7] };
        return Ok(Look::First);
    }
    if market.price.publish_time <= first.publish_time {
        return Err(EngineError::PriceNotNewer);
    }
    let other = market.book.side(!long).lots;
    let keep = other.plus(covered(nav.gain(), market.risk.adl_target, price)?)?;
    let worse = if long { price.min(first.price) } else { price.max(first.price) };
    let reduced = reduce(market.book.side_mut(long), long, keep, worse)?;
    market.deleveraging = Deleveraging::default();
    Ok(Look::Reduced(reduced))
}

/// Whether the heavier side has won more than net asset value can bear: the skew is not covered at the trigger.
fn is_needed(market: &Market, skew: Lots, nav: Pnl, price: Ticks) -> Result<bool> {
    let least = market.risk.adl_trigger.mul_ceil(skew.size().at(price)?)?.signed()?;
    let claims = market.book.claims(skew.is_positive(), price)?;
    Ok(!skew.is_zero() && claims.is_positive() && nav < least)
}

/// The skew that net asset value covers at the target, down.
fn covered(nav: Atoms, target: Ratio, price: Ticks) -> Result<Size> {
    let scaled = nav.0.times(Ratio::ONE.0);
    let lots = math::quotient(scaled, target.0.times(price.0), Rounding::Down)?;
    // What does not fit is more than any side has.
    Ok(Size(U64::narrow(lots.min(U64::MAX.shifted_down(1).into())).unwrap_or(U64::ZERO)))
}

/// Reduces a side to `keep` lots, if it has more, at a price.
pub fn reduce(side: &mut Side, long: bool, keep: Size, price: Ticks) -> Result<Reduced> {
    let keep = keep.min(side.lots);
    let from = side.indices;
    let factor = math::mul_div_ceil(from.factor, keep.0, side.lots.0)?;
    let before = side.exact();
    let after = before.scaled(factor, from.factor, Rounding::Up)?;
    // The rounding of the totals is against the providers, so no position ever holds more than is left of them.
    let rounding = if long { Rounding::Up } else { Rounding::Down };
    let value = before.minus(after)?.at(price, rounding)?;
    let cost = if long { side.cost.minus(value.signed()?)? } else { side.cost.plus(value.signed()?)? };
    let lost = math::minus(from.factor, factor)?.times(price.0);
    let risen = math::plus(from.value.get(), math::signed(lost)?)?;
    let reached = Indices { factor, value: Wide::of(risen), ..from };
    let new_epoch = factor < NEW_EPOCH && side.previous == 0;
    if !new_epoch && factor < EXHAUSTED {
        return Err(EngineError::FactorExhausted);
    }
    if new_epoch {
        side.epoch = side.epoch.checked_add(1).ok_or(EngineError::Overflow)?;
        (side.ended, side.previous) = (reached, side.sized);
        side.indices = Indices { factor: ADL_ONE, value: Wide::ZERO, ..from };
    } else {
        side.indices = reached;
    }
    (side.lots, side.lots_fraction, side.cost) = (after.lots, after.fraction, cost);
    Ok(Reduced { long, price, before, after, value, factor, new_epoch })
}
