//! Which price a leg is valued at: two sources, one, none.
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

use common::{NOW, PRICE, USD, cases, close, hold, price, sol_market};
use plimsoll_engine::{
    EngineError,
    account::Health,
    close::{close_helps, is_urgent},
    liquidation::{self, step_size},
    margin::{LegHealth, leg_health},
    market::Market,
    position::Position,
    price::Price,
    units::{Atoms, Lots, Pnl, Ratio, Ticks},
    valuation::{PriceState, Valuation, quote, value},
};
use proptest::prelude::*;

/// A price published `age` seconds before [`NOW`].
fn aged(oracle: u64, age: i64) -> Price {
    Price { publish_time: NOW - age, ..price(oracle) }
}

/// A market with these prices and ages.
fn two(first: (u64, i64), second: (u64, i64)) -> Market {
    let mut market = one(first);
    (market.second, market.flags) = (aged(second.0, second.1), 1);
    market
}

fn one((oracle, age): (u64, i64)) -> Market {
    let mut market = sol_market();
    market.price = aged(oracle, age);
    market
}

fn seen(position: &Position, market: &Market) -> Valuation {
    value(position, market, NOW, None).unwrap()
}

/// What a leg at a price is worth for maintenance, with a credit.
fn with_credit(position: &Position, market: &Market, oracle: u64, credit: u64) -> LegHealth {
    let mut leg = leg_health(position, market, Ticks(oracle)).unwrap();
    leg.counted.0 += credit as i64;
    (leg.credit, leg.favour) = (Atoms(credit), Ratio(0));
    leg
}

/// The same leg whatever share its credit is.
fn apart_from_favour(leg: LegHealth) -> LegHealth {
    LegHealth { favour: Ratio(0), ..leg }
}

/// An account of one leg.
fn account(cash: u64, leg: &LegHealth) -> Health {
    let mut health = Health::of_cash(Atoms(cash)).unwrap();
    health.add(leg).unwrap();
    health
}

mod states {
    use super::*;

    #[test]
    fn one_fresh_source_where_there_is_one_is_normal() {
        let mut market = one((PRICE, 30));
        let long = hold(&mut market, 1_000, PRICE + 5);
        let seen = seen(&long, &market);
        assert_eq!(seen.leg, leg_health(&long, &market, Ticks(PRICE)).unwrap());
        assert_eq!((seen.state, seen.publish_time), (PriceState::Normal, NOW - 30));
        assert!(seen.state.may_close() && seen.state.allows_new_risk());
        assert_eq!(market.fresh_price(NOW), Ok(Ticks(PRICE)));
    }

    #[test]
    fn two_fresh_sources_within_the_band_are_normal_at_the_first() {
        // 0.5 % of 150,000 ticks, rounded down
        for second in [PRICE - 749, PRICE, PRICE + 749] {
            let mut market = two((PRICE, 9), (second, 3));
            let short = hold(&mut market, -1_000, PRICE + 5);
            let seen = seen(&short, &market);
            assert_eq!(seen.leg, leg_health(&short, &market, Ticks(PRICE)).unwrap());
            assert_eq!((seen.state, seen.publish_time), (PriceState::Normal, NOW - 3));
            assert_eq!(market.fresh_price(NOW), Ok(Ticks(PRICE)));
        }
    }

    #[test]
    fn a_disagreement_counts_the_price_that_favours_the_holder() {
        for second in [PRICE - 750, PRICE + 750] {
            let mut market = two((PRICE, 9), (second, 3));
            let (long, short) = (hold(&mut market, 1_000, PRICE), hold(&mut market, -1_000, PRICE));
            for (position, favourable) in [(long, PRICE.max(second)), (short, PRICE.min(second))] {
                let seen = seen(&position, &market);
                assert_eq!(seen.leg, leg_health(&position, &market, Ticks(favourable)).unwrap());
                assert_eq!((seen.state, seen.publish_time), (PriceState::Disagreement, NOW - 3));
                assert!(seen.state.may_close() && !seen.state.allows_new_risk());
            }
            assert_eq!(market.fresh_price(NOW), Err(EngineError::PricesDisagree));
        }
    }

    #[test]
    fn one_fresh_source_of_two_credits_the_band() {
        // Given $150,000 long or short: 0.5 % of it is $750, and it requires about $4,080
        for (market, at, age) in
            [(two((PRICE, 4), (PRICE * 2, 31)), PRICE, 4), (two((PRICE, 31), (PRICE - 9, 5)), PRICE - 9, 5)]
        {
            let mut market = market;
            for lots in [1_000_000, -1_000_000] {
                let position = hold(&mut market, lots, PRICE);
                let seen = seen(&position, &market);
                let credit = (1_000_000 * at * 21_474_836).div_ceil(1 << 32);
                assert_eq!(apart_from_favour(seen.leg), with_credit(&position, &market, at, credit));
                assert_eq!(seen.leg.favour, market.risk.band);
                assert_eq!((seen.state, seen.publish_time), (PriceState::OneSource, NOW - age));
                assert!(seen.state.may_close() && !seen.state.allows_new_risk());
            }
            assert_eq!(market.fresh_price(NOW), Err(EngineError::PriceTooOld));
        }
    }

    #[test]
    fn a_stale_leg_is_credited_with_its_age() {
        // 200 ppm a second for 31 seconds, rounded up
        let mut market = one((PRICE, 31));
        let long = hold(&mut market, 1_000_000, PRICE);
        let seen = seen(&long, &market);
        let favour = 858_994 * 31;
        let credit = (150_000_000_000 * favour as u128).div_ceil(1 << 32) as u64;
        assert_eq!(apart_from_favour(seen.leg), with_credit(&long, &market, PRICE, credit));
        assert_eq!((seen.leg.favour, seen.state), (Ratio(favour), PriceState::Stale));
        assert!(!seen.state.may_close() && !seen.state.allows_new_risk());
        assert_eq!(market.fresh_price(NOW), Err(EngineError::PriceTooOld));
    }

    #[test]
    fn the_newest_of_two_stale_prices_counts() {
        let at = |first, second| quote(&two(first, second), true, NOW, None).unwrap();
        assert_eq!(at((PRICE, 40), (PRICE + 9, 50)).price, Ticks(PRICE));
        assert_eq!(at((PRICE, 50), (PRICE + 9, 40)).price, Ticks(PRICE + 9));
        assert_eq!(at((PRICE, 40), (PRICE + 9, 40)).price, Ticks(PRICE), "the first, when both are as old");
        assert_eq!(at((PRICE, 50), (PRICE + 9, 40)).publish_time, NOW - 40);
    }

    #[test]
    fn without_any_price_there_is_no_value() {
        let mut market = sol_market();
        market.price = Price::default();
        assert_eq!(value(&Position::default(), &market, NOW, None), Err(EngineError::PriceTooOld));
        market.flags = 1;
        assert_eq!(value(&Position::default(), &market, NOW, None), Err(EngineError::PriceTooOld));
        assert_eq!(market.fresh_price(NOW), Err(EngineError::PriceTooOld));
    }

    #[test]
    fn a_price_from_the_near_future_has_no_age() {
        // The cluster's clock may lag by a second
        let market = one((PRICE, -1));
        assert_eq!(quote(&market, true, NOW, Some(NOW)).unwrap().state, PriceState::Normal);
        let stale = quote(&market, true, NOW, Some(NOW + 1)).unwrap();
        assert_eq!((stale.state, stale.favour), (PriceState::Stale, market.risk.band), "so the band alone counts");
    }

    #[test]
    fn a_claim_without_lots_is_credited_with_nothing() {
        let mut market = one((PRICE, 10_000));
        let claim = common::claim(&mut market, 30, true);
        let seen = seen(&claim, &market).leg;
        assert_eq!((seen.counted, seen.credit, seen.maintenance), (Pnl(30), Atoms(0), Atoms(0)));
    }

    #[test]
    fn profit_is_counted_as_far_as_collectable_before_the_credit() {
        // Given a profit of $1,000 and a market that can pay nothing of it
        let mut market = one((PRICE, 31));
        market.book.treasury = Atoms(0);
        let long = hold(&mut market, 1_000_000, PRICE - 1_000);
        let leg = seen(&long, &market).leg;
        assert_eq!(leg.counted, leg.credit.signed().unwrap());
        assert!(!leg.credit.is_zero());
    }
}

mod attacks {
    use super::*;

    proptest! {
        #![proptest_config(cases(2_000))]

        #[test]
        fn a_13_a_stale_leg_is_no_shield(lots in prop_oneof![-20_000_000i64..-100, 100i64..20_000_000], entry in 100_000u64..200_000, age in 31i64..10_000_000) {
            // Given a leg whose feed has died, however long ago
            let mut market = one((PRICE, age));
            let position = hold(&mut market, lots, entry);
            let at_price = leg_health(&position, &market, Ticks(PRICE)).unwrap();
            let leg = seen(&position, &market).leg;
            // Then it is credited with at most its own requirement
            let credit = leg.counted.0 - at_price.counted.0;
            prop_assert!(credit >= 0 && credit as u64 <= leg.maintenance.0);
            prop_assert_eq!(credit as u64, leg.credit.0);
            prop_assert_eq!(leg.maintenance, at_price.maintenance);
            // And with no less than its age allows
            let band = (i128::from(at_price.notional.0) * 200 * i128::from(age) / 1_000_000).min(i128::from(at_price.notional.0));
            prop_assert!(i128::from(leg.credit.0) >= band.min(i128::from(leg.maintenance.0)));
        }

        #[test]
        fn a_disagreement_liquidates_only_who_is_under_maintenance_at_both(
            lots in prop_oneof![-20_000_000i64..-100, 100i64..20_000_000], second in 140_000u64..160_000, part in 0u64..1_000,
        ) {
            let mut market = two((PRICE, 0), (second, 0));
            let position = hold(&mut market, lots, PRICE);
            let at = |price| leg_health(&position, &market, Ticks(price)).unwrap();
            let cash = at(PRICE).maintenance.0 * part / 500;
            let liquidatable = |price| account(cash, &at(price)).is_liquidatable();
            if seen(&position, &market).state == PriceState::Disagreement {
                let both = liquidatable(PRICE) && liquidatable(second);
                prop_assert_eq!(account(cash, &seen(&position, &market).leg).is_liquidatable(), both);
            }
        }

        #[test]
        fn what_is_missing_never_counts_against_the_holder(
            lots in prop_oneof![-20_000_000i64..-100, 100i64..20_000_000], ages in (0i64..100, 0i64..100), second in 140_000u64..160_000, newer in proptest::option::of(-100i64..0),
        ) {
            let mut market = two((PRICE, ages.0), (second, ages.1));
            let position = hold(&mut market, lots, PRICE);
            let seen = value(&position, &market, NOW, newer.map(|newer| NOW + newer)).unwrap();
            let at_price = leg_health(&position, &market, seen.leg.price).unwrap();
            prop_assert!(seen.leg.counted >= at_price.counted && seen.leg.maintenance == at_price.maintenance);
            prop_assert_eq!(seen.leg.credit, seen.leg.favour.mul_ceil(seen.leg.notional).unwrap());
            prop_assert!(seen.leg.favour <= seen.leg.ratio);
        }
    }

    #[test]
    fn a_33_a_leg_without_a_newer_price_counts_as_stale() {
        // Given an account that a bad print of its second leg put under maintenance, flagged at that print
        let (mut first, mut bad) = (one((PRICE, 0)), one((PRICE * 97 / 100, 5)));
        let (long, other) = (hold(&mut first, 1_000_000, PRICE), hold(&mut bad, 1_000_000, PRICE));
        let flagged = NOW - 5;
        let under = |newer_than| {
            let mut health = Health::of_cash(Atoms(12_400 * USD)).unwrap();
            for (position, market) in [(&long, &first), (&other, &bad)] {
                health.add(&value(position, market, NOW, newer_than).unwrap().leg).unwrap();
            }
            health.is_liquidatable()
        };
        assert!(under(None));
        // When only the first leg has a newer price, then the print no longer counts in full, nor can it be closed at
        assert_eq!(value(&long, &first, NOW, Some(flagged)).unwrap().state, PriceState::Normal);
        let stale = value(&other, &bad, NOW, Some(flagged)).unwrap();
        assert!(stale.state == PriceState::Stale && !stale.state.may_close());
        assert!(stale.leg.credit > Atoms(0) && stale.leg.credit <= stale.leg.maintenance);
        assert!(!under(Some(flagged)));
        // And a newer one of the same counts
        bad.price = aged(PRICE * 97 / 100, 4);
        assert_eq!(value(&other, &bad, NOW, Some(flagged)).unwrap().state, PriceState::Normal);
    }

    #[test]
    fn a_33_each_source_must_be_newer() {
        let market = two((PRICE, 5), (PRICE + 1, 4));
        let state = |newer| quote(&market, true, NOW, Some(NOW - newer)).unwrap();
        assert_eq!(state(6).state, PriceState::Normal);
        assert_eq!((state(5).state, state(5).price), (PriceState::OneSource, Ticks(PRICE + 1)));
        assert_eq!((state(4).state, state(4).price), (PriceState::Stale, Ticks(PRICE + 1)));
    }
}

mod closing {
    use super::*;

    #[test]
    fn a_leg_is_closed_at_the_price_it_is_valued_at() {
        // Given a long whose second source alone is fresh, 1 % below the first
        let mut market = two((PRICE, 31), (PRICE * 99 / 100, 0));
        let mut position = hold(&mut market, 1_000_000, PRICE);
        let mut cash = Atoms(4_500 * USD);
        let leg = seen(&position, &market).leg;
        let before = account(cash.0, &leg);
        assert!(before.is_liquidatable());
        let size = step_size(&market, &before, &leg, &position, NOW).unwrap();
        let equity = before.certain_equity().unwrap();
        let step = liquidation::close(&mut cash, &mut position, &mut market, equity, size, leg.price, NOW).unwrap();
        // Then notional, loss and cascade are there
        assert_eq!(step.notional, size.at(Ticks(PRICE * 99 / 100)).unwrap());
        assert_eq!(step.settled, Pnl(-1_500 * USD as i64));
        assert_eq!(market.cascade.price, Ticks(PRICE * 99 / 100));
        // And the account is at its target, the credit that is left counted
        let after = account(cash.0, &seen(&position, &market).leg);
        assert!(common::health_not_lower(&before, &after));
        assert!(!position.lots.is_zero());
        let target = market.risk.target.mul_ceil(after.maintenance).unwrap();
        assert!(after.equity.0 + 2 >= target.0 as i64 && after.equity.0 <= target.0 as i64 + 50_000);
    }

    #[test]
    fn closing_gives_up_the_credit() {
        // Given a leg whose credit is all of its requirement, of an account at half of its requirement
        let mut market = one((PRICE, 1_000));
        let position = hold(&mut market, 1_000_000, PRICE);
        let stale = seen(&position, &market).leg;
        assert_eq!(stale.credit, stale.maintenance);
        let mut health = account(0, &stale);
        health.equity = Pnl(stale.maintenance.0 as i64 / 2);
        // Then no close helps, and it is within the cost of one of having nothing left
        assert!(!close_helps(market.risk.charge, &health, &stale));
        assert!(close_helps(market.risk.charge, &health, &LegHealth { favour: Ratio::ZERO, ..stale }));
        assert!(is_urgent(&market.risk, &health, &stale).unwrap());
        assert!(!is_urgent(&market.risk, &health, &LegHealth { favour: Ratio::ZERO, ..stale }).unwrap());
    }

    #[test]
    fn a_mark_is_paid_at_the_first_sources_price_only() {
        // Given a profit of $2,000, of which a close of one lot realises almost nothing
        let paid = |first| {
            let mut market = two((first, 0), (PRICE + 2_000, 0));
            let mut position = hold(&mut market, 1_000_000, PRICE);
            let price = Ticks(PRICE + 2_000);
            let size = plimsoll_engine::units::Size(1);
            liquidation::close(&mut Atoms(0), &mut position, &mut market, Pnl(0), size, price, NOW).unwrap().settled
        };
        assert_eq!(paid(PRICE + 2_000), Pnl(2_000 * USD as i64));
        assert_eq!(paid(PRICE), Pnl(2_000));
    }

    #[test]
    fn a_profit_is_collectable_at_the_price_of_the_close() {
        // Given a treasury of $1,000, and a profit of $2,000 at the second source's price alone
        let mut market = two((PRICE, 0), (PRICE + 2_000, 0));
        market.book.treasury = Atoms(1_000 * USD);
        let mut position = hold(&mut market, 1_000_000, PRICE);
        let (size, price) = (position.lots.size(), Ticks(PRICE + 2_000));
        let step = liquidation::close(&mut Atoms(0), &mut position, &mut market, Pnl(0), size, price, NOW).unwrap();
        // Then what is paid leaves the premium
        assert!(step.settled < Pnl(997 * USD as i64) && step.settled > Pnl(995 * USD as i64));
    }

    #[test]
    fn charges_are_paid_from_equity_without_credits() {
        let mut market = one((PRICE, 1_000));
        let mut position = hold(&mut market, 1_000_000, PRICE);
        let health = account(7, &seen(&position, &market).leg);
        assert_eq!(health.certain_equity(), Ok(Pnl(7)));
        assert_eq!(health.credit, health.maintenance);
        let mut cash = Atoms(7);
        let equity = health.certain_equity().unwrap();
        let step = close(&mut cash, &mut position, &mut market, equity, Lots(1_000_000).size(), NOW).unwrap();
        assert_eq!(step.charge.total(), Ok(Atoms(7)));
    }
}

#[test]
fn a_coarse_price_takes_no_risk_and_a_coarser_one_settles() {
    let at = |oracle| one((oracle, 0));
    assert_eq!(at(1_000).require_new_risk(NOW), Ok(()));
    assert_eq!(at(999).require_new_risk(NOW), Err(EngineError::MarketNotOpen));
    assert!(!at(100).settles_by_price() && at(99).settles_by_price());
    assert!(!at(0).settles_by_price(), "no price at all is no reason");
}
