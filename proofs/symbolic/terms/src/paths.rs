//! Depth-first search of all paths, by running again with the last open decision turned.

use crate::{
    axioms::Event,
    formula::Formula,
    oracle::Oracle,
    poly::Poly,
    script::{Role, query},
    session::{Session, replace},
};

/// More paths than that are a transition that has to be cut.
const MOST_PATHS: usize = 20_000;

#[derive(Clone, Debug)]
struct Decision {
    taken: usize,
    /// Branches up to here, exclusive, are still to be taken.
    ways: usize,
}

/// The branches of a run: those to repeat, and those that it adds.
#[derive(Clone, Debug, Default)]
pub struct Decisions {
    taken: Vec<Decision>,
    next: usize,
}

impl Decisions {
    /// The next run's, or nothing after the last.
    fn turned(mut self) -> Option<Self> {
        while let Some(mut last) = self.taken.pop() {
            if last.taken + 1 < last.ways {
                last.taken += 1;
                self.taken.push(last);
                self.next = 0;
                return Some(self);
            }
        }
        None
    }

    fn repeat(&mut self) -> Option<usize> {
        let taken = self.taken.get(self.next)?.taken;
        self.next += 1;
        Some(taken)
    }

    fn add(&mut self, taken: usize, ways: usize) {
        self.taken.push(Decision { taken, ways });
        self.next += 1;
    }
}

/// A claim about a transition, as it was made on one path.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The obligation's name.
    pub id: String,
    /// The invariant it belongs to.
    pub invariant: &'static str,
}

/// All paths of one transition.
#[derive(Debug, Default)]
pub struct Explored {
    /// The script of each path.
    pub scripts: Vec<String>,
    /// Claims made, path by path.
    pub claims: Vec<Claim>,
    /// Questions to the solver.
    pub asked: usize,
    /// Time spent on their answers.
    pub waited: std::time::Duration,
    /// Operations whose result fits by ranges alone.
    pub fitting: usize,
}

/// Runs a transition once for each of its paths, or for the first few. These take what does not fit first.
pub fn explore(run: impl Fn(), few: Option<usize>) -> Explored {
    let mut explored = Explored::default();
    let (mut decisions, mut oracle) = (Decisions::default(), Oracle::start());
    loop {
        oracle.reset();
        let mut next = Session::new(decisions, oracle);
        next.overflows_first = few.is_some();
        replace(Some(next));
        run();
        let mut ended = replace(None).expect("the run's session");
        ended.write();
        let path = explored.scripts.len();
        assert!(path < MOST_PATHS, "too many paths");
        explored.scripts.push(ended.script.lines.join("\n"));
        explored.claims.append(&mut ended.claims);
        explored.fitting += ended.fitting;
        (decisions, oracle) = ended.into_parts();
        match decisions.turned() {
            Some(turned) if few.is_none_or(|few| path + 1 < few) => decisions = turned,
            _ => break,
        }
    }
    (explored.asked, explored.waited) = (oracle.asked, oracle.waited);
    explored
}

impl Session {
    /// Whether a statement holds on this path. Both ways are taken, one run each, unless one is impossible.
    pub fn decide(&mut self, formula: &Formula) -> bool {
        self.decided(formula, Role::Branch)
    }

    fn decided(&mut self, formula: &Formula, role: Role) -> bool {
        if let Some(value) = self.judge(formula) {
            return value;
        }
        // Where both ways are open the first is that it holds, or that it does not fit.
        let first = !(self.overflows_first && role == Role::Fits);
        let value = match self.decisions.repeat() {
            Some(taken) => (taken == 0) == first,
            None => self.new_decision(formula, role, first),
        };
        self.assume(if value { formula.clone() } else { formula.negated() });
        value
    }

    fn new_decision(&mut self, formula: &Formula, role: Role, first: bool) -> bool {
        for (holds, impossible) in [(true, formula.negated()), (false, formula.clone())] {
            if self.denied(&impossible) {
                let text = self.prepared(&impossible);
                self.events.push(Event::Query(query(role, "", &text)));
                self.write();
                // One way only: the index of the way taken, and none after it.
                self.decisions.add(usize::from(holds != first), 0);
                return holds;
            }
        }
        self.decisions.add(0, 2);
        first
    }

    /// Takes each of `ways` in turn, one run each.
    pub fn choose(&mut self, ways: usize) -> usize {
        match self.decisions.repeat() {
            Some(taken) => taken,
            None => {
                self.decisions.add(0, ways);
                0
            }
        }
    }

    /// Whether a result fits its type.
    pub fn fits(&mut self, poly: &Poly, least: &Poly, most: &Poly) -> bool {
        let bounds = [Formula::at_least(poly, least), Formula::at_least(most, poly)];
        if bounds.iter().all(|bound| self.judge(bound) == Some(true)) {
            self.fitting += 1;
            return true;
        }
        bounds.iter().all(|bound| self.decided(bound, Role::Fits))
    }

    /// Makes a claim on this path, with a wrong statement that must be refuted on some path.
    pub fn claim(&mut self, id: &str, invariant: &'static str, claim: &Formula, wrong: &Formula) {
        self.claims.push(Claim { id: id.to_owned(), invariant });
        for (role, formula) in [(Role::Claim, claim), (Role::Control, wrong)] {
            if *formula == Formula::Const(true) {
                continue;
            }
            let text = self.prepared(&formula.negated());
            self.events.push(Event::Query(query(role, id, &text)));
            self.write();
        }
        self.events.push(Event::Query(query(Role::Reach, id, "true")));
    }
}
