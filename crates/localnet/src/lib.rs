//! An embedded Solana network with Plimsoll deployed, priced and populated.
//!
//! [`Localnet::start`] runs a Surfpool node in this process, offline, with the real program binary. Clearing house,
//! liquidity, traders and their positions come about by real transactions; prices are real `PriceUpdateV2` accounts that
//! [`Oracles`] overwrites, and spoils on command. With a state directory everything is there again after a restart.
//!
//! Nothing here is safe from others on the same machine: keys are published, and worth nothing.

mod control;
mod error;
pub mod faucet;
mod feed;
mod keys;
mod localnet;
mod node;
mod opening;
mod options;
mod oracles;
mod population;
mod program;
mod progress;
mod remote;
mod saving;
mod sending;
mod setup;
mod state;
mod tokens;

pub use error::LocalnetError;
pub use feed::{Along, Feed, FeedError, Level};
pub use keys::Keys;
pub use localnet::Localnet;
pub use options::{Listener, Options, Ports};
pub use oracles::{Fault, FaultError, Oracles, Reading, Sources, Update};
pub use population::{Plan, Wish, plans};
pub use progress::Progress;
pub use remote::{Remote, RemoteError};
pub use state::StateError;
