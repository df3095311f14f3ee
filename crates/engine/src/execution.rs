//! The end of an order: it is filled, it fails, it expires, or its owner cancels it.

use words::*;

use crate::{
    EngineError, Result,
    book::Book,
    funding::require_accrued,
    market::{Market, status},
    order::{Order, Stage, split_fee},
    position::Position,
    price::Price,
    trade::{Filled, Judged, Rest, adds_risk, fill_at},
    units::Atoms,
    valuation::quote,
};

/// The account whose order is executed.
#[derive(Clone, Copy, Debug)]
pub struct Taker<'a> {
    /// Its cash.
    pub cash: Atoms,
    /// Its legs in other markets.
    pub rest: &'a Rest,
    /// Its position in the order's market, or an empty one; nothing when it has no leg left.
    pub position: Option<&'a Position>,
    /// Whether it is flagged for liquidation.
    pub flagged: bool,
}

/// Executes an order at its update. Nothing is written.
///
/// The outer error is the caller's, and the order stays. The inner one is the order's and ends it, fee kept: else an
/// order would be an option.
pub fn execute(
    taker: &Taker<'_>,
    market: &Market,
    order: &Order,
    update: &Price,
    now: i64,
) -> Result<core::result::Result<Filled, EngineError>> {
    // It comes back instead.
    if market.status >= status::SETTLING {
        return Err(EngineError::MarketNotOpen);
    }
    order.require_update(&market.risk, update)?;
    let judged = judged(taker, market, now)?;
    require_accrued(market, now)?;
    let grows = grows(taker, market, order);
    let Some(error) = judged.lacking else { return Ok(try_fill(taker, market, order, update, grows, &judged)) };
    // Whoever executes may not choose a moment at which the order fails for want of a price.
    if grows == Ok(true) || taker.position.is_none() {
        return Err(error);
    }
    match try_fill(taker, market, order, update, grows, &judged) {
        Err(EngineError::HealthWorsens) => Err(error),
        filled => Ok(filled),
    }
}

/// What margin is judged at: this market's price and the other legs' initial margin or, where one of them is missing, the
/// price at which this leg could be closed and maintenance.
fn judged(taker: &Taker<'_>, market: &Market, now: i64) -> Result<Judged> {
    let error = match market.fresh_price(now) {
        Ok(price) => return Ok(Judged { price, lacking: taker.rest.lacking, now }),
        Err(error) => error,
    };
    let quote = quote(market, taker.position.is_none_or(Position::is_long), now, None)?;
    if quote.state.may_reduce() { Ok(Judged { price: quote.price, lacking: Some(error), now }) } else { Err(error) }
}

/// Whether the order opens or grows a position.
fn grows(taker: &Taker<'_>, market: &Market, order: &Order) -> Result<bool> {
    let position = taker.position.ok_or(EngineError::NoFreeLeg)?;
    // Only to know its size: the fill touches position and totals together.
    let held = market.book.touched(position, market.price.oracle)?.lots;
    order.size_against(held).and_then(|lots| adds_risk(held, lots))
}

fn try_fill(
    taker: &Taker<'_>,
    market: &Market,
    order: &Order,
    update: &Price,
    grows: Result<bool>,
    judged: &Judged,
) -> Result<Filled> {
    let position = taker.position.ok_or(EngineError::NoFreeLeg)?;
    if taker.flagged && grows == Ok(true) {
        return Err(EngineError::AccountFlagged);
    }
    fill_at(taker.cash, taker.rest, position, market, order, update, judged)
}

/// Pays whoever fired an order's trigger half of its execution fee, down: the rest is for whoever executes it. Without an
/// account to pay, the executor earns all of it.
pub fn pay_firing(order: &mut Order, keeper: Option<&mut Atoms>) -> Result<Atoms> {
    let Some(keeper) = keeper else { return Ok(Atoms::ZERO) };
    let paid = Atoms(order.execution_fee.0.shifted_down(1));
    let (fee, execution_fee, cash) = (order.fee.minus(paid)?, order.execution_fee.minus(paid)?, keeper.plus(paid)?);
    (order.fee, order.execution_fee, *keeper) = (fee, execution_fee, cash);
    Ok(paid)
}

/// Pays the fee of an order that ended: the execution fee to whoever executed it, the rest to the treasury.
pub fn pay_fee(order: &Order, executor: Option<&mut Atoms>, book: &mut Book) -> Result<()> {
    let (tip, rest) = split_fee(order, executor.is_some())?;
    let treasury = book.treasury.plus(rest)?;
    if let Some(executor) = executor {
        *executor = executor.plus(tip)?;
    }
    book.treasury = treasury;
    Ok(())
}

/// Where an order stands in its market. In one that settles no order can be filled, so every one comes back: its owner has
/// nothing to choose (ADR 33).
pub fn stage(market: &Market, order: &Order, now: i64) -> Result<Stage> {
    if market.status >= status::SETTLING { Ok(Stage::Waiting) } else { order.stage(&market.risk, now) }
}

/// Ends an order that was not executed: while it waits its fee comes back, if its owner asks; after it expired anyone may
/// end it and the fee is kept. Says which of the two it was.
pub fn cancel(cash: &mut Atoms, market: &mut Market, order: &Order, owner: bool, now: i64) -> Result<Stage> {
    let stage = stage(market, order, now)?;
    match stage {
        Stage::Waiting if !owner => return Err(EngineError::NotAuthorised),
        Stage::Waiting => *cash = cash.plus(order.fee)?,
        Stage::Binding => return Err(EngineError::OrderBinding),
        Stage::Expired => pay_fee(order, None, &mut market.book)?,
    }
    Ok(stage)
}
