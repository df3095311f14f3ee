//! Which leg is closed, and how much of it.
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

use common::{PRICE, USD, cases, hold, leg, market_of, risk_of, sol, sol_market};
use plimsoll_engine::{
    EngineError,
    account::Health,
    close::{choose_leg, close_helps, close_size, estimate_size, is_payable, is_urgent, leg_to_flag, payable_size},
    margin::{LegHealth, maintenance, maintenance_ratio},
    risk::Risk,
    units::{Atoms, Pnl, Ratio, Size, Ticks},
};
use proptest::prelude::*;

/// A leg of `lots` at `price` in an account with equity `equity` and other legs that require `other`.
fn account(risk: &Risk, lots: u64, price: u64, equity: i64, other: u64) -> (Health, LegHealth) {
    let notional = Size(lots).at(Ticks(price)).unwrap();
    let requirement = maintenance(risk, notional).unwrap();
    let leg = LegHealth {
        size: Size(lots),
        notional,
        maintenance: requirement,
        ratio: maintenance_ratio(risk, notional).unwrap(),
        long: true,
        ..LegHealth::default()
    };
    let health = Health {
        equity: Pnl(equity),
        maintenance: Atoms(requirement.0 + other),
        cash: Pnl(equity).gain(),
        ..Health::default()
    };
    (health, leg)
}

/// Whether closing `size` leaves equity at the target, in arithmetic of its own: 128 bits and divisions.
fn reaches(risk: &Risk, lots: u64, price: u64, equity: i64, other: u64, size: u64) -> bool {
    let up = |a: u128, b: u128| (a * b).div_ceil(1 << 32);
    let rest = u128::from(lots - size) * u128::from(price);
    let impact = (rest * u128::from(risk.impact.0)).div_ceil(1 << 62);
    let ratio = (u128::from(risk.base.0) + impact)
        .clamp(u128::from(risk.maintenance_floor.0), u128::from(risk.maintenance_cap.0));
    let required = up(u128::from(risk.target.0), up(ratio, rest) + u128::from(other));
    let charge = up(u128::from(risk.charge.0), u128::from(size) * u128::from(price));
    i128::from(equity) - charge as i128 >= required as i128
}

/// The fewest lots that reach the target, or all.
fn least(risk: &Risk, lots: u64, price: u64, equity: i64, other: u64) -> u64 {
    let (mut low, mut high) = (0, lots);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if reaches(risk, lots, price, equity, other, middle) { high = middle } else { low = middle }
    }
    high
}

#[test]
fn golden_sizes_of_the_sol_market() {
    // Made by a separate program that bisects over whole lots in rational arithmetic.
    let market = sol_market();
    for (region, lots, equity, other, size) in [
        ("quadratic, just under", 1_000_000, 3_900_000_000, 0, 101_073),
        ("quadratic, half the requirement", 1_000_000, 2_000_000_000, 0, 521_213),
        ("nearly within the charge", 1_000_000, 950_000_000, 0, 958_827),
        ("cap to quadratic", 15_000_000, 400_000_000_000, 0, 2_726_257),
        ("cap to far below", 15_000_000, 60_000_000_000, 0, 10_884_420),
        ("cap stays cap", 15_000_000, 440_000_000_000, 0, 1_713_396),
        ("floor", 15_000, 25_000_000, 0, 5_108),
        ("floor, nearly all", 15_000, 15_000_000, 0, 13_710),
        ("with other legs", 1_000_000, 4_500_000_000, 700_000_000, 132_065),
    ] {
        let (health, leg) = account(&market.risk, lots, PRICE, equity, other);
        let got = close_size(&market.risk, &health, &leg, Size(lots), Ticks(PRICE)).unwrap();
        assert_eq!(got, Size(size), "{region}");
    }
}

#[test]
fn within_one_charge_of_bankruptcy_all_of_it_goes() {
    let market = sol_market();
    // 0.6 % of $150,000, and the atoms that rounding each part of the charge up adds
    let charge = 900_000_078;
    for (equity, urgent) in [(charge + 1, false), (charge, true), (1, true), (0, true), (-5, true)] {
        let (health, leg) = account(&market.risk, 1_000_000, PRICE, equity, 0);
        assert_eq!(is_urgent(&market.risk, &health, &leg).unwrap(), urgent, "equity {equity}");
        let size = close_size(&market.risk, &health, &leg, Size(1_000_000), Ticks(PRICE)).unwrap();
        assert_eq!(size == Size(1_000_000), urgent || equity == charge + 1, "equity {equity}");
    }
}

#[test]
fn a_step_is_at_least_the_minimum_step() {
    // Given an account one atom under its maintenance and a target that is maintenance itself
    let mut p = sol();
    p.target_ppm = 1_000_000;
    let market = market_of(&p, PRICE, 0);
    let (health, leg) = account(&market.risk, 15_000, PRICE, 28_125_000, 0);
    // Then one lot would do, and the minimum step of 50 goes
    assert!(reaches(&market.risk, 15_000, PRICE, 28_125_000, 0, 1));
    assert_eq!(close_size(&market.risk, &health, &leg, Size(15_000), Ticks(PRICE)).unwrap(), Size(50));
}

#[test]
fn less_than_a_minimum_position_never_remains() {
    // Given positions for which the target leaves a few lots, and 100 as the minimum position
    let market = sol_market();
    for (equity, size) in [(1_480_000, 1_389), (1_450_000, 1_500), (1_351_000, 1_500)] {
        let (health, leg) = account(&market.risk, 1_500, PRICE, equity, 0);
        let got = close_size(&market.risk, &health, &leg, Size(1_500), Ticks(PRICE)).unwrap();
        assert_eq!(got, Size(size), "at {equity}");
    }
    // Exactly the minimum position may remain
    let exact = (1_460_000..1_470_000).step_by(50).find_map(|equity| {
        let (health, leg) = account(&market.risk, 1_500, PRICE, equity, 0);
        let got = close_size(&market.risk, &health, &leg, Size(1_500), Ticks(PRICE)).unwrap();
        (got == Size(1_400)).then_some(got)
    });
    assert_eq!(exact, Some(Size(1_400)));
}

#[test]
fn a_position_smaller_than_the_minimum_step_goes_whole() {
    let market = sol_market();
    let (health, leg) = account(&market.risk, 30, PRICE, 50_000, 0);
    assert_eq!(close_size(&market.risk, &health, &leg, Size(30), Ticks(PRICE)).unwrap(), Size(30));
}

#[test]
fn when_other_legs_require_more_than_there_is_all_of_the_leg_goes() {
    let market = sol_market();
    let (health, leg) = account(&market.risk, 1_000_000, PRICE, 4_000_000_000, 5_000_000_000);
    assert_eq!(close_size(&market.risk, &health, &leg, Size(1_000_000), Ticks(PRICE)).unwrap(), Size(1_000_000));
}

#[test]
fn the_largest_position_can_be_sized() {
    // Given the largest notional of a side in one position, at any depth
    for depth in [1 << 30, 1 << 42, 1 << 55] {
        let mut p = sol();
        (p.depth, p.position_cap) = (depth, p.side_cap);
        let risk = risk_of(&p);
        let price = risk.max_price.0;
        let (mut health, leg) = account(&risk, p.side_cap, price, 0, 0);
        for tenth in 0..=10 {
            health.equity = Pnl((health.maintenance.0 / 10 * tenth) as i64);
            let size = close_size(&risk, &health, &leg, Size(p.side_cap), Ticks(price)).unwrap();
            assert!(size <= Size(p.side_cap));
        }
    }
}

#[test]
fn the_leg_with_the_largest_requirement_goes_first() {
    let charge = Ratio::from_ppm_ceil(6_000).unwrap();
    let risk = sol_market().risk;
    let legs = |sizes: [u64; 3]| sizes.map(|lots| account(&risk, lots, PRICE, 0, 0).1);
    let choose = |sizes| {
        let legs = legs(sizes);
        let total = legs.iter().map(|leg| leg.maintenance.0).sum();
        let health = Health { equity: Pnl(1 << 50), maintenance: Atoms(total), ..Health::default() };
        choose_leg(&health, legs.iter().map(|leg| (charge, *leg)))
    };
    assert_eq!(choose([1_000, 3_000, 2_000]), Some(1));
    assert_eq!(choose([3_000, 3_000, 2_000]), Some(0), "ties go to the first");
    assert_eq!(choose([0, 0, 200]), Some(2));
    assert_eq!(choose([0, 0, 0]), None, "nothing is held");
}

#[test]
fn a_leg_whose_close_would_lower_health_is_skipped() {
    // Given a large leg that requires 1.25 % and a smaller one that requires 20 %, at equal charges of 0.6 %
    let leg = |notional: u64, ratio_ppm| {
        let ratio = Ratio::from_ppm_ceil(ratio_ppm).unwrap();
        let notional = Atoms(notional);
        LegHealth { notional, ratio, maintenance: ratio.mul_ceil(notional).unwrap(), ..LegHealth::default() }
    };
    let (wide, steep) = (leg(100_000 * USD, 12_500), leg(2_000 * USD, 200_000));
    let charge = Ratio::from_ppm_ceil(6_000).unwrap();
    let maintenance = Atoms(wide.maintenance.0 + steep.maintenance.0);
    let choose = |equity: u64| {
        let health = Health { equity: Pnl(equity as i64), maintenance, ..Health::default() };
        choose_leg(&health, [(charge, wide), (charge, steep)].into_iter())
    };
    // When E x 1.25 % > 0.6 % x $1,650 the wide leg goes, below that the steep one, below $49.50 all of them
    assert_eq!(choose(793 * USD), Some(0));
    assert_eq!(choose(791 * USD), Some(1));
    assert_eq!(choose(50 * USD), Some(1));
    assert_eq!(choose(49 * USD), None);
    assert_eq!(choose(0), None);
}

#[test]
fn an_account_that_no_close_helps_is_flagged_for_its_largest_leg() {
    let risk = sol_market().risk;
    let flag = |sizes: [u64; 4], equity| {
        let legs = sizes.map(|lots| account(&risk, lots, PRICE, 0, 0).1);
        let maintenance = Atoms(legs.iter().map(|leg| leg.maintenance.0).sum());
        let health = Health { equity: Pnl(equity), maintenance, ..Health::default() };
        leg_to_flag(&health, legs.iter().map(|leg| (risk.charge, *leg)))
    };
    assert_eq!(flag([0, 1_000, 3_000, 2_000], 1 << 50), Some(2), "the leg to close");
    assert_eq!(flag([0, 1_000, 3_000, 2_000], -1), Some(2));
    assert_eq!(flag([0, 1_000, 3_000, 3_000], -1), Some(2), "ties go to the first");
    assert_eq!(flag([0, 0, 0, 0], -1), None);
    // A debt that deleveraging left without lots comes last, and counts when it is all there is
    let debt = LegHealth { pnl: Pnl(-5), counted: Pnl(-5), ..LegHealth::default() };
    let health = Health { equity: Pnl(-1), ..Health::default() };
    let legs = |other| [LegHealth::default(), debt, other].map(|leg| (risk.charge, leg));
    assert_eq!(leg_to_flag(&health, legs(LegHealth::default()).into_iter()), Some(1));
    assert_eq!(leg_to_flag(&health, legs(account(&risk, 1_000, PRICE, 0, 0).1).into_iter()), Some(2));
}

#[test]
fn a_close_helps_only_strictly() {
    let leg = LegHealth { ratio: Ratio(200), ..LegHealth::default() };
    let health = |equity| Health { equity: Pnl(equity), maintenance: Atoms(1_000), ..Health::default() };
    // 200 E against 40 x 1,000
    assert!(close_helps(Ratio(40), &health(201), &leg));
    assert!(!close_helps(Ratio(40), &health(200), &leg));
    assert!(!close_helps(Ratio(40), &health(-201), &leg));
    assert!(close_helps(Ratio(0), &health(1), &leg));
    assert!(!close_helps(Ratio(0), &health(0), &leg));
}

#[test]
fn a_leg_whose_loss_the_cash_cannot_pay_waits_behind_one_that_can_be_closed() {
    // Given no cash, a large losing leg and a smaller one with a profit
    let mut market = sol_market();
    let mut other = market_of(&sol(), PRICE, 20_000_000 * USD);
    let losing = hold(&mut market, 1_000_000, PRICE + 1_000);
    let winning = hold(&mut other, 900_000, PRICE - 5_000);
    let legs = [leg(&losing, &market), leg(&winning, &other)];
    let health = |cash| common::health(cash, &[(&losing, &market), (&winning, &other)]);
    let choose = |cash| choose_leg(&health(cash), legs.iter().map(|leg| (market.risk.charge, *leg)));
    // Then the profit goes first, and with cash for one lot of the loss the larger leg
    assert_eq!(choose(0), Some(1));
    assert_eq!(choose(999), Some(1));
    assert_eq!(choose(1_000), Some(0));
    // A debt without lots has no lot to pay for, however much cash there is
    let debt = LegHealth { pnl: Pnl(-5), ..LegHealth::default() };
    assert!(!is_payable(&health(10), &debt) && !is_payable(&health(5), &debt));
    assert!(is_payable(&health(0), &legs[1]) && !is_payable(&health(999), &legs[0]));
}

#[test]
fn a_loss_beyond_the_cash_limits_the_lots() {
    let size = |pnl, cash, held, wanted| payable_size(Pnl(pnl), Atoms(cash), Size(held), Size(wanted));
    assert_eq!(size(-1_000, 1_000, 10, 7), Ok(Size(7)));
    assert_eq!(size(500, 0, 10, 10), Ok(Size(10)));
    assert_eq!(size(-1_000, 999, 10, 10), Ok(Size(9)));
    assert_eq!(size(-1_000, 999, 10, 3), Ok(Size(3)));
    assert_eq!(size(-1_000, 100, 10, 10), Ok(Size(1)));
    assert_eq!(size(-1_000, 99, 10, 10), Err(EngineError::NothingToClose));
}

prop_compose! {
    /// Parameters over every region of the formula, a price, lots, and an account between one charge and its maintenance.
    fn case()(
        volatility_floor_ppm in 200u32..60_000,
        depth in 1_000_000_000u64..100_000_000_000_000,
        floor in 12_500u32..60_000,
        over in 0u32..200_000,
        target_ppm in 1_000_000u32..1_500_000,
        price in 5_000u64..2_000_000,
        lots in 100u64..3_000,
        scale in prop_oneof![Just(1u64), Just(100), Just(5_000)],
        share in 0.0f64..1.0,
        other in prop_oneof![Just(0u64), 0u64..2_000_000_000],
    ) -> (Risk, u64, u64, i64, u64) {
        let mut p = sol();
        (p.volatility_floor_ppm, p.depth, p.target_ppm) = (volatility_floor_ppm, depth, target_ppm);
        (p.maintenance_floor_ppm, p.maintenance_cap_ppm) = (floor, floor + over);
        p.close_cost_ppm = 0;
        let risk = risk_of(&p);
        let lots = lots * scale;
        let (health, leg) = account(&risk, lots, price, 0, other);
        let charge = risk.charge.mul_ceil(leg.notional).unwrap().0;
        let span = health.maintenance.0.saturating_sub(charge) as f64;
        (risk, lots, price, (charge as f64 + share * span) as i64, other)
    }
}

proptest! {
    #![proptest_config(cases(3_000))]

    #[test]
    fn the_size_is_the_smallest_that_reaches_the_target((risk, lots, price, equity, other) in case()) {
        let (health, leg) = account(&risk, lots, price, equity, other);
        let got = close_size(&risk, &health, &leg, Size(lots), Ticks(price)).unwrap().0;
        prop_assert!(got <= lots);
        let urgent = equity <= risk.charge.mul_ceil(leg.notional).unwrap().0 as i64;
        // By brute force over all of them when they are few.
        let least = if lots <= 3_000 {
            (0..lots).find(|size| reaches(&risk, lots, price, equity, other, *size)).unwrap_or(lots)
        } else {
            least(&risk, lots, price, equity, other)
        };
        let least = least.max(50).min(lots);
        let expected = if urgent || lots - least < 100 { lots } else { least };
        prop_assert_eq!(got, expected);
    }

    #[test]
    fn the_closed_form_is_within_two_lots((risk, lots, price, equity, other) in case()) {
        let (health, leg) = account(&risk, lots, price, equity, other);
        let exact = least(&risk, lots, price, equity, other);
        prop_assume!(reaches(&risk, lots, price, equity, other, exact));
        let estimate = estimate_size(&risk, &health, &leg, Size(lots), Ticks(price)).unwrap().0;
        prop_assert!(estimate <= exact && exact <= estimate + 2, "{estimate} {exact}");
    }

    #[test]
    fn one_atom_of_equity_decides((risk, lots, price, _, other) in case(), part in 0.0f64..1.0) {
        // Given the least equity at which closing this size reaches the target
        let size = ((part * lots as f64) as u64).clamp(51, lots);
        prop_assume!(lots - size > 100);
        let (mut low, mut high) = (-1i64 << 50, 1i64 << 50);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if reaches(&risk, lots, price, middle, other, size) { high = middle } else { low = middle }
        }
        // Then it is closed, and more of it with an atom less
        let close = |equity| {
            let (health, leg) = account(&risk, lots, price, equity, other);
            close_size(&risk, &health, &leg, Size(lots), Ticks(price)).unwrap().0
        };
        let (health, leg) = account(&risk, lots, price, high - 1, other);
        prop_assume!(health.is_liquidatable() && !is_urgent(&risk, &health, &leg).unwrap());
        prop_assert_eq!(close(high), size);
        prop_assert!(close(high - 1) > size);
    }

    #[test]
    fn a_close_of_a_leg_that_helps_raises_health((risk, lots, price, equity, other) in case(), part in 0.0f64..1.0) {
        let (health, leg) = account(&risk, lots, price, equity, other);
        prop_assume!(close_helps(risk.charge, &health, &leg));
        let size = ((part * lots as f64) as u64).max(1);
        let charge = risk.charge.mul_floor(Size(size).at(Ticks(price)).unwrap()).unwrap();
        let rest = maintenance(&risk, Size(lots - size).at(Ticks(price)).unwrap()).unwrap().0 + other;
        let after = Health { equity: Pnl(equity - charge.0 as i64), maintenance: Atoms(rest), ..Health::default() };
        prop_assert!(common::health_not_lower(&health, &after));
    }
}
