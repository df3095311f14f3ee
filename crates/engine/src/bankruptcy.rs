//! Closing an account whose equity is zero or less: all legs go, and each market bears its own part of the loss.

use crate::{
    EngineError, Result,
    account::MAX_LEGS,
    funding::require_accrued,
    mark::{Leg, Purse},
    market::status,
    position::Position,
    settlement,
    side::Side,
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
///
/// A profit that its market withholds becomes the insurance fund's claim. Each position is touched first; funding must have
/// been accrued before the account was looked at.
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
        require_accrued(leg.market, now)?;
        let quote = quote(leg.market, leg.position.is_long(), now, newer_than)?;
        let position = leg.market.book.touched(leg.position, leg.market.price.oracle)?;
        let health = quote.leg(&position, leg.market)?;
        equity = equity.plus(health.counted)?;
        let profit = position.pnl(quote.worst)?.gain();
        let counted = health.counted.minus(health.credit.signed()?)?.gain();
        let treasury = if leg.market.book.is_withheld() { Atoms::ZERO } else { leg.market.book.treasury };
        // Never more than counted, or an account without equity could have something left.
        let paid = profit.min(counted).min(treasury);
        *closed = ClosedLeg {
            lots: position.lots.negated()?,
            price: quote.price,
            notional: position.lots.size().at(quote.price)?,
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

/// What closing a leg is about to write: no copy of a whole book, which would not fit the stack frame eight times.
#[derive(Clone, Copy, Default)]
struct Next {
    side: Side,
    treasury: Atoms,
    deficit: Atoms,
    insurance_claim: Atoms,
    throttle: Throttle,
}

impl Next {
    fn of(leg: &Leg<'_>, closed: &ClosedLeg, now: i64) -> Result<Self> {
        let market = &*leg.market;
        let (mut position, mut side) = (*leg.position, *market.book.side(leg.position.is_long()));
        side.touch(&mut position, market.price.oracle)?;
        side.replace(&position, &Position::default())?;
        let mut throttle = market.throttle.refilled(&market.risk, now)?;
        throttle.take(&market.risk, closed.notional)?;
        Ok(Self {
            side,
            treasury: market.book.treasury.minus(closed.settled.gain())?.plus(closed.settled.loss())?,
            deficit: market.book.deficit.plus(closed.deficit)?,
            insurance_claim: market.book.insurance_claim.plus(closed.claim)?,
            throttle,
        })
    }

    fn store(&self, leg: &mut Leg<'_>) {
        let market = &mut *leg.market;
        if market.status >= status::SETTLING {
            settlement::forget(&mut market.settlement, leg.position);
        }
        *market.book.side_mut(leg.position.is_long()) = self.side;
        (market.book.treasury, market.book.deficit) = (self.treasury, self.deficit);
        (market.book.insurance_claim, market.throttle) = (self.insurance_claim, self.throttle);
        *leg.position = Position::default();
    }
}

/// Applies the report to copies, and writes only when all of it succeeded.
#[inline(never)]
fn write(legs: &mut [Leg<'_>], report: &ClosedLegs, now: i64) -> Result<()> {
    let mut next = [Next::default(); MAX_LEGS];
    for ((leg, closed), next) in legs.iter().zip(report).zip(&mut next) {
        *next = Next::of(leg, closed, now)?;
    }
    for ((leg, closed), next) in legs.iter_mut().zip(report).zip(&next) {
        next.store(leg);
        leg.market.record_liquidation(closed.notional, closed.price, now);
    }
    Ok(())
}
