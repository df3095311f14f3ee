//! Statements about terms.

use crate::poly::Poly;

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Formula {
    /// True or false.
    Const(bool),
    /// At least zero.
    AtLeastZero(Poly),
    /// Exactly zero.
    Zero(Poly),
    /// The opposite.
    Not(Box<Formula>),
    /// All of them.
    And(Vec<Formula>),
    /// One of them.
    Or(Vec<Formula>),
}

impl Formula {
    /// `a >= b`.
    pub fn at_least(a: &Poly, b: &Poly) -> Self {
        let difference = a.sub(b);
        match difference.value() {
            Some(value) => Self::Const(value >= 0.into()),
            None => Self::AtLeastZero(difference),
        }
    }

    /// `a = b`.
    pub fn equal(a: &Poly, b: &Poly) -> Self {
        let difference = a.sub(b);
        match difference.value() {
            Some(value) => Self::Const(value == 0.into()),
            None => Self::Zero(difference),
        }
    }

    /// The opposite. Of an inequality it is an inequality again.
    pub fn negated(&self) -> Self {
        match self {
            Self::Const(value) => Self::Const(!value),
            Self::AtLeastZero(poly) => Self::AtLeastZero(Poly::constant(-1).sub(poly)),
            Self::Not(inner) => (**inner).clone(),
            other => Self::Not(Box::new(other.clone())),
        }
    }

    /// That `self` has `then` as its consequence.
    pub fn implies(self, then: Self) -> Self {
        Self::Or(vec![self.negated(), then])
    }

    /// Both.
    pub fn and(self, other: Self) -> Self {
        Self::And(vec![self, other])
    }

    /// One of both.
    pub fn or(self, other: Self) -> Self {
        Self::Or(vec![self, other])
    }

    /// Every term in it.
    pub fn visit(&self, see: &mut impl FnMut(&Poly)) {
        match self {
            Self::Const(_) => {}
            Self::AtLeastZero(poly) | Self::Zero(poly) => see(poly),
            Self::Not(inner) => inner.visit(see),
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.visit(see)),
        }
    }
}
