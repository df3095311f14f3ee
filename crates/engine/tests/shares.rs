//! Shares of liquidity providers and insurance stakers.
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

use common::{NOW, PRICE, USD, cases, hold, market_of, nav, sol, sol_market};
use plimsoll_engine::{
    EngineError,
    insurance::Insurance,
    market::Market,
    shares::{Issued, MINIMUM_STAKE, issue, provide, stake},
    units::Atoms,
};
use proptest::prelude::*;

#[test]
fn the_first_share_costs_an_atom() {
    assert_eq!(issue(Atoms(5_000_000), Atoms(0), 0), Ok(5_000_000));
}

#[test]
fn golden_issues() {
    // amount x (shares + 10^6) / (value + 10^6), down
    assert_eq!(issue(Atoms(1_000), Atoms(3_000_000), 1_000_000), Ok(500));
    assert_eq!(issue(Atoms(1_001), Atoms(3_000_000), 1_000_000), Ok(500));
    assert_eq!(issue(Atoms(1_002), Atoms(3_000_000), 1_000_000), Ok(501));
    assert_eq!(issue(Atoms(1), Atoms(3_000_000), 1_000_000), Err(EngineError::ZeroAmount));
    assert_eq!(issue(Atoms(0), Atoms(0), 0), Err(EngineError::ZeroAmount));
    assert_eq!(issue(Atoms(1), Atoms(0), u64::MAX), Err(EngineError::Overflow));
    assert_eq!(issue(Atoms(1), Atoms(u64::MAX), 0), Err(EngineError::Overflow));
}

#[test]
fn inflating_a_share_costs_more_than_it_takes() {
    // the attacker buys one atom's worth, then gives $10,000 away before a $10,000 deposit
    let attacker = issue(Atoms(1), Atoms(0), 0).unwrap();
    let given = 10_000 * USD;
    let victim = issue(Atoms(10_000 * USD), Atoms(1 + given), attacker).unwrap();
    let value = u128::from(1 + given + 10_000 * USD) + 1_000_000;
    let worth = |shares: u64| u128::from(shares) * value / u128::from(attacker + victim + 1_000_000);
    assert!(worth(attacker) < u128::from(given) / 1_000);
    assert!(worth(victim) * 1_000_001 >= u128::from(10_000 * USD) * 1_000_000);
}

mod providers {
    use super::*;

    #[test]
    fn a_deposit_buys_shares_of_the_net_asset_value() {
        let mut market = market_of(&sol(), PRICE, 0);
        let first = provide(&mut market, Atoms(2_000 * USD), NOW).unwrap();
        assert_eq!(first, Issued { shares: 2_000 * USD, value: Atoms(0) });
        // Given that the pool has doubled but for the virtual atoms
        market.book.treasury = Atoms(4_001 * USD);
        let second = provide(&mut market, Atoms(1_000 * USD), NOW).unwrap();
        assert_eq!(second, Issued { shares: 500 * USD, value: Atoms(4_001 * USD) });
        assert_eq!((market.lp_shares, market.book.treasury), (2_500 * USD, Atoms(5_001 * USD)));
    }

    fn refused(market: &mut Market, amount: u64, now: i64) -> EngineError {
        let before = *market;
        let error = provide(market, Atoms(amount), now).unwrap_err();
        assert_eq!(*market, before);
        error
    }

    #[test]
    fn deposits_that_are_refused_change_nothing() {
        let mut market = sol_market();
        assert_eq!(refused(&mut market, 1_000 * USD - 1, NOW), EngineError::BelowMinimumDeposit);
        assert_eq!(refused(&mut market, 1_000 * USD, NOW + 31), EngineError::PriceTooOld);
        assert_eq!(refused(&mut market, 1_000 * USD, NOW + 30), EngineError::FundingNotAccrued);
        market.funding.accrued = NOW + 30;
        assert!(provide(&mut market.clone(), Atoms(1_000 * USD), NOW + 30).is_ok());
        market.book.deficit = Atoms(1);
        assert_eq!(refused(&mut market, 1_000 * USD, NOW), EngineError::DeficitPending);
        market.book.deficit = Atoms(0);
        market.lp_shares = u64::MAX - 1_000_000;
        assert_eq!(refused(&mut market, 1_000 * USD, NOW), EngineError::Overflow);
    }

    #[test]
    fn nobody_buys_into_a_pool_that_is_worth_nothing() {
        let mut market = market_of(&sol(), PRICE, 0);
        market.lp_shares = 1;
        assert_eq!(refused(&mut market, 1_000 * USD, NOW), EngineError::NavNotPositive);
        market.lp_shares = 0;
        hold(&mut market, 1_000, PRICE - 1);
        assert!(nav(&market) < 0);
        assert_eq!(refused(&mut market, 1_000 * USD, NOW), EngineError::NavNotPositive);
    }

    #[test]
    fn the_skew_premium_is_not_sold_to_who_joins() {
        // $20M of premium-bearing skew does not move the price of a share
        let issue = |skew: bool| {
            let mut market = sol_market();
            market.lp_shares = 20_000_000 * USD;
            if skew {
                let order = plimsoll_engine::order::Order {
                    lots: plimsoll_engine::units::Lots(10_000_000),
                    limit: plimsoll_engine::units::Ticks(1 << 30),
                    ..Default::default()
                };
                market.risk.spread = plimsoll_engine::units::Ratio(0);
                let filled = plimsoll_engine::trade::fill(
                    Atoms(1_000_000 * USD),
                    &Default::default(),
                    &Default::default(),
                    &market,
                    &order,
                    &market.price,
                );
                market.book = filled.unwrap().book;
            }
            provide(&mut market, Atoms(1_000_000 * USD), NOW).unwrap()
        };
        assert_eq!(issue(true), issue(false));
    }
}

#[test]
fn stakers_buy_the_shared_part_only() {
    let mut fund = Insurance { shared: Atoms(0), own: Atoms(1 << 40), shares: 0, ..Insurance::default() };
    assert_eq!(stake(&mut fund, MINIMUM_STAKE), Ok(Issued { shares: 1_000_000, value: Atoms(0) }));
    assert_eq!((fund.shared, fund.own, fund.shares), (Atoms(1_000_000), Atoms(1 << 40), 1_000_000));
    // After a draw of half of it a share costs less, as far as the virtual atoms let it
    fund.shared = Atoms(500_000);
    assert_eq!(stake(&mut fund, Atoms(3_000_000)), Ok(Issued { shares: 4_000_000, value: Atoms(500_000) }));
    let before = fund;
    assert_eq!(stake(&mut fund, Atoms(999_999)), Err(EngineError::BelowMinimumDeposit));
    assert_eq!(fund, before);
    fund.shares = u64::MAX - 1_000_000;
    let before = fund;
    assert_eq!(stake(&mut fund, Atoms(1 << 60)), Err(EngineError::Overflow));
    assert_eq!(fund, before);
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn joining_never_takes_from_who_is_there(amount in 1u64..1 << 50, value in 0u64..1 << 50, shares in 0u64..1 << 50) {
        let Ok(issued) = issue(Atoms(amount), Atoms(value), shares) else { return Ok(()) };
        // A share, with the virtual ones, is worth no less afterwards, and the newcomer's no more than it paid
        let (v, s) = (u128::from(value) + 1_000_000, u128::from(shares) + 1_000_000);
        let (after_v, after_s) = (v + u128::from(amount), s + u128::from(issued));
        prop_assert!(after_v * s >= v * after_s);
        prop_assert!(u128::from(issued) * after_v <= u128::from(amount) * after_s);
        // And it loses less than one share by rounding
        prop_assert!(u128::from(issued + 1) * v > u128::from(amount) * s);
    }
}
