//! Liquidation capacity: a bucket that refills.
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

use common::{NOW, PRICE, USD, cases, risk_of, sol};
use plimsoll_engine::{
    risk::Risk,
    throttle::Throttle,
    units::{Atoms, Pnl, Ticks},
};
use proptest::prelude::*;

/// $1,000,000 that refill at $20,000 a second.
fn risk() -> Risk {
    risk_of(&sol())
}

fn bucket(capacity: i64) -> Throttle {
    Throttle { capacity: Pnl(capacity), updated: NOW }
}

#[test]
fn it_starts_full() {
    assert_eq!(Throttle::full(&risk(), NOW), Ok(bucket(1_000_000 * USD as i64)));
}

#[test]
fn it_refills_with_time_up_to_full() {
    let at = |seconds| bucket(-30_000 * USD as i64).refilled(&risk(), NOW + seconds).unwrap();
    assert_eq!(at(0).capacity, Pnl(-30_000 * USD as i64));
    assert_eq!(at(1).capacity, Pnl(-10_000 * USD as i64));
    assert_eq!(at(10), Throttle { capacity: Pnl(170_000 * USD as i64), updated: NOW + 10 });
    assert_eq!(at(51).capacity, Pnl(990_000 * USD as i64));
    assert_eq!(at(52).capacity, Pnl(1_000_000 * USD as i64));
    assert_eq!(at(i64::MAX - NOW).capacity, Pnl(1_000_000 * USD as i64));
}

#[test]
fn the_largest_bucket_fills_from_its_deepest_debt() {
    let most = 1u64 << 59;
    let risk = Risk { throttle_capacity: Atoms(most), throttle_refill: Atoms(most), ..risk() };
    let deepest = bucket(-(most as i64));
    assert_eq!(deepest.refilled(&risk, NOW + 1).unwrap().capacity, Pnl(0));
    assert_eq!(deepest.refilled(&risk, NOW + 2).unwrap().capacity, Pnl(most as i64));
    assert_eq!(deepest.refilled(&risk, NOW + 1_000_000).unwrap().capacity, Pnl(most as i64));
}

#[test]
fn a_clock_that_steps_back_changes_nothing() {
    assert_eq!(bucket(5).refilled(&risk(), NOW - 100), Ok(bucket(5)));
    assert_eq!(bucket(5).refilled(&risk(), i64::MIN), Ok(bucket(5)));
}

#[test]
fn a_debt_offers_nothing() {
    let mut bucket = bucket(100);
    bucket.take(&risk(), Atoms(101)).unwrap();
    assert_eq!((bucket.capacity, bucket.available()), (Pnl(-1), Atoms(0)));
}

#[test]
fn a_debt_is_bounded_so_that_closes_never_fail_by_it_and_others_wait_for_a_bounded_time() {
    let mut bucket = bucket(0);
    (0..64).for_each(|_| bucket.take(&risk(), Atoms(1 << 59)).unwrap());
    assert_eq!(bucket.capacity, Pnl(-(1_000_000 * USD as i64)), "by what the bucket holds when full");
    assert!(bucket.refilled(&risk(), i64::MAX).is_ok());
}

#[test]
fn a_step_needs_its_minimum_or_a_full_bucket() {
    let allows = |capacity, price| bucket(capacity).allows_step(&risk(), Ticks(price)).unwrap();
    assert!(allows(50 * 150_000, PRICE) && !allows(50 * 150_000 - 1, PRICE));
    let full = 1_000_000 * USD as i64;
    assert!(allows(full, 8_000_000_000) && allows(full, 30_000_000_000), "50 lots cost $1.5M at the last");
    assert!(!allows(full - 1, 30_000_000_000));
}

#[test]
fn a_state_that_is_not_possible_is_seen() {
    assert!(bucket(1_000_000 * USD as i64).invariant(&risk()));
    assert!(!bucket(1_000_000 * USD as i64 + 1).invariant(&risk()));
    assert!(!Throttle { updated: -1, ..bucket(0) }.invariant(&risk()));
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn refilling_in_parts_is_refilling_at_once(capacity in -1i64 << 50..1_000_000_000_000, a in 0i64..1_000, b in 0i64..1_000) {
        let risk = risk();
        let parts = bucket(capacity).refilled(&risk, NOW + a).unwrap().refilled(&risk, NOW + a + b).unwrap();
        prop_assert_eq!(parts, bucket(capacity).refilled(&risk, NOW + a + b).unwrap());
    }
}
