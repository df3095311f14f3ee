//! The liquidation queue: who counts, who goes first, who is dropped.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::expect_used,
    clippy::float_arithmetic,
    clippy::indexing_slicing,
    clippy::integer_division,
    clippy::panic,
    clippy::unwrap_used
)]

mod common;

use bytemuck::Zeroable;
use common::{NOW, cases, risk_of, sol};
use plimsoll_engine::{
    EngineError,
    queue::{Ahead, CAPACITY, Entry, Id, Now, Queue},
    risk::Risk,
    units::{Atoms, Ratio},
};
use proptest::prelude::*;

const TTL: u32 = 30;
/// The place of an account that has no entry here.
const NOBODY: usize = CAPACITY;

fn id(n: usize) -> Id {
    let mut id = [7; 32];
    id[..8].copy_from_slice(&(n as u64).to_le_bytes());
    id
}

/// Flagged in slot 100 at `NOW`.
fn entry(n: usize, key: u64) -> Entry {
    Entry {
        account: id(n),
        flagger: id(10_000 + n),
        key: Atoms(key),
        first_slot: 100,
        first_time: NOW,
        first_publish_time: NOW - 2,
        refreshed: NOW,
        urgent: false,
    }
}

fn empty() -> Box<Queue> {
    Box::new(Queue::zeroed())
}

fn risk() -> Risk {
    risk_of(&sol())
}

const LATER: Now = Now { slot: 101, time: NOW, published: NOW, has_capacity: true };

#[test]
fn an_entry_comes_back_as_it_was_put() {
    let mut queue = empty();
    let put = Entry { urgent: true, ..entry(1, 500) };
    let place = queue.insert(put, TTL, NOW).map(|queued| queued.place).unwrap();
    assert_eq!(queue.entry_of(&id(1), place), Ok(put));
    assert_eq!((queue.count, queue.used), (1, 1));
    assert_eq!(queue.entry_of(&id(2), place), Err(EngineError::NotQueued));
    assert_eq!(queue.entry_of(&id(1), place + 1), Err(EngineError::NotQueued));
    assert_eq!(queue.entry_of(&id(1), CAPACITY), Err(EngineError::NotQueued));
    assert_eq!(queue.get(place + 1), None);
}

#[test]
fn a_refresh_changes_key_time_and_urgency_only() {
    // maturity is that of the first flag
    let mut queue = empty();
    let place = queue.insert(entry(1, 500), TTL, NOW).map(|queued| queued.place).unwrap();
    queue.refresh(&id(1), place, Atoms(900), true, NOW + 9).unwrap();
    let expected = Entry { key: Atoms(900), urgent: true, refreshed: NOW + 9, ..entry(1, 500) };
    assert_eq!(queue.get(place), Some(expected));
    assert_eq!(queue.refresh(&id(2), place, Atoms(1), true, NOW), Err(EngineError::NotQueued));
    assert_eq!(queue.get(place), Some(expected));
}

#[test]
fn removing_frees_the_place() {
    let mut queue = empty();
    let places: Vec<_> =
        (0..3).map(|n| queue.insert(entry(n, 1), TTL, NOW).map(|queued| queued.place).unwrap()).collect();
    queue.remove(&id(1), places[1]).unwrap();
    assert_eq!((queue.count, queue.used), (2, 3));
    assert_eq!(queue.remove(&id(1), places[1]), Err(EngineError::NotQueued));
    assert_eq!(
        queue.insert(entry(9, 1), TTL, NOW).map(|queued| queued.place),
        Ok(places[1]),
        "the hole is filled first"
    );
    queue.remove(&id(9), places[1]).unwrap();
    queue.remove(&id(2), places[2]).unwrap();
    assert_eq!((queue.count, queue.used), (1, 1), "the span shrinks past the holes");
    queue.remove(&id(0), places[0]).unwrap();
    assert_eq!(*queue, *empty());
}

#[test]
fn the_largest_key_goes_first_within_tolerance() {
    // Given keys of 1,000 and 700, and a tolerance of 80 %
    let mut queue = empty();
    queue.insert(entry(1, 700), TTL, NOW).map(|queued| queued.place).unwrap();
    queue.insert(entry(2, 1_000), TTL, NOW).map(|queued| queued.place).unwrap();
    queue.insert(entry(3, 999), TTL, NOW).map(|queued| queued.place).unwrap();
    let first = |key| queue.require_first(&risk(), NOBODY, Atoms(key), &LATER);
    assert_eq!(first(1_000), Ok(()));
    // The tolerance is rounded up, so exactly 800 is one too few
    assert_eq!(first(801), Ok(()));
    assert_eq!(first(800), Err(Ahead { account: id(2), key: Atoms(1_000) }));
    assert_eq!(first(0), Err(Ahead { account: id(2), key: Atoms(1_000) }));
    assert_eq!(first(u64::MAX), Ok(()));
    assert_eq!(empty().require_first(&risk(), NOBODY, Atoms(0), &LATER), Ok(()));
}

#[test]
fn an_accounts_own_entry_does_not_bar_it() {
    // Given an entry that was recorded at a higher key than the account has now
    let mut queue = empty();
    let own = queue.insert(entry(1, 1_000), TTL, NOW).map(|queued| queued.place).unwrap();
    let other = queue.insert(entry(2, 500), TTL, NOW).map(|queued| queued.place).unwrap();
    let first = |own, key| queue.require_first(&risk(), own, Atoms(key), &LATER).map_err(|ahead| ahead.account);
    assert_eq!(first(own, 500), Ok(()));
    assert_eq!(first(own, 300), Err(id(2)));
    assert_eq!(first(other, 500), Err(id(1)));
}

#[test]
fn an_entry_is_live_through_the_last_second_of_its_time() {
    let live = |now| Queue::is_live(&entry(1, 1), TTL, now);
    assert!(live(NOW) && live(NOW + 30) && !live(NOW + 31));
    assert!(Queue::is_live(&Entry { refreshed: i64::MAX, ..entry(1, 1) }, TTL, i64::MAX));
}

#[test]
fn any_entry_that_is_live_counts_as_waiting_and_an_empty_place_never_does() {
    let mut queue = empty();
    assert!(!queue.any_live(u32::MAX, 0), "nobody waits in an empty queue, whatever the clock");
    for (place, refreshed) in [(0, 100), (1, 160), (2, 130)] {
        queue.insert(Entry { refreshed, ..entry(place, 5) }, 60, 100).unwrap();
    }
    assert!(queue.any_live(60, 220) && !queue.any_live(60, 221), "through the last second of the newest");
    queue.remove(&id(1), 1).unwrap();
    assert!(queue.any_live(60, 190) && !queue.any_live(60, 191));
    queue.remove(&id(2), 2).unwrap();
    queue.remove(&id(0), 0).unwrap();
    assert!(!queue.any_live(u32::MAX, 0));
}

#[test]
fn the_tolerance_is_a_bound_to_the_unit() {
    for (tolerance_ppm, key, mine, passes) in [
        (500_000, 1_000, 500, true),
        (500_000, 1_001, 500, false),
        (1_000_000, 1_000, 1_000, true),
        (1_000_000, 1_001, 1_000, false),
        (800_000, 1 << 60, (1 << 60) / 10 * 8, false),
        (800_000, 1 << 60, (1 << 60) / 10 * 8 + (1 << 28), true),
    ] {
        let mut risk = risk();
        risk.tolerance = Ratio::from_ppm_ceil(tolerance_ppm).unwrap();
        let mut queue = empty();
        queue.insert(entry(1, key), TTL, NOW).map(|queued| queued.place).unwrap();
        assert_eq!(
            queue.require_first(&risk, NOBODY, Atoms(mine), &LATER).is_ok(),
            passes,
            "{tolerance_ppm} {key} {mine}"
        );
    }
}

#[test]
fn an_entry_counts_from_the_slot_after_its_first_flag() {
    // entries that could not be liquidated yet bar nobody
    let mut queue = empty();
    queue.insert(entry(1, 1_000), TTL, NOW).map(|queued| queued.place).unwrap();
    let first = |slot| queue.require_first(&risk(), NOBODY, Atoms(1), &Now { slot, ..LATER }).is_ok();
    assert!(first(99) && first(100) && !first(101));
}

#[test]
fn an_entry_counts_until_its_time_to_live_runs_out() {
    let mut queue = empty();
    let place = queue.insert(entry(1, 1_000), TTL, NOW).map(|queued| queued.place).unwrap();
    let blocks = |queue: &Queue, time| queue.require_first(&risk(), NOBODY, Atoms(1), &Now { time, ..LATER }).is_err();
    assert!(blocks(&queue, NOW + 30) && !blocks(&queue, NOW + 31));
    queue.refresh(&id(1), place, Atoms(1_000), false, NOW + 20).unwrap();
    assert!(blocks(&queue, NOW + 50) && !blocks(&queue, NOW + 51));
}

#[test]
fn an_entry_that_waits_for_capacity_bars_nobody() {
    //
    let mut queue = empty();
    let place = queue.insert(entry(1, 1_000), TTL, NOW).map(|queued| queued.place).unwrap();
    let dry = Now { has_capacity: false, ..LATER };
    assert!(queue.require_first(&risk(), NOBODY, Atoms(1), &dry).is_ok());
    // One that never waits still counts
    queue.refresh(&id(1), place, Atoms(1_000), true, NOW).unwrap();
    assert!(queue.require_first(&risk(), NOBODY, Atoms(1), &dry).is_err());
    assert!(queue.counts(place, TTL, &dry) && !queue.counts(place + 1, TTL, &LATER));
}

mod full {
    use super::*;

    /// All places taken, keys 1,000 to 1,255.
    fn full() -> Box<Queue> {
        let mut queue = empty();
        for n in 0..CAPACITY {
            assert_eq!(queue.insert(entry(n, 1_000 + n as u64), TTL, NOW).map(|queued| queued.place), Ok(n));
        }
        assert_eq!((queue.count, queue.used), (256, 256));
        queue
    }

    #[test]
    fn it_drops_its_smallest_for_a_larger_one_only() {
        // decoys of equal size hold nobody out for longer than the time to live
        let mut queue = full();
        let before = *queue;
        assert_eq!(queue.insert(entry(900, 999), TTL, NOW).map(|queued| queued.place), Err(EngineError::QueueFull));
        assert_eq!(queue.insert(entry(900, 1_000), TTL, NOW).map(|queued| queued.place), Err(EngineError::QueueFull));
        assert_eq!(*queue, before);
        let queued = queue.insert(entry(900, 1_001), TTL, NOW).unwrap();
        assert_eq!((queued.place, queued.dropped), (0, Some(entry(0, 1_000))), "it says whom it dropped");
        assert_eq!(queue.entry_of(&id(0), 0), Err(EngineError::NotQueued));
        assert_eq!(queue.entry_of(&id(900), 0), Ok(entry(900, 1_001)));
        assert!(queue.invariant() && queue.count == 256);
    }

    #[test]
    fn what_has_expired_goes_before_anything_that_counts() {
        let mut queue = full();
        // Given that all but the largest were refreshed
        for n in 0..CAPACITY - 1 {
            queue.refresh(&id(n), n, Atoms(1_000 + n as u64), false, NOW + 20).unwrap();
        }
        assert_eq!(queue.insert(entry(900, 0), TTL, NOW + 30).map(|queued| queued.place), Err(EngineError::QueueFull));
        assert_eq!(queue.insert(entry(900, 0), TTL, NOW + 31).map(|queued| queued.place), Ok(255));
    }

    #[test]
    fn the_largest_key_of_all_is_never_dropped_for_its_equal() {
        let mut queue = empty();
        for n in 0..CAPACITY {
            queue.insert(entry(n, u64::MAX), TTL, NOW).map(|queued| queued.place).unwrap();
        }
        let before = *queue;
        let result = queue.insert(entry(900, u64::MAX - 1), TTL, NOW).map(|queued| queued.place);
        assert_eq!((result, *queue), (Err(EngineError::QueueFull), before));
    }
}

#[test]
fn counters_that_disagree_are_seen() {
    let mut queue = empty();
    queue.insert(entry(1, 1), TTL, NOW).map(|queued| queued.place).unwrap();
    queue.insert(entry(2, 1), TTL, NOW).map(|queued| queued.place).unwrap();
    assert!(queue.invariant());
    queue.count = 1;
    assert!(!queue.invariant());
    (queue.count, queue.used) = (2, 1);
    assert!(!queue.invariant());
}

/// Something that happens to a queue.
#[derive(Clone, Debug)]
enum Op {
    Insert { key: u64, slot: u64, urgent: bool },
    Refresh { which: usize, key: u64, urgent: bool },
    Remove { which: usize },
    First { own: usize, key: u64, slot: u64, has_capacity: bool },
    Wait { seconds: i64 },
}

fn op() -> impl Strategy<Value = Op> {
    let key = || prop_oneof![0u64..20, 0u64..1_000_000, Just(u64::MAX)];
    prop_oneof![
        6 => (key(), 90u64..110, any::<bool>()).prop_map(|(key, slot, urgent)| Op::Insert { key, slot, urgent }),
        2 => (0usize..300, key(), any::<bool>()).prop_map(|(which, key, urgent)| Op::Refresh { which, key, urgent }),
        2 => (0usize..300).prop_map(|which| Op::Remove { which }),
        4 => (0usize..=CAPACITY, key(), 90u64..110, any::<bool>())
            .prop_map(|(own, key, slot, has_capacity)| Op::First { own, key, slot, has_capacity }),
        1 => (0i64..5).prop_map(|seconds| Op::Wait { seconds }),
    ]
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn it_behaves_as_a_plain_list(prefill in 0usize..=CAPACITY, ops in proptest::collection::vec(op(), 1..300)) {
        let (mut queue, mut model, mut now, mut next) = (empty(), Vec::<(usize, Entry)>::new(), NOW, 0);
        let risk = risk();
        let fill = (0..prefill).map(|n| Op::Insert { key: (n as u64 * 7_919) % 5_000, slot: 100, urgent: false });
        for op in fill.chain(ops) {
            match op {
                Op::Wait { seconds } => now += seconds,
                Op::Insert { key, slot, urgent } => {
                    next += 1;
                    let put = Entry { first_slot: slot, urgent, refreshed: now, ..entry(next, key) };
                    let result = queue.insert(put, TTL, now).map(|queued| queued.place);
                    if model.len() == CAPACITY {
                        // The list drops the expired first, else the smallest, else nobody.
                        let weight = |e: &Entry| if e.refreshed + 30 < now { None } else { Some(e.key.0) };
                        let (at, least) = model.iter().map(|(_, e)| weight(e)).enumerate().min_by_key(|(at, w)| (*w, model[*at].0)).unwrap();
                        if least.is_some_and(|least| least >= key) {
                            prop_assert_eq!(result, Err(EngineError::QueueFull));
                        } else {
                            prop_assert_eq!(result, Ok(model[at].0));
                            model[at].1 = put;
                        }
                    } else {
                        let place = result.unwrap();
                        prop_assert!(model.iter().all(|(taken, _)| *taken != place));
                        model.push((place, put));
                    }
                }
                Op::Refresh { which, key, urgent } => {
                    if let Some((place, e)) = model.get_mut(which) {
                        queue.refresh(&e.account, *place, Atoms(key), urgent, now).unwrap();
                        (e.key, e.urgent, e.refreshed) = (Atoms(key), urgent, now);
                    }
                }
                Op::Remove { which } if which < model.len() => {
                    let (place, e) = model.swap_remove(which);
                    queue.remove(&e.account, place).unwrap();
                }
                Op::Remove { .. } => {}
                Op::First { own, key, slot, has_capacity } => {
                    let eligible = model.iter().filter(|(place, _)| *place != own).map(|(_, e)| e).filter(|e| {
                        e.first_slot < slot && e.refreshed + 30 >= now && (has_capacity || e.urgent)
                    });
                    let largest = eligible.map(|e| e.key.0).max().unwrap_or(0);
                    let tolerated = u128::from(largest) * u128::from(risk.tolerance.0);
                    let ahead = tolerated > u128::from(key) << 32;
                    match queue.require_first(&risk, own, Atoms(key), &Now { slot, time: now, published: NOW, has_capacity }) {
                        Ok(()) => prop_assert!(!ahead),
                        Err(named) => prop_assert!(ahead && named.key.0 == largest),
                    }
                }
            }
            prop_assert!(queue.invariant());
            prop_assert_eq!(queue.count as usize, model.len());
        }
        for (place, e) in &model {
            prop_assert_eq!(queue.entry_of(&e.account, *place), Ok(*e));
        }
    }
}
