//! Names, help texts and buckets of what is measured.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicI64},
};

use prometheus_client::{
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Metric, Registry},
};

use super::{Measured, Metrics};

/// What every name begins with.
const PREFIX: &str = "plimsoll_keeper";

/// Registers metrics and keeps their names.
struct Book {
    registry: Registry,
    names: Vec<String>,
}

impl Book {
    /// Under a name, with these endings in the text.
    fn enter<M: Metric + Clone>(&mut self, name: &str, help: &str, metric: M, endings: &[&str]) -> M {
        self.registry.register(name, help, metric.clone());
        self.names.extend(endings.iter().map(|ending| format!("{PREFIX}_{name}{ending}")));
        metric
    }

    fn gauge(&mut self, name: &str, help: &str) -> Gauge {
        self.enter(name, help, Gauge::default(), &[""])
    }

    fn counter(&mut self, name: &str, help: &str) -> Counter {
        self.enter(name, help, Counter::default(), &["_total"])
    }

    fn gauges<L>(&mut self, name: &str, help: &str) -> Family<L, Gauge>
    where
        Family<L, Gauge>: Metric + Clone,
        L: Clone + std::hash::Hash + Eq,
    {
        self.enter(name, help, Family::default(), &[""])
    }

    fn counters<L>(&mut self, name: &str, help: &str) -> Family<L, Counter>
    where
        Family<L, Counter>: Metric + Clone,
        L: Clone + std::hash::Hash + Eq,
    {
        self.enter(name, help, Family::default(), &["_total"])
    }

    fn histogram(&mut self, name: &str, help: &str, from: f64, factor: f64, count: u16) -> Histogram {
        let histogram = Histogram::new(exponential_buckets(from, factor, count));
        self.enter(name, help, histogram, &["_bucket", "_sum", "_count"])
    }
}

impl Metrics {
    /// Nothing measured yet.
    pub fn new() -> Self {
        let mut book = Book { registry: Registry::with_prefix(PREFIX), names: Vec::new() };
        let measured = Measured {
            synced: AtomicBool::new(false),
            healthy: AtomicI64::new(0),
            slot: book.gauge("slot", "Newest slot that was heard of"),
            lag: book.gauge("lag_slots", "Slots that the accounts are behind the newest slot"),
            accounts: book.gauge("accounts", "Margin accounts in memory"),
            synced_gauge: book.gauge("synced", "Whether all accounts are known"),
            updates_waiting: book.gauge("updates_waiting", "Updates of the feed that wait to be looked at"),
            updates_merged: book.counter(
                "updates_merged",
                "Updates that newer ones of their account replaced before they were looked at",
            ),
            logs_dropped: book
                .counter("logs_dropped", "Transaction logs that were dropped because nobody looked at them in time"),
            interruptions: book.counter("feed_interruptions", "Times that the stream of accounts broke"),
            sick: book.gauges("sick_accounts", "Accounts under maintenance margin by the market of their worst leg"),
            queued: book.gauges("queue_entries", "Entries of the market's liquidation queue"),
            scan: book.histogram("scan_microseconds", "Time to find what a change made unhealthy", 10.0, 2.0, 16),
            signed: book.histogram("decision_to_signed_seconds", "Time from decision to signature", 25e-6, 2.0, 16),
            landed_after: book.histogram("landed_after_slots", "Slots from sending to landing", 1.0, 1.6, 12),
            jobs: book.counters("jobs", "Jobs by kind and outcome"),
            fees: book.counters("fees_lamports", "Fees paid, in lamports"),
            rewards: book.counters("rewards_atoms", "Rewards earned, in atoms of the quote token"),
            jobs_waiting: book.gauge("jobs_waiting", "Jobs that wait to be sent"),
            jobs_under_way: book.gauge("jobs_under_way", "Transactions that were sent and may land"),
            resent: book.counter("resent", "Transactions that were signed anew after they had expired"),
            not_worst_first: book.counter("not_worst_first", "Liquidations refused because another account goes first"),
            price: book.gauge("bid_microlamports", "Last bid per compute unit, in micro-lamports"),
            balance: book.gauge("balance_lamports", "Lamports of the wallet"),
            paused: book.gauge("paused", "Whether nothing is sent because the wallet is empty"),
            node_healthy: book.gauges("node_healthy", "Whether a node is healthy"),
            node_slot: book.gauges("node_slot", "Newest slot that a node was seen at"),
            node_latency: book.gauges("node_latency_microseconds", "How long a node takes to answer, lately"),
            node_errors: book.counters("node_errors", "Failures of nodes by their cause"),
            registry: Registry::default(),
            names: Vec::new(),
        };
        Self(Arc::new(Measured { registry: book.registry, names: book.names, ..measured }))
    }
}
