use anchor_lang::prelude::*;
use plimsoll_engine::settlement::fix;

use crate::{checked::Checked, events::SettlementFixed, state::Market};

/// Fixes what claims are paid of themselves: when every position is settled, or at the deadline. A second time for what
/// came late. Anyone may.
#[derive(Accounts)]
pub struct FixSettlement {
    #[account(mut)]
    pub market: Account<Market>,
}

impl FixSettlement {
    pub fn handle(&mut self) -> Result<()> {
        let now = Clock::get()?.unix_timestamp;
        let fixed = fix(&mut self.market.core, now).checked()?;
        emit!(SettlementFixed {
            market: *self.market.address(),
            round: fixed.round,
            claims: fixed.claims.0,
            pot: fixed.pot.0,
            open: fixed.open,
        });
        Ok(())
    }
}
