//! The program's IDL: what explorers, client generators and `declare_program!` read.
//!
//! `anchor-lang-idl` describes what Anchor's macros saw, which is the source's own names. [`resolve()`] makes of that a
//! description which stands for itself, and [`check()`] says what would still be wrong with it.

mod build;
mod check;
mod resolve;
mod walk;

pub use build::build;
pub use check::check;
pub use resolve::resolve;
