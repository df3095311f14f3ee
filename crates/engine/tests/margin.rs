//! Maintenance and initial margin.
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

use common::{PRICE, USD, cases, health, hold, hold_at_cost, leg, market_of, sol, sol_market};
use plimsoll_engine::{
    EngineError,
    account::{Health, Initial},
    margin::{counted_initially, initial_requirement, leg_initial, maintenance, maintenance_ratio, require_size},
    market::Market,
    units::{Atoms, Pnl, Ratio, Reciprocal, Size, Ticks},
};
use proptest::prelude::*;

/// A market with open interest on one side, and the requirement there.
fn requirement(market: &Market, lots: u64, long: bool) -> u64 {
    initial_requirement(&market.risk, &market.book, Size(lots), long, market.price.oracle).unwrap().0
}

mod maintenance_margin {
    use super::*;

    #[test]
    fn golden_requirements() {
        // Made by a separate program in rational arithmetic: floor, quadratic, cap and both corners.
        let risk = sol_market().risk;
        for (notional, ratio, required) in [
            (0, 53_687_092, 0),
            (1, 53_687_092, 1),
            (80, 53_687_092, 2),
            (150_000_000, 53_687_092, 1_875_001),
            (3_030_303_030, 53_687_092, 37_878_789),
            (3_100_000_000, 53_716_184, 38_770_999),
            (150_000_000_000, 116_809_254, 4_079_516_070),
            (1_000_000_000_000, 481_881_474, 112_196_773_757),
            (1_800_000_000_000, 825_478_858, 345_954_192_896),
            (1_900_000_000_000, 858_993_460, 380_000_000_354),
        ] {
            assert_eq!(maintenance_ratio(&risk, Atoms(notional)), Ok(Ratio(ratio)), "{notional}");
            assert_eq!(maintenance(&risk, Atoms(notional)), Ok(Atoms(required)), "{notional}");
        }
    }

    #[test]
    fn a_notional_of_any_size_has_a_requirement() {
        let mut risk = sol_market().risk;
        risk.impact = Reciprocal::of_twice(Reciprocal::MIN).unwrap();
        assert_eq!(maintenance_ratio(&risk, Atoms(u64::MAX)), Ok(risk.maintenance_cap));
        assert_eq!(maintenance_ratio(&risk, Atoms(1 << 59)), Ok(risk.maintenance_cap));
    }

    #[test]
    fn the_coefficients_in_force_count_and_not_the_models() {
        let mut risk = sol_market().risk;
        (risk.base, risk.impact) = (Ratio(risk.base.0 << 1), Reciprocal(risk.impact.0 << 1));
        assert_eq!(maintenance_ratio(&risk, Atoms(150_000_000_000)), Ok(Ratio(233_618_507)));
    }

    #[test]
    fn a_leg_is_valued_at_the_price() {
        let mut market = sol_market();
        let short = hold(&mut market, -1_000_000, PRICE + 2_000);
        let leg = leg(&short, &market);
        assert_eq!((leg.size, leg.notional), (Size(1_000_000), Atoms(150_000_000_000)));
        assert_eq!((leg.pnl, leg.counted), (Pnl(2_000_000_000), Pnl(2_000_000_000)));
        assert_eq!((leg.maintenance, leg.ratio), (Atoms(4_079_516_070), Ratio(116_809_254)));
        assert_eq!((leg.stress, leg.long), (Atoms(697_137_032), false));
    }

    #[test]
    fn profit_counts_as_far_as_the_market_can_pay_it() {
        // Given a profit of $1,000, nobody on the other side, and a treasury of $400
        let profit = |treasury: u64| {
            let mut market = market_of(&sol(), PRICE, treasury);
            let position = hold(&mut market, 1_000_000, PRICE - 1_000);
            leg(&position, &market).counted.0
        };
        // In full while net asset value, less the premium of $3.750001, is not negative
        assert_eq!(profit(1_003_750_001), 1_000_000_000);
        assert_eq!(profit(1_003_750_000), 999_999_999);
        assert_eq!(profit(403_750_001), 400_000_000);
        assert_eq!(profit(3_750_001), 0);
        assert_eq!(profit(0), 0);
    }

    #[test]
    fn a_deficit_that_insurance_has_not_answered_takes_no_profit_yet() {
        let mut market = market_of(&sol(), PRICE, 403_750_001);
        let position = hold(&mut market, 1_000_000, PRICE - 1_000);
        market.book.deficit = Atoms(600_000_000);
        assert_eq!(leg(&position, &market).counted, Pnl(1_000_000_000));
        market.book.deficit = Atoms(599_999_999);
        assert_eq!(leg(&position, &market).counted, Pnl(999_999_999));
    }

    #[test]
    fn a_missing_part_is_shared_by_all_who_win() {
        // Given claims of $1,000 and $3,000 and $400 less than is needed
        let mut market = market_of(&sol(), PRICE, 0);
        let one = hold(&mut market, 1_000_000, PRICE - 1_000);
        let three = hold(&mut market, -1_000_000, PRICE + 3_000);
        market.book.treasury = Atoms(3_600_000_000);
        assert_eq!(leg(&one, &market).counted, Pnl(900_000_000));
        assert_eq!(leg(&three, &market).counted, Pnl(2_700_000_000));
        // A loss counts in full
        let loser = hold(&mut market, 1_000, PRICE + 7);
        assert_eq!(leg(&loser, &market).counted, Pnl(-7_000));
    }

    #[test]
    fn the_last_atom_of_profit_is_shared_too() {
        // Given a profit of one atom in a market that is short of everything
        let mut market = market_of(&sol(), PRICE, 0);
        let position = hold_at_cost(&mut market, 1_000, Pnl(149_999_999));
        assert_eq!(leg(&position, &market).counted, Pnl(0));
        let initial = leg_initial(&position, &market.risk, &market.book, &market.price).unwrap();
        assert_eq!(initial.counted, Pnl(0));
    }

    #[test]
    fn at_a_net_asset_value_of_exactly_zero_profit_counts_in_full() {
        let mut market = market_of(&sol(), PRICE, 0);
        let position = hold(&mut market, 1_000_000, PRICE - 1_000);
        let count = |treasury| {
            let book = plimsoll_engine::book::Book { treasury: Atoms(treasury), ..market.book };
            leg_initial(&position, &market.risk, &book, &market.price).unwrap().counted
        };
        assert_eq!(count(1_003_750_001), Pnl(1_000_000_000));
        assert_eq!(count(1_003_750_000), Pnl(0));
    }

    #[test]
    fn a_gain_inside_a_losing_side_counts_nothing_when_value_is_negative() {
        let mut market = market_of(&sol(), PRICE, 0);
        let winner = hold(&mut market, 1_000, PRICE - 10);
        hold(&mut market, 1_000, PRICE + 5_000);
        market.book.insurance_claim = Atoms(USD << 10);
        assert_eq!(leg(&winner, &market).counted, Pnl(0));
    }
}

mod initial_margin {
    use super::*;

    #[test]
    fn golden_requirements() {
        // Made by a separate program: the larger of position and 10 % of the side, over rho, times the ramp.
        for (side, lots, expected) in [
            (1_000, 1_000, 3_409_116),
            (3_000, 1_000, 3_409_165),
            (1_000_000, 1_000_000, 7_470_282_703),
            (3_000_000, 1_000_000, 7_576_244_139),
            (10_000_000, 1_000_000, 7_947_109_268),
            (70_000_000, 1_000_000, 47_944_134_800),
            (15_000_000, 15_000_000, 905_844_157_620),
        ] {
            let mut market = sol_market();
            hold(&mut market, side, PRICE);
            assert_eq!(requirement(&market, lots, true), expected, "{side} {lots}");
            let mut market = sol_market();
            hold(&mut market, -side, PRICE);
            assert_eq!(requirement(&market, lots, false), expected, "-{side} {lots}");
        }
    }

    #[test]
    fn it_is_the_larger_of_model_and_what_is_in_force() {
        // the model fell and maintenance follows, or maintenance has not followed up yet
        let mut market = sol_market();
        hold(&mut market, 1_000_000, PRICE);
        let before = requirement(&market, 1_000_000, true);
        market.risk.base_model.0 += 1_000_000;
        let model = requirement(&market, 1_000_000, true);
        market.risk.base.0 += 2_000_000;
        assert!(before < model && model < requirement(&market, 1_000_000, true));
        market.risk.impact_model.0 <<= 1;
        let steeper = requirement(&market, 1_000_000, true);
        market.risk.impact.0 <<= 2;
        assert!(steeper < requirement(&market, 1_000_000, true));
    }

    #[test]
    fn a_cascade_multiplies_it() {
        let mut market = sol_market();
        market.risk.cascade_multiple = Ratio(2 << 32);
        let doubled = requirement(&market, 1_000_000, true);
        market.risk.cascade_multiple = Ratio::ONE;
        assert!(doubled.abs_diff(2 * requirement(&market, 1_000_000, true)) < 100);
    }

    #[test]
    fn a_requirement_that_does_not_fit_is_one_that_nobody_meets() {
        let mut market = sol_market();
        market.risk.cascade_multiple = Ratio(64 << 32);
        let position = hold(&mut market, 1 << 41, PRICE);
        assert_eq!(requirement(&market, 1 << 41, true), u64::MAX);
        let leg = leg_initial(&position, &market.risk, &market.book, &market.price).unwrap();
        let mut initial = Initial::default();
        for _ in 0..8 {
            initial.add(&leg).unwrap();
        }
        let rich = initial.with_cash(Atoms(i64::MAX as u64)).unwrap();
        assert!(!rich.is_met());
        assert_eq!(rich.withdrawable(Atoms(u64::MAX)), Atoms(0));
    }

    #[test]
    fn nothing_requires_nothing() {
        assert_eq!(requirement(&sol_market(), 0, true), 0);
    }

    #[test]
    fn equity_takes_the_worse_price_and_the_confidence() {
        let mut market = sol_market();
        let count = |market: &Market, lots: i64, entry: u64| {
            let position = hold(&mut market.clone(), lots, entry);
            counted_initially(&position, &market.risk, &market.price).unwrap().0
        };
        (market.price.ema, market.price.confidence) = (Ticks(PRICE + 500), Ticks(80));
        // A long is valued at the oracle, a short at the average; 80 ticks go against both
        assert_eq!(count(&market, 1_000, PRICE), -80_000);
        assert_eq!(count(&market, -1_000, PRICE), -580_000);
        assert_eq!(count(&market, 1_000, PRICE - 1_000), 920_000);
        assert_eq!(count(&market, -1_000, PRICE + 1_000), 420_000);
    }

    #[test]
    fn profit_is_weighted_down_and_capped_and_loss_is_not() {
        let mut market = sol_market();
        market.risk.profit_weight = Ratio::from_ppm_floor(333_333).unwrap();
        market.risk.profit_cap = Atoms(400_000);
        let count = |entry| {
            let position = hold(&mut market.clone(), 1_000, entry);
            counted_initially(&position, &market.risk, &market.price).unwrap().0
        };
        assert_eq!(count(PRICE - 1_000), 333_332);
        assert_eq!(count(PRICE - 2_000), 400_000);
        assert_eq!(count(PRICE + 2_000), -2_000_000);
    }

    #[test]
    fn an_account_adds_its_legs() {
        let mut market = sol_market();
        let position = hold(&mut market, 1_000_000, PRICE - 1_000);
        let leg = leg_initial(&position, &market.risk, &market.book, &market.price).unwrap();
        assert_eq!((leg.counted, leg.requirement), (Pnl(1_000_000_000), Atoms(7_470_282_703)));
        let mut initial = Initial::default().with_cash(Atoms(6_470_282_702)).unwrap();
        initial.add(&leg).unwrap();
        assert!(!initial.is_met());
        let initial = initial.with_cash(Atoms(1)).unwrap();
        assert!(initial.is_met());
    }

    #[test]
    fn what_is_above_the_requirement_can_leave_as_far_as_it_is_cash() {
        let initial = |equity, requirement| Initial { equity: Pnl(equity), requirement: Atoms(requirement) };
        assert_eq!(initial(100, 40).withdrawable(Atoms(90)), Atoms(60));
        assert_eq!(initial(100, 40).withdrawable(Atoms(50)), Atoms(50));
        assert_eq!(initial(40, 40).withdrawable(Atoms(50)), Atoms(0));
        assert_eq!(initial(-40, 0).withdrawable(Atoms(50)), Atoms(0));
        assert!(!initial(-1, 0).is_met() && initial(0, 0).is_met());
    }
}

mod account_health {
    use super::*;

    fn of(equity: i64, maintenance: u64) -> Health {
        Health { equity: Pnl(equity), maintenance: Atoms(maintenance), ..Health::default() }
    }

    #[test]
    fn an_account_at_its_maintenance_is_not_liquidated() {
        assert!(!of(100, 100).is_liquidatable());
        assert!(of(99, 100).is_liquidatable());
        assert!(of(-1, 0).is_liquidatable());
        assert!(!of(0, 0).is_liquidatable());
        assert!(of(0, 1).is_bankrupt() && of(-1, 1).is_bankrupt() && !of(1, 1).is_bankrupt());
    }

    #[test]
    fn cash_and_legs_add_up() {
        let mut market = sol_market();
        let mut other = sol_market();
        let long = hold(&mut market, 1_000_000, PRICE + 500);
        let short = hold(&mut other, -1_000_000, PRICE + 200);
        let health = health(7_000, &[(&long, &market), (&short, &other)]);
        assert_eq!(health.cash, Atoms(7_000));
        assert_eq!(health.equity, Pnl(7_000 - 500_000_000 + 200_000_000));
        assert_eq!(health.maintenance, Atoms(2 * 4_079_516_070));
        // Equal and opposite: the root of squares, not nothing and not the sum
        assert_eq!(health.stress.total(), Ok(Atoms(985_900_645)));
        assert_eq!(health.with_cash(Atoms(1)).unwrap().equity.0, health.equity.0 + 1);
    }

    #[test]
    fn health_is_compared_without_division() {
        for (now, before, fine) in [
            ((10, 100), (10, 100), true),
            ((9, 100), (10, 100), false),
            ((10, 101), (10, 100), false),
            ((5, 50), (10, 100), true),
            ((0, 50), (-10, 100), true),
            ((-1, 50), (0, 100), false),
            ((-5, 50), (-10, 100), true),
            ((-6, 50), (-10, 100), false),
            ((-5, 0), (-10, 100), true),
            ((10, 1), (10, 0), false),
            ((10, 0), (10, 0), true),
        ] {
            assert_eq!(of(now.0, now.1).no_worse_than(&of(before.0, before.1)), fine, "{now:?} {before:?}");
        }
    }

    #[test]
    fn the_extremes_are_compared_too() {
        assert!(of(i64::MAX, u64::MAX).no_worse_than(&of(i64::MIN, u64::MAX)));
        assert!(!of(i64::MIN, u64::MAX).no_worse_than(&of(i64::MAX, u64::MAX)));
    }
}

#[test]
fn sizes_between_minimum_and_cap() {
    let risk = sol_market().risk;
    assert_eq!(require_size(&risk, Size(0)), Ok(()));
    assert_eq!(require_size(&risk, Size(99)), Err(EngineError::BelowMinimumPosition));
    assert_eq!(require_size(&risk, Size(100)), Ok(()));
    assert_eq!(require_size(&risk, Size(20_000_000)), Ok(()));
    assert_eq!(require_size(&risk, Size(20_000_001)), Err(EngineError::PositionCapExceeded));
}

#[test]
fn eight_legs_of_the_largest_size_have_a_health() {
    // Given eight markets with the largest notional each, all lost
    let mut p = sol();
    (p.side_cap, p.position_cap, p.maintenance_cap_ppm) = (70_000_000, 70_000_000, 1_000_000);
    let mut market = market_of(&p, PRICE, 0);
    market.price = common::price(market.risk.max_price.0);
    let position = hold_at_cost(&mut market, -70_000_000, Pnl(0));
    let legs: Vec<_> = (0..8).map(|_| (&position, &market)).collect();
    let health = health(0, &legs);
    assert!(health.equity.0 <= -8 * ((1 << 59) - (1 << 30)));
    assert!(health.is_liquidatable() && health.is_bankrupt());
    assert!(health.key(market.risk.key_drift).unwrap().0 > 0);
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn a_larger_position_never_requires_a_smaller_share(a in 0u64..1 << 58, b in 0u64..1 << 58) {
        let risk = sol_market().risk;
        let (small, large) = (a.min(b), a.max(b));
        prop_assert!(maintenance_ratio(&risk, Atoms(small)).unwrap() <= maintenance_ratio(&risk, Atoms(large)).unwrap());
        prop_assert!(maintenance(&risk, Atoms(small)).unwrap() <= maintenance(&risk, Atoms(large)).unwrap());
    }

    #[test]
    fn initial_margin_is_never_below_maintenance_over_rho(lots in 1u64..20_000_000, side in 0i64..50_000_000, at in 1u64..1_000_000) {
        let mut market = market_of(&sol(), at, 0);
        if side > 0 { hold(&mut market, side, at); }
        let maintenance = maintenance(&market.risk, Size(lots).at(Ticks(at)).unwrap()).unwrap();
        let initial = requirement(&market, lots, true);
        prop_assert!(u128::from(initial) * 55 >= u128::from(maintenance.0.saturating_sub(2)) * 100);
    }

    #[test]
    fn a_hundred_wallets_require_no_less_than_the_share_of_their_side(lots in 1_000u64..20_000_000) {
        // alone on its side, or as one of a hundred equal wallets
        let mut market = sol_market();
        hold(&mut market, lots as i64, PRICE);
        let together = requirement(&market, lots / 100, true);
        let notional = Size(lots / 100).at(Ticks(PRICE)).unwrap();
        let tenth = maintenance_ratio(&market.risk, Size(lots / 10).at(Ticks(PRICE)).unwrap()).unwrap();
        prop_assert!(u128::from(together) * 55 >= u128::from(tenth.mul_ceil(notional).unwrap().0) * 100);
    }
}
