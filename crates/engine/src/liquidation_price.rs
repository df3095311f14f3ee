//! The price at which an account becomes liquidatable, all else unchanged: for quotes.

use words::*;

use crate::{
    Result,
    account::Health,
    margin::leg_health,
    market::Market,
    position::Position,
    units::{Atoms, Ticks},
};

/// The price nearest to the market's, on a position's losing side, at which the account is liquidatable, from the smallest
/// tick to the market's largest price. Nothing where no price liquidates.
///
/// `rest` is the maintenance of the account's other legs, and `cash` its cash. Both stay as they are.
pub fn liquidation_price(cash: Atoms, rest: &Health, position: &Position, market: &Market) -> Result<Option<Ticks>> {
    let account = rest.with_cash(cash)?;
    let falls = |price| {
        let mut health = account;
        health.add(&leg_health(position, market, price)?)?;
        Ok(health.is_liquidatable())
    };
    let start = market.price.oracle;
    if position.lots.is_zero() {
        return Ok(if falls(start)? { Some(start) } else { None });
    }
    let end = if position.is_long() { start.min(Ticks(lit(1))) } else { start.max(market.risk.max_price) };
    first_price(start, end, falls)
}

/// The first price from `start` towards `end` at which `falls` holds.
///
/// It is looked for at distances of 1, 2, 4, ... ticks and at `end`, then between the last two by bisection. So it holds
/// there and does not hold one tick earlier, whatever `falls` is; it is the first such price where `falls` changes once.
pub fn first_price(start: Ticks, end: Ticks, mut falls: impl FnMut(Ticks) -> Result<bool>) -> Result<Option<Ticks>> {
    if falls(start)? {
        return Ok(Some(start));
    }
    let down = end < start;
    let span = if down { start.minus(end)? } else { end.minus(start)? };
    let at = |distance: U64| if down { start.minus(Ticks(distance)) } else { start.plus(Ticks(distance)) };

    // Distances: it does not hold at `near`, and once found it holds at `far`.
    let (mut near, mut far, mut found) = (U64::ZERO, lit(1).min(span.0), false);
    for _ in 0..=bits::WORD {
        if far <= near || found {
            break;
        }
        found = falls(at(far)?)?;
        if !found {
            (near, far) = (far, far.saturating_mul(lit(2)).min(span.0));
        }
    }
    if !found {
        return Ok(None);
    }
    for _ in 0..bits::WORD {
        let half = far.saturating_sub(near).shifted_down(1);
        if half.is_zero() {
            break;
        }
        let middle = near.saturating_add(half);
        if falls(at(middle)?)? {
            far = middle;
        } else {
            near = middle;
        }
    }
    at(far).map(Some)
}
