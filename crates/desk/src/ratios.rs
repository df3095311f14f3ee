//! Ratios as people read them: millionths, rounded down, the largest where they do not fit.

use plimsoll_client::engine::units::{Atoms, Pnl, Ratio, Ticks};

const MILLION: i128 = 1_000_000;

/// A ratio of 32 fraction bits in millionths.
pub fn ppm(ratio: Ratio) -> u32 {
    u32::try_from((u128::from(ratio.0) * MILLION.unsigned_abs()) >> Ratio::BITS).unwrap_or(u32::MAX)
}

/// One amount over another; nothing over zero.
pub fn share(part: i64, whole: u64) -> Option<i32> {
    if whole == 0 {
        return None;
    }
    let share = (i128::from(part) * MILLION).div_euclid(i128::from(whole));
    Some(i32::try_from(share).unwrap_or(if part < 0 { i32::MIN } else { i32::MAX }))
}

/// One signed amount over an unsigned one.
pub fn share_of(part: Pnl, whole: Atoms) -> Option<i32> {
    share(part.0, whole.0)
}

/// How far `to` is from `from`; nothing where `from` is not known.
pub fn distance(from: Ticks, to: Ticks) -> Option<i32> {
    let moved = i128::from(to.0) - i128::from(from.0);
    share(i64::try_from(moved).unwrap_or(if moved < 0 { i64::MIN } else { i64::MAX }), from.0)
}

/// A price moved by so many millionths, down.
pub fn moved(price: Ticks, by: i32) -> Ticks {
    let factor = (MILLION + i128::from(by)).max(0);
    Ticks(u64::try_from(i128::from(price.0) * factor / MILLION).unwrap_or(u64::MAX))
}

/// Atoms over lots: a price in ticks, up for who pays and down for who is paid, so against the trader both ways.
pub fn price_of(amount: i64, lots: i64) -> Option<u64> {
    if lots == 0 {
        return None;
    }
    let (amount, lots) = (i128::from(amount), i128::from(lots));
    let quotient = amount.div_euclid(lots);
    let up = lots > 0 && amount.rem_euclid(lots) != 0;
    u64::try_from(quotient + i128::from(up)).ok()
}
