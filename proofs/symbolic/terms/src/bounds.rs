//! Ranges: what can be decided without a solver.

use num_bigint::BigInt;

use crate::{
    axioms::Event,
    formula::Formula,
    poly::{Monomial, Poly, ceil_div, floor_div, without},
    session::Session,
};

/// From `low` to `high`, both included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// The least value.
    pub low: BigInt,
    /// The largest value.
    pub high: BigInt,
}

impl Range {
    /// A range.
    pub fn new(low: impl Into<BigInt>, high: impl Into<BigInt>) -> Self {
        Self { low: low.into(), high: high.into() }
    }

    fn times(&self, other: &Self) -> Self {
        let corners =
            [&self.low * &other.low, &self.low * &other.high, &self.high * &other.low, &self.high * &other.high];
        Self::around(corners)
    }

    fn around(values: [BigInt; 4]) -> Self {
        let [a, b, c, d] = values;
        let low = (&a).min(&b).min(&c).min(&d).clone();
        let high = a.max(b).max(c).max(d);
        Self { low, high }
    }

    /// Of a quotient by a divisor that is positive wherever the quotient matters.
    pub fn over(&self, divisor: &Self, up: bool) -> Self {
        let one = BigInt::from(1);
        let (least, most) = ((&divisor.low).max(&one).clone(), (&divisor.high).max(&one).clone());
        let round = if up { ceil_div } else { floor_div };
        Self::around([
            round(&self.low, &least),
            round(&self.low, &most),
            round(&self.high, &least),
            round(&self.high, &most),
        ])
    }

    /// What both ranges have.
    pub fn within(&self, other: &Self) -> Self {
        Self { low: (&self.low).max(&other.low).clone(), high: (&self.high).min(&other.high).clone() }
    }
}

impl Session {
    /// The range of a term on this path.
    pub fn range(&self, poly: &Poly) -> Range {
        let (shape, scale, offset) = poly.shape();
        if scale == 0.into() {
            return Range { low: offset.clone(), high: offset };
        }
        let range = self.shape_range(&shape).times(&Range::new(scale.clone(), scale));
        let range = Range { low: range.low + &offset, high: range.high + offset };
        match self.factors.get(poly) {
            Some((a, b)) if a != poly && b != poly => range.within(&self.range(a).times(&self.range(b))),
            _ => range,
        }
    }

    fn shape_range(&self, shape: &Poly) -> Range {
        let mut sum = Range::new(0, 0);
        for (monomial, coefficient) in shape.monomials() {
            let range = self.monomial_range(monomial).times(&Range::new(coefficient.clone(), coefficient.clone()));
            sum = Range { low: sum.low + range.low, high: sum.high + range.high };
        }
        if let Some((_, _, divisor)) = self.remainder_of(shape)
            && let Some(divisor) = divisor.value()
        {
            sum = sum.within(&Range::new(0, divisor - 1));
        }
        match self.bounds.get(shape) {
            Some(decided) => sum.within(decided),
            None => sum,
        }
    }

    /// The range of a product on every path.
    pub fn range_of_product(&self, product: &Monomial) -> Range {
        product.iter().fold(Range::new(1, 1), |range, atom| range.times(&self.known(*atom).range))
    }

    /// The range of a product on this path: what is known of any part of it counts.
    fn monomial_range(&self, monomial: &Monomial) -> Range {
        let mut range = match monomial.as_slice() {
            [] => Range::new(1, 1),
            [atom] => self.known(*atom).range.clone(),
            _ => {
                let mut ranges =
                    monomial.iter().enumerate().filter(|(at, atom)| monomial[..*at].last() != Some(*atom)).map(
                        |(_, atom)| {
                            let rest = without(monomial, &vec![*atom]).unwrap_or_default();
                            self.monomial_range(&vec![*atom]).times(&self.monomial_range(&rest))
                        },
                    );
                let first = ranges.next().unwrap_or_else(|| Range::new(1, 1));
                ranges.fold(first, |range, other| range.within(&other))
            }
        };
        if let Some(decided) = self.bounds.get(&Poly::monomial(monomial.clone())) {
            range = range.within(decided);
        }
        range
    }

    /// Whether a statement follows from ranges, or its opposite does.
    pub fn judge(&self, formula: &Formula) -> Option<bool> {
        match formula {
            Formula::Const(value) => Some(*value),
            Formula::AtLeastZero(poly) => {
                let range = self.range(poly);
                if range.low >= 0.into() {
                    Some(true)
                } else if range.high < 0.into() {
                    Some(false)
                } else {
                    None
                }
            }
            Formula::Zero(poly) => self.judge_zero(poly),
            Formula::Not(inner) => self.judge(inner).map(|value| !value),
            Formula::And(parts) => self.judge_all(parts, false),
            Formula::Or(parts) => self.judge_all(parts, true),
        }
    }

    fn judge_all(&self, parts: &[Formula], decisive: bool) -> Option<bool> {
        let judged: Vec<_> = parts.iter().map(|part| self.judge(part)).collect();
        if judged.contains(&Some(decisive)) {
            Some(decisive)
        } else if judged.contains(&None) {
            None
        } else {
            Some(!decisive)
        }
    }

    fn judge_zero(&self, poly: &Poly) -> Option<bool> {
        let (shape, scale, offset) = poly.shape();
        let value = -&offset / &scale;
        let exact = &value * &scale + &offset == 0.into();
        let range = self.shape_range(&shape);
        if !exact || value < range.low || value > range.high || self.holes.contains(&(shape, value.clone())) {
            Some(false)
        } else if range.low == range.high {
            Some(true)
        } else {
            None
        }
    }

    /// Takes a statement as true on this path: a hypothesis, or what was decided.
    pub fn assume(&mut self, formula: Formula) {
        self.learn(&formula);
        self.events.push(Event::Fact(formula));
    }

    fn learn(&mut self, formula: &Formula) {
        match formula {
            Formula::And(parts) => parts.iter().for_each(|part| self.learn(part)),
            Formula::AtLeastZero(poly) => {
                let (shape, scale, offset) = poly.shape();
                let old = self.shape_range(&shape);
                // scale x shape >= -offset
                let new = if scale > 0.into() {
                    Range { low: ceil_div(&-offset, &scale), high: old.high.clone() }
                } else {
                    Range { low: old.low.clone(), high: floor_div(&offset, &-scale) }
                };
                self.bound(shape, old.within(&new));
            }
            Formula::Zero(poly) => {
                let (shape, scale, offset) = poly.shape();
                let value = -offset / scale;
                self.bound(shape, Range::new(value.clone(), value));
            }
            Formula::Not(inner) => {
                if let Formula::Zero(poly) = &**inner {
                    let (shape, scale, offset) = poly.shape();
                    if &(&offset / &scale) * &scale == offset {
                        self.holes.insert((shape.clone(), -offset / scale));
                        let range = self.shape_range(&shape);
                        self.bound(shape, range);
                    }
                }
            }
            Formula::Const(_) | Formula::Or(_) => {}
        }
    }

    /// Keeps a shape's range, without the values at its ends that are known not to be.
    fn bound(&mut self, shape: Poly, mut range: Range) {
        while self.holes.contains(&(shape.clone(), range.low.clone())) {
            range.low += 1;
        }
        while self.holes.contains(&(shape.clone(), range.high.clone())) {
            range.high -= 1;
        }
        self.bounds.insert(shape, range);
    }
}
