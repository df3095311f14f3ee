//! What a market's constants were made of, by the parameters' names and in their units.
//!
//! Every constant is nearer to the one of the parameter that it was made of than to any other, so what was chosen comes
//! back. Confidence and horizon are one constant: nobody can tell them apart any more.

use plimsoll_client::engine::{
    risk::{RAMP_BITS, Risk},
    units::{Ratio, Reciprocal},
};

use crate::units::ratio_ppm;

/// A parameter.
pub struct Constant {
    /// Its name.
    pub name: &'static str,
    /// Its value in its unit.
    pub value: u64,
}

/// The unit of `confidence x sqrt(horizon)`.
pub const DEVIATIONS_UNIT: &str = "ppm of an hour's";
/// What it is.
pub const DEVIATIONS_MEANING: &str = "z sqrt(h): maintenance covers so many standard deviations of an hour's return";

const PPM: u128 = 1_000_000;
const DAY: u128 = 86_400;

/// All parameters, in the order of the wire.
pub fn constants(r: &Risk) -> Vec<Constant> {
    let ppm = |ratio| u64::from(ratio_ppm(ratio));
    let parts = r.charge_treasury.0.saturating_add(r.charge_flagger.0).saturating_add(r.charge_liquidator.0);
    let depth = half_inverse(r.impact_model);
    let values: [(&'static str, u64); 67] = [
        ("tick_exponent", r.tick_exponent.into()),
        ("volatility_floor_ppm", ppm(r.volatility_floor)),
        ("volatility_cap_ppm", ppm(r.volatility_cap)),
        ("volatility_tau_s", r.volatility_tau.into()),
        ("sample_interval_s", r.sample_interval.into()),
        ("notice_s", r.notice.into()),
        ("rise_ppm", ppm(r.rise)),
        ("confidence_milli, horizon_s", ppm(r.deviations)),
        ("key_horizon_s", key_horizon(r.key_deviations)),
        ("key_drift_ppm", ppm(r.key_drift)),
        ("close_cost_ppm", ppm(r.close_cost)),
        ("depth", depth),
        ("maintenance_floor_ppm", ppm(r.maintenance_floor_model)),
        ("maintenance_cap_ppm", ppm(r.maintenance_cap_model)),
        ("rho_ppm", near(PPM << Ratio::BITS, r.initial_multiple.0.into())),
        ("crowd_ppm", ppm(r.crowd)),
        ("open_interest_ramp_ppm", ramp(r)),
        ("profit_weight_ppm", ppm(r.profit_weight)),
        ("profit_cap", r.profit_cap.0),
        ("charge_treasury_ppm", ppm(r.charge_treasury)),
        ("charge_flagger_ppm", ppm(r.charge_flagger)),
        ("charge_liquidator_ppm", ppm(r.charge_liquidator)),
        ("charge_insurance_ppm", ppm(Ratio(r.charge.0.saturating_sub(parts)))),
        ("target_ppm", ppm(r.target)),
        ("minimum_step", r.minimum_step.0),
        ("minimum_position", r.minimum_position.0),
        ("skew_scale", half_inverse(r.skew)),
        ("side_cap", r.side_cap.0),
        ("position_cap", r.position_cap.0),
        ("spread_ppm", ppm(r.spread)),
        ("confidence_spread_ppm", ppm(r.confidence_spread)),
        ("fee_ppm", ppm(r.fee)),
        ("execution_fee", r.execution_fee.0),
        ("stress_ppm", ppm(r.stress)),
        ("coverage_ppm", ppm(r.coverage)),
        ("tolerance_ppm", ppm(r.tolerance)),
        ("max_price_age_s", r.max_price_age.into()),
        ("max_confidence_ppm", ppm(r.max_confidence)),
        ("band_ppm", ppm(r.band)),
        ("outage_gap_s", r.outage_gap.into()),
        ("outage_grace_s", r.outage_grace.into()),
        ("disagreement_s", r.disagreement.into()),
        ("silence_s", r.silence.into()),
        ("stale_ppm", ppm(r.stale)),
        ("cascade_window_s", r.cascade_window.into()),
        ("cascade_cap_ppm", ppm(r.cascade_cap)),
        ("funding_slope_ppm", per_day(r.funding_slope)),
        ("funding_cap_ppm", per_day(r.funding_cap)),
        ("adl_trigger_ppm", ppm(r.adl_trigger)),
        ("adl_target_ppm", ppm(r.adl_target)),
        ("settle_wait_s", r.settle_wait.into()),
        ("settle_deadline_s", r.settle_deadline.into()),
        ("lp_cooldown_s", r.lp_cooldown.into()),
        ("clock_lag_s", r.clock_lag.into()),
        ("order_delay_s", r.order_delay.into()),
        ("order_window_s", r.order_window.into()),
        ("entry_ttl_s", r.entry_ttl.into()),
        ("throttle_capacity", r.throttle_capacity.0),
        ("throttle_refill", r.throttle_refill.0),
        ("insurance_window_s", r.insurance_window.into()),
        ("insurance_cap", r.insurance_cap.0),
        ("minimum_lp_deposit", r.minimum_lp_deposit.0),
        ("venue_band_ppm", ppm(r.venue_band)),
        ("venue_fee_ppm", ppm(r.venue_fee)),
        ("ema_band_ppm", ppm(r.ema_band)),
        ("cascade_limit_ppm", ppm(r.cascade_limit)),
        ("skew_cap", r.skew_cap.0),
    ];
    let caps = [
        ("insurance_target", r.insurance_target.0),
        ("position_share_ppm", ppm(r.position_share)),
        ("position_floor", r.position_floor.0),
        ("depth_share_ppm", near(u128::from(r.depth_cap.0) * PPM, depth.into())),
    ];
    values.into_iter().chain(caps).map(|(name, value)| Constant { name, value }).collect()
}

/// The nearest whole number.
fn near(numerator: u128, denominator: u128) -> u64 {
    let nearest = (numerator + denominator / 2).checked_div(denominator);
    nearest.and_then(|value| u64::try_from(value).ok()).unwrap_or(u64::MAX)
}

/// What a reciprocal was made of.
fn half_inverse(reciprocal: Reciprocal) -> u64 {
    near(1 << (Reciprocal::BITS - 1), reciprocal.0.into())
}

/// A rate per second as one per day.
fn per_day(rate: u64) -> u64 {
    near((u128::from(rate) * DAY * PPM) >> 32, 1 << 32)
}

/// The growth of initial margin from an empty side to a full one.
fn ramp(risk: &Risk) -> u64 {
    let full = (u128::from(risk.open_interest_ramp) * u128::from(risk.side_cap.0)) >> (RAMP_BITS - Ratio::BITS);
    u64::from(ratio_ppm(Ratio(u64::try_from(full).unwrap_or(u64::MAX))))
}

/// `h` of `3 sqrt(h / hour)`.
fn key_horizon(deviations: Ratio) -> u64 {
    let squared = (u128::from(deviations.0) * u128::from(deviations.0)) >> Ratio::BITS;
    near(squared * 3_600, 9 << Ratio::BITS)
}
