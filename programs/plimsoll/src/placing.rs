//! Placing an order on an account: its fee leaves cash, the order takes a free place.

use anchor_lang::prelude::*;
use plimsoll_engine::{
    order::{Order, Request},
    placing::prepare,
};

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::OrderPlaced,
    legs,
    state::{MarginAccount, Market, OrderSlot},
};

/// Places an order that the account asks for. `others` are the markets of its other legs, where margin is needed.
#[inline(never)] // three callers: once is small enough
pub fn place(
    margin: &mut Account<MarginAccount>,
    market: &Account<Market>,
    request: &Request,
    others: &[AccountView],
    now: i64,
) -> Result<()> {
    let address = market.address();
    let sequence = next_sequence(margin)?;
    let holder = margin.holder(address, &market.core, now).checked()?;
    let placement = prepare(margin.cash, &market.core, &holder, request, sequence, now).checked()?;
    let initial = match placement.needs_margin {
        true => Some(legs::initial(margin, Some((address, market)), others, now)?),
        false => None,
    };
    let order = placement.accept(&mut margin.cash, initial.as_ref()).checked()?;
    store(margin, address, order)
}

/// The number of the account's next order.
pub fn next_sequence(margin: &MarginAccount) -> Result<u64> {
    margin.order_sequence.checked_add(1).ok_or_else(|| PlimsollError::Overflow.into())
}

/// Puts an order that was paid for into the first free place.
#[inline(never)]
pub fn store(margin: &mut Account<MarginAccount>, market: &Address, order: Order) -> Result<()> {
    let (account, market) = (*margin.address(), *market);
    let place = margin.orders.iter().position(|slot| slot.order.is_empty()).ok_or(PlimsollError::NoFreeOrder)?;
    *margin.orders.get_mut(place).ok_or(PlimsollError::NoFreeOrder)? = OrderSlot { market, order };
    margin.order_sequence = order.sequence;
    emit!(OrderPlaced {
        account,
        market,
        sequence: order.sequence,
        lots: order.lots.0,
        limit: order.limit.0,
        reduce_only: order.reduce_only == 1,
        trigger: order.trigger.0,
        trigger_above: order.trigger_above == 1,
        fee: order.fee.0,
        placed_at: order.placed_at,
    });
    Ok(())
}
