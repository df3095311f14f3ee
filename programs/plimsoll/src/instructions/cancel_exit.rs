use anchor_lang::prelude::*;

use crate::{checked::Checked, errors::PlimsollError, events::ExitCancelled, state::ShareAccount};

/// Withdraws a request, in a market's liquidity or in the insurance fund. The shares were at risk all the time.
#[derive(Accounts)]
pub struct CancelExit {
    #[account(constraint(*owner.address() == shares.owner @ PlimsollError::NotAuthorised))]
    pub owner: Signer,
    #[account(mut)]
    pub shares: Account<ShareAccount>,
}

impl CancelExit {
    pub fn handle(&mut self) -> Result<()> {
        let shares = self.shares.exit.cancel().checked()?;
        emit!(ExitCancelled { pool: self.shares.pool, owner: self.shares.owner, shares });
        Ok(())
    }
}
