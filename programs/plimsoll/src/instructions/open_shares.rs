use anchor_lang::prelude::*;

use crate::{
    errors::PlimsollError,
    events::SharesOpened,
    seeds,
    state::{InsuranceFund, Market, ShareAccount},
};

/// Opens an account for shares in a market's liquidity or in the insurance fund.
#[derive(Accounts)]
pub struct OpenShares {
    #[account(mut)]
    pub owner: Signer,
    /// CHECK: a market or an insurance fund of this program, tried as both.
    pub pool: UncheckedAccount,
    #[account(init, payer = owner, seeds = [seeds::SHARES, pool, owner], bump)]
    pub shares: Account<ShareAccount>,
    pub system_program: Program<System>,
}

impl OpenShares {
    pub fn validate(&self) -> Result<()> {
        let view = *self.pool.account();
        let known = Account::<Market>::load(view).is_ok() || Account::<InsuranceFund>::load(view).is_ok();
        require!(known, PlimsollError::WrongPool);
        Ok(())
    }

    pub fn handle(&mut self) -> Result<()> {
        self.validate()?;
        let shares = &mut self.shares;
        shares.pool = *self.pool.address();
        shares.owner = *self.owner.address();
        emit!(SharesOpened { pool: shares.pool, owner: shares.owner });
        Ok(())
    }
}
