//! Who goes first.

use plimsoll_engine::queue::{Entry, Now, Queue};
use terms::Formula;

use super::prelude::*;

/// What is explored here.
pub const LIST: &[Transition] = &[Transition { name: "queue-two", run: first }];

const SLOT: u64 = 100;
const TIME: i64 = 1_000;
const TTL: u32 = 60;

/// An entry of a key, and whether it counts now.
fn entry(place: usize, key: Atoms, has_capacity: bool, reasons: usize) -> (Entry, bool) {
    let account = [1 + u8::try_from(place).unwrap_or(0); 32];
    let counting =
        Entry { account, key, first_slot: SLOT - 1, first_publish_time: TIME - 2, refreshed: TIME, ..Entry::default() };
    match choose(reasons) {
        0 => (counting, has_capacity),
        1 => (Entry { urgent: true, ..counting }, true),
        2 => (Entry { first_slot: SLOT, urgent: true, ..counting }, false),
        3 => (Entry { refreshed: TIME - 1 - i64::from(TTL), urgent: true, ..counting }, false),
        _ => (Entry { first_publish_time: TIME - 1, urgent: true, ..counting }, false),
    }
}

/// An account and another: `own` is its place.
fn first() {
    let mut risk = Risk::default();
    risk.tolerance = ratio("tolerance", ONE / 2, ONE, ONE - ONE / 20);
    risk.entry_ttl = TTL;
    let now = Now { slot: SLOT, time: TIME, published: TIME - 1, has_capacity: either() };
    let own = choose(2);
    let mut queue: Queue = bytemuck::Zeroable::zeroed();
    let mut others = Vec::new();
    for place in 0..2 {
        let key = atoms(["key_a", "key_b"][place], [1_000, 900][place]);
        let (entry, counts) = if place == own {
            (Entry { account: [9; 32], key, ..Entry::default() }, false)
        } else {
            entry(place, key, now.has_capacity, 5)
        };
        assert!(queue.insert(entry, TTL, TIME).is_ok_and(|at| at.place == place), "places in turn");
        if counts {
            others.push(entry);
        }
    }
    // The key of now, not the one stored.
    let key = atoms("key", 980);
    let within = |other: &Entry| le(e(other.key) * e(risk.tolerance), e(key) * power(32));
    match queue.require_first(&risk, own, key, &now) {
        Ok(()) => {
            claim(
                Of::I6,
                "nobody-worse-beyond-tolerance",
                all(others.iter().map(within)),
                all(others.iter().map(|other| lt(other.key, key)).chain([lt(0, key)])),
            );
        }
        Err(ahead) => {
            let named = others.iter().find(|other| other.account == ahead.account);
            claim(
                Of::I6,
                "only-who-counts-goes-first",
                Formula::Const(named.is_some()),
                le(e(ahead.key) * e(risk.tolerance), (e(key) + 1) * power(32)),
            );
            claim(
                Of::I6,
                "who-goes-first-is-the-worst",
                all(others
                    .iter()
                    .map(|other| le(other.key, ahead.key))
                    .chain([lt(e(key) * power(32), e(ahead.key) * e(risk.tolerance))])),
                le(ahead.key, e(key) * 2),
            );
        }
    }
}
