//! Looking at one account with the engine, and setting its triggers.

use plimsoll_client::engine::{
    EngineError,
    account::Health,
    margin::leg_health,
    market::Market as Core,
    position::Position,
    survey::Survey,
    trade::Rest,
    units::{Atoms, Pnl},
};

use super::{
    Book, Id, MarketId,
    levels::{MOVES, RESERVE},
};

type Result<T> = core::result::Result<T, EngineError>;

/// A leg: its market, its place in the account, its position.
pub type Leg<'a> = (MarketId, usize, &'a Position);

impl Book {
    /// An account's legs.
    pub fn legs(&self, id: Id) -> impl Iterator<Item = Leg<'_>> {
        self.accounts.legs(id).iter().filter_map(|leg| {
            let rows = self.markets.get(usize::from(leg.market))?.sides.get(usize::from(leg.long))?;
            rows.get(leg.row).map(|(place, position)| (leg.market, place, position))
        })
    }

    /// An account's cash.
    pub fn cash(&self, id: Id) -> Atoms {
        Atoms(self.accounts.money(id).unwrap_or_default().0)
    }

    /// Looks at an account as flagging does, or with `newer_than` as liquidating does.
    pub fn survey(&self, id: Id, now: i64, newer_than: Option<i64>) -> Result<Survey> {
        self.survey_beside(id, now, newer_than, None)
    }

    /// The same with one market as something else left it.
    pub fn survey_beside(
        &self,
        id: Id,
        now: i64,
        newer_than: Option<i64>,
        other: Option<(MarketId, &Core)>,
    ) -> Result<Survey> {
        let (cash, escrow) = self.accounts.money(id).ok_or(EngineError::MissingLeg)?;
        let mut survey = Survey::of_cash(Atoms(cash), now)?;
        survey.newer_than = newer_than;
        for (market, place, position) in self.legs(id) {
            let other = other.filter(|(other, _)| *other == market).map(|(_, core)| core);
            survey.add(place, position, other.or_else(|| self.core(market)).ok_or(EngineError::MissingLeg)?)?;
        }
        survey.count_fees(Atoms(escrow))?;
        Ok(survey)
    }

    /// An account's legs other than the one in a market, for both margins.
    pub fn rest(&self, id: Id, named: MarketId, now: i64) -> Result<Rest> {
        let mut rest = Rest::default();
        for (market, _, position) in self.legs(id).filter(|(market, ..)| *market != named) {
            rest.add(position, self.core(market).ok_or(EngineError::MissingLeg)?, now)?;
        }
        Ok(rest)
    }

    /// Sets the triggers of a healthy account: as far away as the engine finds it healthy.
    pub fn set_triggers(&mut self, id: Id) {
        let usable = self.legs(id).filter_map(|(market, ..)| self.markets.get(usize::from(market)));
        let usable = usable.map(|slot| slot.levels.usable()).min().unwrap_or(MOVES.len());
        // The first move at which it is not healthy any more: none before it is.
        let (mut healthy, mut not) = (0, usable);
        while healthy < not {
            let middle = (healthy + not) / 2;
            if self.is_healthy_at(id, middle).unwrap_or(false) { healthy = middle + 1 } else { not = middle }
        }
        let step = healthy.checked_sub(1);
        for leg in self.accounts.legs(id).to_vec() {
            let Some(slot) = self.markets.get_mut(usize::from(leg.market)) else { continue };
            let always = if leg.long { u64::MAX } else { 0 };
            let trigger = step.and_then(|step| slot.levels.moved(leg.long, step)).map_or(always, |price| price.0);
            if let Some(rows) = slot.sides.get_mut(usize::from(leg.long)) {
                rows.set_trigger(leg.row, trigger);
            }
        }
    }

    /// Makes an account one that is looked at after every tick of its markets.
    pub fn watch(&mut self, id: Id) {
        for leg in self.accounts.legs(id).to_vec() {
            if let Some(rows) = self.rows_mut(leg.market, leg.long) {
                rows.set_trigger(leg.row, if leg.long { u64::MAX } else { 0 });
            }
        }
    }

    /// Whether an account is healthy, with something kept back, where all prices moved against it by one of the moves. Fees
    /// of its orders do not count: they do only for an account that would be bankrupt.
    fn is_healthy_at(&self, id: Id, step: usize) -> Result<bool> {
        let mut health = Health::of_cash(self.cash(id))?;
        let mut kept = 0u128;
        for (market, _, position) in self.legs(id) {
            let slot = self.markets.get(usize::from(market)).ok_or(EngineError::MissingLeg)?;
            let price = slot.levels.moved(position.is_long(), step).ok_or(EngineError::MissingLeg)?;
            let leg = leg_health(position, &slot.core, price)?;
            kept += u128::from(leg.notional.0) * u128::from(RESERVE) / 1_000_000;
            health.add(&leg)?;
        }
        let kept = i64::try_from(kept).map_err(|_| EngineError::Overflow)?;
        health.equity = health.equity.minus(Pnl(kept))?;
        Ok(!health.is_liquidatable())
    }
}

impl Book {
    /// Addresses of the markets of an account's legs in their order, without the one that an instruction names.
    pub fn others(&self, id: Id, named: Option<MarketId>) -> Vec<plimsoll_client::Address> {
        let legs = self.legs(id).filter(|(market, ..)| Some(*market) != named);
        legs.filter_map(|(market, ..)| self.market_address(market)).collect()
    }

    /// Place of an account's leg in a market, and its position.
    pub fn leg_in(&self, id: Id, named: MarketId) -> Option<(usize, Position)> {
        self.legs(id).find(|(market, ..)| *market == named).map(|(_, place, position)| (place, *position))
    }

    /// The market of an account's leg at a place.
    pub fn market_of(&self, id: Id, place: usize) -> Option<MarketId> {
        self.legs(id).find(|(_, at, _)| *at == place).map(|(market, ..)| market)
    }

    /// How many legs an account has.
    pub fn leg_count(&self, id: Id) -> usize {
        self.accounts.legs(id).len()
    }
}
