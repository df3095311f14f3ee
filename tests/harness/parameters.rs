//! Parameters that the tests and the demo use.

use plimsoll_client::engine::parameters::Parameters;

/// A SOL market: lot 0.001 SOL, tick $0.001. Without funding, so that amounts in tests are those of one formula.
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
        close_cost_ppm: 1_500,
        depth: 20_000_000_000_000,
        maintenance_floor_ppm: 12_500,
        maintenance_cap_ppm: 200_000,
        rho_ppm: 550_000,
        crowd_ppm: 10_000,
        open_interest_ramp_ppm: 500_000,
        profit_weight_ppm: 1_000_000,
        profit_cap: 1_000_000_000_000,
        charge_treasury_ppm: 3_500,
        charge_flagger_ppm: 500,
        charge_liquidator_ppm: 1_000,
        charge_insurance_ppm: 1_000,
        target_ppm: 1_100_000,
        minimum_step: 100,
        minimum_position: 100,
        skew_scale: 200_000_000_000,
        side_cap: 500_000_000,
        position_cap: 100_000_000,
        spread_ppm: 100,
        confidence_spread_ppm: 500_000,
        fee_ppm: 500,
        execution_fee: 10_000,
        stress_ppm: 100_000,
        coverage_ppm: 20_000,
        tolerance_ppm: 800_000,
        max_price_age_s: 15,
        max_confidence_ppm: 20_000,
        band_ppm: 5_000,
        outage_gap_s: 86_400,
        outage_grace_s: 120,
        disagreement_s: 600,
        silence_s: 604_800,
        stale_ppm: 200,
        cascade_window_s: 60,
        cascade_cap_ppm: 3_000_000,
        funding_slope_ppm: 0,
        funding_cap_ppm: 0,
        adl_trigger_ppm: 25_000,
        adl_target_ppm: 50_000,
        settle_wait_s: 60,
        settle_deadline_s: 604_800,
        lp_cooldown_s: 86_400,
        clock_lag_s: 1,
        order_delay_s: 3,
        order_window_s: 4,
        entry_ttl_s: 60,
        throttle_capacity: 20_000_000_000_000,
        throttle_refill: 1_000_000_000_000,
        insurance_window_s: 86_400,
        insurance_cap: 5_000_000_000_000,
        minimum_lp_deposit: 1_000_000_000,
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

/// The same with funding.
pub fn funded() -> Parameters {
    Parameters { funding_slope_ppm: 100_000, funding_cap_ppm: 50_000, ..sol() }
}

/// The SOL market of the demo: a pool of some thirty million dollars, two hundred traders and one keeper.
///
/// A partial close aims at 1.2 times maintenance and takes at least one SOL, so that small accounts are not shaved lot by
/// lot. Liquidation capacity is $200,000 at once and $10,000 a second, so that the fall uses it up now and then.
pub fn demo() -> Parameters {
    Parameters {
        target_ppm: 1_200_000,
        minimum_step: 1_000,
        minimum_position: 1_000,
        skew_scale: 50_000_000_000,
        side_cap: 150_000_000,
        position_cap: 20_000_000,
        throttle_capacity: 200_000_000_000,
        throttle_refill: 10_000_000_000,
        insurance_cap: 500_000_000_000,
        ..funded()
    }
}
