//! Somebody who watches the chain and sends nothing: whether liquidations are in order, who was flagged when, what failed.
//! For tests, for a local network's story of a crash, and for whoever does not take a keeper's word.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use plimsoll_client::{
    Address,
    events::{BankruptcyClosed, DeficitPaid, Flagged, Liquidated, OrderExecuted},
    explain::{Refusal, events},
    network::Network,
};
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{
    audit::{Audit, Rules},
    config::{Config, Endpoint},
    decide::{Decider, Settings},
    endpoints::Endpoints,
    feed::{self, Watched},
    metrics::Metrics,
    turns::Turns,
    update::Update,
    view::{Change, View},
};

/// Slots after the price update within which an account should be flagged.
pub const SOON: u64 = 2;

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
    /// Accounts that were liquidated, in steps or whole.
    pub liquidated: HashSet<Address>,
    /// Atoms of notional that were closed.
    pub notional: u64,
    /// Losses that bankrupt accounts left, and what insurance paid of them.
    pub deficits: u64,
    /// What insurance paid of them.
    pub insured: u64,
    /// The newest price of each market, in ticks.
    pub prices: HashMap<Address, u64>,
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
    /// Starts to watch a network. It is in step with the chain when [`Seen::synced`] is set.
    pub fn start(network: &Network) -> Self {
        let shutdown = CancellationToken::new();
        let accounts = network.markets.iter().filter_map(|market| market.second).collect();
        let feeds = network.markets.iter().map(|market| (network.oracle_program, market.feed_id)).collect();
        let (told, watched) = watch::channel(Watched { feeds, accounts });
        let endpoint = Endpoint { rpc: network.rpc.clone(), ws: network.ws.clone(), file: None };
        let config = Config { endpoints: vec![endpoint], exchange: network.exchange, ..Config::default() };
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
            let _told = told;
            while let Some(update) = updates.recv().await {
                watching.take(update);
            }
        });
        Self { seen, _ends: shutdown.drop_guard() }
    }

    /// What was seen so far.
    pub fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Watching {
    decider: Decider,
    seen: Arc<Mutex<Seen>>,
}

impl Watching {
    fn take(&mut self, update: Update) {
        let seen = self.seen.clone();
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
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
        for market in &self.decider.view.markets {
            seen.prices.insert(market.address, market.core.price.oracle.0);
        }
        seen.queued_now = self.decider.view.markets.iter().map(|market| market.queue.queue.count).sum();
    }

    fn hear(&mut self, seen: &mut Seen, slot: u64, logs: &[String]) {
        seen.succeeded += 1;
        let view = &self.decider.view;
        let now = view.clock.now();
        let rules = |market: &Address| {
            let core = &view.market_at(market)?.state.core;
            let throttle = core.throttle.refilled(&core.risk, now).ok()?;
            Some(Rules {
                tolerance: core.risk.tolerance,
                entry_ttl: core.risk.entry_ttl.into(),
                has_capacity: throttle.allows_step(&core.risk, core.price.oracle).ok()?,
            })
        };
        seen.audit.hear(slot, now, logs, rules);
        for event in events::<Flagged>(logs).filter(|event| event.first) {
            if let Some(since) = seen.sick.remove(&event.account) {
                *seen.flagged_after.entry(slot.saturating_sub(since)).or_default() += 1;
            }
        }
        for event in events::<Liquidated>(logs) {
            seen.liquidated.insert(event.account);
            seen.notional += event.lots.unsigned_abs().saturating_mul(event.price);
        }
        for event in events::<BankruptcyClosed>(logs) {
            seen.liquidated.insert(event.account);
            seen.notional += event.lots.unsigned_abs().saturating_mul(event.price);
            seen.deficits += event.deficit;
        }
        seen.insured += events::<DeficitPaid>(logs).map(|event| event.from_own + event.from_shared).sum::<u64>();
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
