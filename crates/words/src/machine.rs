//! The machine's integers.

use crate::{
    Integer, Signed, Unsigned, Word,
    traits::{full_mul_shift_ceil, full_mul_shift_floor},
};

/// `a + b`, if it fits: it does not when the sum has the sign of neither. On chain this costs half of what flags do.
#[inline]
const fn sum(a: i64, b: i64) -> Option<i64> {
    let sum = a.wrapping_add(b);
    if (a ^ sum) & (b ^ sum) < 0 { None } else { Some(sum) }
}

/// `a - b`, if it fits: it does not when the signs differ and the difference has not that of `a`.
#[inline]
const fn difference(a: i64, b: i64) -> Option<i64> {
    let difference = a.wrapping_sub(b);
    if (a ^ b) & (a ^ difference) < 0 { None } else { Some(difference) }
}

/// `a + b`, if it fits: then it is not below `a`.
#[inline]
const fn unsigned_sum(a: u64, b: u64) -> Option<u64> {
    let sum = a.wrapping_add(b);
    if sum < a { None } else { Some(sum) }
}

/// Whether eight of these cannot leave the type.
#[inline]
const fn is_eighth(value: i64) -> bool {
    value.wrapping_add(EIGHTH).cast_unsigned() < EIGHTH.cast_unsigned() << 1
}

/// An eighth of the largest sum.
const EIGHTH: i64 = 1 << 60;

/// `a + b + ...`, if each step fits. Where all are small no step has to be looked at.
#[inline]
fn sum_of<const N: usize>(terms: [i64; N]) -> Option<i64> {
    if N <= 8 && terms.iter().all(|term| is_eighth(*term)) {
        return Some(terms.into_iter().fold(0, i64::wrapping_add));
    }
    terms.into_iter().try_fold(0, sum)
}

/// The product of two words from those of their halves: what the VM's library does is for products of 128 bits.
#[inline]
const fn product(a: u64, b: u64) -> (u64, u64) {
    let (a0, a1, b0, b1) = (a & LOW, a.wrapping_shr(HALF), b & LOW, b.wrapping_shr(HALF));
    let low = a0.wrapping_mul(b0);
    // Neither sum exceeds 64 bits: a product of halves leaves room for two of them.
    let middle = a1.wrapping_mul(b0).wrapping_add(low.wrapping_shr(HALF));
    let other = a0.wrapping_mul(b1).wrapping_add(middle & LOW);
    let high = a1.wrapping_mul(b1).wrapping_add(middle.wrapping_shr(HALF)).wrapping_add(other.wrapping_shr(HALF));
    (high, other.wrapping_shl(HALF) | low & LOW)
}

macro_rules! integer {
    ($($int:ident: $add:expr, $sub:expr $(, $sum:expr)?;)*) => {$(
        impl Integer for $int {
            const ZERO: Self = 0;

            #[inline]
            fn is_zero(self) -> bool {
                self == 0
            }
            #[inline]
            fn checked_add(self, other: Self) -> Option<Self> {
                $add(self, other)
            }
            #[inline]
            fn checked_sub(self, other: Self) -> Option<Self> {
                $sub(self, other)
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
            $(#[inline]
            fn checked_sum<const N: usize>(terms: [Self; N]) -> Option<Self> {
                $sum(terms)
            })?
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

integer! {
    u64: unsigned_sum, u64::checked_sub;
    u128: u128::checked_add, u128::checked_sub;
    i64: sum, difference, sum_of;
    i128: i128::checked_add, i128::checked_sub;
}
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
        if is_half(self | other) {
            return u128::from(self.wrapping_mul(other));
        }
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

    #[inline]
    fn shifted_floor(wide: i128, bits: u32) -> Option<i64> {
        let Some(left) = Self::BITS.checked_sub(bits).filter(|left| (1..Self::BITS).contains(left)) else {
            return i64::try_from(wide.checked_shr(bits)?).ok().filter(|floor| *floor != i64::MIN);
        };
        let ([low, high], reach) = (split(wide), 1u64.wrapping_shl(bits.wrapping_sub(1)));
        if high.wrapping_add(reach) >= reach.wrapping_shl(1) {
            return None;
        }
        Some((high.wrapping_shl(left) | low.wrapping_shr(bits)).cast_signed()).filter(|floor| *floor != i64::MIN)
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
        if shift == 0 || shift > Self::BITS {
            return full_mul_shift_ceil(self, other, shift);
        }
        let (high, low) = product(self, other);
        if shift == Self::BITS {
            return unsigned_sum(high, u64::from(low != 0));
        }
        let left = Self::BITS.wrapping_sub(shift);
        if high.wrapping_shr(shift) != 0 {
            return None;
        }
        let floor = high.wrapping_shl(left) | low.wrapping_shr(shift);
        unsigned_sum(floor, u64::from(low.wrapping_shl(left) != 0))
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
