//! The waterfall: the market's own part, the shared part within its cap, then the providers.
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

use common::{NOW, USD, cases, nav, sol_market};
use plimsoll_engine::{
    EngineError,
    insurance::{Draw, Insurance},
    market::Market,
    units::Atoms,
};
use proptest::prelude::*;

fn fund(shared: u64, own: u64) -> Insurance {
    Insurance { shared: Atoms(shared), own: Atoms(own), shares: 5, ..Insurance::default() }
}

fn owing(deficit: u64, own: u64) -> Market {
    let mut market = sol_market();
    (market.book.deficit, market.insurance_own) = (Atoms(deficit), Atoms(own));
    market
}

fn draw(own: u64, shared: u64, providers: u64) -> Draw {
    Draw { own: Atoms(own), shared: Atoms(shared), providers: Atoms(providers) }
}

#[test]
fn the_markets_own_part_pays_first() {
    let (mut fund, mut market) = (fund(500, 300), owing(200, 250));
    assert_eq!(fund.draw(&mut market, NOW), Ok(draw(200, 0, 0)));
    assert_eq!((fund.shared, fund.own, fund.shares), (Atoms(500), Atoms(100), 5));
    assert_eq!((market.insurance_own, market.insurance_drawn), (Atoms(50), Atoms(0)));
    assert_eq!(market.book.deficit, Atoms(0));
    assert_eq!(market.book.treasury, Atoms(20_000_000_000_000 + 200));
}

#[test]
fn then_the_shared_part_then_the_providers() {
    let (mut fund, mut market) = (fund(500, 300), owing(1_000, 250));
    let drawn = fund.draw(&mut market, NOW).unwrap();
    assert_eq!(drawn, draw(250, 500, 250));
    assert_eq!(drawn.paid(), Ok(Atoms(750)));
    assert_eq!((fund.shared, fund.own), (Atoms(0), Atoms(50)), "what other markets own is not touched");
    assert_eq!(fund.total(), Ok(Atoms(50)));
    assert_eq!((market.book.deficit, market.insurance_drawn), (Atoms(0), Atoms(500)));
}

#[test]
fn the_shared_part_is_capped_per_window() {
    // Given a cap of $100,000 a day
    let mut fund = fund(1_000_000 * USD, 0);
    let mut market = owing(70_000 * USD, 0);
    assert_eq!(fund.draw(&mut market, NOW), Ok(draw(0, 70_000 * USD, 0)));
    market.book.deficit = Atoms(70_000 * USD);
    assert_eq!(fund.draw(&mut market, NOW + 86_399), Ok(draw(0, 30_000 * USD, 40_000 * USD)));
    assert_eq!((market.insurance_drawn, market.insurance_window_start), (Atoms(100_000 * USD), NOW));
    market.book.deficit = Atoms(5);
    assert_eq!(fund.draw(&mut market, NOW + 86_399), Ok(draw(0, 0, 5)));
    // A new window starts where it is first used
    market.book.deficit = Atoms(150_000 * USD);
    assert_eq!(fund.draw(&mut market, NOW + 86_400), Ok(draw(0, 100_000 * USD, 50_000 * USD)));
    assert_eq!(market.insurance_window_start, NOW + 86_400);
}

#[test]
fn a_cap_that_was_lowered_below_what_was_drawn_pays_nothing_more() {
    let (mut fund, mut market) = (fund(1_000, 0), owing(10, 0));
    (market.insurance_drawn, market.risk.insurance_cap) = (Atoms(50), Atoms(40));
    assert_eq!(fund.draw(&mut market, NOW), Ok(draw(0, 0, 10)));
}

#[test]
fn without_a_deficit_there_is_nothing_to_draw() {
    let (mut fund, mut market) = (fund(500, 300), owing(0, 250));
    let before = (fund, market);
    assert_eq!(fund.draw(&mut market, NOW + 90_000), Err(EngineError::ZeroAmount));
    assert_eq!((fund, market), before);
}

#[test]
fn an_error_leaves_fund_and_market() {
    // Given a treasury that cannot take the payment, or an own part larger than the fund's sum of them
    let (mut fund, mut market) = (fund(500, 300), owing(200, 250));
    market.book.treasury = Atoms(u64::MAX);
    let before = (fund, market);
    assert!(fund.draw(&mut market, NOW).is_err());
    assert_eq!((fund, market), before);
    let (mut fund, mut market) = (Insurance::default(), owing(200, 250));
    let before = (fund, market);
    assert!(fund.draw(&mut market, NOW).is_err());
    assert_eq!((fund, market), before);
}

#[test]
fn fees_are_swept_into_the_markets_own_part() {
    let (mut fund, mut market) = (fund(500, 300), owing(0, 250));
    market.book.fees = Atoms(77);
    assert_eq!(fund.sweep(&mut market), Ok(Atoms(77)));
    assert_eq!((fund.own, fund.shared), (Atoms(377), Atoms(500)));
    assert_eq!((market.insurance_own, market.book.fees), (Atoms(327), Atoms(0)));
    assert_eq!(fund.sweep(&mut market), Ok(Atoms(0)));
    // And what does not fit is refused whole
    (market.book.fees, fund.own) = (Atoms(1), Atoms(u64::MAX));
    let before = (fund, market);
    assert!(fund.sweep(&mut market).is_err());
    assert_eq!((fund, market), before);
}

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn what_the_fund_pays_reaches_the_treasury_and_the_order_is_kept(
        deficit in 1u64..1_000, own in 0u64..1_000, others in 0u64..1_000, shared in 0u64..1_000, drawn in 0u64..1_000, cap in 0u64..1_000,
    ) {
        let (mut fund, mut market) = (fund(shared, own + others), owing(deficit, own));
        (market.insurance_drawn, market.risk.insurance_cap) = (Atoms(drawn), Atoms(cap));
        let before = (fund.total().unwrap().0 + market.book.treasury.0, nav(&market));
        let draw = fund.draw(&mut market, NOW).unwrap();
        let paid = draw.paid().unwrap().0;
        prop_assert_eq!(fund.total().unwrap().0 + market.book.treasury.0, before.0);
        prop_assert_eq!(nav(&market), before.1 + paid as i64);
        prop_assert_eq!(paid + draw.providers.0, deficit);
        prop_assert!(fund.own.0 >= others && fund.own.0 - others == market.insurance_own.0);
        // Nobody further down pays while somebody further up could
        prop_assert!(draw.shared.is_zero() || market.insurance_own.is_zero());
        let room = cap.saturating_sub(market.insurance_drawn.0).min(fund.shared.0);
        prop_assert!(draw.providers.is_zero() || room == 0);
    }
}
