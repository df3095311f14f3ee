use anchor_lang::prelude::*;
use plimsoll_engine::exit::request_unstake;

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::ExitRequested,
    state::{InsuranceFund, ShareAccount},
};

/// Requests the exit of shares in the insurance fund: they stay at risk through the cooldown.
#[derive(Accounts)]
pub struct RequestUnstake {
    #[account(constraint(*owner.address() == shares.owner @ PlimsollError::NotAuthorised))]
    pub owner: Signer,
    pub fund: Account<InsuranceFund>,
    #[account(mut, constraint(shares.pool == *fund.address() @ PlimsollError::WrongPool))]
    pub shares: Account<ShareAccount>,
}

impl RequestUnstake {
    pub fn handle(&mut self, amount: u64) -> Result<()> {
        let now = Clock::get()?.unix_timestamp;
        self.shares.catch_up(&self.fund.money);
        let held = self.shares.shares;
        request_unstake(&mut self.shares.exit, held, &self.fund.money, amount, now).checked()?;
        emit!(ExitRequested {
            pool: *self.fund.address(),
            owner: *self.owner.address(),
            shares: amount,
            value: self.shares.exit.value.0,
            supply: self.shares.exit.supply,
        });
        Ok(())
    }
}
