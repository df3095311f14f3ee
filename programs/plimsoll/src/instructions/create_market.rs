use anchor_lang::prelude::*;
use plimsoll_engine::{guard::Guard, market::Market as Core, parameters::Parameters, risk::Risk};

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::MarketCreated,
    oracle::programs,
    seeds,
    state::{Exchange, LiquidationQueue, MAX_MARKETS, Market, OracleSource},
};

/// Creates a market. Its queue is too large to be created by a program: the caller creates it zeroed, owned by this
/// program, in the same transaction.
#[derive(Accounts)]
pub struct CreateMarket {
    #[account(mut, address = exchange.admin @ PlimsollError::NotAuthorised)]
    pub admin: Signer,
    #[account(mut)]
    pub exchange: Account<Exchange>,
    #[account(init, payer = admin, seeds = [seeds::MARKET, exchange, exchange.market_count.to_le_bytes()], bump)]
    pub market: Account<Market>,
    #[account(zeroed)]
    pub queue: Account<LiquidationQueue>,
    pub system_program: Program<System>,
}

impl CreateMarket {
    /// A queue that somebody filled before must not come in with its entries.
    /// Nor may the admin name a program of his own as an oracle: he would set prices.
    pub fn validate(&self, first: &OracleSource, second: &OracleSource) -> Result<()> {
        require!(self.queue.is_blank(), PlimsollError::WrongQueue);
        let known = first.may_be_first() && (second.is_known() || second.is_none());
        require!(known && !first.is_same(second), PlimsollError::OracleMalformed);
        let ours = |source: &OracleSource| source.is_none() || programs::is_known(source.kind, &source.program);
        require!(ours(first) && ours(second), PlimsollError::UnknownOracleProgram);
        require!(self.exchange.market_count < MAX_MARKETS, PlimsollError::TooManyMarkets);
        Ok(())
    }

    pub fn handle(
        &mut self,
        bumps: &CreateMarketBumps,
        parameters: &Parameters,
        first: OracleSource,
        second: OracleSource,
    ) -> Result<()> {
        self.validate(&first, &second)?;
        let now = Clock::get()?.unix_timestamp;
        let index = self.exchange.market_count;
        self.exchange.market_count = index.checked_add(1).ok_or(PlimsollError::Overflow)?;
        self.queue.market = *self.market.address();

        let market = &mut self.market;
        market.exchange = *self.exchange.address();
        market.queue = *self.queue.address();
        (market.oracle, market.second_oracle) = (first, second);
        market.core = Core::new(Risk::new(parameters).checked()?, now).checked()?;
        market.core.flags = u8::from(second.is_known());
        market.core.guard = Guard::opening(self.exchange.opens(now));
        market.index = index;
        market.bump = bumps.market;
        emit!(MarketCreated {
            exchange: market.exchange,
            market: *market.address(),
            queue: market.queue,
            index,
            feed: first.feed,
            opens: market.core.guard.opens,
        });
        Ok(())
    }
}
