//! What a transition is to the prover: a name and a run.

use std::cell::Cell;

use plimsoll_engine::{EngineError, Result};
use terms::{Formula, paths, session};

use crate::expr::Exact;

/// A transition of the engine with hypotheses before it and claims after it.
pub struct Transition {
    /// Its name: the first part of the names of its obligations.
    pub name: &'static str,
    /// Builds the arguments, calls the engine once and makes the claims.
    pub run: fn(),
}

/// The invariant that a claim belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// Conservation, exact.
    I1,
    /// Nothing that cannot be negative is.
    I2,
    /// Health is judged as it should be: nobody at or above maintenance is liquidated.
    I5,
    /// Worst first: nobody goes before an account that counts and is worse by more than the tolerance.
    I6,
    /// A liquidation step raises health, and its charge never exceeds what is left.
    I7,
    /// Deficits go down the waterfall in order.
    I8,
    /// Equal fractions in a settlement.
    I9,
    /// Rounding never favours the caller; nothing is extracted.
    I10,
    /// Nothing raises maintenance without notice, nor faster than announced.
    I11,
    /// More risk never improves health; a worse price never improves a long.
    Monotone,
    /// Nothing leaves its type within the caps.
    Fits,
}

impl Of {
    /// As the manifest writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::I1 => "I-1",
            Self::I2 => "I-2",
            Self::I5 => "I-5",
            Self::I6 => "I-6",
            Self::I7 => "I-7",
            Self::I8 => "I-8",
            Self::I9 => "I-9",
            Self::I10 => "I-10",
            Self::I11 => "I-11",
            Self::Monotone => "monotone",
            Self::Fits => "fits",
        }
    }
}

thread_local! {
    static NAME: Cell<&'static str> = const { Cell::new("") };
    static CAPPED: Cell<bool> = const { Cell::new(true) };
}

/// Whether the caps are in force. Without them some result must leave its type: the control of [`Of::Fits`].
pub fn capped() -> bool {
    CAPPED.get()
}

/// How many paths are tried without caps.
const UNCAPPED: usize = 12;

/// Both explorations of a transition.
pub struct Explored {
    /// Under the caps: every path.
    pub capped: paths::Explored,
    /// Without: the first few, and only to see that something overflows.
    pub uncapped: Option<paths::Explored>,
}

impl Transition {
    /// All of its paths.
    pub fn explore(&self) -> Explored {
        NAME.set(self.name);
        CAPPED.set(true);
        let capped = paths::explore(self.run, None);
        let fits = capped.claims.iter().any(|claim| claim.invariant == Of::Fits.name());
        CAPPED.set(false);
        let uncapped = fits.then(|| paths::explore(self.run, Some(UNCAPPED)));
        CAPPED.set(true);
        Explored { capped, uncapped }
    }
}

/// Makes a claim on this path: `wrong` is a statement like it that some path must refute.
pub fn claim(of: Of, name: &str, claim: Formula, wrong: Formula) {
    if capped() {
        let id = format!("{}/{name}", NAME.get());
        session(|s| s.claim(&id, of.name(), &claim, &wrong));
    }
}

/// The result's value; claims that nothing overflowed. Other errors end the path: nothing was written.
pub fn fitting<T>(result: Result<T>) -> Option<T> {
    let overflows = matches!(result, Err(EngineError::Overflow));
    let id = format!("{}/fits", NAME.get());
    session(|s| match (capped(), overflows) {
        (true, true) => s.claim(&id, Of::Fits.name(), &Formula::Const(false), &Formula::Const(true)),
        (true, false) => s.claim(&id, Of::Fits.name(), &Formula::Const(true), &Formula::Const(true)),
        (false, true) => s.claim(&id, Of::Fits.name(), &Formula::Const(true), &Formula::Const(false)),
        (false, false) => {}
    });
    result.ok()
}

/// The same for what fits without any cap: its control is a wrong statement about the result.
pub fn always_fitting<T>(result: Result<T>, wrong: impl FnOnce(&T) -> Formula) -> Option<T> {
    if let (true, Ok(value)) = (capped(), &result) {
        let wrong = wrong(value);
        let id = format!("{}/fits", NAME.get());
        session(|s| s.claim(&id, Of::Fits.name(), &Formula::Const(true), &wrong));
    }
    fitting(result)
}

/// Names the products of a term, so that what is known of its parts is multiplied.
pub fn mention(term: impl Exact) {
    let zero = Formula::AtLeastZero(term.exact().0);
    session(|s| s.prepared(&zero));
}

/// A hypothesis.
pub fn assume(formula: Formula) {
    session(|s| s.assume(formula));
}

/// A hypothesis that only bounds amounts: it is dropped where caps are.
pub fn cap(formula: Formula) {
    if capped() {
        assume(formula);
    }
}

/// Takes each of `ways` in turn.
pub fn choose(ways: usize) -> usize {
    session(|s| s.choose(ways))
}

/// Takes both.
pub fn either() -> bool {
    choose(2) == 0
}
