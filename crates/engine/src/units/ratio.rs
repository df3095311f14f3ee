//! Ratios in binary fixed point: a multiplication and a shift, never a division.

use bytemuck::{Pod, Zeroable};
use words::*;

use super::{Atoms, Size, Ticks, quantity::ordered};
use crate::{EngineError, Result, math};

/// Parts per million in one.
pub const PPM: U64 = lit(1_000_000);

/// A non-negative ratio with 32 fraction bits.
#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(transparent)]
pub struct Ratio(pub U64);

ordered!(Ratio);

impl Ratio {
    /// Nothing.
    pub const ZERO: Self = Self(U64::ZERO);
    /// One.
    pub const ONE: Self = Self(lit(1 << Self::BITS));
    /// Fraction bits.
    pub const BITS: u32 = bits::RATIO;

    /// From parts per million, up: people write ppm, the engine multiplies and shifts.
    pub fn from_ppm_ceil(ppm: u32) -> Result<Self> {
        math::mul_div_ceil(ppm.into(), Self::ONE.0, PPM).map(Self)
    }

    /// From parts per million, down.
    pub fn from_ppm_floor(ppm: u32) -> Result<Self> {
        math::mul_div_floor(ppm.into(), Self::ONE.0, PPM).map(Self)
    }

    /// `numerator / denominator`, down.
    pub fn of_floor(numerator: U64, denominator: U64) -> Result<Self> {
        math::mul_div_floor(numerator, Self::ONE.0, denominator).map(Self)
    }

    /// `numerator / denominator`, up.
    pub fn of_ceil(numerator: U64, denominator: U64) -> Result<Self> {
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

    /// The share of a price, up.
    #[inline]
    pub fn of_price_ceil(self, price: Ticks) -> Result<Ticks> {
        math::mul_shift_ceil(price.0, self.0, Self::BITS).map(Ticks)
    }

    /// Whether it is nothing.
    #[inline]
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// The product with another ratio, up.
    #[inline]
    pub fn times_ceil(self, other: Self) -> Result<Self> {
        math::mul_shift_ceil(self.0, other.0, Self::BITS).map(Self)
    }

    /// The sum.
    #[inline]
    pub fn plus(self, other: Self) -> Result<Self> {
        math::plus(self.0, other.0).map(Self)
    }

    /// The sum, or the largest ratio.
    #[inline]
    pub fn saturating_plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

/// `1 / (2 x)` with 94 fraction bits, rounded up: made once from a parameter so that nothing divides by it later.
#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(transparent)]
pub struct Reciprocal(pub U64);

ordered!(Reciprocal);

impl Reciprocal {
    /// Fraction bits.
    pub const BITS: u32 = bits::RECIPROCAL;
    /// The smallest `x`: its reciprocal fits 64 bits.
    pub const MIN: U64 = lit(1 << bits::RECIPROCAL_RANGE.0);
    /// The largest `x`: its reciprocal keeps 38 significant bits.
    pub const MAX: U64 = lit(1 << bits::RECIPROCAL_RANGE.1);

    /// Of twice `x`, for `x` within `MIN` and `MAX`.
    pub fn of_twice(x: U64) -> Result<Self> {
        if !(Self::MIN..=Self::MAX).contains(&x) {
            return Err(EngineError::ParameterOutOfBounds);
        }
        let twice = U128::from(x).checked_mul(2u32.into()).ok_or(EngineError::Overflow)?;
        let one = U128::from(1u32).shifted_up(Self::BITS).ok_or(EngineError::Overflow)?;
        math::narrow(one.checked_div_ceil(twice).ok_or(EngineError::Overflow)?).map(Self)
    }

    /// `amount / (2 x)` as a ratio, up.
    #[inline]
    pub fn ratio_ceil(self, amount: Atoms) -> Result<Ratio> {
        math::mul_shift_ceil(amount.0, self.0, Self::BITS - Ratio::BITS).map(Ratio)
    }

    /// `size / (2 x)` with as many fraction bits as a word has, up: for a size below `2 x`.
    #[inline]
    pub fn fraction_ceil(self, size: Size) -> Result<U64> {
        math::mul_shift_ceil(size.0, self.0, Self::BITS - bits::WORD)
    }
}
