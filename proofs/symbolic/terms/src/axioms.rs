//! What is true of atoms and products, as lines of a script. Each axiom holds of the integers; none defines a product.
//!
//! | atom or product | axioms |
//! |---|---|
//! | any | its range |
//! | `q = floor(n / d)`, if `d >= 1` | `q d <= n <= q d + d - 1` |
//! | `q = ceil(n / d)`, if `d >= 1` | `q d - d + 1 <= n <= q d` |
//! | either, for `n = a b` with `a, b >= 0` | `a <= d` gives `q <= b`, `a >= d` gives `q >= b`; the same of `b` |
//! | either, where `a - d` and `b - d` have one sign | `q >= a + b - d`, as `(a - d) (b - d) >= 0` |
//! | two of one kind with one `d` | `n <= n'` gives `q <= q'` |
//! | the smaller, the larger | at most, at least each; equal to one |
//! | `r = floor(sqrt(n))` | `r r <= n <= r r + 2 r` |
//! | two entries of one table | a larger index gives no larger entry |
//! | `m = x r` with `x` in `[l, h]`, `r >= 0` | `l r <= m <= h r` |
//! | a fact or axiom `f >= 0` and `z >= 0` | `f z >= 0`, where all its products are in the script |

use std::collections::HashSet;

use num_bigint::BigInt;

use crate::{
    bounds::Range,
    formula::Formula,
    poly::{Atom, Monomial, Poly, without},
    script::number,
    session::{Kind, Session},
};

/// What happened on a path, in its order: an atom may use what was known before it.
#[derive(Clone, Debug)]
pub enum Event {
    /// A hypothesis or a decision.
    Fact(Formula),
    /// Lines for the script only.
    Query(String),
}

/// The script of a path as it grows.
#[derive(Default)]
pub struct Script {
    /// Its lines.
    pub lines: Vec<String>,
    seen: usize,
    atoms: Vec<Atom>,
    products: Vec<Monomial>,
    known: HashSet<Monomial>,
    facts: Vec<Poly>,
    multiplied: HashSet<Poly>,
}

impl Session {
    /// Writes what has happened since the last call.
    pub fn write(&mut self) {
        let mut script = std::mem::take(&mut self.script);
        while let Some(event) = self.events.get(script.seen).cloned() {
            script.seen += 1;
            match event {
                Event::Fact(fact) => script.fact(self, &fact),
                Event::Query(lines) => script.lines.push(lines),
            }
        }
        self.script = script;
    }

    /// Declares the products of a statement, and gives its text.
    pub fn prepared(&mut self, formula: &Formula) -> String {
        self.write();
        let mut script = std::mem::take(&mut self.script);
        script.products_of(self, formula);
        self.script = script;
        self.formula_text(formula)
    }
}

impl Script {
    fn axiom(&mut self, session: &Session, formula: &Formula) {
        if *formula != Formula::Const(true) {
            self.products_of(session, formula);
            self.lines.push(format!("(assert {})", session.formula_text(formula)));
        }
    }

    fn products_of(&mut self, session: &Session, formula: &Formula) {
        let mut products = Vec::new();
        formula.visit(&mut |poly| products.extend(poly.monomials().map(|(product, _)| product.clone())));
        for product in &products {
            product.iter().for_each(|atom| self.declare(session, *atom));
            if product.len() > 1 {
                self.product(session, product);
            }
        }
    }

    /// An atom is declared when something first speaks of it. Its range may use what the path knew before that.
    fn declare(&mut self, session: &Session, atom: Atom) {
        if self.atoms.contains(&atom) {
            return;
        }
        self.atoms.push(atom);
        let name = session.name(atom);
        let known = session.known(atom);
        self.lines.push(format!("(declare-const {name} Int)"));
        self.lines.push(format!("(assert (<= {} {name} {}))", number(&known.range.low), number(&known.range.high)));
        if let Some((_, typical)) = session.typical.iter().find(|(input, _)| *input == atom) {
            self.lines.push(format!(";? {name} {typical}"));
        }
        let value = Poly::atom(atom);
        match &known.kind {
            Kind::Input(_) => {}
            Kind::Floor(numerator, divisor) => {
                let least = value.mul(divisor);
                let most = least.add(divisor).add(&Poly::constant(-1));
                self.quotient(session, &value, numerator, divisor, &least, &most);
            }
            Kind::Ceil(numerator, divisor) => {
                let most = value.mul(divisor);
                let least = most.sub(divisor).add(&Poly::constant(1));
                self.quotient(session, &value, numerator, divisor, &least, &most);
            }
            Kind::Smaller(a, b) => self.extreme(session, &value, a, b, |x, y| Formula::at_least(y, x)),
            Kind::Larger(a, b) => self.extreme(session, &value, a, b, |x, y| Formula::at_least(x, y)),
            Kind::Root(radicand) => {
                let square = value.mul(&value);
                self.axiom(session, &Formula::at_least(radicand, &square));
                let most = square.plus(&value, &BigInt::from(2));
                self.axiom(session, &Formula::at_least(&most, radicand));
            }
            Kind::Table(..) => {}
        }
        for other in self.atoms.clone() {
            if other != atom {
                self.compare(session, atom, other);
            }
        }
    }

    fn quotient(&mut self, session: &Session, value: &Poly, n: &Poly, divisor: &Poly, least: &Poly, most: &Poly) {
        let guard = Formula::at_least(divisor, &Poly::constant(1));
        let guarded = |formula: Formula| match session.judge(&guard) {
            Some(true) => formula,
            _ => guard.clone().implies(formula),
        };
        for bound in [Formula::at_least(n, least), Formula::at_least(most, n)] {
            let bound = guarded(bound);
            self.axiom(session, &bound);
            self.multiply_fact(session, &bound);
        }
        let Some((a, b)) = session.factors.get(n).filter(|_| divisor.value().is_none()) else { return };
        if session.range(a).low < 0.into() || session.range(b).low < 0.into() {
            return;
        }
        for (x, y) in [(a, b), (b, a)] {
            let (less, more) = (Formula::at_least(divisor, x), Formula::at_least(x, divisor));
            self.consequence(session, guard.clone().and(less), Formula::at_least(y, value));
            self.consequence(session, guard.clone().and(more), Formula::at_least(value, y));
        }
        let together = Formula::at_least(value, &a.add(b).sub(divisor));
        let below = Formula::at_least(divisor, a).and(Formula::at_least(divisor, b));
        let above = Formula::at_least(a, divisor).and(Formula::at_least(b, divisor));
        self.consequence(session, guard.and(below.or(above)), together);
    }

    /// What follows from a condition: a fact where the path knows the condition.
    fn consequence(&mut self, session: &Session, condition: Formula, then: Formula) {
        match session.judge(&condition) {
            Some(true) => self.fact(session, &then),
            Some(false) => {}
            None => self.axiom(session, &condition.implies(then)),
        }
    }

    fn extreme(&mut self, session: &Session, value: &Poly, a: &Poly, b: &Poly, beyond: fn(&Poly, &Poly) -> Formula) {
        for bound in [a, b] {
            let formula = beyond(value, bound);
            self.axiom(session, &formula);
            self.multiply_fact(session, &formula);
        }
        self.axiom(session, &Formula::equal(value, a).or(Formula::equal(value, b)));
    }

    /// What follows from two atoms of one kind.
    fn compare(&mut self, session: &Session, atom: Atom, other: Atom) {
        let (one, two) = (&session.known(atom).kind, &session.known(other).kind);
        let (one, two, falling) = match (one, two) {
            (Kind::Floor(n, d), Kind::Floor(m, e)) | (Kind::Ceil(n, d), Kind::Ceil(m, e)) if d == e => (n, m, false),
            (Kind::Table(t, i), Kind::Table(u, j)) if t == u => (i, j, true),
            (Kind::Root(n), Kind::Root(m)) => (n, m, false),
            _ => return,
        };
        for (x, y, a, b) in [(one, two, atom, other), (two, one, other, atom)] {
            let (less, more) = if falling { (b, a) } else { (a, b) };
            let then = Formula::at_least(&Poly::atom(more), &Poly::atom(less));
            self.consequence(session, Formula::at_least(y, x), then);
        }
    }

    fn fact(&mut self, session: &Session, fact: &Formula) {
        self.axiom(session, fact);
        self.multiply_fact(session, fact);
    }

    /// The inequalities of a fact may be multiplied.
    fn multiply_fact(&mut self, session: &Session, fact: &Formula) {
        match fact {
            Formula::AtLeastZero(poly) => self.multiply(session, poly.clone()),
            Formula::Zero(poly) => {
                self.multiply(session, poly.clone());
                self.multiply(session, Poly::default().sub(poly));
            }
            Formula::And(parts) => parts.iter().for_each(|part| self.multiply_fact(session, part)),
            _ => {}
        }
    }

    fn multiply(&mut self, session: &Session, fact: Poly) {
        if self.multiplied.insert(fact.clone()) {
            self.facts.push(fact.clone());
            let products = self.products.clone();
            products.iter().for_each(|product| self.multiply_into(session, &fact, product));
        }
    }

    /// Multiplies a fact by what gives this product. What comes out is a fact too.
    fn multiply_into(&mut self, session: &Session, fact: &Poly, product: &Monomial) {
        for (monomial, _) in fact.monomials() {
            let Some(rest) = without(product, monomial).filter(|rest| !rest.is_empty()) else { continue };
            if self.least(session, &rest) < 0.into() {
                continue;
            }
            let multiple = fact.mul(&Poly::monomial(rest));
            let known = multiple.monomials().all(|(m, _)| m.len() == 1 || self.known.contains(m));
            if known && !self.multiplied.contains(&multiple) {
                let formula = Formula::AtLeastZero(multiple.clone());
                self.lines.push(format!("(assert {})", session.formula_text(&formula)));
                self.multiply(session, multiple);
            }
        }
    }

    fn product(&mut self, session: &Session, product: &Monomial) {
        if self.known.contains(product) {
            return;
        }
        let value = Poly::monomial(product.clone());
        let factors: HashSet<Atom> = product.iter().copied().collect();
        let mut bounds = Vec::new();
        for factor in factors {
            let rest = without(product, &vec![factor]).unwrap_or_default();
            if rest.len() > 1 {
                self.product(session, &rest);
            }
            if self.least(session, &rest) >= 0.into() {
                let rest = Poly::monomial(rest);
                let Range { low, high } = &session.known(factor).range;
                bounds.push(Formula::at_least(&value, &rest.scaled(low)));
                bounds.push(Formula::at_least(&rest.scaled(high), &value));
            }
        }
        let (name, text) = (session.product_name(product), session.product_text(product));
        self.lines.push(format!("(declare-const {name} Int)"));
        self.lines.push(format!(";@ (assert (= {name} {text}))"));
        let range = session.range_of_product(product);
        self.lines.push(format!("(assert (<= {} {name} {}))", number(&range.low), number(&range.high)));
        bounds.iter().for_each(|bound| self.lines.push(format!("(assert {})", session.formula_text(bound))));
        self.known.insert(product.clone());
        self.products.push(product.clone());
        self.facts.clone().iter().for_each(|fact| self.multiply_into(session, fact, product));
    }

    fn least(&self, session: &Session, product: &Monomial) -> BigInt {
        session.range_of_product(product).low
    }
}
