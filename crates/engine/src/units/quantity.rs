//! Sizes, prices and amounts.

use bytemuck::{Pod, Zeroable};

use crate::{EngineError, Result, math};

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident($int:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Pod, Zeroable)]
        #[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
        #[repr(transparent)]
        pub struct $name(pub $int);

        impl $name {
            /// None of it.
            pub const ZERO: Self = Self(0);

            /// The sum, or `Overflow`.
            #[inline]
            pub fn plus(self, other: Self) -> Result<Self> {
                self.0.checked_add(other.0).map(Self).ok_or(EngineError::Overflow)
            }

            /// The difference, or `Overflow` when it does not fit: an unsigned quantity never goes below zero.
            #[inline]
            pub fn minus(self, other: Self) -> Result<Self> {
                self.0.checked_sub(other.0).map(Self).ok_or(EngineError::Overflow)
            }

            /// Whether there is none.
            #[inline]
            pub const fn is_zero(self) -> bool {
                self.0 == 0
            }
        }
    };
}

quantity! {
    /// A signed size: positive is long. One lot is `10^-b` of the base asset.
    Lots(i64)
}
quantity! {
    /// A size without a side.
    Size(u64)
}
quantity! {
    /// A price. One tick is `10^-t` quote per base unit, with `b + t = 6`.
    Ticks(u64)
}
quantity! {
    /// An amount of the quote token that cannot be negative: 10^-6 of it each.
    Atoms(u64)
}
quantity! {
    /// A signed amount of the quote token, in atoms: profit, loss, cost, equity.
    Pnl(i64)
}

impl Lots {
    /// The size, whatever the side.
    #[inline]
    pub const fn size(self) -> Size {
        Size(self.0.unsigned_abs())
    }

    /// Value at a price: exact.
    #[inline]
    pub fn at(self, price: Ticks) -> Result<Pnl> {
        let value = self.size().at(price)?.signed()?;
        if self.0 < 0 { value.negated() } else { Ok(value) }
    }

    /// The same size on the other side.
    #[inline]
    pub fn negated(self) -> Result<Self> {
        self.0.checked_neg().map(Self).ok_or(EngineError::Overflow)
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
        let lots = Lots(math::to_i64(self.0)?);
        if long { Ok(lots) } else { lots.negated() }
    }
}

impl Atoms {
    /// As a signed amount.
    #[inline]
    pub fn signed(self) -> Result<Pnl> {
        math::to_i64(self.0).map(Pnl)
    }

    /// What is left, or nothing.
    #[inline]
    pub const fn saturating_minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Pnl {
    /// The same amount with the other sign.
    #[inline]
    pub fn negated(self) -> Result<Self> {
        self.0.checked_neg().map(Self).ok_or(EngineError::Overflow)
    }

    /// The amount if positive, else nothing.
    #[inline]
    pub fn gain(self) -> Atoms {
        Atoms(if self.0 > 0 { self.0.unsigned_abs() } else { 0 })
    }

    /// The amount owed if negative, else nothing.
    #[inline]
    pub fn loss(self) -> Atoms {
        Atoms(if self.0 < 0 { self.0.unsigned_abs() } else { 0 })
    }
}

/// A 128-bit signed integer with the alignment of its halves, for account data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Wide {
    /// Low half first.
    pub halves: [u64; 2],
}

impl Wide {
    /// Zero.
    pub const ZERO: Self = Self { halves: [0; 2] };
}
