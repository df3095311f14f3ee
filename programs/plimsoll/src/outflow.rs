//! Money that leaves the exchange's vault for good, as far as the withdrawal limiter lets it.

use anchor_lang::prelude::*;
use plimsoll_engine::{
    EngineError,
    limiter::{Outflow, Quota},
    units::Atoms,
};

use crate::{
    checked::Checked,
    events::{OutflowCounted, OutflowRefused},
    state::Exchange,
};

/// Counts what an owner takes out of an account.
pub fn withdraw(exchange: &mut Account<Exchange>, quota: &mut Quota, amount: Atoms, now: i64) -> Result<()> {
    let total = exchange.accounted;
    let outflow = exchange.limiter.withdraw(quota, amount, total, now);
    let room = exchange.limiter.available(quota, total, now).checked()?;
    settle(exchange, outflow, amount, room, now)
}

/// Counts what is paid for shares.
pub fn pay_for_shares(exchange: &mut Account<Exchange>, amount: Atoms, now: i64) -> Result<()> {
    let total = exchange.accounted;
    let outflow = exchange.limiter.pay_for_shares(amount, total, now);
    let room = exchange.limiter.at(total, now).room();
    settle(exchange, outflow, amount, room, now)
}

#[inline(never)]
fn settle(
    exchange: &mut Account<Exchange>,
    outflow: plimsoll_engine::Result<Outflow>,
    amount: Atoms,
    room: Atoms,
    now: i64,
) -> Result<()> {
    let address = *exchange.address();
    if outflow == Err(EngineError::WithdrawalLimited) {
        let more_at = exchange.limiter.at(exchange.accounted, now).more_at();
        emit!(OutflowRefused { exchange: address, available: room.0, more_at });
    }
    let outflow = outflow.checked()?;
    exchange.accounted = exchange.accounted.minus(amount).checked()?;
    if !outflow.counted.is_zero() || !outflow.allowed.is_zero() {
        let limiter = exchange.limiter;
        emit!(OutflowCounted {
            exchange: address,
            counted: outflow.counted.0,
            allowed: outflow.allowed.0,
            hour_outflow: limiter.hour_outflow.0,
            day_outflow: limiter.day_outflow.0,
        });
    }
    Ok(())
}
