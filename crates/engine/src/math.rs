//! Checked integer arithmetic: the only multiplications and divisions that the engine has.
//!
//! There is no operator for them: each function names its rounding.

use words::*;

use crate::{EngineError, Result};

/// `floor(a * b / 2^shift)`.
#[inline]
pub fn mul_shift_floor<N: Word>(a: N, b: N, shift: u32) -> Result<N> {
    require_shift(shift)?;
    a.mul_shift_floor(b, shift).ok_or(EngineError::Overflow)
}

/// `ceil(a * b / 2^shift)`.
#[inline]
pub fn mul_shift_ceil<N: Word>(a: N, b: N, shift: u32) -> Result<N> {
    require_shift(shift)?;
    a.mul_shift_ceil(b, shift).ok_or(EngineError::Overflow)
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

/// Which way what does not come out even goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Towards zero.
    Down,
    /// Away from zero.
    Up,
}

impl Rounding {
    /// The other way.
    #[inline]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Down => Self::Up,
            Self::Up => Self::Down,
        }
    }
}

/// `a / b`; an error when `b` is zero.
#[inline]
pub fn quotient<N: Unsigned>(a: N, b: N, rounding: Rounding) -> Result<N> {
    match rounding {
        Rounding::Down => a.checked_div(b),
        Rounding::Up => a.checked_div_ceil(b),
    }
    .ok_or(EngineError::Overflow)
}

/// `value / 2^bits`.
#[inline]
pub fn shifted<N: Unsigned>(value: N, bits: u32, rounding: Rounding) -> Result<N> {
    let down = value.shifted_down(bits);
    match rounding {
        Rounding::Down => Ok(down),
        // One more if anything was dropped, without a branch.
        Rounding::Up => plus(down, minus(value, shifted_up(down, bits)?)?.min(1u32.into())),
    }
}

/// `floor(a / b)` and what remains.
#[inline]
pub fn divide<N: Unsigned>(a: N, b: N) -> Result<(N, N)> {
    let whole = a.checked_div(b).ok_or(EngineError::Overflow)?;
    Ok((whole, minus(a, times(whole, b)?)?))
}

/// The sum, or `Overflow`.
#[inline]
pub fn plus<N: Integer>(a: N, b: N) -> Result<N> {
    a.checked_add(b).ok_or(EngineError::Overflow)
}

/// The difference, or `Overflow`.
#[inline]
pub fn minus<N: Integer>(a: N, b: N) -> Result<N> {
    a.checked_sub(b).ok_or(EngineError::Overflow)
}

/// The product, or `Overflow`.
#[inline]
pub fn times<N: Integer>(a: N, b: N) -> Result<N> {
    a.checked_mul(b).ok_or(EngineError::Overflow)
}

/// `value x 2^bits`, or `Overflow`.
#[inline]
pub fn shifted_up<N: Unsigned>(value: N, bits: u32) -> Result<N> {
    value.shifted_up(bits).ok_or(EngineError::Overflow)
}
