//! A liquidation step: what moves, who is paid, what it may not do.
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

use common::{NOW, PRICE, USD, cases, claim, close, health, health_not_lower, hold, leg, nav, sol, sol_market, tokens};
use plimsoll_engine::{
    EngineError,
    account::Health,
    close::close_helps,
    liquidation::{Charge, Step, step_size},
    market::Market,
    position::Position,
    units::{Atoms, Lots, Pnl, Size, Ticks},
};
use proptest::prelude::*;

/// 1,000 SOL long at $150 marked to the price, in an account with nothing but cash.
fn long(cash: u64) -> (Atoms, Position, Market) {
    let mut market = sol_market();
    let position = hold(&mut market, 1_000_000, PRICE);
    (Atoms(cash), position, market)
}

fn charged(step: &Step) -> [u64; 4] {
    [step.charge.treasury, step.charge.flagger, step.charge.liquidator, step.charge.insurance].map(|part| part.0)
}

#[test]
fn golden_charges() {
    // Made by a separate program in rational arithmetic: 0.35 % up, 0.05 % down, 0.1 % down, and the
    // rest of an atom less than 0.6 % down.
    for (size, price, total, parts) in [
        (333_333, 150_000, 299_999_724, [174_999_831, 24_999_979, 49_999_958, 49_999_956]),
        (7, 150_000, 6_299, [3_676, 525, 1_050, 1_048]),
        (123_457, 150_001, 111_112_049, [64_815_360, 9_259_338, 18_518_676, 18_518_675]),
    ] {
        let (mut cash, mut position, mut market) = long(2_000_000_000);
        market.price = common::price(price);
        let equity = health(cash.0, &[(&position, &market)]).equity;
        let step = close(&mut cash, &mut position, &mut market, equity, Size(size), NOW).unwrap();
        assert_eq!(step.charge.total().unwrap(), Atoms(total));
        assert_eq!(charged(&step), parts, "size {size}");
    }
}

#[test]
fn a_step_closes_at_the_oracle_price_and_moves_exactly_this() {
    // Given 1,000 SOL long entered at $151, cash $3,900: equity $2,900 under a maintenance of $4,079
    let mut market = sol_market();
    let mut position = hold(&mut market, 1_000_000, PRICE + 1_000);
    let mut cash = Atoms(3_900 * USD);
    let before = (nav(&market), health(cash.0, &[(&position, &market)]));
    assert!(before.1.is_liquidatable());
    // When 333.333 SOL are closed
    let step = close(&mut cash, &mut position, &mut market, before.1.equity, Size(333_333), NOW).unwrap();
    // Then the whole loss is collected, lots leave at the oracle price and the charge is split
    assert_eq!(step.lots, Lots(-333_333));
    assert_eq!(step.notional, Atoms(333_333 * PRICE));
    assert_eq!(step.settled, Pnl(-1_000_000_000));
    assert_eq!(cash, Atoms(3_900_000_000 - 1_000_000_000 - 299_999_724));
    assert_eq!(position.lots, Lots(666_667));
    assert_eq!(position.cost, Pnl(666_667 * 150_000));
    assert_eq!((market.book.long.lots, market.book.long.cost), (Size(666_667), position.cost));
    assert_eq!(market.book.treasury, Atoms(20_000_000_000_000 + 1_000_000_000 + 174_999_831));
    assert_eq!(market.book.fees, Atoms(49_999_956));
    assert_eq!(market.throttle.capacity, Pnl(1_000_000_000_000 - 333_333 * 150_000));
    // And providers gain their part of the charge and keep the premium of the smaller skew
    let after = health(cash.0, &[(&position, &market)]);
    assert_eq!(after.equity, Pnl(before.1.equity.0 - 299_999_724));
    assert!(nav(&market) >= before.0 + 174_999_831);
}

#[test]
fn a_short_is_bought_back() {
    let mut market = sol_market();
    let mut position = hold(&mut market, -1_000_000, PRICE - 1_000);
    let mut cash = Atoms(3_900 * USD);
    let equity = health(cash.0, &[(&position, &market)]).equity;
    let step = close(&mut cash, &mut position, &mut market, equity, Size(400_000), NOW).unwrap();
    assert_eq!((step.lots, step.settled), (Lots(400_000), Pnl(-1_000_000_000)));
    assert_eq!((position.lots, position.cost), (Lots(-600_000), Pnl(-600_000 * 150_000)));
    assert_eq!(market.book.short.lots, Size(600_000));
}

#[test]
fn the_price_does_not_depend_on_the_skew() {
    // Given one account, alone or beside a skew of 60,000 SOL
    let run = |skew: i64| {
        let (mut cash, mut position, mut market) = long(2_000 * USD);
        if skew != 0 {
            hold(&mut market, skew, PRICE);
        }
        let step = close(&mut cash, &mut position, &mut market, Pnl(2_000 * USD as i64), Size(500_000), NOW);
        (step.unwrap(), cash, position)
    };
    assert_eq!(run(0), run(60_000_000));
    assert_eq!(run(0), run(-60_000_000));
}

#[test]
fn the_charge_is_at_most_the_equity_left() {
    for (cash, parts) in [
        // $900 would be due on all of $150,000
        (900_000_076, [525_000_017, 75_000_012, 150_000_024, 150_000_023]),
        (600_000_000, [525_000_017, 74_999_983, 0, 0]),
        (300_000_000, [300_000_000, 0, 0, 0]),
        (1, [1, 0, 0, 0]),
    ] {
        let (mut purse, mut position, mut market) = long(cash);
        let step = close(&mut purse, &mut position, &mut market, Pnl(cash as i64), Size(1_000_000), NOW).unwrap();
        assert_eq!(step.charge.total().unwrap(), Atoms(cash));
        assert_eq!(charged(&step), parts, "the treasury is paid first");
        assert_eq!(purse, Atoms(0));
        assert!(position.is_empty());
    }
}

#[test]
fn the_charge_is_at_most_the_equity_even_with_more_cash() {
    // Given cash that another leg's loss of all but $10 stands against
    let (mut cash, mut position, mut market) = long(2_000 * USD);
    let step = close(&mut cash, &mut position, &mut market, Pnl(10 * USD as i64), Size(1_000_000), NOW).unwrap();
    assert_eq!(step.charge.total().unwrap(), Atoms(10 * USD));
    assert_eq!(cash, Atoms(1_990 * USD));
}

#[test]
fn without_equity_nothing_is_charged() {
    for equity in [0, -1, -1_000_000] {
        let (mut cash, mut position, mut market) = long(2_000 * USD);
        let step = close(&mut cash, &mut position, &mut market, Pnl(equity), Size(1_000), NOW).unwrap();
        assert_eq!(step.charge, Charge::default());
    }
}

#[test]
fn a_profit_is_marked_into_cash_before_the_charge() {
    // Given a profit of $2,000 and no cash
    let mut market = sol_market();
    let mut position = hold(&mut market, 1_000_000, PRICE - 2_000);
    let mut cash = Atoms(0);
    let step = close(&mut cash, &mut position, &mut market, Pnl(2_000_000_000), Size(333_333), NOW).unwrap();
    // Then all of it is paid and the charge comes out of it
    assert_eq!(step.settled, Pnl(2_000_000_000));
    assert_eq!(cash, Atoms(2_000_000_000 - 299_999_724));
}

#[test]
fn the_profit_of_the_lots_closed_is_paid_whatever_its_weight() {
    // Given a profit that no initial margin counts
    let mut p = sol();
    p.profit_weight_ppm = 0;
    let mut market = common::market_of(&p, PRICE, 20_000_000 * USD);
    let mut position = hold(&mut market, 1_000_000, PRICE - 2_000);
    let mut cash = Atoms(0);
    // When a quarter is closed
    let step = close(&mut cash, &mut position, &mut market, Pnl(2_000_000_000), Size(250_000), NOW).unwrap();
    // Then a quarter of the profit is cash and the rest is still at risk
    assert_eq!(step.settled, Pnl(500_000_000));
    assert_eq!(common::pnl(&position, &market), 1_500_000_000);
}

#[test]
fn shares_of_profit_and_loss_are_rounded_against_the_account() {
    // Given a profit of 1,000,000,001 that no margin counts, on 3,000 lots: a third of it is no whole number
    let mut market = sol_market();
    market.risk.profit_weight = plimsoll_engine::units::Ratio(0);
    let mut winner = common::hold_at_cost(&mut market, 3_000, Pnl(450_000_000 - 1_000_000_001));
    let step = close(&mut Atoms(0), &mut winner, &mut market, Pnl(0), Size(1_000), NOW).unwrap();
    assert_eq!(step.settled, Pnl(333_333_333));
    // And a loss of the same that the cash can pay a third of
    let mut loser = common::hold_at_cost(&mut market, 3_000, Pnl(450_000_000 + 1_000_000_001));
    let mut cash = Atoms(400_000_000);
    let step = close(&mut cash, &mut loser, &mut market, Pnl(0), Size(1_000), NOW).unwrap();
    assert_eq!((step.settled, cash), (Pnl(-333_333_334), Atoms(66_666_666)));
}

#[test]
fn cash_for_exactly_the_loss_pays_all_of_it() {
    let mut market = sol_market();
    let mut position = hold(&mut market, 1_000_000, PRICE + 1_000);
    let mut cash = Atoms(1_000_000_000);
    let step = close(&mut cash, &mut position, &mut market, Pnl(0), Size(10), NOW).unwrap();
    assert_eq!((step.settled, step.lots, cash), (Pnl(-1_000_000_000), Lots(-10), Atoms(0)));
}

#[test]
fn charges_add_up_part_by_part() {
    let charge = |from: u64| Charge {
        treasury: Atoms(from),
        flagger: Atoms(from + 10),
        liquidator: Atoms(from + 200),
        insurance: Atoms(from + 3_000),
    };
    let sum = charge(1).plus(&charge(2)).unwrap();
    assert_eq!([sum.treasury, sum.flagger, sum.liquidator, sum.insurance].map(|part| part.0), [3, 23, 403, 6_003]);
    assert_eq!(sum.total(), Ok(Atoms(6_432)));
}

#[test]
fn what_the_treasury_cannot_pay_stays_a_claim() {
    // Given a profit of $2,000 and a treasury of $500, whose losers have not been marked
    let mut market = common::market_of(&sol(), PRICE, 500 * USD);
    let mut position = hold(&mut market, 1_000_000, PRICE - 2_000);
    hold(&mut market, -1_000_000, PRICE - 2_000);
    let mut cash = Atoms(0);
    // When all of it is closed
    let step = close(&mut cash, &mut position, &mut market, Pnl(2_000_000_000), Size(1_000_000), NOW).unwrap();
    // Then $500 are paid and $1,500 remain a claim on the long side without lots
    assert_eq!(step.settled, Pnl(500_000_000));
    assert_eq!((position.lots, position.cost), (Lots(0), Pnl(-1_500_000_000)));
    assert!(position.invariant() && position.is_long());
    assert_eq!((market.book.long.lots, market.book.long.cost), (Size(0), position.cost));
}

#[test]
fn while_net_asset_value_is_negative_a_close_pays_the_collectable_part() {
    // Given a profit of $1,000 on 1,000 SOL and a market that can pay 40 % of it
    let mut market = common::market_of(&sol(), PRICE, 403_750_001);
    let mut position = hold(&mut market, 1_000_000, PRICE - 1_000);
    let mut cash = Atoms(0);
    // When half is closed, half of that is paid and nothing of the rest
    let step = close(&mut cash, &mut position, &mut market, Pnl(0), Size(500_000), NOW).unwrap();
    assert_eq!((step.settled, cash), (Pnl(200_000_000), Atoms(200_000_000)));
    // When all is closed the remainder is a claim
    let step = close(&mut cash, &mut position, &mut market, Pnl(0), Size(500_000), NOW).unwrap();
    assert!(step.settled.0 < 400_000_000);
    assert_eq!((position.lots.0, position.cost.0), (0, -1_000_000_000 + 200_000_000 + step.settled.0));
}

#[test]
fn lots_whose_loss_the_cash_cannot_pay_stay() {
    // Given a loss of $1,000 on 1,000 SOL, cash $250.0005 and equity in other legs
    let mut market = sol_market();
    let mut position = hold(&mut market, 1_000_000, PRICE + 1_000);
    let mut cash = Atoms(250_000_500);
    let step = close(&mut cash, &mut position, &mut market, Pnl(5_000_000_000), Size(1_000_000), NOW).unwrap();
    // Then 250 SOL go for $250 and what is left of the cash is all that can be charged
    assert_eq!((step.lots, step.settled), (Lots(-250_000), Pnl(-250_000_000)));
    assert_eq!(step.charge.total().unwrap(), Atoms(500));
    assert_eq!((cash, position.lots), (Atoms(0), Lots(750_000)));
    assert_eq!(common::pnl(&position, &market), -750_000_000);
}

#[test]
fn without_cash_for_one_lot_nothing_is_touched() {
    let mut market = sol_market();
    let mut position = hold(&mut market, 1_000_000, PRICE + 1_000);
    let (before, mut cash) = ((position, market), Atoms(999));
    let result = close(&mut cash, &mut position, &mut market, Pnl(5_000_000_000), Size(1_000_000), NOW);
    assert_eq!(result, Err(EngineError::NothingToClose));
    assert_eq!((position, market, cash), (before.0, before.1, Atoms(999)));
}

#[test]
fn more_than_is_held_cannot_be_closed() {
    let (mut cash, mut position, mut market) = long(2_000 * USD);
    let before = (cash, position, market);
    let result = close(&mut cash, &mut position, &mut market, Pnl(2_000 * USD as i64), Size(1_000_001), NOW);
    assert!(result.is_err());
    assert_eq!((cash, position, market), before);
}

#[test]
fn a_claim_without_lots_is_not_closed_into_a_new_position() {
    let mut market = sol_market();
    let mut position = claim(&mut market, 1_000, false);
    let before = (position, market);
    for size in [0, 1] {
        let result = close(&mut Atoms(0), &mut position, &mut market, Pnl(1_000), Size(size), NOW);
        assert_eq!(result, Err(EngineError::NothingToClose));
        assert_eq!((position, market), before);
    }
}

mod throttled {
    use super::*;

    fn size(market: &Market, position: &Position, cash: u64, now: i64) -> Result<Size, EngineError> {
        let health = health(cash, &[(position, market)]);
        step_size(market, &health, &leg(position, market), position, now)
    }

    #[test]
    fn a_step_takes_the_capacity_there_is() {
        // Given an account that has to close 521.213 SOL, about $78,000
        let (_, position, mut market) = long(0);
        assert_eq!(size(&market, &position, 2_000 * USD, NOW), Ok(Size(521_213)));
        // When $30,000.10 of capacity are left it closes 200 SOL
        market.throttle.capacity = Pnl(30_000_100_000);
        assert_eq!(size(&market, &position, 2_000 * USD, NOW), Ok(Size(200_000)));
        // And a second later $20,000 more
        assert_eq!(size(&market, &position, 2_000 * USD, NOW + 1), Ok(Size(333_334)));
    }

    #[test]
    fn below_a_minimum_step_of_capacity_it_waits() {
        let (_, position, mut market) = long(0);
        market.throttle.capacity = Pnl(50 * 150_000 - 1);
        assert_eq!(size(&market, &position, 2_000 * USD, NOW), Err(EngineError::NoCapacity));
        market.throttle.capacity = Pnl(50 * 150_000);
        assert_eq!(size(&market, &position, 2_000 * USD, NOW), Ok(Size(50)));
        market.throttle.capacity = Pnl(-1_000_000_000_000);
        assert_eq!(size(&market, &position, 2_000 * USD, NOW), Err(EngineError::NoCapacity));
    }

    #[test]
    fn within_one_charge_of_bankruptcy_it_never_waits() {
        let (_, position, mut market) = long(0);
        market.throttle.capacity = Pnl(-1_000_000_000_000);
        assert_eq!(size(&market, &position, 900_000_078, NOW), Ok(Size(1_000_000)));
        assert_eq!(size(&market, &position, 900_000_079, NOW), Err(EngineError::NoCapacity));
    }

    #[test]
    fn a_full_close_may_overdraw_the_bucket() {
        // Given a position of 150 SOL whose remainder would be too small, and capacity for one step
        let mut market = sol_market();
        let mut position = hold(&mut market, 1_500, PRICE);
        market.throttle.capacity = Pnl(50 * 150_000);
        assert_eq!(size(&market, &position, 1_450_000, NOW), Ok(Size(1_500)));
        // When it is closed the bucket owes
        let mut cash = Atoms(1_450_000);
        close(&mut cash, &mut position, &mut market, Pnl(1_450_000), Size(1_500), NOW).unwrap();
        assert_eq!(market.throttle.capacity, Pnl(50 * 150_000 - 1_500 * 150_000));
    }

    #[test]
    fn a_bucket_smaller_than_one_step_still_lets_a_step_through_when_full() {
        // Given a price so high that the whole bucket is less than a minimum step
        let mut p = sol();
        (p.throttle_capacity, p.throttle_refill) = (USD, 1);
        let mut market = common::market_of(&p, PRICE, 20_000_000 * USD);
        let position = hold(&mut market, 1_000_000, PRICE);
        assert_eq!(size(&market, &position, 2_000 * USD, NOW), Ok(Size(50)));
        market.throttle.capacity = Pnl(USD as i64 - 1);
        assert_eq!(size(&market, &position, 2_000 * USD, NOW), Err(EngineError::NoCapacity));
    }

    #[test]
    fn a_step_refills_the_bucket_before_it_takes() {
        let (mut cash, mut position, mut market) = long(2_000 * USD);
        market.throttle.capacity = Pnl(0);
        // Nothing is closed before funding was accrued
        let (equity, before) = (Pnl(2_000_000_000), (position, market));
        let refused = close(&mut cash, &mut position, &mut market, equity, Size(1_000), NOW + 10);
        assert_eq!((refused, (position, market)), (Err(EngineError::FundingNotAccrued), before));
        plimsoll_engine::funding::accrue(&mut market, NOW + 10).unwrap();
        close(&mut cash, &mut position, &mut market, equity, Size(1_000), NOW + 10).unwrap();
        assert_eq!(market.throttle.capacity, Pnl(200_000_000_000 - 150_000_000));
        assert_eq!(market.throttle.updated, NOW + 10);
    }
}

/// A market with others in it, one account in it and its equity besides the leg.
fn scenario() -> impl Strategy<Value = (Market, Position, u64, i64, u64)> {
    (
        2_000u64..2_000_000,
        -20_000_000i64..20_000_000,
        -20_000_000i64..20_000_000,
        -0.2f64..0.2,
        0.0f64..1.2,
        0.0f64..1.0,
        0u64..40_000_000_000_000,
    )
        .prop_filter("a position", |case| case.1.abs() > 100 && case.2.abs() > 100)
        .prop_map(|(price, lots, others, moved, equity, part, treasury)| {
            let mut market = common::market_of(&sol(), price, treasury);
            hold(&mut market, others, price);
            let entry = (price as f64 * (1.0 + moved)) as u64;
            let position = hold(&mut market, lots, entry);
            let maintenance = leg(&position, &market).maintenance.0;
            let pnl = common::pnl(&position, &market);
            let cash = (equity * maintenance as f64) as i64 - pnl;
            let size = ((part * lots.unsigned_abs() as f64) as u64).max(1);
            (market, position, cash.max(0) as u64, pnl, size)
        })
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn a_step_conserves_every_atom_and_takes_no_more_than_the_equity((market, position, cash, _, size) in scenario()) {
        let before = health(cash, &[(&position, &market)]);
        let (mut purse, mut held, mut after) = (Atoms(cash), position, market);
        match close(&mut purse, &mut held, &mut after, before.equity, Size(size), NOW + 1) {
            Err(_) => prop_assert_eq!((purse, held, after), (Atoms(cash), position, market)),
            Ok(step) => {
                let keepers = i128::from(step.charge.flagger.0) + i128::from(step.charge.liquidator.0);
                prop_assert_eq!(
                    i128::from(purse.0) + tokens(&after.book) + keepers,
                    i128::from(cash) + tokens(&market.book)
                );
                let total = step.charge.total().unwrap();
                prop_assert!(total <= before.equity.gain());
                prop_assert!(total <= market.risk.charge.mul_floor(step.notional).unwrap());
                prop_assert!(held.invariant() && after.invariant());
                prop_assert_eq!(held.lots.0, position.lots.0 + step.lots.0);
                prop_assert_eq!(step.lots.0 > 0, position.lots.0 < 0);
                // The totals of both sides still are the sums of the positions.
                let change = |old: i64, new: i64| i128::from(new) - i128::from(old);
                let side = |m: &Market| if position.is_long() { m.book.long } else { m.book.short };
                prop_assert_eq!(
                    change(position.cost.0, held.cost.0),
                    change(side(&market).cost.0, side(&after).cost.0)
                );
                // What is left of the leg is worth what it was, less what was paid and charged.
                let now = health(purse.0, &[(&held, &after)]);
                if nav(&market) >= 0 && nav(&after) >= 0 {
                    prop_assert_eq!(now.equity.0, before.equity.0 - total.0 as i64);
                }
            }
        }
    }

    #[test]
    fn the_step_that_the_program_chooses_raises_health_or_closes((market, position, cash, _, _) in scenario()) {
        let before = health(cash, &[(&position, &market)]);
        let its_leg = leg(&position, &market);
        prop_assume!(before.is_liquidatable() && !before.is_bankrupt() && nav(&market) >= 0);
        let size = step_size(&market, &before, &its_leg, &position, NOW).unwrap();
        let (mut purse, mut held, mut after) = (Atoms(cash), position, market);
        close(&mut purse, &mut held, &mut after, before.equity, size, NOW).unwrap();
        let now = health(purse.0, &[(&held, &after)]);
        prop_assert!(now.maintenance.is_zero() || !now.is_bankrupt());
        if !close_helps(market.risk.charge, &before, &its_leg) {
            prop_assert!(held.lots.is_zero());
        }
        prop_assert!(health_not_lower(&before, &now), "{before:?} {now:?}");
        prop_assert!(now.equity.0 >= 0);
    }

    #[test]
    fn health_never_falls_even_where_a_close_barely_helps(
        price in 1_000u64..2_000_000,
        lots in 100i64..2_000_000,
        other in 1u64..2_000_000_000,
        size in 1u64..100,
        more in 0i64..3,
    ) {
        // Given the least equity at which closing this leg still helps
        let mut market = common::market_of(&sol(), price, 20_000_000 * USD);
        let position = hold(&mut market, lots, price);
        let its_leg = leg(&position, &market);
        let maintenance = its_leg.maintenance.0 + other;
        let least = u128::from(market.risk.charge.0) * u128::from(maintenance) / u128::from(its_leg.ratio.0);
        let equity = least as i64 + 1 + more;
        let before = Health { equity: Pnl(equity), maintenance: Atoms(maintenance), ..Health::default() };
        prop_assert!(close_helps(market.risk.charge, &before, &its_leg));
        // When any part of it is closed
        let (mut purse, mut held, mut after) = (Atoms(equity as u64), position, market);
        let step = close(&mut purse, &mut held, &mut after, Pnl(equity), Size(size), NOW).unwrap();
        // Then equity over maintenance does not fall, whatever rounding did
        let rest = leg(&held, &after).maintenance.0 + other;
        let now = Health { equity: Pnl(equity - step.charge.total().unwrap().0 as i64), maintenance: Atoms(rest), ..before };
        prop_assert!(health_not_lower(&before, &now), "{before:?} {now:?} {step:?}");
    }
}

#[test]
fn steps_in_a_row_bring_an_account_back_above_maintenance() {
    // Given an account at half its maintenance
    let (mut cash, mut position, mut market) = long(2_000 * USD);
    // When one step of the program's size is made
    let before = health(cash.0, &[(&position, &market)]);
    let size = step_size(&market, &before, &leg(&position, &market), &position, NOW).unwrap();
    close(&mut cash, &mut position, &mut market, before.equity, size, NOW).unwrap();
    // Then it is healthy, at 1.1 times its requirement and hardly above
    let after = health(cash.0, &[(&position, &market)]);
    assert!(!after.is_liquidatable());
    let (equity, required) = (after.equity.0 as f64, after.maintenance.0 as f64);
    assert!((1.1..1.100_01).contains(&(equity / required)), "{}", equity / required);
    assert_eq!(market.price.oracle, Ticks(PRICE));
}
