use anchor_lang::prelude::*;

use crate::{
    errors::PlimsollError,
    events::Proposed,
    seeds,
    state::{Exchange, Proposal, TIMELOCK, change},
};

/// Proposes another admin, guardian or timelock. All of them wait for the present timelock.
#[derive(Accounts)]
pub struct ProposeAuthority {
    #[account(mut, address = exchange.admin @ PlimsollError::NotAuthorised)]
    pub admin: Signer,
    #[account(mut)]
    pub exchange: Account<Exchange>,
    #[account(init, payer = admin, seeds = [seeds::PROPOSAL, exchange, exchange.proposals.to_le_bytes()], bump)]
    pub proposal: Account<Proposal>,
    pub system_program: Program<System>,
}

impl ProposeAuthority {
    /// Each kind has its argument, and none of another's. A guardian of zero is none.
    pub fn validate(&self, what: u8, key: &Address, seconds: u32) -> Result<()> {
        let named = *key != Address::default();
        let valid = match what {
            change::ADMIN => named && seconds == 0,
            change::GUARDIAN => seconds == 0,
            change::TIMELOCK => !named && TIMELOCK.contains(&seconds),
            _ => false,
        };
        require!(valid, PlimsollError::ParameterOutOfBounds);
        Ok(())
    }

    pub fn handle(&mut self, bumps: &ProposeAuthorityBumps, what: u8, key: Address, seconds: u32) -> Result<()> {
        self.validate(what, &key, seconds)?;
        let now = Clock::get()?.unix_timestamp;
        let sequence = self.exchange.proposals;
        self.exchange.proposals = sequence.checked_add(1).ok_or(PlimsollError::Overflow)?;
        let proposal = &mut self.proposal;
        proposal.exchange = *self.exchange.address();
        proposal.payer = *self.admin.address();
        (proposal.what, proposal.key, proposal.seconds) = (what, key, seconds);
        (proposal.sequence, proposal.bump) = (sequence, bumps.proposal);
        proposal.begin(now, self.exchange.timelock.into());
        emit!(Proposed {
            exchange: proposal.exchange,
            proposal: *proposal.address(),
            sequence,
            what,
            market: proposal.market,
            key,
            seconds,
            ready_at: proposal.ready_at,
            expires_at: proposal.expires_at,
        });
        Ok(())
    }
}
