//! Placing an order: whether the account may, and whether it can spare the fee.
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
    account::Initial,
    market::{Market, status},
    order::Request,
    placing::{Holder, Placement, prepare},
    price::Price,
    units::{Atoms, Lots, Pnl, Ticks},
};

const CASH: Atoms = Atoms(100 * USD);

fn request(lots: i64) -> Request {
    Request { lots: Lots(lots), limit: Ticks(PRICE), reduce_only: false, trigger: None }
}

fn held(lots: i64) -> Holder {
    Holder { held: Lots(lots), ..Holder::default() }
}

fn try_place(holder: &Holder, request: &Request) -> Result<Placement, EngineError> {
    prepare(CASH, &sol_market(), holder, request, 7, NOW)
}

#[test]
fn an_order_larger_than_a_side_may_be_is_refused() {
    let cap = sol_market().risk.side_cap.0 as i64;
    let reducing = Request { reduce_only: true, ..request(-cap - 1) };
    assert_eq!(try_place(&held(cap), &reducing), Err(EngineError::PositionCapExceeded));
    assert_eq!(
        prepare(Atoms(1 << 50), &sol_market(), &held(cap), &request(-cap), 7, NOW).map(|p| p.order.lots),
        Ok(Lots(-cap))
    );
}

#[test]
fn new_risk_needs_an_active_market_and_no_flag() {
    let mut market = sol_market();
    market.status = status::REDUCE_ONLY;
    let flagged = Holder { flagged: true, ..held(1_000) };
    // Growing, opening and crossing zero add risk; reducing does not, and an order that may only reduce neither
    for lots in [500, -1_001, -2_500] {
        assert_eq!(try_place(&flagged, &request(lots)), Err(EngineError::AccountFlagged), "{lots}");
        let refusal = prepare(CASH, &market, &held(1_000), &request(lots), 7, NOW);
        assert_eq!(refusal, Err(EngineError::MarketNotOpen), "{lots}");
        let reducing = Request { reduce_only: true, ..request(lots) };
        assert!(try_place(&flagged, &reducing).is_ok());
        assert!(prepare(CASH, &market, &held(1_000), &reducing, 7, NOW).is_ok());
    }
    for lots in [-1, -999, -1_000] {
        assert!(try_place(&flagged, &request(lots)).is_ok(), "{lots}");
        assert!(prepare(CASH, &market, &held(1_000), &request(lots), 7, NOW).is_ok(), "{lots}");
    }
    market.status = status::HALTED;
    assert!(prepare(CASH, &market, &held(1_000), &request(-1), 7, NOW).is_ok());
    market.status = status::SETTLING;
    assert_eq!(prepare(CASH, &market, &held(1_000), &request(-1), 7, NOW), Err(EngineError::MarketNotOpen));
}

#[test]
fn only_a_lone_order_that_reduces_needs_no_margin() {
    let needs = |holder, lots| try_place(&holder, &request(lots)).unwrap().needs_margin;
    assert!(!needs(held(1_000), -1_000) && !needs(held(-1_000), 1_000) && !needs(held(1_000), -1));
    assert!(needs(held(1_000), -1_001) && needs(held(1_000), 1) && needs(held(0), 1_000));
    assert!(needs(Holder { waiting: true, ..held(1_000) }, -1_000));
}

#[test]
fn the_fee_leaves_cash_and_must_leave_initial_margin() {
    // Given an order of $1,500 whose fee is 0.05 % and two cents
    let placement = try_place(&held(0), &request(10_000)).unwrap();
    let fee = placement.order.fee;
    assert_eq!((fee, placement.order.sequence, placement.order.placed_at), (Atoms(770_001), 7, NOW));
    let with = |equity: i64| Initial { equity: Pnl(equity), requirement: Atoms(50 * USD) };
    let exact = 50_000_000 + fee.0 as i64;
    // Then it is taken where the requirement remains, to the atom
    let mut cash = CASH;
    assert_eq!(placement.accept(&mut cash, Some(&with(exact - 1))), Err(EngineError::BelowInitialMargin));
    assert_eq!(placement.accept(&mut cash, None), Err(EngineError::MissingLeg));
    assert_eq!(cash, CASH);
    assert_eq!(placement.accept(&mut cash, Some(&with(exact))), Ok(placement.order));
    assert_eq!(cash, CASH.minus(fee).unwrap());
    // and never more than there is
    let mut little = fee.minus(Atoms(1)).unwrap();
    assert_eq!(placement.accept(&mut little, Some(&with(exact))), Err(EngineError::InsufficientCash));
    let poor = prepare(little, &sol_market(), &held(0), &request(10_000), 7, NOW);
    assert_eq!(poor, Err(EngineError::InsufficientCash));
    // A reduction needs no margin
    let reducing = try_place(&held(10_000), &request(-10_000)).unwrap();
    assert!(reducing.accept(&mut cash, None).is_ok());
}

#[test]
fn i_12_an_order_that_reduces_needs_a_usable_price_and_new_risk_one_that_is_agreed() {
    let mut market = sol_market();
    market.flags = 1;
    market.second = Price { publish_time: NOW + 20, ..price(PRICE + 1_000) };
    let place = |market: &Market, lots, now| prepare(CASH, market, &held(10_000), &request(lots), 7, now);
    // The fee is at the first source while it is fresh, then at the second; neither may be one the order executes at
    for (now, fee) in [(NOW + 21, 770_001), (NOW + 31, 775_001)] {
        let order = place(&market, -10_000, now).unwrap().order;
        assert_eq!((order.fee, order.placed_at), (Atoms(fee), now));
    }
    assert_eq!(place(&market, -10_000, NOW + 19).unwrap().order.placed_at, NOW + 20);
    assert_eq!(place(&market, -10_000, NOW + 51), Err(EngineError::PriceTooOld));
    for lots in [1, -10_001] {
        assert_eq!(place(&market, lots, NOW + 21), Err(EngineError::PricesDisagree));
        assert_eq!(place(&market, lots, NOW + 31), Err(EngineError::PriceTooOld));
    }
}
