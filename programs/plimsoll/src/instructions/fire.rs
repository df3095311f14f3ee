use anchor_lang::prelude::*;
use plimsoll_engine::{
    execution::pay_firing,
    order::{Fired, Order},
    price::Price,
};

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::OrderFired,
    oracle,
    state::{MarginAccount, Market, OrderSlot},
};

/// Fires the trigger of an order with an update that reached it: from here on it is an order placed now. Anyone may, for
/// half of the execution fee.
#[derive(Accounts)]
pub struct FireOrder {
    #[account(mut)]
    pub margin: Account<MarginAccount>,
    pub market: Account<Market>,
    /// CHECK: owner, feed and content are checked by the adapter.
    pub oracle: UncheckedAccount,
    /// Margin account of whoever fires; without one the whole execution fee is for whoever executes.
    #[account(mut)]
    pub keeper: Option<Account<MarginAccount>>,
}

impl FireOrder {
    pub fn validate(&self, order: &Order) -> Result<()> {
        let ours = self.keeper.as_ref().is_none_or(|keeper| keeper.exchange == self.margin.exchange);
        require!(ours, PlimsollError::WrongExchange);
        // A stop placed with its entry would fail, and leave the entry without one, if it executed first.
        let behind = order.reduce_only == 1 && self.margin.is_behind(self.market.address(), order.sequence);
        require!(!behind, PlimsollError::OrderWaits);
        Ok(())
    }

    pub fn handle(&mut self, place: u8) -> Result<()> {
        let now = Clock::get()?.unix_timestamp;
        let (account, market) = (*self.margin.address(), *self.market.address());
        let mut order = self.margin.order_at(place, &market)?;
        self.validate(&order)?;
        let seen = oracle::read(&self.market.oracle, self.oracle.account())?;
        let update = Price::convert(&self.market.core.risk, &seen).checked()?;
        let Fired { trigger, price, placed_at } = order.fire(&self.market.core, &update, now).checked()?;
        let keeper = self.keeper.as_mut().map(|keeper| &mut keeper.cash);
        let paid = pay_firing(&mut order, keeper).checked()?;
        self.margin.set_order(place, OrderSlot { market, order });
        emit!(OrderFired {
            account,
            market,
            sequence: order.sequence,
            trigger: trigger.price.0,
            trigger_above: trigger.above,
            price: price.0,
            placed_at,
            paid: paid.0,
            fee: order.fee.0,
        });
        Ok(())
    }
}
