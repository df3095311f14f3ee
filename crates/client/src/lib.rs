//! What a caller of the program needs: account layouts, addresses, instruction builders, events and error sentences.
//!
//! Layouts, events and errors are the program's own source files, compiled here with a [`wire`] that has no Anchor in
//! it: there is one definition of each, and a caller needs none of the program's dependencies.

#[macro_use]
pub mod wire;

#[path = "../../../programs/plimsoll/src/errors.rs"]
pub mod errors;
#[path = "../../../programs/plimsoll/src/events.rs"]
pub mod events;
#[path = "../../../programs/plimsoll/src/seeds.rs"]
pub mod seeds;
#[path = "../../../programs/plimsoll/src/state/mod.rs"]
pub mod state;
#[path = "../../../programs/plimsoll/src/views.rs"]
pub mod views;

pub mod accounts;
pub mod addresses;
pub mod compute;
#[cfg(feature = "rpc")]
pub mod explain;
pub mod house;
pub mod instructions;
#[cfg(feature = "rpc")]
pub mod network;
pub mod oracle;
#[cfg(feature = "rpc")]
pub mod rpc;
#[cfg(feature = "rpc")]
pub mod transaction;

pub use plimsoll_engine as engine;
pub use wire::Address;

/// The program's address.
pub const ID: Address = Address::from_str_const("P1imso11oxXuqpvdtbNGqgVmuXFBQBJ3kqkWGEG4rqd");
