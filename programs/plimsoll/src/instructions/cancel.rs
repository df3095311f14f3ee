use anchor_lang::prelude::*;
use plimsoll_engine::order::Stage;

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::{OrderCancelled, OrderExpired},
    state::{MarginAccount, Market, OrderSlot},
};

/// Ends an order: before its price is known, by its owner, for its fee; after it expired, by anyone, without.
#[derive(Accounts)]
pub struct CancelOrder {
    pub authority: Signer,
    #[account(mut)]
    pub margin: Account<MarginAccount>,
    #[account(mut)]
    pub market: Account<Market>,
}

impl CancelOrder {
    pub fn handle(&mut self, place: u8) -> Result<()> {
        let now = Clock::get()?.unix_timestamp;
        let (account, market) = (*self.margin.address(), *self.market.address());
        let order = self.margin.order_at(place, &market)?;
        let (sequence, fee) = (order.sequence, order.fee.0);
        match order.stage(&self.market.core.risk, now).checked()? {
            Stage::Waiting => {
                let signer = *self.authority.address();
                let allowed = signer == self.margin.owner || signer == self.margin.delegate;
                require!(allowed, PlimsollError::NotAuthorised);
                self.margin.cash = self.margin.cash.plus(order.fee).checked()?;
                emit!(OrderCancelled { account, market, sequence, fee });
            }
            Stage::Binding => return Err(PlimsollError::OrderBinding.into()),
            Stage::Expired => {
                let book = &mut self.market.core.book;
                book.treasury = book.treasury.plus(order.fee).checked()?;
                emit!(OrderExpired { account, market, sequence, fee });
            }
        }
        self.margin.set_order(place, OrderSlot::default());
        Ok(())
    }
}
