//! Closing an account whose equity is zero or less: all legs go, and each market bears its own part of the loss.

use crate::{
    EngineError, Result,
    account::MAX_LEGS,
    book::Book,
    mark::{Leg, Purse},
    position::Position,
    throttle::Throttle,
    units::{Atoms, Lots, Pnl, Ticks},
    valuation::quote,
};

/// What happened to one leg.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClosedLeg {
    /// Lots traded by the account.
    pub lots: Lots,
    /// The price at which its equity counted and its loss is due.
    pub price: Ticks,
    /// The lots' value there.
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

/// Closes every leg of an account whose equity, credits for missing prices counted, is zero or less. Profits are paid
/// first, then the cash is shared over the losing legs pro rata to loss; the account ends with no position and no cash.
///
/// Where `newer_than` is given, older prices count as stale. Missing prices favour the holder as long as anything could
/// be left to it; now that nothing is, a profit is taken at the least favourable price, so that no market pays for
/// another on the strength of one it does not trust.
#[inline(never)] // its arrays would not fit the caller's stack frame on chain
pub fn close_bankrupt(cash: &mut Atoms, legs: &mut [Leg<'_>], now: i64, newer_than: Option<i64>) -> Result<ClosedLegs> {
    if legs.len() > MAX_LEGS {
        return Err(EngineError::Overflow);
    }
    let mut report = ClosedLegs::default();
    let mut equity = cash.signed()?;
    let mut purse = *cash;
    let mut losses = Atoms::ZERO;
    for (leg, closed) in legs.iter().zip(&mut report) {
        let quote = quote(leg.market, leg.position.is_long(), now, newer_than)?;
        let health = quote.leg(leg.position, leg.market)?;
        equity = equity.plus(health.counted)?;
        let profit = leg.position.pnl(quote.worst)?.gain();
        let counted = health.counted.minus(health.credit.signed()?)?.gain();
        // Never more than counted, or an account without equity could have something left.
        let paid = profit.min(counted).min(leg.market.book.treasury);
        *closed = ClosedLeg {
            lots: leg.position.lots.negated()?,
            price: quote.price,
            notional: health.notional,
            settled: paid.signed()?,
            deficit: health.pnl.loss(),
            claim: profit.minus(paid)?,
        };
        purse = purse.plus(paid)?;
        losses = losses.plus(closed.deficit)?;
    }
    if equity.is_positive() || losses < purse {
        return Err(EngineError::WrongSolvency);
    }
    let mut purse = Purse { left: purse, losses };
    for closed in report.iter_mut().filter(|closed| !closed.deficit.is_zero()) {
        let share = purse.pay(closed.deficit)?;
        closed.settled = share.signed()?.negated()?;
        closed.deficit = closed.deficit.minus(share)?;
    }
    write(legs, &report, now)?;
    *cash = Atoms::ZERO;
    Ok(report)
}

/// Applies the report to copies, and writes only when all of it succeeded.
#[inline(never)]
fn write(legs: &mut [Leg<'_>], report: &ClosedLegs, now: i64) -> Result<()> {
    let mut next = [(Book::default(), Throttle::default()); MAX_LEGS];
    for ((leg, closed), (book, throttle)) in legs.iter().zip(report).zip(&mut next) {
        *book = leg.market.book;
        book.detach(leg.position)?;
        book.treasury = book.treasury.minus(closed.settled.gain())?.plus(closed.settled.loss())?;
        book.deficit = book.deficit.plus(closed.deficit)?;
        book.insurance_claim = book.insurance_claim.plus(closed.claim)?;
        *throttle = leg.market.throttle.refilled(&leg.market.risk, now)?;
        throttle.take(&leg.market.risk, closed.notional)?;
    }
    for ((leg, closed), (book, throttle)) in legs.iter_mut().zip(report).zip(next) {
        (leg.market.book, leg.market.throttle, *leg.position) = (book, throttle, Position::default());
        leg.market.record_liquidation(closed.notional, closed.price, now);
    }
    Ok(())
}
