//! The engine in the browser.
//!
//! [`Venue`] takes the data of accounts as they arrive from the network and answers what a page shows. All of it is
//! `crates/desk`, which asks the engine that the chain runs; here are only the bindings.

#[cfg(feature = "vectors")]
mod vectors;
mod venue;

pub use venue::{Venue, errorSentence};
