//! A realistic SOL market and the accounts that trade in it.
//!
//! A lot is 0.001 SOL and a tick is $0.001, so a price of `150_000` ticks is $150 and one lot is worth $0.15.
#![allow(dead_code)]

pub mod account;

use plimsoll_engine::{
    Result,
    account::Health,
    book::Book,
    liquidation::{self, Step},
    margin::{LegHealth, leg_health},
    market::Market,
    parameters::Parameters,
    position::{LONG, Position, SHORT},
    price::Price,
    risk::Risk,
    units::{Atoms, Lots, Pnl, Ratio, Size, Ticks},
};
use proptest::test_runner::{Config, RngSeed};

/// The cluster time at which the tests begin.
pub const NOW: i64 = 1_760_000_000;
/// One dollar in atoms.
pub const USD: u64 = 1_000_000;
/// $150.
pub const PRICE: u64 = 150_000;

/// SOL as it would be listed: with breakers, shares and outages.
pub fn listed() -> Parameters {
    Parameters {
        ema_band_ppm: 100_000,
        cascade_limit_ppm: 2_000_000,
        skew_cap: 35_000_000,
        insurance_target: 50_000 * USD,
        position_share_ppm: 250_000,
        position_floor: 1_000_000,
        depth_share_ppm: 500_000,
        outage_gap_s: 60,
        ..sol()
    }
}

/// The same without these, so that each test meets one limit.
pub fn sol() -> Parameters {
    Parameters {
        tick_exponent: 3,
        volatility_floor_ppm: 12_000,
        volatility_cap_ppm: 1_000_000,
        volatility_tau_s: 86_400,
        sample_interval_s: 60,
        notice_s: 86_400,
        rise_ppm: 20_000,
        confidence_milli: 4_000,
        horizon_s: 60,
        key_horizon_s: 60,
        key_drift_ppm: 350_000,
        close_cost_ppm: 6_000,
        depth: 5_000_000 * USD,
        maintenance_floor_ppm: 12_500,
        maintenance_cap_ppm: 200_000,
        rho_ppm: 550_000,
        crowd_ppm: 100_000,
        open_interest_ramp_ppm: 500_000,
        profit_weight_ppm: 1_000_000,
        profit_cap: 1_000_000 * USD,
        charge_treasury_ppm: 3_500,
        charge_flagger_ppm: 500,
        charge_liquidator_ppm: 1_000,
        charge_insurance_ppm: 1_000,
        target_ppm: 1_100_000,
        minimum_step: 50,
        minimum_position: 100,
        skew_scale: 20_000_000_000,
        side_cap: 70_000_000,
        position_cap: 20_000_000,
        spread_ppm: 400,
        confidence_spread_ppm: 250_000,
        fee_ppm: 500,
        execution_fee: 20_000,
        stress_ppm: 200_000,
        coverage_ppm: 20_000,
        tolerance_ppm: 800_000,
        max_price_age_s: 30,
        max_confidence_ppm: 20_000,
        band_ppm: 5_000,
        outage_gap_s: 60,
        outage_grace_s: 120,
        disagreement_s: 600,
        silence_s: 604_800,
        stale_ppm: 200,
        cascade_window_s: 60,
        cascade_cap_ppm: 3_000_000,
        funding_slope_ppm: 100_000,
        funding_cap_ppm: 50_000,
        adl_trigger_ppm: 25_000,
        adl_target_ppm: 50_000,
        settle_wait_s: 60,
        settle_deadline_s: 604_800,
        lp_cooldown_s: 86_400,
        clock_lag_s: 1,
        order_delay_s: 3,
        order_window_s: 5,
        entry_ttl_s: 30,
        throttle_capacity: 1_000_000 * USD,
        throttle_refill: 20_000 * USD,
        insurance_window_s: 86_400,
        insurance_cap: 100_000 * USD,
        minimum_lp_deposit: 1_000 * USD,
        venue_band_ppm: 5_000,
        venue_fee_ppm: 100,
        ema_band_ppm: 10_000_000,
        cascade_limit_ppm: 11_000_000,
        skew_cap: 1 << 55,
        insurance_target: 0,
        position_share_ppm: 1_000_000,
        position_floor: 0,
        depth_share_ppm: 1_000_000_000,
    }
}

/// The binary constants of parameters that are within bounds.
pub fn risk_of(parameters: &Parameters) -> Risk {
    Risk::new(parameters).expect("parameters within bounds")
}

/// A price without uncertainty whose average agrees.
pub fn price(oracle: u64) -> Price {
    Price {
        oracle: Ticks(oracle),
        confidence: Ticks(0),
        ema: Ticks(oracle),
        publish_time: NOW,
        previous_publish_time: NOW - 1,
    }
}

/// A market at a price, with a treasury.
pub fn market_of(parameters: &Parameters, oracle: u64, treasury: u64) -> Market {
    let mut market = Market::new(risk_of(parameters), NOW).expect("market");
    market.price = price(oracle);
    market.book.treasury = Atoms(treasury);
    market
}

/// SOL at $150 with $20M of liquidity.
pub fn sol_market() -> Market {
    market_of(&sol(), PRICE, 20_000_000 * USD)
}

/// A position of `lots` entered at `entry`, counted in the market's totals.
pub fn hold(market: &mut Market, lots: i64, entry: u64) -> Position {
    let cost = Lots(lots).at(Ticks(entry)).expect("cost");
    hold_at_cost(market, lots, cost)
}

/// The same with a given cost.
pub fn hold_at_cost(market: &mut Market, lots: i64, cost: Pnl) -> Position {
    let mut position = Position::default();
    market.book.novate(&mut position, Lots(lots), cost).expect("novate");
    assert!(position.invariant());
    position
}

/// A claim without lots on `market`.
pub fn claim(market: &mut Market, amount: i64, long: bool) -> Position {
    let position = Position { cost: Pnl(-amount), side: if long { LONG } else { SHORT }, ..Position::default() };
    market.book.attach(&position).expect("attach");
    position
}

/// A leg at its market's price.
pub fn leg(position: &Position, market: &Market) -> LegHealth {
    leg_health(position, market, market.price.oracle).expect("leg")
}

/// Closes at the market's own price.
pub fn close(
    cash: &mut Atoms,
    position: &mut Position,
    market: &mut Market,
    equity: Pnl,
    size: Size,
    now: i64,
) -> Result<Step> {
    let price = market.price.oracle;
    liquidation::close(cash, position, market, equity, size, price, now)
}

/// An account's maintenance.
pub fn health(cash: u64, legs: &[(&Position, &Market)]) -> Health {
    let mut health = Health::of_cash(Atoms(cash)).expect("cash");
    for (position, market) in legs {
        health.add(&leg(position, market)).expect("add");
    }
    health
}

/// Net asset value at the market's own price.
pub fn nav(market: &Market) -> i64 {
    market.nav().expect("nav").0
}

/// Profit or loss at the market's price.
pub fn pnl(position: &Position, market: &Market) -> i64 {
    position.pnl(market.price.oracle).expect("pnl").0
}

/// What a book holds in tokens: treasury and fees.
pub fn tokens(book: &Book) -> i128 {
    i128::from(book.treasury.0) + i128::from(book.fees.0)
}

/// `E / MM` of `after` is at least that of `before`, in exact arithmetic of its own.
pub fn health_not_lower(before: &Health, after: &Health) -> bool {
    let product = |e: Pnl, mm: Atoms| i128::from(e.0) * i128::from(mm.0);
    after.maintenance.0 == 0 || product(after.equity, before.maintenance) >= product(before.equity, after.maintenance)
}

/// A ratio as a float, for comparison with formulas.
pub fn float(ratio: Ratio) -> f64 {
    ratio.0 as f64 / 4_294_967_296.0
}

/// A fixed seed and `cases` cases: the same run every time; the seed is printed with a failure. Where the tests run once
/// for every mutant, `PLIMSOLL_CASES_DIVISOR` says how many times fewer cases are enough.
pub fn cases(cases: u32) -> Config {
    let divisor = std::env::var("PLIMSOLL_CASES_DIVISOR").map_or(1, |n| n.parse().expect("a number"));
    Config {
        cases: (cases / divisor).max(20),
        rng_seed: RngSeed::Fixed(0x506c_696d_736f_6c6c),
        failure_persistence: None,
        max_global_rejects: 65_536,
        ..Config::default()
    }
}
