//! Polynomials with integer coefficients over atoms: the normal form of every term.
//!
//! Sums and products are expanded, so that what cancels in the mathematics cancels here, before any solver looks.

use std::collections::BTreeMap;

use num_bigint::{BigInt, Sign};

/// An atom's place in the session: an input, or a value that is defined by axioms.
pub type Atom = u32;
/// A product of atoms, sorted; none is the constant one.
pub type Monomial = Vec<Atom>;

/// A polynomial.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Poly(pub BTreeMap<Monomial, BigInt>);

impl Poly {
    /// A constant.
    pub fn constant(value: impl Into<BigInt>) -> Self {
        let mut poly = Self::default();
        poly.add_term(Monomial::new(), &value.into());
        poly
    }

    /// An atom.
    pub fn atom(atom: Atom) -> Self {
        Self::monomial(vec![atom])
    }

    /// A product of atoms.
    pub fn monomial(monomial: Monomial) -> Self {
        Self(BTreeMap::from([(monomial, BigInt::from(1))]))
    }

    /// Adds a multiple of a monomial.
    pub fn add_term(&mut self, monomial: Monomial, factor: &BigInt) {
        let sum = self.0.remove(&monomial).unwrap_or_default() + factor;
        if sum.sign() != Sign::NoSign {
            self.0.insert(monomial, sum);
        }
    }

    /// The sum with a multiple of another.
    pub fn plus(&self, other: &Self, factor: &BigInt) -> Self {
        let mut sum = self.clone();
        for (monomial, coefficient) in &other.0 {
            sum.add_term(monomial.clone(), &(coefficient * factor));
        }
        sum
    }

    /// The sum.
    pub fn add(&self, other: &Self) -> Self {
        self.plus(other, &BigInt::from(1))
    }

    /// The difference.
    pub fn sub(&self, other: &Self) -> Self {
        self.plus(other, &BigInt::from(-1))
    }

    /// The product.
    pub fn mul(&self, other: &Self) -> Self {
        let mut product = Self::default();
        for (left, a) in &self.0 {
            for (right, b) in &other.0 {
                product.add_term(joined(left, right), &(a * b));
            }
        }
        product
    }

    /// A multiple.
    pub fn scaled(&self, factor: &BigInt) -> Self {
        Self::default().plus(self, factor)
    }

    /// The value, if it is constant.
    pub fn value(&self) -> Option<BigInt> {
        match self.0.len() {
            0 => Some(BigInt::default()),
            1 => self.0.get(&Monomial::new()).cloned(),
            _ => None,
        }
    }

    /// The constant term.
    pub fn offset(&self) -> BigInt {
        self.0.get(&Monomial::new()).cloned().unwrap_or_default()
    }

    /// All monomials but the constant one.
    pub fn monomials(&self) -> impl Iterator<Item = (&Monomial, &BigInt)> {
        self.0.iter().filter(|(monomial, _)| !monomial.is_empty())
    }

    /// `self = scale x shape + offset`, with a shape that has no constant, no common factor and a positive first coefficient.
    pub fn shape(&self) -> (Self, BigInt, BigInt) {
        let mut scale = BigInt::default();
        for (_, coefficient) in self.monomials() {
            scale = gcd(scale, coefficient.clone());
        }
        if self.monomials().next().is_some_and(|(_, first)| first.sign() == Sign::Minus) {
            scale = -scale;
        }
        let shape = self.monomials().map(|(monomial, coefficient)| (monomial.clone(), coefficient / &scale)).collect();
        (Self(shape), scale, self.offset())
    }

    /// The quotient, where every monomial of it contains `divisor`.
    pub fn over(&self, divisor: &Monomial) -> Option<Self> {
        self.0.iter().map(|(m, c)| Some((without(m, divisor)?, c.clone()))).collect::<Option<_>>().map(Self)
    }
}

/// The product of two monomials.
pub fn joined(left: &Monomial, right: &Monomial) -> Monomial {
    let mut product = left.clone();
    product.extend(right);
    product.sort_unstable();
    product
}

/// A monomial without the factors of another, if it has them all.
pub fn without(monomial: &Monomial, factors: &Monomial) -> Option<Monomial> {
    let mut rest = monomial.clone();
    for factor in factors {
        rest.remove(rest.iter().position(|atom| atom == factor)?);
    }
    Some(rest)
}

fn gcd(a: BigInt, b: BigInt) -> BigInt {
    let (mut a, mut b) = (a.magnitude().clone(), b.magnitude().clone());
    while b.bits() > 0 {
        (a, b) = (b.clone(), a % b);
    }
    a.into()
}

/// `floor(a / b)` for a positive `b`.
pub fn floor_div(a: &BigInt, b: &BigInt) -> BigInt {
    let quotient = a / b;
    if a.sign() == Sign::Minus && &quotient * b != *a { quotient - 1 } else { quotient }
}

/// `ceil(a / b)` for a positive `b`.
pub fn ceil_div(a: &BigInt, b: &BigInt) -> BigInt {
    -floor_div(&-a, b)
}
