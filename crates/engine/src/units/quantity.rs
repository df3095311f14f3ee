//! Sizes, prices and amounts.

use bytemuck::{Pod, Zeroable};
use words::*;

use crate::{EngineError, Result, math};

/// Compares a type around one integer as the integer is: each comparison is one of the integer's own. Derived, all of
/// them would be made of one that tells less, equal and greater apart.
macro_rules! ordered {
    ($name:ident) => {
        impl Eq for $name {}

        impl PartialEq for $name {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                self.0 == other.0
            }
        }

        impl PartialOrd for $name {
            #[inline]
            fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
                Some(self.cmp(other))
            }
            #[inline]
            fn lt(&self, other: &Self) -> bool {
                self.0 < other.0
            }
            #[inline]
            fn le(&self, other: &Self) -> bool {
                self.0 <= other.0
            }
            #[inline]
            fn gt(&self, other: &Self) -> bool {
                self.0 > other.0
            }
            #[inline]
            fn ge(&self, other: &Self) -> bool {
                self.0 >= other.0
            }
        }

        impl Ord for $name {
            #[inline]
            fn cmp(&self, other: &Self) -> core::cmp::Ordering {
                self.0.cmp(&other.0)
            }
            #[inline]
            fn min(self, other: Self) -> Self {
                Self(self.0.min(other.0))
            }
            #[inline]
            fn max(self, other: Self) -> Self {
                Self(self.0.max(other.0))
            }
            #[inline]
            fn clamp(self, least: Self, most: Self) -> Self {
                Self(self.0.clamp(least.0, most.0))
            }
        }
    };
}
pub(super) use ordered;

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident($int:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
        #[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
        #[repr(transparent)]
        pub struct $name(pub $int);

        ordered!($name);

        impl $name {
            /// None of it.
            pub const ZERO: Self = Self(<$int>::ZERO);

            /// The sum, or `Overflow`.
            #[inline]
            pub fn plus(self, other: Self) -> Result<Self> {
                math::plus(self.0, other.0).map(Self)
            }

            /// The difference, or `Overflow` when it does not fit: an unsigned quantity never goes below zero.
            #[inline]
            pub fn minus(self, other: Self) -> Result<Self> {
                math::minus(self.0, other.0).map(Self)
            }

            /// The sum of all, or `Overflow`.
            #[inline]
            pub fn sum<const N: usize>(terms: [Self; N]) -> Result<Self> {
                <$int>::checked_sum(terms.map(|term| term.0)).map(Self).ok_or(EngineError::Overflow)
            }

            /// Whether there is none.
            #[inline]
            pub fn is_zero(self) -> bool {
                self.0.is_zero()
            }
        }
    };
}

macro_rules! signed {
    ($name:ident) => {
        impl $name {
            /// Above zero.
            #[inline]
            pub fn is_positive(self) -> bool {
                self.0.is_positive()
            }

            /// Below zero.
            #[inline]
            pub fn is_negative(self) -> bool {
                self.0.is_negative()
            }

            /// The same with the other sign.
            #[inline]
            pub fn negated(self) -> Result<Self> {
                self.0.checked_neg().map(Self).ok_or(EngineError::Overflow)
            }
        }
    };
}

quantity! {
    /// A signed size: positive is long. One lot is `10^-b` of the base asset.
    Lots(I64)
}
quantity! {
    /// A size without a side.
    Size(U64)
}
quantity! {
    /// A price. One tick is `10^-t` quote per base unit, with `b + t = 6`.
    Ticks(U64)
}
quantity! {
    /// An amount of the quote token that cannot be negative: 10^-6 of it each.
    Atoms(U64)
}
quantity! {
    /// A signed amount of the quote token, in atoms: profit, loss, cost, equity.
    Pnl(I64)
}
signed!(Lots);
signed!(Pnl);

impl Lots {
    /// The size, whatever the side.
    #[inline]
    pub fn size(self) -> Size {
        Size(self.0.unsigned_abs())
    }

    /// Value at a price: exact.
    #[inline]
    pub fn at(self, price: Ticks) -> Result<Pnl> {
        let value = self.size().at(price)?.signed()?;
        if self.is_negative() { value.negated() } else { Ok(value) }
    }
}

impl Size {
    /// Value at a price: exact.
    #[inline]
    pub fn at(self, price: Ticks) -> Result<Atoms> {
        math::mul_shift_floor(self.0, price.0, 0).map(Atoms)
    }

    /// As a long or short size.
    #[inline]
    pub fn signed(self, long: bool) -> Result<Lots> {
        let lots = Lots(math::signed(self.0)?);
        if long { Ok(lots) } else { lots.negated() }
    }
}

impl Atoms {
    /// As a signed amount.
    #[inline]
    pub fn signed(self) -> Result<Pnl> {
        math::signed(self.0).map(Pnl)
    }

    /// The sum, or the largest amount.
    #[inline]
    pub fn saturating_plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// What is left, or nothing.
    #[inline]
    pub fn saturating_minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Pnl {
    /// The amount if positive, else nothing.
    #[inline]
    pub fn gain(self) -> Atoms {
        Atoms(self.0.max(I64::ZERO).unsigned_abs())
    }

    /// The amount owed if negative, else nothing.
    #[inline]
    pub fn loss(self) -> Atoms {
        Atoms(self.0.min(I64::ZERO).unsigned_abs())
    }
}

/// A 128-bit signed integer with the alignment of its halves, for account data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Wide {
    /// Low half first.
    pub halves: [U64; 2],
}

impl Wide {
    /// Zero.
    pub const ZERO: Self = Self { halves: [U64::ZERO; 2] };

    /// Stores a value.
    #[inline]
    pub fn of(value: I128) -> Self {
        Self { halves: split(value) }
    }

    /// The stored value.
    #[inline]
    pub fn get(self) -> I128 {
        join(self.halves)
    }
}
