//! Orders: two steps, one update, one window.
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

use common::{NOW, PRICE, USD, price, sol_market};
use plimsoll_engine::{
    EngineError,
    market::{Market, status},
    order::{Fired, Order, Request, Stage, Trigger, split_fee},
    price::Price,
    units::{Atoms, Lots, Pnl, Ticks},
};

fn request(lots: i64) -> Request {
    Request { lots: Lots(lots), limit: Ticks(151_000), reduce_only: false, trigger: None }
}

fn place(cash: u64, market: &Market, request: Request, now: i64) -> (Result<Order, EngineError>, u64) {
    let mut cash = Atoms(cash);
    let order = Order::place(&mut cash, market, &request, 7, now);
    (order, cash.0)
}

/// An order placed at `NOW`: it executes from 3 s later, within 5 s, and expires 10 s after that.
fn placed() -> Order {
    place(1_000 * USD, &sol_market(), request(1_000), NOW).0.unwrap()
}

#[test]
fn an_order_takes_its_fee_out_of_cash() {
    // Given 5 bp of 1,000 SOL at $150, up, and two cents for the executor
    let (order, cash) = place(1_000 * USD, &sol_market(), request(-1_000_000), NOW);
    let order = order.unwrap();
    assert_eq!((order.fee, order.execution_fee), (Atoms(75_020_013), Atoms(20_000)));
    assert_eq!(cash, 1_000 * USD - 75_020_013);
    assert_eq!((order.lots, order.limit, order.sequence), (Lots(-1_000_000), Ticks(151_000), 7));
    assert_eq!((order.reduce_only, order.trigger, order.placed_at), (0, Ticks(0), NOW));
    assert!(order.invariant() && !order.is_empty());
}

#[test]
fn cash_for_the_fee_is_needed_to_the_atom() {
    assert!(place(75_020_013, &sol_market(), request(1_000_000), NOW).0.is_ok());
    let (refused, cash) = place(75_020_012, &sol_market(), request(1_000_000), NOW);
    assert_eq!((refused, cash), (Err(EngineError::InsufficientCash), 75_020_012));
}

#[test]
fn orders_that_could_never_execute_are_refused_before_the_fee() {
    let market = sol_market();
    let refusal = |request, market: &Market, now| {
        let (refused, cash) = place(1_000 * USD, market, request, now);
        assert_eq!(cash, 1_000 * USD);
        refused.unwrap_err()
    };
    assert_eq!(refusal(request(0), &market, NOW), EngineError::ZeroAmount);
    assert_eq!(refusal(Request { limit: Ticks(0), ..request(1) }, &market, NOW), EngineError::ZeroAmount);
    assert_eq!(refusal(Request { limit: Ticks(u64::MAX), ..request(1) }, &market, NOW), EngineError::Overflow);
    assert_eq!(refusal(request(i64::MIN), &market, NOW), EngineError::Overflow);
    assert_eq!(refusal(request(1), &market, NOW + 31), EngineError::PriceTooOld);
    let settling = Market { status: status::SETTLING, ..market };
    assert_eq!(refusal(request(1), &settling, NOW), EngineError::MarketNotOpen);
    assert!(place(USD, &Market { status: status::HALTED, ..market }, request(1), NOW).0.is_ok());
}

#[test]
fn its_time_is_the_newest_of_clock_and_prices_seen() {
    let mut market = sol_market();
    market.price.publish_time = NOW + 2;
    assert_eq!(place(USD, &market, request(100), NOW).0.unwrap().placed_at, NOW + 2);
    assert_eq!(place(USD, &market, request(100), NOW + 5).0.unwrap().placed_at, NOW + 5);
}

#[test]
fn it_waits_then_binds_then_expires() {
    let (order, risk) = (placed(), sol_market().risk);
    let stage = |now| order.stage(&risk, now).unwrap();
    assert_eq!(order.execution_time(&risk), Ok(NOW + 3));
    // The clock may lag by a second, so the second before t + d is binding already.
    assert_eq!([stage(NOW), stage(NOW + 1)], [Stage::Waiting; 2]);
    assert_eq!([stage(NOW + 2), stage(NOW + 13)], [Stage::Binding; 2]);
    assert_eq!(stage(NOW + 14), Stage::Expired);
}

#[test]
fn it_executes_at_the_one_update_that_straddles_its_time() {
    // nobody picks
    let (order, risk) = (placed(), sol_market().risk);
    let takes = |previous, publish| {
        let update = Price { previous_publish_time: NOW + previous, publish_time: NOW + publish, ..price(PRICE) };
        order.require_update(&risk, &update)
    };
    assert_eq!(takes(2, 3), Ok(()));
    assert_eq!(takes(2, 8), Ok(()));
    assert_eq!(takes(0, 4), Ok(()));
    for (previous, publish) in [(2, 9), (3, 4), (3, 3), (1, 2), (4, 5)] {
        assert_eq!(takes(previous, publish), Err(EngineError::WrongUpdate), "{previous} {publish}");
    }
}

#[test]
fn one_inequality_is_the_limit_of_both_sides() {
    let order = Order { limit: Ticks(100), ..Order::default() };
    assert_eq!(order.require_limit(Lots(5), Pnl(500)), Ok(()));
    assert_eq!(order.require_limit(Lots(5), Pnl(501)), Err(EngineError::LimitNotMet));
    assert_eq!(order.require_limit(Lots(-5), Pnl(-500)), Ok(()));
    assert_eq!(order.require_limit(Lots(-5), Pnl(-499)), Err(EngineError::LimitNotMet));
}

#[test]
fn reduce_only_is_cut_down_to_the_position() {
    let order = |lots| Order { lots: Lots(lots), reduce_only: 1, ..Order::default() };
    assert_eq!(order(-5).size_against(Lots(3)), Ok(Lots(-3)));
    assert_eq!(order(-5).size_against(Lots(9)), Ok(Lots(-5)));
    assert_eq!(order(5).size_against(Lots(-3)), Ok(Lots(3)));
    assert_eq!(order(1).size_against(Lots(-1)), Ok(Lots(1)));
    assert_eq!(order(-1).size_against(Lots(1)), Ok(Lots(-1)));
    for held in [0, 3] {
        assert_eq!(order(5).size_against(Lots(held)), Err(EngineError::ReduceOnly));
    }
    assert_eq!(order(-5).size_against(Lots(-3)), Err(EngineError::ReduceOnly));
    let free = Order { reduce_only: 0, ..order(-5) };
    assert_eq!(free.size_against(Lots(3)), Ok(Lots(-5)));
    let kept = place(USD, &sol_market(), Request { reduce_only: true, ..request(100) }, NOW).0.unwrap();
    assert_eq!(kept.reduce_only, 1);
}

mod triggers {
    use super::*;

    /// A stop at $140 of a long, or with `above` a take-profit at $160, placed at `NOW`.
    fn waiting(above: bool) -> Order {
        let trigger = Trigger { price: Ticks(if above { 160_000 } else { 140_000 }), above };
        let request = Request { limit: Ticks(1), reduce_only: true, trigger: Some(trigger), ..request(-1_000) };
        place(1_000 * USD, &sol_market(), request, NOW).0.unwrap()
    }

    fn update(oracle: u64, publish: i64) -> Price {
        Price { publish_time: NOW + publish, previous_publish_time: NOW + publish - 1, ..price(oracle) }
    }

    fn fire(order: &Order, market: &Market, update: &Price, now: i64) -> Result<Order, EngineError> {
        let mut fired = *order;
        let report = fired.fire(market, update, now);
        assert!(report.is_ok() || fired == *order, "an error changes nothing");
        report.map(|_| fired)
    }

    #[test]
    fn an_order_with_a_trigger_pays_the_same_fee_and_keeps_it() {
        let (stop, profit) = (waiting(false), waiting(true));
        assert_eq!((stop.trigger, stop.trigger_above, stop.fee), (Ticks(140_000), 0, placed().fee));
        assert_eq!((profit.trigger, profit.trigger_above, profit.placed_at), (Ticks(160_000), 1, NOW));
        assert_eq!(profit.trigger(), Some(Trigger { price: Ticks(160_000), above: true }));
        assert!(stop.invariant() && profit.invariant() && placed().trigger().is_none());
        let none = Some(Trigger { price: Ticks(0), above: true });
        let (refused, cash) = place(USD, &sol_market(), Request { trigger: none, ..request(1_000) }, NOW);
        assert_eq!((refused, cash), (Err(EngineError::ZeroAmount), USD));
    }

    #[test]
    fn until_it_fires_it_waits_and_no_update_executes_it() {
        let (order, risk) = (waiting(false), sol_market().risk);
        for later in [0, 3, 14, 100_000_000] {
            assert_eq!(order.stage(&risk, NOW + later), Ok(Stage::Waiting));
        }
        // Given the update that would execute an order without trigger
        let next = Price { previous_publish_time: NOW + 2, ..update(130_000, 3) };
        assert_eq!(placed().require_update(&risk, &next), Ok(()));
        assert_eq!(order.require_update(&risk, &next), Err(EngineError::WrongTrigger));
    }

    #[test]
    fn it_fires_at_its_price_and_beyond() {
        let market = sol_market();
        for (above, oracle, fires) in [
            (false, 140_000, true),
            (false, 1, true),
            (false, 140_001, false),
            (true, 160_000, true),
            (true, 1 << 40, true),
            (true, 159_999, false),
        ] {
            let got = fire(&waiting(above), &market, &update(oracle, 5), NOW + 5);
            assert_eq!(got.err(), if fires { None } else { Some(EngineError::TriggerNotMet) }, "{above} {oracle}");
        }
    }

    #[test]
    fn firing_sets_its_time_and_then_it_is_an_order_like_any() {
        let mut market = sol_market();
        let mut order = waiting(false);
        let above = fire(&waiting(true), &market, &update(170_000, 50), NOW + 60).unwrap();
        assert_eq!((above.trigger, above.trigger_above), (Ticks(0), 0), "nothing of a trigger is left");
        let report = order.fire(&market, &update(139_000, 50), NOW + 60);
        let trigger = Trigger { price: Ticks(140_000), above: false };
        assert_eq!(report, Ok(Fired { trigger, price: Ticks(139_000), placed_at: NOW + 60 }));
        assert_eq!((order.placed_at, order.trigger, order.trigger_above), (NOW + 60, Ticks(0), 0));
        assert_eq!((order.fee, order.lots, order.reduce_only), (waiting(false).fee, Lots(-1_000), 1));
        assert_eq!(order.stage(&market.risk, NOW + 61), Ok(Stage::Waiting));
        assert_eq!(order.stage(&market.risk, NOW + 62), Ok(Stage::Binding));
        let next = Price { previous_publish_time: NOW + 62, ..update(138_000, 63) };
        assert_eq!(order.require_update(&market.risk, &next), Ok(()));
        assert_eq!(fire(&order, &market, &update(139_000, 61), NOW + 61), Err(EngineError::WrongTrigger));
        // Its time is the newest seen: of the update that fired it, which the clock may lag behind, or of the market
        assert_eq!(fire(&waiting(false), &market, &update(139_000, 61), NOW + 60).unwrap().placed_at, NOW + 61);
        market.price.publish_time = NOW + 62;
        assert_eq!(fire(&waiting(false), &market, &update(139_000, 61), NOW + 60).unwrap().placed_at, NOW + 62);
    }

    #[test]
    fn only_an_update_after_the_order_and_of_an_age_for_margin_fires_it() {
        // nobody fires an order with a price from before it, or keeps one to fire it with later
        let (market, order) = (sol_market(), waiting(false));
        assert_eq!(fire(&order, &market, &update(139_000, 0), NOW + 5), Err(EngineError::PriceNotNewer));
        assert_eq!(fire(&order, &market, &update(139_000, -1), NOW + 5), Err(EngineError::PriceNotNewer));
        assert!(fire(&order, &market, &update(139_000, 1), NOW + 31).is_ok());
        assert_eq!(fire(&order, &market, &update(139_000, 1), NOW + 32), Err(EngineError::PriceTooOld));
        assert!(fire(&order, &market, &update(139_000, 6), NOW + 5).is_ok());
        assert_eq!(fire(&order, &market, &update(139_000, 7), NOW + 5), Err(EngineError::PriceFromFuture));
        // Not while the order could not execute
        let settling = Market { status: status::SETTLING, ..market };
        assert_eq!(fire(&order, &settling, &update(139_000, 1), NOW + 1), Err(EngineError::MarketNotOpen));
        assert!(fire(&order, &Market { status: status::HALTED, ..market }, &update(139_000, 1), NOW + 1).is_ok());
        assert_eq!(fire(&placed(), &market, &update(139_000, 1), NOW + 1), Err(EngineError::WrongTrigger));
    }
}

#[test]
fn the_fee_is_split_once() {
    let order = placed();
    assert_eq!(split_fee(&order, true), Ok((Atoms(20_000), Atoms(order.fee.0 - 20_000))));
    assert_eq!(split_fee(&order, false), Ok((Atoms(0), order.fee)));
}

#[test]
fn orders_that_contradict_themselves_are_seen() {
    let broken = |change: fn(&mut Order)| {
        let mut order = placed();
        change(&mut order);
        order.invariant()
    };
    assert!(broken(|_| ()) && Order::default().invariant());
    assert!(!broken(|o| o.reduce_only = 2));
    assert!(!broken(|o| o.trigger_above = 1), "a side without a price");
    assert!(!broken(|o| (o.trigger, o.trigger_above) = (Ticks(1), 2)));
    assert!(!broken(|o| o.execution_fee.0 = o.fee.0 + 1));
    assert!(!broken(|o| o.lots = Lots(0)));
}

#[test]
fn times_at_the_end_of_the_type_are_errors() {
    let (order, risk) = (Order { placed_at: i64::MAX - 2, ..placed() }, sol_market().risk);
    assert_eq!(order.execution_time(&risk), Err(EngineError::Overflow));
    assert_eq!(order.stage(&risk, NOW), Err(EngineError::Overflow));
}
