//! Liquidating all legs of an account that no single close helps, and what a close may never lower.
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

use common::{PRICE, USD, account::Account, claim, hold, nav};
use plimsoll_engine::{
    EngineError,
    liquidate::Report,
    units::{Atoms, Lots, Reciprocal},
};

/// What keepers were paid.
fn paid_out(report: &Report) -> i128 {
    i128::from(report.charge.flagger.0) + i128::from(report.charge.liquidator.0)
}

#[test]
fn where_no_single_close_helps_all_legs_go_winners_first() {
    // Given an equity of $8 of which closing any leg costs more than it frees: losses of $30, a profit of $20, $18
    let legs = [(10_000, PRICE + 1_000), (20_000, PRICE + 1_000), (-10_000, PRICE + 2_000)];
    let mut account = Account::new(18 * USD, &legs).flagged(1);
    let tokens = account.tokens();
    assert!(account.cash.0 < 20 * USD, "the largest loss waits for the profit");
    let report = account.liquidate(1).unwrap();
    // Then the winner is closed first, then the named leg, then the other
    assert_eq!(report.legs().map(|closed| closed.leg).collect::<Vec<_>>(), [2, 0, 1]);
    assert_eq!(report.legs().map(|closed| closed.settled.0 / USD as i64).collect::<Vec<_>>(), [20, -20, -10]);
    // and the charge takes the equity, each leg in proportion to what it required
    assert_eq!(report.charge.total().unwrap(), Atoms(8 * USD));
    let charges: Vec<u64> = report.legs().map(|closed| closed.charge.total().unwrap().0).collect();
    assert_eq!(charges, [2 * USD, 4 * USD - 1, 2 * USD + 1]);
    assert_eq!((account.cash, report.until, account.queue.count), (Atoms(0), None, 0));
    assert!(account.positions.iter().all(|position| position.is_empty()));
    assert_eq!(account.tokens() + paid_out(&report), tokens);
}

/// An account that no single close helps, whose profit its market's treasury cannot pay now.
fn waiting_for_a_treasury(cash: u64, short: i64) -> Account {
    // A loss of $30 and a profit of about $36, which another trader's loss will pay
    let mut account = Account::new(cash, &[(20_000, PRICE + 1_500), (short, PRICE + 1_800)]);
    account.markets[1].book.treasury = Atoms(0);
    hold(&mut account.markets[1], 20_000, PRICE + 4_000);
    account
}

#[test]
fn g_6_a_leg_that_waits_for_a_treasury_stays_and_the_account_is_no_worse() {
    // Given $10 of cash against a loss of $30 and a profit of $36 that a treasury owes
    let mut account = waiting_for_a_treasury(10 * USD, -20_000).flagged(0);
    let before = account.health();
    assert_eq!(account.survey().unwrap().leg_to_close(), None);
    let tokens = account.tokens();
    let report = account.liquidate(0).unwrap();
    // When all legs go, the winner is closed and becomes a claim; of the loser as much as the cash pays
    assert_eq!(account.positions[1].lots, Lots(0));
    assert!(account.positions[1].cost.is_negative());
    assert!(account.positions[0].lots.is_positive());
    // Then equity over maintenance did not fall, although a whole charge on the winner alone would have lowered it
    let after = account.health();
    assert!(common::health_not_lower(&before, &after), "{before:?} {after:?}");
    let charged = report.charge.total().unwrap();
    assert!(charged.0 > 0 && after.equity.0 > 0);
    assert_eq!(after.equity.0, before.equity.0 - charged.0 as i64);
    // and the account waits, queued and urgent
    let entry = account.entry().unwrap();
    assert!(entry.urgent && entry.key == after.key(account.markets[0].risk.key_drift).unwrap());
    assert_eq!(report.until, Some(account.now + 30));
    assert_eq!(account.tokens() + paid_out(&report), tokens);
    // Once the treasury has cash, a mark pays the claim and the rest goes
    account.markets[1].book.treasury = Atoms(100 * USD);
    let mut positions = account.positions.clone();
    let mut markets = account.markets.clone();
    let mut legs: Vec<_> = positions
        .iter_mut()
        .zip(&mut markets)
        .map(|(position, market)| plimsoll_engine::mark::Leg { position, market })
        .collect();
    plimsoll_engine::mark::mark(&mut account.cash, &mut legs).unwrap();
    (account.positions, account.markets) = (positions, markets);
    account.renew();
    account.liquidate(0).unwrap();
    assert!(account.positions.iter().all(|position| position.is_empty()));
}

#[test]
fn g_6_without_any_cash_the_losing_leg_stays_whole() {
    let mut account = waiting_for_a_treasury(0, -21_000).flagged(1);
    let before = account.health();
    let report = account.liquidate(1).unwrap();
    assert_eq!(report.legs().map(|closed| closed.leg).collect::<Vec<_>>(), [0]);
    assert_eq!(account.positions[0].lots, Lots(20_000));
    assert!(common::health_not_lower(&before, &account.health()));
    // The leg of this queue is closed, so the account leaves it and is to be flagged for the other
    assert_eq!((report.until, account.queue.count), (None, 0));
    assert!(account.flag(0).is_ok());
}

/// A loss without cash beside a profit of $150 in a market that has $90 for it: all that is counted.
fn profit_beyond_the_market(loss: u64) -> Account {
    let mut account = Account::new(0, &[(20_000, PRICE + loss), (10_000, PRICE - 15_000)]);
    account.markets[1].book.treasury = Atoms(90 * USD);
    // Another long there lost as much as this one gained, so that the side claims $100 on balance
    hold(&mut account.markets[1], 10_000, PRICE + 5_000);
    assert!(account.health().equity.0.abs_diff(90_000_000 - 20_000 * loss as i64) < USD / 100);
    account
}

#[test]
fn i_7_what_is_counted_of_a_profit_is_paid_when_it_is_closed() {
    // One step on the profit, which is to be closed before the loss; and all legs, because no single close helps
    for (loss, named) in [(2_250, 1), (3_500, 0)] {
        let mut account = profit_beyond_the_market(loss).flagged(named);
        let before = account.health();
        let report = account.liquidate(named).unwrap();
        let (after, charged) = (account.health(), report.charge.total().unwrap());
        assert!(common::health_not_lower(&before, &after), "{before:?} {after:?}");
        // What the treasury was charged comes back to it, and with it as much of the profit
        assert!(after.equity.0 >= before.equity.0 - charged.0 as i64, "{before:?} {after:?}");
        assert!(report.legs().any(|closed| closed.settled.0.abs_diff(90_000_000) < USD / 100));
    }
}

#[test]
fn i_7_a_close_that_would_lower_equity_over_maintenance_is_refused() {
    // Given a profit of $150 in a market of few providers, with $60 missing, where closing grows the skew's premium
    let mut account = Account::new(0, &[(20_000, PRICE + 1_750), (10_000, PRICE - 15_000)]);
    account.markets[1].risk.skew = Reciprocal::of_twice(1 << 30).unwrap();
    hold(&mut account.markets[1], -20_010_000, PRICE);
    account.markets[1].book.treasury = Atoms(0);
    account.markets[1].book.treasury = Atoms((-nav(&account.markets[1]) - 60_000_000) as u64);
    assert_eq!((nav(&account.markets[1]), account.health().equity.0), (-60_000_000, 55_000_000));
    // When a step closes a part of it, the rest would be worth less than before
    let mut account = account.flagged(1);
    let survey = account.survey().unwrap();
    assert_eq!(survey.leg_to_close(), Some(1));
    assert_eq!(account.refused(1).error(), EngineError::HealthWorsens);
    // With providers that can pay it goes through
    account.markets[1].book.treasury.0 += 60 * USD;
    account.cash = Atoms(0);
    account.markets[0].risk.maintenance_floor = account.markets[0].risk.maintenance_cap;
    assert!(account.survey().unwrap().health.is_liquidatable());
    account.liquidate(1).unwrap();
}

#[test]
fn a_claim_among_the_legs_is_kept() {
    // Given two losing legs and a claim of a dollar that its market cannot pay now
    let mut account = Account::new(25 * USD, &[(10_000, PRICE + 500), (20_000, PRICE + 500), (0, PRICE)]);
    account.markets[2].book.treasury = Atoms(0);
    account.positions[2] = claim(&mut account.markets[2], 1_000_000, true);
    hold(&mut account.markets[2], 20_000, PRICE + 4_000);
    let mut account = account.flagged(1);
    let report = account.liquidate(1).unwrap();
    assert_eq!(report.legs().map(|closed| closed.leg).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(account.positions[2].cost.0, -1_000_000);
    assert!(account.positions[0].is_empty() && account.positions[1].is_empty());
}

#[test]
fn a_refusal_in_the_middle_gives_everything_back() {
    // Given an account that no single close helps, and a last leg whose market cannot book another atom of fees
    let legs = [(10_000, PRICE + 1_000), (-10_000, PRICE + 2_000), (20_000, PRICE + 1_000)];
    let mut account = Account::new(18 * USD, &legs);
    account.markets[0].book.treasury = Atoms(u64::MAX >> 1);
    account.escrow = Atoms(3);
    let mut account = account.flagged(2);
    account.markets[0].book.fees = Atoms(u64::MAX);
    account.markets[0].risk.charge_treasury = Default::default();
    account.markets[0].risk.charge_flagger = Default::default();
    account.markets[0].risk.charge_liquidator = Default::default();
    assert_eq!(account.refused(2).error(), EngineError::Overflow);
}
