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
    execution::{Taker, cancel, execute, pay_fee, pay_firing, stage},
    market::{Market, status},
    order::{Order, Request, Stage},
    position::Position,
    price::Price,
    trade::{Rest, fill},
    units::{Atoms, Lots, Ticks, Wide},
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
fn a_fill_brings_the_totals_of_the_side_up_to_date_with_its_position() {
    // Given a long that owes funding which its side knows of, and has not been charged for it.
    let mut market = accrued();
    let held = hold(&mut market, 10_000, PRICE);
    let per_lot = 3_i128 << 32;
    market.book.long.indices.funding = Wide::of(per_lot);
    market.book.long.owed = Wide::of(per_lot * 10_000);
    let (before, rest) = (market.book.nav(&market.risk, Ticks(PRICE)).unwrap(), Rest::default());
    // When an order executes that closes half of it.
    let filled =
        execute(&taker(&rest, Some(&held)), &market, &order(-5_000, false), &update(), NOW + 4).unwrap().unwrap();
    // Then the side owes no more funding, and the providers gained nothing but the spread.
    assert_eq!(filled.book.long.owed, Wide::ZERO);
    let after = filled.book.nav(&market.risk, Ticks(PRICE)).unwrap();
    assert_eq!(after, before.plus(filled.spread.signed().unwrap()).unwrap());
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

#[test]
fn an_order_of_a_market_that_settles_comes_back_whole() {
    // Given orders that wait, are due and have expired, when their market settles or is settled
    let order = order(10_000, false);
    for state in [status::SETTLING, status::SETTLED] {
        for now in [NOW, NOW + 5, NOW + 1_000_000] {
            let mut market = Market { status: state, ..accrued() };
            let (before, mut cash) = (market, CASH);
            // Then nobody executes them, and their owner has the fee back
            let (rest, empty) = (Rest::default(), Position::default());
            let refused = execute(&taker(&rest, Some(&empty)), &market, &order, &update(), now);
            assert_eq!(refused, Err(EngineError::MarketNotOpen));
            assert_eq!(stage(&market, &order, now), Ok(Stage::Waiting));
            let other = cancel(&mut cash, &mut market, &order, false, now);
            assert_eq!((other, cash), (Err(EngineError::NotAuthorised), CASH));
            assert_eq!(cancel(&mut cash, &mut market, &order, true, now), Ok(Stage::Waiting));
            assert_eq!((cash, market), (CASH.plus(order.fee).unwrap(), before));
        }
    }
}

/// A long of $1,500 whose market has a second source.
fn doubted(oracle: u64, age: i64) -> (Market, Position) {
    let mut market = accrued();
    let held = hold(&mut market, 10_000, PRICE);
    market.flags = 1;
    market.second = Price { publish_time: NOW + 4 - age, ..price(oracle) };
    (market, held)
}

#[test]
fn i_12_a_reduction_needs_a_usable_price_and_new_risk_one_that_is_agreed() {
    let rest = Rest::default();
    let cases = [
        (PRICE, 31, EngineError::PriceTooOld),
        (PRICE + 1_000, 0, EngineError::PricesDisagree),
        (PRICE - 1_000, 0, EngineError::PricesDisagree),
    ];
    for (oracle, age, error) in cases {
        let (market, held) = doubted(oracle, age);
        let execute = |lots, reduce_only, position: Option<&Position>| {
            execute(&taker(&rest, position), &market, &order(lots, reduce_only), &update(), NOW + 4)
        };
        // Less risk goes through, more waits for a price and a flip or a first position with it
        for lots in [-5_000, -10_000] {
            assert_eq!(execute(lots, false, Some(&held)).unwrap().map(|filled| filled.lots), Ok(Lots(lots)));
        }
        assert_eq!(execute(-20_000, true, Some(&held)).unwrap().map(|filled| filled.lots), Ok(Lots(-10_000)));
        for (lots, position) in [(1, Some(&held)), (-10_001, Some(&held)), (100, None)] {
            assert_eq!(execute(lots, false, position), Err(error), "{lots}");
        }
        // What fails for another reason ends
        assert_eq!(execute(100, true, Some(&held)).unwrap().err(), Some(EngineError::ReduceOnly));
    }
    // Without any fresh price nothing is done
    let (mut market, held) = doubted(PRICE, 31);
    market.price.publish_time = NOW - 30;
    let done = execute(&taker(&rest, Some(&held)), &market, &order(-100, false), &update(), NOW + 4);
    assert_eq!(done, Err(EngineError::PriceTooOld));
}

#[test]
fn i_12_another_legs_missing_price_hinders_new_risk_only() {
    let mut market = accrued();
    let held = hold(&mut market, 10_000, PRICE);
    let mut other = sol_market();
    let leg = hold(&mut other, 10_000, PRICE + 1_000);
    let mut rest = Rest::default();
    rest.add(&leg, &other, NOW + 31).unwrap();
    assert_eq!(rest.lacking, Some(EngineError::PriceTooOld));
    let at = |cash, lots| {
        let taker = Taker { cash: Atoms(cash), ..taker(&rest, Some(&held)) };
        execute(&taker, &market, &order(lots, false), &update(), NOW + 4)
    };
    assert_eq!(at(500 * USD, 1), Err(EngineError::PriceTooOld));
    assert!(at(500 * USD, -5_000).unwrap().is_ok());
    // It is judged by maintenance: equity stays positive and over what is required it does not fall
    assert!(at(2 * USD, -5_000).unwrap().is_ok(), "a loss of $10 and a credit of $9.30");
    assert_eq!(at(USD / 2, -5_000).unwrap().err(), Some(EngineError::EquityNegative));
    // Where it does, the order waits: at prices for initial margin it might go through
    assert_eq!(at(USD * 7 / 5, -5_000), Err(EngineError::PriceTooOld));
}

#[test]
fn a_fill_without_initial_margin_says_what_is_missing() {
    let (market, empty) = (accrued(), Position::default());
    let rest = Rest { lacking: Some(EngineError::PricesDisagree), ..Rest::default() };
    let filled = fill(CASH, &rest, &empty, &market, &order(1_000, false), &update());
    assert_eq!(filled, Err(EngineError::PricesDisagree));
}

#[test]
fn whoever_fires_earns_half_of_what_whoever_executes_would_have() {
    let whole = order(1_000, false);
    for (fee, first) in [(20_000, 10_000), (7, 3), (1, 0), (0, 0)] {
        let placed = Order { execution_fee: Atoms(fee), ..whole };
        let (mut order, mut keeper, mut executor) = (placed, Atoms(5), Atoms(0));
        let mut book = sol_market().book;
        let treasury = book.treasury;
        // Without anybody to pay nothing changes.
        assert_eq!(pay_firing(&mut order, None), Ok(Atoms(0)));
        assert_eq!(order, placed);
        assert_eq!(pay_firing(&mut order, Some(&mut keeper)), Ok(Atoms(first)));
        assert!(order.invariant());
        pay_fee(&order, Some(&mut executor), &mut book).unwrap();
        assert_eq!((keeper, executor), (Atoms(5 + first), Atoms(fee - first)));
        // And the treasury's part is what it was.
        assert_eq!(book.treasury.minus(treasury).unwrap(), whole.fee.minus(Atoms(fee)).unwrap());
    }
    let (mut order, mut full) = (whole, Atoms(u64::MAX));
    assert_eq!(pay_firing(&mut order, Some(&mut full)), Err(EngineError::Overflow));
    assert_eq!((order, full), (whole, Atoms(u64::MAX)), "an error changes nothing");
}
