//! Losses that an exchange knows of and its insurance fund has not borne yet.

use anchor_lang::prelude::*;

use crate::{
    errors::PlimsollError,
    state::{Exchange, LiquidationQueue, Market},
};

/// Refuses while any market has a deficit that was not answered, or an account under maintenance in its queue whose
/// entry has not expired. `markets` are all of the exchange's in the order of their indices, each followed by its queue:
/// a market that was left out would be the one with the loss.
#[inline(never)]
pub fn require_none_known(exchange: &Account<Exchange>, markets: &[AccountView], now: i64) -> Result<()> {
    let mut views = markets.iter();
    for index in 0..exchange.market_count {
        let (Some(market), Some(queue)) = (views.next(), views.next()) else {
            return Err(PlimsollError::WrongMarkets.into());
        };
        require_none_in(exchange.address(), index, market, queue, now)?;
    }
    require!(views.next().is_none(), PlimsollError::WrongMarkets);
    Ok(())
}

fn require_none_in(exchange: &Address, index: u16, market: &AccountView, queue: &AccountView, now: i64) -> Result<()> {
    let market = Account::<Market>::load(*market)?;
    require!(market.exchange == *exchange && market.index == index, PlimsollError::WrongMarkets);
    require!(market.core.book.deficit.is_zero(), PlimsollError::DeficitPending);
    require!(market.queue == *queue.address(), PlimsollError::WrongQueue);
    let queue = Account::<LiquidationQueue>::load(*queue)?;
    require!(!queue.queue.any_live(market.core.risk.entry_ttl, now), PlimsollError::AccountsQueued);
    Ok(())
}
