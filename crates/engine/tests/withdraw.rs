//! Taking free collateral out of an account.
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

use common::{PRICE, USD, cases, hold, sol_market};
use plimsoll_engine::{
    EngineError,
    account::Initial,
    margin::leg_initial,
    units::{Atoms, Pnl},
    withdraw::{Report, require_allowed, withdraw},
};
use proptest::prelude::*;

fn initial(equity: i64, requirement: u64) -> Initial {
    Initial { equity: Pnl(equity), requirement: Atoms(requirement) }
}

#[test]
fn what_is_above_initial_margin_and_no_more_leaves() {
    // Given $500 and a long of $1,500
    let mut market = sol_market();
    let position = hold(&mut market, 10_000, PRICE);
    let mut initial = Initial::default().with_cash(Atoms(500 * USD)).unwrap();
    initial.add(&leg_initial(&position, &market.risk, &market.book, &market.price).unwrap()).unwrap();
    let free = initial.withdrawable(Atoms(500 * USD));
    assert!(free > Atoms(400 * USD) && free < Atoms(500 * USD));
    // When an atom too much is asked for, then it stays
    let mut cash = Atoms(500 * USD);
    let more = free.plus(Atoms(1)).unwrap();
    assert_eq!(withdraw(&mut cash, &initial, more, false), Err(EngineError::BelowInitialMargin));
    assert_eq!(cash, Atoms(500 * USD));
    // and what is free leaves
    let left = cash.minus(free).unwrap();
    assert_eq!(withdraw(&mut cash, &initial, free, false), Ok(Report { amount: free, cash: left }));
    assert_eq!(cash, left);
}

#[test]
fn nothing_more_than_the_cash_and_nothing_while_flagged() {
    let rich = initial(1_000, 0);
    for (amount, flagged, error) in [
        (0, false, EngineError::ZeroAmount),
        (101, false, EngineError::InsufficientCash),
        (100, true, EngineError::AccountFlagged),
        (101, true, EngineError::InsufficientCash),
    ] {
        let mut cash = Atoms(100);
        assert_eq!(withdraw(&mut cash, &rich, Atoms(amount), flagged), Err(error));
        assert_eq!(require_allowed(cash, Atoms(amount), flagged), Err(error));
        assert_eq!(cash, Atoms(100));
    }
    assert_eq!(withdraw(&mut Atoms(100), &rich, Atoms(100), false).map(|report| report.cash), Ok(Atoms(0)));
}

proptest! {
    #![proptest_config(cases(2_000))]

    /// I-4: whatever was taken, initial equity still meets the requirement.
    #[test]
    fn initial_margin_remains(cash in 0..2_000u64, equity in -500..2_500i64, requirement in 0..2_000u64, amount in 1..2_000u64) {
        let (mut left, before) = (Atoms(cash), initial(equity, requirement));
        let done = withdraw(&mut left, &before, Atoms(amount), false);
        let after = initial(equity - amount as i64, requirement);
        prop_assert_eq!(done.is_ok(), amount <= cash && after.is_met());
        prop_assert_eq!(left.0, if done.is_ok() { cash - amount } else { cash });
    }
}
