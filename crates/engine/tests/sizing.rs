//! Risk-constant sizing: the largest size whose loss at the stop is within the risk.
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

use common::{NOW, PRICE, USD, cases, hold, market_of, sol, sol_market};
use plimsoll_engine::{
    EngineError,
    account::{Health, Initial},
    market::{Market, status},
    order::{Order, Request},
    price::Price,
    sizing::{Bound, Sized, loss_at, size_for_risk},
    trade::{Rest, fill},
    units::{Atoms, Lots, Pnl, Size, Ticks},
};
use proptest::prelude::*;

fn sized(market: &Market, risk: u64, stop: u64) -> Result<Sized, EngineError> {
    size_for_risk(market, Atoms(risk), Ticks(stop), NOW)
}

fn lost(market: &Market, size: u64, long: bool, stop: u64) -> u64 {
    loss_at(market, Size(size), long, Ticks(stop)).unwrap().0
}

#[test]
fn golden_sizes() {
    // $1,000 of risk and a stop 5 % away: $7.50 a SOL, 4 bp of spread and 5 bp of fee on both sides, four cents
    let market = sol_market();
    let long = sized(&market, 1_000 * USD, 142_500).unwrap();
    // Made by a separate program from the formula in rational arithmetic
    assert_eq!(long, Sized { lots: Lots(128_736), loss: Atoms(999_994_667), bound: Bound::Risk });
    let short = sized(&market, 1_000 * USD, 157_500).unwrap();
    assert_eq!(short, Sized { lots: Lots(-128_575), loss: Atoms(999_997_631), bound: Bound::Risk });
}

#[test]
fn a_loss_is_the_sum_of_its_parts() {
    // Given 1 SOL at $150 with 10 cents of confidence, a quarter of which is spread
    let mut market = sol_market();
    market.price.confidence = Ticks(100);
    // $10 of move; 6 and 5.6 cents of spread, 2.5 twice of confidence; 7.5 cents of fee twice, as a stop pays it where it is placed, and two twice for executors;
    // the skew premium of an atom's fraction; each product of a ratio up
    let parts = 10 * USD + 60_001 + 56_001 + 2 * 25_001 + 2 * 75_001 + 2 * 20_000 + 4;
    let loss = lost(&market, 1_000, true, 140_000);
    assert!((parts - 4..=parts).contains(&loss), "{loss} {parts}");
}

#[test]
fn it_says_which_cap_binds() {
    let mut market = sol_market();
    let all = sized(&market, 1 << 58, 142_500).unwrap();
    assert_eq!((all.lots, all.bound), (Lots(20_000_000), Bound::PositionCap));
    hold(&mut market, 60_000_000, PRICE);
    let rest = sized(&market, 1 << 58, 142_500).unwrap();
    assert_eq!((rest.lots, rest.bound), (Lots(10_000_000), Bound::SideCap));
    let other = sized(&market, 1 << 58, 157_500).unwrap();
    assert_eq!((other.lots, other.bound), (Lots(-20_000_000), Bound::PositionCap));
    hold(&mut market, 10_000_000, PRICE);
    assert_eq!(sized(&market, 1 << 58, 142_500), Err(EngineError::SideCapExceeded));
}

#[test]
fn a_premium_that_is_received_does_not_lift_the_size() {
    // Given a skew of longs, which a short would be paid to reduce
    let (flat, mut skewed) = (sol_market(), sol_market());
    hold(&mut skewed, 10_000_000, PRICE);
    assert_eq!(lost(&skewed, 100, false, 157_500), lost(&flat, 100, false, 157_500) - 1, "rounded up where it is paid");
    assert!(lost(&skewed, 1_000_000, true, 142_500) > lost(&flat, 1_000_000, true, 142_500));
}

#[test]
fn sizes_that_no_order_could_have_are_refused() {
    let market = sol_market();
    assert_eq!(sized(&market, USD, PRICE), Err(EngineError::ZeroAmount));
    assert_eq!(sized(&market, USD, 0), Err(EngineError::ZeroAmount));
    assert_eq!(sized(&market, USD, market.risk.max_price.0 + 1), Err(EngineError::PriceTooHigh));
    assert!(sized(&market, 1 << 62, market.risk.max_price.0).is_ok() && sized(&market, 1 << 62, 1).is_ok());
    assert_eq!(sized(&market, 0, 142_500), Err(EngineError::BelowMinimumPosition));
    let least = lost(&market, 100, true, 142_500);
    assert_eq!(sized(&market, least, 142_500).unwrap().lots, Lots(100));
    assert_eq!(sized(&market, least - 1, 142_500), Err(EngineError::BelowMinimumPosition));
    assert_eq!(size_for_risk(&market, Atoms(USD), Ticks(1), NOW + 31), Err(EngineError::PriceTooOld));
    let closed = Market { status: status::REDUCE_ONLY, ..market };
    assert_eq!(sized(&closed, USD, 142_500), Err(EngineError::MarketNotOpen));
}

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn one_lot_more_is_too_much_or_capped(
        price in 1_000u64..1 << 33,
        other in 1u64..1 << 33,
        confidence in 0u64..1 << 20,
        (long, short) in (0i64..70_000_000, 0i64..70_000_000),
        risk in 0u64..1 << 50,
    ) {
        let mut market = market_of(&sol(), price.min(8_000_000_000), 20_000_000 * USD);
        let price = market.price.oracle.0;
        market.price.confidence = Ticks(confidence.min(price / 50));
        hold(&mut market, long, price);
        hold(&mut market, -short, price);
        let stop = other.min(8_000_000_000);
        prop_assume!(stop != price);
        let up = stop < price;
        let free = 70_000_000 - if up { long } else { short } as u64;
        let cap = free.min(20_000_000);
        let fits = |size: u64| size <= cap && lost(&market, size, up, stop) <= risk;
        match sized(&market, risk, stop) {
            Ok(got) => {
                let size = got.lots.size().0;
                prop_assert!(fits(size) && !fits(size + 1));
                prop_assert_eq!((got.lots.is_positive(), got.loss.0), (up, lost(&market, size, up, stop)));
                let bound = if size < cap { Bound::Risk } else if free < 20_000_000 { Bound::SideCap } else { Bound::PositionCap };
                prop_assert_eq!(got.bound, bound);
            }
            Err(EngineError::BelowMinimumPosition) => prop_assert!(!fits(100)),
            Err(EngineError::SideCapExceeded) => prop_assert!(free < 100),
            Err(error) => prop_assert!(false, "{error:?}"),
        }
    }

    #[test]
    fn more_lots_never_lose_less(
        (size, more) in (0u64..20_000_000, 1u64..1_000),
        stop in 1u64..300_000,
        skew in -40_000_000i64..40_000_000,
        long in any::<bool>(),
    ) {
        let mut market = sol_market();
        hold(&mut market, skew, PRICE);
        prop_assert!(lost(&market, size, long, stop) <= lost(&market, size + more, long, stop));
    }

    #[test]
    fn a_trade_and_its_stop_lose_no_more(
        stop in 1_000u64..300_000,
        confidence in 0u64..3_000,
        skew in -10_000_000i64..10_000_000,
        risk in 1u64..100_000,
    ) {
        // Given a size for a risk, and an account rich enough for any
        prop_assume!(stop != PRICE);
        let mut market = sol_market();
        market.price.confidence = Ticks(confidence);
        hold(&mut market, skew, PRICE);
        let Ok(got) = sized(&market, risk * USD, stop) else { return Ok(()) };
        let start = Atoms(10_000_000 * USD);
        let mut cash = start;
        let rich = Atoms(1 << 50);
        let rest = Rest { health: Health::of_cash(rich).unwrap(), initial: Initial::default().with_cash(rich).unwrap(), lacking: None };
        let limit = |lots: Lots| if lots.is_negative() { Ticks(1) } else { Ticks(400_000) };
        // When it is really traded at the price, the stop is placed, and fires and fills at the stop
        let request = Request { lots: got.lots, limit: limit(got.lots), reduce_only: false, trigger: None };
        let order = Order::place(&mut cash, &market, &request, 0, NOW).unwrap();
        let opened = fill(cash, &rest, &Default::default(), &market, &order, &market.price).unwrap();
        (cash, market.book) = (opened.cash, opened.book);
        let request = got.stop_order(Ticks(stop), limit(got.lots.negated().unwrap())).unwrap();
        let mut order = Order::place(&mut cash, &market, &request, 1, NOW).unwrap();
        let early = order.fire(&market, &Price { publish_time: NOW + 1, ..market.price }, NOW + 1);
        prop_assert_eq!(early, Err(EngineError::TriggerNotMet));
        (market.price.oracle, market.price.ema) = (Ticks(stop), Ticks(stop));
        order.fire(&market, &Price { publish_time: NOW + 1, ..market.price }, NOW + 1).unwrap();
        let closed = fill(cash, &rest, &opened.position, &market, &order, &market.price).unwrap();
        prop_assert!(closed.position.lots.is_zero());
        // Then all that is gone is what was counted. The premium paid counts as lost although it comes back; one that
        // was received counts not, and is paid back
        prop_assert_eq!(closed.settled, Pnl(-opened.cost.0 - closed.cost.0));
        let gone = start.0 as i64 - closed.cash.0 as i64 - opened.premium.0 - closed.premium.0 + opened.premium.0.max(0);
        let fees = |price: u64| market.risk.fee.mul_ceil(got.lots.size().at(Ticks(price)).unwrap()).unwrap().0;
        prop_assert_eq!(gone + (fees(stop.max(PRICE)) - fees(PRICE)) as i64, got.loss.0 as i64);
        prop_assert!(got.loss.0 <= risk * USD);
    }
}
