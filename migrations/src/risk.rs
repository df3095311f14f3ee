//! Where a market's constants differ from those that the engine makes of a plan's parameters.
//!
//! A market does not store its parameters, only what follows from them. Both sides are compared in that form. What is shown
//! is the constant in the parameter's own unit, rounded.

use plimsoll_client::engine::{
    bounds::{ROWS, values},
    parameters::Parameters,
    risk::{RAMP_BITS, Risk},
    units::{Ratio, Reciprocal},
};

use crate::report::{Difference, Remedy, grouped};

/// A million, for parts of it.
const PPM: u128 = 1_000_000;
/// Seconds of a day.
const DAY: u128 = 86_400;

/// A constant, and the parameters that it is made of.
struct Constant {
    parameters: &'static [&'static str],
    /// Its value in the parameter's unit where it is made of one, else whatever tells it from others.
    of: fn(&Risk) -> u128,
}

macro_rules! constants {
    ($($($name:ident),+: $of:expr;)*) => {
        &[$(Constant { parameters: &[$(stringify!($name)),+], of: $of }),*]
    };
}

/// All that is chosen. What is measured, in force for now or remembered is not compared.
const CONSTANTS: &[Constant] = constants! {
    tick_exponent: |r| r.tick_exponent.into();
    volatility_floor_ppm: |r| ppm(r.volatility_floor);
    volatility_cap_ppm: |r| ppm(r.volatility_cap);
    volatility_tau_s: |r| r.volatility_tau.into();
    sample_interval_s: |r| r.sample_interval.into();
    notice_s: |r| r.notice.into();
    rise_ppm: |r| ppm(r.rise);
    confidence_milli, horizon_s: |r| r.deviations.0.into();
    key_horizon_s: |r| key_horizon(r.key_deviations);
    key_drift_ppm: |r| ppm(r.key_drift);
    close_cost_ppm: |r| ppm(r.close_cost);
    depth: depth;
    maintenance_floor_ppm: |r| ppm(r.maintenance_floor_model);
    maintenance_cap_ppm: |r| ppm(r.maintenance_cap_model);
    rho_ppm: |r| near(PPM << Ratio::BITS, r.initial_multiple.0.into());
    crowd_ppm: |r| ppm(r.crowd);
    open_interest_ramp_ppm: ramp;
    profit_weight_ppm: |r| ppm(r.profit_weight);
    profit_cap: |r| r.profit_cap.0.into();
    charge_treasury_ppm: |r| ppm(r.charge_treasury);
    charge_flagger_ppm: |r| ppm(r.charge_flagger);
    charge_liquidator_ppm: |r| ppm(r.charge_liquidator);
    charge_insurance_ppm: |r| {
        ppm(Ratio(r.charge.0 - r.charge_treasury.0 - r.charge_flagger.0 - r.charge_liquidator.0))
    };
    target_ppm: |r| ppm(r.target);
    minimum_step: |r| r.minimum_step.0.into();
    minimum_position: |r| r.minimum_position.0.into();
    skew_scale: |r| half_inverse(r.skew);
    side_cap: |r| r.side_cap.0.into();
    position_cap: |r| r.position_cap.0.into();
    spread_ppm: |r| ppm(r.spread);
    confidence_spread_ppm: |r| ppm(r.confidence_spread);
    fee_ppm: |r| ppm(r.fee);
    execution_fee: |r| r.execution_fee.0.into();
    stress_ppm: |r| ppm(r.stress);
    coverage_ppm: |r| ppm(r.coverage);
    tolerance_ppm: |r| ppm(r.tolerance);
    max_price_age_s: |r| r.max_price_age.into();
    max_confidence_ppm: |r| ppm(r.max_confidence);
    band_ppm: |r| ppm(r.band);
    outage_gap_s: |r| r.outage_gap.into();
    outage_grace_s: |r| r.outage_grace.into();
    disagreement_s: |r| r.disagreement.into();
    silence_s: |r| r.silence.into();
    stale_ppm: |r| ppm(r.stale);
    cascade_window_s: |r| r.cascade_window.into();
    cascade_cap_ppm: |r| ppm(r.cascade_cap);
    funding_slope_ppm: |r| per_day(r.funding_slope);
    funding_cap_ppm: |r| per_day(r.funding_cap);
    adl_trigger_ppm: |r| ppm(r.adl_trigger);
    adl_target_ppm: |r| ppm(r.adl_target);
    settle_wait_s: |r| r.settle_wait.into();
    settle_deadline_s: |r| r.settle_deadline.into();
    lp_cooldown_s: |r| r.lp_cooldown.into();
    clock_lag_s: |r| r.clock_lag.into();
    order_delay_s: |r| r.order_delay.into();
    order_window_s: |r| r.order_window.into();
    entry_ttl_s: |r| r.entry_ttl.into();
    throttle_capacity: |r| r.throttle_capacity.0.into();
    throttle_refill: |r| r.throttle_refill.0.into();
    insurance_window_s: |r| r.insurance_window.into();
    insurance_cap: |r| r.insurance_cap.0.into();
    minimum_lp_deposit: |r| r.minimum_lp_deposit.0.into();
    venue_band_ppm: |r| ppm(r.venue_band);
    venue_fee_ppm: |r| ppm(r.venue_fee);
    ema_band_ppm: |r| ppm(r.ema_band);
    cascade_limit_ppm: |r| ppm(r.cascade_limit);
    skew_cap: |r| r.skew_cap.0.into();
    insurance_target: |r| r.insurance_target.0.into();
    position_share_ppm: |r| ppm(r.position_share);
    position_floor: |r| r.position_floor.0.into();
    depth_share_ppm: |r| near(u128::from(r.depth_cap.0) * PPM, depth(r));
};

/// Differences by the names of the parameters.
pub(crate) fn differences(market: &str, chain: &Risk, plan: &Parameters) -> Vec<Difference> {
    // A plan's parameters were checked when it was read.
    let Ok(planned) = Risk::new(plan) else { return Vec::new() };
    let others = CONSTANTS.iter().filter(|constant| (constant.of)(chain) != (constant.of)(&planned));
    others.map(|constant| difference(market, constant, chain, plan)).collect()
}

fn difference(market: &str, constant: &Constant, chain: &Risk, plan: &Parameters) -> Difference {
    let names = constant.parameters;
    let value = |name: &&str| ROWS.iter().zip(values(plan)).find(|(row, _)| row.name == *name).map(|(_, value)| value);
    let planned: Vec<String> = names.iter().filter_map(value).map(|value| grouped(value.into())).collect();
    let found = match names {
        ["confidence_milli", "horizon_s"] => deviations(chain.deviations),
        // What a reciprocal was made of has no more digits than it.
        ["depth"] | ["skew_scale"] => grouped(significant((constant.of)(chain))),
        _ => grouped((constant.of)(chain)),
    };
    Difference {
        subject: format!("market {market}"),
        name: names.join(", "),
        chain: found,
        plan: planned.join(", "),
        // A lot and a tick are what positions are counted in.
        remedy: if names == ["tick_exponent"] { Remedy::Never } else { Remedy::Propose },
    }
}

/// What is known of confidence and horizon together: one number for both.
fn deviations(value: Ratio) -> String {
    let thousandths = near(u128::from(value.0) * 1_000, 1 << Ratio::BITS);
    format!("{} x sqrt(hours) in all", grouped(thousandths))
}

/// The first nine digits of a number, rounded.
fn significant(number: u128) -> u128 {
    let digits = number.checked_ilog10().unwrap_or(0) + 1;
    let unit = 10_u128.pow(digits.saturating_sub(9));
    near(number, unit) * unit
}

/// The nearest whole number.
fn near(numerator: u128, denominator: u128) -> u128 {
    (numerator + denominator / 2).checked_div(denominator).unwrap_or(u128::MAX)
}

/// A ratio in parts per million: nearer to the one it was made of than to any other.
fn ppm(ratio: Ratio) -> u128 {
    near(u128::from(ratio.0) * PPM, 1 << Ratio::BITS)
}

/// A rate per second in parts per million a day.
fn per_day(rate: u64) -> u128 {
    near((u128::from(rate) * DAY * PPM) >> 32, 1 << 32)
}

/// Growth of initial margin to a full side, of which a lot's part is stored.
fn ramp(risk: &Risk) -> u128 {
    let full = (u128::from(risk.open_interest_ramp) * u128::from(risk.side_cap.0)) >> (RAMP_BITS - Ratio::BITS);
    (full * PPM) >> Ratio::BITS
}

/// What a reciprocal was made of, as far as its bits tell.
fn half_inverse(reciprocal: Reciprocal) -> u128 {
    near(1 << (Reciprocal::BITS - 1), reciprocal.0.into())
}

fn depth(risk: &Risk) -> u128 {
    half_inverse(risk.impact_model)
}

/// `h` of `3 sqrt(h / hour)`.
fn key_horizon(deviations: Ratio) -> u128 {
    let squared = (u128::from(deviations.0) * u128::from(deviations.0)) >> Ratio::BITS;
    near(squared * 3_600, 9 << Ratio::BITS)
}

#[cfg(test)]
mod tests;
