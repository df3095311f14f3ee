use plimsoll_engine::units::Atoms;

use crate::wire::*;

account! {
    /// One holder's shares in a pool: a market's liquidity or the insurance fund.
    pub struct ShareAccount {
        /// The market or the insurance fund.
        pub pool: Address,
        /// Who may redeem.
        pub owner: Address,
        /// Shares held.
        pub shares: u64,
        /// Shares whose exit was requested: they stay at risk.
        pub requested: u64,
        /// Their value when requested.
        pub request_value: Atoms,
        /// When they were requested.
        pub request_time: i64,
        /// Bump of this address.
        pub bump: u8,
        /// Zero.
        pub padding: [u8; 7],
    }
}

impl ShareAccount {
    /// Whether no more is requested than held.
    pub fn invariant(&self) -> bool {
        self.requested <= self.shares
    }
}
