use anchor_lang::prelude::*;

use crate::{errors::PlimsollError, events::AdminAccepted, state::Exchange};

/// The admin that was decided on accepts. What the one before it proposed is void from then on.
#[derive(Accounts)]
pub struct AcceptAdmin {
    #[account(address = exchange.pending_admin @ PlimsollError::NotAuthorised)]
    pub pending_admin: Signer,
    #[account(mut)]
    pub exchange: Account<Exchange>,
}

impl AcceptAdmin {
    pub fn handle(&mut self) -> Result<()> {
        let exchange = &mut self.exchange;
        exchange.admin = *self.pending_admin.address();
        exchange.pending_admin = Address::default();
        exchange.valid_from = exchange.proposals;
        emit!(AdminAccepted { exchange: *exchange.address(), admin: exchange.admin, valid_from: exchange.valid_from });
        Ok(())
    }
}
