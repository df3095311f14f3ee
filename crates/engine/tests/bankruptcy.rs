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
    units::{Atoms, Lots, Pnl, Size, Ticks},
    valuation::value,
};
use proptest::prelude::*;

/// What a close of all legs reports, and the cash and the state it leaves.
type Outcome = (Result<ClosedLegs, EngineError>, Atoms, Vec<(Position, Market)>);

/// Closes every leg.
fn run(cash: u64, legs: &[(Position, Market)]) -> Outcome {
    run_newer(cash, legs, None)
}

/// The same where only prices newer than asked for count.
fn run_newer(cash: u64, legs: &[(Position, Market)], newer_than: Option<i64>) -> Outcome {
    let mut after = legs.to_vec();
    let mut purse = Atoms(cash);
    let mut borrowed: Vec<Leg<'_>> = after.iter_mut().map(|(position, market)| Leg { position, market }).collect();
    let report = close_bankrupt(&mut purse, &mut borrowed, NOW, newer_than);
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
fn a_profit_is_paid_as_far_as_it_is_collectable() {
    // Given two profits of $100, and a treasury of $100 beside them
    let mut market = market_of(&sol(), PRICE, 100 * USD);
    let winner = common::hold_at_cost(&mut market, 1_000, Pnl(50_000_000));
    common::hold_at_cost(&mut market, -1_000, Pnl(-250_000_000));
    let counted = common::leg(&winner, &market).counted;
    assert_eq!(counted, Pnl(50_000_000));
    // Then half of the one is paid, although there is cash for all of it
    let report = run(0, &[with_pnl(-100 * USD as i64), (winner, market)]).0.unwrap();
    assert_eq!((report[1].settled, report[1].claim), (counted, Atoms(50_000_000)));
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

/// The same leg, its price this old.
fn aged((position, mut market): (Position, Market), age: i64) -> (Position, Market) {
    market.price.publish_time = NOW - age;
    (position, market)
}

/// The same leg with a second source at this price.
fn second((position, mut market): (Position, Market), oracle: u64) -> (Position, Market) {
    (market.second, market.flags) = (common::price(oracle), 1);
    (position, market)
}

mod missing_prices {
    use super::*;

    /// 200 ppm a second for 31 seconds, of 150,000 ticks: 930, and one more for the ratio that is rounded up.
    const WIDTH: i64 = 931;

    #[test]
    fn a_stale_profit_is_taken_at_the_least_favourable_price() {
        // Given a profit of $5 on 1 SOL whose price is 31 seconds old
        let legs = [aged(with_pnl(5_000_000), 31), with_pnl(-100 * USD as i64)];
        let (report, cash, after) = run(0, &legs);
        let report = report.unwrap();
        let profit = 5_000_000 - WIDTH * 1_000;
        assert_eq!((report[0].settled, report[0].claim), (Pnl(profit), Atoms(0)));
        assert_eq!((report[1].settled, report[1].deficit), (Pnl(-profit), Atoms(100 * USD - profit as u64)));
        // What was not paid stays with the market
        assert_eq!(after[0].1.book.treasury.0, legs[0].1.book.treasury.0 - profit as u64);
        assert_eq!((cash, after[0].0, report[0].price), (Atoms(0), Position::default(), Ticks(PRICE)));
        // A short is taken at the upper end
        let mut market = sol_market();
        let short = common::hold_at_cost(&mut market, -1_000, Pnl(-150_000_000 - 5_000_000));
        let (report, ..) = run(0, &[aged((short, market), 31), with_pnl(-100 * USD as i64)]);
        assert_eq!(report.unwrap()[0].settled, Pnl(profit));
    }

    #[test]
    fn a_stale_profit_that_the_band_takes_away_pays_nothing_and_owes_nothing() {
        let legs = [aged(with_pnl(900_000), 31), with_pnl(-100 * USD as i64)];
        let report = run(0, &legs).0.unwrap();
        assert_eq!((report[0].settled, report[0].deficit, report[0].claim), (Pnl(0), Atoms(0), Atoms(0)));
        assert_eq!(report[1].deficit, Atoms(100 * USD));
        // However old: the price that counts does not fall below zero
        let legs = [aged(with_pnl(900_000), 1 << 40), with_pnl(-100 * USD as i64)];
        assert_eq!(run(0, &legs).0.unwrap()[0].settled, Pnl(0));
    }

    #[test]
    fn a_stale_loss_is_due_at_the_last_price() {
        let legs = [aged(with_pnl(-100 * USD as i64), 31), with_pnl(-50 * USD as i64)];
        let report = run(30 * USD, &legs).0.unwrap();
        assert_eq!((report[0].settled, report[0].deficit), (Pnl(-20_000_000), Atoms(80_000_000)));
        assert_eq!((report[1].settled, report[1].deficit), (Pnl(-10_000_000), Atoms(40_000_000)));
    }

    #[test]
    fn an_account_that_a_missing_price_may_have_saved_is_not_bankrupt() {
        // Given equity of minus $0.50 and $0.93 of credit, which its requirement of $1.87 bounds
        let legs = [aged(with_pnl(-100 * USD as i64), 31)];
        let cash = 99_500_000;
        let (report, left, after) = run(cash, &legs);
        assert_eq!(report, Err(EngineError::WrongSolvency));
        assert_eq!((left, &after[..]), (Atoms(cash), &legs[..]));
        // When the price is fresh, or the credit is not enough, then it is
        assert!(run(cash, &[with_pnl(-100 * USD as i64)]).0.is_ok());
        let credit = 930_001;
        assert!(run(100 * USD - credit + 1, &legs).0.is_err());
        assert!(run(100 * USD - credit, &legs).0.is_ok());
        // And never for more than the requirement, however old
        let ancient = [aged(with_pnl(-100 * USD as i64), 1 << 40)];
        assert!(run(100 * USD - 1_875_001, &ancient).0.is_ok());
        assert!(run(100 * USD - 1_875_000, &ancient).0.is_err());
    }

    #[test]
    fn a_price_that_is_not_newer_than_asked_for_is_stale() {
        // Given a profit at a price of two seconds ago: 400 ppm, which is less than the band
        let legs = [aged(with_pnl(5_000_000), 2), with_pnl(-100 * USD as i64)];
        let paid = |newer| run_newer(0, &legs, newer).0.unwrap()[0].settled;
        assert_eq!(paid(Some(NOW - 3)), Pnl(5_000_000));
        assert_eq!(paid(Some(NOW - 2)), Pnl(5_000_000 - 750_000));
    }

    #[test]
    fn a_disagreement_takes_profit_at_the_one_price_and_loss_at_the_other() {
        // Given longs with a second source 2 % below the first
        let low = PRICE * 98 / 100;
        let legs = [second(with_pnl(5_000_000), low), second(with_pnl(-100 * USD as i64), low)];
        let report = run(0, &legs).0.unwrap();
        assert_eq!(report[0].settled, Pnl(2_000_000));
        assert_eq!((report[1].settled, report[1].deficit), (Pnl(-2_000_000), Atoms(98 * USD)));
        assert_eq!([report[0].price, report[1].price], [Ticks(PRICE); 2]);
        // And 2 % above it
        let high = PRICE * 102 / 100;
        let legs = [second(with_pnl(5_000_000), high), second(with_pnl(-100 * USD as i64), high)];
        let report = run(0, &legs).0.unwrap();
        assert_eq!((report[0].settled, report[1].deficit), (Pnl(5_000_000), Atoms(92 * USD)));
        assert_eq!([report[0].price, report[1].price], [Ticks(high); 2]);
    }
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn whoever_is_bankrupt_with_all_credits_can_be_closed_and_nobody_else(
        cash in 0u64..3_000_000,
        legs in proptest::collection::vec(
            (-5_000_000i64..5_000_000, 0i64..100, prop_oneof![Just(0u64), 140_000u64..160_000], prop_oneof![0u64..2_000_000, Just(1u64 << 40)]), 1..=8),
    ) {
        // Given legs whose prices are fresh, stale, single or apart, and markets with and without money
        let legs: Vec<_> = legs.into_iter().map(|(amount, age, other, treasury)| {
            let (position, mut market) = aged(with_pnl(amount), age);
            market.book.treasury = Atoms(treasury);
            if other > 0 { second((position, market), other) } else { (position, market) }
        }).collect();
        let mut equity = cash as i64;
        for (position, market) in &legs {
            equity += value(position, market, NOW, None).unwrap().leg.counted.0;
        }
        let (report, left, after) = run(cash, &legs);
        if equity > 0 {
            prop_assert_eq!(report, Err(EngineError::WrongSolvency));
            prop_assert_eq!((left, after), (Atoms(cash), legs));
            return Ok(());
        }
        // Then all of its cash is shared, no atom is lost, and no market pays more than what its position gains
        let report = report.unwrap();
        prop_assert_eq!((left, report.iter().map(|leg| leg.settled.0).sum::<i64>()), (Atoms(0), -(cash as i64)));
        for ((before, after), closed) in legs.iter().zip(&after).zip(&report) {
            let at_price = before.0.pnl(closed.price).unwrap();
            prop_assert_eq!(after.1.book.treasury.0 as i64, before.1.book.treasury.0 as i64 - closed.settled.0);
            prop_assert!(closed.settled.gain().0 + closed.claim.0 <= at_price.gain().0);
            prop_assert_eq!(closed.settled.loss().0 + closed.deficit.0, at_price.loss().0);
            prop_assert_eq!((after.0, after.1.book.long.lots), (Position::default(), Size(0)));
            prop_assert!(after.1.invariant());
        }
    }

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
            // Not even where a treasury that cannot pay leaves less cash than losses.
            prop_assert_eq!(report, Err(EngineError::WrongSolvency));
            prop_assert_eq!((left, after), (Atoms(cash), legs));
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
