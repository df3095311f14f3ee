//! The accounts under maintenance, and what a price tick does to them.

use std::collections::HashMap;

use super::{Book, Id, MarketId};

/// An account under maintenance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sick {
    /// Market of the leg that it is to be flagged for.
    pub market: MarketId,
    /// Its priority key there.
    pub key: u64,
    /// Slot in which it was found so.
    pub since: u64,
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub struct Ranking {
    sick: HashMap<Id, Sick>,
    scratch: Vec<Id>,
}

impl Ranking {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.sick.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.sick.is_empty()
    }

    /// An account, if it is under maintenance.
    pub fn get(&self, id: Id) -> Option<&Sick> {
        self.sick.get(&id)
    }

    /// All of them, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (Id, &Sick)> {
        self.sick.iter().map(|(id, sick)| (*id, sick))
    }

    /// Those of a market, the largest key first.
    pub fn worst_first(&self, market: MarketId) -> Vec<(u64, Id)> {
        let of = self.sick.iter().filter(|(_, sick)| sick.market == market);
        let mut ranked: Vec<_> = of.map(|(id, sick)| (sick.key, *id)).collect();
        ranked.sort_unstable_by(|a, b| b.cmp(a));
        ranked
    }

    /// After a market changed: looks at the accounts that it can have made unhealthy, or at all of its accounts where it
    /// moved too far for their triggers. Says how many that were.
    pub fn scan(&mut self, book: &mut Book, market: MarketId, moved: bool, now: i64, slot: u64) -> usize {
        let mut ids = std::mem::take(&mut self.scratch);
        if moved {
            ids = book.accounts_in(market)
        } else {
            book.crossed(market, &mut ids)
        }
        ids.iter().for_each(|id| self.look(book, *id, now, slot));
        let looked = ids.len();
        self.scratch = ids;
        looked
    }

    /// Looks at an account, and sets its triggers.
    pub fn look(&mut self, book: &mut Book, id: Id, now: i64, slot: u64) {
        let found = book.survey(id, now, None).ok().and_then(|survey| {
            let place = survey.leg_to_flag().filter(|_| survey.health.is_liquidatable())?;
            let market = book.market_of(id, place)?;
            let drift = book.core(market)?.risk.key_drift;
            Some((market, survey.health.key(drift).ok()?.0))
        });
        let Some((market, key)) = found else {
            self.sick.remove(&id);
            book.set_triggers(id);
            return;
        };
        if let Some(sick) = self.sick.get_mut(&id) {
            (sick.market, sick.key) = (market, key);
            return;
        }
        self.insert(id, Sick { market, key, since: slot });
        book.watch(id);
    }

    /// Notes an account that is under maintenance.
    pub fn insert(&mut self, id: Id, sick: Sick) {
        self.sick.insert(id, sick);
    }

    /// An account no longer exists.
    pub fn forget(&mut self, id: Id) {
        self.sick.remove(&id);
    }

    /// Looks at every account.
    pub fn look_at_all(&mut self, book: &mut Book, now: i64, slot: u64) {
        self.sick.clear();
        for id in book.ids().collect::<Vec<_>>() {
            self.look(book, id, now, slot);
        }
    }
}
