//! Orders that shrink an account before it is under maintenance.
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

use common::{NOW, PRICE, USD, account::Account, cases, float, health_not_lower};
use plimsoll_engine::{
    EngineError, Result,
    market::status,
    protection::{Guarded, MAX_LEVEL, Protected, protect, require_level},
    trade::{Filled, Rest, fill},
    units::{Atoms, Lots, Ratio, Ticks},
};
use proptest::prelude::*;

/// Equity of one and a half times maintenance.
const LEVEL: Ratio = Ratio(3 << 31);

fn rest(account: &Account, leg: usize) -> Rest {
    let mut rest = Rest::default();
    for (place, (position, market)) in account.positions.iter().zip(&account.markets).enumerate() {
        if place != leg {
            rest.add(position, market, account.now).unwrap();
        }
    }
    rest
}

/// Asks for protection of an account by one of its legs.
fn ask(account: &Account, leg: usize, level: Ratio, flagged: bool, waiting: bool) -> Result<Protected> {
    let (survey, rest) = (account.survey()?, rest(account, leg));
    let leg = (leg, &account.positions[leg]);
    let guarded = Guarded { cash: account.cash, level, survey: &survey, rest: &rest, leg, flagged, waiting };
    protect(&guarded, &account.markets[leg.0], 5, account.now)
}

/// What the order does at the market's price.
fn filled(account: &Account, leg: usize, done: &Protected) -> Filled {
    let market = &account.markets[leg];
    let cash = account.cash.minus(done.order.fee).unwrap();
    fill(cash, &rest(account, leg), &account.positions[leg], market, &done.order, &market.price).unwrap()
}

fn ratio(account: &Account) -> f64 {
    let health = account.health();
    health.equity.0 as f64 / health.maintenance.0 as f64
}

/// A long of 100 SOL at $150 with equity of so many times its maintenance, which is about $205.
fn long(times: f64) -> Account {
    let account = Account::new(0, &[(100_000, PRICE)]);
    let maintenance = account.health().maintenance.0 as f64;
    Account { cash: Atoms((maintenance * times) as u64), ..account }
}

#[test]
fn a_level_is_zero_or_between_maintenance_and_twice_it() {
    for level in [Ratio::ZERO, Ratio(Ratio::ONE.0 + 1), LEVEL, MAX_LEVEL] {
        assert_eq!(require_level(level), Ok(()));
    }
    for level in [Ratio(1), Ratio::ONE, Ratio(MAX_LEVEL.0 + 1), Ratio(u64::MAX)] {
        assert_eq!(require_level(level), Err(EngineError::ParameterOutOfBounds));
    }
}

#[test]
fn the_order_brings_the_account_above_its_level_and_no_further_than_the_target() {
    let account = long(1.4);
    let done = ask(&account, 0, LEVEL, false, false).unwrap();
    let health = account.health();
    assert_eq!((done.equity, done.maintenance), (health.equity, health.maintenance));
    assert_eq!((done.order.reduce_only, done.order.trigger, done.order.sequence), (1, Ticks(0), 5));
    assert!(done.order.lots.is_negative());
    // Once filled equity is T times the level over maintenance: half a spread of confidence more or less.
    let after = filled(&account, 0, &done);
    let mut next = account.clone();
    (next.cash, next.positions[0], next.markets[0].book) = (after.cash, after.position, after.book);
    let aim = 1.5 * float(account.markets[0].risk.target);
    assert!((1.5..=aim + 0.02).contains(&ratio(&next)), "{} of {aim}", ratio(&next));
    assert_eq!(ask(&next, 0, LEVEL, false, false), Err(EngineError::ProtectionNotDue));
}

#[test]
fn it_is_due_between_maintenance_and_the_level_that_counts() {
    let due = |times: f64, level: Ratio| ask(&long(times), 0, level, false, false).is_ok();
    assert!(due(1.01, LEVEL) && due(1.49, LEVEL));
    assert!(!due(0.99, LEVEL) && !due(1.51, LEVEL) && !due(1.2, Ratio::ZERO));
    // Initial margin is what `rho` of it covers: no level counts beyond.
    let most = float(long(1.0).markets[0].risk.initial_multiple);
    assert!(due(most - 0.01, MAX_LEVEL) && !due(most + 0.01, MAX_LEVEL), "{most}");
    assert_eq!(ask(&long(0.99), 0, LEVEL, false, false), Err(EngineError::ProtectionNotDue));
    // Equity at the level itself is not below it, an atom less is
    let mut at = long(0.0);
    at.cash = LEVEL.mul_ceil(at.health().maintenance).unwrap();
    assert_eq!(ask(&at, 0, LEVEL, false, false), Err(EngineError::ProtectionNotDue));
    at.cash.0 -= 1;
    assert!(ask(&at, 0, LEVEL, false, false).is_ok());
}

#[test]
fn a_flag_and_a_waiting_order_come_first() {
    let account = long(1.4);
    assert_eq!(ask(&account, 0, LEVEL, true, false), Err(EngineError::AccountFlagged));
    assert_eq!(ask(&account, 0, LEVEL, false, true), Err(EngineError::OrderWaits));
}

#[test]
fn all_prices_must_be_fresh_and_the_market_trade() {
    let mut account = long(1.4);
    account.now = NOW + 31;
    assert_eq!(ask(&account, 0, LEVEL, false, false), Err(EngineError::PriceTooOld));
    let mut two = Account::new(0, &[(100_000, PRICE), (50_000, PRICE)]);
    two.cash = Atoms(two.health().maintenance.0 * 14 / 10);
    assert!(ask(&two, 0, LEVEL, false, false).is_ok());
    two.markets[1].price.publish_time = NOW - 31;
    assert_eq!(ask(&two, 0, LEVEL, false, false), Err(EngineError::PriceTooOld));
    let mut halted = long(1.4);
    halted.markets[0].status = status::HALTED;
    assert_eq!(ask(&halted, 0, LEVEL, false, false), Err(EngineError::MarketNotOpen));
}

#[test]
fn the_leg_is_the_one_that_would_be_liquidated() {
    let mut two = Account::new(0, &[(50_000, PRICE), (100_000, PRICE)]);
    two.cash = Atoms(two.health().maintenance.0 * 14 / 10);
    assert_eq!(ask(&two, 0, LEVEL, false, false), Err(EngineError::WrongLeg));
    assert!(ask(&two, 1, LEVEL, false, false).is_ok());
}

#[test]
fn the_limit_is_a_charge_away_on_the_losing_side() {
    let long = ask(&long(1.4), 0, LEVEL, false, false).unwrap().order;
    let account = Account::new(0, &[(-100_000, PRICE)]);
    let cash = Atoms(account.health().maintenance.0 * 14 / 10);
    let short = ask(&Account { cash, ..account }, 0, LEVEL, false, false).unwrap().order;
    let charge = 6_000 * PRICE / 1_000_000;
    assert_eq!((long.limit, short.limit), (Ticks(PRICE - charge), Ticks(PRICE + charge)));
    assert_eq!(short.lots, Lots(-long.lots.0));
}

#[test]
fn an_order_that_would_fail_or_cost_too_much_is_not_placed() {
    // A spread wider than the charge: the fill would not meet its limit.
    let mut wide = long(1.4);
    wide.markets[0].risk.spread = Ratio::from_ppm_ceil(7_000).unwrap();
    assert_eq!(ask(&wide, 0, LEVEL, false, false), Err(EngineError::LimitNotMet));
    // A fee for whoever executes that is larger than the charge of what is closed.
    let mut dear = long(1.49);
    dear.markets[0].risk.execution_fee = Atoms(50 * USD);
    assert_eq!(ask(&dear, 0, LEVEL, false, false), Err(EngineError::ProtectionNotDue));
    // Cash that does not pay the fee, because equity is a profit.
    let mut poor = Account::new(0, &[(100_000, PRICE - 2_900)]);
    poor.cash = Atoms(1);
    let times = ratio(&poor);
    assert!((1.0..1.5).contains(&times), "{times}");
    assert_eq!(ask(&poor, 0, LEVEL, false, false), Err(EngineError::InsufficientCash));
}

proptest! {
    #![proptest_config(cases(400))]

    /// Whatever the account: the order only reduces, health rises by it, its fee and its limit are bounded, and an error
    /// is the answer otherwise.
    #[test]
    fn it_does_its_owner_good(
        lots in prop::array::uniform2(-2_000_000_i64..2_000_000),
        entry in 130_000_u64..170_000,
        times in 100_u64..200,
        level in 101_u64..=200,
    ) {
        prop_assume!(lots.iter().all(|lots| lots.unsigned_abs() >= 200));
        let mut account = Account::new(0, &[(lots[0], entry), (lots[1], PRICE)]);
        let health = account.health();
        let wanted = health.maintenance.0 as i64 * times as i64 / 100 - health.equity.0;
        prop_assume!(wanted >= 0);
        account.cash = Atoms(wanted as u64);
        let level = Ratio((level << 32) / 100);
        for leg in 0..2 {
            let Ok(done) = ask(&account, leg, level, false, false) else { continue };
            let (order, risk) = (done.order, account.markets[leg].risk);
            let bound = risk.charge.mul_floor(order.lots.size().at(Ticks(PRICE)).unwrap()).unwrap();
            prop_assert!(order.fee <= bound && order.invariant());
            prop_assert!(order.lots.size() <= account.positions[leg].lots.size());
            prop_assert!((order.lots.0 > 0) == (account.positions[leg].lots.0 < 0));
            let after = filled(&account, leg, &done);
            let mut next = account.clone();
            (next.cash, next.positions[leg], next.markets[leg].book) = (after.cash, after.position, after.book);
            prop_assert!(health_not_lower(&account.health(), &next.health()));
            prop_assert!(!next.health().is_liquidatable());
        }
    }
}
