use plimsoll_engine::exit::Exit;

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
        /// Shares whose exit was requested, which stay at risk, and the pool as it was then.
        pub exit: Exit,
    }
}

impl ShareAccount {
    /// Whether a holder of these shares can have made this request.
    pub fn invariant(&self) -> bool {
        self.exit.invariant(self.shares)
    }
}
