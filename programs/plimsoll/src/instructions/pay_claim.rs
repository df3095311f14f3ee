use anchor_lang::prelude::*;
use plimsoll_engine::settlement::pay;

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::ClaimPaid,
    state::{MarginAccount, Market},
};

/// Pays an account what its claim on a settled market is owed by now. Anyone may, at any time.
#[derive(Accounts)]
pub struct PayClaim {
    #[account(mut)]
    pub margin: Account<MarginAccount>,
    #[account(mut, constraint(market.exchange == margin.exchange @ PlimsollError::WrongExchange))]
    pub market: Account<Market>,
}

impl PayClaim {
    pub fn handle(&mut self) -> Result<()> {
        let (account, market) = (*self.margin.address(), *self.market.address());
        let place = self.margin.leg_in(&market).ok_or(PlimsollError::NothingOwed)?;
        let mut position = self.margin.position(place);
        let paid = pay(&mut self.margin.cash, &mut position, &mut self.market.core).checked()?;
        self.margin.set_position(place, &market, position);
        emit!(ClaimPaid { account, market, first: paid.first.0, second: paid.second.0, lost: paid.lost.0 });
        Ok(())
    }
}
