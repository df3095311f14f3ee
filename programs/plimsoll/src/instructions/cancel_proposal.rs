use anchor_lang::prelude::*;

use crate::{
    errors::PlimsollError,
    events::ProposalCancelled,
    state::{Exchange, Proposal, change},
};

/// Cancels a proposal. The admin may; the guardian may, but not the one that replaces it; anybody may when it has expired or
/// is void.
#[derive(Accounts)]
pub struct CancelProposal {
    pub authority: Signer,
    pub exchange: Account<Exchange>,
    #[account(mut, close = payer, constraint(proposal.exchange == *exchange.address() @ PlimsollError::WrongExchange))]
    pub proposal: Account<Proposal>,
    /// CHECK: the address says what it is. Gets the rent of the proposal; may be the one who cancels.
    #[account(mut, unsafe(dup), address = proposal.payer @ PlimsollError::WrongPayer)]
    pub payer: UncheckedAccount,
}

impl CancelProposal {
    pub fn validate(&self, now: i64) -> Result<()> {
        let (exchange, proposal, signer) = (&self.exchange, &self.proposal, *self.authority.address());
        let vetoes = signer == exchange.guardian && proposal.what != change::GUARDIAN;
        let dead = proposal.is_expired(now) || proposal.sequence < exchange.valid_from;
        require!(signer == exchange.admin || vetoes || dead, PlimsollError::NotAuthorised);
        Ok(())
    }

    pub fn handle(&mut self) -> Result<()> {
        self.validate(Clock::get()?.unix_timestamp)?;
        let (sequence, what) = (self.proposal.sequence, self.proposal.what);
        emit!(ProposalCancelled { exchange: *self.exchange.address(), sequence, what, by: *self.authority.address() });
        Ok(())
    }
}
