//! The price that liquidates, exact to the tick.
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

use common::{PRICE, USD, cases, claim, health, hold, market_of, sol, sol_market};
use plimsoll_engine::{
    EngineError,
    account::Health,
    liquidation_price::{first_price, liquidation_price},
    margin::leg_health,
    market::Market,
    position::Position,
    units::{Atoms, Pnl, Ticks},
};
use proptest::prelude::*;

/// Whether the account would be liquidatable at a price, in the engine's terms.
fn falls(cash: u64, rest: &Health, position: &Position, market: &Market, price: u64) -> bool {
    let mut health = rest.with_cash(Atoms(cash)).unwrap();
    health.add(&leg_health(position, market, Ticks(price)).unwrap()).unwrap();
    health.is_liquidatable()
}

fn alone(cash: u64, position: &Position, market: &Market) -> Option<u64> {
    liquidation_price(Atoms(cash), &Health::default(), position, market).unwrap().map(|price| price.0)
}

#[test]
fn golden_prices() {
    // Given 10 SOL bought at $150 with $150 of cash: MM is 1.25 % and the floor binds
    let mut market = sol_market();
    let long = hold(&mut market, 10_000, PRICE);
    // Then E < MM where 150 - 10 (150 - p) < 0.125 p: below 1,350 / 9.875 = 136.7088
    assert_eq!(alone(150 * USD, &long, &market), Some(136_708));
    assert!(falls(150 * USD, &Health::default(), &long, &market, 136_708));
    assert!(!falls(150 * USD, &Health::default(), &long, &market, 136_709));
    // And sold: above 1,650 / 10.125 = 162.96296
    let mut market = sol_market();
    let short = hold(&mut market, -10_000, PRICE);
    assert_eq!(alone(150 * USD, &short, &market), Some(162_963));
}

#[test]
fn an_account_that_is_liquidatable_is_so_at_the_price_it_has() {
    let mut market = sol_market();
    let long = hold(&mut market, 10_000, PRICE);
    assert_eq!(alone(18 * USD, &long, &market), Some(PRICE));
    assert_eq!(alone(19 * USD, &long, &market), Some(149_974));
}

#[test]
fn where_no_price_liquidates_there_is_none() {
    // A long that is paid for in full, but for the requirement at the smallest price, an atom a lot
    let mut market = sol_market();
    let long = hold(&mut market, 10_000, PRICE);
    assert_eq!(alone(1_500 * USD, &long, &market), None);
    assert_eq!(alone(1_500 * USD - 9_875, &long, &market), Some(1));
    assert_eq!(alone(1_500 * USD - 9_874, &long, &market), None);
    // A claim has no lots: no price moves it
    let owed = claim(&mut market, 5, true);
    assert_eq!(alone(0, &owed, &market), None);
    let rest = Health { equity: Pnl(-6), ..Health::default() };
    assert_eq!(liquidation_price(Atoms(0), &rest, &owed, &market), Ok(Some(Ticks(PRICE))));
    // A short that would fall above the largest price that is accepted
    let mut market = sol_market();
    let short = hold(&mut market, -100, PRICE);
    let top = market.risk.max_price.0;
    assert_eq!(alone(1 << 50, &short, &market), None);
    assert!(falls(1 << 50, &Health::default(), &short, &market, 1 << 52) && top < 1 << 52);
}

#[test]
fn the_other_legs_stay_as_they_are() {
    let mut market = sol_market();
    let long = hold(&mut market, 10_000, PRICE);
    let mut other = market_of(&sol(), PRICE, 20_000_000 * USD);
    let losing = hold(&mut other, 1_000, PRICE + 20_000);
    let rest = health(0, &[(&losing, &other)]);
    let with = liquidation_price(Atoms(150 * USD), &rest, &long, &market).unwrap();
    // Its $20 of loss and $1.875 of requirement are gone from the cash
    let cash = 150 * USD - 20 * USD - rest.maintenance.0;
    assert_eq!(with, liquidation_price(Atoms(cash), &Health::default(), &long, &market).unwrap());
    assert!(with.unwrap().0 > 136_708);
}

#[test]
fn a_search_finds_the_first_price_on_either_side() {
    for end in [1u64, 2_000] {
        for first in 1u64..=2_000 {
            let down = end == 1;
            let found = first_price(Ticks(1_000), Ticks(end), |p| Ok(if down { p.0 <= first } else { p.0 >= first }));
            let nearest = if down { first.min(1_000) } else { first.max(1_000) };
            assert_eq!(found, Ok(Some(Ticks(nearest))));
        }
    }
    assert_eq!(first_price(Ticks(1_000), Ticks(1), |_| Ok(false)), Ok(None));
    assert_eq!(first_price(Ticks(1), Ticks(1), |_| Ok(false)), Ok(None));
    assert_eq!(first_price(Ticks(0), Ticks(u64::MAX), |p| Ok(p.0 == u64::MAX)), Ok(Some(Ticks(u64::MAX))));
    assert_eq!(first_price(Ticks(5), Ticks(1), |_| Err(EngineError::Overflow)), Err(EngineError::Overflow));
}

#[test]
fn a_search_is_short() {
    let mut asked = 0;
    let found = first_price(Ticks(u64::MAX), Ticks(0), |p| {
        asked += 1;
        Ok(p.0 < 12_345)
    });
    assert_eq!(found, Ok(Some(Ticks(12_344))));
    assert!(asked <= 130, "{asked}");
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn it_is_the_nearest_of_all_prices(
        price in 50u64..3_000,
        lots in 1i64..20_000_000,
        long in any::<bool>(),
        entry in 40u64..3_500,
        leverage in 1u64..60,
        others in -1_000_000_000i64..1_000_000_000,
        depth in 2_000_000_000u64..1 << 45,
        cap in 13_000u32..400_000,
        skew in -20_000_000i64..20_000_000,
        treasury in 0u64..1 << 36,
    ) {
        let mut parameters = sol();
        (parameters.depth, parameters.maintenance_cap_ppm) = (depth, cap);
        let mut market = market_of(&parameters, price, treasury);
        hold(&mut market, skew, price);
        let position = hold(&mut market, if long { lots } else { -lots }, entry);
        let cash = lots.unsigned_abs() * price / leverage;
        let rest = Health { equity: Pnl(others), ..Health::default() };
        let got = liquidation_price(Atoms(cash), &rest, &position, &market).unwrap();
        // Every price of the losing side, the nearest first
        let down = (1..=price).rev();
        let up = price..=40_000;
        let nearest = |mut all: Box<dyn Iterator<Item = u64>>| all.find(|p| falls(cash, &rest, &position, &market, *p));
        let expected = if long { nearest(Box::new(down)) } else { nearest(Box::new(up)) };
        match got {
            Some(found) if long || found.0 <= 40_000 => prop_assert_eq!(Some(found.0), expected),
            _ => prop_assert_eq!(expected, None),
        }
    }

    #[test]
    fn one_tick_earlier_the_account_stands(
        price in 1_000u64..8_000_000_000,
        lots in 1i64..20_000_000,
        long in any::<bool>(),
        leverage in 1u64..60,
    ) {
        let mut market = market_of(&sol(), price, 1 << 58);
        let position = hold(&mut market, if long { lots } else { -lots }, price);
        let cash = lots.unsigned_abs() * price / leverage;
        let Some(found) = alone(cash, &position, &market) else { return Ok(()) };
        prop_assert!(falls(cash, &Health::default(), &position, &market, found));
        let before = if long { found + 1 } else { found - 1 };
        prop_assert!(found == price || !falls(cash, &Health::default(), &position, &market, before));
        prop_assert!((found <= price || !long) && (found >= price || long));
    }
}
