//! Accepting a price: what it moves, and what it does not.
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

use common::{NOW, PRICE, USD, cases, health, hold, market_of, price, sol, sol_market};
use plimsoll_engine::{
    EngineError,
    accept::Accepted,
    cascade::Cascade,
    funding::Funding,
    margin::{initial_requirement, maintenance},
    market::{Market, status},
    price::Price,
    units::{Atoms, Ratio, Reciprocal, Size, Ticks},
    watch::Watch,
};
use proptest::prelude::*;

/// An update `seconds` after [`NOW`], the first after a minute's boundary.
fn sample(oracle: u64, seconds: i64) -> Price {
    Price { publish_time: NOW + seconds, previous_publish_time: NOW + seconds - 60, ..price(oracle) }
}

fn accept(market: &mut Market, oracle: u64, seconds: i64) -> Accepted {
    market.accept(sample(oracle, seconds), NOW + seconds).unwrap()
}

/// A market that has measured wild swings for an hour.
fn wild() -> Market {
    let mut market = sol_market();
    for minute in 1..=60 {
        accept(&mut market, if minute % 2 == 0 { PRICE } else { PRICE * 103 / 100 }, minute * 60);
    }
    market
}

#[test]
fn a_price_moves_everything_that_is_measured() {
    let mut market = sol_market();
    let accepted = accept(&mut market, PRICE, 60);
    assert!(accepted.sampled);
    assert_eq!(market.price, sample(PRICE, 60));
    assert_eq!(accepted.volatility, market.risk.volatility_floor);
    // A jump of 10 % within a minute
    let before = market;
    let accepted = accept(&mut market, PRICE * 11 / 10, 120);
    let model = market.volatility.coefficients(&market.risk).unwrap();
    assert!(model.base > before.risk.base && model.key_scale > before.risk.key_scale);
    assert_eq!((market.risk.base_model, market.risk.key_scale), (model.base, model.key_scale));
    // What is in force waits for its notice, which began now
    assert_eq!((market.risk.base, market.risk.impact), (before.risk.base, before.risk.impact));
    assert_eq!((market.base_notice.level, market.base_notice.announced), (model.base.0, NOW + 120));
    assert_eq!((accepted.base_model, accepted.base), (model.base, before.risk.base));
    assert_eq!((accepted.impact, accepted.cascade), (before.risk.impact, Ratio::ONE));
    assert_eq!(accepted.volatility, market.volatility.sigma(&market.risk));
    assert!(market.invariant());
}

#[test]
fn what_is_no_sample_moves_the_price_only() {
    let mut market = sol_market();
    accept(&mut market, PRICE, 60);
    let before = market;
    let update = Price { publish_time: NOW + 70, previous_publish_time: NOW + 69, ..price(PRICE * 2) };
    let accepted = market.accept(update, NOW + 70).unwrap();
    assert!(!accepted.sampled);
    // And the moment up to which funding is accrued, and what the sources agreed on
    let watch = Watch { agreed: update.oracle, agreed_at: NOW + 70, ..before.watch };
    assert_eq!(market, Market { price: update, funding: Funding { accrued: NOW + 70 }, watch, ..before });
}

#[test]
fn what_may_not_replace_the_last_price_changes_nothing() {
    let mut market = sol_market();
    market.volatility.sampled_at = NOW;
    let before = market;
    for (seconds, later, refused) in
        [(0, 5, EngineError::PriceNotNewer), (1, 32, EngineError::PriceTooOld), (9, 7, EngineError::PriceFromFuture)]
    {
        assert_eq!(market.accept(sample(PRICE * 2, seconds), NOW + later), Err(refused));
        assert_eq!(market, before);
    }
}

#[test]
fn a_18_a_later_update_that_lands_first_keeps_none_from_being_a_sample() {
    // Given the last update of the minute's first seconds, which is no sample, landed before the first of them
    let mut market = sol_market();
    accept(&mut market, PRICE, 45);
    let first = Price { publish_time: NOW + 100, previous_publish_time: NOW + 99, ..price(PRICE * 11 / 10) };
    let later = Price { publish_time: NOW + 103, previous_publish_time: NOW + 102, ..price(PRICE * 12 / 10) };
    let mut in_order = market;
    market.accept(later, NOW + 103).unwrap();
    let before = market;
    // When the first lands after it, then it is the sample it would have been, and the price stays
    let accepted = market.accept(first, NOW + 104).unwrap();
    assert_eq!((accepted.sampled, accepted.late), (true, true));
    in_order.accept(first, NOW + 103).unwrap();
    in_order.accept(later, NOW + 103).unwrap();
    assert_eq!((market.volatility, market.price), (in_order.volatility, before.price));
    assert!(market.volatility.variance > before.volatility.variance);
    assert_eq!(market.risk.base_model, in_order.risk.base_model);
    assert_eq!(market.base_notice.announced, NOW + 104);
    // Neither twice, nor what is no sample, nor one of a boundary before the last sample's, nor what is old or to come
    let refused = |price: Price, now: i64| market.clone().accept(price, now).unwrap_err();
    assert_eq!(refused(first, NOW + 104), EngineError::PriceNotNewer);
    let earlier = Price { publish_time: NOW + 99, previous_publish_time: NOW + 98, ..first };
    assert_eq!(refused(earlier, NOW + 104), EngineError::PriceNotNewer);
    let skipped = Price { publish_time: NOW + 99, previous_publish_time: NOW + 30, ..first };
    assert_eq!(refused(skipped, NOW + 104), EngineError::PriceNotNewer);
    market = before;
    assert_eq!(market.clone().accept(first, NOW + 131).unwrap_err(), EngineError::PriceNotNewer);
    assert_eq!(market.clone().accept(first, NOW + 98).unwrap_err(), EngineError::PriceFromFuture);
    assert!(market.accept(first, NOW + 130).is_ok());
}

#[test]
fn maintenance_rises_late_and_slowly_and_falls_at_once() {
    // Given a measured volatility that asks for more
    let mut market = wild();
    let (calm, model) = (sol_market().risk.base, market.risk.base_model);
    assert!(common::float(model) > 1.5 * common::float(calm));
    assert_eq!(market.risk.base, calm);
    let announced = market.base_notice.announced;
    // When the notice is over and prices have stayed as wild
    for minute in 61..=61 + 1_440 {
        accept(&mut market, if minute % 2 == 0 { PRICE } else { PRICE * 103 / 100 }, minute * 60);
        let over = NOW + minute * 60 - announced - 86_400;
        let most = common::float(calm) * (1.0 + 0.02 * over.max(0) as f64 / 3_600.0);
        assert!(common::float(market.risk.base) <= most + 1e-9);
    }
    assert!(market.risk.base > calm);
    // Then a model below it is in force with the same update
    market.volatility.variance = 0;
    let last = market.price.oracle.0;
    accept(&mut market, last, 1_502 * 60);
    assert_eq!((market.risk.base, market.base_notice.level), (calm, 0));
}

#[test]
fn impact_waits_for_its_notice_too() {
    let mut market = sol_market();
    let shallow = Reciprocal(market.risk.impact.0 * 2);
    market.risk.impact_model = shallow;
    let before = market.risk.impact;
    accept(&mut market, PRICE, 60);
    assert_eq!((market.risk.impact, market.impact_notice.level), (before, shallow.0));
    accept(&mut market, PRICE, 60 + 86_400 + 3_600);
    assert!(market.risk.impact > before && market.risk.impact.0 <= before.0 + before.0 / 50);
    market.risk.impact_model = Reciprocal(before.0 / 2);
    let accepted = accept(&mut market, PRICE, 60 + 86_400 + 3_660);
    assert_eq!((accepted.impact, market.risk.impact), (Reciprocal(before.0 / 2), Reciprocal(before.0 / 2)));
}

#[test]
fn an_accepted_price_ends_a_cascade_or_measures_it_anew() {
    let mut market = sol_market();
    market.cascade = Cascade { started: NOW, price: Ticks(PRICE), liquidated: Atoms(200_000 * USD) };
    let accepted = accept(&mut market, PRICE, 1);
    assert!((common::float(accepted.cascade) - 2.0).abs() < 1e-6);
    assert_eq!(market.risk.cascade_multiple, accepted.cascade);
    accept(&mut market, PRICE - 2_250, 59);
    assert!((common::float(market.risk.cascade_multiple) - 2.0 / 1.5).abs() < 1e-6);
    accept(&mut market, PRICE, 60);
    assert_eq!((market.risk.cascade_multiple, market.cascade), (Ratio::ONE, Cascade::default()));
}

#[test]
fn the_second_source_is_stored_and_measures_nothing() {
    let mut market = sol_market();
    assert_eq!(market.accept_second(sample(PRICE, 1), NOW + 1), Err(EngineError::NoSecondSource));
    market.flags = 1;
    let before = market;
    market.accept_second(sample(PRICE * 2, 1), NOW + 1).unwrap();
    // What is remembered is that they disagree.
    let watch = Watch { disagreed_since: NOW + 1, ..before.watch };
    assert_eq!(market, Market { second: sample(PRICE * 2, 1), watch, ..before });
    let refused = market.accept_second(sample(PRICE, 1), NOW + 1);
    assert_eq!((refused, market.second), (Err(EngineError::PriceNotNewer), sample(PRICE * 2, 1)));
}

#[test]
fn a_settlement_takes_no_price_of_either_source() {
    let mut market = sol_market();
    market.flags = 1;
    for settling in [status::SETTLING, status::SETTLED] {
        market.status = settling;
        let before = market;
        assert_eq!(market.accept_second(sample(PRICE, 1), NOW + 1), Err(EngineError::MarketNotOpen));
        assert_eq!(market.accept(sample(PRICE, 1), NOW + 1), Err(EngineError::MarketNotOpen));
        assert_eq!(market, before);
    }
}

#[test]
fn a_14_initial_margin_does_not_fall_behind_what_is_in_force() {
    // Given maintenance that has risen to what wild prices ask for
    let mut market = wild();
    market.risk.base = market.risk.base_model;
    let in_force = maintenance(&market.risk, Atoms(1_500 * USD)).unwrap();
    // When volatility as measured halves, but for what is in force
    let mut calm = market;
    calm.risk.base_model = Ratio(market.risk.base_model.0 / 2);
    // Then a new position needs what it needed before
    let requirement =
        |market: &Market| initial_requirement(&market.risk, &market.book, Size(10_000), true, Ticks(PRICE)).unwrap();
    assert_eq!(requirement(&calm), requirement(&market));
    assert!(requirement(&calm).0 as f64 * 0.55 + 1.0 >= in_force.0 as f64);
}

proptest! {
    #![proptest_config(cases(300))]

    /// Whatever is posted and in whatever order within a minute: where each sample lands before the next minute's does,
    /// what is measured is the same.
    #[test]
    fn a_18_posters_choose_neither_samples_nor_their_order(
        path in prop::collection::vec((PRICE - 5_000..PRICE + 5_000, 1i64..9), 1..120), posted in any::<u64>(), late in 0i64..8,
    ) {
        let (mut honest, mut raced, mut time) = (sol_market(), sol_market(), NOW);
        let mut updates = Vec::new();
        for (oracle, gap) in path {
            updates.push(Price { publish_time: time + gap, previous_publish_time: time, ..price(oracle) });
            time += gap;
        }
        for update in &updates {
            honest.accept(*update, update.publish_time).unwrap();
        }
        let mut waiting: Option<Price> = None;
        for (n, update) in updates.iter().enumerate() {
            let sampled = update.publish_time / 60 > update.previous_publish_time / 60;
            if let Some(sample) = waiting.filter(|sample| sampled || update.publish_time > sample.publish_time + late) {
                raced.accept(sample, update.publish_time).unwrap();
                waiting = None;
            }
            if sampled {
                waiting = Some(*update);
            } else if posted >> (n % 64) & 1 == 1 {
                raced.accept(*update, update.publish_time).unwrap();
            }
        }
        if let Some(sample) = waiting {
            raced.accept(sample, time).unwrap();
        }
        prop_assert_eq!(honest.volatility, raced.volatility);
    }

    #[test]
    fn a_14_initial_margin_is_never_below_what_is_in_force_over_rho(
        path in proptest::collection::vec((50_000u64..400_000, prop_oneof![1i64..100, 3_000i64..100_000]), 1..60), lots in 100u64..20_000_000,
    ) {
        let mut market = sol_market();
        let mut time = 0;
        for (oracle, seconds) in path {
            time += seconds;
            accept(&mut market, oracle, time);
            let notional = Size(lots).at(Ticks(oracle)).unwrap();
            let required = initial_requirement(&market.risk, &market.book, Size(lots), true, Ticks(oracle)).unwrap();
            let in_force = maintenance(&market.risk, notional).unwrap();
            prop_assert!(u128::from(required.0) * 55 >= u128::from(in_force.0) * 100 - 200);
            prop_assert!(market.invariant());
        }
    }

    #[test]
    fn i_11_volatility_alone_makes_nobody_liquidatable_within_the_notice(
        path in proptest::collection::vec((100_000u64..200_000, 1i64..3_000), 1..60), lots in 100u64..20_000_000,
    ) {
        // Given an account that has exactly what it needs at $150, and pays no funding
        let mut market = market_of(&sol(), PRICE, 1 << 60);
        market.risk.funding_slope = 0;
        let position = hold(&mut market, lots as i64, PRICE);
        let cash = health(0, &[(&position, &market)]).maintenance.0;
        // When prices do anything, and are back within the notice
        let mut time = 0;
        for (oracle, seconds) in path {
            time += seconds;
            accept(&mut market, oracle, time.min(86_390));
            if time >= 86_390 {
                break;
            }
        }
        accept(&mut market, PRICE, time.min(86_390) + 1);
        prop_assert!(!health(cash, &[(&position, &market)]).is_liquidatable());
    }
}

#[test]
fn news_are_told_by_their_times_alone() {
    let mut market = sol_market();
    let at = |seconds: i64| Price {
        publish_time: NOW + seconds,
        previous_publish_time: NOW + seconds - 1,
        ..Price::default()
    };
    assert!(market.is_news(&at(1), NOW + 1) && !market.is_news(&at(0), NOW + 1) && !market.is_news(&at(-5), NOW + 1));
    // But a sample that is missing.
    market.volatility.sampled_at = NOW - 600;
    assert!(market.is_news(&Price { previous_publish_time: NOW - 60, ..at(0) }, NOW + 1));
}
