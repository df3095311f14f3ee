//! Closing every leg of an account at once: bankrupt, or so near that no single leg helps.

use alloc::vec::Vec;

use anchor_lang::prelude::*;
use plimsoll_engine::{
    EngineError,
    account::MAX_LEGS,
    bankruptcy,
    liquidation::{Charge, close},
    mark::Leg,
    position::Position,
    units::{Atoms, Size},
};

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::{BankruptcyClosed, Liquidated, OrderCancelled},
    funding::accrue,
    legs::{Survey, load_writable},
    state::{MarginAccount, Market, OrderSlot},
};

/// Ends the account's orders and returns their fees to its cash.
///
/// Otherwise an owner could move cash into an order's fee, leave the loss to others and cancel.
pub fn release_orders(margin: &mut Account<MarginAccount>) -> Result<()> {
    let escrow = margin.escrow().checked()?;
    margin.cash = margin.cash.plus(escrow).checked()?;
    let account = *margin.address();
    for slot in margin.orders.iter_mut().filter(|slot| !slot.order.is_empty()) {
        let (market, order) = (slot.market, slot.order);
        *slot = OrderSlot::default();
        emit!(OrderCancelled { account, market, sequence: order.sequence, fee: order.fee.0 });
    }
    Ok(())
}

/// Closes all legs of a bankrupt account: each market bears its own part of the loss.
#[inline(never)]
pub fn close_bankrupt(
    margin: &mut Account<MarginAccount>,
    market: &mut Account<Market>,
    others: &[AccountView],
    key: Atoms,
    now: i64,
) -> Result<()> {
    let named = *market.address();
    let place = margin.leg_in(&named).ok_or(PlimsollError::MissingLeg)?;
    let mut loaded = load_writable(margin, Some(&named), others)?;
    let mut markets: Vec<(usize, &mut Account<Market>)> = Vec::with_capacity(MAX_LEGS);
    markets.push((place, market));
    for (place, other) in &mut loaded {
        accrue(other, now)?;
        markets.push((*place, other));
    }

    let mut positions: Vec<Position> = markets.iter().map(|(place, _)| margin.position(*place)).collect();
    let mut legs = Vec::with_capacity(MAX_LEGS);
    for ((_, market), position) in markets.iter_mut().zip(&mut positions) {
        legs.push(Leg { position, market: &mut market.core });
    }
    let closed = bankruptcy::close_bankrupt(&mut margin.cash, &mut legs, now).checked()?;
    for (((place, market), position), leg) in markets.iter().zip(&positions).zip(&closed) {
        margin.set_position(*place, market.address(), *position);
        emit!(BankruptcyClosed {
            account: *margin.address(),
            market: *market.address(),
            key: key.0,
            lots: leg.lots.0,
            price: market.core.price.oracle.0,
            settled: leg.settled.0,
            deficit: leg.deficit.0,
            claim: leg.claim.0,
        });
    }
    Ok(())
}

/// Closes all legs of an account within one charge of bankruptcy, winners first, and returns what it was charged.
#[inline(never)]
pub fn close_all(
    margin: &mut Account<MarginAccount>,
    market: &mut Account<Market>,
    others: &[AccountView],
    survey: &Survey,
    key: Atoms,
    first_flagged: i64,
    now: i64,
) -> Result<Charge> {
    let named = *market.address();
    let place = margin.leg_in(&named).ok_or(PlimsollError::MissingLeg)?;
    let mut loaded = load_writable(margin, Some(&named), others)?;
    let mut markets: Vec<(usize, &mut Account<Market>)> = Vec::with_capacity(MAX_LEGS);
    markets.push((place, market));
    for (place, other) in &mut loaded {
        accrue(other, now)?;
        markets.push((*place, other));
    }
    // Winners first: their profit pays the losers' losses.
    let (winners, losers): (Vec<_>, Vec<_>) = markets.into_iter().partition(|(place, _)| survey.leg(*place).pnl.0 > 0);

    let mut total = Charge::default();
    let mut equity = survey.health.equity;
    for (place, market) in winners.into_iter().chain(losers) {
        let mut position = margin.position(place);
        // What is left of it when it is touched: the close touches it too.
        let held = market.core.book.touched(&position, market.core.price.oracle).checked()?.lots.size();
        if held == Size::ZERO {
            continue;
        }
        let step = match close(&mut margin.cash, &mut position, &mut market.core, equity, held, now) {
            // Cash that a treasury still owes is missing here: the leg waits for it, queued.
            Err(EngineError::NothingToClose) => continue,
            step => step.checked()?,
        };
        margin.set_position(place, market.address(), position);
        equity = equity.minus(step.charge.total().and_then(Atoms::signed).checked()?).checked()?;
        total = total.plus(&step.charge).checked()?;
        emit!(Liquidated {
            account: *margin.address(),
            market: *market.address(),
            key: key.0,
            lots: step.lots.0,
            price: market.core.price.oracle.0,
            settled: step.settled.0,
            equity_before: survey.health.equity.0,
            maintenance_before: survey.health.maintenance.0,
            to_treasury: step.charge.treasury.0,
            to_flagger: step.charge.flagger.0,
            to_liquidator: step.charge.liquidator.0,
            to_insurance: step.charge.insurance.0,
            first_flagged,
        });
    }
    Ok(total)
}
