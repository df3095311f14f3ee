//! One look at a whole account.
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

use common::{NOW, PRICE, USD, account::Account, cases, hold, leg, sol_market};
use plimsoll_engine::{
    EngineError,
    account::Initial,
    margin::leg_initial,
    survey::{Survey, initial_value},
    trade::Rest,
    units::{Atoms, Pnl, Ratio},
};
use proptest::prelude::*;

#[test]
fn it_adds_up_every_leg() {
    // Given a long that lost, a short that gained and a free leg between them
    let mut account = Account::new(500 * USD, &[(10_000, PRICE + 1_000), (0, PRICE), (-20_000, PRICE + 500)]);
    account.markets[2].price.publish_time = NOW - 3;
    // When it is looked at
    let survey = account.survey().unwrap();
    // Then its health is the sum, each leg stands at its place with its market's charge, and the ages are those used
    assert_eq!(survey.health, account.health());
    for place in [0, 2] {
        assert_eq!(survey.leg(place), leg(&account.positions[place], &account.markets[place]));
        assert_eq!(survey.legs[place].0, account.markets[place].risk.charge);
    }
    assert_eq!(survey.legs[1], Default::default());
    assert_eq!(survey.used, [true, false, true, false, false, false, false, false]);
    assert_eq!((survey.newest, survey.now, survey.newer_than), (NOW, NOW, None));
    assert!(survey.is_current() && survey.may_close(0) && !survey.may_close(9));
    assert!(survey.has_several_legs());
    assert!(!Account::new(1, &[(10_000, PRICE)]).survey().unwrap().has_several_legs());
    assert_eq!(survey.leg(9), Default::default());
}

#[test]
fn a_leg_without_a_price_or_a_ninth_is_refused_and_changes_nothing() {
    let mut market = sol_market();
    let position = hold(&mut market, 1_000, PRICE);
    let mut survey = Survey::of_cash(Atoms(7), NOW + 31).unwrap();
    let before = format!("{survey:?}");
    market.price.oracle.0 = 0;
    assert_eq!(survey.add(0, &position, &market), Err(EngineError::PriceTooOld));
    market.price.oracle.0 = PRICE;
    market.price.publish_time = NOW + 1;
    assert_eq!(survey.add(8, &position, &market), Err(EngineError::Overflow));
    assert_eq!(format!("{survey:?}"), before);
    survey.add(7, &position, &market).unwrap();
}

#[test]
fn fees_of_orders_count_only_where_the_account_would_be_bankrupt_without_them() {
    let with = |cash, escrow| {
        let mut account = Account::new(cash, &[(10_000, PRICE + 1_000)]);
        account.escrow = Atoms(escrow);
        let survey = account.survey().unwrap();
        (survey.health.cash.0, survey.health.equity.0, survey.escrow.0, survey.order_fees.0)
    };
    // The leg has lost ten dollars
    assert_eq!(with(10 * USD, 5), (10 * USD + 5, 5, 5, 5));
    assert_eq!(with(10 * USD + 1, 5), (10 * USD + 1, 1, 5, 0));
    assert_eq!(with(9 * USD, 5), (9 * USD + 5, 5 - USD as i64, 5, 5));
    assert_eq!(with(10 * USD, 0), (10 * USD, 0, 0, 0));
}

#[test]
fn after_a_close_the_fees_that_remain_count_likewise() {
    let mut account = Account::new(10 * USD + 1, &[(10_000, PRICE + 1_000)]);
    account.escrow = Atoms(5);
    let survey = account.survey().unwrap();
    let of = |cash| common::health(cash, &[]);
    assert_eq!(survey.with_fees(of(0)).unwrap(), of(5));
    assert_eq!(survey.with_fees(of(3)).unwrap(), of(3));
    // Fees that were counted already became cash
    account.cash = Atoms(10 * USD);
    assert_eq!(account.survey().unwrap().with_fees(of(0)).unwrap(), of(0));
}

#[test]
fn the_flagged_leg_binds_while_closing_it_helps_or_nothing_does() {
    // Given two legs, of which the second requires more
    let mut account = Account::new(60 * USD, &[(10_000, PRICE), (20_000, PRICE)]);
    let survey = account.survey().unwrap();
    assert_eq!((survey.leg_to_close(), survey.leg_to_flag()), (Some(1), Some(1)));
    // Then either binds, because closing either helps; a place without lots never does
    assert!(survey.binds(Some(0)) && survey.binds(Some(1)));
    assert!(!survey.binds(Some(2)) && !survey.binds(Some(9)) && !survey.binds(None));
    // Where none helps either binds too, and the larger one is to be flagged
    account.cash = Atoms(10 * USD);
    let mut survey = account.survey().unwrap();
    assert_eq!((survey.leg_to_close(), survey.leg_to_flag()), (None, Some(1)));
    assert!(survey.binds(Some(0)) && survey.binds(Some(1)));
    // But neither a free place nor a debt without lots, as long as there is equity
    assert!(!survey.binds(Some(2)));
    survey.legs[2].1.pnl = Pnl(-5);
    assert!(!survey.binds(Some(2)));
    survey.health.equity = Pnl(0);
    assert!(survey.binds(Some(2)), "a bankrupt's debt is something to close");
}

#[test]
fn a_leg_whose_loss_no_cash_pays_does_not_bind_beside_one_that_can_be_closed() {
    // Given a large loss without cash, and a profit that carries it
    let account = Account::new(0, &[(20_000, PRICE + 1_000), (10_000, PRICE - 6_000)]);
    let survey = account.survey().unwrap();
    assert_eq!(survey.leg_to_close(), Some(1), "its profit pays the rest");
    assert!(survey.binds(Some(1)) && !survey.binds(Some(0)));
}

#[test]
fn a_leg_whose_close_costs_more_than_it_frees_does_not_bind_beside_another() {
    // Given a leg that is charged more than it requires
    let mut account = Account::new(50 * USD, &[(20_000, PRICE), (20_000, PRICE)]);
    account.markets[0].risk.charge = Ratio::from_ppm_ceil(100_000).unwrap();
    let survey = account.survey().unwrap();
    assert_eq!(survey.leg_to_close(), Some(1));
    assert!(!survey.binds(Some(0)) && survey.binds(Some(1)));
}

#[test]
fn while_every_price_is_missing_a_leg_binds_if_closing_it_would_help_or_it_is_to_be_flagged() {
    let stale = |account: &Account| Account { now: NOW + 31, ..account.clone() }.survey().unwrap();
    // Given two legs that would both help: either binds
    let account = Account::new(60 * USD, &[(10_000, PRICE), (20_000, PRICE)]);
    let survey = stale(&account);
    assert_eq!((survey.leg_to_close(), survey.leg_to_flag(), survey.none_helps()), (None, Some(1), false));
    assert!(survey.binds(Some(0)) && survey.binds(Some(1)));
    // Given two losses that no cash pays: only the one that is to be flagged binds
    let account = Account::new(0, &[(10_000, PRICE + 500), (20_000, PRICE + 500), (30_000, PRICE - 4_000)]);
    let mut survey = stale(&account);
    assert_eq!((survey.leg_to_close(), survey.leg_to_flag(), survey.none_helps()), (None, Some(2), false));
    assert!(survey.binds(Some(2)) && !survey.binds(Some(0)) && !survey.binds(Some(1)));
    // None of it can be paid once the profit is gone from the leg: it stays the one to flag
    survey.legs[2].1.pnl = Pnl(-1);
    assert_eq!(survey.leg_to_flag(), Some(2));
    assert!(survey.binds(Some(2)) && !survey.binds(Some(1)));
    // Where none would help any of them binds, because none can be closed now
    let account = Account::new(10 * USD, &[(10_000, PRICE), (20_000, PRICE)]);
    let mut survey = stale(&account);
    survey.legs.iter_mut().for_each(|(charge, _)| *charge = Ratio::ONE);
    assert!(survey.none_helps() && survey.binds(Some(0)) && survey.binds(Some(1)));
    // But not beside one that can
    survey.stale[1] = false;
    assert!(!survey.binds(Some(0)) && survey.binds(Some(1)));
}

#[test]
fn all_legs_in_use_and_no_others_are_required() {
    let account = Account::new(500 * USD, &[(10_000, PRICE), (0, PRICE), (-20_000, PRICE)]);
    let survey = account.survey().unwrap();
    for good in [[0, 2], [2, 0]] {
        assert_eq!(survey.require_all(&good), Ok(()));
    }
    for bad in [vec![], vec![0], vec![0, 0], vec![0, 1], vec![0, 1, 2], vec![0, 2, 2]] {
        assert_eq!(survey.require_all(&bad), Err(EngineError::MissingLeg), "{bad:?}");
    }
}

#[test]
fn initial_margin_needs_a_fresh_price_and_is_that_of_the_leg() {
    let mut market = sol_market();
    let position = hold(&mut market, 1_000, PRICE - 7);
    let expected = leg_initial(&position, &market.risk, &market.book, &market.price).unwrap();
    assert_eq!(initial_value(&position, &market, NOW + 30), Ok(expected));
    assert_eq!(initial_value(&position, &market, NOW + 31), Err(EngineError::PriceTooOld));
    // The rest of an account is the sum of both margins, without cash
    let mut rest = Rest::default();
    rest.add(&position, &market, NOW).unwrap();
    rest.add(&position, &market, NOW).unwrap();
    let mut initial = Initial::default();
    initial.add(&expected).unwrap();
    initial.add(&expected).unwrap();
    assert_eq!(rest.initial, initial);
    assert_eq!(rest.health, common::health(0, &[(&position, &market), (&position, &market)]));
    assert_eq!(rest.lacking, None);
    // A leg without a price for new risk counts for maintenance alone, its credit with it, and the rest says so
    let before = rest;
    rest.add(&position, &market, NOW + 31).unwrap();
    assert_eq!((rest.initial, rest.lacking), (before.initial, Some(EngineError::PriceTooOld)));
    assert!(rest.health.credit > before.health.credit && rest.health.maintenance > before.health.maintenance);
}

/// Two to eight legs of at most $15,000, entered within four per cent of the price.
pub fn legs() -> impl Strategy<Value = Vec<(i64, u64)>> {
    let lots = prop_oneof![100..100_000i64, -100_000..-100i64];
    prop::collection::vec((lots, PRICE - 6_000..PRICE + 6_000), 2..=8)
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn what_is_to_be_flagged_binds_and_a_replacement_by_itself_changes_nothing(
        cash in 0..4_000 * USD,
        escrow in 0..50 * USD,
        legs in legs(),
    ) {
        let mut account = Account::new(cash, &legs);
        account.escrow = Atoms(escrow);
        let survey = account.survey().unwrap();
        prop_assert!(survey.binds(survey.leg_to_flag()));
        if let Some(chosen) = survey.leg_to_close() {
            prop_assert_eq!(survey.leg_to_flag(), Some(chosen));
        }
        for place in 0..8 {
            prop_assert_eq!(survey.replaced(survey.health.cash, place, &survey.leg(place)).unwrap(), survey.health);
        }
        // Fees never make an account bankrupt that was not, nor change one that is not
        prop_assert!(survey.order_fees.is_zero() || account.health().is_bankrupt());
        prop_assert_eq!(survey.health.maintenance, account.health().maintenance);
    }
}
