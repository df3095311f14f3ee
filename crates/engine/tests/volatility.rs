//! Measured volatility: which updates are samples, and what they make of the average.
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

use common::{NOW, cases, price, risk_of, sol};
use plimsoll_engine::{
    price::Price,
    risk::Risk,
    units::{Ratio, Reciprocal, Ticks},
    volatility::{Coefficients, Volatility, is_sample},
};
use proptest::prelude::*;

/// A full minute: samples are taken after these.
const MINUTE: i64 = NOW - NOW % 60;

fn risk() -> Risk {
    risk_of(&sol())
}

/// An update published `publish` seconds after [`MINUTE`], the one before it at `previous`.
fn update(oracle: u64, previous: i64, publish: i64) -> Price {
    Price { publish_time: MINUTE + publish, previous_publish_time: MINUTE + previous, ..price(oracle) }
}

/// An average whose last sample is this price, at [`MINUTE`].
fn at(oracle: u64, variance: u64) -> Volatility {
    Volatility { variance, sample: Ticks(oracle), sampled_at: MINUTE }
}

mod samples {
    use super::*;

    #[test]
    fn the_first_update_after_a_boundary_is_a_sample() {
        let sampled = |previous, publish| is_sample(&risk(), &update(1, previous, publish));
        assert!(sampled(59, 60) && sampled(59, 61) && sampled(-1, 0) && sampled(0, 600));
        assert!(!sampled(60, 61) && !sampled(0, 59) && !sampled(60, 119) && !sampled(60, 60) && !sampled(61, 59));
    }

    #[test]
    fn boundaries_lie_between_times_before_1970_too() {
        let sampled = |previous_publish_time, publish_time| {
            is_sample(&risk(), &Price { publish_time, previous_publish_time, ..price(1) })
        };
        assert!(sampled(-1, 0) && sampled(-61, -60));
        assert!(!sampled(-59, -1) && !sampled(-60, -30));
    }

    #[test]
    fn the_first_sample_gives_no_return() {
        let first = Volatility::default().observed(&risk(), &update(150_000, -1, 0));
        assert_eq!(first, at(150_000, 0));
    }

    #[test]
    fn what_is_no_sample_changes_nothing() {
        let before = at(150_000, 1 << 50);
        assert_eq!(before.observed(&risk(), &update(75_000, 0, 30)), before);
    }
}

mod average {
    use super::*;

    #[test]
    fn golden_averages_of_irregular_samples() {
        // Made by a separate program in rational arithmetic: minutes, an hour, seven seconds and a day apart.
        let mut volatility = at(150_000, 0);
        let mut risk = risk();
        risk.sample_interval = 1;
        let mut time = 0;
        for (oracle, seconds, variance, sigma) in [
            (150_300, 60, 3_072_323_363_957, 51_539_608),
            (149_000, 60, 60_531_528_212_040, 51_539_608),
            (149_001, 3_600, 58_110_300_318_784, 51_539_608),
            (120_000, 7, 29_173_379_200_062_105, 170_802_164),
            (360_000, 86_400, 398_893_857_623_356_408, 631_580_445),
        ] {
            time += seconds;
            volatility = volatility.observed(&risk, &update(oracle, time - 1, time));
            assert_eq!((volatility.variance, volatility.sample), (variance, Ticks(oracle)));
            assert_eq!(volatility.sampled_at, MINUTE + time);
            assert_eq!(volatility.sigma(&risk), Ratio(sigma));
        }
    }

    #[test]
    fn steady_returns_are_measured_as_what_they_are() {
        // Given returns of about 0.4 % every minute for a month: sqrt(60) x 0.4 % an hour
        let mut volatility = at(1_000_000, 0);
        for minute in 1..=43_200 {
            let oracle = if minute % 2 == 0 { 1_000_000 } else { 1_004_000 };
            volatility = volatility.observed(&risk(), &update(oracle, minute * 60 - 1, minute * 60));
        }
        let sigma = common::float(volatility.sigma(&risk()));
        assert!((sigma - 0.004 * 60f64.sqrt()).abs() < 0.000_1, "{sigma}");
    }

    #[test]
    fn a_return_of_more_than_one_counts_as_one() {
        let risk = risk();
        let doubled = at(100, 0).observed(&risk, &update(200, 59, 60));
        let tenfold = at(100, 0).observed(&risk, &update(1_000, 59, 60));
        assert_eq!(doubled.variance, tenfold.variance);
        assert!(at(100, 0).observed(&risk, &update(199, 59, 60)).variance < doubled.variance);
    }

    #[test]
    fn the_largest_variance_stays_the_largest() {
        let mut risk = risk();
        risk.volatility_tau = 1;
        let volatility = at(1, u64::MAX).observed(&risk, &update(u64::MAX, 59, 60));
        assert_eq!(volatility.variance, u64::MAX);
        assert_eq!(volatility.sigma(&risk), Ratio::ONE);
    }

    proptest! {
        #![proptest_config(cases(4_000))]

        #[test]
        fn the_average_is_rounded_up_and_never_more(
            variance in any::<u64>(), from in 1u64..1 << 45, to in 1u64..1 << 45, seconds in 1i64..1 << 30,
        ) {
            let risk = risk();
            let update = update(to, seconds - 60, seconds);
            let after = at(from, variance).observed(&risk, &update).variance;
            let r = ((u128::from(from.abs_diff(to)) << 32) / u128::from(from)).min((1 << 32) - 1);
            let sum = u128::from(variance) * 86_400 + r * r * 3_600;
            let weight = 86_400 + seconds as u128;
            let exact = u128::from(after) * weight;
            prop_assert!(after == u64::MAX || (sum <= exact && exact - sum < weight));
            prop_assert!(after < u64::MAX || sum > u128::from(u64::MAX - 1) * weight);
        }

        #[test]
        fn a_larger_move_never_measures_less(variance in any::<u64>(), moves in (0u64..100_000, 0u64..100_000), seconds in 60i64..10_000) {
            let (near, far) = (moves.0.min(moves.1), moves.0.max(moves.1));
            let after = |oracle| at(100_000, variance).observed(&risk(), &update(oracle, seconds - 60, seconds)).variance;
            prop_assert!(after(100_000 + near) <= after(100_000 + far));
            prop_assert!(after(100_000 - near) <= after(100_000 - far));
        }

        #[test]
        fn a_18_posters_do_not_choose_samples(
            path in proptest::collection::vec((149_000u64..151_000, 1i64..9), 1..200), posted in any::<u64>(), high in any::<bool>(),
        ) {
            // Given a feed, of which one poster posts everything and another only what is high (or low), or any part,
            // beside the samples that anybody else posts
            let risk = risk();
            let (mut all, mut chosen) = (Volatility::default(), Volatility::default());
            let mut time = 0;
            for (index, (oracle, gap)) in path.into_iter().enumerate() {
                let update = update(oracle, time, time + gap);
                time += gap;
                all = all.observed(&risk, &update);
                let liked = (oracle > 150_000) == high && posted >> (index % 64) & 1 == 1;
                if liked || is_sample(&risk, &update) {
                    chosen = chosen.observed(&risk, &update);
                }
            }
            prop_assert_eq!(all, chosen);
        }
    }
}

mod model {
    use super::*;

    #[test]
    fn volatility_is_used_within_its_bounds() {
        let risk = risk();
        assert_eq!(at(1, 0).sigma(&risk), risk.volatility_floor);
        assert_eq!(at(1, u64::MAX).sigma(&risk), risk.volatility_cap);
        // 2 % an hour, and the root of what is not a square goes up
        let two = 85_899_346u64;
        assert_eq!(at(1, two * two).sigma(&risk), Ratio(two + 1));
        assert_eq!(at(1, two * two - 1).sigma(&risk), Ratio(two));
    }

    #[test]
    fn a_market_begins_with_the_model_of_the_floor() {
        let risk = risk();
        let model = Volatility::default().coefficients(&risk).unwrap();
        assert_eq!(model, Coefficients { base: risk.base, impact: risk.impact, key_scale: risk.key_scale });
    }

    #[test]
    fn base_and_key_follow_volatility_and_impact_does_not() {
        // Given 4.8 %, four times the floor: z sqrt(h) = 4 sqrt(1 / 60), and the close costs 0.6 %
        let risk = risk();
        let sigma = 0.048;
        let variance = (sigma * sigma * 18_446_744_073_709_551_616.0) as u64;
        let model = at(1, variance).coefficients(&risk).unwrap();
        assert!((common::float(model.base) - (sigma * 4.0 / 60f64.sqrt() + 0.006)).abs() < 1e-8);
        assert!((common::float(model.key_scale) - sigma * 3.0 / 60f64.sqrt()).abs() < 1e-8);
        assert_eq!(model.impact, risk.impact_model);
        let deeper = Risk { impact_model: Reciprocal(7), ..risk };
        assert_eq!(at(1, 0).coefficients(&deeper).unwrap().impact, Reciprocal(7));
    }

    #[test]
    fn a_variance_without_a_sample_is_impossible() {
        assert!(Volatility::default().invariant() && at(1, 5).invariant());
        assert!(!at(0, 5).invariant());
    }
}
