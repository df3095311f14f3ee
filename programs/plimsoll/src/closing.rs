//! Applying a liquidation: the positions and markets it may write, and the log of what it did.

use alloc::vec::Vec;

use anchor_lang::prelude::*;
use plimsoll_engine::{
    account::MAX_LEGS,
    liquidate::{Closed, Holdings, Report, Verdict, carry_out},
    mark::Leg,
    position::Position,
    queue::Queue,
    survey::{Case, Survey},
};

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::{BankruptcyClosed, Liquidated, OrderCancelled},
    legs::load_writable,
    state::{MarginAccount, Market, OrderSlot},
};

/// Carries a verdict out on the named leg and, where given, all others.
#[inline(never)]
pub fn close(
    margin: &mut Account<MarginAccount>,
    market: &mut Account<Market>,
    others: Option<&[AccountView]>,
    queue: &mut Queue,
    verdict: &Verdict,
    survey: &Survey,
    case: &Case<'_>,
) -> Result<Report> {
    let named = *market.address();
    let mut loaded = match others {
        Some(others) => load_writable(margin, Some(&named), others)?,
        None => Vec::new(),
    };
    let mut markets: Vec<(usize, &mut Account<Market>)> = Vec::with_capacity(MAX_LEGS);
    if let Some(place) = case.leg {
        markets.push((place, market));
    }
    markets.extend(loaded.iter_mut().map(|(place, market)| (*place, market)));

    let places: Vec<usize> = markets.iter().map(|(place, _)| *place).collect();
    let mut positions: Vec<Position> = places.iter().map(|place| margin.position(*place)).collect();
    let mut legs = Vec::with_capacity(MAX_LEGS);
    for ((_, market), position) in markets.iter_mut().zip(&mut positions) {
        legs.push(Leg { position, market: &mut market.core });
    }
    let mut holdings = Holdings { cash: &mut margin.cash, legs: &mut legs, places: &places };
    let report = carry_out(verdict, &mut holdings, survey, queue, case).checked()?;

    if !report.order_fees.is_zero() {
        end_orders(margin);
    }
    for ((place, market), position) in markets.iter().zip(&positions) {
        margin.set_position(*place, market.address(), *position);
    }
    for closed in report.legs() {
        let (_, market) = markets.get(closed.leg).ok_or(PlimsollError::MissingLeg)?;
        log(margin.address(), market, &report, closed, verdict, survey);
    }
    Ok(report)
}

/// Ends the account's orders, whose fees became cash.
///
/// Otherwise an owner could move cash into an order's fee, leave the loss to others and cancel.
fn end_orders(margin: &mut Account<MarginAccount>) {
    let account = *margin.address();
    for slot in margin.orders.iter_mut().filter(|slot| !slot.order.is_empty()) {
        let (market, order) = (slot.market, slot.order);
        *slot = OrderSlot::default();
        emit!(OrderCancelled { account, market, sequence: order.sequence, fee: order.fee.0 });
    }
}

#[inline(never)]
fn log(
    account: &Address,
    market: &Account<Market>,
    report: &Report,
    closed: &Closed,
    verdict: &Verdict,
    survey: &Survey,
) {
    let (account, address, price) = (*account, *market.address(), closed.price.0);
    if report.bankrupt {
        emit!(BankruptcyClosed {
            account,
            market: address,
            key: verdict.key.0,
            lots: closed.lots.0,
            price,
            settled: closed.settled.0,
            deficit: closed.deficit.0,
            claim: closed.claim.0,
        });
    } else {
        emit!(Liquidated {
            account,
            market: address,
            key: verdict.key.0,
            lots: closed.lots.0,
            price,
            settled: closed.settled.0,
            equity_before: survey.health.equity.0,
            maintenance_before: survey.health.maintenance.0,
            to_treasury: closed.charge.treasury.0,
            to_flagger: closed.charge.flagger.0,
            to_liquidator: closed.charge.liquidator.0,
            to_insurance: closed.charge.insurance.0,
            first_flagged: verdict.entry.first_time,
        });
    }
}
