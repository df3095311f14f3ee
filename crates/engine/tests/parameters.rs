//! Parameters, their bounds and the constants derived from them.
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

use common::{float, risk_of, sol};
use plimsoll_engine::{
    EngineError,
    parameters::Parameters,
    risk::{MAX_NOTIONAL, Risk},
    units::{Atoms, Ratio, Reciprocal, Size, Ticks},
};

fn with(change: impl FnOnce(&mut Parameters)) -> Result<Risk, EngineError> {
    let mut p = sol();
    change(&mut p);
    Risk::new(&p)
}

#[test]
fn golden_constants_of_the_sol_market() {
    // Made by a separate program in rational arithmetic.
    let risk = risk_of(&sol());
    assert_eq!((risk.base, risk.base_model), (Ratio(52_384_744), Ratio(52_384_744)));
    assert_eq!((risk.impact, risk.impact_model), (Reciprocal(1_980_704_062_856_609), risk.impact));
    assert_eq!((risk.maintenance_floor, risk.maintenance_cap), (Ratio(53_687_092), Ratio(858_993_460)));
    assert_eq!(risk.key_scale, Ratio(19_961_205));
    assert_eq!((risk.charge, risk.charge_treasury), (Ratio(25_769_806), Ratio(15_032_386)));
    assert_eq!((risk.charge_flagger, risk.charge_liquidator), (Ratio(2_147_484), Ratio(4_294_968)));
    assert_eq!((risk.target, risk.initial_multiple), (Ratio(4_724_464_026), Ratio(7_809_031_448)));
    assert_eq!(risk.open_interest_ramp, 131_762_457_670);
    assert_eq!(risk.skew, Reciprocal(495_176_015_714_152_110));
    assert_eq!(risk.max_price, Ticks(8_235_153_604));
    assert_eq!(risk.cascade_multiple, Ratio::ONE);
}

#[test]
fn what_is_given_in_lots_atoms_and_seconds_is_taken_as_it_is() {
    let (p, risk) = (sol(), risk_of(&sol()));
    assert_eq!(
        (risk.minimum_step, risk.minimum_position, risk.side_cap, risk.position_cap),
        (Size(50), Size(100), Size(70_000_000), Size(20_000_000))
    );
    assert_eq!(
        [risk.profit_cap, risk.execution_fee, risk.throttle_capacity, risk.throttle_refill].map(|atoms| atoms.0),
        [p.profit_cap, p.execution_fee, p.throttle_capacity, p.throttle_refill]
    );
    assert_eq!((risk.insurance_cap, risk.minimum_lp_deposit), (Atoms(p.insurance_cap), Atoms(p.minimum_lp_deposit)));
    assert_eq!([risk.max_price_age, risk.order_delay, risk.order_window], [30, 3, 5]);
    assert_eq!([risk.entry_ttl, risk.insurance_window, risk.tick_exponent], [30, 86_400, 3]);
}

#[test]
fn ratios_against_the_trader_are_rounded_up_and_for_the_trader_down() {
    let risk = with(|p| {
        (p.profit_weight_ppm, p.max_confidence_ppm, p.confidence_spread_ppm) = (333_333, 3_333, 333_333);
    })
    .unwrap();
    for (got, ppm) in [
        (risk.crowd, 100_000),
        (risk.key_drift, 350_000),
        (risk.spread, 400),
        (risk.confidence_spread, 333_333),
        (risk.fee, 500),
        (risk.stress, 200_000),
        (risk.coverage, 20_000),
        (risk.tolerance, 800_000),
        (risk.venue_fee, 100),
    ] {
        assert_eq!(got, Ratio::from_ppm_ceil(ppm).unwrap(), "{ppm}");
    }
    assert_eq!(risk.profit_weight, Ratio::from_ppm_floor(333_333).unwrap());
    assert_eq!(risk.max_confidence, Ratio::from_ppm_floor(3_333).unwrap());
    assert_eq!(risk.venue_band, Ratio::from_ppm_floor(5_000).unwrap());
}

#[test]
fn the_base_is_z_sigma_root_h_plus_cost_and_never_below() {
    for (z, volatility, h) in [(4_000, 12_000, 60), (1_000, 100, 5), (10_000, 500_000, 86_400), (3_300, 7_777, 3_601)] {
        let risk = with(|p| {
            (p.confidence_milli, p.volatility_floor_ppm, p.horizon_s) = (z, volatility, h);
        })
        .unwrap();
        let exact = f64::from(z) / 1e3 * f64::from(volatility) / 1e6 * (f64::from(h) / 3_600.0).sqrt() + 0.006;
        let above = float(risk.base) - exact;
        assert!((0.0..8e-9).contains(&above), "{above}");
    }
}

#[test]
fn the_treasurys_part_covers_closing_into_the_fullest_skew() {
    // Given a side cap of exactly 0.35 % of the skew scale
    assert!(with(|_| ()).is_ok());
    assert_eq!(with(|p| p.side_cap += 1_000), Err(EngineError::ParameterOutOfBounds));
    assert_eq!(with(|p| p.skew_scale -= 1_000_000), Err(EngineError::ParameterOutOfBounds));
    assert_eq!(
        with(|p| (p.charge_treasury_ppm, p.charge_insurance_ppm) = (3_499, 1_001)),
        Err(EngineError::ParameterOutOfBounds)
    );
}

#[test]
fn the_charge_is_at_most_half_the_floor() {
    assert!(with(|p| p.charge_insurance_ppm = 1_249).is_ok());
    assert_eq!(with(|p| p.charge_insurance_ppm = 1_251), Err(EngineError::ParameterOutOfBounds));
    assert_eq!(with(|p| p.maintenance_floor_ppm = 11_999), Err(EngineError::ParameterOutOfBounds));
}

#[test]
fn the_venue_band_is_at_most_half_the_floor() {
    assert!(with(|p| p.venue_band_ppm = 6_250).is_ok());
    assert_eq!(with(|p| p.venue_band_ppm = 6_251), Err(EngineError::ParameterOutOfBounds));
    assert!(with(|p| p.venue_band_ppm = 0).is_ok(), "no venue fills");
}

#[test]
fn parameters_are_tied_to_each_other() {
    let refused = Err(EngineError::ParameterOutOfBounds);
    assert_eq!(with(|p| p.maintenance_cap_ppm = 12_499), refused);
    assert!(with(|p| p.maintenance_cap_ppm = 12_500).is_ok());
    assert_eq!(with(|p| p.position_cap = p.side_cap + 1), refused);
    assert!(with(|p| p.position_cap = p.side_cap).is_ok());
    assert_eq!(with(|p| p.minimum_step = 101), refused);
    assert!(with(|p| p.minimum_step = 100).is_ok());
    assert_eq!(with(|p| p.minimum_position = p.position_cap + 1), refused);
    assert!(with(|p| p.minimum_position = p.position_cap).is_ok());
}

#[test]
fn derived_constants_are_checked_wherever_they_come_from() {
    let broken = |change: fn(&mut Risk)| {
        let mut risk = risk_of(&sol());
        change(&mut risk);
        risk.check()
    };
    let refused = Err(EngineError::ParameterOutOfBounds);
    assert_eq!(broken(|_| ()), Ok(()));
    assert_eq!(broken(|r| r.target.0 = (1 << 32) - 1), refused);
    assert_eq!(broken(|r| r.tolerance.0 = (1 << 32) + 1), refused);
    assert_eq!(broken(|r| r.initial_multiple.0 = 1 << 32), refused);
    assert_eq!(broken(|r| r.cascade_multiple.0 = (1 << 32) - 1), refused);
}

/// Sets one field to a value.
type Set = fn(&mut Parameters, u64);

#[test]
fn every_parameter_has_hard_bounds() {
    // Each with its smallest and largest value where it has one.
    let bounds: [(&str, Set, Option<u64>, Option<u64>); 48] = [
        ("tick_exponent", |p, v| p.tick_exponent = v as u8, Some(1), Some(12)),
        ("volatility", |p, v| p.volatility_floor_ppm = v as u32, Some(100), Some(500_000)),
        ("confidence", |p, v| p.confidence_milli = v as u32, Some(1_000), Some(10_000)),
        ("horizon", |p, v| p.horizon_s = v as u32, Some(5), Some(86_400)),
        ("key_horizon", |p, v| p.key_horizon_s = v as u32, Some(5), Some(86_400)),
        ("key_drift", |p, v| p.key_drift_ppm = v as u32, Some(250_000), Some(500_000)),
        ("close_cost", |p, v| p.close_cost_ppm = v as u32, None, Some(20_000)),
        ("maintenance_floor", |p, v| p.maintenance_floor_ppm = v as u32, None, Some(200_000)),
        ("maintenance_cap", |p, v| p.maintenance_cap_ppm = v as u32, None, Some(1_000_000)),
        ("rho", |p, v| p.rho_ppm = v as u32, Some(500_000), Some(600_000)),
        ("crowd", |p, v| p.crowd_ppm = v as u32, None, Some(1_000_000)),
        ("ramp", |p, v| p.open_interest_ramp_ppm = v as u32, None, Some(4_000_000)),
        ("profit_weight", |p, v| p.profit_weight_ppm = v as u32, None, Some(1_000_000)),
        ("profit_cap", |p, v| p.profit_cap = v, None, Some(MAX_NOTIONAL)),
        ("target", |p, v| p.target_ppm = v as u32, Some(1_000_000), Some(1_500_000)),
        ("spread", |p, v| p.spread_ppm = v as u32, None, Some(20_000)),
        ("confidence_spread", |p, v| p.confidence_spread_ppm = v as u32, None, Some(5_000_000)),
        ("fee", |p, v| p.fee_ppm = v as u32, None, Some(20_000)),
        ("execution_fee", |p, v| p.execution_fee = v, None, Some(10_000_000)),
        (
            "stress",
            |p, v| (p.stress_ppm, p.adl_trigger_ppm, p.adl_target_ppm) = (v as u32, 1_000, 1_000),
            Some(10_000),
            Some(1_000_000),
        ),
        ("volatility_cap", |p, v| p.volatility_cap_ppm = v as u32, Some(12_000), Some(1_000_000)),
        ("sample_interval", |p, v| p.sample_interval_s = v as u32, Some(1), Some(3_600)),
        ("volatility_tau", |p, v| p.volatility_tau_s = v as u32, Some(60), Some(2_592_000)),
        ("notice", |p, v| p.notice_s = v as u32, Some(600), Some(2_592_000)),
        ("rise", |p, v| p.rise_ppm = v as u32, Some(1_000), Some(1_000_000)),
        ("band", |p, v| p.band_ppm = v as u32, Some(100), Some(100_000)),
        ("stale", |p, v| p.stale_ppm = v as u32, Some(1), Some(10_000)),
        ("outage_gap", |p, v| p.outage_gap_s = v as u32, Some(30), Some(86_400)),
        ("outage_grace", |p, v| p.outage_grace_s = v as u32, None, Some(600)),
        ("disagreement", |p, v| p.disagreement_s = v as u32, Some(10), Some(86_400)),
        ("silence", |p, v| p.silence_s = v as u32, Some(3_600), Some(2_592_000)),
        ("cascade_window", |p, v| p.cascade_window_s = v as u32, Some(10), Some(3_600)),
        ("cascade_cap", |p, v| p.cascade_cap_ppm = v as u32, Some(1_000_000), Some(10_000_000)),
        ("funding_slope", |p, v| p.funding_slope_ppm = v as u32, None, Some(10_000_000)),
        ("funding_cap", |p, v| p.funding_cap_ppm = v as u32, None, Some(2_400_000)),
        ("adl_trigger", |p, v| p.adl_trigger_ppm = v as u32, Some(1_000), Some(50_000)),
        ("adl_target", |p, v| p.adl_target_ppm = v as u32, Some(25_000), Some(200_000)),
        ("settle_wait", |p, v| p.settle_wait_s = v as u32, Some(10), Some(86_400)),
        ("settle_deadline", |p, v| p.settle_deadline_s = v as u32, Some(3_600), Some(2_592_000)),
        ("lp_cooldown", |p, v| p.lp_cooldown_s = v as u32, Some(3_600), Some(604_800)),
        ("coverage", |p, v| p.coverage_ppm = v as u32, None, Some(1_000_000)),
        ("tolerance", |p, v| p.tolerance_ppm = v as u32, Some(500_000), Some(1_000_000)),
        ("max_price_age", |p, v| p.max_price_age_s = v as u32, Some(1), Some(600)),
        ("max_confidence", |p, v| p.max_confidence_ppm = v as u32, Some(100), Some(100_000)),
        ("clock_lag", |p, v| p.clock_lag_s = v as u32, Some(1), Some(sol().order_delay_s as u64 - 1)),
        ("order_delay", |p, v| p.order_delay_s = v as u32, Some(2), Some(60)),
        ("order_window", |p, v| p.order_window_s = v as u32, Some(1), Some(60)),
        ("minimum_lp_deposit", |p, v| p.minimum_lp_deposit = v, Some(1_000_000), Some(MAX_NOTIONAL)),
    ];
    let more: [(&str, Set, Option<u64>, Option<u64>); 16] = [
        ("entry_ttl", |p, v| p.entry_ttl_s = v as u32, Some(5), Some(600)),
        ("throttle_capacity", |p, v| (p.throttle_capacity, p.throttle_refill) = (v, 1), Some(1), Some(MAX_NOTIONAL)),
        ("throttle_refill", |p, v| p.throttle_refill = v, Some(1), Some(sol().throttle_capacity)),
        ("insurance_window", |p, v| p.insurance_window_s = v as u32, Some(60), Some(604_800)),
        ("insurance_cap", |p, v| p.insurance_cap = v, None, Some(MAX_NOTIONAL)),
        ("minimum_step", |p, v| p.minimum_step = v, Some(1), None),
        ("depth", |p, v| p.depth = v, Some(Reciprocal::MIN), Some(Reciprocal::MAX)),
        ("venue_band", |p, v| (p.venue_band_ppm, p.maintenance_floor_ppm) = (v as u32, 200_000), None, Some(100_000)),
        ("venue_fee", |p, v| p.venue_fee_ppm = v as u32, None, Some(20_000)),
        ("ema_band", |p, v| p.ema_band_ppm = v as u32, Some(10_000), Some(10_000_000)),
        ("cascade_limit", |p, v| p.cascade_limit_ppm = v as u32, Some(1_100_000), Some(11_000_000)),
        ("skew_cap", |p, v| p.skew_cap = v, Some(1), Some(1 << 55)),
        ("insurance_target", |p, v| p.insurance_target = v, None, Some(MAX_NOTIONAL)),
        ("position_share", |p, v| p.position_share_ppm = v as u32, Some(1_000), Some(1_000_000)),
        ("position_floor", |p, v| p.position_floor = v, None, Some(1 << 55)),
        ("depth_share", |p, v| p.depth_share_ppm = v as u32, Some(1_000), Some(1_000_000_000)),
    ];
    for (name, set, low, high) in bounds.into_iter().chain(more) {
        let takes = |value| {
            with(|p| {
                // A cap of all, so that only the bound in question can refuse.
                p.maintenance_cap_ppm = 1_000_000;
                set(p, value);
            })
        };
        for bound in [low, high].into_iter().flatten() {
            assert!(takes(bound).is_ok(), "{name} {bound}");
        }
        if let Some(below) = low.and_then(|low| low.checked_sub(1)) {
            assert_eq!(takes(below), Err(EngineError::ParameterOutOfBounds), "{name} {below}");
        }
        if let Some(high) = high {
            assert_eq!(takes(high + 1), Err(EngineError::ParameterOutOfBounds), "{name} {high}");
        }
    }
}

#[test]
fn floors_below_what_a_charge_allows_are_bounded_too() {
    // Given a market without charge or cap on skew
    let small = |floor, cap| {
        with(|p| {
            (p.charge_treasury_ppm, p.charge_flagger_ppm) = (10, 0);
            (p.charge_liquidator_ppm, p.charge_insurance_ppm, p.venue_band_ppm) = (0, 0, 0);
            (p.side_cap, p.position_cap, p.minimum_step, p.minimum_position) = (1_000, 1_000, 1, 1);
            (p.maintenance_floor_ppm, p.maintenance_cap_ppm) = (floor, cap);
        })
    };
    assert!(small(2_000, 5_000).is_ok());
    assert!(small(1_999, 5_000).is_err());
    assert!(small(2_000, 4_999).is_err());
    assert!(with(|p| p.side_cap = 999).is_err());
}

#[test]
fn the_largest_price_keeps_a_side_within_its_notional() {
    let risk = with(|p| {
        (p.skew_scale, p.side_cap, p.position_cap) = (Reciprocal::MAX, 1 << 40, 1 << 40);
    })
    .unwrap();
    assert_eq!(risk.max_price, Ticks(1 << 19));
    assert_eq!(risk.side_cap.at(risk.max_price), Ok(Atoms(MAX_NOTIONAL)));
}
