use anchor_lang::prelude::*;

use crate::{
    errors::PlimsollError,
    events::AuthorityChanged,
    state::{Exchange, Proposal, change},
};

/// Executes a proposal of another admin, guardian or timelock. Anyone may, once it has waited.
#[derive(Accounts)]
pub struct ChangeAuthority {
    #[account(mut)]
    pub exchange: Account<Exchange>,
    #[account(mut, close = payer, constraint(proposal.exchange == *exchange.address() @ PlimsollError::WrongExchange))]
    pub proposal: Account<Proposal>,
    /// CHECK: the address says what it is. Gets the rent of the proposal.
    #[account(mut, address = proposal.payer @ PlimsollError::WrongPayer)]
    pub payer: UncheckedAccount,
}

impl ChangeAuthority {
    pub fn validate(&self, now: i64) -> Result<()> {
        require!(self.proposal.what != change::PARAMETERS, PlimsollError::WrongProposal);
        require!(self.proposal.sequence >= self.exchange.valid_from, PlimsollError::ProposalVoid);
        self.proposal.require_ready(self.exchange.timelock.into(), now)?;
        Ok(())
    }

    pub fn handle(&mut self) -> Result<()> {
        self.validate(Clock::get()?.unix_timestamp)?;
        let (exchange, proposal) = (&mut self.exchange, &self.proposal);
        match proposal.what {
            change::ADMIN => exchange.pending_admin = proposal.key,
            change::GUARDIAN => exchange.guardian = proposal.key,
            _ => exchange.timelock = proposal.seconds,
        }
        emit!(AuthorityChanged {
            exchange: *exchange.address(),
            sequence: proposal.sequence,
            pending_admin: exchange.pending_admin,
            guardian: exchange.guardian,
            timelock: exchange.timelock,
        });
        Ok(())
    }
}
