//! The end of an order: it is filled, it fails, it expires, or its owner cancels it.
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

use common::{NOW, PRICE, USD, hold, price, sol_market};
use plimsoll_engine::{
    EngineError,
    execution::{Taker, cancel, execute, pay_fee},
    market::Market,
    order::{Order, Request, Stage},
    position::Position,
    price::Price,
    trade::{Rest, fill},
    units::{Atoms, Lots, Ticks},
};

const CASH: Atoms = Atoms(500 * USD);

/// An order of now, which executes three seconds later.
fn order(lots: i64, reduce_only: bool) -> Order {
    let request =
        Request { lots: Lots(lots), limit: Ticks(if lots > 0 { 2 * PRICE } else { 1 }), reduce_only, trigger: None };
    Order::place(&mut Atoms(1 << 40), &sol_market(), &request, 1, NOW).unwrap()
}

/// The one update at which it does.
fn update() -> Price {
    Price { publish_time: NOW + 3, previous_publish_time: NOW + 2, ..price(PRICE) }
}

/// SOL with funding accrued until the end of the tests.
fn accrued() -> Market {
    Market { funding: plimsoll_engine::funding::Funding { accrued: NOW + 60 }, ..sol_market() }
}

fn taker<'a>(rest: &'a Rest, position: Option<&'a Position>) -> Taker<'a> {
    Taker { cash: CASH, rest, position, flagged: false }
}

#[test]
fn at_its_update_it_is_filled_as_the_fill_says() {
    let (market, rest, empty) = (accrued(), Rest::default(), Position::default());
    let order = order(10_000, false);
    let filled = execute(&taker(&rest, Some(&empty)), &market, &order, &update(), NOW + 4).unwrap();
    assert_eq!(filled, fill(CASH, &rest, &empty, &market, &order, &update()));
    assert_eq!(filled.unwrap().position.lots, Lots(10_000));
}

#[test]
fn another_update_or_a_stale_market_leaves_the_order() {
    let (market, rest, empty) = (accrued(), Rest::default(), Position::default());
    let (order, taker) = (order(10_000, false), taker(&rest, Some(&empty)));
    let early = Price { publish_time: NOW + 2, previous_publish_time: NOW + 1, ..update() };
    assert_eq!(execute(&taker, &market, &order, &early, NOW + 4), Err(EngineError::WrongUpdate));
    assert_eq!(execute(&taker, &market, &order, &update(), NOW + 31), Err(EngineError::PriceTooOld));
    let late = sol_market();
    assert_eq!(execute(&taker, &late, &order, &update(), NOW + 4), Err(EngineError::FundingNotAccrued));
}

#[test]
fn what_the_order_cannot_do_ends_it() {
    let rest = Rest::default();
    let mut market = accrued();
    let position = hold(&mut market, 1_000, PRICE);
    let ends = |taker: Taker<'_>, order: Order| execute(&taker, &market, &order, &update(), NOW + 4).unwrap().err();
    let flagged = Taker { flagged: true, ..taker(&rest, Some(&position)) };
    assert_eq!(ends(taker(&rest, None), order(10_000, false)), Some(EngineError::NoFreeLeg));
    assert_eq!(ends(flagged, order(10_000, false)), Some(EngineError::AccountFlagged));
    assert_eq!(ends(flagged, order(-2_100, false)), Some(EngineError::AccountFlagged));
    assert_eq!(ends(flagged, order(10_000, true)), Some(EngineError::ReduceOnly));
    assert_eq!(ends(flagged, order(-1_000, false)), None, "a flagged account may reduce");
    assert_eq!(ends(flagged, order(-5_000, true)), None);
    let poor = Taker { cash: Atoms(USD), ..taker(&rest, Some(&position)) };
    assert_eq!(ends(poor, order(10_000, false)), Some(EngineError::BelowInitialMargin));
}

#[test]
fn the_fee_is_split_between_executor_and_treasury() {
    let order = order(10_000, false);
    let paid = |executor: bool| {
        let (mut book, mut cash) = (sol_market().book, Atoms(5));
        let before = book.treasury.0;
        pay_fee(&order, executor.then_some(&mut cash), &mut book).unwrap();
        (cash.0, book.treasury.0 - before)
    };
    assert_eq!(paid(true), (20_005, 750_001));
    assert_eq!(paid(false), (5, 770_001));
    // Nothing is written where one of them cannot hold it
    let (mut book, mut cash) = (sol_market().book, Atoms(u64::MAX));
    let before = book;
    assert_eq!(pay_fee(&order, Some(&mut cash), &mut book), Err(EngineError::Overflow));
    assert_eq!(book, before);
    book.treasury = Atoms(u64::MAX);
    cash = Atoms(5);
    assert_eq!(pay_fee(&order, Some(&mut cash), &mut book), Err(EngineError::Overflow));
    assert_eq!(cash, Atoms(5));
}

#[test]
fn the_fee_comes_back_while_the_order_waits_and_is_kept_after_it_expired() {
    let order = order(10_000, false);
    let ended = |owner: bool, now: i64| {
        let (mut cash, mut market): (Atoms, Market) = (CASH, sol_market());
        let before = market.book.treasury.0;
        let stage = cancel(&mut cash, &mut market, &order, owner, now);
        (stage, cash.0 - CASH.0, market.book.treasury.0 - before)
    };
    // The clock lags by a second: from two seconds on its price may be known
    assert_eq!(ended(true, NOW + 1), (Ok(Stage::Waiting), 770_001, 0));
    assert_eq!(ended(false, NOW + 1), (Err(EngineError::NotAuthorised), 0, 0));
    for owner in [true, false] {
        assert_eq!(ended(owner, NOW + 2), (Err(EngineError::OrderBinding), 0, 0));
        assert_eq!(ended(owner, NOW + 13), (Err(EngineError::OrderBinding), 0, 0));
        assert_eq!(ended(owner, NOW + 14), (Ok(Stage::Expired), 0, 770_001));
    }
}
