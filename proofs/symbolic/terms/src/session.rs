//! One run: its atoms, its terms and what has been decided.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
};

use num_bigint::BigInt;

use crate::{
    axioms::{Event, Script},
    bounds::Range,
    formula::Formula,
    oracle::Oracle,
    paths::{Claim, Decisions},
    poly::{Atom, Poly, floor_div},
};

/// What an atom is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Any value in its range: an argument of the transition.
    Input(String),
    /// `floor(numerator / divisor)` where the divisor is positive.
    Floor(Poly, Poly),
    /// `ceil(numerator / divisor)` where the divisor is positive.
    Ceil(Poly, Poly),
    /// The smaller of two.
    Smaller(Poly, Poly),
    /// The larger of two.
    Larger(Poly, Poly),
    /// `floor(sqrt(radicand))`.
    Root(Poly),
    /// The entry of the table at this address, by index.
    Table(usize, Poly),
}

/// An atom and the range that its kind gives it.
#[derive(Clone, Debug)]
pub struct Known {
    /// What it is.
    pub kind: Kind,
    /// Its range on every path.
    pub range: Range,
}

/// All that one run knows.
pub struct Session {
    /// The atoms so far.
    pub atoms: Vec<Known>,
    index: HashMap<Kind, Atom>,
    terms: Vec<Poly>,
    places: HashMap<Poly, u64>,
    /// The factors that a product was made of.
    pub factors: HashMap<Poly, (Poly, Poly)>,
    /// Ranges of shapes that this path has decided.
    pub bounds: HashMap<Poly, Range>,
    /// Values that shapes do not have on this path.
    pub holes: HashSet<(Poly, BigInt)>,
    /// The branches to take.
    pub decisions: Decisions,
    /// The claims made on this path.
    pub claims: Vec<Claim>,
    /// What happened, in its order.
    pub events: Vec<Event>,
    /// The script of the path.
    pub script: Script,
    /// Values at which the transition is usually run: a hint for those who look for an example.
    pub typical: Vec<(Atom, BigInt)>,
    /// Operations whose result could not leave its type, by ranges alone.
    pub fitting: usize,
    /// Whether open decisions about what fits first take that it does not.
    pub overflows_first: bool,
    pub(crate) oracle: Oracle,
}

thread_local! {
    static CURRENT: RefCell<Option<Session>> = const { RefCell::new(None) };
}

/// Works with the session of this thread.
pub fn session<T>(work: impl FnOnce(&mut Session) -> T) -> T {
    CURRENT.with_borrow_mut(|current| work(current.as_mut().expect("a session on this thread")))
}

/// Starts a session on this thread and gives back the one before.
pub fn replace(next: Option<Session>) -> Option<Session> {
    CURRENT.replace(next)
}

impl Session {
    /// A run that takes these branches.
    pub fn new(decisions: Decisions, oracle: Oracle) -> Self {
        let mut session = Self {
            atoms: Vec::new(),
            index: HashMap::new(),
            terms: Vec::new(),
            places: HashMap::new(),
            factors: HashMap::new(),
            bounds: HashMap::new(),
            holes: HashSet::new(),
            decisions,
            claims: Vec::new(),
            events: Vec::new(),
            script: Script::default(),
            typical: Vec::new(),
            fitting: 0,
            overflows_first: false,
            oracle,
        };
        session.place(Poly::constant(u128::MAX));
        session
    }

    /// Ends the run: what is left of it for the next.
    pub fn into_parts(self) -> (Decisions, Oracle) {
        (self.decisions, self.oracle)
    }

    /// The place of a term; the same for the same term.
    pub fn place(&mut self, poly: Poly) -> u64 {
        if let Some(place) = self.places.get(&poly) {
            return *place;
        }
        let place = u64::try_from(self.terms.len()).expect("fewer terms than that");
        self.terms.push(poly.clone());
        self.places.insert(poly, place);
        place
    }

    /// The term at a place.
    pub fn term(&self, place: u64) -> Poly {
        let place = usize::try_from(place).expect("a place");
        self.terms.get(place).cloned().expect("a term of this run")
    }

    /// An argument of the transition.
    pub fn input(&mut self, name: &str, range: Range, typical: BigInt) -> Poly {
        let atom = self.atom(Kind::Input(name.to_owned()), range);
        if !self.typical.iter().any(|(known, _)| *known == atom) {
            self.typical.push((atom, typical));
        }
        Poly::atom(atom)
    }

    fn atom(&mut self, kind: Kind, range: Range) -> Atom {
        if let Some(atom) = self.index.get(&kind) {
            return *atom;
        }
        let atom = Atom::try_from(self.atoms.len()).expect("fewer atoms than that");
        self.atoms.push(Known { kind: kind.clone(), range });
        self.index.insert(kind, atom);
        atom
    }

    /// What an atom is.
    pub fn known(&self, atom: Atom) -> &Known {
        &self.atoms[usize::try_from(atom).expect("an atom")]
    }

    /// The product, expanded.
    pub fn product(&mut self, a: &Poly, b: &Poly) -> Poly {
        let product = a.mul(b);
        if product.value().is_none() {
            self.factors.entry(product.clone()).or_insert_with(|| (a.clone(), b.clone()));
        }
        product
    }

    /// `floor(numerator / divisor)`, for a divisor that is positive on this path.
    pub fn floor(&mut self, numerator: &Poly, divisor: &Poly) -> Poly {
        self.divided(numerator, divisor, false)
    }

    /// `ceil(numerator / divisor)`, for a divisor that is positive on this path.
    pub fn ceil(&mut self, numerator: &Poly, divisor: &Poly) -> Poly {
        self.divided(numerator, divisor, true)
    }

    fn divided(&mut self, numerator: &Poly, divisor: &Poly, up: bool) -> Poly {
        let Some(constant) = divisor.value() else {
            // What contains the whole divisor divides without a remainder.
            if let Some((monomial, one)) = divisor.0.iter().next()
                && divisor.0.len() == 1
                && *one == 1.into()
                && let Some(exact) = numerator.over(monomial)
            {
                return exact;
            }
            return self.quotient(numerator, divisor, up);
        };
        // So do the terms whose coefficients the divisor divides.
        let (mut exact, mut rest) = (Poly::default(), Poly::default());
        for (monomial, coefficient) in &numerator.0 {
            let quotient = floor_div(coefficient, &constant);
            let remainder = coefficient - &quotient * &constant;
            if monomial.is_empty() {
                exact.add_term(monomial.clone(), &quotient);
                rest.add_term(monomial.clone(), &remainder);
            } else if remainder == 0.into() {
                exact.add_term(monomial.clone(), &quotient);
            } else {
                rest.add_term(monomial.clone(), coefficient);
            }
        }
        if rest == *numerator {
            self.quotient(&rest, divisor, up)
        } else {
            exact.add(&self.quotient(&rest, divisor, up))
        }
    }

    fn quotient(&mut self, numerator: &Poly, divisor: &Poly, up: bool) -> Poly {
        let range = self.range(numerator).over(&self.range(divisor), up);
        if range.low == range.high {
            return Poly::constant(range.low);
        }
        let kind = if up { Kind::Ceil } else { Kind::Floor };
        Poly::atom(self.atom(kind(numerator.clone(), divisor.clone()), range))
    }

    /// The smaller of two.
    pub fn smaller(&mut self, a: &Poly, b: &Poly) -> Poly {
        match self.judge(&Formula::at_least(a, b)) {
            Some(true) => return b.clone(),
            Some(false) => return a.clone(),
            None => {}
        }
        // A remainder, or one if there is any: what is added to a quotient rounds it up.
        if let Some(up) = self.rounding(a, b).or_else(|| self.rounding(b, a)) {
            return up;
        }
        let (a, b) = if a <= b { (a, b) } else { (b, a) };
        let (x, y) = (self.range(a), self.range(b));
        let range = Range { low: x.low.min(y.low), high: x.high.min(y.high) };
        Poly::atom(self.atom(Kind::Smaller(a.clone(), b.clone()), range))
    }

    fn rounding(&mut self, remainder: &Poly, one: &Poly) -> Option<Poly> {
        if one.value() != Some(1.into()) {
            return None;
        }
        let (quotient, numerator, divisor) = self.remainder_of(remainder)?;
        let up = self.ceil(&numerator, &divisor);
        Some(up.sub(&Poly::atom(quotient)))
    }

    /// The quotient, numerator and constant divisor that a term is the remainder of.
    pub fn remainder_of(&self, poly: &Poly) -> Option<(Atom, Poly, Poly)> {
        poly.monomials().filter(|(monomial, _)| monomial.len() == 1).find_map(|(monomial, coefficient)| {
            let atom = monomial[0];
            let Kind::Floor(numerator, divisor) = &self.known(atom).kind else { return None };
            let negated = -divisor.value()?;
            let whole = numerator.plus(&Poly::atom(atom), &negated);
            (*coefficient == negated && whole == *poly).then(|| (atom, numerator.clone(), divisor.clone()))
        })
    }

    /// The larger of two.
    pub fn larger(&mut self, a: &Poly, b: &Poly) -> Poly {
        match self.judge(&Formula::at_least(a, b)) {
            Some(true) => return a.clone(),
            Some(false) => return b.clone(),
            None => {}
        }
        let (a, b) = if a <= b { (a, b) } else { (b, a) };
        let (x, y) = (self.range(a), self.range(b));
        let range = Range { low: x.low.max(y.low), high: x.high.max(y.high) };
        Poly::atom(self.atom(Kind::Larger(a.clone(), b.clone()), range))
    }

    /// `floor(sqrt(radicand))`.
    pub fn root(&mut self, radicand: &Poly) -> Poly {
        let range = self.range(radicand);
        let range = Range { low: range.low.sqrt(), high: range.high.sqrt() };
        Poly::atom(self.atom(Kind::Root(radicand.clone()), range))
    }

    /// The entry of a table, if the index is within.
    pub fn table(&mut self, table: &[u32], index: &Poly) -> Option<Poly> {
        let length = Poly::constant(table.len());
        if self.decide(&Formula::at_least(index, &length)) {
            return None;
        }
        assert!(table.is_sorted_by(|a, b| a >= b), "a table falls");
        let range = self.range(index);
        let at = |index: &BigInt| {
            let index = usize::try_from(index).unwrap_or(usize::MAX).min(table.len() - 1);
            BigInt::from(table[index])
        };
        let range = Range { low: at(&range.high), high: at(&range.low) };
        Some(Poly::atom(self.atom(Kind::Table(table.as_ptr().addr(), index.clone()), range)))
    }
}
