//! Integers of 8 and 16 bits, each kept in one of the machine.

use bytemuck::{Pod, Zeroable};

use crate::{Integer, Signed, Unsigned, Word};

macro_rules! small {
    ($(#[$doc:meta])* $name:ident, $range:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Pod, Zeroable)]
        #[repr(transparent)]
        pub struct $name(i64);

        impl $name {
            /// The value.
            pub const fn get(self) -> i64 {
                self.0
            }

            /// A value, if it fits.
            pub const fn new(value: i64) -> Option<Self> {
                let (least, most): (i64, i64) = $range;
                if value < least || value > most { None } else { Some(Self(value)) }
            }

            /// A value, or the nearest that fits.
            pub const fn nearest(value: i64) -> Self {
                let (least, most): (i64, i64) = $range;
                Self(if value < least { least } else if value > most { most } else { value })
            }
        }

        impl Integer for $name {
            const ZERO: Self = Self(0);

            fn is_zero(self) -> bool {
                self.0 == 0
            }
            fn checked_add(self, other: Self) -> Option<Self> {
                Self::new(self.0 + other.0)
            }
            fn checked_sub(self, other: Self) -> Option<Self> {
                Self::new(self.0 - other.0)
            }
            fn checked_mul(self, other: Self) -> Option<Self> {
                Self::new(self.0 * other.0)
            }
            fn checked_div(self, other: Self) -> Option<Self> {
                self.0.checked_div(other.0).and_then(Self::new)
            }
            fn saturating_add(self, other: Self) -> Self {
                Self::nearest(self.0 + other.0)
            }
            fn saturating_sub(self, other: Self) -> Self {
                Self::nearest(self.0 - other.0)
            }
            fn saturating_mul(self, other: Self) -> Self {
                Self::nearest(self.0 * other.0)
            }
        }
    };
}

macro_rules! pair {
    ($unsigned:ident, $signed:ident, $bits:expr) => {
        impl From<u32> for $unsigned {
            fn from(value: u32) -> Self {
                Self::nearest(value.into())
            }
        }

        impl Unsigned for $unsigned {
            const MAX: Self = Self((1 << $bits) - 1);

            type Signed = $signed;

            fn signed(self) -> Option<$signed> {
                $signed::new(self.0)
            }
            fn shifted_up(self, bits: u32) -> Option<Self> {
                // As the machine's integers do: none by as many bits as there are.
                if bits < $bits { Self::new(self.0 << bits) } else { None }
            }
            fn shifted_down(self, bits: u32) -> Self {
                if bits < $bits { Self(self.0 >> bits) } else { Self(0) }
            }
            fn checked_div_ceil(self, other: Self) -> Option<Self> {
                (self.0 + other.0 - 1).checked_div(other.0).map(Self)
            }
            fn checked_rem(self, other: Self) -> Option<Self> {
                self.0.checked_rem(other.0).map(Self)
            }
            fn isqrt(self) -> Self {
                Self(self.0.isqrt())
            }
        }

        impl Signed for $signed {
            type Magnitude = $unsigned;

            fn is_negative(self) -> bool {
                self.0 < 0
            }
            fn is_positive(self) -> bool {
                self.0 > 0
            }
            fn unsigned_abs(self) -> $unsigned {
                $unsigned(self.0.abs())
            }
            fn checked_neg(self) -> Option<Self> {
                Self::new(-self.0)
            }
        }
    };
}

small! {
    /// An amount, a size, a price or a ratio: 8 bits.
    U64, (0, 0xff)
}
small! {
    /// A signed amount or size: 8 bits.
    I64, (-0x80, 0x7f)
}
small! {
    /// A product of two [`U64`]: 16 bits.
    U128, (0, 0xffff)
}
small! {
    /// A product of [`I64`] and a signed index: 16 bits.
    I128, (-0x8000, 0x7fff)
}
pair!(U64, I64, 8);
pair!(U128, I128, 16);

impl From<U64> for U128 {
    fn from(value: U64) -> Self {
        Self(value.0)
    }
}

impl Word for U64 {
    type Wide = U128;

    fn times(self, other: Self) -> U128 {
        U128(self.0 * other.0)
    }
    fn narrow(wide: U128) -> Option<Self> {
        Self::new(wide.0)
    }
    fn significant_bits(self) -> u32 {
        i64::BITS - self.0.leading_zeros()
    }
}

/// A number of the machine, or the nearest that fits.
pub const fn lit(value: u64) -> U64 {
    if value > 0xff { U64(0xff) } else { U64(value.cast_signed()) }
}

/// Two halves as the bits of one integer.
pub const fn join(halves: [U64; 2]) -> I128 {
    let [low, high] = halves;
    let bits = high.0 << 8 | low.0;
    I128(if bits > 0x7fff { bits - 0x1_0000 } else { bits })
}

/// The bits of an integer as two halves.
pub const fn split(value: I128) -> [U64; 2] {
    [U64(value.0 & 0xff), U64(value.0 >> 8 & 0xff)]
}
