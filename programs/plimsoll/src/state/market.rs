use plimsoll_engine::market::Market as Core;

use crate::wire::*;

/// No source.
pub const ORACLE_NONE: u8 = 0;
/// Pyth `PriceUpdateV2`: `program` is the receiver, `feed` the feed id; any account with a valid update serves.
pub const ORACLE_PYTH_PULL: u8 = 1;
/// Legacy Pyth price account: `program` is the oracle program, `feed` the account's address.
pub const ORACLE_PYTH_LEGACY: u8 = 2;
/// Switchboard On-Demand pull feed, as a second source only: `program` is Switchboard's, `feed` the digest of the feed's
/// address and terms.
pub const ORACLE_SWITCHBOARD: u8 = 3;

part! {
    /// Where a price comes from.
    pub struct OracleSource {
        /// Owner of the oracle's accounts.
        pub program: Address,
        /// Feed id, account address or digest, as the kind says.
        pub feed: [u8; 32],
        /// One of the `ORACLE_*` constants.
        pub kind: u8,
        /// Zero.
        pub padding: [u8; 7],
    }
}

account! {
    /// One perpetual market: its oracle, and everything that the engine knows of it.
    pub struct Market {
        /// The exchange it belongs to.
        pub exchange: Address,
        /// Its liquidation queue.
        pub queue: Address,
        /// Where its price comes from.
        pub oracle: OracleSource,
        /// Independent second source; of no kind when there is none.
        pub second_oracle: OracleSource,
        /// Constants, price, treasury, side totals, capacity and status.
        pub core: Core,
        /// Which of the exchange's markets this is.
        pub index: u16,
        /// Bump of this address.
        pub bump: u8,
        /// Zero.
        pub padding: [u8; 5],
        /// Zero, for what comes.
        pub reserved: [u64; 19],
    }
}

impl OracleSource {
    /// A source.
    pub fn new(kind: u8, program: Address, feed: [u8; 32]) -> Self {
        Self { program, feed, kind, padding: [0; 7] }
    }

    /// Whether this is one that an adapter reads.
    pub fn is_known(&self) -> bool {
        (ORACLE_PYTH_PULL..=ORACLE_SWITCHBOARD).contains(&self.kind) && self.program != Address::default()
    }

    /// Whether orders may execute at it: an adapter reads it, and it says which update came before another.
    pub fn may_be_first(&self) -> bool {
        self.is_known() && self.kind != ORACLE_SWITCHBOARD
    }

    /// Whether this is none.
    pub fn is_none(&self) -> bool {
        self.kind == ORACLE_NONE && self.program == Address::default() && self.feed == [0; 32]
    }

    /// Whether another one has the same price: it would confirm nothing.
    pub fn is_same(&self, other: &Self) -> bool {
        self.kind == other.kind && self.feed == other.feed
    }
}

impl Market {
    /// Whether the stored state is possible.
    pub fn invariant(&self) -> bool {
        self.oracle.may_be_first()
            && (self.second_oracle.is_known() || self.second_oracle.is_none())
            && self.core.has_second() == self.second_oracle.is_known()
            && self.core.invariant()
    }
}
