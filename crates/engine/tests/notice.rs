//! Notice: maintenance falls at once and rises late and slowly (I-11).
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

use common::{NOW, cases, risk_of, sol};
use plimsoll_engine::{notice::Notice, risk::Risk};
use proptest::prelude::*;

/// A day's notice, then 2 % an hour.
fn risk() -> Risk {
    risk_of(&sol())
}

const DAY: i64 = 86_400;
const START: u64 = 1_000_000_000;
/// 2 % of [`START`], as the ratio that is rounded down gives it.
const HOURLY: u64 = 19_999_999;

/// Looks at each model in turn and returns what is in force after each.
fn looks(models: &[(i64, u64)]) -> Vec<u64> {
    let (mut notice, mut in_force) = (Notice::default(), START);
    let mut seen = Vec::new();
    for (time, model) in models {
        (notice, in_force) = notice.look(&risk(), in_force, *model, NOW + time);
        seen.push(in_force);
    }
    seen
}

#[test]
fn a_lower_model_is_in_force_at_once() {
    assert_eq!(looks(&[(0, 700_000_000), (1, START)]), [700_000_000; 2]);
    assert_eq!(Notice::default().look(&risk(), 5, 5, NOW), (Notice::default(), 5));
}

#[test]
fn a_higher_model_is_announced_and_nothing_more() {
    let announced = Notice::default().look(&risk(), START, START + 1, NOW);
    assert_eq!(announced, (Notice { level: START + 1, from: START, announced: NOW }, START));
}

#[test]
fn after_the_notice_it_rises_by_the_second() {
    let model = START * 2;
    let seen = looks(&[(0, model), (DAY, model), (DAY + 1, model), (DAY + 900, model), (DAY + 3_600, model)]);
    assert_eq!(seen, [START, START, START + HOURLY / 3_600, START + HOURLY / 4, START + HOURLY]);
}

#[test]
fn it_stops_at_the_level_and_what_is_above_needs_a_notice_of_its_own() {
    // Given 1 % announced, and the model at 3 % since
    let (low, high) = (START + 10_000_000, START + 30_000_000);
    let seen = looks(&[(0, low), (10, high), (DAY + 3_600, high), (DAY + 3_601, high), (2 * DAY, high)]);
    assert_eq!(seen, [START, START, low, low, low]);
    // The second notice began at the look after the first was used up
    let seen =
        looks(&[(0, low), (DAY + 3_600, high), (DAY + 3_601, high), (2 * DAY + 3_601, high), (2 * DAY + 7_201, high)]);
    assert_eq!(seen, [START, low, low, low, low + 20_000_000]);
}

#[test]
fn a_model_that_comes_down_takes_the_announced_level_with_it() {
    let seen = looks(&[(0, START * 2), (10, START + 5), (20, START * 2), (DAY + 3_600, START * 2)]);
    assert_eq!(seen, [START, START, START, START + 5]);
}

#[test]
fn a_model_that_falls_to_what_is_in_force_ends_the_notice() {
    let seen = looks(&[(0, START * 2), (DAY - 1, START), (DAY, START * 2), (DAY + 7_200, START * 2)]);
    assert_eq!(seen, [START; 4]);
}

#[test]
fn a_rise_that_is_under_way_falls_at_once_too() {
    let seen = looks(&[(0, START * 2), (DAY + 3_600, START * 2), (DAY + 3_601, START + 3), (DAY + 7_200, START * 2)]);
    assert_eq!(seen, [START, START + HOURLY, START + 3, START + 3]);
}

#[test]
fn a_clock_that_steps_back_lowers_nothing() {
    let seen = looks(&[(0, START * 2), (DAY + 3_600, START * 2), (DAY + 60, START * 2), (-DAY, START * 2)]);
    assert_eq!(seen, [START, START + HOURLY, START + HOURLY, START + HOURLY]);
}

#[test]
fn no_value_is_too_large() {
    let notice = Notice { level: u64::MAX, from: u64::MAX - 1, announced: i64::MIN };
    assert_eq!(notice.look(&risk(), u64::MAX - 1, u64::MAX, i64::MAX), (Notice::default(), u64::MAX));
}

proptest! {
    #![proptest_config(cases(1_500))]

    #[test]
    fn i_11_what_rises_was_announced_and_rises_slowly(
        steps in proptest::collection::vec(
            (prop_oneof![1i64..120, 600i64..7_200, 40_000i64..200_000], prop_oneof![Just(0u64), 1u64..2_000_000_000]), 1..120),
        rise in prop_oneof![Just(20_000u32), Just(1_000), Just(1_000_000)],
    ) {
        // Given any looks at any models, of which some stay what they were
        let mut p = sol();
        p.rise_ppm = rise;
        let risk = risk_of(&p);
        let (mut notice, mut in_force, mut model, mut now) = (Notice::default(), START, START, NOW);
        let mut history: Vec<(i64, u64)> = Vec::new();
        for (seconds, next) in steps {
            now += seconds;
            model = if next == 0 { model } else { next };
            history.push((now, model));
            let before = in_force;
            (notice, in_force) = notice.look(&risk, in_force, model, now);
            // Then it is never above the model, and down with it
            prop_assert!(in_force <= model);
            prop_assert!(in_force >= before.min(model));
            // And what it rose to, the model had reached at least the notice before and at every look since
            if in_force > before {
                let announced = history.iter().rposition(|(time, _)| *time <= now - i64::from(risk.notice));
                prop_assert!(announced.is_some_and(|first| history[first..].iter().all(|(_, seen)| *seen >= in_force)));
                // And no faster than it may
                let allowed = u128::from(before) * u128::from(rise) * seconds as u128 / 3_600_000_000 + 1;
                prop_assert!(u128::from(in_force - before) <= allowed);
            }
            // And nothing is announced that is not above what is in force
            prop_assert!(notice == Notice::default() || (notice.level > in_force && notice.level <= model));
        }
    }

    #[test]
    fn looking_often_changes_nothing(model in START + 1..START * 3, times in proptest::collection::vec(0i64..400_000, 0..20), end in 0i64..400_000) {
        // Given the same model all along, and looks at any times until the end
        let mut often: Vec<_> = times.into_iter().filter(|time| *time < end).map(|time| (time, model)).collect();
        often.sort_unstable();
        often.insert(0, (0, model));
        often.push((end, model));
        let in_force = looks(&often);
        let once = looks(&[(0, model), (end, model)]);
        prop_assert_eq!(in_force.last(), once.last());
    }
}
