//! Whether liquidations were in order, told from the program's events alone: for whoever does not take the chain's word.
//!
//! Entries are followed by their events. What events do not say counts in the chain's favour: an entry whose key is not
//! known, because a liquidation changed it, holds nobody back, and neither does one that may have waited for capacity or for a
//! newer price. So what is called a violation here is one.

use std::collections::HashMap;

use plimsoll_client::{
    Address,
    engine::units::{Atoms, Ratio},
    events::{BankruptcyClosed, Flagged, Liquidated, PriceRefreshed, SecondPriceRefreshed, Unflagged},
    explain::events,
    wire::EventLayout,
};

/// What of a market decides about order.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// Part of the largest key that is enough.
    pub tolerance: Ratio,
    /// Seconds for which an entry counts.
    pub entry_ttl: i64,
    /// Whether the market had capacity for a step, as far as is known.
    pub has_capacity: bool,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    key: Option<u64>,
    first_slot: u64,
    refreshed: i64,
    /// Newest price that can have been used at the first flag.
    seen: i64,
}

/// A liquidation out of order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Its market.
    pub market: Address,
    /// Who was liquidated, with what key.
    pub account: (Address, u64),
    /// Who went first, with what key.
    pub first: (Address, u64),
}

/// Queues as their events tell.
#[derive(Clone, Debug, Default)]
pub struct Audit {
    queues: HashMap<Address, HashMap<Address, Entry>>,
    published: HashMap<Address, i64>,
    /// Liquidations that were compared with others.
    pub compared: u64,
    /// Liquidations while nobody else was certainly waiting.
    pub alone: u64,
    /// Steps of liquidations, and closes of legs of bankrupt accounts.
    pub liquidations: u64,
    /// Those out of order.
    pub violations: Vec<Violation>,
}

/// The events that matter, in the order in which they were logged.
enum Event {
    Flagged(Flagged),
    Unflagged(Unflagged),
    Liquidated(Address, Address, u64),
    Price(Address, i64),
}

fn read(line: &str) -> Option<Event> {
    let one = [line.to_owned()];
    fn first<E: EventLayout>(lines: &[String]) -> Option<E> {
        events::<E>(lines).next()
    }
    first::<Flagged>(&one)
        .map(Event::Flagged)
        .or_else(|| first::<Unflagged>(&one).map(Event::Unflagged))
        .or_else(|| first::<Liquidated>(&one).map(|event| Event::Liquidated(event.market, event.account, event.key)))
        .or_else(|| {
            first::<BankruptcyClosed>(&one).map(|event| Event::Liquidated(event.market, event.account, event.key))
        })
        .or_else(|| first::<PriceRefreshed>(&one).map(|event| Event::Price(event.market, event.publish_time)))
        .or_else(|| first::<SecondPriceRefreshed>(&one).map(|event| Event::Price(event.market, event.publish_time)))
}

impl Audit {
    /// Takes the logs of a transaction that succeeded, in the order of the chain.
    pub fn hear(&mut self, slot: u64, now: i64, logs: &[String], rules: impl Fn(&Address) -> Option<Rules>) {
        // All legs that one instruction closes were decided on by one look at the account.
        let mut looked = None;
        for line in logs {
            if line.ends_with("invoke [1]") {
                looked = None;
            }
            let Some(event) = read(line) else { continue };
            match event {
                Event::Flagged(event) => self.flag(&event, slot, now),
                Event::Unflagged(event) => _ = self.queues.entry(event.market).or_default().remove(&event.account),
                Event::Price(market, time) => {
                    let newest = self.published.entry(market).or_default();
                    *newest = time.max(*newest);
                }
                Event::Liquidated(market, account, key) => {
                    self.liquidations += 1;
                    if looked != Some(account) {
                        self.compare(market, (account, key), slot, now, &rules);
                    }
                    looked = Some(account);
                }
            }
        }
    }

    fn flag(&mut self, event: &Flagged, slot: u64, now: i64) {
        let seen = self.published.values().copied().max().unwrap_or(0);
        let queue = self.queues.entry(event.market).or_default();
        let new = Entry { key: Some(event.key), first_slot: slot, refreshed: now, seen };
        let entry = queue.entry(event.account).or_insert(new);
        if event.first {
            *entry = new;
        }
        (entry.key, entry.refreshed) = (Some(event.key), now);
    }

    /// A liquidation of a bankrupt account in several markets' queues is judged in the one where it is queued.
    fn compare(
        &mut self,
        market: Address,
        (account, key): (Address, u64),
        slot: u64,
        now: i64,
        rules: &impl Fn(&Address) -> Option<Rules>,
    ) {
        let market = if self.queues.get(&market).is_some_and(|queue| queue.contains_key(&account)) {
            market
        } else {
            self.queues.iter().find(|(_, queue)| queue.contains_key(&account)).map_or(market, |(market, _)| *market)
        };
        let published = self.published.get(&market).copied().unwrap_or(0);
        let rules = rules(&market).filter(|rules| rules.has_capacity);
        let queue = self.queues.entry(market).or_default();
        let waiting = |entry: &Entry, rules: &Rules| {
            let counts = entry.first_slot < slot && now.saturating_sub(entry.refreshed) <= rules.entry_ttl;
            entry.key.filter(|_| counts && entry.seen < published)
        };
        let others = queue.iter().filter(|(other, _)| **other != account);
        let largest = rules.and_then(|rules| {
            others
                .filter_map(|(other, entry)| waiting(entry, &rules).map(|key| (key, *other)))
                .max()
                .map(|first| (rules, first))
        });
        match largest {
            None => self.alone += 1,
            Some((rules, (largest, first))) => {
                self.compared += 1;
                let least = rules.tolerance.mul_floor(Atoms(largest)).map_or(0, |least| least.0);
                if key < least {
                    self.violations.push(Violation { market, account: (account, key), first: (first, largest) });
                }
            }
        }
        if let Some(entry) = queue.get_mut(&account) {
            entry.key = None;
        }
    }
}
