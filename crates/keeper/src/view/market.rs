//! One market: its accounts, and the prices that were posted for it.

use std::collections::VecDeque;

use plimsoll_client::{
    Address,
    engine::{market::Market as Core, price::Observation},
    instructions::RefreshMarket,
    oracle::observe,
    state::{LiquidationQueue, Market, ORACLE_SWITCHBOARD, OracleSource},
};

use super::Change;
use crate::{
    book::MarketId,
    predict::{self, News},
    update::AccountUpdate,
};

/// Updates that are remembered of the first source: an order waits for one of them.
const REMEMBERED: usize = 128;

/// A price, and the account that it was posted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posted {
    /// The oracle account.
    pub oracle: Address,
    /// What it says.
    pub seen: Observation,
    /// Slot in which it was posted.
    pub slot: u64,
}

/// One market.
#[derive(Debug)]
pub struct MarketView {
    /// Its number in the book.
    pub id: MarketId,
    /// Its address.
    pub address: Address,
    /// Its account.
    pub state: Box<Market>,
    /// Its queue.
    pub queue: Box<LiquidationQueue>,
    /// The market as the next refresh would leave it.
    pub core: Box<Core>,
    /// What that refresh would take.
    pub news: News,
    /// Prices posted for the first source, oldest first.
    pub posted: VecDeque<Posted>,
    /// The newest of the second source.
    pub second: Option<Posted>,
    slot: u64,
    queue_slot: u64,
}

impl MarketView {
    /// A market as it is in a slot.
    pub fn new(id: MarketId, address: Address, state: Market, slot: u64) -> Self {
        Self {
            id,
            address,
            queue: Box::new(LiquidationQueue { market: address, ..bytemuck::Zeroable::zeroed() }),
            core: Box::new(state.core),
            state: Box::new(state),
            news: News::default(),
            posted: VecDeque::new(),
            second: None,
            slot,
            queue_slot: 0,
        }
    }

    /// Takes its account, unless something newer is known.
    pub fn take(&mut self, state: Market, slot: u64) -> bool {
        let newer = slot >= self.slot;
        if newer {
            (*self.state, self.slot) = (state, slot);
        }
        newer
    }

    /// Takes its queue's account, unless something newer is known.
    pub fn take_queue(&mut self, queue: LiquidationQueue, slot: u64) -> bool {
        let newer = slot >= self.queue_slot;
        if newer {
            (*self.queue, self.queue_slot) = (queue, slot);
        }
        newer
    }

    /// That its account changed.
    pub fn change(&self) -> Change {
        Change::Market(self.id)
    }

    /// Takes an oracle account, if one of the market's sources reads it and it says something that was not known.
    pub fn post(&mut self, update: &AccountUpdate) -> bool {
        let read = |source: &OracleSource| observe(source, &update.owner, &update.address, &update.data).ok();
        let posted = |seen| Posted { oracle: update.address, seen, slot: update.slot };
        if let Some(seen) = read(&self.state.oracle) {
            return self.remember(posted(seen));
        }
        let second = if self.state.second_oracle.is_known() { read(&self.state.second_oracle) } else { None };
        let newer = second.filter(|seen| self.second.is_none_or(|last| seen.publish_time > last.seen.publish_time));
        if let Some(seen) = newer {
            self.second = Some(posted(seen));
        }
        newer.is_some()
    }

    fn remember(&mut self, posted: Posted) -> bool {
        // An account that is overwritten no longer says what it said.
        self.posted.retain(|other| other.oracle != posted.oracle);
        let known = self.posted.iter().any(|other| other.seen == posted.seen);
        let place = self.posted.partition_point(|other| other.seen.publish_time <= posted.seen.publish_time);
        self.posted.insert(place, posted);
        if self.posted.len() > REMEMBERED {
            self.posted.pop_front();
        }
        !known
    }

    /// The newest update of the first source.
    pub fn newest(&self) -> Option<&Posted> {
        self.posted.back()
    }

    /// The market as the next refresh would leave it.
    pub fn predict(&mut self, slot: u64, now: i64) {
        let (first, second) = (self.posted.back().map(|posted| posted.seen), self.second.map(|posted| posted.seen));
        let (core, news) = predict::refreshed(&self.state.core, first.as_ref(), second.as_ref(), slot, now);
        (*self.core, self.news) = (core, news);
    }

    /// The refresh that takes what is newer; nothing when nothing is.
    pub fn refresh(&self) -> Option<RefreshMarket> {
        let oracle = self.newest().filter(|_| self.news.first).map(|posted| posted.oracle);
        let second = self.second.filter(|_| self.news.second).map(|posted| posted.oracle);
        self.news.any().then_some(RefreshMarket { market: self.address, oracle, second })
    }

    /// Oracle accounts that have an address of their own and are not found by their feed.
    pub fn fixed_oracles(&self) -> Vec<Address> {
        let second = self.second.filter(|_| self.state.second_oracle.kind == ORACLE_SWITCHBOARD);
        second.map(|posted| posted.oracle).into_iter().collect()
    }
}
