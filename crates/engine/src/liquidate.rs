//! Liquidating an account: who may be, in which order, and how much of it goes.

use crate::{
    EngineError, Result,
    account::MAX_LEGS,
    close::is_urgent,
    closing::{Stay, close_all, close_step, close_whole},
    liquidation::Charge,
    mark::Leg,
    market::{Market, status},
    queue::{Ahead, Entry, Now, Queue},
    survey::{Case, Survey},
    units::{Atoms, Lots, Pnl, Ticks},
};

/// What is to be done with a queued account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Its entry goes: it is healthy, or another leg is to be closed.
    Leave,
    /// One step on the leg at this place.
    Step(usize),
    /// All legs, because closing one alone helps nothing.
    All,
    /// All legs: the account is bankrupt.
    Bankrupt,
}

/// A plan, and what it was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What is to be done.
    pub plan: Plan,
    /// The account's entry.
    pub entry: Entry,
    /// The entry's place.
    pub place: usize,
    /// The account's key as it is now.
    pub key: Atoms,
}

/// Why an account is not liquidated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Another account goes first.
    NotFirst(Ahead),
    /// Anything else.
    Error(EngineError),
}

impl Refusal {
    /// The refusal without the account that goes first.
    pub const fn error(&self) -> EngineError {
        match self {
            Self::NotFirst(_) => EngineError::NotWorstFirst,
            Self::Error(error) => *error,
        }
    }
}

impl From<EngineError> for Refusal {
    fn from(error: EngineError) -> Self {
        Self::Error(error)
    }
}

/// The account's cash and those of its legs that may be closed.
#[derive(Debug)]
pub struct Holdings<'a, 'b> {
    /// Its cash.
    pub cash: &'a mut Atoms,
    /// The leg in the market whose queue it is, then, where all legs go, the others.
    pub legs: &'a mut [Leg<'b>],
    /// The places of these legs.
    pub places: &'a [usize],
}

/// What happened to one leg.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Closed {
    /// Which of [`Holdings::legs`].
    pub leg: usize,
    /// Lots traded by the account: negative when a long was closed.
    pub lots: Lots,
    /// The price at which the leg was valued and closed.
    pub price: Ticks,
    /// The lots' value there.
    pub notional: Atoms,
    /// Profit paid to the account, or loss paid by it.
    pub settled: Pnl,
    /// What the account was charged.
    pub charge: Charge,
    /// Loss that nobody paid: the market's deficit.
    pub deficit: Atoms,
    /// Profit the treasury could not pay: the insurance fund's claim on the market.
    pub claim: Atoms,
}

/// Everything a liquidation moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// Whether the account was bankrupt: then nobody is paid.
    pub bankrupt: bool,
    /// Fees of the account's orders that became cash: its orders end. Zero where they go on.
    pub order_fees: Atoms,
    /// The legs, in the order in which they were closed.
    pub closed: [Closed; MAX_LEGS],
    /// How many they are.
    pub count: usize,
    /// The sum of what was charged.
    pub charge: Charge,
    /// Until when the account stays flagged; nothing when its entry is gone.
    pub until: Option<i64>,
}

impl Report {
    /// Nothing was closed yet.
    fn new(bankrupt: bool, order_fees: Atoms) -> Self {
        let (closed, charge) = (Default::default(), Charge::default());
        Self { bankrupt, order_fees, closed, count: 0, charge, until: None }
    }

    /// The legs that were closed, in order.
    pub fn legs(&self) -> impl Iterator<Item = &Closed> {
        self.closed.iter().take(self.count)
    }

    /// Adds a leg.
    pub(crate) fn push(&mut self, closed: Closed) -> Result<()> {
        let charge = self.charge.plus(&closed.charge)?;
        *self.closed.get_mut(self.count).ok_or(EngineError::Overflow)? = closed;
        (self.charge, self.count) = (charge, self.count.saturating_add(1));
        Ok(())
    }
}

/// Decides what is to be done with a queued account. Nothing is written.
pub fn judge(
    survey: &Survey,
    market: &Market,
    queue: &Queue,
    case: &Case<'_>,
) -> core::result::Result<Verdict, Refusal> {
    let (place, entry) = case.entry(queue).ok_or(EngineError::NotQueued)?;
    let health = &survey.health;
    let verdict = |plan, key| Verdict { plan, entry, place, key };
    let best = survey.leg_to_close();
    let Some(leg) = case.leg.filter(|leg| !leaves(survey, *leg, best)) else {
        return Ok(verdict(Plan::Leave, Atoms::ZERO));
    };
    if market.status_at(survey.now) == status::HALTED {
        return Err(EngineError::MarketNotOpen.into());
    }
    if !Queue::is_live(&entry, market.risk.entry_ttl, survey.now) {
        return Err(EngineError::EntryExpired.into());
    }
    if case.slot <= entry.first_slot {
        return Err(EngineError::FlaggedThisSlot.into());
    }
    if survey.newer_than != Some(entry.first_publish_time) || !survey.may_close(leg) {
        return Err(EngineError::PriceNotNewerThanFlag.into());
    }
    // Healthy on the strength of what is credited for missing prices: that ends no flag.
    if !health.is_liquidatable() {
        return Err(EngineError::NotLiquidatable.into());
    }
    let plan = if health.is_bankrupt() {
        Plan::Bankrupt
    } else if survey.has_several_legs() && best.is_none() {
        Plan::All
    } else {
        Plan::Step(leg)
    };
    let key = health.key(market.risk.key_drift)?;
    let value = survey.leg(leg);
    let has_capacity = market.throttle.refilled(&market.risk, survey.now)?.allows_step(&market.risk, value.price)?;
    if !has_capacity && !is_urgent(&market.risk, health, &value)? {
        return Err(EngineError::NoCapacity.into());
    }
    let now = Now { slot: case.slot, time: survey.now, published: market.published(), has_capacity };
    queue.require_first(&market.risk, place, key, &now).map_err(Refusal::NotFirst)?;
    Ok(verdict(plan, key))
}

/// Whether an entry for `leg` goes: at prices newer than the flag's the account is healthy, or another leg is to be closed.
///
/// Nothing is decided on a price that is missing, or whoever calls between two prices could end a flag.
fn leaves(survey: &Survey, leg: usize, best: Option<usize>) -> bool {
    if !survey.health.is_liquidatable() {
        return survey.is_current();
    }
    survey.may_close(leg) && !survey.binds_beside(Some(leg), best)
}

/// Decides and does it, with all legs of the account at hand.
pub fn liquidate(
    holdings: &mut Holdings<'_, '_>,
    survey: &Survey,
    queue: &mut Queue,
    case: &Case<'_>,
) -> core::result::Result<Report, Refusal> {
    let market = &*holdings.legs.first().ok_or(EngineError::MissingLeg)?.market;
    let verdict = judge(survey, market, queue, case)?;
    carry_out(&verdict, holdings, survey, queue, case).map_err(Refusal::Error)
}

/// Does what was decided.
#[inline(never)] // its report would not fit the caller's stack frame on chain
pub fn carry_out(
    verdict: &Verdict,
    holdings: &mut Holdings<'_, '_>,
    survey: &Survey,
    queue: &mut Queue,
    case: &Case<'_>,
) -> Result<Report> {
    queue.entry_of(case.account, verdict.place)?;
    if verdict.plan == Plan::Leave {
        queue.remove(case.account, verdict.place)?;
        return Ok(Report::new(false, Atoms::ZERO));
    }
    require_holdings(verdict.plan, holdings, survey, case)?;
    let mut report = Report::new(verdict.plan == Plan::Bankrupt, survey.order_fees);
    let cash = *holdings.cash;
    *holdings.cash = cash.plus(survey.order_fees)?;
    let done = match verdict.plan {
        Plan::Bankrupt => close_whole(holdings, survey, &mut report).map(|()| None),
        Plan::All => close_all(holdings, survey, &mut report),
        _ => close_step(holdings, survey, &mut report),
    };
    let stay = done.inspect_err(|_| *holdings.cash = cash)?;
    match stay {
        Some(Stay { key, urgent, until }) => {
            queue.refresh(case.account, verdict.place, key, urgent, survey.now)?;
            report.until = Some(until);
        }
        None => queue.remove(case.account, verdict.place)?,
    }
    Ok(report)
}

/// The leg of this queue comes first, and all others follow where all go.
fn require_holdings(plan: Plan, holdings: &Holdings<'_, '_>, survey: &Survey, case: &Case<'_>) -> Result<()> {
    let named = holdings.places.first().copied();
    if named.is_none() || named != case.leg || holdings.legs.len() != holdings.places.len() {
        return Err(EngineError::MissingLeg);
    }
    if let Plan::Step(_) = plan { Ok(()) } else { survey.require_all(holdings.places) }
}
