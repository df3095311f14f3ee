use anchor_lang::prelude::*;
use plimsoll_engine::{
    order::{Request, Trigger},
    units::{Lots, Ticks},
};

use crate::{
    errors::PlimsollError,
    placing::place,
    state::{MarginAccount, Market},
};

/// Places an order: its fee leaves the account's cash now, its price comes from an update that does not exist yet. One
/// with a trigger waits until a price reaches it.
///
/// The fee must leave initial margin, or cash that covers losses could end up with the treasury and the losses with
/// insurance. So the markets of the account's other legs follow, unless the order only reduces a position.
#[derive(Accounts)]
pub struct PlaceOrder {
    #[account(constraint(
        *authority.address() == margin.owner || *authority.address() == margin.delegate
        @ PlimsollError::NotAuthorised))]
    pub authority: Signer,
    #[account(mut)]
    pub margin: Account<MarginAccount>,
    #[account(constraint(market.exchange == margin.exchange @ PlimsollError::WrongExchange))]
    pub market: Account<Market>,
}

impl PlaceOrder {
    pub fn handle(
        &mut self,
        lots: i64,
        limit: u64,
        reduce_only: bool,
        trigger: u64,
        trigger_above: bool,
        others: &[AccountView],
    ) -> Result<()> {
        let now = Clock::get()?.unix_timestamp;
        let trigger = (trigger != 0).then_some(Trigger { price: Ticks(trigger), above: trigger_above });
        let request = Request { lots: Lots(lots), limit: Ticks(limit), reduce_only, trigger };
        place(&mut self.margin, &self.market, &request, others, now)
    }
}
