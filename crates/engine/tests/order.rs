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
    order::{Order, Request, Stage, split_fee},
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
    let halted = Market { status: status::HALTED, ..market };
    assert_eq!(refusal(request(1), &halted, NOW), EngineError::MarketNotOpen);
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
    assert!(!broken(|o| o.trigger_above = 2));
    assert!(!broken(|o| o.execution_fee.0 = o.fee.0 + 1));
    assert!(!broken(|o| o.lots = Lots(0)));
}

#[test]
fn times_at_the_end_of_the_type_are_errors() {
    let (order, risk) = (Order { placed_at: i64::MAX - 2, ..placed() }, sol_market().risk);
    assert_eq!(order.execution_time(&risk), Err(EngineError::Overflow));
    assert_eq!(order.stage(&risk, NOW), Err(EngineError::Overflow));
}
