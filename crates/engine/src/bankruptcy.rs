//! Closing an account whose equity is zero or less: all legs go, and each market bears its own part of the loss.

use crate::{
    EngineError, Result,
    account::MAX_LEGS,
    book::Book,
    margin::leg_health,
    mark::{Leg, Purse},
    position::Position,
    throttle::Throttle,
    units::{Atoms, Lots, Pnl},
};

/// What happened to one leg.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClosedLeg {
    /// Lots traded by the account.
    pub lots: Lots,
    /// Their value at the oracle price.
    pub notional: Atoms,
    /// Profit paid to the account, or loss paid by it.
    pub settled: Pnl,
    /// Loss that nobody paid: the market's deficit.
    pub deficit: Atoms,
    /// Profit the treasury could not pay: the insurance fund's claim on the market.
    pub claim: Atoms,
}

/// What happened to each leg.
pub type ClosedLegs = [ClosedLeg; MAX_LEGS];

/// Closes every leg at its market's price. Profits are paid first, then the cash is shared over the losing legs pro rata
/// to loss; the account ends with no position and no cash.
#[inline(never)] // its arrays would not fit the caller's stack frame on chain
pub fn close_bankrupt(cash: &mut Atoms, legs: &mut [Leg<'_>], now: i64) -> Result<ClosedLegs> {
    if legs.len() > MAX_LEGS {
        return Err(EngineError::Overflow);
    }
    let mut report = ClosedLegs::default();
    let mut purse = *cash;
    let mut losses = Atoms::ZERO;
    for (leg, closed) in legs.iter().zip(&mut report) {
        let health = leg_health(leg.position, leg.market, leg.market.price.oracle)?;
        let paid = health.counted.gain().min(leg.market.book.treasury);
        closed.claim = health.pnl.gain().minus(paid)?;
        closed.settled = paid.signed()?;
        purse = purse.plus(paid)?;
        losses = losses.plus(health.pnl.loss())?;
    }
    if losses < purse {
        return Err(EngineError::WrongSolvency);
    }
    let mut purse = Purse { left: purse, losses };
    for (leg, closed) in legs.iter().zip(&mut report) {
        let loss = leg.position.pnl(leg.market.price.oracle)?.loss();
        if !loss.is_zero() {
            let share = purse.pay(loss)?;
            closed.settled = share.signed()?.negated()?;
            closed.deficit = loss.minus(share)?;
        }
    }
    write(legs, &mut report, now)?;
    *cash = Atoms::ZERO;
    Ok(report)
}

/// Applies the report to copies, and writes only when all of it succeeded.
#[inline(never)]
fn write(legs: &mut [Leg<'_>], report: &mut ClosedLegs, now: i64) -> Result<()> {
    let mut next = [(Book::default(), Throttle::default()); MAX_LEGS];
    for ((leg, closed), (book, throttle)) in legs.iter().zip(report.iter_mut()).zip(&mut next) {
        closed.lots = leg.position.lots.negated()?;
        closed.notional = leg.position.lots.size().at(leg.market.price.oracle)?;
        *book = leg.market.book;
        book.detach(leg.position)?;
        book.treasury = book.treasury.minus(closed.settled.gain())?.plus(closed.settled.loss())?;
        book.deficit = book.deficit.plus(closed.deficit)?;
        book.insurance_claim = book.insurance_claim.plus(closed.claim)?;
        *throttle = leg.market.throttle.refilled(&leg.market.risk, now)?;
        throttle.take(&leg.market.risk, closed.notional)?;
    }
    for (leg, (book, throttle)) in legs.iter_mut().zip(next) {
        (leg.market.book, leg.market.throttle, *leg.position) = (book, throttle, Position::default());
    }
    Ok(())
}
