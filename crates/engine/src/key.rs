//! The priority key: the cost of waiting.
//!
//! The bad debt expected after one more horizon, less the bad debt already there:
//! `key = S w(E / S) + clamp(MM - E, 0, MM) / 2^16`, with `S` the account's size in stressed moves, `E` its equity and
//! `w(x) = L(3 (x - a)) / 3 - max(0, -x)`. With `L(-z) = L(z) + z` this is
//! `w(x) = L(3 |x - a|) / 3 + clamp(a - x, 0, a)`: one table look-up.

use words::*;

use crate::{
    EngineError, Result,
    account::MAX_LEGS,
    math,
    normal_loss::TABLE,
    units::{Atoms, Pnl, Ratio},
};

/// Fraction bits of `x = E / S`.
const X_BITS: u32 = bits::KEY;
/// `log2` of what the shortfall is divided by.
const SHORTFALL_BITS: u32 = Ratio::BITS >> 1;

/// Sizes of the legs in stressed moves: `S = max(|sum s_i S_i|, sqrt(sum S_i^2))`, so that hedges count.
///
/// They are only summed for accounts under maintenance: all others need no key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stress {
    /// Negative for shorts.
    sizes: [Pnl; MAX_LEGS],
    legs: usize,
}

impl Stress {
    /// Adds a leg of stressed size `size`.
    #[inline]
    pub fn add(&mut self, size: Atoms, long: bool) -> Result<()> {
        if size.is_zero() {
            return Ok(());
        }
        let (place, signed) = (self.legs, size.signed()?);
        *self.sizes.get_mut(place).ok_or(EngineError::Overflow)? = if long { signed } else { signed.negated()? };
        self.legs = place.saturating_add(1);
        Ok(())
    }

    /// `S`. No root is needed where the net is the larger: with one leg, and with legs of one direction.
    pub fn total(&self) -> Result<Atoms> {
        // A sum beyond the type ranks as the largest there is: it must not keep an account from being flagged.
        let (mut net, mut squares) = (I64::ZERO, U128::ZERO);
        for size in self.sizes.iter().take(self.legs) {
            net = net.saturating_add(size.0);
            let size = size.0.unsigned_abs();
            squares = squares.saturating_add(size.times(size));
        }
        let net = net.unsigned_abs();
        let root = if net.times(net) >= squares { net } else { math::narrow(squares.isqrt())? };
        Ok(Atoms(net.max(root)))
    }
}

/// The key of an account under maintenance: the larger, the sooner it goes.
///
/// Within `2.41e-6` of the stress, and two atoms, of the exact value: the table's `2.284e-6`, `2^-24` each for `x` and the
/// drift, and roundings. A test compares it with 50 digits.
pub fn cost_of_waiting(stress: Atoms, drift: Ratio, equity: Pnl, maintenance: Atoms) -> Result<Atoms> {
    let waiting = match equity_over_stress(equity, stress)? {
        Some(x) => weight(x, drift)?.mul_floor(stress)?,
        None => Atoms::ZERO,
    };
    let shortfall = maintenance.saturating_minus(equity.gain());
    waiting.plus(Atoms(shortfall.0.shifted_down(SHORTFALL_BITS)))
}

/// `x = E / S` with [`X_BITS`]; nothing where nothing is at stake.
fn equity_over_stress(equity: Pnl, stress: Atoms) -> Result<Option<I64>> {
    if stress.is_zero() {
        return Ok(None);
    }
    // Both are shifted so that one division of words is enough. Far beyond the table, where the weight is constant, the
    // quotient only has to fit.
    let excess = stress.0.significant_bits().saturating_sub(bits::WORD >> 1);
    let magnitude = equity.0.unsigned_abs().shifted_down(excess).min(U64::MAX.shifted_down(X_BITS + 1));
    let divisor = stress.0.shifted_down(excess);
    let x = magnitude.shifted_up(X_BITS).and_then(|x| x.checked_div(divisor)).ok_or(EngineError::Overflow)?;
    let x = math::signed(x)?;
    if equity.is_negative() { x.checked_neg().ok_or(EngineError::Overflow).map(Some) } else { Ok(Some(x)) }
}

/// `w(x)` for `a = drift`.
fn weight(x: I64, drift: Ratio) -> Result<Ratio> {
    const FINER: u32 = Ratio::BITS - X_BITS;
    let a = math::signed(drift.0.shifted_down(FINER))?;
    // It saturates only far beyond the table.
    let distance = a.saturating_sub(x);
    let below = distance.max(I64::ZERO).min(a).unsigned_abs().shifted_up(FINER).ok_or(EngineError::Overflow)?;
    Ok(Ratio(loss(distance.unsigned_abs())?.saturating_add(below)))
}

/// `L(3 u) / 3` with 32 fraction bits, `u` with [`X_BITS`]: linear between the table's steps. The function is convex, so
/// this is at most the rounding of an entry, `2^-33`, below it, and at most `2.284e-6` above. `tables.py --check` compares
/// it with 50 digits.
fn loss(u: U64) -> Result<U64> {
    const FRACTION_BITS: u32 = X_BITS - bits::KEY_STEP;
    let index = u.shifted_down(FRACTION_BITS);
    let (Some(low), Some(high)) = (entry(&TABLE, index), entry(&TABLE, index.saturating_add(lit(1)))) else {
        return Ok(U64::ZERO);
    };
    let fraction = u.checked_rem(lit(1 << FRACTION_BITS)).ok_or(EngineError::Overflow)?;
    let fall = low.saturating_sub(high).saturating_mul(fraction).shifted_down(FRACTION_BITS);
    Ok(low.saturating_sub(fall))
}
