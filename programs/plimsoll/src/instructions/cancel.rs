use anchor_lang::prelude::*;
use plimsoll_engine::{execution::cancel, order::Stage};

use crate::{
    checked::Checked,
    events::{OrderCancelled, OrderExpired},
    state::{MarginAccount, Market, OrderSlot},
};

/// Ends an order: before its price is known or when its market settles, by its owner, for its fee; after it expired, by anyone, without.
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
        let signer = *self.authority.address();
        let owner = signer == self.margin.owner || signer == self.margin.delegate;
        let stage = cancel(&mut self.margin.cash, &mut self.market.core, &order, owner, now).checked()?;
        self.margin.set_order(place, OrderSlot::default());
        if stage == Stage::Expired {
            emit!(OrderExpired { account, market, sequence, fee });
        } else {
            emit!(OrderCancelled { account, market, sequence, fee });
        }
        Ok(())
    }
}
