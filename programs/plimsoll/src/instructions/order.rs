use anchor_lang::prelude::*;
use plimsoll_engine::{
    order::Request,
    placing::prepare,
    units::{Lots, Ticks},
};

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::OrderPlaced,
    legs,
    state::{MarginAccount, Market, OrderSlot},
};

/// Places an order: its fee leaves the account's cash now, its price comes from an update that does not exist yet.
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
    pub fn handle(&mut self, lots: i64, limit: u64, reduce_only: bool, others: &[AccountView]) -> Result<()> {
        let now = Clock::get()?.unix_timestamp;
        let (account, market) = (*self.margin.address(), *self.market.address());
        let request = Request { lots: Lots(lots), limit: Ticks(limit), reduce_only, trigger: None };
        let sequence = self.margin.order_sequence.checked_add(1).ok_or(PlimsollError::Overflow)?;
        let holder = self.margin.holder(&market, &self.market.core, now).checked()?;
        let placement = prepare(self.margin.cash, &self.market.core, &holder, &request, sequence, now).checked()?;
        let margin = &mut self.margin;
        let free = margin.orders.iter().position(|slot| slot.order.is_empty()).ok_or(PlimsollError::NoFreeOrder)?;
        let initial = match placement.needs_margin {
            true => Some(legs::initial(margin, Some((&market, &self.market)), others, now)?),
            false => None,
        };
        let order = placement.accept(&mut margin.cash, initial.as_ref()).checked()?;
        margin.order_sequence = sequence;
        *margin.orders.get_mut(free).ok_or(PlimsollError::NoFreeOrder)? = OrderSlot { market, order };
        emit!(OrderPlaced {
            account,
            market,
            sequence,
            lots,
            limit,
            reduce_only,
            fee: order.fee.0,
            placed_at: order.placed_at,
        });
        Ok(())
    }
}
