//! What is known of one node, and whether that is good enough.

use std::time::{Duration, Instant};

/// The first wait after a failure.
const FIRST: Duration = Duration::from_millis(500);
/// What a node is thought to take before it has answered.
const UNKNOWN: Duration = Duration::from_millis(200);

/// How a node has done lately.
#[derive(Clone, Debug)]
pub struct Health {
    longest: Duration,
    latency: Option<Duration>,
    slot: u64,
    failures: u32,
    retry: Option<Instant>,
}

/// The order in which nodes are asked: the least goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// It answers and keeps up, in about this time.
    Healthy(Duration),
    /// It answers and is behind by so many slots.
    Behind(u64),
    /// It failed, so often in a row.
    Failed(u32),
}

impl Health {
    /// Nothing is known; one that fails is left alone for at most so long.
    pub fn new(longest: Duration) -> Self {
        Self { longest, latency: None, slot: 0, failures: 0, retry: None }
    }

    /// Where it stands among others, when the newest slot is `best` and nodes may be `behind` it.
    pub fn rank(&self, now: Instant, best: u64, behind: u64) -> Rank {
        // A node that failed and whose wait is over is tried again, after the healthy ones.
        if self.failures > 0 {
            let waits = self.retry.is_some_and(|retry| retry > now);
            return Rank::Failed(if waits { self.failures } else { 0 });
        }
        let missing = best.saturating_sub(self.slot);
        // A node that nobody has seen a slot of is taken at its word until it is asked.
        if self.slot > 0 && missing > behind { Rank::Behind(missing) } else { Rank::Healthy(self.latency()) }
    }

    /// Whether it answers and keeps up.
    pub fn is_healthy(&self, now: Instant, best: u64, behind: u64) -> bool {
        matches!(self.rank(now, best, behind), Rank::Healthy(_))
    }

    /// The slot that it was last seen at.
    pub fn slot(&self) -> u64 {
        self.slot
    }

    /// How long it takes to answer, lately.
    pub fn latency(&self) -> Duration {
        self.latency.unwrap_or(UNKNOWN)
    }

    /// When it may be tried again, if it failed.
    pub fn retry(&self) -> Option<Instant> {
        self.retry
    }

    /// It was seen at a slot. A node that went back (it was restarted, or is another one behind the same name) counts as it
    /// is now only by what [`Self::fell_to`] says: answers overtake each other.
    pub fn saw(&mut self, slot: u64) {
        self.slot = self.slot.max(slot);
    }

    /// Asked for its slot, it said this: the only word that can take back an older one.
    pub fn fell_to(&mut self, slot: u64) {
        self.slot = slot;
    }

    /// It answered after so long.
    pub fn answered(&mut self, took: Duration) {
        let before = self.latency.unwrap_or(took);
        // One part of the new to three of the old: a single slow answer does not move everybody to another node.
        self.latency = Some((before.saturating_mul(3).saturating_add(took)) / 4);
        self.failures = 0;
        self.retry = None;
    }

    /// It failed. Returns how long it is left alone: twice as long as the last time, half of it by lot, so that many
    /// keepers do not come back at once.
    pub fn failed(&mut self, now: Instant, lot: f64) -> Duration {
        let doubled =
            FIRST.saturating_mul(1_u32.checked_shl(self.failures.min(16)).unwrap_or(u32::MAX)).min(self.longest);
        let wait = doubled.mul_f64(0.5 + lot.clamp(0.0, 1.0) / 2.0);
        // Requests under way at once fail at once: that is one failure.
        if self.retry.is_none_or(|retry| retry <= now) {
            self.failures = self.failures.saturating_add(1);
            self.retry = Some(now + wait);
        }
        wait
    }
}

/// The newest slot that can be believed when nodes say these: of three or more the second highest, so that one alone
/// cannot make the others look late by inventing slots.
pub(super) fn believed(mut slots: Vec<u64>) -> u64 {
    slots.retain(|slot| *slot > 0);
    slots.sort_unstable_by(|one, other| other.cmp(one));
    let place = usize::from(slots.len() >= 3);
    slots.get(place).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEHIND: u64 = 20;

    fn health() -> Health {
        Health::new(Duration::from_secs(60))
    }

    #[test]
    fn waits_grow_and_end() {
        let (mut health, mut now) = (health(), Instant::now());
        let mut waits = Vec::new();
        for _ in 0..12 {
            let wait = health.failed(now, 1.0);
            waits.push(wait.as_millis());
            now += wait;
        }
        assert_eq!(waits[..4], [500, 1_000, 2_000, 4_000]);
        assert_eq!(waits[11], 60_000);
        health.answered(Duration::from_millis(10));
        assert!(health.is_healthy(now, 0, BEHIND));
        assert_eq!(health.failed(now, 0.0).as_millis(), 250);
    }

    #[test]
    fn failures_at_once_are_one() {
        let (mut health, now) = (health(), Instant::now());
        health.failed(now, 1.0);
        health.failed(now, 1.0);
        assert_eq!(health.rank(now, 0, BEHIND), Rank::Failed(1));
    }

    #[test]
    fn one_that_lags_is_not_healthy() {
        let (mut late, now) = (health(), Instant::now());
        late.saw(100);
        assert!(late.is_healthy(now, 120, BEHIND));
        assert_eq!(late.rank(now, 121, BEHIND), Rank::Behind(21));
        late.saw(90);
        assert_eq!(late.slot(), 100);
        late.fell_to(90);
        assert_eq!(late.rank(now, 120, BEHIND), Rank::Behind(30));
    }

    #[test]
    fn the_order_is_quick_late_failed() {
        let now = Instant::now();
        let (mut quick, mut slow, mut late, mut failed) = (health(), health(), health(), health());
        quick.answered(Duration::from_millis(5));
        slow.answered(Duration::from_millis(50));
        late.saw(1);
        failed.failed(now, 1.0);
        let ranks = [quick, slow, late, failed].map(|health| health.rank(now, 100, BEHIND));
        assert!(ranks.is_sorted());
        assert!(ranks[0] < ranks[1] && ranks[1] < ranks[2] && ranks[2] < ranks[3]);
    }

    #[test]
    fn one_node_alone_cannot_invent_slots() {
        assert_eq!(believed(vec![100, 101, 1_000_000]), 101);
        assert_eq!(believed(vec![100, 0, 0]), 100);
        assert_eq!(believed(vec![100, 104]), 104);
        assert_eq!(believed(Vec::new()), 0);
    }
}
