//! The integers that the engine is written over.
//!
//! The engine names its integers [`U64`], [`I64`], [`U128`] and [`I128`] and does with them only what the traits here
//! offer. On chain and in every client they are the machine's. Two other crates give the same names to integers of 8
//! bits, so that all inputs can be tried, and to symbolic terms, so that a solver can reason about all of them; cargo
//! compiles the engine's source with each (ADR 25). The source has no path of its own for any of them.
#![no_std]

mod machine;

use core::fmt::Debug;

/// An amount, a size, a price or a ratio.
pub type U64 = u64;
/// A signed amount or size.
pub type I64 = i64;
/// A product of two [`U64`].
pub type U128 = u128;
/// A product of [`I64`] and a signed index.
pub type I128 = i128;

/// A number of the machine: a constant, a parameter, a count of seconds. A smaller word takes the nearest it can hold.
#[inline]
pub const fn lit(value: u64) -> U64 {
    value
}

/// The entry of a table of constants.
#[inline]
pub fn entry(table: &[u32], index: U64) -> Option<U64> {
    usize::try_from(index).ok().and_then(|index| table.get(index)).map(|value| U64::from(*value))
}

/// A wide value from the halves in which it is stored, the low one first.
#[inline]
pub const fn join(halves: [U64; 2]) -> I128 {
    machine::join(halves)
}

/// The halves in which a wide value is stored, the low one first.
#[inline]
pub const fn split(value: I128) -> [U64; 2] {
    machine::split(value)
}

/// How many bits the scales have. They shrink with the word.
pub mod bits {
    /// Of a [`super::U64`].
    pub const WORD: u32 = 64;
    /// Fraction of a ratio.
    pub const RATIO: u32 = 32;
    /// Fraction of a reciprocal.
    pub const RECIPROCAL: u32 = 94;
    /// `log2` of the smallest and the largest number that has a reciprocal.
    pub const RECIPROCAL_RANGE: (u32, u32) = (30, 55);
    /// Fraction of the open-interest ramp, of a funding rate and of a variance.
    pub const FINE: u32 = 64;
    /// Notional of one side at most.
    pub const NOTIONAL: u32 = 59;
    /// Fraction of the deleveraging factor.
    pub const FACTOR: u32 = 62;
    /// Fraction of a lot in side totals.
    pub const LOT: u32 = 32;
    /// Fraction of an atom in the funding index.
    pub const FUNDING: u32 = 32;
    /// Fraction of equity over stress in the priority key.
    pub const KEY: u32 = 24;
    /// The part of it that counts entries of the key's table; between them the key is linear.
    pub const KEY_STEP: u32 = 8;
}

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
fn full_mul_shift_floor<N: Word>(a: N, b: N, shift: u32) -> Option<N> {
    N::narrow(a.times(b).shifted_down(shift))
}

/// [`Word::mul_shift_ceil`] by way of the product in full.
#[inline]
fn full_mul_shift_ceil<N: Word>(a: N, b: N, shift: u32) -> Option<N> {
    let (product, one) = (a.times(b), N::Wide::from(1u32));
    let below_one = one.shifted_up(shift)?.checked_sub(one)?;
    match product.checked_add(below_one) {
        Some(sum) => N::narrow(sum.shifted_down(shift)),
        // Only a product that is no multiple is so near the end.
        None => N::narrow(product.shifted_down(shift).checked_add(one)?),
    }
}
