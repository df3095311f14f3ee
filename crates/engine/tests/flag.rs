//! Flagging: into the queue, to another key in it, or out of it.
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

use common::{
    NOW, PRICE, USD,
    account::{ACCOUNT, Account, FLAGGER},
    cases,
};
use plimsoll_engine::{
    EngineError,
    flag::{Queued, Report},
    position::Position,
    queue::{CAPACITY, Entry, Id},
    units::Atoms,
};
use proptest::prelude::*;

const TTL: i64 = 30;

/// Two legs of $1,500 and $3,000, which require $18.75 and $37.50.
fn account(cash: u64) -> Account {
    Account::new(cash, &[(10_000, PRICE), (20_000, PRICE)])
}

/// A refusal, which changes nothing.
fn refused(account: &mut Account, leg: usize, elsewhere: bool) -> EngineError {
    let before = account.clone();
    let error = account.flag_as(leg, elsewhere).expect_err("refused");
    assert!(*account == before, "a refusal changes nothing");
    error
}

fn queued(report: Report) -> Queued {
    match report {
        Report::Queued(queued) => queued,
        Report::Removed => panic!("removed"),
    }
}

fn other(n: usize) -> Id {
    let mut id = [9; 32];
    id[..8].copy_from_slice(&(n as u64).to_le_bytes());
    id
}

#[test]
fn a_healthy_account_is_not_flagged() {
    assert_eq!(refused(&mut account(60 * USD), 1, false), EngineError::NotLiquidatable);
    // Exactly at maintenance is healthy, one atom less is not
    let maintenance = account(0).health().maintenance.0;
    assert_eq!(refused(&mut account(maintenance), 1, false), EngineError::NotLiquidatable);
    assert!(account(maintenance - 1).flag(1).is_ok());
}

#[test]
fn the_first_flag_makes_an_entry_with_what_was_seen() {
    let mut account = account(50 * USD);
    account.markets[0].price.publish_time = NOW - 4;
    let health = account.health();
    let key = health.key(account.markets[1].risk.key_drift).unwrap();
    let report = account.flag(1).unwrap();
    assert_eq!(
        report,
        Report::Queued(Queued {
            key,
            equity: health.equity,
            maintenance: health.maintenance,
            first: true,
            place: 0,
            until: NOW + TTL,
            dropped: None,
        })
    );
    let entry = Entry {
        account: ACCOUNT,
        flagger: FLAGGER,
        key,
        first_slot: 100,
        first_time: NOW,
        first_publish_time: NOW,
        refreshed: NOW,
        urgent: false,
    };
    assert_eq!(account.entry(), Some(entry));
}

#[test]
fn an_account_within_one_charge_of_bankruptcy_is_urgent() {
    // The second leg's charge is eighteen dollars
    for (cash, urgent) in [(17 * USD, true), (19 * USD, false)] {
        let mut account = account(cash);
        account.flag(1).unwrap();
        assert_eq!(account.entry().unwrap().urgent, urgent, "{cash}");
    }
}

#[test]
fn a_refresh_keeps_what_the_first_flag_saw() {
    let mut account = account(50 * USD);
    account.flag(1).unwrap();
    let first = account.entry().unwrap();
    account.renew();
    account.set_price(1, PRICE - 2_000);
    let report = queued(account.flag(1).unwrap());
    assert!(!report.first && report.until == NOW + 1 + TTL && report.key > first.key);
    let expected = Entry { key: report.key, refreshed: NOW + 1, urgent: true, ..first };
    assert_eq!(account.entry(), Some(expected));
    assert_eq!(account.queue.count, 1);
}

#[test]
fn an_account_that_recovered_leaves_the_queue() {
    let mut account = account(50 * USD);
    account.flag(1).unwrap();
    account.cash = Atoms(100 * USD);
    assert_eq!(account.flag(1), Ok(Report::Removed));
    assert_eq!((account.queue.count, account.place), (0, None));
}

#[test]
fn the_engine_names_the_leg() {
    assert_eq!(refused(&mut account(50 * USD), 0, false), EngineError::WrongLeg);
    // A market in which it has no leg is none
    let mut with_free = Account::new(50 * USD, &[(10_000, PRICE), (20_000, PRICE), (0, PRICE)]);
    assert_eq!(refused(&mut with_free, 2, false), EngineError::WrongLeg);
    // An entry binds, whatever leg is the larger one later
    let mut account = account(50 * USD);
    account.flag(1).unwrap();
    account.renew();
    account.set_price(0, 3 * PRICE);
    account.positions[0].cost = account.positions[0].lots.at(account.markets[0].price.oracle).unwrap();
    assert_eq!(account.survey().unwrap().leg_to_flag(), Some(0));
    assert!(!queued(account.flag(1).unwrap()).first);
}

#[test]
fn one_queue_at_a_time() {
    assert_eq!(refused(&mut account(50 * USD), 1, true), EngineError::FlaggedElsewhere);
    // Whether it is under maintenance is asked first
    assert_eq!(refused(&mut account(90 * USD), 1, true), EngineError::NotLiquidatable);
}

#[test]
fn an_entry_whose_leg_is_gone_is_removed_although_the_account_is_under_maintenance() {
    let mut account = account(20 * USD);
    account.flag(1).unwrap();
    let position = account.positions[1];
    account.markets[1].book.detach(&position).unwrap();
    account.positions[1] = Position::default();
    account.cash = Atoms(10 * USD);
    assert!(account.survey().unwrap().health.is_liquidatable());
    assert_eq!(account.flag(1), Ok(Report::Removed));
    assert!(queued(account.flag(0).unwrap()).first);
}

#[test]
fn an_entry_past_its_time_to_live_starts_anew() {
    let mut account = account(50 * USD);
    account.flag(1).unwrap();
    for _ in 0..TTL {
        account.renew();
    }
    let mut expired = account.clone();
    assert!(!queued(account.flag(1).unwrap()).first, "the last second is still in time");
    expired.renew();
    assert!(queued(expired.flag(1).unwrap()).first);
    let entry = expired.entry().unwrap();
    assert_eq!((entry.first_slot, entry.first_time, entry.first_publish_time), (131, NOW + 31, NOW + 31));
    assert_eq!(expired.queue.count, 1);
}

#[test]
fn an_entry_that_was_dropped_is_made_anew_at_another_place() {
    let mut account = account(50 * USD);
    account.flag(1).unwrap();
    // Given somebody else at its place
    account.queue.remove(&ACCOUNT, 0).unwrap();
    account.queue.insert(Entry { account: other(1), refreshed: NOW, ..Entry::default() }, 30, NOW).unwrap();
    let report = queued(account.flag(1).unwrap());
    assert!(report.first && report.place == 1 && report.dropped.is_none());
}

#[test]
fn a_full_queue_drops_its_smallest_for_a_larger_and_says_so() {
    let mut account = account(50 * USD);
    let key = account.health().key(account.markets[1].risk.key_drift).unwrap();
    for n in 0..CAPACITY {
        let key = Atoms(key.0 + 5 - u64::from(n == 77) * 6);
        let entry = Entry { account: other(n), key, refreshed: NOW, ..Entry::default() };
        account.queue.insert(entry, 30, NOW).unwrap();
    }
    let mut crowded = account.clone();
    let report = queued(account.flag(1).unwrap());
    assert_eq!((report.place, report.dropped), (77, Some(other(77))));
    crowded.queue.refresh(&other(77), 77, key, false, NOW).unwrap();
    assert_eq!(refused(&mut crowded, 1, false), EngineError::QueueFull);
}

proptest! {
    #![proptest_config(cases(2_000))]

    /// I-5 at the flag: an entry exists afterwards exactly where the account is under maintenance.
    #[test]
    fn the_queue_holds_whoever_is_under_maintenance(
        cash in 0..3_000 * USD,
        legs in prop::collection::vec((prop_oneof![100..100_000i64, -100_000..-100i64], PRICE - 6_000..PRICE + 6_000), 2..=8),
        later in PRICE - 3_000..PRICE + 3_000,
    ) {
        let mut account = Account::new(cash, &legs);
        let survey = account.survey().unwrap();
        let named = survey.leg_to_flag().unwrap();
        let liquidatable = survey.health.equity.0 < i64::try_from(survey.health.maintenance.0).unwrap();
        prop_assert_eq!(account.flag(named).is_ok(), liquidatable);
        prop_assert_eq!(account.entry().is_some(), liquidatable);
        prop_assert!(account.queue.invariant());
        // Whatever the price does, the next flag keeps or removes the entry, by the same rule
        if liquidatable {
            account.renew();
            account.set_price(0, later);
            let survey = account.survey().unwrap();
            let stays = survey.health.is_liquidatable() && survey.binds(Some(named));
            prop_assert!(account.flag(named).is_ok());
            prop_assert_eq!(account.entry().is_some(), stays);
            if let Some(entry) = account.entry() {
                prop_assert_eq!(entry.key, survey.health.key(account.markets[named].risk.key_drift).unwrap());
                prop_assert_eq!((entry.first_slot, entry.refreshed), (100, NOW + 1));
            }
        }
    }
}
