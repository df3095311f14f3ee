use anchor_lang::prelude::*;
use plimsoll_engine::{market::Market as Core, parameters::Parameters, risk::Risk};

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::MarketCreated,
    oracle::programs,
    seeds,
    state::{Exchange, LiquidationQueue, MAX_MARKETS, Market, ORACLE_PYTH_LEGACY, ORACLE_PYTH_PULL, OracleSource},
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
    /// Nor may the admin name a program of his own as the oracle: he would set prices.
    pub fn validate(&self, oracle_kind: u8, oracle_program: &Address) -> Result<()> {
        require!(self.queue.is_blank(), PlimsollError::WrongQueue);
        let known = oracle_kind == ORACLE_PYTH_PULL || oracle_kind == ORACLE_PYTH_LEGACY;
        require!(known, PlimsollError::OracleMalformed);
        require!(programs::is_known(oracle_kind, oracle_program), PlimsollError::UnknownOracleProgram);
        require!(self.exchange.market_count < MAX_MARKETS, PlimsollError::TooManyMarkets);
        Ok(())
    }

    pub fn handle(
        &mut self,
        bumps: &CreateMarketBumps,
        parameters: &Parameters,
        oracle_kind: u8,
        oracle_program: Address,
        feed: [u8; 32],
    ) -> Result<()> {
        self.validate(oracle_kind, &oracle_program)?;
        let now = Clock::get()?.unix_timestamp;
        let index = self.exchange.market_count;
        self.exchange.market_count = index.checked_add(1).ok_or(PlimsollError::Overflow)?;
        self.queue.market = *self.market.address();

        let market = &mut self.market;
        market.exchange = *self.exchange.address();
        market.queue = *self.queue.address();
        market.oracle = OracleSource { program: oracle_program, feed, kind: oracle_kind, padding: [0; 7] };
        market.core = Core::new(Risk::new(parameters).checked()?, now).checked()?;
        market.index = index;
        market.bump = bumps.market;
        emit!(MarketCreated { exchange: market.exchange, market: *market.address(), queue: market.queue, index, feed });
        Ok(())
    }
}
