use anchor_lang::{prelude::*, realloc_account};

use crate::{errors::PlimsollError, events::SharesMigrated, state::ShareAccount};

/// Brings an account of shares from before there was an epoch to today's layout, which is eight bytes longer. Anyone may,
/// and pays the rent of what is missing.
///
/// Its epoch is zero, as the fund's was when such accounts were written: the first consolidation of a fund's shares and
/// the epoch came with the same version of the program. Consolidations since then apply when the shares are next touched.
#[derive(Accounts)]
pub struct MigrateShares {
    #[account(mut)]
    pub payer: Signer,
    /// CHECK: owner, type and length are looked at here: it has no layout that could be loaded.
    #[account(mut)]
    pub shares: UncheckedAccount,
    pub system_program: Program<System>,
}

impl MigrateShares {
    /// An account that this program wrote as shares, and of exactly the length without an epoch.
    pub fn validate(&self) -> Result<()> {
        let view = self.shares.account();
        require!(view.owned_by(&crate::ID), ProgramError::IllegalOwner);
        let data = view.try_borrow()?;
        require!(data.starts_with(ShareAccount::DISCRIMINATOR), ProgramError::InvalidAccountData);
        require!(data.len() == ShareAccount::LEN_WITHOUT_EPOCH, PlimsollError::NotOutdated);
        Ok(())
    }

    pub fn handle(&mut self) -> Result<()> {
        self.validate()?;
        let mut view = *self.shares.account();
        // Zeroed behind what is there: nothing else of it changes.
        realloc_account(&mut view, Account::<ShareAccount>::INIT_SPACE, self.payer.account(), true)?;
        // Whatever could not be loaded now would be of no use to its owner.
        let shares = Account::<ShareAccount>::load(view)?;
        emit!(SharesMigrated { account: *self.shares.address(), pool: shares.pool, owner: shares.owner });
        Ok(())
    }
}
