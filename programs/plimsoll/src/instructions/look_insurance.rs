use anchor_lang::prelude::*;

use crate::{
    breaking::log_breakers,
    errors::PlimsollError,
    state::{InsuranceFund, Market},
};

/// Looks whether a market's insurance is below its target: then it takes no new risk, until it has been well above for a
/// while. Anyone may.
#[derive(Accounts)]
pub struct LookInsurance {
    pub fund: Account<InsuranceFund>,
    #[account(mut, constraint(market.exchange == fund.exchange @ PlimsollError::WrongExchange))]
    pub market: Account<Market>,
}

impl LookInsurance {
    pub fn handle(&mut self) -> Result<()> {
        let (now, tripped) = (Clock::get()?.unix_timestamp, self.market.core.breakers.tripped);
        self.market.core.look_insurance(self.fund.money.shared, now);
        log_breakers(&self.market, tripped);
        Ok(())
    }
}
