use plimsoll_engine::{limiter::Limiter, units::Atoms};

use crate::wire::*;

account! {
    /// One clearing house: its vault, its quote token and its authorities. Trades and liquidations do not write it.
    pub struct Exchange {
        /// May create markets. Changes nothing else yet.
        pub admin: Address,
        /// Admin that was proposed and has not accepted; zero when none.
        pub pending_admin: Address,
        /// May only tighten.
        pub guardian: Address,
        /// Mint of the quote token. It has six decimals.
        pub quote_mint: Address,
        /// Token program of the mint: classic or Token-2022.
        pub token_program: Address,
        /// Token account of all collateral. It is its own authority, so that only this program moves its tokens.
        pub vault: Address,
        /// Atoms that crossed into the vault less those that left: written only then.
        /// What the vault holds beyond it came from strangers.
        pub accounted: Atoms,
        /// How much of it may leave.
        pub limiter: Limiter,
        /// One bit for each kind of action that is paused.
        pub pause_bits: u32,
        /// Chosen at creation, part of the address.
        pub id: u32,
        /// Markets created so far; the next one gets this index.
        pub market_count: u16,
        /// Bump of this address.
        pub bump: u8,
        /// Bump of the vault's address.
        pub vault_bump: u8,
        /// Zero.
        pub padding: u32,
        /// Zero, for authorities under timelock.
        pub reserved: [u64; 16],
    }
}

/// Most markets of one exchange: whoever leaves the insurance fund passes all of them and their queues in one
/// transaction, which locks at most 64 accounts.
pub const MAX_MARKETS: u16 = 24;

impl Exchange {
    /// Whether the stored state is possible.
    pub fn invariant(&self) -> bool {
        let money = self.accounted.0 <= i64::MAX.unsigned_abs() && self.limiter.invariant();
        self.admin != Address::default() && money
    }
}
