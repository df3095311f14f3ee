//! Somebody who watches the chain: whether liquidations are in order, who was flagged when, what failed.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard},
};

use plimsoll_client::{
    Address,
    engine::price::Price,
    events::{Flagged, OrderExecuted},
    explain::{Refusal, events},
};
use plimsoll_keeper::{
    Config,
    audit::{Audit, Rules},
    decide::{Decider, Settings},
    endpoints::Endpoints,
    feed::{self, Watched},
    metrics::Metrics,
    turns::Turns,
    update::Update,
    view::{Change, View},
};
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::arena::Arena;

/// Slots after the price update within which an account should be flagged.
const SOON: u64 = 2;

/// What was seen.
#[derive(Default)]
pub struct Seen {
    /// Whether liquidations were in order.
    pub audit: Audit,
    /// Accounts that were under maintenance, by the slot of the price that made them so.
    sick: HashMap<Address, u64>,
    /// How many slots after that each was flagged.
    pub flagged_after: BTreeMap<u64, u64>,
    /// Accounts that were under maintenance for longer than they should have been and recovered without a flag.
    pub missed: u64,
    /// Accounts under maintenance now.
    pub sick_now: usize,
    /// Entries in all queues now.
    pub queued_now: u64,
    /// Executions by account and order.
    pub executed: HashMap<(Address, u64), u64>,
    /// Transactions of the program that failed on chain, by the error's name.
    pub failed: BTreeMap<String, u64>,
    /// And those that succeeded.
    pub succeeded: u64,
    /// Whether it is in step with the chain.
    pub synced: bool,
}

impl Seen {
    /// Part of the accounts that were flagged soon, in per cent.
    pub fn soon(&self) -> f64 {
        let soon: u64 = self.flagged_after.range(..=SOON).map(|(_, count)| count).sum();
        let all: u64 = self.flagged_after.values().sum::<u64>() + self.missed;
        soon as f64 * 100.0 / all.max(1) as f64
    }
}

/// The watcher. It stops when it is dropped.
pub struct Witness {
    seen: Arc<Mutex<Seen>>,
    _ends: DropGuard,
}

impl Witness {
    /// Starts to watch, and waits until it is in step.
    pub async fn start(arena: &Arena) -> Self {
        let shutdown = CancellationToken::new();
        let network = arena.localnet.network();
        let accounts = network.markets.iter().filter_map(|market| market.second).collect();
        let feeds = network.markets.iter().map(|market| (network.oracle_program, market.feed_id)).collect();
        let (_told, watched) = watch::channel(Watched { feeds, accounts });
        let config = Config { endpoints: vec![arena.endpoint()], exchange: network.exchange, ..Config::default() };
        let metrics = Metrics::new();
        let endpoints = Endpoints::new(&config, metrics.clone());
        let mut updates = feed::spawn(&config, endpoints, watched, metrics, shutdown.clone());
        let settings = Settings {
            reward: Address::default(),
            kinds: Default::default(),
            refresh_s: 1,
            sweep_from: 1,
            flags_at_once: 1,
            liquidations_at_once: 1,
        };
        let view = View::new(network.exchange, Address::default());
        let decider = Decider::new(view, Turns::new(Address::default(), Vec::new()), settings);
        let seen = Arc::new(Mutex::new(Seen::default()));
        let mut watching = Watching { decider, seen: seen.clone() };
        tokio::spawn(async move {
            // The channel must stay open for as long as the feed reads from it.
            let _told = _told;
            while let Some(update) = updates.recv().await {
                watching.take(update);
            }
        });
        let witness = Self { seen, _ends: shutdown.drop_guard() };
        crate::arena::until("the witness is in step", async || witness.seen().synced).await;
        witness
    }

    /// What was seen so far.
    pub fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().expect("nobody panicked")
    }

    /// Says what was seen.
    pub fn print(&self, title: &str) {
        let seen = self.seen();
        let audit = &seen.audit;
        println!(
            "{title}: {} liquidations, {} compared, {} alone, order_violations = {}; flagged within {SOON} slots: {:.2} %; \
             slots until flagged: {:?}, missed {}; {} succeeded, failed on chain: {:?}",
            audit.liquidations,
            audit.compared,
            audit.alone,
            audit.violations.len(),
            seen.soon(),
            seen.flagged_after,
            seen.missed,
            seen.succeeded,
            seen.failed,
        );
    }
}

struct Watching {
    decider: Decider,
    seen: Arc<Mutex<Seen>>,
}

impl Watching {
    fn take(&mut self, update: Update) {
        let seen = self.seen.clone();
        let mut seen = seen.lock().expect("nobody panicked");
        match update {
            Update::Account(account) => {
                let change = self.decider.view.take(&account);
                if seen.synced {
                    self.decider.note(change);
                    self.note_sick(&mut seen, change);
                }
            }
            Update::Slot(slot) => {
                if self.decider.view.clock.take_slot(slot) && seen.synced {
                    let markets: Vec<_> = self.decider.view.markets.iter().map(|market| market.id).collect();
                    markets.into_iter().for_each(|id| self.decider.scan(id));
                    self.note_sick(&mut seen, Change::None);
                }
            }
            Update::Synced { .. } => {
                self.decider.look_at_all();
                seen.synced = true;
            }
            Update::Logs(logs) => match &logs.error {
                Some(error) => *seen.failed.entry(Refusal::of(error, Vec::new()).name).or_default() += 1,
                None => self.hear(&mut seen, logs.slot, &logs.logs),
            },
            Update::Interrupted => {}
        }
        seen.sick_now = self.decider.sick.len();
        seen.queued_now = self.decider.view.markets.iter().map(|market| market.queue.queue.count).sum();
    }

    fn hear(&mut self, seen: &mut Seen, slot: u64, logs: &[String]) {
        seen.succeeded += 1;
        let view = &self.decider.view;
        let now = view.clock.now();
        let rules = |market: &Address| {
            let core = &view.market_at(market)?.state.core;
            let price: Price = core.price;
            let throttle = core.throttle.refilled(&core.risk, now).ok()?;
            Some(Rules {
                tolerance: core.risk.tolerance,
                entry_ttl: core.risk.entry_ttl.into(),
                has_capacity: throttle.allows_step(&core.risk, price.oracle).ok()?,
            })
        };
        seen.audit.hear(slot, now, logs, rules);
        for event in events::<Flagged>(logs).filter(|event| event.first) {
            if let Some(since) = seen.sick.remove(&event.account) {
                *seen.flagged_after.entry(slot.saturating_sub(since)).or_default() += 1;
            }
        }
        for event in events::<OrderExecuted>(logs) {
            *seen.executed.entry((event.account, event.sequence)).or_default() += 1;
        }
    }

    /// Who is under maintenance without a flag, and since when.
    fn note_sick(&mut self, seen: &mut Seen, change: Change) {
        if matches!(change, Change::Clock | Change::Wallet(_)) {
            return;
        }
        let (book, slot) = (&self.decider.view.book, self.decider.view.clock.slot());
        for (id, sick) in self.decider.sick.iter() {
            let flagged = book.extra(id).is_some_and(|extra| extra.flag.market != Address::default());
            let Some(address) = book.address(id).filter(|_| !flagged) else { continue };
            // Whoever was liquidated and is under maintenance again was so all the time.
            seen.sick.entry(address).or_insert(sick.since);
        }
        let decider = &self.decider;
        let healthy = |address: &Address| book.id(address).is_none_or(|id| decider.sick.get(id).is_none());
        let over: Vec<_> = seen.sick.iter().filter(|(address, _)| healthy(address)).map(|(a, s)| (*a, *s)).collect();
        for (address, since) in over {
            seen.sick.remove(&address);
            seen.missed += u64::from(slot.saturating_sub(since) > SOON);
        }
    }
}
