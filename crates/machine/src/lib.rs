//! A whole exchange on the engine alone: traders, a keeper, an integrator, liquidity providers, stakers and a hostile
//! oracle, and a ledger that knows every action's rules by itself.
//!
//! [`World::step`](world::World::step) takes any [`Action`](action::Action) at all, applies it through the engine and
//! checks after each call, by panicking, that
//!
//! - a refusal left every argument byte for byte as it was, and an action changed nobody but its parties;
//! - the engine's state is what the [ledger](ledger) says, to the atom (I-1, I-2, I-3, I-8, I-9);
//! - margin, order and charges are what [exact arithmetic of its own](exact) says (I-4, I-5, I-6, I-7);
//! - at a constant price nobody takes an atom from liquidity providers or insurance (I-10).
//!
//! No call is given more than one account's legs and one queue, so none can loop over more (I-13).
//!
//! Property tests, scenario files and the fuzzer all drive this one machine. It is test code: it may panic.

pub mod action;
pub mod exact;
pub mod ledger;
pub mod oracle;
pub mod runner;
pub mod scenario;
pub mod setup;
pub mod tally;
pub mod world;

mod check;
mod closing;
mod indices;
mod insurer;
mod keeper;
mod marks;
mod pools;
mod prices;
mod settling;
mod trader;
mod venues;
