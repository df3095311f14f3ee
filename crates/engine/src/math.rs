//! Checked integer arithmetic: the only multiplications and divisions that the engine has.
//!
//! There is no operator for them: each function names its rounding.

use words::*;

use crate::{EngineError, Result};

/// `floor(a * b / 2^shift)`.
#[inline]
pub fn mul_shift_floor<N: Word>(a: N, b: N, shift: u32) -> Result<N> {
    require_shift(shift)?;
    narrow(a.times(b).shifted_down(shift))
}

/// `ceil(a * b / 2^shift)`.
#[inline]
pub fn mul_shift_ceil<N: Word>(a: N, b: N, shift: u32) -> Result<N> {
    require_shift(shift)?;
    let product = a.times(b);
    let floor = product.shifted_down(shift);
    // One more if anything was dropped, without a branch.
    let dropped = floor.shifted_up(shift).and_then(|kept| product.checked_sub(kept)).ok_or(EngineError::Overflow)?;
    narrow(floor.checked_add(dropped.min(1u32.into())).ok_or(EngineError::Overflow)?)
}

/// `floor(a * b / c)`; an error when `c` is zero.
pub fn mul_div_floor<N: Word>(a: N, b: N, c: N) -> Result<N> {
    narrow(a.times(b).checked_div(c.into()).ok_or(EngineError::Overflow)?)
}

/// `ceil(a * b / c)`; an error when `c` is zero.
pub fn mul_div_ceil<N: Word>(a: N, b: N, c: N) -> Result<N> {
    narrow(a.times(b).checked_div_ceil(c.into()).ok_or(EngineError::Overflow)?)
}

/// Narrows, or fails.
#[inline]
pub fn narrow<N: Word>(value: N::Wide) -> Result<N> {
    N::narrow(value).ok_or(EngineError::Overflow)
}

/// An unsigned amount as a signed one.
#[inline]
pub fn signed<N: Unsigned>(value: N) -> Result<N::Signed> {
    value.signed().ok_or(EngineError::Overflow)
}

/// `10^exponent`.
pub fn pow10(exponent: u32) -> Result<u64> {
    10u64.checked_pow(exponent).ok_or(EngineError::Overflow)
}

/// A shift by all bits of a product is a mistake.
#[inline]
fn require_shift(shift: u32) -> Result<()> {
    if shift < 2 * bits::WORD { Ok(()) } else { Err(EngineError::Overflow) }
}
