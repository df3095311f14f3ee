//! A voluntary fill against the pool.
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

use common::{PRICE, USD, cases, claim, hold, leg, nav, price, sol, sol_market};
use plimsoll_engine::{
    EngineError,
    account::Health,
    margin::initial_requirement,
    market::{Market, status},
    order::Order,
    position::Position,
    trade::{Filled, Rest, adds_risk, fill, require_coverage},
    units::{Atoms, Lots, Pnl, Size, Ticks},
};
use proptest::prelude::*;

/// A market order: its limit is out of the way.
fn order(lots: i64) -> Order {
    Order { lots: Lots(lots), limit: Ticks(if lots > 0 { 1 << 32 } else { 1 }), ..Order::default() }
}

/// Fills at the market's own price for an account without other legs.
fn trade(cash: u64, position: &Position, market: &Market, lots: i64) -> Result<Filled, EngineError> {
    fill(Atoms(cash), &Rest::default(), position, market, &order(lots), &market.price)
}

/// Applies a fill and returns what came back.
fn apply(cash: &mut u64, position: &mut Position, market: &mut Market, lots: i64) -> Filled {
    let filled = trade(*cash, position, market, lots).unwrap();
    (*cash, *position, market.book) = (filled.cash.0, filled.position, filled.book);
    filled
}

#[test]
fn a_buy_pays_price_premium_and_spread() {
    // Given SOL at $150 +- $0.08 without skew
    let mut market = sol_market();
    market.price.confidence = Ticks(80);
    // When 1,000 SOL are bought
    let filled = trade(20_000 * USD, &Position::default(), &market, 1_000_000).unwrap();
    // Then 150,000 x 10^6 / (2 x 2 10^10) of premium, 4 bp of spread and a quarter of the confidence come on top
    assert_eq!(filled.premium, Pnl(3_750_001));
    assert_eq!(filled.spread, Atoms(60_000_003 + 20_000_000));
    assert_eq!(filled.cost, Pnl(150_000_000_000 + 3_750_001 + 80_000_003));
    assert_eq!((filled.cash, filled.settled), (Atoms(20_000 * USD), Pnl(0)));
    assert_eq!((filled.position.lots, filled.position.cost), (Lots(1_000_000), filled.cost));
    assert_eq!((filled.book.long.lots, filled.book.long.cost), (Size(1_000_000), filled.cost));
    assert_eq!(filled.book.treasury, market.book.treasury);
}

#[test]
fn the_premium_grows_with_the_skew_and_is_paid_back() {
    let mut market = sol_market();
    hold(&mut market, 1_000_000, PRICE);
    let premium = |lots| trade(100_000 * USD, &Position::default(), &market, lots).unwrap().premium;
    assert_eq!(premium(1_000_000), Pnl(11_250_000));
    assert_eq!(premium(-1_000_000), Pnl(-3_750_001));
    assert_eq!(premium(-2_000_000), Pnl(0));
}

#[test]
fn a_sell_receives_less_by_the_spread() {
    let market = sol_market();
    let filled = trade(20_000 * USD, &Position::default(), &market, -1_000_000).unwrap();
    assert_eq!(filled.cost, Pnl(-150_000_000_000 + 3_750_001 + 60_000_003));
    assert_eq!((filled.position.lots, filled.book.short.cost), (Lots(-1_000_000), filled.cost));
}

#[test]
fn the_fill_is_at_the_update_and_not_at_the_market_price() {
    let market = sol_market();
    let update = price(140_000);
    let filled =
        fill(Atoms(20_000 * USD), &Rest::default(), &Position::default(), &market, &order(1_000), &update).unwrap();
    assert_eq!(filled.cost, Pnl(140_000_000 + 4 + 56_001));
}

#[test]
fn a_limit_holds_to_the_atom() {
    // Given a buy of 1,000 lots that costs 150,060,006 atoms
    let market = sol_market();
    let run = |lots: i64, limit| {
        let order = Order { lots: Lots(lots), limit: Ticks(limit), ..Order::default() };
        fill(Atoms(20_000 * USD), &Rest::default(), &Position::default(), &market, &order, &market.price)
    };
    assert_eq!(run(1_000, 150_061).unwrap().cost, Pnl(150_060_005));
    assert_eq!(run(1_000, 150_060), Err(EngineError::LimitNotMet));
    assert_eq!(run(-1_000, 149_939).unwrap().cost, Pnl(-149_939_995));
    assert_eq!(run(-1_000, 149_940), Err(EngineError::LimitNotMet));
}

#[test]
fn closing_settles_a_profit_into_cash() {
    // Given 1,000 SOL long at $149 and nothing else
    let mut market = sol_market();
    let position = hold(&mut market, 1_000_000, PRICE - 1_000);
    let filled = trade(0, &position, &market, -1_000_000).unwrap();
    // Then $1,000 and the premium that was never paid in, less the spread, are cash
    let paid = 1_000_000_000 + 3_750_001 - 60_000_003;
    assert_eq!((filled.settled, filled.cash), (Pnl(paid), Atoms(paid as u64)));
    assert!(filled.position.is_empty());
    assert_eq!(filled.book.treasury.0, market.book.treasury.0 - paid as u64);
    assert_eq!((filled.book.long.lots, filled.book.long.cost), (Size(0), Pnl(0)));
}

#[test]
fn a_close_whose_loss_exceeds_the_cash_is_refused() {
    let mut market = sol_market();
    let position = hold(&mut market, 1_000_000, PRICE + 1_000);
    let loss = 1_000_000_000 - 3_750_001 + 60_000_003;
    assert_eq!(trade(loss - 1, &position, &market, -1_000_000), Err(EngineError::LossExceedsCash));
    let filled = trade(loss, &position, &market, -1_000_000).unwrap();
    assert_eq!((filled.cash, filled.settled), (Atoms(0), Pnl(-(loss as i64))));
    assert_eq!(filled.book.treasury.0, market.book.treasury.0 + loss);
}

#[test]
fn a_profit_that_the_treasury_cannot_pay_stays_a_claim() {
    // Given a treasury of $400 and matched positions, the long one with $1,000 of profit
    let mut market = common::market_of(&sol(), PRICE, 400 * USD);
    let position = hold(&mut market, 1_000_000, PRICE - 1_000);
    hold(&mut market, -1_000_000, PRICE - 1_000);
    let filled = trade(0, &position, &market, -1_000_000).unwrap();
    assert_eq!(filled.settled, Pnl(400 * USD as i64));
    assert_eq!(filled.position.lots, Lots(0));
    assert_eq!(filled.position.cost.0, -(1_000_000_000 - 3_750_001 - 60_000_003 - 400_000_000));
    assert!(filled.position.invariant() && filled.position.is_long());
    // Then the other side is closed to it until the claim is paid, and its own side is not
    market.book = filled.book;
    assert_eq!(trade(9_000 * USD, &filled.position, &market, -1_000), Err(EngineError::ClaimRemains));
    assert_eq!(trade(0, &position, &common::market_of(&sol(), PRICE, 0), -1), Err(EngineError::Overflow));
}

#[test]
fn while_net_asset_value_is_negative_a_close_pays_the_collectable_part() {
    // Given a profit of $1,000 and a market that is $600 short, less what the close itself pays in
    let mut market = common::market_of(&sol(), PRICE, 400 * USD);
    let position = hold(&mut market, 1_000_000, PRICE - 1_000);
    let filled = trade(0, &position, &market, -1_000_000).unwrap();
    let profit = 1_000_000_000 + 3_750_001 - 60_000_003;
    assert_eq!(filled.settled, Pnl(400_000_000));
    assert_eq!((filled.position.lots, filled.position.cost), (Lots(0), Pnl(400_000_000 - profit)));
    // With another winner in the market the treasury is shared
    hold(&mut market, -1_000, PRICE + 1_000_000);
    let filled = trade(0, &position, &market, -1_000_000).unwrap();
    assert!((190_000_000..210_000_000).contains(&filled.settled.0), "{:?}", filled.settled);
}

#[test]
fn a_flip_beyond_an_unpaid_claim_is_refused_whole() {
    let mut market = common::market_of(&sol(), PRICE, 400 * USD);
    let position = hold(&mut market, 1_000_000, PRICE - 1_000);
    hold(&mut market, -1_000_000, PRICE - 1_000);
    assert_eq!(trade(50_000 * USD, &position, &market, -1_500_000), Err(EngineError::ClaimRemains));
}

#[test]
fn adding_to_ones_own_side_keeps_the_claim() {
    let mut market = sol_market();
    let position = claim(&mut market, 500, true);
    let filled = trade(1_000 * USD, &position, &market, 1_000).unwrap();
    assert_eq!(filled.position.lots, Lots(1_000));
    assert_eq!(filled.position.cost.0, filled.cost.0 - 500);
}

#[test]
fn a_trade_through_zero_closes_then_opens() {
    // Given 1,000 SOL long at a profit of $1,000
    let mut market = sol_market();
    let position = hold(&mut market, 1_000_000, PRICE - 1_000);
    // When 1,400 SOL are sold
    let filled = trade(10_000 * USD, &position, &market, -1_400_000).unwrap();
    // Then the long is settled and 400 SOL short remain, on the other side's totals
    assert_eq!(filled.lots, Lots(-1_400_000));
    assert_eq!(filled.settled, Pnl(1_000_000_000 + 3_750_001 - 60_000_003));
    assert_eq!(filled.position.lots, Lots(-400_000));
    assert!(filled.position.invariant() && !filled.position.is_long());
    assert_eq!((filled.book.long.lots, filled.book.long.cost), (Size(0), Pnl(0)));
    assert_eq!((filled.book.short.lots, filled.book.short.cost), (Size(400_000), filled.position.cost));
}

#[test]
fn one_lot_can_be_flipped() {
    let mut market = sol_market();
    (market.risk.minimum_step, market.risk.minimum_position) = (Size(1), Size(1));
    for (held, lots) in [(1, -2), (-1, 2)] {
        let position = hold(&mut market.clone(), held, PRICE);
        let mut market = market;
        hold(&mut market, held, PRICE);
        assert_eq!(trade(100 * USD, &position, &market, lots).unwrap().position.lots, Lots(held + lots));
    }
}

#[test]
fn both_parts_of_the_spread_are_rounded_up() {
    // Given 333 ppm of the price, and a third of a confidence of 7 ticks, on 1,001 lots
    let mut market = sol_market();
    market.price.confidence = Ticks(7);
    market.risk.spread = plimsoll_engine::units::Ratio::from_ppm_floor(333).unwrap();
    market.risk.confidence_spread = plimsoll_engine::units::Ratio::from_ppm_floor(333_333).unwrap();
    let filled = trade(100 * USD, &Position::default(), &market, 1_001).unwrap();
    // 150,150,000 x 333 / 10^6 = 49,999.95 and 7,007 x 0.333333 = 2,335.66, each up
    assert_eq!(filled.spread, Atoms(50_000 + 2_336));
}

#[test]
fn only_growth_and_flips_add_risk() {
    for (held, lots, adds) in [
        (0, 1, true),
        (0, -1, true),
        (5, 1, true),
        (5, -1, false),
        (5, -5, false),
        (5, -6, true),
        (5, -11, true),
        (-5, -1, true),
        (-5, 5, false),
        (-5, 6, true),
        (-5, 1, false),
    ] {
        assert_eq!(adds_risk(Lots(held), Lots(lots)), Ok(adds), "{held} {lots}");
    }
}

mod refusals {
    use super::*;

    #[test]
    fn new_risk_needs_initial_margin_to_the_atom() {
        let market = sol_market();
        // Given the requirement of 1,000 SOL and what premium and spread take from equity
        let needed = 7_470_282_703 + 3_750_001 + 60_000_003;
        assert!(trade(needed, &Position::default(), &market, 1_000_000).is_ok());
        let refused = trade(needed - 1, &Position::default(), &market, 1_000_000);
        assert_eq!(refused, Err(EngineError::BelowInitialMargin));
    }

    #[test]
    fn the_other_legs_count() {
        let market = sol_market();
        let mut rest = Rest::default();
        rest.initial.requirement = Atoms(1);
        let cash = Atoms(7_470_282_703 + 3_750_001 + 60_000_003);
        let run = |rest: &Rest, cash| fill(cash, rest, &Position::default(), &market, &order(1_000_000), &market.price);
        assert_eq!(run(&rest, cash), Err(EngineError::BelowInitialMargin));
        assert!(run(&rest, Atoms(cash.0 + 1)).is_ok());
        rest.initial.equity = Pnl(1);
        assert!(run(&rest, cash).is_ok());
    }

    #[test]
    fn below_initial_margin_a_reduction_must_not_lower_health() {
        // Given an account below initial margin, above maintenance
        let mut market = sol_market();
        let position = hold(&mut market, 1_000_000, PRICE);
        let cash = 5_000 * USD;
        let before = common::health(cash, &[(&position, &market)]);
        assert!(!before.is_liquidatable());
        assert_eq!(trade(cash, &position, &market, 100), Err(EngineError::BelowInitialMargin));
        // Then a reduction passes
        assert!(trade(cash, &position, &market, -500_000).is_ok());
        // But not one whose spread costs more health than the requirement it frees
        let mut rest = Rest::default();
        rest.health.maintenance = Atoms(1_000_000 * USD);
        let poor = fill(Atoms(cash), &rest, &position, &market, &order(-500_000), &market.price);
        assert!(poor.is_ok(), "initial margin of the other legs is not counted here");
        rest.initial.requirement = Atoms(2_000_000 * USD);
        let poor = fill(Atoms(cash), &rest, &position, &market, &order(-500_000), &market.price);
        assert_eq!(poor, Err(EngineError::HealthWorsens));
    }

    #[test]
    fn a_reduction_may_not_leave_equity_below_zero() {
        // Given a loss of $1,000 on 1,000 SOL and cash for it, less what half of the spread costs
        let mut market = sol_market();
        let position = hold(&mut market, 1_000_000, PRICE + 1_000);
        assert_eq!(trade(1_020_000_000, &position, &market, -500_000), Err(EngineError::EquityNegative));
        assert!(trade(1_400_000_000, &position, &market, -500_000).is_ok());
    }

    #[test]
    fn sizes_outside_the_bounds_of_a_position() {
        let mut market = sol_market();
        market.book.treasury = Atoms(100_000_000 * USD);
        let cash = 9_000_000 * USD;
        assert_eq!(trade(cash, &Position::default(), &market, 99), Err(EngineError::BelowMinimumPosition));
        assert!(trade(cash, &Position::default(), &market, 100).is_ok());
        let refused = trade(cash, &Position::default(), &market, 20_000_001);
        assert_eq!(refused, Err(EngineError::PositionCapExceeded));
        assert!(trade(cash, &Position::default(), &market, 20_000_000).is_ok());
    }

    #[test]
    fn a_remainder_below_the_minimum_position() {
        let mut market = sol_market();
        let position = hold(&mut market, 1_000, PRICE);
        assert_eq!(trade(USD * 100, &position, &market, -901), Err(EngineError::BelowMinimumPosition));
        assert!(trade(USD * 100, &position, &market, -900).is_ok());
        assert!(trade(USD * 100, &position, &market, -1_000).is_ok());
    }

    #[test]
    fn a_cap_that_was_lowered_does_not_hinder_a_reduction() {
        let mut market = sol_market();
        let position = hold(&mut market, 1_000_000, PRICE);
        market.risk.position_cap = Size(500_000);
        assert!(trade(20_000 * USD, &position, &market, -1_000).is_ok());
        assert_eq!(trade(20_000 * USD, &position, &market, 1_000), Err(EngineError::PositionCapExceeded));
    }

    #[test]
    fn open_interest_beyond_the_side_cap() {
        let mut market = sol_market();
        market.book.treasury = Atoms(100_000_000 * USD);
        hold(&mut market, 69_000_000, PRICE);
        let cash = 1_000_000 * USD;
        assert!(trade(cash, &Position::default(), &market, 1_000_000).is_ok());
        let refused = trade(cash, &Position::default(), &market, 1_000_001);
        assert_eq!(refused, Err(EngineError::SideCapExceeded));
        assert!(trade(cash, &Position::default(), &market, -1_000_001).is_ok(), "the other side has room");
    }

    #[test]
    fn what_net_asset_value_does_not_cover() {
        // Given 1,000 SOL: 20 % of the skew and 2 % of the open interest, $33,000
        let covers = |treasury| {
            let market = common::market_of(&sol(), PRICE, treasury);
            trade(20_000 * USD, &Position::default(), &market, 1_000_000)
        };
        // Net asset value gains the spread, to the atom
        let least = 30_000_000_028 + 3_000_000_003 - 60_000_003;
        assert!(covers(least).is_ok());
        assert_eq!(covers(least - 1), Err(EngineError::CoverageTooLow));
    }

    #[test]
    fn coverage_counts_both_sides_and_the_net() {
        let mut market = common::market_of(&sol(), PRICE, 0);
        hold(&mut market, 3_000_000, PRICE);
        hold(&mut market, -1_000_000, PRICE);
        // $300,000 of skew at 20 % and $600,000 of open interest at 2 %, and the premium of the skew
        let least = 60_000_000_056 + 12_000_000_012 + 15_000_001;
        let mut covered = |treasury| {
            market.book.treasury = Atoms(treasury);
            require_coverage(&market.risk, &market.book, &market.price)
        };
        assert_eq!(covered(least), Ok(()));
        assert_eq!(covered(least - 1), Err(EngineError::CoverageTooLow));
    }

    #[test]
    fn by_status_and_price() {
        let mut market = sol_market();
        let position = hold(&mut market, 1_000_000, PRICE);
        let cash = 50_000 * USD;
        let closed = Err(EngineError::MarketNotOpen);
        for (status, grow, reduce) in [
            (status::ACTIVE, true, true),
            (status::REDUCE_ONLY, false, true),
            (status::HALTED, false, true),
            (status::SETTLING, false, false),
            (status::SETTLED, false, false),
        ] {
            market.status = status;
            assert_eq!(trade(cash, &position, &market, 1_000).is_ok(), grow, "{status}");
            assert_eq!(trade(cash, &position, &market, -1_500_000).is_ok(), grow, "{status}: a flip adds risk");
            assert_eq!(trade(cash, &position, &market, -1_000).is_ok(), reduce, "{status}");
            assert_eq!(trade(cash, &position, &market, -1_000_000).is_ok(), reduce, "{status}");
        }
        // A tick of more than 0.1 % of the price makes a market reduce-only
        let coarse = |oracle| trade(cash, &Position::default(), &common::market_of(&sol(), oracle, USD << 20), 1_000);
        assert!(coarse(1_000).is_ok());
        assert_eq!(coarse(999), closed);
    }

    #[test]
    fn a_reduce_only_order_never_opens() {
        let market = sol_market();
        let order = Order { reduce_only: 1, ..order(1_000) };
        let refused = fill(Atoms(USD), &Rest::default(), &Position::default(), &market, &order, &market.price);
        assert_eq!(refused, Err(EngineError::ReduceOnly));
    }

    #[test]
    fn no_fill_is_at_a_price_of_zero_or_less() {
        // Given an uncertainty so wide that a seller would have to pay
        let mut market = sol_market();
        market.price.confidence = Ticks(700_000);
        let refused = trade(1_000_000 * USD, &Position::default(), &market, -1_000);
        assert_eq!(refused, Err(EngineError::PriceNotPositive));
    }
}

/// A market with skew in either direction and an account that holds something.
fn scenario() -> impl Strategy<Value = (Market, Position, Vec<i64>)> {
    (
        1_000u64..2_000_000,
        -20_000_000i64..20_000_000,
        -5_000_000i64..5_000_000,
        proptest::collection::vec(-2_000_000i64..2_000_000, 1..6),
        0u64..1_000,
    )
        .prop_map(|(price, others, lots, trades, confidence)| {
            let mut p = sol();
            (p.minimum_position, p.minimum_step) = (1, 1);
            let mut market = common::market_of(&p, price, 1 << 50);
            market.price.confidence = Ticks(confidence);
            hold(&mut market, others, price);
            let position = if lots == 0 { Position::default() } else { hold(&mut market, lots, price) };
            (market, position, trades.into_iter().filter(|lots| *lots != 0).collect())
        })
}

proptest! {
    #![proptest_config(cases(1_500))]

    #[test]
    fn a_fill_conserves_every_atom_and_providers_gain_exactly_the_spread((mut market, mut position, trades) in scenario()) {
        let mut cash = 1u64 << 50;
        for lots in trades {
            let before = (nav(&market), cash + market.book.treasury.0, position.lots.0);
            let filled = apply(&mut cash, &mut position, &mut market, lots);
            prop_assert_eq!(nav(&market), before.0 + filled.spread.0 as i64);
            prop_assert_eq!(cash + market.book.treasury.0, before.1);
            prop_assert_eq!(position.lots.0, before.2 + lots);
            prop_assert!((position.is_empty() || position.invariant()) && market.invariant());
        }
    }

    #[test]
    fn a_trade_costs_the_same_however_it_is_cut((market, position, trades) in scenario()) {
        let total: i64 = trades.iter().sum();
        prop_assume!(total != 0);
        let (mut parts, mut cash, mut held) = (market, 1u64 << 50, position);
        let cut: i64 = trades
            .iter()
            .map(|lots| {
                let filled = apply(&mut cash, &mut held, &mut parts, *lots);
                filled.cost.0 - filled.spread.0 as i64
            })
            .sum();
        let whole = trade(1 << 50, &position, &market, total).unwrap();
        prop_assert_eq!(cut, whole.cost.0 - whole.spread.0 as i64);
        prop_assert_eq!(held.lots, whole.position.lots);
        prop_assert_eq!(parts.book.skew(), whole.book.skew());
    }

    #[test]
    fn a_round_trip_costs_the_spread_and_never_pays((market, position, trades) in scenario()) {
        let lots = trades.first().copied().unwrap_or(1);
        let (mut after, mut cash, mut held) = (market, 1u64 << 50, position);
        let worth = |cash: u64, held: &Position, market: &Market| cash as i128 + i128::from(common::pnl(held, market));
        let before = worth(cash, &held, &market);
        let there = apply(&mut cash, &mut held, &mut after, lots);
        let back = apply(&mut cash, &mut held, &mut after, -lots);
        prop_assert_eq!(worth(cash, &held, &after), before - i128::from(there.spread.0) - i128::from(back.spread.0));
        prop_assert!(there.spread.0 + back.spread.0 >= 2);
    }
}

#[test]
fn the_requirement_of_a_fill_uses_the_open_interest_it_makes() {
    // Given the requirement of 1,000 SOL alone on its side
    let market = sol_market();
    let filled = trade(20_000 * USD, &Position::default(), &market, 1_000_000).unwrap();
    let alone = initial_requirement(&market.risk, &filled.book, Size(1_000_000), true, Ticks(PRICE)).unwrap();
    assert_eq!(alone, Atoms(7_470_282_703));
    assert_eq!(Health::default().maintenance, Atoms(0));
    assert_eq!(leg(&filled.position, &market).notional, Atoms(150_000_000_000));
}
