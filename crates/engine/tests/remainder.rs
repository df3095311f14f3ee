//! What remains of a settled market: insurance's as far as its claim goes, then the liquidity providers'. And what no
//! settlement can be.
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

use common::{NOW, PRICE, USD, hold, market_of, sol};
use plimsoll_engine::{
    EngineError,
    exit::{Exit, redeem, request},
    insurance::Insurance,
    market::{Market, status},
    position::Position,
    settlement::{self, Settlement, fix, stage},
    shares::provide,
    units::{Atoms, Lots, Pnl, Ticks},
};
use proptest::prelude::*;

/// Seconds until a round is fixed although positions are left, and until shares may leave.
const WEEK: i64 = 604_800;
const DAY: i64 = 86_400;

/// A settling market of two providers with a thousand shares each, in which a long's claim of `claim` is registered.
fn settling(treasury: u64, claim: u64) -> (Market, Position) {
    let mut market = market_of(&sol(), PRICE, treasury);
    market.lp_shares = 2_000 * USD;
    let mut winner = hold(&mut market, 1_000, PRICE);
    winner.cost.0 -= claim as i64;
    market.book.long.cost.0 -= claim as i64;
    market.status = status::SETTLING;
    market.book.withheld = 1;
    (market.settlement.since, market.settlement.price, market.settlement.open) = (NOW, market.price.oracle, 1);
    settlement::settle(&mut Atoms(0), &mut winner, &mut market).unwrap();
    (market, winner)
}

/// The same with both rounds fixed.
fn settled(treasury: u64, claim: u64) -> (Market, Position) {
    let (mut market, winner) = settling(treasury, claim);
    fix(&mut market, NOW + 1).unwrap();
    fix(&mut market, NOW + 2).unwrap();
    (market, winner)
}

/// Half of the shares, asked for and left a day later.
fn leave(market: &mut Market, now: i64) -> Result<Atoms, EngineError> {
    let (mut exit, mut held) = (Exit::default(), 1_000 * USD);
    request(&mut exit, held, market, 1_000 * USD, now)?;
    redeem(&mut exit, &mut held, market, 1_000 * USD, false, now + DAY).map(|redeemed| redeemed.paid)
}

#[test]
fn the_providers_share_what_the_claims_leave_whoever_comes_first() {
    // Given $500 and a claim of $100, of which nothing was paid yet, however old the price
    let (mut market, mut winner) = settled(500 * USD, 100 * USD);
    let first = leave(&mut market, NOW + WEEK).unwrap();
    let mut cash = Atoms(0);
    settlement::pay(&mut cash, &mut winner, &mut market).unwrap();
    let second = leave(&mut market, NOW + WEEK + 1).unwrap();
    assert_eq!((first, second, cash), (Atoms(200 * USD), Atoms(200 * USD), Atoms(100 * USD)));
    assert_eq!((market.book.treasury, market.lp_shares), (Atoms(0), 0));
}

#[test]
fn nobody_leaves_before_the_last_round_is_fixed() {
    let (mut market, _) = settling(500 * USD, 100 * USD);
    assert_eq!(leave(&mut market, NOW), Err(EngineError::MarketNotOpen));
    fix(&mut market, NOW + 1).unwrap();
    assert_eq!(leave(&mut market, NOW), Err(EngineError::SettlementTooEarly));
    let mut fund = Insurance::default();
    market.book.insurance_claim = Atoms(1);
    assert_eq!(fund.collect(&mut market, NOW), Err(EngineError::SettlementTooEarly));
    fix(&mut market, NOW + 2).unwrap();
    assert_eq!(fund.collect(&mut market, NOW), Ok(Atoms(1)));
    assert!(leave(&mut market, NOW).is_ok());
}

#[test]
fn insurance_comes_before_the_providers_and_after_the_traders() {
    let (mut market, mut winner) = settled(500 * USD, 300 * USD);
    market.book.insurance_claim = Atoms(150 * USD);
    // The providers' part does not wait for insurance
    let (mut early, mut fund) = (market, Insurance::default());
    assert_eq!(leave(&mut early, NOW), Ok(Atoms(25 * USD)));
    assert_eq!(fund.collect(&mut market, NOW + WEEK), Ok(Atoms(150 * USD)));
    assert_eq!(
        (fund.own, market.insurance_own, market.book.treasury),
        (Atoms(150 * USD), Atoms(150 * USD), Atoms(350 * USD))
    );
    // Where claims leave less, it takes that and no more
    let (mut short, _) = settled(310 * USD, 300 * USD);
    short.book.insurance_claim = Atoms(150 * USD);
    assert_eq!(leave(&mut short, NOW), Err(EngineError::NavNotPositive));
    assert_eq!(fund.collect(&mut short, NOW), Ok(Atoms(10 * USD)));
    assert_eq!(fund.collect(&mut short, NOW), Err(EngineError::TreasuryShort));
    // A deficit is answered first
    market.book.deficit = Atoms(1);
    market.book.insurance_claim = Atoms(1);
    assert_eq!(fund.collect(&mut market, NOW), Err(EngineError::DeficitPending));
    let mut cash = Atoms(0);
    settlement::pay(&mut cash, &mut winner, &mut market).unwrap();
    assert_eq!(cash, Atoms(300 * USD));
}

#[test]
fn cooldown_and_request_hold_in_a_settled_market_too() {
    let (mut market, _) = settled(500 * USD, 100 * USD);
    let (mut exit, mut held) = (Exit::default(), 1_000 * USD);
    request(&mut exit, held, &market, 1_000 * USD, NOW).unwrap();
    let early = redeem(&mut exit, &mut held, &mut market, 1_000 * USD, false, NOW + DAY - 1);
    assert_eq!(early, Err(EngineError::CooldownNotOver));
    let queued = redeem(&mut exit, &mut held, &mut market, 1_000 * USD, true, NOW + DAY);
    assert_eq!(queued, Err(EngineError::AccountsQueued));
    // What came after the request is for who stays
    market.book.treasury.0 += 200 * USD;
    let paid = redeem(&mut exit, &mut held, &mut market, 1_000 * USD, false, NOW + DAY).unwrap();
    assert_eq!((paid.paid, paid.at_exit), (Atoms(200 * USD), Atoms(300 * USD)));
    // Nobody joins
    assert_eq!(provide(&mut market, Atoms(1_000 * USD), NOW).err(), Some(EngineError::MarketNotOpen));
}

#[test]
fn a_market_that_does_not_settle_has_nothing_of_a_settlement() {
    let changes: [fn(&mut Settlement); 4] =
        [|of| of.since = NOW, |of| of.price = Ticks(PRICE), |of| of.open = 1, |of| of.fixed = 1];
    let mut market = market_of(&sol(), PRICE, 30 * USD);
    hold(&mut market, 1_000, PRICE);
    assert!(market.invariant());
    for change in changes {
        let mut other = market;
        change(&mut other.settlement);
        assert!(!other.invariant(), "{:?}", other.settlement);
    }
}

#[test]
fn settlements_that_contradict_themselves_are_seen() {
    let broken = |change: fn(&mut Market)| {
        let (mut market, _) = settling(50 * USD, 100 * USD);
        fix(&mut market, NOW + 1).unwrap();
        change(&mut market);
        market.invariant()
    };
    assert!(broken(|_| ()));
    for change in [
        (|m| m.status = status::ACTIVE) as fn(&mut Market),
        |m| m.status = status::SETTLING,
        |m| m.settlement.fixed = 3,
        |m| m.settlement.price.0 += 1,
        |m| m.settlement.open = 2,
        |m| m.settlement.first.unpaid.0 += 1,
        |m| m.settlement.first.claims.0 = 1,
        |m| m.book.treasury.0 -= 1,
        |m| m.book.withheld = 0,
        |m| m.deleveraging.long = 2,
    ] {
        assert!(!broken(change));
    }
    let position = Position { cost: Pnl(-1), stage: stage::LATE + 1, ..Position::default() };
    assert!(!position.invariant());
    assert!(!Position { lots: Lots(1), stage: stage::PAID, ..Position::default() }.invariant());
}

proptest! {
    #![proptest_config(common::cases(1_000))]

    /// I-9 and I-2: whatever leaves, every claim keeps its money, and no more leaves than there is.
    #[test]
    fn what_is_owed_to_claims_never_leaves(
        treasury in 0u64..1 << 40, claim in 1u64..1 << 40, insurance in 0u64..1 << 40, first in any::<bool>(),
    ) {
        let (mut market, mut winner) = settled(treasury, claim);
        market.book.insurance_claim = Atoms(insurance);
        let mut fund = Insurance::default();
        let owed = market.settlement.reserved(&market.book).unwrap();
        prop_assert_eq!(owed.0, treasury.min(claim));
        let (mut left, mut collected) = (0, 0);
        for turn in 0..4 {
            if (turn % 2 == 0) == first {
                left += leave(&mut market, NOW).map_or(0, |paid| paid.0);
            } else {
                collected += fund.collect(&mut market, NOW).map_or(0, |paid| paid.0);
            }
            prop_assert!(market.book.treasury >= owed);
        }
        prop_assert_eq!(collected, insurance.min(treasury - owed.0));
        prop_assert!(left + collected + owed.0 <= treasury);
        let mut cash = Atoms(0);
        settlement::pay(&mut cash, &mut winner, &mut market).unwrap();
        prop_assert_eq!(cash, owed);
        prop_assert_eq!(cash.0 + market.book.treasury.0 + left + collected, treasury);
    }
}
