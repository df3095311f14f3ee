//! Parameters and prices.

use plimsoll_engine::{
    parameters::Parameters,
    price::{Observation, Price},
    risk::Risk,
};
use serde_json::{Map, Value, json};

use crate::{In, input::Read, output, run::Outcome};

/// Derives the constants.
pub fn parameters(input: &In<'_>) -> Outcome {
    let risk = Risk::new(&input.at("parameters")?.parameters()?)?;
    let mut constants = Map::new();
    macro_rules! write {
        ($($wrapped:ident),*; $($plain:ident),*) => {
            $(constants.insert(stringify!($wrapped).to_owned(), Value::from(risk.$wrapped.0));)*
            $(constants.insert(stringify!($plain).to_owned(), Value::from(risk.$plain));)*
        };
    }
    write!(
        base_model, base, impact_model, impact, maintenance_floor, maintenance_floor_model, maintenance_cap,
        maintenance_cap_model, initial_multiple, crowd,
        cascade_multiple, profit_weight, profit_cap, deviations, key_deviations, close_cost, volatility_floor,
        volatility_cap, rise, band, stale, cascade_cap, adl_trigger, adl_target, key_scale, key_drift, charge,
        charge_treasury, charge_flagger, charge_liquidator, target, minimum_step, minimum_position, skew, side_cap,
        position_cap, max_price, spread, confidence_spread, fee, execution_fee, stress, coverage, tolerance,
        max_confidence, throttle_capacity, throttle_refill, insurance_cap, minimum_lp_deposit, venue_band, venue_fee,
        ema_band, cascade_limit, skew_cap, insurance_target, position_share, position_floor, depth_cap;
        open_interest_ramp, funding_slope, funding_cap, max_price_age, clock_lag, order_delay, order_window, entry_ttl,
        insurance_window, volatility_tau, sample_interval, notice, cascade_window, settle_wait, settle_deadline,
        lp_cooldown, outage_gap, outage_grace, disagreement, silence, tick_exponent
    );
    Ok(Value::Object(constants))
}

/// Converts an observation to ticks.
pub fn convert(input: &In<'_>) -> Outcome {
    let seen = input.at("observation")?;
    let observation = Observation {
        price: seen.i64("price")?,
        confidence: seen.u64("confidence")?,
        ema: seen.i64("ema")?,
        exponent: i32::try_from(seen.i64("exponent")?).map_err(|error| error.to_string())?,
        publish_time: seen.i64("publish_time")?,
        previous_publish_time: seen.i64("previous_publish_time")?,
    };
    Ok(output::price(&Price::convert(&input.risk()?, &observation)?))
}

/// Whether a price takes the place of the last.
pub fn accept(input: &In<'_>) -> Outcome {
    let (price, last) = (input.at("price")?.price()?, input.at("last")?.price()?);
    price.supersedes(&input.risk()?, &last, input.i64("now")?)?;
    Ok(json!({}))
}

/// Whether a price is young enough.
pub fn fresh(input: &In<'_>) -> Outcome {
    input.at("price")?.price()?.fresh(&input.risk()?, input.i64("now")?)?;
    Ok(json!({}))
}

impl In<'_> {
    /// What a market's administrator chose.
    pub fn parameters(&self) -> Read<Parameters> {
        macro_rules! read {
            ($($wide:ident),*; $($narrow:ident),*) => {
                Parameters {
                    tick_exponent: u8::try_from(self.u64("tick_exponent")?).map_err(|_| self.wrong("exponent"))?,
                    $($wide: self.u64(stringify!($wide))?,)*
                    $($narrow: self.u32(stringify!($narrow))?,)*
                }
            };
        }
        Ok(read!(
            depth, profit_cap, minimum_step, minimum_position, skew_scale, side_cap, position_cap, execution_fee,
            throttle_capacity, throttle_refill, insurance_cap, minimum_lp_deposit, skew_cap, insurance_target,
            position_floor;
            volatility_floor_ppm, volatility_cap_ppm, volatility_tau_s, sample_interval_s, notice_s, rise_ppm,
            confidence_milli, horizon_s, key_horizon_s, key_drift_ppm, close_cost_ppm, maintenance_floor_ppm,
            maintenance_cap_ppm, rho_ppm, crowd_ppm, open_interest_ramp_ppm, profit_weight_ppm, charge_treasury_ppm,
            charge_flagger_ppm, charge_liquidator_ppm, charge_insurance_ppm, target_ppm, spread_ppm,
            confidence_spread_ppm, fee_ppm, stress_ppm, coverage_ppm, tolerance_ppm, max_price_age_s,
            max_confidence_ppm, band_ppm, stale_ppm, cascade_window_s, cascade_cap_ppm, funding_slope_ppm,
            funding_cap_ppm, adl_trigger_ppm, adl_target_ppm, settle_wait_s, settle_deadline_s, lp_cooldown_s,
            outage_gap_s, outage_grace_s, disagreement_s, silence_s,
            clock_lag_s, order_delay_s, order_window_s, entry_ttl_s, insurance_window_s, venue_band_ppm, venue_fee_ppm,
            ema_band_ppm, cascade_limit_ppm, position_share_ppm, depth_share_ppm
        ))
    }
}
