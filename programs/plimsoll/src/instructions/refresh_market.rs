use anchor_lang::prelude::*;
use plimsoll_engine::{market::status, price::Price};

use crate::{checked::Checked, errors::PlimsollError, events::PriceRefreshed, funding::accrue, oracle, state::Market};

/// Takes a newer price from the market's oracle. Anyone may; nothing else reads an oracle for margin.
#[derive(Accounts)]
pub struct RefreshMarket {
    #[account(mut)]
    pub market: Account<Market>,
    /// CHECK: owner, feed and content are checked by the adapter.
    pub oracle: UncheckedAccount,
}

impl RefreshMarket {
    pub fn handle(&mut self) -> Result<()> {
        let seen = oracle::read(&self.market.oracle, self.oracle.account())?;
        let now = Clock::get()?.unix_timestamp;
        // A settlement's price is fixed.
        require!(self.market.core.status < status::SETTLING, PlimsollError::MarketNotOpen);
        let core = &self.market.core;
        let price = Price::convert(&core.risk, &seen).checked()?;
        accrue(&mut self.market, now)?;
        let core = &mut self.market.core;
        core.accept(price, now).checked()?;
        emit!(PriceRefreshed {
            market: *self.market.address(),
            price: price.oracle.0,
            confidence: price.confidence.0,
            ema: price.ema.0,
            publish_time: price.publish_time,
        });
        Ok(())
    }
}
