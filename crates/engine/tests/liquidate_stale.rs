//! Flagging and liquidating while prices are missing: a stale leg neither blocks a liquidation nor lets one through.
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

use common::{NOW, PRICE, USD, account::Account, cases, price};
use plimsoll_engine::{
    EngineError, flag,
    liquidate::Refusal,
    price::Price,
    queue::Entry,
    survey::Case,
    units::{Atoms, Lots, Pnl, Ticks},
};
use proptest::prelude::*;

/// Two legs of $1,500 and $3,000, which require $18.75 and $37.50.
fn account(cash: u64) -> Account {
    Account::new(cash, &[(10_000, PRICE), (20_000, PRICE)])
}

/// The price of a leg was published `age` seconds ago.
fn age(account: &mut Account, leg: usize, age: i64) {
    account.markets[leg].price.publish_time = account.now - age;
}

/// A second source of a leg.
fn second(account: &mut Account, leg: usize, oracle: u64, age: i64) {
    account.markets[leg].flags = 1;
    account.markets[leg].second = Price { publish_time: account.now - age, ..price(oracle) };
}

fn refused(account: &mut Account, leg: usize) -> EngineError {
    match account.refused(leg) {
        Refusal::Error(error) => error,
        Refusal::NotFirst(ahead) => panic!("{ahead:?} goes first"),
    }
}

#[test]
fn a_13_a_stale_leg_does_not_block_a_liquidation() {
    // Given an account under maintenance by more than the credit of its stale leg: 200 ppm a second of $1,500
    let mut stale = account(40 * USD);
    age(&mut stale, 0, 40);
    let survey = stale.survey().unwrap();
    assert_eq!((survey.health.equity.0, survey.health.credit), (52_000_008, Atoms(12_000_008)));
    assert_eq!((survey.stale[0], survey.stale[1], survey.is_current()), (true, false, false));
    assert!(survey.may_close(1) && !survey.may_close(0));
    // When it is flagged and liquidated, then the other leg is closed and the stale one is left
    let mut account = stale.flagged(1);
    age(&mut account, 0, 41);
    let report = account.liquidate(1).unwrap();
    assert_eq!((report.count, account.positions[0].lots), (1, Lots(10_000)));
    assert!(account.positions[1].lots < Lots(20_000));
    assert!(!account.survey().unwrap().health.is_liquidatable());
}

#[test]
fn a_13_a_stale_leg_lets_none_through() {
    // Given an account that its stale leg's credit keeps above maintenance
    let mut stale = account(50 * USD);
    age(&mut stale, 0, 40);
    assert!(stale.health().is_liquidatable(), "at the last prices it is not");
    assert_eq!(stale.flag(1), Err(EngineError::NotLiquidatable));
    // A credit is never more than the leg's own requirement
    age(&mut stale, 0, 100_000);
    assert_eq!(stale.survey().unwrap().health.credit, stale.survey().unwrap().leg(0).maintenance);
}

#[test]
fn a_stale_leg_is_neither_chosen_nor_closed_but_its_account_can_be_flagged() {
    // Given the larger leg stale: the smaller is flagged
    let mut account = account(20 * USD);
    age(&mut account, 1, 31);
    let survey = account.survey().unwrap();
    assert_eq!((survey.leg_to_close(), survey.leg_to_flag()), (Some(0), Some(0)));
    // Given both stale, the larger is: it waits
    age(&mut account, 0, 31);
    let survey = account.survey().unwrap();
    assert_eq!((survey.leg_to_close(), survey.leg_to_flag()), (None, Some(1)));
    let mut account = account.flagged(1);
    age(&mut account, 0, 32);
    age(&mut account, 1, 32);
    assert_eq!(refused(&mut account, 1), EngineError::PriceNotNewerThanFlag);
    // Once there is a price it goes
    account.renew();
    account.liquidate(1).unwrap();
}

#[test]
fn an_entry_of_a_leg_that_went_stale_goes_where_another_can_be_closed() {
    let mut account = account(30 * USD).flagged(1);
    age(&mut account, 1, 31);
    // Not by whoever liquidates, who may just be early
    assert_eq!(refused(&mut account, 1), EngineError::PriceNotNewerThanFlag);
    assert_eq!(account.flag(1), Ok(flag::Report::Removed));
    assert!(account.flag(0).is_ok());
}

#[test]
fn a_33_without_newer_prices_nobody_ends_a_flag() {
    // Given an account $6 under maintenance, and one leg of $1,500 whose price is the one that was flagged at, a second ago
    let mut account = account(50 * USD).flagged(1);
    account.markets[0].price.publish_time = NOW;
    assert!(account.survey().unwrap().health.is_liquidatable());
    // Then the credit keeps it from being liquidated, and the flag stays
    assert_eq!(refused(&mut account, 1), EngineError::NotLiquidatable);
    account.renew();
    account.liquidate(1).unwrap();
    // Nor does a survey that did not ask for newer prices liquidate anybody
    let account = Account { place: Some(0), ..account.clone() };
    let mut other = Account::new(50 * USD, &[(10_000, PRICE), (20_000, PRICE)]).flagged(1);
    other.now = account.now;
    let survey = other.survey().unwrap();
    let case = Case { account: &common::account::ACCOUNT, leg: Some(1), place: other.place, slot: 999 };
    let judged = plimsoll_engine::liquidate::judge(&survey, &other.markets[1], &other.queue, &case);
    assert_eq!(judged, Err(Refusal::Error(EngineError::PriceNotNewerThanFlag)));
}

#[test]
fn legs_that_would_help_are_waited_for_and_where_none_would_all_go() {
    // Given $30 of equity: a close of either leg is charged $9 and $18 and frees $18.75 and $37.50 of $56.25
    let mut account = account(30 * USD);
    assert_eq!(account.survey().unwrap().leg_to_close(), Some(1));
    // Where only the stale one would help, it is waited for
    account.markets[0].risk.charge.0 *= 4;
    age(&mut account, 1, 31);
    (account.markets[1].risk.stale.0, account.markets[1].risk.band.0) = (1, 0);
    let survey = account.survey().unwrap();
    assert_eq!((survey.leg_to_close(), survey.none_helps(), survey.leg_to_flag()), (None, false, Some(1)));
    assert!(survey.binds(Some(1)) && !survey.binds(Some(0)));
    // Where none would, what can be closed goes and the rest waits
    account.cash = Atoms(10 * USD);
    let survey = account.survey().unwrap();
    assert_eq!((survey.none_helps(), survey.leg_to_flag()), (true, Some(0)));
    assert!(survey.binds(Some(0)) && !survey.binds(Some(1)));
    let before = survey.health;
    let mut account = account.flagged(0);
    age(&mut account, 1, 32);
    let report = account.liquidate(0).unwrap();
    assert_eq!((report.count, account.positions[0].lots, account.positions[1].lots), (1, Lots(0), Lots(20_000)));
    assert!(common::health_not_lower(&before, &account.survey().unwrap().health));
}

#[test]
fn a_leg_of_a_settling_market_stays() {
    // Given a leg whose market settles and two of which closing either alone does not help
    let mut account = Account::new(10 * USD, &[(10_000, PRICE), (20_000, PRICE), (1_000, PRICE)]);
    account.markets[2].status = plimsoll_engine::market::status::SETTLING;
    let mut account = account.flagged(1);
    let report = account.liquidate(1).unwrap();
    assert_eq!((report.count, account.positions[2].lots), (2, Lots(1_000)));
}

#[test]
fn a_bankrupts_legs_all_go_stale_or_not() {
    let mut account = Account::new(5 * USD, &[(10_000, PRICE + 10_000), (20_000, PRICE)]);
    age(&mut account, 1, 31);
    assert!(account.survey().unwrap().health.is_bankrupt());
    let mut account = account.flagged(0);
    age(&mut account, 1, 32);
    let report = account.liquidate(0).unwrap();
    assert!(report.bankrupt && account.positions.iter().all(|position| position.is_empty()));
    assert_eq!((report.closed[0].price, report.closed[1].price), (Ticks(PRICE), Ticks(PRICE)));
    assert_eq!(report.closed[0].deficit, Atoms(95 * USD));
}

#[test]
fn a_disagreement_liquidates_at_the_price_that_favours_the_holder() {
    let mut account = account(50 * USD);
    second(&mut account, 1, PRICE + 1_000, 0);
    assert_eq!(account.flag(1), Err(EngineError::NotLiquidatable), "at the second it has $20 more");
    account.cash = Atoms(30 * USD);
    let mut account = account.flagged(1);
    account.markets[1].second.publish_time = account.now;
    let report = account.liquidate(1).unwrap();
    assert_eq!(report.closed[0].price, Ticks(PRICE + 1_000));
}

#[test]
fn with_one_source_the_credit_pays_no_charge() {
    // Given one source: a credit of half a per cent of $3,000, and a dollar of certain equity
    let mut account = Account::new(USD, &[(20_000, PRICE)]);
    second(&mut account, 0, PRICE, 31);
    let mut account = account.flagged(0);
    let survey = account.survey().unwrap();
    assert_eq!((survey.health.certain_equity(), survey.health.equity.0 / 1_000_000), (Ok(Pnl(USD as i64)), 16));
    let report = account.liquidate(0).unwrap();
    assert_eq!((report.charge.total(), account.cash), (Ok(Atoms(USD)), Atoms(0)));
    assert!(account.positions[0].is_empty());
}

#[test]
fn with_one_source_what_the_cash_pays_goes_although_the_credit_is_given_up() {
    // Given a loss of $20 against $10 of cash, and a credit of $15
    let mut account = Account::new(10 * USD, &[(20_000, PRICE + 1_000)]);
    second(&mut account, 0, PRICE, 31);
    let mut account = account.flagged(0);
    let report = account.liquidate(0).unwrap();
    assert_eq!((report.closed[0].lots, account.cash), (Lots(-10_000), Atoms(0)));
    assert_eq!(report.charge.total(), Ok(Atoms(0)));
    // What is left is the rest of the loss and of the credit: now it is bankrupt
    assert_eq!(account.positions[0].pnl(Ticks(PRICE)), Ok(Pnl(-10_000_000)));
    account.renew();
    assert!(account.liquidate(0).unwrap().bankrupt);
}

#[test]
fn an_entry_whose_market_has_no_newer_price_holds_nobody_back() {
    let with = |seen| {
        let mut account = account(50 * USD).flagged(1);
        let entry = Entry {
            account: [8; 32],
            key: Atoms(u64::MAX),
            refreshed: NOW,
            first_publish_time: seen,
            ..Entry::default()
        };
        account.queue.insert(entry, 30, NOW).unwrap();
        account.liquidate(1).map(|_| ()).map_err(|refusal| refusal.error())
    };
    assert_eq!(with(NOW), Err(EngineError::NotWorstFirst));
    assert_eq!(with(NOW + 1), Ok(()));
}

/// Two to five legs of which some have no price, one source or two that disagree.
fn degraded() -> impl Strategy<Value = Account> {
    let lots = prop_oneof![100..100_000i64, -100_000..-100i64];
    let leg =
        (lots, PRICE - 3_000..PRICE + 3_000, 0..40i64, prop::option::of((PRICE - 2_000..PRICE + 2_000, 0..40i64)));
    (prop::collection::vec(leg, 1..=5), 0..1_300u64).prop_map(|(legs, permille)| {
        let entries: Vec<_> = legs.iter().map(|(lots, entry, ..)| (*lots, *entry)).collect();
        let mut account = Account::new(0, &entries);
        for (n, (_, _, seconds, other)) in legs.iter().enumerate() {
            age(&mut account, n, *seconds);
            if let Some((oracle, seconds)) = other {
                second(&mut account, n, *oracle, *seconds);
            }
        }
        let health = account.survey().unwrap().health;
        let wanted = u128::from(health.maintenance.0) * u128::from(permille) / 1_000;
        account.cash = Atoms((wanted as i64 - health.equity.0).max(0) as u64);
        account
    })
}

proptest! {
    #![proptest_config(cases(2_000))]

    /// I-1, I-5, I-7 and I-14 with whatever prices there are.
    #[test]
    fn missing_prices_liquidate_nobody_who_may_be_healthy_and_hinder_no_flag(account in degraded(), newer in any::<u8>()) {
        let mut account = account;
        let survey = account.survey().unwrap();
        prop_assert_eq!(survey.binds(survey.leg_to_flag()), survey.leg_to_flag().is_some());
        let Some(named) = survey.leg_to_flag() else { return Ok(()) };
        prop_assert_eq!(account.flag(named).is_ok(), survey.health.is_liquidatable());
        if !survey.health.is_liquidatable() {
            return Ok(());
        }
        let ages: Vec<_> = account.markets.iter().map(|market| (market.price.publish_time, market.second.publish_time)).collect();
        account.renew();
        for (n, (market, (first, second))) in account.markets.iter_mut().zip(ages).enumerate() {
            market.price.publish_time = if newer & (1 << n) != 0 { account.now } else { first };
            market.second.publish_time = second;
        }
        let (before, seen) = (account.clone(), account.entry().unwrap().first_publish_time);
        let survey = account.survey_since(Some(seen)).unwrap();
        match account.liquidate(named) {
            Err(refusal) => {
                prop_assert!(account == before);
                let waits = !survey.may_close(named) || !survey.health.is_liquidatable();
                let expected = matches!(
                    refusal.error(),
                    EngineError::PriceNotNewerThanFlag | EngineError::NotLiquidatable
                );
                prop_assert_eq!(expected, waits, "{:?}", refusal);
                prop_assert!(waits || refusal.error() == EngineError::NothingToClose, "{:?}", refusal);
            }
            Ok(report) => {
                let paid = report.charge.flagger.0 + report.charge.liquidator.0;
                prop_assert_eq!(account.tokens() + i128::from(paid), before.tokens());
                let charged = report.charge.total().unwrap();
                prop_assert!(charged.0 <= survey.health.certain_equity().unwrap().gain().0);
                if report.bankrupt {
                    prop_assert!(survey.health.is_bankrupt());
                    return Ok(());
                }
                prop_assert!(report.count == 0 || survey.health.is_liquidatable());
                for closed in report.legs() {
                    let place = before.places(named)[closed.leg];
                    prop_assert!(survey.may_close(place));
                    prop_assert_eq!(closed.price, survey.leg(place).price);
                }
            }
        }
    }
}
