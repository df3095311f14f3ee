use anchor_lang::prelude::*;
use plimsoll_engine::{protection::require_level, units::Ratio};

use crate::{checked::Checked, errors::PlimsollError, events::ProtectionSet, state::MarginAccount};

/// Sets the equity over maintenance below which keepers may shrink the account; zero ends it.
#[derive(Accounts)]
pub struct SetProtection {
    #[account(constraint(
        *authority.address() == margin.owner || *authority.address() == margin.delegate
        @ PlimsollError::NotAuthorised))]
    pub authority: Signer,
    #[account(mut)]
    pub margin: Account<MarginAccount>,
}

impl SetProtection {
    pub fn handle(&mut self, level: u64) -> Result<()> {
        require_level(Ratio(level)).checked()?;
        self.margin.protection = level;
        emit!(ProtectionSet { account: *self.margin.address(), level });
        Ok(())
    }
}
