//! Ratios in binary fixed point: a multiplication and a shift, never a division.

use bytemuck::{Pod, Zeroable};

use super::{Atoms, Size, Ticks};
use crate::{EngineError, Result, math};

/// Parts per million in one.
pub const PPM: u64 = 1_000_000;

/// A non-negative ratio with 32 fraction bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(transparent)]
pub struct Ratio(pub u64);

impl Ratio {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// One.
    pub const ONE: Self = Self(1 << Self::BITS);
    /// Fraction bits.
    pub const BITS: u32 = 32;

    /// From parts per million, up: people write ppm, the engine multiplies and shifts.
    pub fn from_ppm_ceil(ppm: u32) -> Result<Self> {
        math::mul_div_ceil(u64::from(ppm), Self::ONE.0, PPM).map(Self)
    }

    /// From parts per million, down.
    pub fn from_ppm_floor(ppm: u32) -> Result<Self> {
        math::mul_div_floor(u64::from(ppm), Self::ONE.0, PPM).map(Self)
    }

    /// `numerator / denominator`, down.
    pub fn of_floor(numerator: u64, denominator: u64) -> Result<Self> {
        math::mul_div_floor(numerator, Self::ONE.0, denominator).map(Self)
    }

    /// `numerator / denominator`, up.
    pub fn of_ceil(numerator: u64, denominator: u64) -> Result<Self> {
        math::mul_div_ceil(numerator, Self::ONE.0, denominator).map(Self)
    }

    /// The share of an amount, down: what the caller is given.
    #[inline]
    pub fn mul_floor(self, amount: Atoms) -> Result<Atoms> {
        math::mul_shift_floor(amount.0, self.0, Self::BITS).map(Atoms)
    }

    /// The share of an amount, up: what the caller owes.
    #[inline]
    pub fn mul_ceil(self, amount: Atoms) -> Result<Atoms> {
        math::mul_shift_ceil(amount.0, self.0, Self::BITS).map(Atoms)
    }

    /// The share of a price, down.
    #[inline]
    pub fn of_price_floor(self, price: Ticks) -> Result<Ticks> {
        math::mul_shift_floor(price.0, self.0, Self::BITS).map(Ticks)
    }

    /// The product with another ratio, up.
    #[inline]
    pub fn times_ceil(self, other: Self) -> Result<Self> {
        math::mul_shift_ceil(self.0, other.0, Self::BITS).map(Self)
    }

    /// The sum.
    #[inline]
    pub fn plus(self, other: Self) -> Result<Self> {
        self.0.checked_add(other.0).map(Self).ok_or(EngineError::Overflow)
    }
}

/// `1 / (2 x)` with 94 fraction bits, rounded up: made once from a parameter so that nothing divides by it later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(transparent)]
pub struct Reciprocal(pub u64);

impl Reciprocal {
    /// Fraction bits.
    pub const BITS: u32 = 94;
    /// The smallest `x`: its reciprocal fits 64 bits.
    pub const MIN: u64 = 1 << 30;
    /// The largest `x`: its reciprocal keeps 38 significant bits.
    pub const MAX: u64 = 1 << 55;

    /// Of twice `x`, for `x` within `MIN` and `MAX`.
    pub fn of_twice(x: u64) -> Result<Self> {
        if !(Self::MIN..=Self::MAX).contains(&x) {
            return Err(EngineError::ParameterOutOfBounds);
        }
        let twice = u128::from(x).checked_mul(2).ok_or(EngineError::Overflow)?;
        math::to_u64((1u128 << Self::BITS).div_ceil(twice)).map(Self)
    }

    /// `amount / (2 x)` as a ratio, up.
    #[inline]
    pub fn ratio_ceil(self, amount: Atoms) -> Result<Ratio> {
        math::mul_shift_ceil(amount.0, self.0, Self::BITS.wrapping_sub(Ratio::BITS)).map(Ratio)
    }

    /// `size / (2 x)` with 64 fraction bits, up: for a size below `2 x`.
    #[inline]
    pub fn fraction_ceil(self, size: Size) -> Result<u64> {
        math::mul_shift_ceil(size.0, self.0, Self::BITS.wrapping_sub(u64::BITS))
    }
}
