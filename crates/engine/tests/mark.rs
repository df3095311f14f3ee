//! Variation margin: profit and loss move into cash, equity does not move.
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

use common::{NOW, PRICE, USD, cases, claim, health, hold, hold_at_cost, market_of, nav, pnl, sol, sol_market};
use plimsoll_engine::{
    EngineError,
    account::Initial,
    funding::accrue,
    margin::leg_initial,
    mark::{Leg, Purse, mark, mark_fresh, payable},
    market::Market,
    position::Position,
    settlement::{look, settle},
    units::{Atoms, Lots, Pnl, Ticks},
};
use proptest::prelude::*;

/// The payments, the cash and the state after a mark.
type Marked = (Result<Vec<i64>, EngineError>, u64, Vec<(Position, Market)>);

/// Marks all legs.
fn run(cash: u64, legs: &[(Position, Market)]) -> Marked {
    let mut after = legs.to_vec();
    let mut purse = Atoms(cash);
    let mut borrowed: Vec<Leg<'_>> = after.iter_mut().map(|(position, market)| Leg { position, market }).collect();
    let paid = mark(&mut purse, &mut borrowed).map(|paid| paid.iter().map(|payment| payment.0).collect());
    (paid, purse.0, after)
}

/// 1 SOL long with this profit or loss, in a market of its own.
fn with_pnl(amount: i64) -> (Position, Market) {
    let mut market = sol_market();
    let position = hold_at_cost(&mut market, 1_000, Pnl(1_000 * PRICE as i64 - amount));
    (position, market)
}

fn initial(cash: u64, legs: &[(Position, Market)]) -> Pnl {
    let mut initial = Initial::default().with_cash(Atoms(cash)).unwrap();
    for (position, market) in legs {
        initial.add(&leg_initial(position, &market.risk, &market.book, &market.price).unwrap()).unwrap();
    }
    initial.equity
}

#[test]
fn a_mark_needs_a_fresh_price_in_every_market() {
    let (mut cash, (mut position, mut market)) = (Atoms(500), with_pnl(200));
    let (mut other, mut stale) = with_pnl(100);
    stale.price.publish_time = NOW - 31;
    let mut legs =
        [Leg { position: &mut position, market: &mut market }, Leg { position: &mut other, market: &mut stale }];
    assert_eq!(mark_fresh(&mut cash, &mut legs, NOW), Err(EngineError::PriceTooOld));
    assert_eq!(cash, Atoms(500));
    assert_eq!(mark_fresh(&mut cash, &mut legs[..1], NOW).unwrap()[0], Pnl(200));
    assert_eq!(cash, Atoms(700));
}

#[test]
fn profits_and_losses_move_into_cash() {
    let (paid, cash, after) = run(500, &[with_pnl(200), with_pnl(-600)]);
    assert_eq!(paid.unwrap()[..2], [200, -600]);
    assert_eq!(cash, 100);
    for (position, market) in &after {
        assert_eq!(position.cost, Pnl(150_000_000));
        assert_eq!(market.book.long.cost, position.cost);
    }
    assert_eq!(after[0].1.book.treasury, Atoms(20_000_000_000_000 - 200));
    assert_eq!(after[1].1.book.treasury, Atoms(20_000_000_000_000 + 600));
}

#[test]
fn profits_come_before_losses_whatever_their_order() {
    for legs in [[with_pnl(-600), with_pnl(200)], [with_pnl(200), with_pnl(-600)]] {
        let (paid, cash, _) = run(400, &legs);
        let mut paid = paid.unwrap();
        paid.sort_unstable();
        assert_eq!((paid[0], paid[7], cash), (-600, 200, 0));
    }
}

#[test]
fn cash_that_is_not_enough_is_shared_pro_rata() {
    // cash 100, losses 100 in A and 100 in B
    let (paid, cash, after) = run(100, &[with_pnl(-100), with_pnl(-100)]);
    assert_eq!(paid.unwrap()[..2], [-50, -50]);
    assert_eq!(cash, 0);
    assert!(after.iter().all(|(position, market)| pnl(position, market) == -50));
    let (paid, cash, _) = run(100, &[with_pnl(-50), with_pnl(-50), with_pnl(-1)]);
    assert_eq!((paid.unwrap().iter().sum::<i64>(), cash), (-100, 0));
}

#[test]
fn a_treasury_pays_what_it_has_and_the_rest_stays_a_claim() {
    // a profit of 100 in a matched market whose treasury has 30
    let mut market = market_of(&sol(), PRICE, 30);
    let winner = hold_at_cost(&mut market, 1_000, Pnl(150_000_000 - 100));
    let loser = hold_at_cost(&mut market, -1_000, Pnl(-150_000_000 + 100));
    let (paid, cash, after) = run(0, &[(winner, market)]);
    assert_eq!((paid.unwrap()[0], cash), (30, 30));
    let (winner, market) = after[0];
    assert_eq!((pnl(&winner, &market), market.book.treasury), (70, Atoms(0)));
    // When the loser is marked the treasury fills, and the claim is paid in full
    let (paid, _, after) = run(1_000, &[(loser, market)]);
    assert_eq!(paid.unwrap()[0], -100);
    let (paid, _, after) = run(30, &[(winner, after[0].1)]);
    assert_eq!((paid.unwrap()[0], after[0].1.book.treasury), (70, Atoms(30)));
}

#[test]
fn a_claim_without_lots_is_collected() {
    let mut market = sol_market();
    let position = claim(&mut market, 70, false);
    let (paid, cash, after) = run(0, &[(position, market)]);
    assert_eq!((paid.unwrap()[0], cash), (70, 70));
    assert!(after[0].0.is_empty());
    assert_eq!(after[0].1.book.short.cost, Pnl(0));
}

#[test]
fn only_profit_that_initial_equity_counts_is_paid() {
    // Given a profit of 1,000,000 at the oracle and of 600,000 at the average, and 100 ticks uncertain
    let (position, mut market) = with_pnl(1_000_000);
    market.price.ema = Ticks(PRICE - 400);
    market.price.confidence = Ticks(100);
    assert_eq!(payable(&position, &market), Ok(Atoms(500_000)));
    // The average does not raise it
    market.price.ema = Ticks(PRICE + 400);
    assert_eq!(payable(&position, &market), Ok(Atoms(900_000)));
    // An average at which nothing is won pays nothing
    market.price.ema = Ticks(PRICE - 1_000);
    assert_eq!(payable(&position, &market), Ok(Atoms(0)));
}

#[test]
fn marks_in_a_row_turn_no_uncounted_profit_into_cash() {
    // half of a profit counts, or at most $1 of it
    for (weight, cap) in [(500_000, USD << 20), (1_000_000, USD)] {
        let (position, mut market) = with_pnl(10_000_000);
        let mut p = sol();
        (p.profit_weight_ppm, p.profit_cap) = (weight, cap);
        market.risk = common::risk_of(&p);
        let mut state = (5_000_000, vec![(position, market)]);
        let before = initial(state.0, &state.1);
        for _ in 0..10 {
            let (paid, cash, after) = run(state.0, &state.1);
            assert!(paid.is_ok());
            state = (cash, after);
        }
        assert!(initial(state.0, &state.1) <= before, "{weight} {cap}");
    }
    // A profit that counts in full up to the cap is paid
    let (position, mut market) = with_pnl(USD as i64);
    market.risk.profit_cap = Atoms(USD);
    assert_eq!(payable(&position, &market), Ok(Atoms(USD)));
}

#[test]
fn while_net_asset_value_is_negative_profits_stay_claims() {
    // Given a market that owes 100 more than it has
    let mut market = market_of(&sol(), PRICE, 30);
    let winner = hold_at_cost(&mut market, 1_000, Pnl(150_000_000 - 130));
    assert!(nav(&market) < 0);
    let (paid, cash, _) = run(5, &[(winner, market)]);
    assert_eq!((paid.unwrap()[0], cash), (0, 5));
    assert_eq!(initial(5, &[(winner, market)]), Pnl(5), "and weigh nothing in initial margin");
    // Losses are collected all the same
    let loser = hold_at_cost(&mut market, -1_000, Pnl(-150_000_000 + 50));
    let (paid, _, _) = run(500, &[(loser, market)]);
    assert_eq!(paid.unwrap()[0], -50);
}

#[test]
fn at_a_net_asset_value_of_exactly_zero_profits_are_paid() {
    let mut market = market_of(&sol(), PRICE, 1_003_750_001);
    let position = hold(&mut market, 1_000_000, PRICE - 1_000);
    assert_eq!((nav(&market), payable(&position, &market)), (0, Ok(Atoms(1_000_000_000))));
    market.book.treasury = Atoms(1_003_750_000);
    assert_eq!((nav(&market), payable(&position, &market)), (-1, Ok(Atoms(0))));
}

#[test]
fn an_error_leaves_every_leg_as_it_was() {
    // Given a second leg whose totals do not contain it, which its settlement cannot subtract
    let (position, mut market) = with_pnl(-100);
    market.book.treasury = Atoms(u64::MAX);
    let legs = [with_pnl(-50), (position, market)];
    let (paid, cash, after) = run(1_000, &legs);
    assert_eq!(paid, Err(EngineError::Overflow));
    assert_eq!((cash, &after[..]), (1_000, &legs[..]));
}

#[test]
fn more_legs_than_an_account_can_have_are_refused() {
    let legs: Vec<_> = (0..9).map(|_| with_pnl(1)).collect();
    let (paid, cash, after) = run(0, &legs);
    assert_eq!((paid, cash, &after[..]), (Err(EngineError::Overflow), 0, &legs[..]));
}

#[test]
fn a_purse_pays_in_full_while_it_can() {
    let mut purse = Purse { left: Atoms(10), losses: Atoms(10) };
    assert_eq!(
        [purse.pay(Atoms(3)), purse.pay(Atoms(7)), purse.pay(Atoms(0))],
        [Ok(Atoms(3)), Ok(Atoms(7)), Ok(Atoms(0))]
    );
    assert_eq!(purse, Purse { left: Atoms(0), losses: Atoms(0) });
}

#[test]
fn a_mark_settles_a_position_only_when_nothing_is_left_of_it() {
    // Given a market in settlement, with a winner and a loser who can pay
    let mut parameters = sol();
    (parameters.funding_slope_ppm, parameters.funding_cap_ppm) = (0, 0);
    let mut market = market_of(&parameters, PRICE, 30 * USD);
    hold(&mut market, 100_000, PRICE - 1_000);
    let (mut cash, mut position) = (Atoms(20 * USD), hold(&mut market, 10_000, PRICE + 1_000));
    for now in [NOW + 1, NOW + 61] {
        accrue(&mut market, now).unwrap();
        market.price.publish_time = now;
        look(&mut market, now).unwrap();
    }
    assert_eq!(market.settlement.open, 2);
    // Then a mark takes the loss, and the lots that remain are still to be settled
    let paid = mark(&mut cash, &mut [Leg { position: &mut position, market: &mut market }]).unwrap();
    assert_eq!(paid[0], Pnl(-10 * USD as i64));
    assert_eq!((position.lots, market.settlement.open), (Lots(10_000), 2));
    // And only settling them counts
    settle(&mut cash, &mut position, &mut market).unwrap();
    assert_eq!(market.settlement.open, 1);
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn a_mark_changes_neither_equity_nor_net_asset_value(
        cash in prop_oneof![0u64..100, 0u64..5_000_000_000],
        markets in proptest::collection::vec(
            (1_000u64..300_000, -2_000_000i64..2_000_000, -0.1f64..0.1, prop_oneof![0u64..1_000, Just(1u64 << 44)], 0.9f64..1.1, 0u64..50),
            1..=8,
        ),
    ) {
        let legs: Vec<_> = markets
            .into_iter()
            .filter(|case| case.1 != 0)
            .map(|(price, lots, moved, treasury, ema, confidence)| {
                let mut market = market_of(&sol(), price, treasury);
                market.price.ema = Ticks((price as f64 * ema) as u64);
                market.price.confidence = Ticks(confidence);
                let entry = (price as f64 * (1.0 + moved)) as u64;
                hold(&mut market, -lots, entry);
                (hold(&mut market, lots, entry), market)
            })
            .collect();
        let views = |legs: &[(Position, Market)], cash| {
            health(cash, &legs.iter().map(|(position, market)| (position, market)).collect::<Vec<_>>())
        };
        let before = views(&legs, cash);
        let (paid, after_cash, after) = run(cash, &legs);
        let paid = paid.unwrap();
        prop_assert_eq!(paid.iter().sum::<i64>(), after_cash as i64 - cash as i64);
        let now = views(&after, after_cash);
        prop_assert_eq!((now.equity, now.maintenance), (before.equity, before.maintenance));
        prop_assert!(initial(after_cash, &after) <= initial(cash, &legs));
        for ((old, new), payment) in legs.iter().zip(&after).zip(paid) {
            prop_assert_eq!(nav(&old.1), nav(&new.1));
            prop_assert_eq!(new.1.book.treasury.0 as i64, old.1.book.treasury.0 as i64 - payment);
            prop_assert_eq!(pnl(&new.0, &new.1), pnl(&old.0, &old.1) - payment);
            prop_assert!(new.0.invariant() && new.1.invariant());
        }
    }
}
