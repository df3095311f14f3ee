use anchor_lang::prelude::*;
use plimsoll_engine::{parameters::Parameters, risk::Risk};

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::Proposed,
    seeds,
    state::{Exchange, Market, Proposal, change},
};

/// Proposes other parameters for a market. They wait for the timelock and until whoever does not like them can have left.
#[derive(Accounts)]
pub struct ProposeParameters {
    #[account(mut, address = exchange.admin @ PlimsollError::NotAuthorised)]
    pub admin: Signer,
    #[account(mut)]
    pub exchange: Account<Exchange>,
    #[account(constraint(market.exchange == *exchange.address() @ PlimsollError::WrongExchange))]
    pub market: Account<Market>,
    #[account(init, payer = admin, seeds = [seeds::PROPOSAL, exchange, exchange.proposals.to_le_bytes()], bump)]
    pub proposal: Account<Proposal>,
    pub system_program: Program<System>,
}

impl ProposeParameters {
    /// What could never be executed is not proposed.
    #[inline(never)] // the constants would not fit the caller's stack frame
    pub fn validate(&self, parameters: &Parameters) -> Result<()> {
        Risk::new(parameters).checked()?;
        Ok(())
    }

    pub fn handle(&mut self, bumps: &ProposeParametersBumps, parameters: &Parameters) -> Result<()> {
        self.validate(parameters)?;
        let (now, market) = (Clock::get()?.unix_timestamp, *self.market.address());
        let sequence = self.exchange.proposals;
        self.exchange.proposals = sequence.checked_add(1).ok_or(PlimsollError::Overflow)?;
        let wait = self.market.core.notice_of(parameters).max(self.exchange.timelock.into());
        let proposal = &mut self.proposal;
        proposal.exchange = *self.exchange.address();
        proposal.market = market;
        proposal.payer = *self.admin.address();
        proposal.sequence = sequence;
        proposal.what = change::PARAMETERS;
        proposal.bump = bumps.proposal;
        proposal.begin(now, wait);
        proposal.set_parameters(parameters);
        emit!(Proposed {
            exchange: proposal.exchange,
            proposal: *proposal.address(),
            sequence,
            what: proposal.what,
            market,
            key: proposal.key,
            seconds: 0,
            ready_at: proposal.ready_at,
            expires_at: proposal.expires_at,
        });
        Ok(())
    }
}
