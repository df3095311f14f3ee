//! The guardian only tightens, for a bounded time, and exits stay open under every level.
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

use common::{NOW, PRICE, USD, cases, hold, sol_market};
use plimsoll_engine::{
    EngineError,
    exit::{self, Exit},
    guard::{Guard, HALTED_FOR, REDUCE_ONLY_FOR, REST},
    insurance::Insurance,
    market::{Market, status},
    order::{Order, Request},
    shares::provide,
    sizing::size_for_risk,
    trade::{Rest, fill},
    units::{Atoms, Lots, Ticks},
    withdraw::require_allowed,
};
use proptest::prelude::*;

const HOUR: i64 = 3_600;

fn held(level: u8) -> Guard {
    let mut guard = Guard::default();
    guard.tighten(level, NOW).unwrap();
    guard
}

#[test]
fn a_hold_ends_by_itself() {
    for (level, longest) in [(status::REDUCE_ONLY, REDUCE_ONLY_FOR), (status::HALTED, HALTED_FOR)] {
        let guard = held(level);
        for (time, floor) in [(0, level), (longest - 1, level), (longest, 0), (longest + 1, 0)] {
            assert_eq!(guard.floor(NOW + time), floor, "{level} after {time} s");
        }
    }
}

#[test]
fn nothing_else_can_be_set() {
    for level in [status::ACTIVE, status::SETTLING, status::SETTLED, 255] {
        let mut guard = Guard::default();
        assert_eq!(guard.tighten(level, NOW), Err(EngineError::ParameterOutOfBounds));
        assert_eq!(guard, Guard::default());
    }
}

#[test]
fn it_rests_as_long_as_it_lasted_and_an_hour_at_least() {
    // Given a hold that ran out
    let mut guard = held(status::HALTED);
    let end = NOW + 2 * HALTED_FOR;
    for early in [HALTED_FOR, 2 * HALTED_FOR - 1] {
        assert_eq!(guard.tighten(status::REDUCE_ONLY, NOW + early), Err(EngineError::GuardRests));
    }
    assert!(guard.tighten(status::REDUCE_ONLY, end).is_ok());
    // And one that was ended after ten seconds
    guard.loosen(end + 10).unwrap();
    assert_eq!((guard.floor(end + 9), guard.floor(end + 10)), (status::REDUCE_ONLY, status::ACTIVE));
    assert_eq!(guard.tighten(status::HALTED, end + 10 + REST - 1), Err(EngineError::GuardRests));
    assert!(guard.tighten(status::HALTED, end + 10 + REST).is_ok());
}

#[test]
fn another_level_does_not_begin_another_hold() {
    let mut guard = held(status::REDUCE_ONLY);
    // In its first day it may halt, to the end of that day
    assert!(guard.tighten(status::HALTED, NOW).is_ok());
    assert!(guard.tighten(status::REDUCE_ONLY, NOW).is_ok());
    guard.tighten(status::HALTED, NOW + 23 * HOUR).unwrap();
    assert_eq!((guard.since, guard.until), (NOW, NOW + HALTED_FOR));
    // And back to reduce-only, to the end of the third
    guard.tighten(status::REDUCE_ONLY, NOW + 23 * HOUR).unwrap();
    assert_eq!((guard.since, guard.until), (NOW, NOW + REDUCE_ONLY_FOR));
    assert_eq!(guard.tighten(status::HALTED, NOW + HALTED_FOR), Err(EngineError::GuardRests));
    assert_eq!(guard.until, NOW + REDUCE_ONLY_FOR);
}

#[test]
fn only_what_is_held_can_be_let_go() {
    assert_eq!(Guard::default().loosen(NOW), Err(EngineError::NothingHeld));
    let mut guard = held(status::HALTED);
    assert_eq!(guard.loosen(NOW + HALTED_FOR), Err(EngineError::NothingHeld));
    guard.loosen(NOW).unwrap();
    assert_eq!(guard.loosen(NOW), Err(EngineError::NothingHeld));
    assert!(guard.invariant());
}

#[test]
fn a_new_market_takes_no_risk_before_it_opens_and_no_hold_brings_that_forward() {
    let mut guard = Guard::opening(NOW + 8 * 86_400);
    assert_eq!(guard.floor(NOW), status::REDUCE_ONLY);
    guard.tighten(status::HALTED, NOW).unwrap();
    assert_eq!(guard.floor(NOW), status::HALTED);
    guard.loosen(NOW + 1).unwrap();
    assert_eq!(guard.floor(NOW + 8 * 86_400 - 1), status::REDUCE_ONLY);
    assert_eq!(guard.floor(NOW + 8 * 86_400), status::ACTIVE);
}

#[test]
fn the_more_severe_counts_and_a_settlement_is_never_masked() {
    for own in [status::ACTIVE, status::REDUCE_ONLY, status::HALTED, status::SETTLING, status::SETTLED] {
        for level in [status::REDUCE_ONLY, status::HALTED] {
            let market = Market { status: own, guard: held(level), ..sol_market() };
            assert_eq!(market.status_at(NOW), own.max(level));
            assert_eq!(market.status_at(NOW + REDUCE_ONLY_FOR), own);
        }
    }
}

/// The market held to a level, by its own status or by the guardian.
fn both_ways(level: u8) -> [Market; 2] {
    let mut market = sol_market();
    market.lp_shares = 1_000_000;
    let own = Market { status: level, ..market };
    if level > status::ACTIVE {
        market.guard = held(level);
    }
    [own, market]
}

#[test]
fn i_12_a_hold_stops_new_risk_and_no_exit() {
    for (level, grows, pool) in
        [(status::ACTIVE, true, true), (status::REDUCE_ONLY, false, true), (status::HALTED, false, false)]
    {
        for mut market in both_ways(level) {
            let position = hold(&mut market, 1_000_000, PRICE);
            let trade = |lots: i64| {
                let limit = Ticks(if lots > 0 { 2 * PRICE } else { 1 });
                let order = Order { lots: Lots(lots), limit, placed_at: NOW - 3, ..Order::default() };
                fill(Atoms(50_000 * USD), &Rest::default(), &position, &market, &order, &market.price).is_ok()
            };
            assert_eq!(trade(1_000), grows, "{level}");
            assert!(trade(-1_000) && trade(-1_000_000), "{level}");
            let asked = Request { lots: Lots(-1), limit: Ticks(1), reduce_only: true, trigger: None };
            assert!(Order::place(&mut Atoms(USD), &market, &asked, 0, NOW).is_ok(), "{level}");
            assert_eq!(size_for_risk(&market, Atoms(USD), Ticks(PRICE - 1_000), NOW).is_ok(), grows, "{level}");
            assert_eq!(market.require_running(NOW).is_ok(), pool, "{level}");
            assert!(market.fresh_price(NOW).is_ok() && require_allowed(Atoms(1), Atoms(1), false).is_ok());
            let mut other = market;
            assert_eq!(provide(&mut other, Atoms(1_000 * USD), NOW).is_ok(), pool, "{level}");
            assert_eq!(request(&market).is_ok(), pool, "{level}");
            let mut claimed = market;
            claimed.book.insurance_claim = Atoms(1);
            assert!(Insurance::default().collect(&mut claimed, NOW).is_ok(), "{level}");
        }
    }
}

fn request(market: &Market) -> plimsoll_engine::Result<()> {
    exit::request(&mut Exit::default(), 10, market, 10, NOW)
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn whatever_a_guardian_does_a_market_is_free_as_long_as_it_was_held(
        calls in proptest::collection::vec((0u8..4, prop_oneof![0i64..10, 0i64..7_200, 0i64..400_000]), 1..80),
    ) {
        let (mut guard, mut now) = (Guard::default(), NOW);
        let mut ends: Vec<(i64, i64)> = Vec::new();
        for (call, seconds) in calls {
            now += seconds;
            let before = guard;
            let done = if call == 0 { guard.loosen(now) } else { guard.tighten(call, now) };
            prop_assert!(guard.invariant());
            if done.is_err() {
                prop_assert_eq!(guard, before);
                continue;
            }
            if guard.since != before.since || before.until == 0 {
                // A hold began: the one before it is over for as long as it lasted
                if before.until > 0 {
                    ends.push((before.since, before.until));
                    prop_assert!(now - before.until >= (before.until - before.since).max(REST));
                }
            }
            prop_assert!(guard.floor(now) <= status::HALTED);
            prop_assert!(guard.level != status::HALTED || guard.until - guard.since <= HALTED_FOR);
        }
        prop_assert!(ends.iter().all(|(since, until)| until - since <= REDUCE_ONLY_FOR));
    }
}

#[test]
fn what_the_market_is_held_to_closes_no_leg_while_it_lasts() {
    let mut market = sol_market();
    market.hold(status::HALTED, NOW).unwrap();
    let position = common::hold(&mut market, 1_000, common::PRICE);
    let state = |market: &Market| plimsoll_engine::valuation::value(&position, market, NOW, None).unwrap().state;
    assert_eq!(state(&market), plimsoll_engine::valuation::PriceState::Halted);
    market.hold(status::ACTIVE, NOW).unwrap();
    assert_eq!(state(&market), plimsoll_engine::valuation::PriceState::Normal);
    assert_eq!(market.hold(status::ACTIVE, NOW), Err(EngineError::NothingHeld));
}
