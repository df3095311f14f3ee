//! What a liquidation does to the legs: one step on one of them, all of them, or all of a bankrupt's.
//!
//! A refusal in the middle gives back what was written before it.

use crate::{
    EngineError, Result,
    account::{Health, MAX_LEGS},
    bankruptcy::close_bankrupt,
    book::Book,
    cascade::Cascade,
    close::{is_urgent, payable_size},
    flag::flagged_until,
    liquidate::{Closed, Holdings, Report},
    liquidation::{Step, close, step_size},
    margin::maintenance,
    mark::Leg,
    math,
    position::Position,
    survey::Survey,
    throttle::Throttle,
    units::{Atoms, Pnl, Ratio, Size, Ticks},
    valuation::value,
};

/// How an account that is still under maintenance stays queued.
#[derive(Clone, Copy, Debug)]
pub struct Stay {
    /// Its key.
    pub key: Atoms,
    /// Whether it never waits for capacity.
    pub urgent: bool,
    /// Until when it stays flagged.
    pub until: i64,
}

/// One step on one leg; the account stays queued if it is still under maintenance.
#[inline(never)] // what it keeps would not fit the caller's stack frame on chain
pub fn close_step(holdings: &mut Holdings<'_, '_>, survey: &Survey, report: &mut Report) -> Result<Option<Stay>> {
    let (Some(leg), Some(place)) = (holdings.legs.first_mut(), holdings.places.first().copied()) else {
        return Err(EngineError::MissingLeg);
    };
    let size = step_size(leg.market, &survey.health, &survey.leg(place), leg.position, survey.now)?;
    let kept = Kept::of(holdings.cash, leg);
    let done = step(holdings.cash, leg, survey, (place, size), report);
    done.inspect_err(|_| kept.restore(holdings.cash, leg))
}

fn step(
    cash: &mut Atoms,
    leg: &mut Leg<'_>,
    survey: &Survey,
    (place, size): (usize, Size),
    report: &mut Report,
) -> Result<Option<Stay>> {
    let (before, price) = (survey.leg(place), survey.leg(place).price);
    let equity = survey.health.certain_equity()?;
    let step = close(cash, leg.position, leg.market, equity, size, price, survey.now)?;
    report.push(Closed::of(0, &step, price))?;
    let after = value(leg.position, leg.market, survey.now, survey.newer_than)?.leg;
    let health = survey.replaced(*cash, place, &after)?;
    require_no_worse(&health, &survey.health, before.credit)?;
    if leg.position.lots.is_zero() || !health.is_liquidatable() {
        return Ok(None);
    }
    let urgent = is_urgent(&leg.market.risk, &health, &after)?;
    stay(&health, survey, leg, urgent).map(Some)
}

/// All legs of a bankrupt account: each market bears its own part of the loss.
#[inline(never)]
pub fn close_whole(holdings: &mut Holdings<'_, '_>, survey: &Survey, report: &mut Report) -> Result<()> {
    let count = holdings.legs.len();
    let legs = close_bankrupt(holdings.cash, holdings.legs, survey.now, survey.newer_than)?;
    for (leg, closed) in legs.iter().enumerate().take(count) {
        report.push(Closed {
            leg,
            lots: closed.lots,
            price: closed.price,
            notional: closed.notional,
            settled: closed.settled,
            deficit: closed.deficit,
            claim: closed.claim,
            ..Closed::default()
        })?;
    }
    Ok(())
}

/// All legs of an account that closing one alone does not help, winners first: their profit pays the losers' losses.
///
/// A leg that cannot be closed, because a treasury owes the cash for its loss, its price is stale or its market settles,
/// stays. So each close is charged no more than the share of certain equity that its requirement had: then `E / MM` does
/// not fall whatever stays, and where nothing stays all of the equity may go.
#[inline(never)]
pub fn close_all(holdings: &mut Holdings<'_, '_>, survey: &Survey, report: &mut Report) -> Result<Option<Stay>> {
    let mut order = [0; MAX_LEGS];
    let wins = |leg: &usize| holdings.places.get(*leg).is_some_and(|place| survey.leg(*place).pnl.is_positive());
    let legs = 0..holdings.legs.len();
    let losers = legs.clone().filter(|leg| !wins(leg));
    let count = order.iter_mut().zip(legs.filter(wins).chain(losers)).map(|(slot, leg)| *slot = leg).count();
    let (equity, required) = (survey.health.certain_equity()?.gain(), survey.health.maintenance);
    let health = All { holdings, survey, report }.close(order.get(..count).unwrap_or_default(), equity, required)?;

    let named = holdings.legs.first().ok_or(EngineError::MissingLeg)?;
    if named.position.lots.is_zero() || !health.is_liquidatable() {
        return Ok(None);
    }
    stay(&health, survey, named, true).map(Some)
}

/// All legs of an account while they are closed one after another.
struct All<'a, 'b, 'c> {
    holdings: &'a mut Holdings<'b, 'c>,
    survey: &'a Survey,
    report: &'a mut Report,
}

impl All<'_, '_, '_> {
    /// Closes the next leg and then the rest, and gives the next leg back if either is refused. With `equity` and
    /// `required` as they stand. Each call has a stack frame of its own for what it keeps.
    #[inline(never)]
    fn close(&mut self, order: &[usize], equity: Atoms, required: Atoms) -> Result<Health> {
        let Some((index, rest)) = order.split_first() else { return self.look() };
        let kept = Kept::of(self.holdings.cash, self.holdings.legs.get(*index).ok_or(EngineError::MissingLeg)?);
        let done = match self.close_leg(*index, equity, required) {
            Ok((charged, freed)) => {
                self.close(rest, equity.saturating_minus(charged), required.saturating_minus(freed))
            }
            Err(error) => Err(error),
        };
        done.inspect_err(|_| {
            if let Some(leg) = self.holdings.legs.get_mut(*index) {
                kept.restore(self.holdings.cash, leg);
            }
        })
    }

    /// Closes one leg as far as cash pays its loss. Says what it was charged and how much less is required.
    fn close_leg(&mut self, index: usize, equity: Atoms, required: Atoms) -> Result<(Atoms, Atoms)> {
        let (Some(leg), Some(place)) = (self.holdings.legs.get_mut(index), self.holdings.places.get(index)) else {
            return Err(EngineError::MissingLeg);
        };
        let value = self.survey.leg(*place);
        // A settling market's leg has no size here: its settlement closes it.
        if !self.survey.may_close(*place) || value.size.is_zero() {
            return Ok(Default::default());
        }
        // What is left of it when it is touched: the close touches it too.
        let position = leg.market.book.touched(leg.position, leg.market.price.oracle)?;
        let (held, price) = (position.lots.size(), value.price);
        let size = match payable_size(position.pnl(price)?, *self.holdings.cash, held, held) {
            // Cash that a treasury still owes is missing here: the leg waits for it, queued.
            Err(EngineError::NothingToClose) => return Ok(Default::default()),
            size => size?,
        };
        let left = maintenance(&leg.market.risk, held.minus(size)?.at(price)?)?;
        let freed = value.maintenance.saturating_minus(left);
        let share: Pnl = Atoms(math::mul_div_floor(equity.0, freed.0, required.0)?).signed()?;
        let step = close(self.holdings.cash, leg.position, leg.market, share, size, price, self.survey.now)?;
        self.report.push(Closed::of(index, &step, price))?;
        Ok((step.charge.total()?, freed))
    }

    /// The account as it is when all were closed that can be.
    #[inline(never)]
    fn look(&self) -> Result<Health> {
        let mut health = Health::of_cash(*self.holdings.cash)?;
        for leg in self.holdings.legs.iter() {
            health.add(&value(leg.position, leg.market, self.survey.now, self.survey.newer_than)?.leg)?;
        }
        // Of stale legs nothing was closed, so their credit is the same.
        let stale = self.survey.legs.iter().zip(&self.survey.stale).filter(|(_, stale)| **stale);
        let kept = stale.map(|((_, leg), _)| leg.credit).try_fold(Atoms::ZERO, Atoms::plus)?;
        let before = &self.survey.health;
        require_no_worse(&health, before, before.credit.saturating_minus(kept))?;
        Ok(health)
    }
}

impl Closed {
    /// A step on a leg.
    const fn of(leg: usize, step: &Step, price: Ticks) -> Self {
        Self {
            leg,
            lots: step.lots,
            price,
            notional: step.notional,
            settled: step.settled,
            charge: step.charge,
            deficit: Atoms::ZERO,
            claim: Atoms::ZERO,
        }
    }
}

/// `E / MM` may not fall by a liquidation of a solvent account, but for the credit that the legs closed give up: where
/// equity is nothing without it, it may not fall itself.
fn require_no_worse(after: &Health, before: &Health, given_up: Atoms) -> Result<()> {
    let equity = before.equity.minus(given_up.signed()?)?;
    let kept =
        if equity.is_negative() { after.equity >= equity } else { after.no_worse_than(&Health { equity, ..*before }) };
    if kept { Ok(()) } else { Err(EngineError::HealthWorsens) }
}

fn stay(health: &Health, survey: &Survey, leg: &Leg<'_>, urgent: bool) -> Result<Stay> {
    let risk = &leg.market.risk;
    let key = survey.with_fees(*health)?.key(risk.key_drift)?;
    Ok(Stay { key, urgent, until: flagged_until(risk, survey.now) })
}

/// A leg and the cash before something was tried.
struct Kept {
    cash: Atoms,
    position: Position,
    book: Book,
    throttle: Throttle,
    cascade: (Cascade, Ratio),
}

impl Kept {
    fn of(cash: &Atoms, leg: &Leg<'_>) -> Self {
        let market = &leg.market;
        Self {
            cash: *cash,
            position: *leg.position,
            book: market.book,
            throttle: market.throttle,
            cascade: (market.cascade, market.risk.cascade_multiple),
        }
    }

    fn restore(&self, cash: &mut Atoms, leg: &mut Leg<'_>) {
        *cash = self.cash;
        let market = &mut leg.market;
        (*leg.position, market.book, market.throttle) = (self.position, self.book, self.throttle);
        (market.cascade, market.risk.cascade_multiple) = self.cascade;
    }
}
