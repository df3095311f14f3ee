//! SMT-LIB 2: how a path is written for the solvers.
//!
//! A script is linear: each product of atoms is a name of its own, with axioms that hold of all products. What the names
//! stand for is in lines that begin with `;@`: comments to a solver, until a driver takes the mark away.

use num_bigint::{BigInt, Sign};

use crate::{
    formula::Formula,
    poly::{Atom, Monomial, Poly},
    session::{Kind, Session},
};

/// What a query is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// An obligation on this path: nothing may satisfy its negation.
    Claim,
    /// A wrong statement: something must satisfy its negation on some path.
    Control,
    /// The path itself: something must satisfy it on some path.
    Reach,
    /// A branch that the search left out: nothing may satisfy it.
    Branch,
    /// A result that would leave its type: nothing may satisfy it.
    Fits,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::Control => "control",
            Self::Reach => "reach",
            Self::Branch => "branch",
            Self::Fits => "fits",
        }
    }
}

/// An integer as SMT-LIB writes it.
pub fn number(value: &BigInt) -> String {
    if value.sign() == Sign::Minus { format!("(- {})", value.magnitude()) } else { value.to_string() }
}

/// The lines that ask whether a statement is possible.
pub fn query(role: Role, id: &str, text: &str) -> String {
    format!(";! {} {id}\n(push 1)\n(assert {text})\n(check-sat)\n(pop 1)", role.name())
}

impl Session {
    /// An atom's name.
    pub fn name(&self, atom: Atom) -> String {
        match &self.known(atom).kind {
            Kind::Input(name) => name.clone(),
            Kind::Floor(..) => format!("floor{atom}"),
            Kind::Ceil(..) => format!("ceil{atom}"),
            Kind::Smaller(..) => format!("smaller{atom}"),
            Kind::Larger(..) => format!("larger{atom}"),
            Kind::Root(..) => format!("root{atom}"),
            Kind::Table(..) => format!("table{atom}"),
        }
    }

    /// A product's name.
    pub fn product_name(&self, monomial: &Monomial) -> String {
        monomial.iter().map(|atom| self.name(*atom)).collect::<Vec<_>>().join(".")
    }

    /// What a product's name stands for.
    pub fn product_text(&self, monomial: &Monomial) -> String {
        let factors = monomial.iter().map(|atom| self.name(*atom)).collect::<Vec<_>>().join(" ");
        format!("(* {factors})")
    }

    /// A term.
    pub fn text(&self, poly: &Poly) -> String {
        let parts: Vec<_> = poly
            .0
            .iter()
            .map(|(monomial, coefficient)| match (monomial.is_empty(), *coefficient == 1.into()) {
                (true, _) => number(coefficient),
                (false, true) => self.product_name(monomial),
                (false, false) => format!("(* {} {})", number(coefficient), self.product_name(monomial)),
            })
            .collect();
        match parts.as_slice() {
            [] => "0".to_owned(),
            [one] => one.clone(),
            _ => format!("(+ {})", parts.join(" ")),
        }
    }

    /// A term for people.
    pub fn show(&self, poly: &Poly) -> String {
        self.text(poly)
    }

    /// A statement.
    pub fn formula_text(&self, formula: &Formula) -> String {
        let all = |name: &str, parts: &[Formula], none: &str| match parts {
            [] => none.to_owned(),
            [one] => self.formula_text(one),
            _ => format!("({name} {})", parts.iter().map(|part| self.formula_text(part)).collect::<Vec<_>>().join(" ")),
        };
        match formula {
            Formula::Const(value) => value.to_string(),
            Formula::AtLeastZero(poly) => format!("(>= {} 0)", self.text(poly)),
            Formula::Zero(poly) => format!("(= {} 0)", self.text(poly)),
            Formula::Not(inner) => format!("(not {})", self.formula_text(inner)),
            Formula::And(parts) => all("and", parts, "true"),
            Formula::Or(parts) => all("or", parts, "false"),
        }
    }
}
