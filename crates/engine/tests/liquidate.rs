//! Liquidating an account: who may be, in which order, and how much of it goes.
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
    account::{ACCOUNT, Account},
    cases, hold,
};
use plimsoll_engine::{
    EngineError,
    liquidate::{Refusal, Report},
    liquidation::step_size,
    queue::{Ahead, Entry, Id},
    units::{Atoms, Lots, Ticks},
};
use proptest::prelude::*;

/// Two legs of $1,500 and $3,000, which require $18.75 and $37.50 and would be charged $9 and $18.
const LEGS: [(i64, u64); 2] = [(10_000, PRICE), (20_000, PRICE)];

fn account(cash: u64) -> Account {
    Account::new(cash, &LEGS)
}

fn refused(account: &mut Account, leg: usize) -> EngineError {
    match account.refused(leg) {
        Refusal::Error(error) => error,
        Refusal::NotFirst(ahead) => panic!("{ahead:?} goes first"),
    }
}

fn other(n: u8) -> Id {
    [n; 32]
}

/// What keepers were paid.
fn paid_out(report: &Report) -> i128 {
    i128::from(report.charge.flagger.0) + i128::from(report.charge.liquidator.0)
}

#[test]
fn nobody_is_liquidated_who_is_not_queued() {
    assert_eq!(refused(&mut account(50 * USD), 1), EngineError::NotQueued);
}

#[test]
fn i_5_an_account_at_maintenance_is_let_go_without_charge() {
    // Given a queued account that has exactly its maintenance again
    let mut account = account(50 * USD).flagged(1);
    account.cash = account.health().maintenance;
    let before = account.clone();
    // When it is liquidated, then only its entry goes
    let report = account.liquidate(1).unwrap();
    assert_eq!((report.count, report.until, paid_out(&report)), (0, None, 0));
    assert_eq!(account.queue.count, 0);
    account.queue = before.queue.clone();
    account.place = before.place;
    assert!(account == before);
}

#[test]
fn an_entry_for_a_leg_that_does_not_bind_is_let_go() {
    // Given an account flagged for a leg whose loss no cash pays any more, beside a profit
    let mut account = Account::new(0, &[(20_000, PRICE + 1_000), (10_000, PRICE - 5_000)]);
    account.place = Some(0);
    let entry = Entry { account: ACCOUNT, first_slot: 99, refreshed: NOW, ..Entry::default() };
    account.queue.insert(entry, 30, NOW).unwrap();
    assert!(account.health().is_liquidatable());
    let report = account.liquidate(0).unwrap();
    assert_eq!((report.count, report.until), (0, None));
    assert_eq!(account.queue.count, 0);
}

#[test]
fn an_entry_past_its_time_to_live_is_no_licence() {
    let mut account = account(50 * USD).flagged(1);
    for _ in 1..30 {
        account.renew();
    }
    let mut late = account.clone();
    assert!(account.liquidate(1).is_ok(), "the last second is in time");
    late.renew();
    assert_eq!(refused(&mut late, 1), EngineError::EntryExpired);
}

#[test]
fn neither_in_the_slot_nor_at_the_price_of_the_flag() {
    let mut same_slot = account(50 * USD).flagged(1);
    same_slot.slot = 100;
    assert_eq!(refused(&mut same_slot, 1), EngineError::FlaggedThisSlot);
    // The price of the leg to be closed must be newer; that of another only has to be, to count in full
    let mut old = account(40 * USD).flagged(1);
    old.markets[1].price.publish_time = NOW;
    assert_eq!(refused(&mut old, 1), EngineError::PriceNotNewerThanFlag);
    old.markets[1].price.publish_time = NOW + 1;
    old.markets[0].price.publish_time = NOW;
    old.liquidate(1).unwrap();
}

#[test]
fn i_6_whoever_is_worse_beyond_the_tolerance_goes_first_and_is_named() {
    let flagged = account(50 * USD).flagged(1);
    let key = flagged.health().key(flagged.markets[1].risk.key_drift).unwrap();
    let with = |ahead: u64| {
        let mut account = flagged.clone();
        let entry = Entry { account: other(8), key: Atoms(ahead), refreshed: NOW, ..Entry::default() };
        account.queue.insert(entry, 30, NOW).unwrap();
        account
    };
    let bound = (u128::from(key.0) << 32) / u128::from(flagged.markets[1].risk.tolerance.0);
    assert!(with(bound as u64).liquidate(1).is_ok());
    let ahead = Atoms(bound as u64 + 1);
    assert_eq!(with(ahead.0).refused(1), Refusal::NotFirst(Ahead { account: other(8), key: ahead }));
    assert_eq!(with(ahead.0).refused(1).error(), EngineError::NotWorstFirst);
    // The key of now decides, not the one in the entry
    let mut worse = with(ahead.0);
    worse.cash = Atoms(30 * USD);
    assert!(worse.liquidate(1).is_ok());
}

#[test]
fn without_capacity_only_the_urgent_go() {
    for (cash, urgent) in [(19 * USD, false), (17 * USD, true)] {
        let mut account = account(cash).flagged(1);
        account.markets[1].throttle.capacity.0 = -1_000_000 * USD as i64;
        if urgent {
            account.liquidate(1).unwrap();
        } else {
            assert_eq!(refused(&mut account, 1), EngineError::NoCapacity);
        }
    }
}

#[test]
fn all_legs_that_go_must_be_given_the_named_one_first() {
    let none_helps = account(10 * USD).flagged(1);
    let bankrupt = account(0).flagged(1);
    for account in [&none_helps, &bankrupt] {
        for places in [vec![1], vec![0, 1], vec![1, 1], vec![]] {
            let mut tried = account.clone();
            let outcome = tried.liquidate_with(1, &places);
            assert_eq!(outcome, Err(Refusal::Error(EngineError::MissingLeg)), "{places:?}");
            assert!(tried == *account);
        }
        assert!(account.clone().liquidate_with(1, &[1, 0]).is_ok());
    }
    // One step needs the named leg alone, and no other in its place
    let step = account(50 * USD).flagged(1);
    assert!(step.clone().liquidate_with(1, &[1]).is_ok());
    assert_eq!(step.clone().liquidate_with(1, &[0]), Err(Refusal::Error(EngineError::MissingLeg)));
}

#[test]
fn one_step_closes_what_the_engine_chooses_and_the_entry_goes_when_the_account_is_healthy() {
    // Given an account a little under maintenance, flagged in the queue of its larger leg
    let mut account = account(50 * USD).flagged(1);
    let survey = account.survey().unwrap();
    let size =
        step_size(&account.markets[1], &survey.health, &survey.leg(1), &account.positions[1], account.now).unwrap();
    let (tokens, first) = (account.tokens(), account.markets[0]);
    // When it is liquidated
    let report = account.liquidate(1).unwrap();
    // Then that size of that leg is closed, the charge is what cash fell by, and the other leg is as before
    let closed = report.closed[0];
    assert_eq!((report.count, report.bankrupt, report.order_fees), (1, false, Atoms(0)));
    assert_eq!((closed.leg, closed.lots), (0, Lots(-(size.0 as i64))));
    assert_eq!(account.positions[1].lots, Lots(20_000 - size.0 as i64));
    assert_eq!(account.markets[0], first);
    assert_eq!(account.cash.0, 50 * USD - report.charge.total().unwrap().0);
    assert_eq!(account.tokens() + paid_out(&report), tokens);
    // and it left the queue, at its target
    assert!(!account.health().is_liquidatable());
    assert_eq!((report.until, account.queue.count), (None, 0));
}

#[test]
fn a_step_that_is_not_enough_leaves_the_account_queued_with_its_new_key() {
    // Given capacity for two thousand lots
    let mut account = account(40 * USD).flagged(1);
    account.markets[1].throttle.capacity.0 = 300 * USD as i64;
    account.markets[1].throttle.updated = account.now;
    let before = account.entry().unwrap();
    let report = account.liquidate(1).unwrap();
    assert_eq!(report.closed[0].lots, Lots(-2_000));
    assert!(account.health().is_liquidatable());
    let entry = account.entry().unwrap();
    assert_eq!(report.until, Some(account.now + 30));
    let key = account.health().key(account.markets[1].risk.key_drift).unwrap();
    assert_eq!(entry, Entry { key, refreshed: account.now, ..before });
}

#[test]
fn a_step_that_closes_the_leg_takes_the_entry_with_it() {
    // Given a second leg that requires too much for the first to matter
    let mut account = Account::new(30 * USD, &[(5_000, PRICE), (20_000, PRICE), (5_000, PRICE), (5_000, PRICE)]);
    for leg in [0, 2, 3] {
        account.markets[leg].risk.maintenance_floor = account.markets[leg].risk.maintenance_cap;
    }
    // Flagged for a leg of which all has to go
    let survey = account.survey().unwrap();
    let leg = survey.leg_to_flag().unwrap();
    account = account.flagged(leg);
    let report = account.liquidate(leg).unwrap();
    assert!(account.positions[leg].is_empty() && account.health().is_liquidatable());
    assert_eq!((report.until, account.queue.count), (None, 0));
}

#[test]
fn a_bankrupt_account_loses_all_legs_and_each_market_bears_its_part() {
    // Given losses of $100 and $300 against $40 and a profit of $20
    let legs = [(10_000, PRICE + 10_000), (20_000, PRICE + 15_000), (-1_000, PRICE + 20_000)];
    let mut account = Account::new(40 * USD, &legs).flagged(1);
    let tokens = account.tokens();
    let report = account.liquidate(1).unwrap();
    assert!(report.bankrupt && report.until.is_none() && report.count == 3);
    assert_eq!(report.closed.iter().take(3).map(|closed| closed.leg).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(report.legs().map(|closed| closed.lots.0).collect::<Vec<_>>(), [-20_000, -10_000, 1_000]);
    // Then the sixty dollars are shared one to three
    assert_eq!(report.legs().map(|closed| closed.settled.0 / USD as i64).collect::<Vec<_>>(), [-45, -15, 20]);
    assert_eq!(report.legs().map(|closed| closed.deficit.0 / USD).collect::<Vec<_>>(), [255, 85, 0]);
    assert_eq!((account.cash, account.queue.count), (Atoms(0), 0));
    assert_eq!(account.tokens(), tokens);
    assert_eq!(paid_out(&report), 0);
    assert!(account.positions.iter().all(|position| position.is_empty()));
}

#[test]
fn the_report_of_a_bankruptcy_says_what_was_closed_and_what_a_treasury_still_owes() {
    // Given a profit of $20 in a market that has $5 of cash, and as much owed to it
    let legs = [(10_000, PRICE + 10_000), (20_000, PRICE + 15_000), (-1_000, PRICE + 20_000)];
    let mut account = Account::new(40 * USD, &legs);
    hold(&mut account.markets[2], 1_000, PRICE + 20_000);
    account.markets[2].book.treasury = Atoms(5 * USD);
    let report = account.flagged(1).liquidate(1).unwrap();
    let notional = |lots: u64| lots * PRICE;
    assert_eq!(
        report.legs().map(|closed| closed.notional.0).collect::<Vec<_>>(),
        [notional(20_000), notional(10_000), notional(1_000)]
    );
    assert_eq!(report.legs().map(|closed| closed.claim.0 / USD).collect::<Vec<_>>(), [0, 0, 15]);
    assert_eq!(report.closed[2].settled.0, 5 * USD as i64);
}

#[test]
fn fees_of_a_bankrupts_orders_pay_its_loss() {
    let mut account = Account::new(40 * USD, &[(10_000, PRICE + 10_000)]).flagged(0);
    account.escrow = Atoms(10 * USD);
    let tokens = account.tokens();
    let report = account.liquidate(0).unwrap();
    assert_eq!((report.order_fees, account.escrow), (Atoms(10 * USD), Atoms(0)));
    assert_eq!(report.closed[0].deficit, Atoms(50 * USD));
    assert_eq!(account.tokens(), tokens);
}

#[test]
fn fees_that_keep_an_account_from_bankruptcy_become_its_cash() {
    let mut account = Account::new(99 * USD, &[(10_000, PRICE + 10_000)]).flagged(0);
    account.escrow = Atoms(5 * USD);
    let report = account.liquidate(0).unwrap();
    assert!(!report.bankrupt);
    assert_eq!((report.order_fees, report.charge.total().unwrap()), (Atoms(5 * USD), Atoms(4 * USD)));
    // Where it is not bankrupt without them they stay what they are
    let mut account = Account::new(101 * USD, &[(10_000, PRICE + 10_000)]).flagged(0);
    account.escrow = Atoms(5 * USD);
    let report = account.liquidate(0).unwrap();
    assert_eq!((report.order_fees, account.escrow), (Atoms(0), Atoms(5 * USD)));
    assert_eq!(report.charge.total().unwrap(), Atoms(USD));
}

/// Two to eight legs with moves from their entry, and cash that puts equity anywhere around maintenance.
fn accounts() -> impl Strategy<Value = (Account, usize)> {
    let lots = prop_oneof![100..100_000i64, -100_000..-100i64];
    // One market in three has next to no cash: others there owe it
    let leg = (lots, PRICE - 3_000..PRICE + 3_000, prop_oneof![2 => Just(20_000_000 * USD), 1 => 0..20 * USD]);
    let permille = prop_oneof![0..500u64, 0..1_300u64];
    (prop::collection::vec(leg, 2..=8), permille, 0..20 * USD).prop_map(|(legs, permille, escrow)| {
        let entries: Vec<_> = legs.iter().map(|(lots, entry, _)| (*lots, *entry)).collect();
        let mut account = Account::new(0, &entries);
        for (market, (_, _, treasury)) in account.markets.iter_mut().zip(&legs) {
            market.book.treasury = Atoms(*treasury);
            if *treasury <= 20 * USD {
                hold(market, 100_000, PRICE + 5_000);
                hold(market, -100_000, PRICE - 5_000);
            }
        }
        let health = account.health();
        let wanted = u128::from(health.maintenance.0) * u128::from(permille) / 1_000;
        account.cash = Atoms((wanted as i64 - health.equity.0).max(0) as u64);
        account.escrow = Atoms(escrow);
        let named = account.survey().unwrap().leg_to_flag().unwrap();
        (account, named)
    })
}

proptest! {
    #![proptest_config(cases(4_000))]

    /// I-1, I-3, I-5 and I-7 of whatever a liquidation does.
    #[test]
    fn a_liquidation_keeps_every_token_and_never_worsens_a_solvent_account((account, named) in accounts()) {
        let mut account = account;
        let liquidatable = account.survey().unwrap().health.is_liquidatable();
        prop_assert_eq!(account.flag(named).is_ok(), liquidatable);
        if !liquidatable {
            // I-5: nobody queues it, so nobody liquidates it
            prop_assert_eq!(account.refused(named), Refusal::Error(EngineError::NotQueued));
            return Ok(());
        }
        account.renew();
        let (before, survey) = (account.clone(), account.survey().unwrap());
        match account.liquidate(named) {
            Err(refusal) => {
                // Only a leg that lacks cash, or a market whose deficit makes profits worth less, is refused
                prop_assert!(matches!(
                    refusal.error(),
                    EngineError::NothingToClose | EngineError::HealthWorsens
                ), "{:?}", refusal);
                prop_assert!(account == before);
            }
            Ok(report) => {
                prop_assert_eq!(account.tokens() + paid_out(&report), before.tokens());
                prop_assert!(account.totals_agree(&before));
                prop_assert!(account.queue.invariant());
                prop_assert_eq!(account.entry().is_some(), report.until.is_some());
                let charged = report.charge.total().unwrap();
                if report.bankrupt {
                    prop_assert!(account.positions.iter().all(|position| position.is_empty()));
                    prop_assert_eq!((account.cash.0, charged.0), (0, 0));
                } else {
                    let after = account.health();
                    prop_assert!(common::health_not_lower(&survey.health, &after), "{:?} {:?}", survey.health, after);
                    prop_assert!(charged.0 <= survey.health.equity.gain().0);
                    prop_assert!(!after.equity.is_negative());
                    // What stays queued is still under maintenance and has lots there
                    if report.until.is_some() {
                        prop_assert!(after.is_liquidatable() && !account.positions[named].lots.is_zero());
                    }
                }
            }
        }
    }

    /// I-6: who is liquidated is within tolerance of every entry that counts; who is not is named rightly.
    #[test]
    fn the_worst_goes_first(
        keys in prop::collection::vec((0..60_000_000u64, 0..3u64, 0..40i64, any::<bool>()), 0..12),
        cash in 1..56 * USD,
        dry in any::<bool>(),
    ) {
        let mut account = account(cash).flagged(1);
        for (n, (key, slot, age, urgent)) in keys.iter().enumerate() {
            let entry = Entry {
                account: other(100 + n as u8),
                key: Atoms(*key),
                first_slot: 99 + slot,
                refreshed: account.now - age,
                urgent: *urgent,
                ..Entry::default()
            };
            account.queue.insert(entry, 30, account.now).unwrap();
        }
        if dry {
            account.markets[1].throttle.capacity.0 = -1_000_000 * USD as i64;
        }
        let survey = account.survey().unwrap();
        let own = survey.health.key(account.markets[1].risk.key_drift).unwrap();
        let tolerance = u128::from(account.markets[1].risk.tolerance.0);
        let eligible = keys.iter().filter(|(_, slot, age, urgent)| 99 + slot < account.slot && *age <= 30 && (!dry || *urgent));
        let worst = eligible.map(|(key, ..)| *key).max().unwrap_or(0);
        let outranked = u128::from(worst) * tolerance > u128::from(own.0) << 32;
        match account.liquidate(1) {
            Err(Refusal::NotFirst(ahead)) => {
                prop_assert!(outranked);
                prop_assert_eq!(ahead.key.0, worst);
            }
            Err(Refusal::Error(error)) => prop_assert!(dry && error == EngineError::NoCapacity),
            Ok(_) => prop_assert!(!outranked, "{worst} over {own:?}"),
        }
    }
}

#[test]
fn the_price_of_a_close_is_the_markets() {
    let mut account = account(50 * USD).flagged(1);
    account.set_price(1, PRICE - 1_000);
    let report = account.liquidate(1).unwrap();
    let closed = report.closed[0];
    assert_eq!(closed.price, Ticks(PRICE - 1_000));
    assert_eq!(closed.notional, closed.lots.size().at(Ticks(PRICE - 1_000)).unwrap());
}
