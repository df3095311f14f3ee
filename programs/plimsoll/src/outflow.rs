//! Money that leaves the exchange's vault for good, as far as the withdrawal limiter lets it.

use anchor_lang::prelude::*;
use plimsoll_engine::{
    EngineError,
    limiter::{Outflow, Quota},
    units::Atoms,
};

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::{OutflowCounted, OutflowRefused},
    state::Exchange,
};

/// Counts what an owner takes out of an account.
pub fn withdraw(exchange: &mut Account<Exchange>, quota: &mut Quota, amount: Atoms, now: i64) -> Result<()> {
    let total = exchange.accounted;
    match exchange.limiter.withdraw(quota, amount, total, now) {
        Ok(outflow) => count(exchange, outflow, amount),
        Err(error) => {
            let available = exchange.limiter.available(quota, total, now).checked()?;
            refuse(exchange, error, available, now)
        }
    }
}

/// Counts what is paid for shares.
pub fn pay_for_shares(exchange: &mut Account<Exchange>, amount: Atoms, now: i64) -> Result<()> {
    let total = exchange.accounted;
    match exchange.limiter.pay_for_shares(amount, total, now) {
        Ok(outflow) => count(exchange, outflow, amount),
        Err(error) => {
            let available = exchange.limiter.at(total, now).room();
            refuse(exchange, error, available, now)
        }
    }
}

fn count(exchange: &mut Account<Exchange>, outflow: Outflow, amount: Atoms) -> Result<()> {
    exchange.accounted = exchange.accounted.minus(amount).checked()?;
    if !outflow.counted.is_zero() || !outflow.allowed.is_zero() {
        let limiter = &exchange.limiter;
        emit!(OutflowCounted {
            exchange: *exchange.address(),
            counted: outflow.counted.0,
            allowed: outflow.allowed.0,
            hour_outflow: limiter.hour_outflow.0,
            day_outflow: limiter.day_outflow.0,
        });
    }
    Ok(())
}

/// Says what could leave, and when there is more.
fn refuse(exchange: &Account<Exchange>, error: EngineError, available: Atoms, now: i64) -> Result<()> {
    let more_at = exchange.limiter.at(exchange.accounted, now).more_at();
    emit!(OutflowRefused { exchange: *exchange.address(), available: available.0, more_at });
    Err(PlimsollError::from(error).into())
}
