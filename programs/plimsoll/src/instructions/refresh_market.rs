use anchor_lang::prelude::*;
use plimsoll_engine::{market::status, price::Price};

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::{PriceRefreshed, RiskMeasured},
    funding::accrue,
    oracle,
    state::Market,
};

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
        let market = *self.market.address();
        let core = &mut self.market.core;
        let before = (core.risk.base, core.risk.cascade_multiple);
        let taken = core.accept(price, now).checked()?;
        if !taken.late {
            emit!(PriceRefreshed {
                market,
                price: price.oracle.0,
                confidence: price.confidence.0,
                ema: price.ema.0,
                publish_time: price.publish_time,
            });
        }
        if taken.sampled || before != (taken.base, taken.cascade) {
            emit!(RiskMeasured {
                market,
                sampled_at: core.volatility.sampled_at,
                volatility: taken.volatility.0,
                base_model: taken.base_model.0,
                base: taken.base.0,
                cascade: taken.cascade.0,
            });
        }
        Ok(())
    }
}
