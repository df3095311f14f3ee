//! The ends of every range: nothing panics, and nothing within bounds keeps an account from being liquidated.
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

use common::{NOW, cases, close, health, sol, sol_market};
use plimsoll_engine::{
    EngineError,
    account::Health,
    bankruptcy::close_bankrupt,
    close::close_size,
    deleverage,
    exit::{self, Exit},
    funding::accrue,
    indices::{ADL_ONE, Indices},
    insurance::Insurance,
    key::cost_of_waiting,
    liquidation::step_size,
    liquidation_price::liquidation_price,
    margin::{leg_health, leg_initial},
    mark::{Leg, mark},
    market::Market,
    order::{Order, Request},
    position::Position,
    price::{Observation, Price},
    risk::{MAX_NOTIONAL, Risk},
    settlement, shares,
    side::Side,
    sizing::size_for_risk,
    trade::{Rest, fill},
    units::{Atoms, Lots, Pnl, Ratio, Reciprocal, Size, Ticks, Wide},
    valuation::value,
};
use proptest::prelude::*;

/// Any value, and more often one at an end.
fn any_u64() -> impl Strategy<Value = u64> {
    prop_oneof![any::<u64>(), Just(0), Just(1), Just(u64::MAX), (0u32..64).prop_map(|bits| 1 << bits), 0u64..1 << 40]
}

/// The same with a sign.
fn any_i64() -> impl Strategy<Value = i64> {
    prop_oneof![any::<i64>(), Just(i64::MIN), Just(i64::MAX), any_u64().prop_map(|v| v as i64), -1_000i64..1_000]
}

/// Any indices, and more often those of the beginning.
fn any_indices() -> BoxedStrategy<Indices> {
    let any = (any_u64(), any_u64(), any_i64(), any_u64(), any_i64()).prop_map(|(factor, low, high, less, more)| {
        Indices { factor, value: Wide { halves: [low, high as u64] }, funding: Wide { halves: [less, more as u64] } }
    });
    let moved = (1u64..=ADL_ONE, 0u64..1 << 60, any_i64()).prop_map(|(factor, value, funding)| Indices {
        factor,
        value: Wide::of(i128::from(value)),
        funding: Wide::of(i128::from(funding)),
    });
    prop_oneof![2 => Just(Indices::START), 1 => any, 2 => moved].boxed()
}

/// A side whose stored values are anything at all.
fn any_side() -> BoxedStrategy<Side> {
    let counts = [0u32..4, 0..4, 0..4, 0..2];
    (any_u64(), any_u64(), any_i64(), any_indices(), any_indices(), any_i64(), counts)
        .prop_map(|(lots, fraction, cost, indices, ended, owed, [attached, sized, previous, epoch])| Side {
            lots: Size(lots),
            lots_fraction: if epoch == 0 { 0 } else { fraction },
            cost: Pnl(cost),
            indices,
            ended,
            owed: Wide::of(i128::from(owed) << 40),
            epoch,
            attached,
            sized,
            previous,
        })
        .boxed()
}

/// A market whose stored values are anything at all.
fn any_market() -> BoxedStrategy<Market> {
    (
        [any_u64(), any_u64(), any_u64()],
        any_u64(),
        [any_side(), any_side()],
        any_i64(),
        0u8..5,
        0u8..2,
        [any_u64(), any_u64()],
    )
        .prop_map(|(prices, treasury, [long, short], capacity, status, fixed, round)| {
            let mut market = sol_market();
            let price = &mut market.price;
            (price.oracle, price.ema, price.confidence) = (Ticks(prices[0]), Ticks(prices[1]), Ticks(prices[2]));
            market.book.treasury = Atoms(treasury);
            (market.book.long, market.book.short) = (long, short);
            market.book.withheld = fixed;
            market.throttle.capacity = Pnl(capacity);
            market.status = if status < 2 { 0 } else { status };
            market.settlement.fixed = fixed + u8::from(status == 4);
            market.settlement.price = market.price.oracle;
            (market.settlement.first.claims, market.settlement.first.pot) = (Atoms(round[0]), Atoms(round[1]));
            (market.settlement.second, market.deleveraging.price) = (market.settlement.first, Ticks(round[1]));
            (market.second, market.flags) = (common::price(prices[1]), (capacity & 1) as u8);
            (market.volatility.variance, market.volatility.sample) = (treasury, Ticks(prices[2]));
            (market.base_notice.level, market.base_notice.from) = (round[0], prices[0]);
            (market.cascade.liquidated, market.cascade.price) = (Atoms(round[1]), Ticks(prices[1]));
            market
        })
        .boxed()
}

fn any_position() -> impl Strategy<Value = Position> {
    (any_i64(), any_i64(), any_indices(), 0u32..2, 0u8..2, 0u8..4).prop_map(
        |(lots, cost, indices, epoch, side, stage)| Position {
            lots: Lots(lots),
            cost: Pnl(cost),
            indices,
            epoch,
            side,
            stage,
            ..Position::default()
        },
    )
}

/// Parameters at the ends of their bounds, and the market full at its largest price.
fn full_market() -> impl Strategy<Value = (Market, Position)> {
    (
        prop_oneof![Just(Reciprocal::MIN), Just(Reciprocal::MAX), Just(1u64 << 42)],
        prop_oneof![Just(1_000u64), Just(1u64 << 30), Just(1u64 << 46)],
        prop_oneof![Just(100u32), Just(500_000)],
        prop_oneof![Just(5u32), Just(86_400)],
        prop_oneof![Just(15_000u32), Just(1_000_000)],
        (any::<bool>(), 0u64..=MAX_NOTIONAL, 0.0f64..=1.0, prop_oneof![Just(0u64), Just(1), Just(1u64 << 62)]),
    )
        .prop_map(|(depth, side_cap, volatility, seconds, cap, (long, entry, part, treasury))| {
            let mut p = sol();
            (p.depth, p.volatility_floor_ppm, p.horizon_s, p.key_horizon_s) = (depth, volatility, seconds, seconds);
            (p.confidence_milli, p.maintenance_cap_ppm) = (10_000, cap);
            (p.side_cap, p.position_cap, p.skew_scale) = (side_cap, side_cap, Reciprocal::MAX);
            (p.minimum_step, p.minimum_position) = (1, 1);
            let mut market = common::market_of(&p, 1, treasury);
            market.price = common::price((market.risk.max_price.0 as f64 * part) as u64 + 1);
            market.price.oracle = market.price.oracle.min(market.risk.max_price);
            let lots = Size(side_cap).signed(long).unwrap();
            let cost = Pnl(if long { entry as i64 } else { -(entry as i64) });
            let position = common::hold_at_cost(&mut market, lots.0, cost);
            (market, position)
        })
}

proptest! {
    #![proptest_config(cases(1_500))]

    #[test]
    fn nothing_panics_on_any_state(market in any_market(), position in any_position(), amount in any_u64(), signed in any_i64()) {
        let now = NOW.saturating_add(signed);
        let mut market = market;
        if amount % 2 == 0 {
            market.funding.accrued = now;
        }
        let health = leg_health(&position, &market, market.price.oracle).and_then(|leg| {
            let mut health = Health::of_cash(Atoms(amount))?;
            health.add(&leg)?;
            let _ = health.key(market.risk.key_drift);
            let _ = step_size(&market, &health, &leg, &position, now);
            let _ = close_size(&market.risk, &health, &leg, Size(amount), market.price.oracle);
            Ok(health)
        });
        let _ = leg_initial(&position, &market.risk, &market.book, &market.price);
        let equity = health.map_or(Pnl(signed), |health| health.equity);
        let (mut held, mut after, mut cash) = (position, market, Atoms(amount));
        if close(&mut cash, &mut held, &mut after, equity, position.lots.size(), now).is_err() {
            prop_assert_eq!((held, after, cash), (position, market, Atoms(amount)));
        }
        let (mut held, mut after, mut cash) = (position, market, Atoms(amount));
        if mark(&mut cash, &mut [Leg { position: &mut held, market: &mut after }]).is_err() {
            prop_assert_eq!((held, after, cash), (position, market, Atoms(amount)));
        }
        let (mut held, mut after, mut cash) = (position, market, Atoms(amount));
        if close_bankrupt(&mut cash, &mut [Leg { position: &mut held, market: &mut after }], now, None).is_err() {
            prop_assert_eq!((held, after, cash), (position, market, Atoms(amount)));
        }
        let mut after = market;
        let update = Price { publish_time: now, ..market.price };
        if after.accept(update, now).is_err() {
            prop_assert_eq!(after, market);
        }
        let _ = (value(&position, &market, now, None), value(&position, &market, now, Some(signed)));
        let order = Order { lots: Lots(signed), limit: Ticks(amount), ..Order::default() };
        let _ = fill(Atoms(amount), &Rest::default(), &position, &market, &order, &market.price);
        let request = Request { lots: Lots(signed), limit: Ticks(amount), reduce_only: false, trigger: None };
        let mut cash = Atoms(amount);
        if Order::place(&mut cash, &market, &request, 0, now).is_err() {
            prop_assert_eq!(cash, Atoms(amount));
        }
        for action in [
            (|m, now| accrue(m, now).map(|_| ())) as fn(&mut Market, i64) -> Result<(), EngineError>,
            |m, now| deleverage::look(m, now).map(|_| ()),
            |m, now| settlement::look(m, now).map(|_| ()),
            |m, now| settlement::fix(m, now).map(|_| ()),
            |m, _| deleverage::reduce(&mut m.book.long, true, Size(m.book.short.lots.0), m.price.ema).map(|_| ()),
        ] {
            for now in [now, NOW] {
                let mut after = market;
                if action(&mut after, now).is_err() {
                    prop_assert_eq!(after, market);
                }
            }
        }
        for action in [
            (|c, p, m| settlement::settle(c, p, m).is_ok()) as fn(&mut Atoms, &mut Position, &mut Market) -> bool,
            |c, p, m| settlement::pay(c, p, m).is_ok(),
        ] {
            let (mut held, mut after, mut cash) = (position, market, Atoms(amount));
            if !action(&mut cash, &mut held, &mut after) {
                prop_assert_eq!((held, after, cash), (position, market, Atoms(amount)));
            }
        }
        let (mut held, mut after) = (position, market);
        if after.book.touch(&mut held, market.price.oracle).is_err() {
            prop_assert_eq!((held, after), (position, market));
        }
        let mut after = market;
        if shares::provide(&mut after, Atoms(amount), now).is_err() {
            prop_assert_eq!(after, market);
        }
        let _ = market.invariant();
    }

    /// No overflow within the bounds: the fullest side at its largest price, with a week of funding as fast as a sane market
    /// has it, cut several times and into a new epoch, is touched all the same.
    #[test]
    fn the_fullest_side_is_funded_and_deleveraged_all_the_same(
        (market, position) in full_market(),
        cuts in proptest::collection::vec((1u64..=1_000, 1i64..600, 0.0f64..=1.0), 1..8),
    ) {
        let (mut market, mut position) = (market, position);
        let long = position.is_long();
        market.risk.funding_cap /= 50;
        for (permille, seconds, part) in cuts {
            market.price.publish_time += seconds;
            let now = market.price.publish_time;
            accrue(&mut market, now).unwrap();
            market.price.oracle = Ticks((market.risk.max_price.0 as f64 * part) as u64 + 1).min(market.risk.max_price);
            let keep = Size((u128::from(market.book.side(long).lots.0) * u128::from(permille) / 1_000) as u64);
            if market.book.side(long).lots.is_zero() {
                break;
            }
            let cut = deleverage::reduce(market.book.side_mut(long), long, keep, market.price.oracle);
            prop_assert!(cut.is_ok() || cut == Err(EngineError::FactorExhausted));
            market.nav().unwrap();
            let seen = market.book.touched(&position, market.price.oracle).unwrap();
            if permille % 3 == 0 {
                market.book.touch(&mut position, market.price.oracle).unwrap();
                prop_assert_eq!(seen, position);
            }
            prop_assert!(market.book.invariant());
        }
    }

    #[test]
    fn pools_quotes_and_triggers_do_not_panic_either(
        market in any_market(),
        position in any_position(),
        (amount, other, held) in (any_u64(), any_u64(), any_u64()),
        signed in any_i64(),
    ) {
        let now = NOW.saturating_add(signed);
        let mut market = market;
        (market.lp_shares, market.insurance_own, market.book.insurance_claim) = (held, Atoms(other), Atoms(amount));
        let fund = Insurance { shared: Atoms(amount), own: Atoms(other), shares: held, ..Insurance::default() };
        let exit = Exit { shares: amount, value: Atoms(other), supply: held, time: signed };
        let _ = (shares::worth(amount, Atoms(other), held), exit.invariant(held));

        let (mut next, mut after) = (Exit::default(), market);
        if exit::request(&mut next, held, &market, amount, now).is_err() {
            prop_assert_eq!(next, Exit::default());
        }
        let (mut next, mut left) = (exit, held);
        if exit::redeem(&mut next, &mut left, &mut after, other, false, now).is_err() {
            prop_assert_eq!((next, left, after), (exit, held, market));
        }
        let (mut next, mut left, mut pool) = (exit, held, fund);
        if exit::unstake(&mut next, &mut left, &mut pool, other, false, now).is_err() {
            prop_assert_eq!((next, left, pool), (exit, held, fund));
        }
        let (mut pool, mut after) = (fund, market);
        if pool.collect(&mut after, now).is_err() {
            prop_assert_eq!((pool, after), (fund, market));
        }
        let (mut pool, mut after) = (fund, market);
        if pool.keepers_floor(&mut after, now).is_err() {
            prop_assert_eq!((pool, after), (fund, market));
        }
        let _ = size_for_risk(&market, Atoms(amount), Ticks(other), NOW);
        let _ = liquidation_price(Atoms(amount), &Health { equity: Pnl(signed), ..Health::default() }, &position, &market);
        let order = Order { trigger: Ticks(other), placed_at: signed, ..Order::default() };
        let mut fired = order;
        if fired.fire(&market, &market.price, now).is_err() {
            prop_assert_eq!(fired, order);
        }
    }

    #[test]
    fn nothing_panics_on_any_observation(price in any_i64(), confidence in any_u64(), ema in any_i64(), exponent in any::<i32>(), near in -20i32..20) {
        for exponent in [exponent, near] {
            let seen = Observation { price, confidence, ema, exponent, publish_time: price, previous_publish_time: ema };
            if let Ok(converted) = Price::convert(&sol_market().risk, &seen) {
                prop_assert!(!converted.oracle.is_zero() && !converted.ema.is_zero());
                prop_assert!(converted.oracle <= sol_market().risk.max_price);
                let _ = converted.supersedes(&sol_market().risk, &converted, ema);
            }
        }
    }

    #[test]
    fn any_account_has_a_key(stress in any_u64(), drift in 250_000u32..=500_000, equity in any_i64(), maintenance in any_u64()) {
        let drift = Ratio::from_ppm_ceil(drift).unwrap();
        // A sum of keys beyond 64 bits is the only refusal, and no account's stress and requirement come near it.
        let key = cost_of_waiting(Atoms(stress), drift, Pnl(equity), Atoms(maintenance));
        prop_assert!(key.is_ok() || stress.max(maintenance) > 1 << 63);
    }

    #[test]
    fn the_fullest_market_is_liquidated_all_the_same((market, position) in full_market(), share in 0.0f64..1.0) {
        // Given an account whose cash leaves it somewhere between bankruptcy and its requirement
        let empty = health(0, &[(&position, &market)]);
        let cash = (empty.maintenance.0 as f64 * share) as i128 - i128::from(empty.equity.0);
        let cash = Atoms(cash.clamp(0, 1 << 62) as u64);
        let before = health(cash.0, &[(&position, &market)]);
        prop_assume!(before.is_liquidatable());
        // Then it has a key, and either way out of it works
        before.key(market.risk.key_drift).unwrap();
        let (mut held, mut after, mut purse) = (position, market, cash);
        if before.is_bankrupt() {
            close_bankrupt(&mut purse, &mut [Leg { position: &mut held, market: &mut after }], NOW, None).unwrap();
            prop_assert_eq!((held, purse), (Position::default(), Atoms(0)));
        } else {
            let its_leg = common::leg(&position, &market);
            let size = step_size(&market, &before, &its_leg, &position, NOW).unwrap();
            close(&mut purse, &mut held, &mut after, before.equity, size, NOW).unwrap();
            prop_assert!(common::health_not_lower(&before, &health(purse.0, &[(&held, &after)])));
        }
        prop_assert!(after.invariant());
    }
}

#[test]
fn parameters_of_any_value_are_refused_or_give_a_sound_market() {
    // Given every parameter at zero or at the end of its type
    let mut p = sol();
    (p.side_cap, p.skew_scale) = (0, 0);
    assert_eq!(Risk::new(&p), Err(EngineError::ParameterOutOfBounds));
    (p.side_cap, p.skew_scale) = (u64::MAX, u64::MAX);
    assert_eq!(Risk::new(&p), Err(EngineError::ParameterOutOfBounds));
    let mut p = sol();
    (p.volatility_floor_ppm, p.confidence_milli, p.horizon_s) = (u32::MAX, u32::MAX, u32::MAX);
    assert_eq!(Risk::new(&p), Err(EngineError::ParameterOutOfBounds));
    let mut p = sol();
    (p.charge_treasury_ppm, p.charge_flagger_ppm) = (u32::MAX, u32::MAX);
    assert_eq!(Risk::new(&p), Err(EngineError::ParameterOutOfBounds));
}
