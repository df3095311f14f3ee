use anchor_lang::prelude::*;

use crate::{refreshing::refresh, state::Market};

/// Takes newer prices from the market's oracles: from either or both. Anyone may; nothing else reads an oracle for margin.
#[derive(Accounts)]
pub struct RefreshMarket {
    #[account(mut)]
    pub market: Account<Market>,
    /// CHECK: owner, feed and content are checked by the adapter.
    pub oracle: Option<UncheckedAccount>,
    /// CHECK: owner, feed and content are checked by the adapter.
    pub second_oracle: Option<UncheckedAccount>,
}

impl RefreshMarket {
    pub fn handle(&mut self) -> Result<()> {
        let first = self.oracle.as_ref().map(|oracle| oracle.account());
        let second = self.second_oracle.as_ref().map(|oracle| oracle.account());
        refresh(&mut self.market, first, second, &Clock::get()?)
    }
}
