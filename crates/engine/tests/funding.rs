//! Funding: accrued at the old skew, paid up, received down, and the pool takes the net.
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

use common::{NOW, PRICE, cases, hold, nav, price, sol, sol_market};
use plimsoll_engine::{
    EngineError,
    deleverage::reduce,
    funding::{Accrued, accrue, rate, require_accrued},
    market::{Market, status},
    position::Position,
    units::{Atoms, Lots, Pnl, Size, Ticks, Wide},
};
use proptest::prelude::*;

/// What a side's positions owe, in 2^-32 atoms.
fn owed(market: &Market, long: bool) -> i128 {
    market.book.side(long).owed.get()
}

#[test]
fn the_rate_is_proportional_and_capped() {
    // 10 % a day at a full side of 70,000,000 lots, at most 5 % a day, per second with 64 fraction bits
    let risk = sol_market().risk;
    let full = (100_000u128 << 64) / (86_400 * 1_000_000);
    for (skew, expected) in [(0u64, 0), (7_000_000, full / 10), (35_000_000, full / 2), (35_000_001, full / 2)] {
        for sign in [1, -1] {
            let got = u128::from(rate(&risk, Lots(sign * skew as i64)).unwrap());
            assert!(got <= expected && got + 1 >= expected, "{skew} {got} {expected}");
        }
    }
    assert_eq!(rate(&risk, Lots(70_000_000)), Ok(risk.funding_cap));
}

#[test]
fn the_heavier_side_pays_and_the_pool_takes_the_net() {
    // Given 3,000 SOL long and 1,000 SOL short for an hour of fresh prices
    for sign in [1, -1] {
        let mut market = sol_market();
        let mut payer = hold(&mut market, sign * 3_000_000, PRICE);
        let mut receiver = hold(&mut market, -sign * 1_000_000, PRICE);
        market.price.publish_time = NOW + 3_600;
        let before = nav(&market);
        let report = accrue(&mut market, NOW + 3_600).unwrap();
        assert_eq!((report.seconds, report.skew), (3_600, Lots(sign * 2_000_000)));
        // 10 % x 2/70 over an hour on $450,000 is $53.57; a third of it goes on
        assert_eq!((report.paid.get() >> 32, report.received.get() >> 32), (53_571_428, 17_857_142));
        assert_eq!((owed(&market, sign > 0), -owed(&market, sign < 0)), (report.paid.get(), report.received.get()));
        assert_eq!(nav(&market) - before, 53_571_428 - 17_857_143);
        // Then each position finds it when touched, and nothing is left to charge but the roundings
        assert_eq!(market.book.touch(&mut payer, Ticks(PRICE)).unwrap().funding, Pnl(53_571_429));
        assert_eq!(market.book.touch(&mut receiver, Ticks(PRICE)).unwrap().funding, Pnl(-17_857_142));
        assert_eq!((owed(&market, true), owed(&market, false)), (0, 0));
        assert!(market.invariant());
    }
}

#[test]
fn a_17_funding_is_accrued_at_the_skew_that_was() {
    // Given no skew for an hour
    let mut market = sol_market();
    hold(&mut market, 1_000_000, PRICE);
    hold(&mut market, -1_000_000, PRICE);
    market.price.publish_time = NOW + 3_600;
    // When it accrues before somebody pushes the skew
    let report = accrue(&mut market, NOW + 3_600).unwrap();
    hold(&mut market, 30_000_000, PRICE);
    // Then the hour costs nothing, and nothing is accrued twice
    assert_eq!((report.rate, report.paid, owed(&market, true)), (0, Wide::ZERO, 0));
    let again = accrue(&mut market, NOW + 3_600).unwrap();
    assert_eq!((again.seconds, again.paid), (0, Wide::ZERO));
}

#[test]
fn a_new_price_accrues_at_the_old_one_first() {
    let mut market = sol_market();
    hold(&mut market, 3_000_000, PRICE);
    let mut other = market;
    let newer = plimsoll_engine::price::Price { publish_time: NOW + 20, ..price(PRICE * 2) };
    market.accept(newer, NOW + 20).unwrap();
    accrue(&mut other, NOW + 20).unwrap();
    assert_eq!((market.book, market.funding.accrued), (other.book, NOW + 20));
    assert!(owed(&market, true) > 0);
}

#[test]
fn nothing_accrues_for_stale_time() {
    // Given a price that may be used for 30 seconds
    let mut market = sol_market();
    hold(&mut market, 3_000_000, PRICE);
    let at = |market: &mut Market, now| accrue(market, now).unwrap().seconds;
    assert_eq!(at(&mut market, NOW + 20), 20);
    assert_eq!(at(&mut market, NOW + 500), 10);
    // Then a newer price does not pay for the time before it
    market.price.publish_time = NOW + 501;
    assert_eq!(at(&mut market, NOW + 502), 2);
    // And time that runs back counts nothing
    assert_eq!(at(&mut market, NOW + 400), 0);
    assert_eq!(market.funding.accrued, NOW + 502);
    assert_eq!(at(&mut market, NOW + 503), 1);
}

#[test]
fn nothing_accrues_without_a_price_or_in_a_settlement() {
    for change in [|m: &mut Market| m.price.oracle = Ticks(0), |m: &mut Market| m.status = status::SETTLING] {
        let mut market = sol_market();
        hold(&mut market, 3_000_000, PRICE);
        change(&mut market);
        let book = market.book;
        let report = accrue(&mut market, NOW + 10).unwrap();
        assert_eq!((report.seconds, report.paid, market.book), (0, Wide::ZERO, book));
    }
}

#[test]
fn an_action_needs_the_accrual_of_its_moment() {
    let mut market = sol_market();
    assert_eq!(require_accrued(&market, NOW), Ok(()));
    assert_eq!(require_accrued(&market, NOW + 1), Err(EngineError::FundingNotAccrued));
    accrue(&mut market, NOW + 1).unwrap();
    assert_eq!(require_accrued(&market, NOW + 1), Ok(()));
    market.status = status::SETTLING;
    assert_eq!(require_accrued(&market, NOW + 2), Ok(()), "nothing accrues any more");
}

#[test]
fn a_deleveraged_side_pays_for_the_lots_it_has_left() {
    // Given 3,000 SOL long of which half is left
    let mut market = sol_market();
    let mut position = hold(&mut market, 3_000_000, PRICE);
    reduce(&mut market.book.long, true, Size(1_500_000), Ticks(PRICE)).unwrap();
    market.price.publish_time = NOW + 3_600;
    let report = accrue(&mut market, NOW + 3_600).unwrap();
    // 10 % x 1.5/70 over an hour on $225,000 is $20.09
    assert_eq!(report.paid.get() >> 32, 20_089_285);
    let touched = market.book.touch(&mut position, Ticks(PRICE)).unwrap();
    assert_eq!((touched.funding, position.lots), (Pnl(20_089_286), Lots(1_500_000)));
}

#[test]
fn an_accrual_that_overflows_leaves_no_trace() {
    let mut market = sol_market();
    hold(&mut market, 3_000_000, PRICE);
    market.book.long.owed = Wide::of(i128::MAX);
    let before = market;
    assert_eq!(accrue(&mut market, NOW + 10), Err(EngineError::Overflow));
    assert_eq!(market, before);
}

#[test]
fn a_market_is_accrued_from_its_beginning() {
    let market = Market::new(common::risk_of(&sol()), NOW).unwrap();
    assert_eq!(market.funding.accrued, NOW);
    assert_eq!(Accrued::default().paid, Wide::ZERO);
}

proptest! {
    #![proptest_config(cases(300))]

    /// What longs and shorts are charged is at least what the others receive and the treasury's net, to the atom.
    #[test]
    fn what_is_paid_is_what_is_received_and_what_the_pool_takes(
        steps in proptest::collection::vec((0usize..12, -40_000i64..40_000, 1i64..40, 50_000u64..250_000), 1..80),
    ) {
        let mut market = sol_market();
        market.book.treasury = Atoms(1 << 50);
        let mut positions = [Position::default(); 12];
        let (mut now, mut paid, mut received, mut exact) = (NOW, 0i64, 0i64, 0i128);
        let mut funded = |positions: &mut Position, market: &mut Market| {
            let funding = market.book.touch(positions, market.price.oracle).unwrap().funding.0;
            paid += funding.max(0);
            received += (-funding).max(0);
        };
        for (who, lots, seconds, at) in steps {
            now += seconds;
            let report = accrue(&mut market, now).unwrap();
            // The payer's side owes at least what the other is owed, lot for lot
            prop_assert!(report.paid.get() >= 0 && report.received.get() >= 0);
            let (long, short) = (market.book.long.lots.0, market.book.short.lots.0);
            prop_assert!(report.paid.get() * i128::from(long.min(short)) >= report.received.get() * i128::from(long.max(short)));
            exact += report.paid.get() - report.received.get();
            market.price = price(at);
            market.price.publish_time = now;
            funded(&mut positions[who], &mut market);
            // Only within one's side, to keep the test about funding
            let after = positions[who].lots.0 + lots;
            let lots = if positions[who].lots.0 * after < 0 { -positions[who].lots.0 } else { lots };
            let cost = Lots(lots).at(Ticks(at)).unwrap();
            market.book.novate(&mut positions[who], Lots(lots), cost).unwrap();
            if positions[who].lots.0 == 0 {
                let claim = Pnl(-positions[who].cost.0);
                market.book.settle(&mut positions[who], claim).unwrap();
            }
            prop_assert!(market.invariant());
        }
        now += 1;
        exact += { let r = accrue(&mut market, now).unwrap(); r.paid.get() - r.received.get() };
        let before = nav(&market);
        let skew_free = |market: &Market| market.nav().unwrap().0;
        for position in &mut positions {
            funded(position, &mut market);
        }
        let net = i128::from(paid) - i128::from(received);
        prop_assert!(net << 32 >= exact, "{net} {exact}");
        prop_assert!(net <= (exact >> 32) + 1 + 12 + 80, "{net} {exact}");
        prop_assert!((0..=24).contains(&(skew_free(&market) - before)));
        prop_assert!(owed(&market, true).abs() < 1 << 32 && owed(&market, false).abs() < 1 << 32);
    }
}
