//! All markets' sources, and how far along their paths they are.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use surfpool_core::surfnet::svm::SurfnetSvm;

use super::{Fault, FaultError, Reading, Saved, Source};
use crate::{error::LocalnetError, node};

/// What publishes all prices.
pub struct Desk {
    sources: Vec<Source>,
    feed: String,
    speed: f64,
    every: Duration,
    /// Seconds of the path until it began to move, and since when it moves.
    base: f64,
    since: Option<Instant>,
    /// When the last round was: this machine's time, and the cluster's.
    round: Option<(Instant, i64)>,
}

/// What is kept of it between runs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SavedDesk {
    feed: String,
    position: f64,
    sources: Vec<Saved>,
}

impl Desk {
    pub fn new(sources: Vec<Source>, feed: &str, speed: f64, every: Duration) -> Self {
        Self { sources, feed: feed.to_owned(), speed, every, base: 0.0, since: None, round: None }
    }

    pub fn begin(&mut self, now: Instant) {
        self.since.get_or_insert(now);
    }

    pub fn position(&self, now: Instant) -> f64 {
        let moved = self.since.map_or(0.0, |since| now.saturating_duration_since(since).as_secs_f64());
        self.base + moved * self.speed
    }

    /// Publishes a round if one is due.
    pub fn publish(&mut self, svm: &mut SurfnetSvm, now: Instant) -> Result<(), LocalnetError> {
        let time = node::clock(svm).unix_timestamp;
        if !self.is_due(now, time) {
            return Ok(());
        }
        self.round = Some((now, time));
        let second = self.position(now);
        self.sources.iter_mut().try_for_each(|source| source.publish(svm, second, now))
    }

    /// Whole seconds are counted on the cluster's clock, so that every round has a second of its own.
    fn is_due(&self, now: Instant, time: i64) -> bool {
        let last = self.sources.iter().filter_map(Source::published).max();
        let Some((round, second)) = self.round else {
            // The first round of this run. A clock behind what was saved is waited for.
            return last.is_none_or(|last| time > last);
        };
        let whole = i64::try_from(self.every.as_secs()).unwrap_or(i64::MAX);
        if whole >= 1 { time >= second.saturating_add(whole) } else { now >= round + self.every }
    }

    pub fn source(&self, market: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.name.eq_ignore_ascii_case(market))
    }

    pub fn fault(&mut self, market: &str, fault: Fault, now: Instant) -> Result<(), FaultError> {
        self.find(market)?.start(fault, now)
    }

    pub fn resume(&mut self, market: &str) -> Result<(), FaultError> {
        self.find(market).map(Source::resume)
    }

    fn find(&mut self, market: &str) -> Result<&mut Source, FaultError> {
        let names: Vec<_> = self.sources.iter().map(|source| source.name.clone()).collect();
        let found = self.sources.iter_mut().find(|source| source.name.eq_ignore_ascii_case(market));
        found.ok_or_else(|| FaultError::NoMarket(market.to_owned(), names.join(", ")))
    }

    pub fn readings(&self, now: Instant) -> Vec<Reading> {
        self.sources.iter().map(|source| source.reading(now)).collect()
    }

    pub fn save(&self) -> SavedDesk {
        SavedDesk {
            feed: self.feed.clone(),
            position: self.position(Instant::now()),
            sources: self.sources.iter().filter_map(Source::save).collect(),
        }
    }

    /// Goes on from what was saved; along the path too, if it is the same one.
    pub fn restore(&mut self, saved: &SavedDesk) {
        self.base = if saved.feed == self.feed { saved.position } else { 0.0 };
        let base = self.base;
        self.sources.iter_mut().for_each(|source| source.restore(&saved.sources, base));
    }
}
