//! Checked integer arithmetic: the only multiplications and divisions that the engine has.
//!
//! There is no operator for them: each function names its rounding.

use crate::{EngineError, Result};

/// `floor(a * b / 2^shift)`.
#[inline]
pub fn mul_shift_floor(a: u64, b: u64, shift: u32) -> Result<u64> {
    to_u64(wide(a, b).checked_shr(shift).ok_or(EngineError::Overflow)?)
}

/// `ceil(a * b / 2^shift)`.
#[inline]
pub fn mul_shift_ceil(a: u64, b: u64, shift: u32) -> Result<u64> {
    let product = wide(a, b);
    let floor = product.checked_shr(shift).ok_or(EngineError::Overflow)?;
    let exact = floor.checked_shl(shift) == Some(product);
    to_u64(if exact { floor } else { floor.checked_add(1).ok_or(EngineError::Overflow)? })
}

/// `floor(a * b / c)`; an error when `c` is zero.
pub fn mul_div_floor(a: u64, b: u64, c: u64) -> Result<u64> {
    to_u64(wide(a, b).checked_div(u128::from(c)).ok_or(EngineError::Overflow)?)
}

/// `ceil(a * b / c)`; an error when `c` is zero.
pub fn mul_div_ceil(a: u64, b: u64, c: u64) -> Result<u64> {
    if c == 0 {
        return Err(EngineError::Overflow);
    }
    to_u64(wide(a, b).div_ceil(u128::from(c)))
}

/// `a * b` in full. Two 64-bit factors cannot overflow 128 bits.
#[inline]
pub fn wide(a: u64, b: u64) -> u128 {
    u128::from(a).wrapping_mul(u128::from(b))
}

/// Narrows, or fails.
#[inline]
pub fn to_u64(value: u128) -> Result<u64> {
    u64::try_from(value).map_err(|_| EngineError::Overflow)
}

/// An unsigned amount as a signed one.
#[inline]
pub fn to_i64(value: u64) -> Result<i64> {
    i64::try_from(value).map_err(|_| EngineError::Overflow)
}

/// `10^exponent`.
pub fn pow10(exponent: u32) -> Result<u64> {
    10u64.checked_pow(exponent).ok_or(EngineError::Overflow)
}
