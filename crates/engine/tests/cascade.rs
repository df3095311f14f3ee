//! Cascades: what is liquidated within a window raises initial margin.
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

use common::{NOW, PRICE, USD, cases, close, hold, sol_market};
use plimsoll_engine::{
    bankruptcy::close_bankrupt,
    cascade::Cascade,
    margin::initial_requirement,
    mark::Leg,
    market::Market,
    risk::Risk,
    units::{Atoms, Pnl, Ratio, Size, Ticks},
};
use proptest::prelude::*;

/// A window of 60 seconds that began at [`NOW`] and $150.
fn window(liquidated: u64) -> Cascade {
    Cascade { started: NOW, price: Ticks(PRICE), liquidated: Atoms(liquidated) }
}

fn risk() -> Risk {
    sol_market().risk
}

#[test]
fn without_liquidations_the_multiple_is_one() {
    assert_eq!(Cascade::default().multiple(&risk(), Ticks(PRICE)), Ratio::ONE);
    assert_eq!(window(0).multiple(&risk(), Ticks(PRICE / 2)), Ratio::ONE);
}

#[test]
fn the_multiple_is_impact_over_move() {
    // Given $200,000 liquidated: 2 % of impact at a depth of $5M
    let multiple = |price| common::float(window(200_000 * USD).multiple(&risk(), Ticks(price)));
    // Then a price that has not moved counts as moved by 1 %
    assert!((multiple(PRICE) - 2.0).abs() < 1e-6);
    assert!((multiple(PRICE - 1_499) - 2.0).abs() < 1e-6);
    // And from there on the larger move absorbs it, either way
    assert!((multiple(PRICE - 2_250) - 2.0 / 1.5).abs() < 1e-6);
    assert!((multiple(PRICE + 2_250) - 2.0 / 1.5).abs() < 1e-6);
    assert_eq!(window(200_000 * USD).multiple(&risk(), Ticks(PRICE - 4_500)), Ratio::ONE);
}

#[test]
fn golden_multiple() {
    // Made by a separate program in rational arithmetic: up, over 1 % down
    assert_eq!(window(200_000 * USD).multiple(&risk(), Ticks(PRICE)), Ratio(8_589_934_793));
    assert_eq!(window(123_456_789_012).multiple(&risk(), Ticks(PRICE - 1_777)), Ratio(4_475_882_578));
}

#[test]
fn the_multiple_has_a_cap() {
    assert_eq!(window(300_001 * USD).multiple(&risk(), Ticks(PRICE)), risk().cascade_cap);
    assert_eq!(window(u64::MAX).multiple(&risk(), Ticks(PRICE)), risk().cascade_cap);
    assert_eq!(Cascade { price: Ticks(0), ..window(1) }.multiple(&risk(), Ticks(PRICE)), Ratio::ONE);
}

#[test]
fn a_window_begins_with_a_liquidation_and_ends_by_itself() {
    let risk = risk();
    let first = Cascade::default().after(&risk, Atoms(7), Ticks(PRICE), NOW);
    assert_eq!(first, window(7));
    // Later liquidations count into it, and neither its beginning nor its price moves
    assert_eq!(first.after(&risk, Atoms(5), Ticks(PRICE - 9), NOW + 59), window(12));
    // The next after its end begins another
    let next = first.after(&risk, Atoms(5), Ticks(PRICE - 9), NOW + 60);
    assert_eq!(next, Cascade { started: NOW + 60, price: Ticks(PRICE - 9), liquidated: Atoms(5) });
    assert_eq!((first.at(&risk, NOW + 59), first.at(&risk, NOW + 60)), (first, Cascade::default()));
    assert_eq!(Cascade::default().after(&risk, Atoms(0), Ticks(PRICE), NOW), Cascade::default());
    assert_eq!(window(u64::MAX).after(&risk, Atoms(1), Ticks(PRICE), NOW), window(u64::MAX));
}

fn requirement(market: &Market) -> u64 {
    initial_requirement(&market.risk, &market.book, Size(1_000), true, market.price.oracle).unwrap().0
}

#[test]
fn closes_count_and_raise_initial_margin() {
    // Given a long of $300,000 of which two thirds are closed
    let mut market = sol_market();
    let mut position = hold(&mut market, 2_000_000, PRICE);
    let mut cash = Atoms(10_000 * USD);
    close(&mut cash, &mut position, &mut market, Pnl(9_000 * USD as i64), Size(1_333_334), NOW).unwrap();
    assert_eq!(market.cascade, window(1_333_334 * PRICE));
    let multiple = market.risk.cascade_multiple;
    assert!((common::float(multiple) - 2.0).abs() < 1e-5);
    // Then the same position needs twice the margin it would without
    let raised = requirement(&market);
    market.risk.cascade_multiple = Ratio::ONE;
    assert!(raised.abs_diff(2 * requirement(&market)) <= 100);
    // And an atom more of it at another close adds up
    market.risk.cascade_multiple = multiple;
    plimsoll_engine::funding::accrue(&mut market, NOW + 1).unwrap();
    close(&mut cash, &mut position, &mut market, Pnl(9_000 * USD as i64), Size(100), NOW + 1).unwrap();
    assert_eq!(market.cascade, window(1_333_434 * PRICE));
}

#[test]
fn bankruptcies_count_in_every_market_that_they_close() {
    let mut one = sol_market();
    let mut two = sol_market();
    let mut long = hold(&mut one, 1_000_000, PRICE + 1_000);
    let mut short = hold(&mut two, -2_000_000, PRICE - 1_000);
    let mut legs = [Leg { position: &mut long, market: &mut one }, Leg { position: &mut short, market: &mut two }];
    close_bankrupt(&mut Atoms(5), &mut legs, NOW, None).unwrap();
    assert_eq!((one.cascade, two.cascade), (window(1_000_000 * PRICE), window(2_000_000 * PRICE)));
    assert_eq!(two.risk.cascade_multiple, two.risk.cascade_cap.min(two.cascade.multiple(&two.risk, Ticks(PRICE))));
    assert!(two.risk.cascade_multiple > one.risk.cascade_multiple);
    assert!(one.invariant() && two.invariant());
}

proptest! {
    #![proptest_config(cases(4_000))]

    #[test]
    fn more_liquidated_never_needs_less_and_more_move_never_more(
        amounts in (any::<u64>(), any::<u64>()), moves in (0u64..PRICE, 0u64..PRICE),
    ) {
        let (less, more) = (window(amounts.0.min(amounts.1)), window(amounts.0.max(amounts.1)));
        let (near, far) = (Ticks(PRICE - moves.0.min(moves.1)), Ticks(PRICE - moves.0.max(moves.1)));
        prop_assert!(less.multiple(&risk(), near) <= more.multiple(&risk(), near));
        prop_assert!(less.multiple(&risk(), far) <= less.multiple(&risk(), near));
        let multiple = more.multiple(&risk(), far);
        prop_assert!((Ratio::ONE..=risk().cascade_cap).contains(&multiple));
    }
}
