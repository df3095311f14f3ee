//! What is measured, for Prometheus. Every name begins with `plimsoll_keeper_`.

mod registered;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use prometheus_client::{
    encoding::text::encode,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use crate::job::Kind;

/// One label and its value.
type Label = [(&'static str, String); 1];
/// Two of them.
type Labels = [(&'static str, String); 2];

/// Everything that is measured. Copies share it.
#[derive(Clone)]
pub struct Metrics(Arc<Measured>);

struct Measured {
    registry: Registry,
    names: Vec<String>,
    synced: AtomicBool,
    healthy: AtomicI64,
    slot: Gauge,
    lag: Gauge,
    accounts: Gauge,
    updates_waiting: Gauge,
    interruptions: Counter,
    updates_merged: Counter,
    logs_dropped: Counter,
    synced_gauge: Gauge,
    sick: Family<Label, Gauge>,
    queued: Family<Label, Gauge>,
    scan: Histogram,
    signed: Histogram,
    landed_after: Histogram,
    jobs: Family<Labels, Counter>,
    fees: Family<Label, Counter>,
    rewards: Family<Label, Counter>,
    jobs_waiting: Gauge,
    jobs_under_way: Gauge,
    resent: Counter,
    not_worst_first: Counter,
    price: Gauge,
    balance: Gauge,
    paused: Gauge,
    node_healthy: Family<Label, Gauge>,
    node_slot: Family<Label, Gauge>,
    node_latency: Family<Label, Gauge>,
    node_errors: Family<Labels, Counter>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

/// A number as gauges hold it.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Metrics {
    /// The newest slot that was heard of.
    pub fn slot(&self, slot: u64) {
        self.0.slot.set(signed(slot));
    }

    /// How many slots the accounts are behind the newest slot.
    pub fn lag(&self, slots: u64) {
        self.0.lag.set(signed(slots));
    }

    /// Margin accounts in memory.
    pub fn accounts(&self, count: usize) {
        self.0.accounts.set(signed(count as u64));
    }

    /// Accounts under their maintenance margin whose worst leg is in a market.
    pub fn sick(&self, market: &str, count: usize) {
        self.0.sick.get_or_create(&[("market", market.into())]).set(signed(count as u64));
    }

    /// Entries of a market's liquidation queue.
    pub fn queued(&self, market: &str, count: usize) {
        self.0.queued.get_or_create(&[("market", market.into())]).set(signed(count as u64));
    }

    /// How long it took to find what a change made unhealthy.
    pub fn scan(&self, took: Duration) {
        self.0.scan.observe(took.as_secs_f64() * 1e6);
    }

    /// Time from decision to signature.
    pub fn signed(&self, took: Duration) {
        self.0.signed.observe(took.as_secs_f64());
    }

    /// Slots from sending to landing.
    pub fn landed_after(&self, slots: u64) {
        self.0.landed_after.observe(slots as f64);
    }

    /// A job is over.
    pub fn job(&self, kind: Kind, outcome: &'static str) {
        self.0.jobs.get_or_create(&[("kind", kind.name().into()), ("outcome", outcome.into())]).inc();
    }

    /// A fee was paid.
    pub fn fee(&self, kind: Kind, lamports: u64) {
        self.0.fees.get_or_create(&[("kind", kind.name().into())]).inc_by(lamports);
    }

    /// A reward was earned.
    pub fn reward(&self, kind: Kind, atoms: u64) {
        self.0.rewards.get_or_create(&[("kind", kind.name().into())]).inc_by(atoms);
    }

    /// Jobs that wait to be sent and those that were sent and may land.
    pub fn jobs_pending(&self, waiting: usize, under_way: usize) {
        self.0.jobs_waiting.set(signed(waiting as u64));
        self.0.jobs_under_way.set(signed(under_way as u64));
    }

    /// A transaction was signed anew, since the one before expired.
    pub fn resent(&self) {
        self.0.resent.inc();
    }

    /// A liquidation was refused because another account goes first.
    pub fn not_worst_first(&self) {
        self.0.not_worst_first.inc();
    }

    /// The last bid per compute unit.
    pub fn price(&self, price: u64) {
        self.0.price.set(signed(price));
    }

    /// The wallet's lamports.
    pub fn balance(&self, lamports: u64) {
        self.0.balance.set(signed(lamports));
    }

    /// Whether nothing is sent because the wallet is empty.
    pub fn paused(&self, paused: bool) {
        self.0.paused.set(i64::from(paused));
    }

    /// Updates that wait to be looked at.
    pub fn updates_waiting(&self, count: usize) {
        self.0.updates_waiting.set(signed(count as u64));
    }

    /// An update took the place of an older one of the same account that nobody had looked at.
    pub fn merged(&self) {
        self.0.updates_merged.inc();
    }

    /// Logs were dropped because nobody looked at them in time.
    pub fn log_dropped(&self) {
        self.0.logs_dropped.inc();
    }

    /// The stream was interrupted.
    pub fn interrupted(&self) {
        self.0.interruptions.inc();
        self.synced(false);
    }

    /// Whether all accounts are known.
    pub fn synced(&self, synced: bool) {
        self.0.synced.store(synced, Ordering::Relaxed);
        self.0.synced_gauge.set(i64::from(synced));
    }

    /// What is known of a node.
    pub fn node(&self, label: &str, healthy: bool, slot: u64, latency: Duration) {
        let label: Label = [("node", label.into())];
        self.0.node_healthy.get_or_create(&label).set(i64::from(healthy));
        self.0.node_slot.get_or_create(&label).set(signed(slot));
        self.0.node_latency.get_or_create(&label).set(i64::try_from(latency.as_micros()).unwrap_or(i64::MAX));
    }

    /// A node failed.
    pub fn node_error(&self, label: &str, why: &'static str) {
        self.0.node_errors.get_or_create(&[("node", label.into()), ("why", why.into())]).inc();
    }

    /// How many nodes are healthy.
    pub fn healthy(&self, count: usize) {
        self.0.healthy.store(signed(count as u64), Ordering::Relaxed);
    }

    /// Whether the keeper can do its work: all accounts are known and a node is healthy.
    pub fn ready(&self) -> bool {
        self.0.synced.load(Ordering::Relaxed) && self.0.healthy.load(Ordering::Relaxed) > 0
    }

    /// Every name that is measured, as it stands in the text.
    pub fn names(&self) -> &[String] {
        &self.0.names
    }

    /// All of it as the text that Prometheus reads.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = encode(&mut text, &self.0.registry);
        text
    }
}
