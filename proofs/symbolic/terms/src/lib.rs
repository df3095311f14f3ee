//! Integer terms, what is known of them on a path, and the search for all paths.
//!
//! A [`Session`] belongs to one run of one transition. Terms are polynomials over atoms; an atom is an input with its
//! range, or a value that is defined by axioms (a quotient, a minimum, a root). Each run takes one path: decisions are
//! replayed from the last run, and the first new one takes the branch that was not yet taken ([`paths::explore`]).

pub mod axioms;
pub mod bounds;
pub mod formula;
pub mod oracle;
pub mod paths;
pub mod poly;
pub mod script;
pub mod session;

pub use formula::Formula;
pub use num_bigint::BigInt;
pub use poly::Poly;
pub use session::{Session, session};
