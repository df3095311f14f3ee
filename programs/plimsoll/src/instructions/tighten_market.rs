use anchor_lang::prelude::*;
use plimsoll_engine::market::status;

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::MarketGuarded,
    state::{Exchange, Market},
};

/// Holds a market to reduce-only or halted for a time: the guardian may. Lets it go again: the guardian and the admin may.
#[derive(Accounts)]
pub struct TightenMarket {
    pub authority: Signer,
    pub exchange: Account<Exchange>,
    #[account(mut, constraint(market.exchange == *exchange.address() @ PlimsollError::WrongExchange))]
    pub market: Account<Market>,
}

impl TightenMarket {
    pub fn validate(&self, level: u8) -> Result<()> {
        let signer = *self.authority.address();
        let loosens = level == status::ACTIVE && signer == self.exchange.admin;
        require!(signer == self.exchange.guardian || loosens, PlimsollError::NotAuthorised);
        Ok(())
    }

    pub fn handle(&mut self, level: u8) -> Result<()> {
        self.validate(level)?;
        let now = Clock::get()?.unix_timestamp;
        self.market.core.hold(level, now).checked()?;
        let until = self.market.core.guard.until;
        emit!(MarketGuarded {
            market: *self.market.address(),
            by: *self.authority.address(),
            level,
            until,
            status: self.market.core.status_at(now),
        });
        Ok(())
    }
}
