use anchor_lang::prelude::*;
use plimsoll_engine::change::Changed;

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::ParametersChanged,
    funding::accrue,
    state::{Exchange, Market, Proposal, change},
};

/// Executes a proposal of parameters. Anyone may, once it has waited.
#[derive(Accounts)]
pub struct ChangeParameters {
    pub exchange: Account<Exchange>,
    #[account(mut, constraint(market.exchange == *exchange.address() @ PlimsollError::WrongExchange))]
    pub market: Account<Market>,
    #[account(mut, close = payer, constraint(proposal.exchange == *exchange.address() @ PlimsollError::WrongExchange))]
    pub proposal: Account<Proposal>,
    /// CHECK: the address says what it is. Gets the rent of the proposal.
    #[account(mut, address = proposal.payer @ PlimsollError::WrongPayer)]
    pub payer: UncheckedAccount,
}

impl ChangeParameters {
    /// It is for this market, and its admin has not gone.
    pub fn validate(&self) -> Result<()> {
        let ours = self.proposal.what == change::PARAMETERS && self.proposal.market == *self.market.address();
        require!(ours, PlimsollError::WrongProposal);
        require!(self.proposal.sequence >= self.exchange.valid_from, PlimsollError::ProposalVoid);
        Ok(())
    }

    pub fn handle(&mut self) -> Result<()> {
        self.validate()?;
        let now = Clock::get()?.unix_timestamp;
        accrue(&mut self.market, now)?;
        let changed = self.change(now)?;
        emit!(ParametersChanged {
            market: *self.market.address(),
            sequence: self.proposal.sequence,
            base: changed.base.0,
            impact: changed.impact.0,
            floor: changed.floor.0,
            cap: changed.cap.0,
            announced: changed.announced,
        });
        Ok(())
    }

    #[inline(never)] // the constants would not fit the caller's stack frame
    fn change(&mut self, now: i64) -> Result<Changed> {
        let next = self.proposal.parameters().ok_or(PlimsollError::WrongProposal)?;
        // What makes it wait may have become longer since.
        let wait = self.market.core.notice_of(&next).max(self.exchange.timelock.into());
        self.proposal.require_ready(wait, now)?;
        self.market.core.reparametrise(&next, now).checked()
    }
}
