//! The order, checked from outside: the key in floating point from the formula as the specification writes it, and the
//! queue's eligible entries in a plain loop. Nothing here calls the engine.

use plimsoll_tests::{
    Address,
    engine::{market::Market, parameters::Parameters, position::Position, queue::Queue},
    state::MarginAccount,
};

/// Largest error of the engine's table, over the account's size in stressed moves.
const TABLE_ERROR: f64 = 3.5e-6;
/// The same of its binary ratios.
const RATIO_ERROR: f64 = 2e-7;

/// What should happen to a liquidation, decided before it is sent.
#[derive(Clone, Copy, Debug)]
pub struct Verdict {
    /// The account's key.
    pub key: f64,
    /// How far the program's may be from it.
    pub slack: f64,
    /// Largest key among the other eligible entries.
    pub largest: u64,
    /// The share of it that the key must reach, in ppm.
    pub tolerance_ppm: u32,
}

impl Verdict {
    /// Whether a liquidation with this key, as the program reported it, breaks the order.
    pub fn is_broken_by(&self, key: u64) -> bool {
        let apart = (key as f64 - self.key).abs() > self.slack;
        apart || u128::from(key) * 1_000_000 < u128::from(self.largest) * u128::from(self.tolerance_ppm)
    }

    /// Whether a refusal with `NotWorstFirst` was wrong.
    pub fn forbids_refusal(&self) -> bool {
        (self.key - self.slack) * 1e6 > self.largest as f64 * f64::from(self.tolerance_ppm)
    }
}

/// Judges the liquidation of an account with one leg, in this market, now.
pub fn judge(
    p: &Parameters,
    market: &Market,
    queue: &Queue,
    (own, margin): (&Address, &MarginAccount),
    (slot, time): (u64, i64),
) -> Verdict {
    let price = market.price.oracle.0;
    let has_capacity = has_capacity(p, market, time);
    let mut largest = 0;
    for place in 0..queue.accounts.len() {
        let account = Address::new_from_array(queue.accounts[place]);
        let waits = !has_capacity && queue.urgent[place] == 0;
        let live = time - queue.refreshed[place] <= i64::from(p.entry_ttl_s);
        let eligible = account != Address::default() && queue.first_slots[place] < slot && live && !waits;
        if eligible && account != *own {
            largest = u64::max(largest, queue.keys[place]);
        }
    }
    let position = margin.legs.iter().find(|leg| !leg.is_free()).map(|leg| leg.position).unwrap_or_default();
    let notional = position.lots.0.unsigned_abs() as f64 * price as f64;
    let profit = i128::from(position.lots.0) * i128::from(price) - i128::from(position.cost.0);
    let equity = (i128::from(margin.cash.0) + profit - funding(market, &position)) as f64;
    let stress = notional * 3.0 * volatility(p, market) * (f64::from(p.key_horizon_s) / 3_600.0).sqrt();
    let drift = f64::from(p.key_drift_ppm) * 1e-6;
    let key = cost_of_waiting(stress, drift, equity, maintenance(p, notional));
    let inside_table = (equity - drift * stress).abs() < 2.0 * stress;
    let slack = 2.0 + stress * if inside_table { TABLE_ERROR } else { RATIO_ERROR };
    Verdict { key, slack, largest, tolerance_ppm: p.tolerance_ppm }
}

/// Funding that a position owes since it was last charged, up. Nobody is deleveraged here.
fn funding(market: &Market, position: &Position) -> i128 {
    let side = if position.side == 0 { &market.book.long } else { &market.book.short };
    let index = |[low, high]: [u64; 2]| (i128::from(high.cast_signed()) << 64) | i128::from(low);
    let moved = index(side.indices.funding.halves) - index(position.indices.funding.halves);
    let owed = i128::from(position.lots.0.unsigned_abs()) * moved;
    -((-owed) >> 32)
}

/// The standard deviation over one hour, within its bounds. Maintenance does not follow it: its notice is longer than the
/// demo, and what is in force begins at the floor.
fn volatility(p: &Parameters, market: &Market) -> f64 {
    let measured = (market.volatility.variance as f64).sqrt() / 2f64.powi(32);
    measured.clamp(f64::from(p.volatility_floor_ppm) * 1e-6, f64::from(p.volatility_cap_ppm) * 1e-6)
}

/// Whether the refilled throttle has room for a minimum step.
fn has_capacity(p: &Parameters, market: &Market, time: i64) -> bool {
    let refill = i128::from(p.throttle_refill) * i128::from(time - market.throttle.updated);
    let capacity = (i128::from(market.throttle.capacity.0) + refill).min(i128::from(p.throttle_capacity));
    capacity >= i128::from(p.minimum_step * market.price.oracle.0).min(i128::from(p.throttle_capacity))
}

/// `N x clamp(z sigma sqrt(h) + cost + N / (2 depth), floor, cap)`.
fn maintenance(p: &Parameters, notional: f64) -> f64 {
    let horizon = (f64::from(p.horizon_s) / 3_600.0).sqrt();
    let buffer = f64::from(p.confidence_milli) * 1e-3 * f64::from(p.volatility_floor_ppm) * 1e-6 * horizon;
    let ratio = buffer + f64::from(p.close_cost_ppm) * 1e-6 + notional / (2.0 * p.depth as f64);
    let bounds = (f64::from(p.maintenance_floor_ppm) * 1e-6, f64::from(p.maintenance_cap_ppm) * 1e-6);
    notional * ratio.clamp(bounds.0, bounds.1)
}

/// `S w(E / S) + clamp(MM - E, 0, MM) / 2^16` with `w(x) = L(3 (x - a)) / 3 - max(0, -x)`.
fn cost_of_waiting(stress: f64, drift: f64, equity: f64, maintenance: f64) -> f64 {
    let shortfall = (maintenance - equity).clamp(0.0, maintenance) / 65_536.0;
    if stress == 0.0 {
        return shortfall;
    }
    let x = equity / stress;
    stress * (normal_loss(3.0 * (x - drift)) / 3.0 - (-x).max(0.0)) + shortfall
}

/// `L(z) = pdf(z) - z (1 - cdf(z))`: the tail's integral by Simpson's rule.
fn normal_loss(z: f64) -> f64 {
    const STEPS: usize = 400;
    let pdf = |t: f64| (-t * t / 2.0).exp() / std::f64::consts::TAU.sqrt();
    if z < 0.0 {
        return normal_loss(-z) - z;
    }
    // L(z) is the integral of (t - z) pdf(t) from z on.
    let width = 10.0 / STEPS as f64;
    let at = |n: usize| (n as f64 * width) * pdf(z + n as f64 * width);
    let inner: f64 = (1..STEPS).map(|n| at(n) * if n % 2 == 1 { 4.0 } else { 2.0 }).sum();
    (at(0) + inner + at(STEPS)) * width / 3.0
}
