//! The priority key: the cost of waiting.
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

use common::{cases, float, hold, leg, market_of, risk_of, sol, sol_market};
use plimsoll_engine::{
    account::Health,
    key::{Stress, cost_of_waiting},
    units::{Atoms, Pnl, Ratio, Ticks},
};
use proptest::prelude::*;

/// With this much stress the key without shortfall is the weight itself, in 2^-32.
const UNIT: Atoms = Atoms(1 << 32);
/// The drift of these tests, 0.5, has no rounding of its own.
const HALF: Ratio = Ratio(1 << 31);

fn raw_weight(x_raw: i64, drift: Ratio) -> u64 {
    cost_of_waiting(UNIT, drift, Pnl(x_raw), Atoms(0)).unwrap().0
}

/// `L(z) = pdf(z) - z (1 - cdf(z))`.
fn normal_loss(z: f64) -> f64 {
    let density = (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    density - z * libm::erfc(z / std::f64::consts::SQRT_2) / 2.0
}

fn reference_weight(x: f64, a: f64) -> f64 {
    normal_loss(3.0 * (x - a)) / 3.0 - (-x).max(0.0)
}

#[test]
fn every_table_entry_is_the_normal_loss_function() {
    for step in 0..=512u32 {
        // Given an equity exactly `step` steps of 1/256 above the drift
        let x = (1i64 << 31) + (i64::from(step) << 24);
        // Then the weight is L(3u)/3 to the nearest 2^-32
        let expected = (normal_loss(3.0 * f64::from(step) / 256.0) / 3.0 * 4_294_967_296.0).round() as u64;
        let expected = if step == 512 { 0 } else { expected };
        assert_eq!(raw_weight(x, HALF), expected, "step {step}");
    }
}

#[test]
fn between_steps_the_weight_is_never_below_by_more_than_rounding_and_at_most_2_284e_minus_6_above() {
    let mut worst: f64 = 0.0;
    for x_raw in (-(3i64 << 32)..(3i64 << 32)).step_by(2_345_678) {
        // Whole multiples of 2^-24, so that only the table's own error is measured.
        let x_raw = x_raw >> 8 << 8;
        let x = x_raw as f64 / 4_294_967_296.0;
        let error = raw_weight(x_raw, HALF) as f64 / 4_294_967_296.0 - reference_weight(x, 0.5);
        // One unit of 2^-32 for the rounding of the table's entries.
        assert!(error > -2.4e-10, "{error} below at {x}");
        assert!(error < 2.284e-6, "{error} above at {x}");
        worst = worst.max(error);
    }
    assert!(worst > 2.27e-6, "the bound is tight: {worst}");
}

/// Numbers with 50 decimals, of which 18 are used here.
const DECIMALS: i128 = 1_000_000_000_000_000_000;

/// Every line of `data/key.txt`, which `tables.py` makes with 50 digits: stress, drift, equity, maintenance, key.
fn reference_keys() -> Vec<(u64, u64, i64, u64, i128)> {
    let number = |text: &str| {
        let (whole, decimals) = text.split_once('.').unwrap();
        assert_eq!(decimals.len(), 50);
        whole.parse::<i128>().unwrap() * DECIMALS + decimals[..18].parse::<i128>().unwrap()
    };
    let line = |line: &str| {
        let fields: Vec<&str> = line.split(' ').collect();
        let [stress, drift, equity, maintenance, key] = fields[..] else { panic!("{line}") };
        let word = |text: &str| text.parse::<u64>().unwrap();
        (word(stress), word(drift), equity.parse().unwrap(), word(maintenance), number(key))
    };
    include_str!("data/key.txt").lines().filter(|l| !l.starts_with('#')).map(line).collect()
}

#[test]
fn the_key_is_within_its_bound_of_fifty_digits() {
    let keys = reference_keys();
    assert!(keys.len() > 500);
    let mut exact_steps = 0;
    for (stress, drift, equity, maintenance, exact) in keys {
        let key = cost_of_waiting(Atoms(stress), Ratio(drift), Pnl(equity), Atoms(maintenance)).unwrap();
        let error = i128::from(key.0) * DECIMALS - exact;
        let size = i128::from(stress);
        // The bound in the documentation of `cost_of_waiting`
        assert!(error.abs() <= size * 2_410_000_000_000 + 2 * DECIMALS, "{error} at {equity} of {stress}");
        // Where equity over stress and drift are whole multiples of 2^-24, it is the table's own and two atoms
        if stress == 1 << 32 && drift % 256 == 0 && equity % 256 == 0 {
            assert!(error <= size * 2_284_000_000_000, "{error} above at {equity}");
            assert!(error >= -size * 116_415_322 - 2 * DECIMALS, "{error} below at {equity}");
            exact_steps += 1;
        }
    }
    assert!(exact_steps > 100, "{exact_steps}");
}

#[test]
fn the_weight_is_largest_at_zero_equity() {
    for drift in [250_000, 350_000, 500_000] {
        let drift = Ratio::from_ppm_ceil(drift).unwrap();
        let top = raw_weight(0, drift);
        for x in 1..200i64 {
            let x = x << 26;
            assert!(raw_weight(x, drift) < top);
            assert!(raw_weight(-x, drift) <= top);
        }
        assert!(raw_weight(-(1 << 30), drift) < top);
    }
}

#[test]
fn above_zero_the_weight_falls_until_nothing_is_at_stake() {
    let weights: Vec<u64> = (0..640i64).map(|i| raw_weight(i << 24, HALF)).collect();
    assert!(weights.windows(2).take(450).all(|pair| pair[0] > pair[1]));
    assert!(weights[639] <= 1);
}

#[test]
fn far_below_zero_the_weight_is_the_drift() {
    for x in [-2i64 << 32, -15 << 32, -16 << 32, -100 << 32, i64::MIN + 1, i64::MIN] {
        assert_eq!(raw_weight(x, HALF), HALF.0);
    }
    assert_eq!(raw_weight(-1 << 32, HALF), HALF.0 + 994, "what is lost is lost: only growth counts");
}

#[test]
fn golden_keys_of_the_sol_market() {
    // Made by a separate program from the formula in rational arithmetic: equity, stress, maintenance, key.
    let drift = Ratio::from_ppm_ceil(350_000).unwrap();
    for (equity, stress, maintenance, key) in [
        (0, 697_137_032, 4_079_516_070, 261_647_543),
        (1_000_000_000, 697_137_032, 4_079_516_070, 82_275),
        (-500_000_000, 697_137_032, 4_079_516_070, 244_102_974),
        (-10_000_000_000, 697_137_032, 4_079_516_070, 244_060_184),
        (17_123_456, 13_942_741, 37_500_001, 6_405),
        (-17_123_456, 13_942_741, 37_500_001, 4_880_531),
        (1_500_000_000, 10_457_055_469, 450_000_000_420, 2_736_183_072),
        (1_000_000, 697_138, 1_875_001, 48),
    ] {
        let got = cost_of_waiting(Atoms(stress), drift, Pnl(equity), Atoms(maintenance)).unwrap();
        assert_eq!(got, Atoms(key), "equity {equity} stress {stress}");
    }
}

#[test]
fn the_key_of_an_account_uses_three_deviations_over_the_key_horizon() {
    // Given 1,000 SOL long at $150 without any equity
    let mut market = sol_market();
    let position = hold(&mut market, 1_000_000, 150_000);
    let mut health = Health::default();
    health.add(&leg(&position, &market)).unwrap();
    // Then S = 3 x 1.2 % x sqrt(60 / 3600) x $150,000 = $697.14 and the key is the golden one
    assert_eq!(health.stress.total().unwrap(), Atoms(697_137_032));
    assert_eq!(health.key(market.risk.key_drift).unwrap(), Atoms(261_647_543));
}

#[test]
fn accounts_far_from_zero_are_ordered_by_their_shortfall() {
    // Given equity so far above zero that the weight vanishes
    let key = |equity| cost_of_waiting(Atoms(1_000), HALF, Pnl(equity), Atoms(1 << 40)).unwrap().0;
    // Then each 2^16 atoms of shortfall count one
    assert_eq!(key(1 << 39), 1 << 23);
    assert_eq!(key((1 << 39) + (1 << 16)), (1 << 23) - 1);
    assert_eq!(key(1 << 40), 0);
    assert_eq!(key(1 << 41), 0, "a healthy account has no shortfall");
}

#[test]
fn the_shortfall_counts_at_most_the_requirement() {
    let key = |equity| cost_of_waiting(Atoms(0), HALF, Pnl(equity), Atoms(1 << 40)).unwrap().0;
    assert_eq!(key(0), 1 << 24);
    assert_eq!(key(-1), 1 << 24);
    assert_eq!(key(i64::MIN), 1 << 24);
}

#[test]
fn without_positions_nothing_is_at_stake() {
    assert_eq!(cost_of_waiting(Atoms(0), HALF, Pnl(0), Atoms(0)).unwrap(), Atoms(0));
    assert_eq!(cost_of_waiting(Atoms(0), HALF, Pnl(-5), Atoms(0)).unwrap(), Atoms(0));
}

#[test]
fn a_whale_near_zero_outranks_dust_far_below_it() {
    let whale = cost_of_waiting(Atoms(1_000_000_000), HALF, Pnl(100_000_000), Atoms(4_000_000_000)).unwrap();
    let dust = cost_of_waiting(Atoms(1_000_000), HALF, Pnl(-900_000_000), Atoms(4_000_000)).unwrap();
    assert!(whale.0 > 100 * dust.0);
}

#[test]
fn hedges_count_and_independent_legs_add_in_squares() {
    let stress = |legs: &[(u64, bool)]| {
        let mut sum = Stress::default();
        legs.iter().for_each(|(size, long)| sum.add(Atoms(*size), *long).unwrap());
        sum.total().unwrap().0
    };
    assert_eq!(stress(&[]), 0);
    assert_eq!(stress(&[(3_000, false)]), 3_000);
    assert_eq!(stress(&[(3_000, true), (4_000, true)]), 7_000, "one direction: the sum");
    assert_eq!(stress(&[(3_000, true), (4_000, false)]), 5_000, "hedged: the root of squares");
    assert_eq!(stress(&[(4_000, false), (3_000, true), (0, true)]), 5_000);
    assert_eq!(stress(&[(6_000, true), (2_000, false), (3_000, false)]), 7_000);
    assert_eq!(stress(&[(9_000, false), (2_000, false), (1_000, true)]), 10_000);
}

#[test]
fn the_largest_accounts_still_have_a_key() {
    // Given eight legs of the largest stress that a market allows, and the worst equity
    let mut stress = Stress::default();
    (0..8).for_each(|_| stress.add(Atoms(1 << 62), true).unwrap());
    let total = stress.total().unwrap();
    assert!(total.0 >= (1 << 63) - 1);
    // Then flagging does not fail
    let key = cost_of_waiting(total, HALF, Pnl(i64::MIN), Atoms(1 << 62)).unwrap();
    assert!(key.0 >= total.0 / 2);
}

#[test]
fn key_scale_is_three_deviations_and_never_below() {
    for (volatility_floor_ppm, key_horizon_s) in [(12_000, 60), (100, 5), (500_000, 86_400), (7_000, 61)] {
        let mut p = sol();
        (p.volatility_floor_ppm, p.key_horizon_s) = (volatility_floor_ppm, key_horizon_s);
        let exact = 3.0 * f64::from(volatility_floor_ppm) / 1e6 * (f64::from(key_horizon_s) / 3_600.0).sqrt();
        let got = float(risk_of(&p).key_scale);
        assert!(got >= exact - 1e-15 && got - exact < 5e-9, "{got} {exact}");
    }
}

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn the_key_follows_the_formula(
        stress in 1_000_000u64..1 << 58,
        x in -3.0f64..3.0,
        drift_ppm in 250_000u32..=500_000,
        maintenance in 0u64..1 << 58,
    ) {
        let drift = Ratio::from_ppm_ceil(drift_ppm).unwrap();
        let equity = (x * stress as f64) as i64;
        let key = cost_of_waiting(Atoms(stress), drift, Pnl(equity), Atoms(maintenance)).unwrap();
        let shortfall = (maintenance as f64 - equity as f64).clamp(0.0, maintenance as f64) / 65_536.0;
        let exact = reference_weight(equity as f64 / stress as f64, f64::from(drift_ppm) / 1e6) * stress as f64 + shortfall;
        // The table's error, the 24 bits of `x` and of `a`, and the rounding of the two terms.
        let allowed = stress as f64 * (2.3e-6 + 2.0 / 16_777_216.0) + shortfall * 1e-9 + 3.0;
        prop_assert!((key.0 as f64 - exact).abs() <= allowed, "{} {exact}", key.0);
    }

    #[test]
    fn less_equity_above_zero_never_lowers_the_key(
        stress in 1u64..1 << 50,
        equity in 0i64..1 << 50,
        less in 0i64..1 << 50,
        maintenance in 0u64..1 << 50,
    ) {
        let key = |equity| cost_of_waiting(Atoms(stress), HALF, Pnl(equity), Atoms(maintenance)).unwrap();
        prop_assert!(key(equity.saturating_sub(less).max(0)) >= key(equity));
    }
}

#[test]
fn a_leg_of_any_price_adds_its_stress_rounded_up() {
    // Given the smallest position at a price of one tick
    let mut market = market_of(&sol(), 1, 1_000_000);
    let position = hold(&mut market, 1, 1);
    // Then its stress is not zero
    assert_eq!(leg(&position, &market).stress, Atoms(1));
    assert_eq!(market.risk.key_scale.mul_ceil(Atoms(1)).unwrap(), Atoms(1));
    assert_eq!(market.price.oracle, Ticks(1));
}
