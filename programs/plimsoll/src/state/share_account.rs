use plimsoll_engine::{
    exit::{Exit, catch_up},
    insurance::Insurance,
};

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
        /// Of an insurance fund: how often its shares had been consolidated when these were last brought up to it.
        pub epoch: u64,
    }
}

impl ShareAccount {
    /// Bytes of an account from before there was an epoch, which is last: what `migrate_shares` takes.
    pub const LEN_WITHOUT_EPOCH: usize = 8 + core::mem::offset_of!(Self, epoch);

    /// Brings shares in the insurance fund up to its last consolidation.
    pub fn catch_up(&mut self, fund: &Insurance) {
        catch_up(&mut self.exit, &mut self.shares, &mut self.epoch, fund);
    }

    /// Whether a holder of these shares can have made this request.
    pub fn invariant(&self) -> bool {
        self.exit.invariant(self.shares)
    }
}
