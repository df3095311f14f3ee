//! Closing an account whose equity is zero or less: all legs go, and each market bears its own part of the loss.

use crate::{
    EngineError, Result,
    account::MAX_LEGS,
    funding::require_accrued,
    margin::leg_health,
    mark::{Leg, Purse},
    market::status,
    position::Position,
    settlement,
    side::Side,
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
/// to loss; the account ends with no position and no cash. A profit that its market withholds becomes the insurance
/// fund's claim. Each position is touched first; funding must have been accrued before the account was looked at.
#[inline(never)] // its arrays would not fit the caller's stack frame on chain
pub fn close_bankrupt(cash: &mut Atoms, legs: &mut [Leg<'_>], now: i64) -> Result<ClosedLegs> {
    if legs.len() > MAX_LEGS {
        return Err(EngineError::Overflow);
    }
    let mut report = ClosedLegs::default();
    let mut purse = *cash;
    let mut losses = Atoms::ZERO;
    for (leg, closed) in legs.iter().zip(&mut report) {
        require_accrued(leg.market, now)?;
        let health = leg_health(leg.position, leg.market, leg.market.price.oracle)?;
        let treasury = if leg.market.book.is_withheld() { Atoms::ZERO } else { leg.market.book.treasury };
        let paid = health.counted.gain().min(treasury);
        closed.claim = health.pnl.gain().minus(paid)?;
        closed.settled = paid.signed()?;
        purse = purse.plus(paid)?;
        closed.deficit = health.pnl.loss();
        losses = losses.plus(closed.deficit)?;
    }
    if losses < purse {
        return Err(EngineError::WrongSolvency);
    }
    let mut purse = Purse { left: purse, losses };
    for closed in report.iter_mut().filter(|closed| !closed.deficit.is_zero()) {
        let share = purse.pay(closed.deficit)?;
        closed.settled = share.signed()?.negated()?;
        closed.deficit = closed.deficit.minus(share)?;
    }
    write(legs, &mut report, now)?;
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
    fn of(leg: &Leg<'_>, closed: &mut ClosedLeg, now: i64) -> Result<Self> {
        let (market, price) = (&*leg.market, leg.market.price.oracle);
        let (mut position, mut side) = (*leg.position, *market.book.side(leg.position.is_long()));
        side.touch(&mut position, price)?;
        side.replace(&position, &Position { side: position.side, ..Position::default() })?;
        closed.lots = position.lots.negated()?;
        closed.notional = position.lots.size().at(price)?;
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
fn write(legs: &mut [Leg<'_>], report: &mut ClosedLegs, now: i64) -> Result<()> {
    let mut next = [Next::default(); MAX_LEGS];
    for ((leg, closed), next) in legs.iter().zip(report.iter_mut()).zip(&mut next) {
        *next = Next::of(leg, closed, now)?;
    }
    for (leg, next) in legs.iter_mut().zip(&next) {
        next.store(leg);
    }
    Ok(())
}
