//! One look at a whole account: what flagging and liquidating decide by.
//!
//! It is filled leg by leg, because the program loads one market after another. Whoever flags values every leg as it is
//! now; whoever liquidates asks for prices newer than the flag's, and what has none counts as stale: it neither blocks a
//! liquidation nor lets one through.

use crate::{
    EngineError, Result,
    account::{Health, MAX_LEGS},
    close::{best_leg, close_helps, is_payable},
    margin::{LegHealth, LegInitial, leg_initial},
    market::Market,
    position::Position,
    queue::{Entry, Id, Queue},
    units::{Atoms, Ratio},
    valuation::value,
};

/// One account in the queue of one market.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The account.
    pub account: &'a Id,
    /// Place of its leg in the market, if it has one.
    pub leg: Option<usize>,
    /// Place of its entry in the queue, if it remembers one there.
    pub place: Option<usize>,
    /// The cluster's slot.
    pub slot: u64,
}

impl Case<'_> {
    /// The account's entry and its place, if the queue still has it.
    pub fn entry(&self, queue: &Queue) -> Option<(usize, Entry)> {
        let place = self.place?;
        queue.entry_of(self.account, place).ok().map(|entry| (place, entry))
    }
}

/// Everything that flagging and liquidating look at.
#[derive(Clone, Copy, Debug)]
pub struct Survey {
    /// The whole account.
    pub health: Health,
    /// Charge and health of each leg; a free leg is all zero.
    pub legs: [(Ratio, LegHealth); MAX_LEGS],
    /// Which legs are in use.
    pub used: [bool; MAX_LEGS],
    /// Which of them have no price that is fresh and as new as asked for, or are in a halted market: they cannot be closed now.
    pub stale: [bool; MAX_LEGS],
    /// Fees held for the account's orders.
    pub escrow: Atoms,
    /// The same where they were counted: without them the account would be bankrupt.
    pub order_fees: Atoms,
    /// Newest publish time of the prices used.
    pub newest: i64,
    /// Prices must be newer than this, or their legs count as stale: what the account's entry has seen.
    pub newer_than: Option<i64>,
    /// The cluster's time.
    pub now: i64,
}

impl Survey {
    /// An account of which no leg was looked at yet.
    pub fn of_cash(cash: Atoms, now: i64) -> Result<Self> {
        Ok(Self {
            health: Health::of_cash(cash)?,
            legs: Default::default(),
            used: Default::default(),
            stale: Default::default(),
            escrow: Atoms::ZERO,
            order_fees: Atoms::ZERO,
            newest: i64::MIN,
            newer_than: None,
            now,
        })
    }

    /// The same with legs whose prices are not newer than `seen` counted as stale. Asked for before any leg is added.
    #[must_use]
    pub fn newer_than(self, seen: i64) -> Self {
        Self { newer_than: Some(seen), ..self }
    }

    /// Values the leg at `place`.
    pub fn add(&mut self, place: usize, position: &Position, market: &Market) -> Result<()> {
        let value = value(position, market, self.now, self.newer_than)?;
        let (Some(leg), Some(used), Some(stale)) =
            (self.legs.get_mut(place), self.used.get_mut(place), self.stale.get_mut(place))
        else {
            return Err(EngineError::Overflow);
        };
        self.health.add(&value.leg)?;
        let open = value.state.may_close();
        (*leg, *used, *stale) = ((market.risk.charge, value.leg), true, !open);
        self.newest = self.newest.max(value.publish_time);
        Ok(())
    }

    /// Adds the fees held for orders after the last leg. They count only where the account would be bankrupt without
    /// them: whoever moved cash into a fee is not bankrupt by it, neither in the queue nor when liquidated.
    pub fn count_fees(&mut self, escrow: Atoms) -> Result<()> {
        let counted = if self.health.is_bankrupt() { escrow } else { Atoms::ZERO };
        self.health = self.health.with_cash(counted)?;
        (self.escrow, self.order_fees) = (escrow, counted);
        Ok(())
    }

    /// The leg at a place.
    pub fn leg(&self, place: usize) -> LegHealth {
        self.legs.get(place).map_or_else(LegHealth::default, |(_, leg)| *leg)
    }

    /// Whether the leg at a place has a price at which it could be closed now.
    pub fn may_close(&self, place: usize) -> bool {
        self.stale.get(place) == Some(&false)
    }

    /// Whether every leg has.
    pub fn is_current(&self) -> bool {
        !self.stale.contains(&true)
    }

    /// Place of the leg to close: of those that can be closed now. Nothing when no single close of them helps.
    pub fn leg_to_close(&self) -> Option<usize> {
        best_leg(&self.health, self.numbered().filter(|(place, ..)| self.may_close(*place)))
    }

    /// Whether closing would lower `E / MM` for every leg, whether it can be closed now or not: then all go. Otherwise
    /// those that would help are waited for.
    pub fn none_helps(&self) -> bool {
        !self.numbered().any(|(_, charge, leg)| !leg.notional.is_zero() && close_helps(charge, &self.health, leg))
    }

    /// Place of the leg that the account is flagged for: the one to close, else the one to wait for, else the largest, one
    /// that can be closed now before others. A debt without lots, which deleveraging can leave, comes last: where it is all
    /// there is, the account is bankrupt or needs nothing.
    pub fn leg_to_flag(&self) -> Option<usize> {
        self.leg_to_close().or_else(|| best_leg(&self.health, self.numbered())).or_else(|| {
            let rank = |place: usize, leg: &LegHealth| {
                let sized = !leg.notional.is_zero();
                (self.may_close(place) && (sized || self.health.is_bankrupt()), sized, leg.maintenance)
            };
            let open = self.numbered().filter(|(_, _, leg)| !leg.notional.is_zero() || leg.pnl.is_negative());
            open.max_by_key(|(place, _, leg)| (rank(*place, leg), core::cmp::Reverse(*place))).map(|(place, ..)| place)
        })
    }

    /// Whether the account stays flagged in the queue of this leg: it has lots or is a bankrupt's debt, and closing it helps
    /// or nothing does. Not while it is stale and another can be closed.
    pub fn binds(&self, leg: Option<usize>) -> bool {
        self.binds_beside(leg, self.leg_to_close())
    }

    /// The same, where the leg to close is known.
    pub(crate) fn binds_beside(&self, leg: Option<usize>, best: Option<usize>) -> bool {
        let Some((place, (charge, value))) = leg.and_then(|place| Some((place, self.legs.get(place)?))) else {
            return false;
        };
        let helps = || close_helps(*charge, &self.health, value) && is_payable(&self.health, value);
        self.is_open(value)
            && match best {
                Some(best) => best == place || (self.may_close(place) && helps()),
                None if self.none_helps() => {
                    self.may_close(place) || self.leg_to_flag().is_none_or(|chosen| !self.may_close(chosen))
                }
                None => helps() || self.leg_to_flag() == leg,
            }
    }

    /// Whether there is something of a leg to close.
    fn is_open(&self, leg: &LegHealth) -> bool {
        !leg.notional.is_zero() || (leg.pnl.is_negative() && self.health.is_bankrupt())
    }

    /// The legs with their places and charges.
    fn numbered(&self) -> impl Iterator<Item = (usize, Ratio, &LegHealth)> {
        self.legs.iter().enumerate().map(|(place, (charge, leg))| (place, *charge, leg))
    }

    /// Whether several legs are in use.
    pub fn has_several_legs(&self) -> bool {
        self.used.iter().filter(|used| **used).count() > 1
    }

    /// Refuses unless `places` are those of all legs in use.
    pub fn require_all(&self, places: &[usize]) -> Result<()> {
        let used = self.used.iter().enumerate().filter(|(_, used)| **used);
        let complete = used.clone().all(|(place, _)| places.contains(&place));
        if complete && used.count() == places.len() { Ok(()) } else { Err(EngineError::MissingLeg) }
    }

    /// The account with another cash and another leg at `place`.
    pub fn replaced(&self, cash: Atoms, place: usize, leg: &LegHealth) -> Result<Health> {
        let mut health = Health::of_cash(cash)?;
        for (other, (_, value)) in self.legs.iter().enumerate() {
            health.add(if other == place { leg } else { value })?;
        }
        Ok(health)
    }

    /// The account after a close, with the fees of its orders where it would be bankrupt without them.
    pub fn with_fees(&self, health: Health) -> Result<Health> {
        let held = self.escrow.minus(self.order_fees)?;
        health.with_cash(if health.is_bankrupt() { held } else { Atoms::ZERO })
    }
}

/// A leg for initial margin: at its market's fresh price.
pub fn initial_value(position: &Position, market: &Market, now: i64) -> Result<LegInitial> {
    market.fresh_price(now)?;
    leg_initial(position, &market.risk, &market.book, &market.price)
}
