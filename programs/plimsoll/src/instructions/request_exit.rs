use anchor_lang::prelude::*;
use plimsoll_engine::exit::request;

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::ExitRequested,
    funding::accrue,
    state::{Market, ShareAccount},
};

/// Requests the exit of shares in a market's liquidity: they stay at risk through the cooldown.
#[derive(Accounts)]
pub struct RequestExit {
    #[account(constraint(*owner.address() == shares.owner @ PlimsollError::NotAuthorised))]
    pub owner: Signer,
    #[account(mut)]
    pub market: Account<Market>,
    #[account(mut, constraint(shares.pool == *market.address() @ PlimsollError::WrongPool))]
    pub shares: Account<ShareAccount>,
}

impl RequestExit {
    pub fn handle(&mut self, amount: u64) -> Result<()> {
        let now = Clock::get()?.unix_timestamp;
        accrue(&mut self.market, now)?;
        let held = self.shares.shares;
        request(&mut self.shares.exit, held, &self.market.core, amount, now).checked()?;
        emit!(ExitRequested {
            pool: *self.market.address(),
            owner: *self.owner.address(),
            shares: amount,
            value: self.shares.exit.value.0,
            supply: self.shares.exit.supply,
        });
        Ok(())
    }
}
