//! A change of parameters moves nobody's health, no order's update and no request's cooldown.
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

use common::{NOW, PRICE, USD, cases, hold, market_of, price, risk_of, sol};
use plimsoll_engine::{
    EngineError,
    bounds::{BOUNDS, COUNT, Change, ROWS, values, with_values},
    change::{SPACING, TO_ASK},
    deleverage::Deleveraging,
    exit::{Exit, STAKE_COOLDOWN, redeem},
    margin::{initial_requirement, maintenance},
    market::{Market, status},
    order::{Order, Stage},
    parameters::Parameters,
    price::Price,
    risk::Past,
    units::{Atoms, Lots, Pnl, Ratio, Size, Ticks},
};
use proptest::prelude::*;

const DAY: i64 = 86_400;
const REFUSED: Result<(), EngineError> = Err(EngineError::ChangeTooLarge);

fn with(change: impl FnOnce(&mut Parameters)) -> Parameters {
    let mut p = sol();
    change(&mut p);
    p
}

/// A market with $200m and a long whose skew's premium is below a unit.
fn market() -> Market {
    let mut market = market_of(&sol(), PRICE, 200_000_000 * USD);
    hold(&mut market, 10_000, PRICE);
    market.lp_shares = 1_000;
    market
}

fn change(market: &mut Market, next: &Parameters, now: i64) -> Result<(), EngineError> {
    let before = *market;
    let done = market.reparametrise(next, now).map(|_| ());
    if done.is_err() {
        assert_eq!(*market, before, "a refused change wrote");
    } else {
        assert!(market.invariant());
    }
    done
}

/// The market with a price that is published at `now`, accepted then.
fn refreshed(market: &Market, now: i64) -> Market {
    let mut next = *market;
    let at = Price { publish_time: now, previous_publish_time: now - 1, ..market.price };
    if at.publish_time > market.price.publish_time {
        next.accept(at, now).unwrap();
    }
    next
}

#[test]
fn the_same_parameters_change_nothing_but_the_time_of_the_change() {
    let mut after = market();
    change(&mut after, &sol(), NOW).unwrap();
    let mut before = market();
    before.risk.past = Past { changed_at: NOW, order_delay: 3, order_window: 5, clock_lag: 1, lp_cooldown: 86_400 };
    assert_eq!(after, before);
}

#[test]
fn what_is_not_maintenance_is_in_force_at_once() {
    let next = with(|p| (p.fee_ppm, p.rho_ppm, p.stress_ppm, p.band_ppm) = (900, 600_000, 300_000, 2_000));
    let mut market = market();
    change(&mut market, &next, NOW).unwrap();
    let risk = risk_of(&next);
    assert_eq!((market.risk.fee, market.risk.initial_multiple), (risk.fee, risk.initial_multiple));
    assert_eq!((market.risk.stress, market.risk.band), (risk.stress, risk.band));
}

#[test]
fn lower_maintenance_is_in_force_at_once_and_higher_is_announced() {
    let lower = with(|p| (p.close_cost_ppm, p.depth, p.maintenance_cap_ppm) = (5_000, 6_000_000 * USD, 150_000));
    let mut low = market();
    let changed = low.reparametrise(&lower, NOW).unwrap();
    let risk = risk_of(&lower);
    assert!(!changed.announced);
    assert_eq!(
        (low.risk.base, low.risk.impact, low.risk.maintenance_cap),
        (risk.base, risk.impact, risk.maintenance_cap)
    );
    // Back again: nothing rises now, and all four are announced
    let higher = with(|p| p.maintenance_floor_ppm = 20_000);
    let changed = low.reparametrise(&higher, NOW + DAY).unwrap_err();
    assert_eq!(changed, EngineError::FundingNotAccrued);
    let mut low = refreshed(&low, NOW + DAY);
    let before = low.risk;
    assert!(low.reparametrise(&higher, NOW + DAY).unwrap().announced);
    assert_eq!((low.risk.base, low.risk.impact), (before.base, before.impact));
    assert_eq!(
        (low.risk.maintenance_floor, low.risk.maintenance_cap),
        (before.maintenance_floor, before.maintenance_cap)
    );
    let model = risk_of(&higher);
    for notice in [low.base_notice, low.impact_notice, low.floor_notice, low.cap_notice] {
        assert_eq!(notice.announced, NOW + DAY);
    }
    assert_eq!(low.floor_notice.level, model.maintenance_floor.0);
    // Initial margin counts them at once
    let initial = |risk| initial_requirement(risk, &low.book, Size(100_000), true, Ticks(PRICE)).unwrap();
    assert!(initial(&low.risk) >= initial(&model));
    // And in the end they are in force
    let end = refreshed(&low, NOW + 60 * DAY);
    assert_eq!((end.risk.base, end.risk.impact), (model.base, model.impact));
    assert_eq!(
        (end.risk.maintenance_floor, end.risk.maintenance_cap),
        (model.maintenance_floor, model.maintenance_cap)
    );
}

#[test]
fn neither_a_shorter_notice_nor_a_faster_rise_brings_a_rise_forward() {
    let hasty = with(|p| (p.notice_s, p.rise_ppm, p.maintenance_floor_ppm) = (600, 1_000_000, 25_000));
    let mut market = market();
    change(&mut market, &hasty, NOW).unwrap();
    for (time, risen) in [(601, false), (DAY, false), (DAY + 60, true)] {
        let floor = refreshed(&market, NOW + time).risk.maintenance_floor;
        assert_eq!(floor > risk_of(&sol()).maintenance_floor, risen, "after {time} s");
    }
    // One that was under way goes on from where it is
    let slow = with(|p| p.maintenance_floor_ppm = 25_000);
    let mut under_way = self::market();
    change(&mut under_way, &slow, NOW).unwrap();
    let later = NOW + DAY + 7_200;
    let mut under_way = refreshed(&under_way, later);
    let before = under_way.risk.maintenance_floor;
    assert!(before > risk_of(&sol()).maintenance_floor);
    change(&mut under_way, &hasty, later).unwrap();
    assert_eq!(under_way.risk.maintenance_floor, before);
    assert_eq!(refreshed(&under_way, later + 1).risk.maintenance_floor.0 - before.0, before.0 / 3_600);
    // A longer notice does not put it off
    let patient = with(|p| (p.notice_s, p.maintenance_floor_ppm) = (2_592_000, 25_000));
    let mut put_off = self::market();
    change(&mut put_off, &slow, NOW).unwrap();
    let mut put_off = refreshed(&put_off, NOW + DAY);
    change(&mut put_off, &patient, NOW + DAY).unwrap();
    assert!(refreshed(&put_off, NOW + DAY + 3_600).risk.maintenance_floor > risk_of(&sol()).maintenance_floor);
}

#[test]
fn a_charge_waits_for_the_floor_that_pays_it() {
    let both = with(|p| (p.maintenance_floor_ppm, p.charge_insurance_ppm) = (20_000, 2_000));
    let mut market = market();
    assert_eq!(change(&mut market, &both, NOW), Err(EngineError::ParameterOutOfBounds));
    change(&mut market, &with(|p| p.maintenance_floor_ppm = 20_000), NOW).unwrap();
    let mut market = refreshed(&market, NOW + 30 * DAY);
    change(&mut market, &both, NOW + 30 * DAY).unwrap();
}

#[test]
fn orders_keep_the_times_they_were_placed_with() {
    let next = with(|p| (p.order_delay_s, p.order_window_s, p.clock_lag_s) = (20, 30, 9));
    let mut market = market();
    let order = |placed_at| Order { lots: Lots(1), limit: Ticks(1), placed_at, ..Order::default() };
    let before = market.risk;
    change(&mut market, &next, NOW).unwrap();
    let update = |time| Price { publish_time: NOW + time, previous_publish_time: NOW + time - 1, ..price(PRICE) };
    for placed in [-30, -3, 0] {
        let old = order(NOW + placed);
        assert_eq!(old.execution_time(&market.risk), old.execution_time(&before));
        for time in -40..90 {
            assert_eq!(old.stage(&market.risk, NOW + time), old.stage(&before, NOW + time), "{placed} {time}");
            let (now, then) =
                (old.require_update(&market.risk, &update(time)), old.require_update(&before, &update(time)));
            assert_eq!(now, then, "{placed} {time}");
        }
    }
    let new = order(NOW + 1);
    assert_eq!(new.execution_time(&market.risk), Ok(NOW + 21));
    assert_eq!(new.stage(&market.risk, NOW + 11), Ok(Stage::Waiting));
    assert_eq!(new.stage(&market.risk, NOW + 12), Ok(Stage::Binding));
    assert_eq!(new.stage(&market.risk, NOW + 82), Ok(Stage::Expired));
}

#[test]
fn requests_keep_the_cooldown_they_were_made_with() {
    for (cooldown, old_waits) in [(3_600, DAY), (604_800, DAY)] {
        let mut market = market();
        change(&mut market, &with(|p| p.lp_cooldown_s = cooldown), NOW).unwrap();
        let paid = |requested: i64, now: i64| {
            let mut market = refreshed(&market, now);
            let (mut exit, mut held) = (Exit { shares: 1, value: Atoms(USD), supply: 1, time: requested }, 1);
            redeem(&mut exit, &mut held, &mut market, 1, false, now)
        };
        assert_eq!(paid(NOW, NOW + old_waits - 1), Err(EngineError::CooldownNotOver));
        assert!(paid(NOW, NOW + old_waits).is_ok());
        let new = i64::from(cooldown);
        assert_eq!(paid(NOW + 1, NOW + new), Err(EngineError::CooldownNotOver));
        assert!(paid(NOW + 1, NOW + 1 + new).is_ok());
    }
}

#[test]
fn changes_are_apart_by_a_day_and_by_the_longest_cooldown() {
    let long = with(|p| p.lp_cooldown_s = 604_800);
    let mut first = market();
    change(&mut first, &long, NOW).unwrap();
    let try_at = |market: &Market, next: &Parameters, now| {
        let mut market = refreshed(market, now);
        market.reparametrise(next, now).map(|_| market)
    };
    assert_eq!(try_at(&first, &sol(), NOW + 604_799), Err(EngineError::ChangeTooSoon));
    // The one before is remembered as long as its requests may wait
    let second = try_at(&first, &sol(), NOW + 604_800).unwrap();
    assert_eq!(try_at(&second, &sol(), NOW + 604_800 + SPACING), Err(EngineError::ChangeTooSoon));
    assert!(try_at(&second, &sol(), NOW + 2 * 604_800).is_ok());
    let mut short = market();
    change(&mut short, &with(|p| p.lp_cooldown_s = 3_600), NOW).unwrap();
    assert_eq!(try_at(&short, &sol(), NOW + SPACING - 1), Err(EngineError::ChangeTooSoon));
    assert!(try_at(&short, &sol(), NOW + SPACING).is_ok());
}

#[test]
fn a_change_is_known_long_enough_to_leave_before_it() {
    let market = market();
    let same = market.notice_of(&sol());
    assert_eq!(same, DAY + TO_ASK);
    assert_eq!(market.notice_of(&with(|p| p.notice_s = 600)), same, "what is in force counts");
    assert_eq!(market.notice_of(&with(|p| p.insurance_cap += 1)), i64::from(STAKE_COOLDOWN) + TO_ASK);
    assert_eq!(market.notice_of(&with(|p| p.insurance_window_s -= 1)), i64::from(STAKE_COOLDOWN) + TO_ASK);
    let slow = market_of(&with(|p| p.notice_s = 2_592_000), PRICE, USD);
    assert_eq!(slow.notice_of(&sol()), 2_592_000);
}

/// Parameters in whose middle every cost can be doubled without meeting a bound that it shares with others.
fn roomy() -> Parameters {
    with(|p| {
        (p.maintenance_floor_ppm, p.maintenance_cap_ppm) = (200_000, 1_000_000);
        (p.stress_ppm, p.adl_target_ppm, p.adl_trigger_ppm) = (1_000_000, 1_000_000, 2_000);
        (p.side_cap, p.position_cap) = (60_000_000, 60_000_000);
        (p.charge_treasury_ppm, p.skew_scale, p.minimum_step) = (10_000, 1 << 50, 1);
    })
}

#[test]
fn a_cost_at_most_doubles_and_small_ones_are_free() {
    let mut rows = 0;
    for (index, row) in ROWS.iter().enumerate() {
        let (Change::Doubles(free) | Change::Steps(_, free)) = row.change else { continue };
        rows += 1;
        let set = |value: u64| {
            let mut all = values(&roomy());
            all[index] = value;
            if row.name == "adl_target_ppm" {
                all[ROWS.iter().position(|row| row.name == "adl_trigger_ppm").unwrap()] = 1_000;
            }
            with_values(&all).unwrap()
        };
        let try_from = |from: u64, to: u64| change(&mut market_of(&set(from), PRICE, USD << 28), &set(to), NOW);
        let from = free.max(row.minimum.max(1)).min(row.maximum / 3);
        assert_eq!(try_from(from, 2 * from), Ok(()), "{} from {from}", row.name);
        assert_eq!(try_from(from, 2 * from + 1 + from / 100), REFUSED, "{} from {from}", row.name);
        assert_eq!(
            try_from(row.minimum.max(1), free.clamp(row.minimum, row.maximum)),
            Ok(()),
            "{} up to {free}",
            row.name
        );
        let down = if matches!(row.change, Change::Steps(..)) { from } else { row.minimum.max(1) };
        assert_eq!(try_from(2 * from, down), Ok(()), "{} down", row.name);
    }
    assert_eq!(rows, 19);
}

#[test]
fn what_would_close_exits_or_drain_insurance_at_most_halves() {
    let mut rows = 0;
    for (index, row) in ROWS.iter().enumerate() {
        let (Change::Halves(free) | Change::Steps(free, _)) = row.change else { continue };
        // Where the smallest value is free there is nothing to refuse.
        if free == row.minimum {
            continue;
        }
        rows += 1;
        let set = |value: u64| {
            let mut all = values(&roomy());
            all[index] = value;
            with_values(&all).unwrap()
        };
        let try_from = |from: u64, to: u64| change(&mut market_of(&set(from), PRICE, USD << 28), &set(to), NOW);
        assert_eq!(try_from(row.maximum, free), Ok(()), "{} down to {free}", row.name);
        assert_eq!(try_from(free, free.div_ceil(2)), Ok(()), "{} from {free}", row.name);
        assert_eq!(try_from(free, free / 2 - free.div_ceil(16)), REFUSED, "{} from {free}", row.name);
    }
    assert_eq!(rows, 6);
}

#[test]
fn all_else_may_be_set_anywhere_within_its_bounds() {
    for (index, row) in ROWS.iter().enumerate() {
        if matches!(row.change, Change::Doubles(_) | Change::Halves(_) | Change::Steps(..) | Change::Never) {
            continue;
        }
        let mut all = values(&roomy());
        for value in [row.minimum, row.maximum] {
            all[index] = value;
            let next = with_values(&all).unwrap();
            let mut market = market_of(&roomy(), PRICE, USD << 28);
            let done = change(&mut market, &next, NOW);
            assert_ne!(done, REFUSED, "{} to {value}", row.name);
        }
    }
}

#[test]
fn the_tick_never_changes() {
    assert_eq!(change(&mut market(), &with(|p| p.tick_exponent = 4), NOW), REFUSED);
}

#[test]
fn the_premium_of_the_present_skew_does_not_move() {
    let deeper = with(|p| p.skew_scale *= 2);
    assert_eq!(change(&mut market(), &deeper, NOW), Ok(()));
    let mut skewed = market();
    hold(&mut skewed, 1_000_000, PRICE);
    let before = skewed.nav().unwrap();
    assert_eq!(change(&mut skewed, &deeper, NOW), REFUSED);
    // Balanced by shorts it may again
    hold(&mut skewed, -1_000_000, PRICE);
    assert_eq!(change(&mut skewed, &deeper, NOW), Ok(()));
    assert!(skewed.nav().unwrap().0 - before.0 > 0);
}

#[test]
fn a_fuller_side_than_the_new_cap_still_pays_for_its_steepness() {
    // Given a side with 60,000,000 lots, and a cap and a treasury's part of half as much
    let next = with(|p| (p.side_cap, p.position_cap, p.charge_treasury_ppm) = (35_000_000, 20_000_000, 1_750));
    let mut full = market();
    hold(&mut full, 60_000_000, PRICE);
    hold(&mut full, -60_000_000, PRICE);
    assert_eq!(change(&mut full, &next, NOW), REFUSED);
    // With the part as it is the cap may fall below what is open
    let next = with(|p| (p.side_cap, p.position_cap) = (35_000_000, 20_000_000));
    assert_eq!(change(&mut full, &next, NOW), Ok(()));
    assert_eq!(change(&mut market(), &with(|p| p.charge_treasury_ppm = 3_500), NOW), Ok(()));
}

#[test]
fn prices_must_serve_before_and_after() {
    let mut late = market();
    late.price.publish_time = NOW - 20;
    assert_eq!(change(&mut late, &with(|p| p.max_price_age_s = 19), NOW), Err(EngineError::PriceTooOld));
    assert_eq!(change(&mut late, &with(|p| p.max_price_age_s = 20), NOW), Ok(()));
    let mut later = market();
    later.price.publish_time = NOW - 31;
    assert_eq!(change(&mut later, &with(|p| p.max_price_age_s = 60), NOW), Err(EngineError::PriceTooOld));
    // Two sources that agree in both bands
    let mut two = market();
    two.flags = 1;
    two.second = price(PRICE + PRICE / 250);
    assert_eq!(change(&mut two, &with(|p| p.band_ppm = 3_990), NOW), Err(EngineError::PricesDisagree));
    assert_eq!(change(&mut two, &with(|p| p.band_ppm = 4_010), NOW), Ok(()));
    let mut apart = market();
    apart.flags = 1;
    apart.second = price(PRICE + PRICE / 100);
    assert_eq!(change(&mut apart, &with(|p| p.band_ppm = 20_000), NOW), Err(EngineError::PricesDisagree));
    // A market that never had a price has nobody in it
    let mut blank = Market::new(risk_of(&sol()), NOW).unwrap();
    assert_eq!(change(&mut blank, &with(|p| p.band_ppm = 2_500), NOW), Ok(()));
}

#[test]
fn there_is_room_above_the_price() {
    // 2^59 / 480,000,000,000 lots are 1,200,959 ticks, eight times $150.12
    let wide = with(|p| (p.side_cap, p.skew_scale) = (480_000_000_000, 1 << 50));
    let at = |ticks| change(&mut market_of(&sol(), ticks, USD << 28), &wide, NOW);
    assert_eq!(at(150_119), Ok(()));
    assert_eq!(at(150_120), REFUSED);
}

#[test]
fn nothing_changes_while_something_is_under_way() {
    let refused = |broken: fn(&mut Market), error| {
        let mut market = market();
        broken(&mut market);
        assert_eq!(change(&mut market, &sol(), NOW), Err(error));
    };
    refused(|m| m.status = status::SETTLING, EngineError::MarketNotOpen);
    refused(|m| m.book.withheld = 1, EngineError::NavNotPositive);
    refused(|m| m.book.deficit = Atoms(1), EngineError::DeficitPending);
    refused(|m| m.funding.accrued = NOW - 1, EngineError::FundingNotAccrued);
    refused(|m| m.book.treasury = Atoms(0), EngineError::NavNotPositive);
    let mut looked = market();
    looked.deleveraging = Deleveraging { price: Ticks(1), ..Deleveraging::default() };
    change(&mut looked, &sol(), NOW).unwrap();
    assert_eq!(looked.deleveraging, Deleveraging::default());
}

#[test]
fn the_bucket_and_the_cascade_fit_the_new_bounds() {
    let mut market = market();
    let small = with(|p| (p.throttle_capacity, p.throttle_refill) = (1_000 * USD, USD));
    change(&mut market, &small, NOW).unwrap();
    assert_eq!(market.throttle.capacity, Pnl(1_000 * USD as i64));
    let mut empty = self::market();
    empty.throttle.capacity = Pnl(-1_000_000 * USD as i64);
    change(&mut empty, &small, NOW).unwrap();
    assert_eq!(empty.throttle.capacity, Pnl(-1_000 * USD as i64));
    let mut cascading = self::market();
    cascading.cascade =
        plimsoll_engine::cascade::Cascade { started: NOW, price: Ticks(PRICE), liquidated: Atoms(USD << 20) };
    cascading.risk.cascade_multiple = cascading.risk.cascade_cap;
    change(&mut cascading, &with(|p| p.cascade_cap_ppm = 1_500_000), NOW).unwrap();
    assert_eq!(cascading.risk.cascade_multiple, Ratio::from_ppm_ceil(1_500_000).unwrap());
}

/// The example's parameters, of which a few have any values within their own bounds.
fn any_parameters() -> impl Strategy<Value = Parameters> {
    proptest::collection::vec((0..COUNT, any::<u64>(), 0u8..8), 0..5).prop_map(|draws| {
        let mut all = values(&sol());
        for (index, draw, kind) in draws {
            let ((least, most), value) = (BOUNDS[index], all[index]);
            all[index] = match kind {
                0 => least + draw % (most - least + 1),
                1 => least,
                2 => most,
                _ => (value / 2 + draw % (value + 1)).clamp(least, most),
            };
        }
        with_values(&all).unwrap()
    })
}

/// The same where the market takes them.
fn taken(old: &Parameters, new: &Parameters) -> Option<Market> {
    let risk = plimsoll_engine::risk::Risk::new(old).ok()?;
    let mut market = Market::new(risk, NOW).ok()?;
    market.price = price(PRICE.min(market.risk.max_price.0));
    market.book.treasury = Atoms(1 << 50);
    market.reparametrise(new, NOW).ok().map(|_| market)
}

#[test]
fn many_of_these_changes_are_taken() {
    use proptest::{strategy::ValueTree as _, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let draw = |runner: &mut TestRunner| any_parameters().new_tree(runner).unwrap().current();
    let count = (0..1_000).filter(|_| taken(&draw(&mut runner), &draw(&mut runner)).is_some()).count();
    assert!(count > 100, "{count} of 1,000");
}

proptest! {
    #![proptest_config(cases(4_000))]

    #[test]
    fn i_11_no_change_raises_maintenance_within_the_notice(
        old in any_parameters(),
        new in any_parameters(),
        only in 0usize..COUNT + 1,
        notional in 1u64..1 << 52,
        times in proptest::collection::vec(1i64..3_000_000, 1..8),
    ) {
        // Given a change of one row, or of all
        let mut mixed = values(&old);
        if only < COUNT { mixed[only] = values(&new)[only] } else { mixed = values(&new) }
        let new = with_values(&mixed).unwrap();
        let Some(market) = taken(&old, &new) else { return Ok(()) };
        let required = |market: &Market| maintenance(&market.risk, Atoms(notional)).unwrap();
        let before = maintenance(&risk_of(&old), Atoms(notional)).unwrap();
        // Then whoever was healthy is so right after it
        prop_assert!(required(&market) <= before);
        // And until the longer notice is over, however often anyone looks, at a price that stands still
        let longer = i64::from(old.notice_s.max(new.notice_s));
        let mut times = times;
        times.sort_unstable();
        let mut looked = market;
        for time in times {
            looked = refreshed(&looked, NOW + time);
            prop_assert!(looked.risk.maintenance_floor <= looked.risk.maintenance_cap);
            if time <= longer {
                prop_assert!(required(&looked) <= before, "{} s", time);
            }
        }
        // And what is in force is never more than what was chosen
        prop_assert!(looked.risk.maintenance_floor <= looked.risk.maintenance_floor_model.max(market.risk.maintenance_floor));
    }
}
