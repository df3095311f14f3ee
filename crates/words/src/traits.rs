//! What the engine asks of its integers. Whatever it is compiled for, this file is the same.

use core::fmt::Debug;

/// What the engine asks of any integer.
pub trait Integer: Copy + Debug + Default + Ord {
    /// Nothing.
    const ZERO: Self;

    /// Whether it is zero.
    fn is_zero(self) -> bool;
    /// The sum, if it fits.
    fn checked_add(self, other: Self) -> Option<Self>;
    /// The difference, if it fits.
    fn checked_sub(self, other: Self) -> Option<Self>;
    /// The product, if it fits.
    fn checked_mul(self, other: Self) -> Option<Self>;
    /// The quotient towards zero, unless the divisor is zero.
    fn checked_div(self, other: Self) -> Option<Self>;
    /// The sum, or the nearest that fits.
    fn saturating_add(self, other: Self) -> Self;
    /// The difference, or the nearest that fits.
    fn saturating_sub(self, other: Self) -> Self;
    /// The product, or the nearest that fits.
    fn saturating_mul(self, other: Self) -> Self;

    /// The sum of all, if each step of it fits.
    #[inline]
    fn checked_sum<const N: usize>(terms: [Self; N]) -> Option<Self> {
        terms.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }
}

/// What it asks of an unsigned one.
pub trait Unsigned: Integer + From<u32> {
    /// The largest there is.
    const MAX: Self;

    /// The signed integer of the same width.
    type Signed: Signed<Magnitude = Self>;

    /// The same value with a sign, if it fits.
    fn signed(self) -> Option<Self::Signed>;
    /// `self x 2^bits`, if it fits.
    fn shifted_up(self, bits: u32) -> Option<Self>;
    /// `floor(self / 2^bits)`.
    fn shifted_down(self, bits: u32) -> Self;
    /// `ceil(self / other)`, unless the divisor is zero.
    fn checked_div_ceil(self, other: Self) -> Option<Self>;
    /// The remainder, unless the divisor is zero.
    fn checked_rem(self, other: Self) -> Option<Self>;
    /// `floor(sqrt(self))`.
    fn isqrt(self) -> Self;
}

/// What it asks of a signed one.
pub trait Signed: Integer {
    /// The unsigned integer of the same width.
    type Magnitude: Unsigned<Signed = Self>;

    /// Below zero.
    fn is_negative(self) -> bool;
    /// Above zero.
    fn is_positive(self) -> bool;
    /// Without its sign.
    fn unsigned_abs(self) -> Self::Magnitude;
    /// With the other sign, if it fits.
    fn checked_neg(self) -> Option<Self>;
}

/// What it asks of the integer that stored quantities are made of.
pub trait Word: Unsigned {
    /// The integer that holds any product of two.
    type Wide: Unsigned + From<Self>;

    /// The product in full.
    fn times(self, other: Self) -> Self::Wide;
    /// A wide value, if it fits.
    fn narrow(wide: Self::Wide) -> Option<Self>;
    /// Significant bits: zero has none.
    fn significant_bits(self) -> u32;

    /// `floor(wide / 2^bits)`, if its size fits with a sign.
    #[inline]
    fn shifted_floor(wide: <Self::Wide as Unsigned>::Signed, bits: u32) -> Option<Self::Signed> {
        let size = wide.unsigned_abs();
        if !wide.is_negative() {
            return Self::narrow(size.shifted_down(bits))?.signed();
        }
        let step = Self::Wide::from(1u32).shifted_up(bits)?;
        Self::narrow(size.checked_div_ceil(step)?)?.signed()?.checked_neg()
    }

    /// `floor(self x other / 2^shift)`, if it fits.
    #[inline]
    fn mul_shift_floor(self, other: Self, shift: u32) -> Option<Self> {
        full_mul_shift_floor(self, other, shift)
    }

    /// `ceil(self x other / 2^shift)`, if it fits.
    #[inline]
    fn mul_shift_ceil(self, other: Self, shift: u32) -> Option<Self> {
        full_mul_shift_ceil(self, other, shift)
    }
}

/// [`Word::mul_shift_floor`] by way of the product in full.
#[inline]
pub(crate) fn full_mul_shift_floor<N: Word>(a: N, b: N, shift: u32) -> Option<N> {
    N::narrow(a.times(b).shifted_down(shift))
}

/// [`Word::mul_shift_ceil`] by way of the product in full.
#[inline]
pub(crate) fn full_mul_shift_ceil<N: Word>(a: N, b: N, shift: u32) -> Option<N> {
    let (product, one) = (a.times(b), N::Wide::from(1u32));
    let below_one = one.shifted_up(shift)?.checked_sub(one)?;
    match product.checked_add(below_one) {
        Some(sum) => N::narrow(sum.shifted_down(shift)),
        // Only a product that is no multiple is so near the end.
        None => N::narrow(product.shifted_down(shift).checked_add(one)?),
    }
}
