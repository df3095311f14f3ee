use plimsoll_engine::{change::TO_ASK, exit::STAKE_COOLDOWN, limiter::Limiter, units::Atoms};

use crate::wire::*;

account! {
    /// One clearing house: its vault, its quote token and its authorities. Trades and liquidations do not write it.
    pub struct Exchange {
        /// May create markets, and propose changes that the timelock delays.
        pub admin: Address,
        /// Admin that was decided on and has not accepted; zero when none.
        pub pending_admin: Address,
        /// May only tighten: hold a market for a time, and veto proposals but its own replacement. Zero for none.
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
        /// Seconds for which every proposal waits at least.
        pub timelock: u32,
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
        /// When the exchange was created. Markets of its first day open at once.
        pub created_at: i64,
        /// Proposals made so far; the next one gets this sequence.
        pub proposals: u64,
        /// Proposals before this one are void: an admin who has gone made them.
        pub valid_from: u64,
        /// Zero, for what comes.
        pub reserved: [u64; 13],
    }
}

/// Most markets of one exchange: whoever leaves the insurance fund passes all of them and their queues in one
/// transaction, which locks at most 64 accounts.
pub const MAX_MARKETS: u16 = 24;

/// Shortest and longest timelock, in seconds: seven days and thirty. A new exchange has the shortest. Within seven days the
/// withdrawal limiter lets out 97 % of what an exchange holds, and all of a small one.
pub const TIMELOCK: core::ops::RangeInclusive<u32> = 604_800..=2_592_000;
/// Seconds after its creation in which an exchange is set up.
pub const SETUP: i64 = 86_400;

impl Exchange {
    /// When a market that is created at `now` takes its first risk. All legs of an account stand for one another, and all
    /// markets draw on one insurance: whoever does not like a new market can leave every pool before it opens.
    pub fn opens(&self, now: i64) -> i64 {
        if now < self.created_at.saturating_add(SETUP) {
            return 0;
        }
        let leave = i64::from(STAKE_COOLDOWN).saturating_add(TO_ASK);
        now.saturating_add(leave.max(self.timelock.into()))
    }

    /// Whether the stored state is possible.
    pub fn invariant(&self) -> bool {
        self.admin != Address::default()
            && self.accounted.0 <= i64::MAX.unsigned_abs()
            && self.limiter.invariant()
            && TIMELOCK.contains(&self.timelock)
            && self.valid_from <= self.proposals
    }
}
