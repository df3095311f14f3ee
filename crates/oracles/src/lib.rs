//! Oracle accounts as the oracles' own programs write them: Pyth's by Pyth's own code, Switchboard's field after field.
//!
//! Tests and the local network publish prices with this, so that the program reads what it will read on mainnet.

mod pyth;
mod switchboard;

use plimsoll_client::Address;
pub use plimsoll_client::oracle::programs::{
    PYTH_LEGACY as LEGACY, PYTH_RECEIVER as RECEIVER, PYTH_RECEIVER_PRO as RECEIVER_PRO, SWITCHBOARD,
    SWITCHBOARD_QUEUE as QUEUE,
};
pub use pyth::Quote;
pub use switchboard::{Answer, Feed};

/// Pyth's program whose derived addresses hold the newest update of a feed.
pub const PUSH: Address = Address::from_str_const("pythWSnswVUd12oZpeFP8e9CVaEqJg25g1Vtc2biRsT");

/// The account that holds a feed's newest update in a shard. Shard zero is the one that Pyth's sponsors keep fresh.
pub fn feed_account(shard: u16, feed: &[u8; 32]) -> Address {
    Address::find_program_address(&[&shard.to_le_bytes(), feed], &PUSH).0
}
