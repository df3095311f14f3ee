//! A typed client over a real Solana runtime: the tests and the demo talk to the program binary through it.
//!
//! After every transaction the accounts it touched are read again, and the whole exchange must still add up to the atom.

pub mod authorities;
pub mod chain;
pub mod cookies;
pub mod ledger;
pub mod matrix;
pub mod orders;
pub mod outcome;
pub mod parameters;
pub mod pools;
pub mod random;
pub mod scenario;
pub mod scenes;
pub mod settling;
pub mod sources;
mod sums;
pub mod venues;
pub mod world;

pub use outcome::Outcome;
pub use plimsoll_client::{
    Address, ID, addresses, engine, errors::PlimsollError, events, instructions, state, views, wire,
};
pub use plimsoll_oracles as oracle;
pub use solana_keypair::Keypair;
pub use solana_signer::Signer;
pub use world::World;
