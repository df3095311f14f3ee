//! The machine's integers.

use crate::{
    Integer, Signed, Unsigned, Word,
    traits::{full_mul_shift_ceil, full_mul_shift_floor},
};

macro_rules! integer {
    ($($int:ident)*) => {$(
        impl Integer for $int {
            const ZERO: Self = 0;

            #[inline]
            fn is_zero(self) -> bool {
                self == 0
            }
            #[inline]
            fn checked_add(self, other: Self) -> Option<Self> {
                $int::checked_add(self, other)
            }
            #[inline]
            fn checked_sub(self, other: Self) -> Option<Self> {
                $int::checked_sub(self, other)
            }
            #[inline]
            fn checked_mul(self, other: Self) -> Option<Self> {
                $int::checked_mul(self, other)
            }
            #[inline]
            fn checked_div(self, other: Self) -> Option<Self> {
                $int::checked_div(self, other)
            }
            #[inline]
            fn saturating_add(self, other: Self) -> Self {
                $int::saturating_add(self, other)
            }
            #[inline]
            fn saturating_sub(self, other: Self) -> Self {
                $int::saturating_sub(self, other)
            }
            #[inline]
            fn saturating_mul(self, other: Self) -> Self {
                $int::saturating_mul(self, other)
            }
        }
    )*};
}

macro_rules! pair {
    ($unsigned:ident, $signed:ident) => {
        impl Unsigned for $unsigned {
            const MAX: Self = $unsigned::MAX;

            type Signed = $signed;

            #[inline]
            fn signed(self) -> Option<$signed> {
                $signed::try_from(self).ok()
            }
            #[inline]
            fn shifted_up(self, bits: u32) -> Option<Self> {
                self.checked_shl(bits).filter(|up| up.checked_shr(bits) == Some(self))
            }
            #[inline]
            fn shifted_down(self, bits: u32) -> Self {
                self.checked_shr(bits).unwrap_or(0)
            }
            #[inline]
            fn checked_div_ceil(self, other: Self) -> Option<Self> {
                if other == 0 { None } else { Some(self.div_ceil(other)) }
            }
            #[inline]
            fn checked_rem(self, other: Self) -> Option<Self> {
                $unsigned::checked_rem(self, other)
            }
            #[inline]
            fn isqrt(self) -> Self {
                $unsigned::isqrt(self)
            }
        }

        impl Signed for $signed {
            type Magnitude = $unsigned;

            #[inline]
            fn is_negative(self) -> bool {
                self < 0
            }
            #[inline]
            fn is_positive(self) -> bool {
                self > 0
            }
            #[inline]
            fn unsigned_abs(self) -> $unsigned {
                $signed::unsigned_abs(self)
            }
            #[inline]
            fn checked_neg(self) -> Option<Self> {
                $signed::checked_neg(self)
            }
        }
    };
}

integer!(u64 u128 i64 i128);
pair!(u64, i64);
pair!(u128, i128);

/// Bits of half a word.
const HALF: u32 = 32;
/// The largest that fits it.
const LOW: u64 = (1 << HALF) - 1;

/// Whether half a word holds it.
#[inline]
const fn is_half(value: u64) -> bool {
    value <= LOW
}

/// `value x half / 2^32` in whole and what is left, for a factor of half a word.
#[inline]
const fn by_fraction(value: u64, half: u64) -> (u64, u64) {
    let (low, high) = ((value & LOW).wrapping_mul(half), value.wrapping_shr(HALF).wrapping_mul(half));
    // Together they are a product of at most 96 bits over 32: it fits.
    (high.wrapping_add(low.wrapping_shr(HALF)), low & LOW)
}

impl Word for u64 {
    type Wide = u128;

    #[inline]
    fn times(self, other: Self) -> u128 {
        // Two 64-bit factors cannot overflow 128 bits.
        u128::from(self).wrapping_mul(u128::from(other))
    }
    #[inline]
    fn narrow(wide: u128) -> Option<Self> {
        Self::try_from(wide).ok()
    }
    #[inline]
    fn significant_bits(self) -> u32 {
        Self::BITS.saturating_sub(self.leading_zeros())
    }

    // On chain a product of 128 bits is a call, and the shift is known where this is inlined.
    #[inline]
    fn mul_shift_floor(self, other: Self, shift: u32) -> Option<Self> {
        match shift {
            0 if is_half(self | other) => Some(self.wrapping_mul(other)),
            HALF if is_half(other) => Some(by_fraction(self, other).0),
            _ => full_mul_shift_floor(self, other, shift),
        }
    }
    #[inline]
    fn mul_shift_ceil(self, other: Self, shift: u32) -> Option<Self> {
        if shift == HALF && is_half(other) {
            let (floor, rest) = by_fraction(self, other);
            // After the shift the largest is 2^64 - 2^32 - 1: one more fits.
            return Some(floor.wrapping_add(u64::from(rest != 0)));
        }
        full_mul_shift_ceil(self, other, shift)
    }
}

/// Two halves as the bytes of one integer.
#[inline]
pub const fn join(halves: [u64; 2]) -> i128 {
    let [low, high] = halves;
    let [a, b, c, d, e, f, g, h] = low.to_le_bytes();
    let [i, j, k, l, m, n, o, p] = high.to_le_bytes();
    i128::from_le_bytes([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p])
}

/// The bytes of an integer as two halves.
#[inline]
pub const fn split(value: i128) -> [u64; 2] {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = value.to_le_bytes();
    [u64::from_le_bytes([a, b, c, d, e, f, g, h]), u64::from_le_bytes([i, j, k, l, m, n, o, p])]
}
