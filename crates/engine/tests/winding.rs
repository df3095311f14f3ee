//! Winding down a market without a usable price.
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

use common::{NOW, PRICE, hold, market_of, price, sol};
use plimsoll_engine::{
    EngineError,
    market::{Market, status},
    parameters::Parameters,
    price::Price,
    settlement,
    units::{Atoms, Ticks},
    winding::{COARSE, COARSE_TTL, Look, SILENT, SILENT_WAIT, look},
};

const SILENCE: i64 = 86_400;

fn market(oracle: u64) -> Market {
    let parameters = Parameters { silence_s: SILENCE as u32, settle_wait_s: 60, ..sol() };
    let mut market = market_of(&parameters, oracle, 20_000_000_000_000);
    market.accept(at(oracle, 1), NOW + 1).unwrap();
    market
}

fn at(oracle: u64, seconds: i64) -> Price {
    Price { publish_time: NOW + seconds, previous_publish_time: NOW + seconds - 1, ..price(oracle) }
}

fn look_at(market: &mut Market, seconds: i64) -> Result<Look, EngineError> {
    market.funding.accrued = market.funding.accrued.max(NOW + seconds);
    look(market, NOW + seconds)
}

#[test]
fn a_silent_market_settles_at_the_last_agreed_price() {
    let mut market = market(PRICE);
    let mut winner = hold(&mut market, 1_000, PRICE - 1_000);
    let mut loser = hold(&mut market, -1_000, PRICE - 1_000);
    // Not while it is merely old,
    assert_eq!(look_at(&mut market, 1 + SILENCE), Err(EngineError::SettlementNotNeeded));
    let first = 2 + SILENCE;
    assert_eq!(look_at(&mut market, first), Ok(Look::First { reason: SILENT }));
    // and not before whoever has a price has had the time to post it.
    assert_eq!(look_at(&mut market, first + SILENT_WAIT - 1), Err(EngineError::SettlementTooEarly));
    let started = look_at(&mut market, first + SILENT_WAIT);
    assert_eq!(started, Ok(Look::Started { price: Ticks(PRICE), open: 2 }));
    assert_eq!((market.status, market.book.withheld), (status::SETTLING, 1));
    assert!(market.invariant());
    assert_eq!(look_at(&mut market, first + SILENT_WAIT), Err(EngineError::MarketNotOpen));
    // Net asset value is positive: everybody is paid in full.
    let (mut gains, mut pays) = (Atoms(0), Atoms(10_000_000));
    settlement::settle(&mut pays, &mut loser, &mut market).unwrap();
    settlement::settle(&mut gains, &mut winner, &mut market).unwrap();
    settlement::fix(&mut market, NOW + first + SILENT_WAIT).unwrap();
    assert_eq!(settlement::pay(&mut gains, &mut winner, &mut market).unwrap().first, Atoms(1_000_000));
    assert_eq!((gains, pays), (Atoms(1_000_000), Atoms(9_000_000)));
}

#[test]
fn a_28_a_quiet_market_with_a_price_is_not_wound_down() {
    let mut market = market(PRICE);
    let first = 2 + SILENCE;
    look_at(&mut market, first).unwrap();
    // Somebody posts within the wait: the next look forgets the first, or finds it too old.
    market.accept(at(PRICE + 1, first + 10), NOW + first + 10).unwrap();
    assert_eq!(look_at(&mut market, first + 11), Ok(Look::Cancelled));
    assert_eq!(look_at(&mut market, first + 11), Err(EngineError::SettlementNotNeeded));
    let mut forgotten = market;
    forgotten.watch.winding_reason = SILENT;
    forgotten.watch.winding_at = NOW + first;
    let later = first + 20 + SILENCE;
    assert_eq!(look_at(&mut forgotten, later), Ok(Look::First { reason: SILENT }), "a price came after the first look");
}

#[test]
fn sources_that_never_agree_again_end_at_the_price_on_which_they_did() {
    let mut market = market(PRICE);
    (market.flags, market.second) = (1, at(PRICE, 1));
    for hour in 1..=26 {
        let seconds = hour * 3_600;
        market.accept(at(PRICE * 103 / 100, seconds), NOW + seconds).unwrap();
        market.accept_second(at(PRICE, seconds), NOW + seconds).unwrap();
    }
    let first = 26 * 3_600;
    assert_eq!(market.fresh_price(NOW + first), Err(EngineError::PricesDisagree));
    assert_eq!(look_at(&mut market, first), Ok(Look::First { reason: SILENT }));
    let price = Ticks(PRICE);
    assert_eq!(look_at(&mut market, first + SILENT_WAIT), Ok(Look::Started { price, open: 0 }));
}

#[test]
fn a_price_of_a_few_ticks_settles_at_the_second_look() {
    let mut market = market(99);
    assert_eq!(look_at(&mut market, 1), Ok(Look::First { reason: COARSE }));
    assert_eq!(look_at(&mut market, 2), Err(EngineError::SettlementTooEarly));
    market.accept(at(98, 60), NOW + 60).unwrap();
    assert_eq!(look_at(&mut market, 60), Err(EngineError::SettlementTooEarly));
    // A price that has recovered calls it off,
    let mut other = market;
    other.accept(at(100, 61), NOW + 61).unwrap();
    assert_eq!(look_at(&mut other, 61), Ok(Look::Cancelled));
    // and a look that nobody followed up runs out.
    let mut old = market;
    let seconds = 2 + COARSE_TTL;
    old.accept(at(97, seconds), NOW + seconds).unwrap();
    assert_eq!(look_at(&mut old, seconds), Ok(Look::First { reason: COARSE }));
    market.accept(at(98, 61), NOW + 61).unwrap();
    assert_eq!(look_at(&mut market, 61), Ok(Look::Started { price: Ticks(98), open: 0 }));
    assert!(market.invariant());
}

#[test]
fn a_deficit_is_answered_first_and_a_market_that_never_had_a_price_has_nothing_to_wind_down() {
    let mut market = market(PRICE);
    market.book.deficit = Atoms(1);
    assert_eq!(look_at(&mut market, 2 + SILENCE), Err(EngineError::DeficitPending));
    let mut new = Market::new(common::risk_of(&sol()), NOW).unwrap();
    assert_eq!(look_at(&mut new, 10 * SILENCE), Err(EngineError::SettlementNotNeeded));
    assert_eq!(look(&mut new, NOW + 11 * SILENCE), Err(EngineError::FundingNotAccrued));
}
