//! Closing a bankrupt account: profits first, losses pro rata, and the account ends at zero.
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

use common::{NOW, PRICE, USD, cases, claim, health, hold, market_of, nav, pnl, sol, sol_market};
use plimsoll_engine::{
    EngineError,
    bankruptcy::{ClosedLegs, close_bankrupt},
    mark::Leg,
    market::Market,
    position::Position,
    units::{Atoms, Lots, Pnl, Size},
};
use proptest::prelude::*;

/// Closes every leg and returns the report, the cash left and the state.
fn run(cash: u64, legs: &[(Position, Market)]) -> (Result<ClosedLegs, EngineError>, Atoms, Vec<(Position, Market)>) {
    let mut after = legs.to_vec();
    let mut purse = Atoms(cash);
    let mut borrowed: Vec<Leg<'_>> = after.iter_mut().map(|(position, market)| Leg { position, market }).collect();
    let report = close_bankrupt(&mut purse, &mut borrowed, NOW, None);
    (report, purse, after)
}

/// 1 SOL long with this profit or loss.
fn with_pnl(amount: i64) -> (Position, Market) {
    let mut market = sol_market();
    let position = common::hold_at_cost(&mut market, 1_000, Pnl(1_000 * PRICE as i64 - amount));
    assert_eq!(pnl(&position, &market), amount);
    (position, market)
}

#[test]
fn one_leg_pays_its_cash_and_leaves_the_rest_as_deficit() {
    // Given $60 of cash against a loss of $100
    let (position, market) = with_pnl(-100 * USD as i64);
    let (report, cash, after) = run(60 * USD, &[(position, market)]);
    // Then the treasury has $60 more and $40 are the market's deficit
    let leg = report.unwrap()[0];
    assert_eq!((leg.settled, leg.deficit), (Pnl(-60_000_000), Atoms(40_000_000)));
    assert_eq!((leg.lots, leg.notional, leg.claim), (Lots(-1_000), Atoms(150_000_000), Atoms(0)));
    assert_eq!(cash, Atoms(0));
    let (position, closed) = &after[0];
    assert_eq!(*position, Position::default());
    assert_eq!(closed.book.treasury, Atoms(market.book.treasury.0 + 60_000_000));
    assert_eq!(closed.book.deficit, Atoms(40_000_000));
    assert_eq!((closed.book.long.lots, closed.book.long.cost), (Size(0), Pnl(0)));
    assert_eq!(closed.throttle.capacity.0, market.throttle.capacity.0 - 150_000_000);
}

#[test]
fn a_profitable_leg_pays_for_the_losing_one_first() {
    // cash 0, leg A -100, leg B +60
    let legs = [with_pnl(-100), with_pnl(60)];
    let (report, cash, after) = run(0, &legs);
    let report = report.unwrap();
    assert_eq!((report[0].settled, report[0].deficit), (Pnl(-60), Atoms(40)));
    assert_eq!((report[1].settled, report[1].deficit), (Pnl(60), Atoms(0)));
    assert_eq!(cash, Atoms(0));
    assert_eq!(after[1].1.book.treasury.0, legs[1].1.book.treasury.0 - 60);
    assert_eq!(after[0].1.book.treasury.0, legs[0].1.book.treasury.0 + 60);
}

#[test]
fn equal_losses_share_the_cash_equally() {
    // cash 100, losses 100 and 100
    let (report, _, after) = run(100, &[with_pnl(-100), with_pnl(-100)]);
    let report = report.unwrap();
    assert_eq!([report[0].settled, report[1].settled], [Pnl(-50), Pnl(-50)]);
    assert_eq!([report[0].deficit, report[1].deficit], [Atoms(50), Atoms(50)]);
    assert!(after.iter().all(|(_, market)| market.book.deficit == Atoms(50)));
}

#[test]
fn rounding_leaves_no_atom_behind_even_when_the_last_loss_is_tiny() {
    // Given shares of 49.5, 49.5 and 0.99 atoms
    let (report, cash, _) = run(100, &[with_pnl(-50), with_pnl(-50), with_pnl(-1)]);
    let report = report.unwrap();
    assert_eq!(cash, Atoms(0));
    assert_eq!(report.iter().map(|leg| leg.settled.0).sum::<i64>(), -100);
    assert_eq!(report.iter().map(|leg| leg.deficit.0).sum::<u64>(), 1);
}

#[test]
fn an_account_at_exactly_zero_leaves_no_deficit() {
    let (report, cash, after) = run(101, &[with_pnl(-50), with_pnl(-51)]);
    assert!(report.unwrap().iter().all(|leg| leg.deficit.is_zero()));
    assert_eq!((cash, after[0].0), (Atoms(0), Position::default()));
}

#[test]
fn an_account_with_equity_is_refused_and_untouched() {
    let legs = [with_pnl(-50), with_pnl(-49)];
    let (report, cash, after) = run(100, &legs);
    assert_eq!(report, Err(EngineError::WrongSolvency));
    assert_eq!((cash, &after[..]), (Atoms(100), &legs[..]));
}

#[test]
fn what_a_profitable_legs_treasury_cannot_pay_is_the_insurance_funds_claim() {
    // Given a profit of 60 in a market whose treasury has 25 because its losers are not marked
    let mut market = market_of(&sol(), PRICE, 25);
    let winner = common::hold_at_cost(&mut market, 1_000, Pnl(150_000_000 - 60));
    common::hold_at_cost(&mut market, -1_000, Pnl(-150_000_000 + 60));
    let before = nav(&market);
    let (report, _, after) = run(0, &[with_pnl(-100), (winner, market)]);
    // Then 25 are paid on, 35 are owed to insurance, and providers are where they were
    let report = report.unwrap();
    assert_eq!((report[1].settled, report[1].claim), (Pnl(25), Atoms(35)));
    assert_eq!((report[0].settled, report[0].deficit), (Pnl(-25), Atoms(75)));
    let book = &after[1].1.book;
    assert_eq!((book.treasury, book.insurance_claim), (Atoms(0), Atoms(35)));
    // The premium of the skew that the winner leaves behind is the only difference.
    assert!(nav(&after[1].1).abs_diff(before) <= 5);
}

#[test]
fn a_claim_without_lots_is_collected_too() {
    let mut market = sol_market();
    let position = claim(&mut market, 30, false);
    let (report, _, after) = run(0, &[(position, market), with_pnl(-100)]);
    let report = report.unwrap();
    assert_eq!((report[0].settled, report[1].deficit), (Pnl(30), Atoms(70)));
    assert!(after[0].0.is_empty());
    assert_eq!(after[0].1.book.short.cost, Pnl(0));
}

#[test]
fn an_error_in_one_leg_leaves_all_of_them() {
    // Given a second leg whose totals do not contain it
    let broken = Position { lots: Lots(500), cost: Pnl(80_000_000), ..Position::default() };
    let legs = [with_pnl(-100), (broken, sol_market())];
    let (report, cash, after) = run(10, &legs);
    assert!(report.is_err());
    assert_eq!((cash, &after[..]), (Atoms(10), &legs[..]));
}

#[test]
fn more_legs_than_an_account_can_have_are_refused() {
    let legs: Vec<_> = (0..9).map(|_| with_pnl(-100)).collect();
    assert_eq!(run(10, &legs).0, Err(EngineError::Overflow));
    assert!(run(10, &legs[..8]).0.is_ok());
}

#[test]
fn the_bucket_owes_what_a_bankruptcy_closed_and_no_more_than_a_bound() {
    // Given a bucket as deep in debt as it can be
    let (position, mut market) = with_pnl(-100);
    market.throttle.capacity = Pnl(-(1 << 59));
    let (report, _, after) = run(0, &[(position, market)]);
    // Then the close still succeeds
    assert!(report.is_ok());
    let deepest = -i64::try_from(after[0].1.risk.throttle_capacity.0).unwrap();
    assert_eq!(after[0].1.throttle.capacity, Pnl(deepest));
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn every_market_bears_its_own_part_and_nothing_is_lost(
        cash in 0u64..2_000,
        amounts in proptest::collection::vec(prop_oneof![-3i64..3, -1_000i64..1_000, -900_000_000i64..-1], 1..=8),
        treasuries in proptest::collection::vec(prop_oneof![0u64..2_000, Just(1u64 << 40)], 8),
    ) {
        let legs: Vec<_> = amounts.iter().zip(treasuries).map(|(amount, treasury)| {
            let (position, mut market) = with_pnl(*amount);
            // Matched by an unmarked loser, so that net asset value is the treasury less a premium.
            common::hold_at_cost(&mut market, -1_000, Pnl(-150_000_000 + *amount));
            market.book.treasury = Atoms(treasury);
            (position, market)
        }).collect();
        let views: Vec<_> = legs.iter().map(|(position, market)| (position, market)).collect();
        let before = health(cash, &views);
        let (report, left, after) = run(cash, &legs);
        if !before.is_bankrupt() {
            // A treasury that cannot pay may leave less cash than losses; that is not an error.
            prop_assert!(report.is_ok() || (left, after) == (Atoms(cash), legs));
            return Ok(());
        }
        // An account that is bankrupt can always be closed
        let report = report.unwrap();
        prop_assert_eq!(left, Atoms(0));
        let settled: i64 = report.iter().map(|leg| leg.settled.0).sum();
        prop_assert_eq!(settled, -(cash as i64));
        for ((amount, closed), ((_, old), (position, new))) in amounts.iter().zip(&report).zip(legs.iter().zip(&after)) {
            prop_assert_eq!(*position, Position::default());
            prop_assert_eq!(new.book.treasury.0 as i64, old.book.treasury.0 as i64 - closed.settled.0);
            prop_assert_eq!(new.book.deficit, closed.deficit);
            prop_assert_eq!(new.book.insurance_claim, closed.claim);
            // profit = paid + owed to insurance; loss = paid + deficit
            prop_assert_eq!(*amount, closed.settled.0 + closed.claim.0 as i64 - closed.deficit.0 as i64);
            prop_assert!(closed.settled.0 == 0 || (closed.settled.0 > 0) == (*amount > 0));
            prop_assert_eq!(new.book.long.lots, Size(0));
            prop_assert!(new.invariant());
        }
        // Shares are pro rata to loss, to an atom per leg
        let losses: i128 = amounts.iter().filter(|a| **a < 0).map(|a| i128::from(-a)).sum();
        let paid: i128 = report.iter().filter(|leg| leg.settled.0 < 0).map(|leg| i128::from(-leg.settled.0)).sum();
        for (amount, closed) in amounts.iter().zip(&report).filter(|(amount, _)| **amount < 0) {
            let exact = paid * i128::from(-amount) / losses;
            prop_assert!((i128::from(-closed.settled.0) - exact).abs() <= 8);
        }
    }

    #[test]
    fn providers_lose_the_deficit_and_nothing_else(cash in 0u64..USD, lots in -1_000_000i64..1_000_000, loss in 0i64..10_000) {
        prop_assume!(lots != 0);
        // Given a bankrupt account beside a skew of the same size on the other side
        let mut market = sol_market();
        hold(&mut market, -lots, PRICE);
        let entry = (PRICE as i64 + if lots > 0 { loss } else { -loss }) as u64;
        let position = hold(&mut market, lots, entry);
        prop_assume!(health(cash, &[(&position, &market)]).is_bankrupt());
        let (report, _, after) = run(cash, &[(position, market)]);
        let premium = plimsoll_engine::book::premium(&market.risk, Lots(lots), market.price.oracle).unwrap();
        let fall = nav(&market) - nav(&after[0].1);
        prop_assert_eq!(fall, (report.unwrap()[0].deficit.0 + premium.0) as i64);
    }
}
