//! The priority key: the cost of waiting.
//!
//! The bad debt expected after one more horizon, less the bad debt already there:
//! `key = S w(E / S) + clamp(MM - E, 0, MM) / 2^16`, with `S` the account's size in stressed moves, `E` its equity and
//! `w(x) = L(3 (x - a)) / 3 - max(0, -x)`. With `L(-z) = L(z) + z` this is
//! `w(x) = L(3 |x - a|) / 3 + clamp(a - x, 0, a)`: one table look-up.

use crate::{
    EngineError, Result, math,
    normal_loss::{STEP_BITS, TABLE},
    units::{Atoms, Pnl, Ratio},
};

/// Fraction bits of `x = E / S`.
const X_BITS: u32 = 24;

/// Sizes of the legs in stressed moves, summed so that hedges count: `S = max(|sum s_i S_i|, sqrt(sum S_i^2))`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stress {
    net: Pnl,
    squares: u128,
    legs: u8,
}

impl Stress {
    /// Adds a leg of stressed size `size`.
    pub fn add(&mut self, size: Atoms, long: bool) -> Result<()> {
        if size.is_zero() {
            return Ok(());
        }
        // A sum beyond the type ranks as the largest there is: it must not keep an account from being flagged.
        let signed = size.signed()?;
        self.net = Pnl(self.net.0.saturating_add(if long { signed } else { signed.negated()? }.0));
        self.squares = self.squares.saturating_add(math::wide(size.0, size.0));
        self.legs = self.legs.saturating_add(1);
        Ok(())
    }

    /// `S`. With one leg no root is needed.
    pub fn total(&self) -> Result<Atoms> {
        let net = self.net.gain().max(self.net.loss());
        if self.legs <= 1 {
            return Ok(net);
        }
        Ok(net.max(Atoms(math::to_u64(self.squares.isqrt())?)))
    }
}

/// The key of an account under maintenance: the larger, the sooner it goes.
pub fn cost_of_waiting(stress: Atoms, drift: Ratio, equity: Pnl, maintenance: Atoms) -> Result<Atoms> {
    let waiting = match equity_over_stress(equity, stress)? {
        Some(x) => weight(x, drift)?.mul_floor(stress)?,
        None => Atoms::ZERO,
    };
    let shortfall = maintenance.saturating_minus(equity.gain());
    waiting.plus(Atoms(shortfall.0 >> 16))
}

/// `x = E / S` with [`X_BITS`]; nothing where nothing is at stake.
fn equity_over_stress(equity: Pnl, stress: Atoms) -> Result<Option<i64>> {
    if stress.is_zero() {
        return Ok(None);
    }
    // Both are shifted so that one native 64-bit division is enough. Far beyond the table, where the weight is constant,
    // the quotient only has to fit.
    let excess = u64::BITS.saturating_sub(stress.0.leading_zeros()).saturating_sub(u32::BITS);
    let magnitude = (equity.0.unsigned_abs() >> excess).min(i64::MAX.unsigned_abs() >> X_BITS);
    let x = math::to_i64((magnitude << X_BITS).checked_div(stress.0 >> excess).ok_or(EngineError::Overflow)?)?;
    Ok(Some(if equity.0 < 0 { x.saturating_neg() } else { x }))
}

/// `w(x)` for `a = drift`.
fn weight(x: i64, drift: Ratio) -> Result<Ratio> {
    let a = math::to_i64(drift.0 >> (Ratio::BITS - X_BITS))?;
    let below = a.saturating_sub(x).clamp(0, a);
    Ok(Ratio(loss(x.abs_diff(a))?.saturating_add(below.unsigned_abs() << (Ratio::BITS - X_BITS))))
}

/// `L(3 u) / 3` with 32 fraction bits, `u` with [`X_BITS`]: linear between the table's steps, so never below the
/// function and at most `2.3e-6` above it.
fn loss(u: u64) -> Result<u64> {
    const FRACTION_BITS: u32 = X_BITS - STEP_BITS;
    let index = usize::try_from(u >> FRACTION_BITS).unwrap_or(usize::MAX);
    let (Some(low), Some(high)) = (TABLE.get(index), TABLE.get(index.saturating_add(1))) else {
        return Ok(0);
    };
    let fraction = u & ((1 << FRACTION_BITS) - 1);
    let fall = u64::from(low.saturating_sub(*high)).saturating_mul(fraction) >> FRACTION_BITS;
    Ok(u64::from(*low).saturating_sub(fall))
}
