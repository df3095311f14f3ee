//! Exact integers for claims: no width, no rounding, no path.

use std::ops::{Add, Mul, Neg, Sub};

use num_bigint::BigInt;
use plimsoll_engine::units::{Atoms, Lots, Pnl, Ratio, Reciprocal, Size, Ticks, Wide};
use terms::{Formula, Poly, session};
use words::{I64, I128, Term, U64, U128};

/// An integer that a claim speaks of.
#[derive(Clone, Debug)]
pub struct Expr(pub Poly);

/// What is an integer to a claim.
pub trait Exact {
    /// The integer.
    fn exact(&self) -> Expr;
}

/// Shorthand for [`Exact::exact`].
pub fn e(value: impl Exact) -> Expr {
    value.exact()
}

/// `2^bits`.
pub fn power(bits: u32) -> Expr {
    Expr(Poly::constant(BigInt::from(1) << bits))
}

impl<T: Exact> Exact for &T {
    fn exact(&self) -> Expr {
        (*self).exact()
    }
}

impl Exact for Expr {
    fn exact(&self) -> Expr {
        self.clone()
    }
}

macro_rules! exact {
    ($($word:ident)*; $($quantity:ident)*) => {
        $(impl Exact for $word {
            fn exact(&self) -> Expr {
                Expr(self.poly())
            }
        })*
        $(impl Exact for $quantity {
            fn exact(&self) -> Expr {
                Expr(self.0.poly())
            }
        })*
    };
}
exact!(U64 I64 U128 I128; Atoms Lots Pnl Ratio Reciprocal Size Ticks);

impl Exact for Wide {
    fn exact(&self) -> Expr {
        Expr(self.get().poly())
    }
}

impl Exact for i64 {
    fn exact(&self) -> Expr {
        Expr(Poly::constant(*self))
    }
}

impl<T: Exact> Add<T> for Expr {
    type Output = Self;
    fn add(self, other: T) -> Self {
        Self(self.0.add(&other.exact().0))
    }
}

impl<T: Exact> Sub<T> for Expr {
    type Output = Self;
    fn sub(self, other: T) -> Self {
        Self(self.0.sub(&other.exact().0))
    }
}

impl<T: Exact> Mul<T> for Expr {
    type Output = Self;
    fn mul(self, other: T) -> Self {
        Self(self.0.mul(&other.exact().0))
    }
}

impl Neg for Expr {
    type Output = Self;
    fn neg(self) -> Self {
        Self(Poly::default().sub(&self.0))
    }
}

impl Expr {
    /// The larger of it and zero.
    pub fn positive(&self) -> Self {
        Self(session(|s| s.larger(&self.0, &Poly::default())))
    }

    /// The smaller of two.
    pub fn min(&self, other: impl Exact) -> Self {
        let other = other.exact();
        Self(session(|s| s.smaller(&self.0, &other.0)))
    }
}

/// `a <= b`.
pub fn le(a: impl Exact, b: impl Exact) -> Formula {
    Formula::at_least(&b.exact().0, &a.exact().0)
}

/// `a < b`.
pub fn lt(a: impl Exact, b: impl Exact) -> Formula {
    le(a.exact() + 1, b)
}

/// `a = b`.
pub fn eq(a: impl Exact, b: impl Exact) -> Formula {
    Formula::equal(&a.exact().0, &b.exact().0)
}

/// All of them.
pub fn all(parts: impl IntoIterator<Item = Formula>) -> Formula {
    Formula::And(parts.into_iter().collect())
}

/// One of them.
pub fn any(parts: impl IntoIterator<Item = Formula>) -> Formula {
    Formula::Or(parts.into_iter().collect())
}

/// What is false: a path with this claim must be impossible.
pub const NEVER: Formula = Formula::Const(false);
/// What is true.
pub const ALWAYS: Formula = Formula::Const(true);
