//! The integers of the engine as symbolic terms.
//!
//! The names are those of `crates/words`, and so are the traits. A value is one machine word: a literal as it is, and any
//! other term as its place in the session of the thread, marked in the three highest bits. So the quantities of the
//! engine are plain data here too, and constants are constants.
//!
//! What is compared forks the path, unless it follows from what the path knows. What may not fit its type forks it too.
//! Smaller, larger, clamped, saturated and rounded values are new atoms with axioms and fork nothing.

mod term;

use terms::{Poly, session};

// Traits and scales; what is defined here hides what the machine has of the same name.
pub use machine::*;
pub use term::{I64, I128, Term, U64, U128};

/// A number of the machine. One with the mark of a term is that term: so a count of seconds can be symbolic.
pub const fn lit(value: u64) -> U64 {
    U64(value)
}

/// The entry of a table of constants: a value that falls with the index if the table does.
pub fn entry(table: &[u32], index: U64) -> Option<U64> {
    let index = index.poly();
    session(|s| s.table(table, &index)).map(U64::of)
}

/// A wide value from the two words in which it is stored: the first is the whole term.
pub const fn join(halves: [U64; 2]) -> I128 {
    I128(halves[0].0)
}

/// The two words in which a wide value is stored.
pub const fn split(value: I128) -> [U64; 2] {
    [U64(value.0), U64(0)]
}

/// A count of seconds, or another number of the machine, that is `term`: only [`lit`] may be done with it.
pub fn machine_number(term: &Poly) -> u64 {
    U64::of(term.clone()).0
}
