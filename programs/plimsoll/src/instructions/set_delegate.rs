use anchor_lang::prelude::*;

use crate::{errors::PlimsollError, events::DelegateSet, state::MarginAccount};

/// Sets who may place and cancel orders for the account besides its owner; the zero address for nobody.
#[derive(Accounts)]
pub struct SetDelegate {
    #[account(constraint(*owner.address() == margin.owner @ PlimsollError::NotAuthorised))]
    pub owner: Signer,
    #[account(mut)]
    pub margin: Account<MarginAccount>,
}

impl SetDelegate {
    pub fn handle(&mut self, delegate: &Address) -> Result<()> {
        self.margin.delegate = *delegate;
        emit!(DelegateSet { account: *self.margin.address(), delegate: *delegate });
        Ok(())
    }
}
