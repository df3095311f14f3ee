use anchor_lang::prelude::*;
use plimsoll_engine::{
    order::{Order, Request},
    trade::{adds_risk, lots_oppose},
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
    pub fn validate(&self, request: &Request, now: i64) -> Result<()> {
        require!(request.lots.size() <= self.market.core.risk.side_cap, PlimsollError::PositionCapExceeded);
        let held = self.margin.leg_in(self.market.address()).map(|place| self.margin.position(place).lots);
        let grows = !request.reduce_only && adds_risk(held.unwrap_or(Lots::ZERO), request.lots).checked()?;
        if grows {
            require!(!self.margin.is_flagged(now), PlimsollError::AccountFlagged);
            self.market.core.require_new_risk().checked()?;
        }
        Ok(())
    }

    /// Whether the order is no larger than the opposite position and the only one in its market. Its fee is then small
    /// against the requirement it frees, and an account below its margin may place it.
    fn only_reduces(&self, lots: Lots) -> bool {
        let market = self.market.address();
        let held = self.margin.leg_in(market).map_or(Lots::ZERO, |place| self.margin.position(place).lots);
        let waiting = self.margin.orders.iter().any(|slot| slot.market == *market);
        lots_oppose(held, lots) && lots.size() <= held.size() && !waiting
    }

    pub fn handle(&mut self, lots: i64, limit: u64, reduce_only: bool, others: &[AccountView]) -> Result<()> {
        let now = Clock::get()?.unix_timestamp;
        let request = Request { lots: Lots(lots), limit: Ticks(limit), reduce_only, trigger: None };
        self.validate(&request, now)?;
        let only_reduces = self.only_reduces(request.lots);
        let market = *self.market.address();
        let account = *self.margin.address();
        let margin = &mut *self.margin;
        let free = margin.orders.iter().position(|slot| slot.order.is_empty()).ok_or(PlimsollError::NoFreeOrder)?;
        let sequence = margin.order_sequence.checked_add(1).ok_or(PlimsollError::Overflow)?;
        let order = Order::place(&mut margin.cash, &self.market.core, &request, sequence, now).checked()?;
        margin.order_sequence = sequence;
        *margin.orders.get_mut(free).ok_or(PlimsollError::NoFreeOrder)? = OrderSlot { market, order };
        if !only_reduces {
            let initial = legs::initial(&self.margin, Some((&market, &self.market)), others, now)?;
            require!(initial.is_met(), PlimsollError::BelowInitialMargin);
        }
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
