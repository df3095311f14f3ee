//! One look at a whole account: what flagging and liquidating decide by.
//!
//! It is filled leg by leg, because the program loads one market after another. Which price a leg is valued at is
//! decided here and nowhere else.

use crate::{
    EngineError, Result,
    account::{Health, MAX_LEGS},
    close::{choose_leg, close_helps, is_payable, leg_to_flag},
    margin::{LegHealth, LegInitial, leg_health, leg_initial},
    market::Market,
    position::Position,
    queue::{Entry, Id, Queue},
    units::{Atoms, Ratio},
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
    /// Fees held for the account's orders.
    pub escrow: Atoms,
    /// The same where they were counted: without them the account would be bankrupt.
    pub order_fees: Atoms,
    /// Newest publish time of the prices used.
    pub newest: i64,
    /// Oldest publish time of the prices used.
    pub oldest: i64,
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
            escrow: Atoms::ZERO,
            order_fees: Atoms::ZERO,
            newest: i64::MIN,
            oldest: i64::MAX,
            now,
        })
    }

    /// Values the leg at `place`.
    pub fn add(&mut self, place: usize, position: &Position, market: &Market) -> Result<()> {
        let value = value(position, market, self.now)?;
        let mut health = self.health;
        health.add(&value)?;
        let (Some(leg), Some(used)) = (self.legs.get_mut(place), self.used.get_mut(place)) else {
            return Err(EngineError::Overflow);
        };
        (*leg, *used, self.health) = ((market.risk.charge, value), true, health);
        self.newest = self.newest.max(market.price.publish_time);
        self.oldest = self.oldest.min(market.price.publish_time);
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

    /// Place of the leg to close; nothing when no single close helps.
    pub fn leg_to_close(&self) -> Option<usize> {
        choose_leg(&self.health, self.legs.iter().copied())
    }

    /// Place of the leg that the account is flagged for.
    pub fn leg_to_flag(&self) -> Option<usize> {
        leg_to_flag(&self.health, self.legs.iter().copied())
    }

    /// Whether the account stays flagged in the queue of this leg: it has lots or a debt, and closing it helps or nothing
    /// does.
    pub fn binds(&self, leg: Option<usize>) -> bool {
        let Some((charge, value)) = leg.and_then(|place| self.legs.get(place)) else { return false };
        let best = self.leg_to_close();
        let closable = close_helps(*charge, &self.health, value) && is_payable(&self.health, value);
        let open = !value.notional.is_zero() || value.pnl.is_negative();
        open && (closable || best.is_none() || best == leg)
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

/// A leg for maintenance: at its market's fresh price.
pub fn value(position: &Position, market: &Market, now: i64) -> Result<LegHealth> {
    leg_health(position, market, market.fresh_price(now)?)
}

/// A leg for initial margin: at its market's fresh price.
pub fn initial_value(position: &Position, market: &Market, now: i64) -> Result<LegInitial> {
    market.fresh_price(now)?;
    leg_initial(position, &market.risk, &market.book, &market.price)
}
