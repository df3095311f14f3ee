//! Looking at what a change can have made unhealthy, and hearing of other keepers.

use std::time::Instant;

use plimsoll_client::{Address, engine::queue::CAPACITY};

use super::Decider;
use crate::book::{Id, MarketId};

impl Decider {
    /// Looks at a market anew, and at the accounts whose triggers it crossed.
    pub fn scan(&mut self, market: MarketId) {
        let begun = Instant::now();
        let moved = self.view.predict(market);
        let (now, slot) = (self.view.clock.now(), self.view.clock.slot());
        let looked = self.sick.scan(&mut self.view.book, market, moved, now, slot);
        self.last_scan = (begun.elapsed(), looked);
    }

    /// Looks at an account.
    pub fn look(&mut self, id: Id) {
        let (now, slot) = (self.view.clock.now(), self.view.clock.slot());
        // It was replaced whole, and its triggers with it.
        self.view.book.watch(id);
        self.sick.look(&mut self.view.book, id, now, slot);
    }

    /// Looks at every account.
    pub fn look_at_all(&mut self) {
        let (now, slot) = (self.view.clock.now(), self.view.clock.slot());
        self.sick.look_at_all(&mut self.view.book, now, slot);
    }

    /// Whoever flagged an entry is a keeper.
    pub(super) fn hear_queue(&mut self, id: MarketId) {
        let slot = self.view.clock.slot();
        self.queue_moved.insert(id, slot);
        let Some(market) = self.view.market(id) else { return };
        let used = usize::try_from(market.queue.queue.used).unwrap_or(CAPACITY);
        let recent = (0..used).filter_map(|place| market.queue.queue.get(place)).filter(|entry| entry.first_slot > 0);
        let heard: Vec<_> = recent.map(|entry| (Address::new_from_array(entry.flagger), entry.first_slot)).collect();
        heard.into_iter().for_each(|(keeper, slot)| self.turns.hear(keeper, slot));
        self.turns.forget(slot);
    }
}
