//! The four integers.

use core::{cmp::Ordering, fmt};

use bytemuck::{Pod, Zeroable};
use machine::{Integer, Signed, Unsigned, Word};
use terms::{BigInt, Formula, Poly, session};

/// The three highest bits of a word that is a term's place.
const MARK: u64 = 0b011 << 61;
const MARK_BITS: u64 = 0b111 << 61;

/// Any of the four.
pub trait Term: Copy {
    /// The term itself.
    fn poly(self) -> Poly;
    /// The word that is a term.
    fn of(poly: Poly) -> Self;
}

/// Terms that fit 64 bits without a mark are literals, all others have a place.
fn word_of(poly: Poly) -> u64 {
    match poly.value().and_then(|value| u64::try_from(value).ok()) {
        Some(value) if value & MARK_BITS != MARK => value,
        _ => MARK | session(|s| s.place(poly)),
    }
}

fn poly_of(word: u64) -> Poly {
    if word & MARK_BITS == MARK { session(|s| s.term(word & !MARK_BITS)) } else { Poly::constant(word) }
}

fn power(bits: u32) -> BigInt {
    BigInt::from(1) << bits
}

/// Forks unless it is known.
fn holds(formula: Formula) -> bool {
    session(|s| s.decide(&formula))
}

macro_rules! term {
    ($(#[$doc:meta])* $name:ident, $least:expr, $most:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Default, Pod, Zeroable)]
        #[repr(transparent)]
        pub struct $name(pub(crate) u64);

        impl Term for $name {
            fn poly(self) -> Poly {
                poly_of(self.0)
            }
            fn of(poly: Poly) -> Self {
                Self(word_of(poly))
            }
        }

        impl $name {
            fn fitting(poly: Poly) -> Option<Self> {
                let (least, most) = (Poly::constant($least), Poly::constant($most));
                session(|s| s.fits(&poly, &least, &most)).then(|| Self::of(poly))
            }

            fn nearest(poly: Poly) -> Self {
                let (least, most) = (Poly::constant($least), Poly::constant($most));
                Self::of(session(|s| {
                    let up = s.larger(&poly, &least);
                    s.smaller(&up, &most)
                }))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let poly = self.poly();
                f.write_str(&session(|s| s.show(&poly)))
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.0 == other.0 || holds(Formula::equal(&self.poly(), &other.poly()))
            }
        }

        impl Eq for $name {}

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
            fn lt(&self, other: &Self) -> bool {
                !self.ge(other)
            }
            fn le(&self, other: &Self) -> bool {
                other.ge(self)
            }
            fn gt(&self, other: &Self) -> bool {
                !other.ge(self)
            }
            fn ge(&self, other: &Self) -> bool {
                holds(Formula::at_least(&self.poly(), &other.poly()))
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> Ordering {
                if self == other {
                    Ordering::Equal
                } else if self > other {
                    Ordering::Greater
                } else {
                    Ordering::Less
                }
            }
            fn min(self, other: Self) -> Self {
                let (a, b) = (self.poly(), other.poly());
                Self::of(session(|s| s.smaller(&a, &b)))
            }
            fn max(self, other: Self) -> Self {
                let (a, b) = (self.poly(), other.poly());
                Self::of(session(|s| s.larger(&a, &b)))
            }
            fn clamp(self, least: Self, most: Self) -> Self {
                assert!(least <= most, "a clamp without a range");
                self.max(least).min(most)
            }
        }

        impl Integer for $name {
            const ZERO: Self = Self(0);

            fn is_zero(self) -> bool {
                self == Self::ZERO
            }
            fn checked_add(self, other: Self) -> Option<Self> {
                Self::fitting(self.poly().add(&other.poly()))
            }
            fn checked_sub(self, other: Self) -> Option<Self> {
                Self::fitting(self.poly().sub(&other.poly()))
            }
            fn checked_mul(self, other: Self) -> Option<Self> {
                Self::fitting(product(&self.poly(), &other.poly()))
            }
            fn checked_div(self, other: Self) -> Option<Self> {
                quotient(&self.poly(), &other.poly()).and_then(Self::fitting)
            }
            fn saturating_add(self, other: Self) -> Self {
                Self::nearest(self.poly().add(&other.poly()))
            }
            fn saturating_sub(self, other: Self) -> Self {
                Self::nearest(self.poly().sub(&other.poly()))
            }
            fn saturating_mul(self, other: Self) -> Self {
                Self::nearest(product(&self.poly(), &other.poly()))
            }
        }
    };
}

macro_rules! pair {
    ($unsigned:ident, $signed:ident, $most:expr) => {
        impl From<u32> for $unsigned {
            fn from(value: u32) -> Self {
                Self(value.into())
            }
        }

        impl Unsigned for $unsigned {
            const MAX: Self = Self($most);

            type Signed = $signed;

            fn signed(self) -> Option<$signed> {
                $signed::fitting(self.poly())
            }
            fn shifted_up(self, bits: u32) -> Option<Self> {
                Self::fitting(self.poly().scaled(&power(bits)))
            }
            fn shifted_down(self, bits: u32) -> Self {
                let poly = self.poly();
                Self::of(session(|s| s.floor(&poly, &Poly::constant(power(bits)))))
            }
            fn checked_div_ceil(self, other: Self) -> Option<Self> {
                let (poly, divisor) = (self.poly(), other.poly());
                if other.is_zero() { None } else { Some(Self::of(session(|s| s.ceil(&poly, &divisor)))) }
            }
            fn checked_rem(self, other: Self) -> Option<Self> {
                let divisor = other.poly();
                let quotient = quotient(&self.poly(), &divisor)?;
                Some(Self::of(self.poly().sub(&quotient.mul(&divisor))))
            }
            fn isqrt(self) -> Self {
                let poly = self.poly();
                Self::of(session(|s| s.root(&poly)))
            }
        }

        impl Signed for $signed {
            type Magnitude = $unsigned;

            fn is_negative(self) -> bool {
                self < Self::ZERO
            }
            fn is_positive(self) -> bool {
                self > Self::ZERO
            }
            fn unsigned_abs(self) -> $unsigned {
                let poly = self.poly();
                // Nothing above zero is the opposite of its magnitude, zero too.
                let low = session(|s| s.judge(&Formula::at_least(&Poly::default(), &poly))) == Some(true);
                $unsigned::of(if low || self.is_negative() { Poly::default().sub(&poly) } else { poly })
            }
            fn checked_neg(self) -> Option<Self> {
                Self::fitting(Poly::default().sub(&self.poly()))
            }
        }
    };
}

term!(
    /// An amount, a size, a price or a ratio.
    U64, 0, u64::MAX);
term!(
    /// A signed amount or size.
    I64, i64::MIN, i64::MAX);
term!(
    /// A product of two [`U64`].
    U128, 0, u128::MAX);
term!(
    /// A product of [`I64`] and a signed index.
    I128, i128::MIN, i128::MAX);
// The largest 128-bit integer is no literal; it always has the first place.
pair!(U64, I64, u64::MAX);
pair!(U128, I128, MARK);

/// The product, expanded; the session remembers its factors.
fn product(a: &Poly, b: &Poly) -> Poly {
    session(|s| s.product(a, b))
}

/// The quotient towards zero, unless the divisor is zero. Both signs are known afterwards.
fn quotient(a: &Poly, b: &Poly) -> Option<Poly> {
    let zero = Poly::default();
    if holds(Formula::equal(b, &zero)) {
        return None;
    }
    let magnitude = |poly: &Poly| {
        let positive = holds(Formula::at_least(poly, &zero));
        (positive, if positive { poly.clone() } else { zero.sub(poly) })
    };
    let ((up, a), (down, b)) = (magnitude(a), magnitude(b));
    let quotient = session(|s| s.floor(&a, &b));
    Some(if up == down { quotient } else { zero.sub(&quotient) })
}

impl From<U64> for U128 {
    fn from(value: U64) -> Self {
        Self(value.0)
    }
}

impl Word for U64 {
    type Wide = U128;

    fn times(self, other: Self) -> U128 {
        U128::of(product(&self.poly(), &other.poly()))
    }
    fn narrow(wide: U128) -> Option<Self> {
        Self::fitting(wide.poly())
    }
    fn significant_bits(self) -> u32 {
        match self.poly().value() {
            Some(value) => u32::try_from(value.bits()).unwrap_or(u32::MAX),
            None => panic!("the bits of a term are not explored"),
        }
    }
    fn mul_shift_ceil(self, other: Self, shift: u32) -> Option<Self> {
        let product = product(&self.poly(), &other.poly());
        Self::fitting(session(|s| s.ceil(&product, &Poly::constant(power(shift)))))
    }
}
