//! Outages, agreement of sources, and what waits for them.
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

use common::{NOW, PRICE, cases, hold, leg, market_of, price, sol, sol_market};
use plimsoll_engine::{
    EngineError,
    market::{Market, status},
    order::Request,
    parameters::Parameters,
    placing::{Holder, prepare},
    price::Price,
    units::{Atoms, Lots, Ticks},
    valuation::{PriceState, value},
    watch::{PROOF_WAIT, RESUME_UPDATES},
};
use proptest::prelude::*;

const GAP: i64 = 60;
const GRACE: i64 = 120;

fn parameters() -> Parameters {
    Parameters { outage_gap_s: GAP as u32, outage_grace_s: GRACE as u32, disagreement_s: 600, ..sol() }
}

fn market() -> Market {
    market_of(&parameters(), PRICE, 20_000_000_000_000)
}

/// An update so many seconds after [`NOW`], so many after the one before it.
fn update(seconds: i64, gap: i64) -> Price {
    let publish_time = NOW + seconds;
    Price { publish_time, previous_publish_time: publish_time - gap, ..price(PRICE) }
}

fn take(market: &mut Market, seconds: i64, gap: i64) {
    market.accept(update(seconds, gap), NOW + seconds).unwrap();
}

/// A leg of this market: whether it can be liquidated.
fn may_close(market: &mut Market, seconds: i64) -> bool {
    let position = hold(market, 1_000, PRICE);
    value(&position, market, NOW + seconds, None).unwrap().state.may_close()
}

#[test]
fn after_a_gap_liquidations_wait_for_updates_and_then_for_the_grace() {
    let mut market = market();
    // A gap of just what is allowed is none.
    take(&mut market, GAP, GAP);
    assert!(may_close(&mut market, GAP));
    let start = 10_000;
    take(&mut market, start, GAP + 1);
    assert_eq!(market.watch.updates_left, RESUME_UPDATES);
    for number in 1..=RESUME_UPDATES as i64 {
        assert!(!may_close(&mut market, start + number - 1), "before update {number}");
        take(&mut market, start + number, 1);
    }
    let end = start + RESUME_UPDATES as i64 + GRACE;
    for seconds in 1..10 {
        take(&mut market, start + 10 + seconds * 12, 1);
    }
    take(&mut market, end - 1, 1);
    assert!(!may_close(&mut market, end - 1));
    assert!(may_close(&mut market, end));
}

#[test]
fn a_leg_that_waits_is_valued_with_favour_and_takes_no_new_risk() {
    let mut market = market();
    let position = hold(&mut market, 1_000, PRICE);
    take(&mut market, 5_000, 4_000);
    let now = NOW + 5_000;
    let seen = value(&position, &market, now, None).unwrap();
    assert_eq!(seen.state, PriceState::Stale);
    assert_eq!(seen.leg.credit, market.risk.band.mul_ceil(leg(&position, &market).notional).unwrap());
    let buy = Request { lots: Lots(1_000), limit: Ticks(PRICE * 2), reduce_only: false, trigger: None };
    let holder = Holder { held: Lots(0), waiting: false, flagged: false };
    let place = |holder: &Holder, request: &Request| prepare(Atoms(1_000_000_000), &market, holder, request, 1, now);
    assert_eq!(place(&holder, &buy).map(|_| ()), Err(EngineError::MarketResuming));
    // Less risk is always possible, and free cash can leave.
    let held = Holder { held: Lots(-1_000), ..holder };
    assert!(place(&held, &buy).is_ok());
    assert!(market.fresh_price(now).is_ok());
}

#[test]
fn a_28_nobody_posting_is_no_outage_but_liquidations_wait_for_a_proof() {
    let mut market = market();
    // Nobody posts for an hour, then somebody does: the feed had no gap.
    take(&mut market, 3_600, 1);
    assert!(!may_close(&mut market, 3_600) && !may_close(&mut market, 3_600 + PROOF_WAIT - 1));
    assert_eq!(market.watch.updates_left, 0);
    assert!(may_close(&mut market, 3_600 + PROOF_WAIT));
}

#[test]
fn an_old_update_proves_a_gap_where_nobody_posted_while_liquidations_wait() {
    let mut market = market();
    take(&mut market, 3_600, 1);
    let before = market;
    // None: a gap that is none, one that began before the interval, one that ends after it, one that comes too late.
    let refused = |market: &mut Market, proof: Price, at: i64| market.accept(proof, NOW + at).map(|_| ());
    let (short, early) = (update(2_000, GAP), update(GAP, GAP + 1));
    for (proof, at) in [(short, 3_600), (early, 3_600), (update(2_000, GAP + 1), 3_600 + PROOF_WAIT)] {
        assert_eq!(refused(&mut market, proof, at), Err(EngineError::PriceNotNewer), "{proof:?}");
        assert_eq!(market, before);
    }
    // One, however old:
    let accepted = market.accept(update(2_000, GAP + 1), NOW + 3_600 + PROOF_WAIT - 1).unwrap();
    assert!(accepted.late && !accepted.sampled);
    assert_eq!((market.price, market.volatility), (before.price, before.volatility));
    assert_eq!((market.watch.updates_left, market.watch.proof_until), (RESUME_UPDATES, 0));
    // It proves nothing twice, nor is grace prolonged by it.
    assert_eq!(refused(&mut market, update(2_000, GAP + 1), 3_601), Err(EngineError::PriceNotNewer));
    for number in 1..=RESUME_UPDATES as i64 {
        take(&mut market, 3_610 + number, 1);
    }
    assert_eq!(market.watch.waits_until, NOW + 3_613 + GRACE);
}

#[test]
fn a_jump_of_the_clusters_clock_is_an_outage() {
    // Slots of a second or less explain the time that passes, however long nobody looks.
    let mut market = market();
    market.tick(1_000, NOW);
    market.tick(1_000 + 3_600, NOW + 3_600 + GAP);
    assert_eq!(market.watch.updates_left, 0);
    market.tick(1_000 + 3_602, NOW + 3_602 + GAP + GAP + 1);
    assert_eq!(market.watch.updates_left, RESUME_UPDATES);
    assert!(market.is_resuming(i64::MAX - 1));
    // The first look ever has nothing to compare with.
    let mut new = sol_market();
    new.tick(5, NOW);
    assert!(!new.is_resuming(NOW));
}

#[test]
fn a_first_price_is_no_resumption() {
    let mut market = Market::new(common::risk_of(&parameters()), NOW).unwrap();
    market.accept(update(1, 100_000), NOW + 1).unwrap();
    assert!(!market.is_resuming(NOW + 1));
}

#[test]
fn sources_that_disagree_for_too_long_halt_the_market_until_they_agree() {
    let mut market = market();
    (market.flags, market.second) = (1, price(PRICE));
    let far = PRICE * 102 / 100;
    let second = |oracle: u64, seconds: i64| Price { oracle: Ticks(oracle), ..update(seconds, 1) };
    market.accept(update(1, 1), NOW + 1).unwrap();
    assert_eq!((market.watch.agreed, market.watch.agreed_at), (Ticks(PRICE), NOW + 1));
    for minute in 0..=10 {
        let seconds = 10 + minute * 60;
        market.accept(update(seconds, 1), NOW + seconds).unwrap();
        market.accept_second(second(far, seconds), NOW + seconds).unwrap();
        assert_eq!(market.source_status(NOW + seconds), status::ACTIVE, "{minute}");
    }
    assert_eq!(market.watch.disagreed_since, NOW + 10);
    assert_eq!(market.source_status(NOW + 611), status::HALTED);
    market.accept_second(second(PRICE, 612), NOW + 612).unwrap();
    assert_eq!((market.source_status(NOW + 612), market.watch.agreed_at), (status::ACTIVE, NOW + 612));
}

proptest! {
    #![proptest_config(cases(2_000))]

    /// However prices come, a market without gaps never waits, and one with a gap waits at least its grace.
    #[test]
    fn waiting_follows_gaps_and_nothing_else(steps in prop::collection::vec((1i64..100, 1i64..100), 1..30)) {
        let mut market = market();
        let (mut at, mut outage, mut quiet) = (0, None, None);
        for (step, gap) in steps {
            let seconds = at + step;
            let gap = gap.min(step);
            market.accept(update(seconds, gap), NOW + seconds).unwrap();
            if gap > GAP {
                outage = Some(seconds);
            } else if step > GAP {
                quiet = Some(seconds);
            }
            let waits = market.is_resuming(NOW + seconds);
            let explained = outage.is_some() || quiet.is_some_and(|since| seconds < since + PROOF_WAIT);
            prop_assert!(!waits || explained);
            if let Some(since) = outage {
                prop_assert!(waits || seconds >= since + GRACE);
            }
            at = seconds;
        }
    }
}
