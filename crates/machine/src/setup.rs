//! Where a scenario begins: parameters of its markets, who has how much, and whether prices move at all.

use plimsoll_engine::parameters::Parameters;

/// One dollar in atoms.
pub const USD: u64 = 1_000_000;
/// Cluster time at which every scenario begins.
pub const START: i64 = 1_760_000_000;

/// A scenario's beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setup {
    /// Whether the price never changes: then nobody may win anything at all (I-10).
    pub flat: bool,
    /// Which parameters.
    pub variant: u8,
    /// How deep the pool is.
    pub depth: u8,
}

impl Setup {
    /// Bytes of an encoded setup.
    pub const BYTES: usize = 3;

    /// The setup that bytes stand for.
    pub fn decode(bytes: [u8; Self::BYTES]) -> Self {
        let [flat, variant, depth] = bytes;
        Self { flat: flat % 4 == 0, variant: variant % 6, depth: depth % 4 }
    }

    /// As a line of a scenario file.
    pub fn text(&self) -> String {
        format!("setup {} {} {}", u8::from(self.flat), self.variant, self.depth)
    }

    /// From a line of a scenario file.
    pub fn parse(line: &str) -> Result<Self, String> {
        let numbers: Vec<u8> = line.split_whitespace().skip(1).filter_map(|word| word.parse().ok()).collect();
        match numbers[..] {
            [flat, variant, depth] if line.starts_with("setup ") => Ok(Self { flat: flat != 0, variant, depth }),
            _ => Err(format!("not a setup: {line:?}")),
        }
    }

    /// The price at which a market begins, in ticks.
    pub fn price(&self, market: usize) -> u64 {
        [150_000, 2_500, 9_000_001][market % 3]
    }

    /// Whether a market has a second source.
    pub fn has_second(&self, market: usize) -> bool {
        market == 2 && self.variant % 2 == 1
    }

    /// What the honest provider has put into each market.
    pub fn liquidity(&self) -> u64 {
        [20_000_000, 1_000_000, 100_000, 5_000][usize::from(self.depth % 4)] * USD
    }

    /// What the honest staker has put into insurance.
    pub fn insurance(&self) -> u64 {
        [1_000_000, 50_000, 10_000, 100][usize::from(self.depth % 4)] * USD
    }

    /// The parameters of a market.
    pub fn parameters(&self, market: usize) -> Parameters {
        let mut p = base();
        match self.variant {
            1 => {
                // Hardly any capacity, so that accounts wait, and a slow refill.
                p.throttle_capacity = 20_000 * USD;
                p.throttle_refill = 200 * USD;
                p.tolerance_ppm = 1_000_000;
            }
            2 => {
                // A shallow book: impact rules the margin, and the skew curve is as steep as the charge allows.
                p.depth = 1_500 * USD;
                p.maintenance_cap_ppm = 500_000;
                p.skew_scale = 2_000_000_000;
                p.side_cap = 7_000_000;
                p.position_cap = 7_000_000;
            }
            3 => {
                // No cost that a market can do without.
                p.spread_ppm = 0;
                p.confidence_spread_ppm = 0;
                p.fee_ppm = 0;
                p.execution_fee = 0;
                p.close_cost_ppm = 0;
                p.crowd_ppm = 0;
                p.open_interest_ramp_ppm = 0;
            }
            4 => {
                // Profits count little, insurance is capped tightly, coverage is thin.
                p.profit_weight_ppm = 500_000;
                p.profit_cap = 1_000 * USD;
                p.insurance_cap = 1_000 * USD;
                p.insurance_window_s = 60;
                p.stress_ppm = 50_000;
                p.coverage_ppm = 0;
                p.adl_target_ppm = 40_000;
            }
            5 => {
                // Odd ratios, so that nothing rounds by luck.
                p.charge_treasury_ppm = 3_507;
                p.charge_flagger_ppm = 333;
                p.charge_liquidator_ppm = 777;
                p.charge_insurance_ppm = 1_001;
                p.spread_ppm = 333;
                p.fee_ppm = 77;
                p.minimum_step = 7;
                p.minimum_position = 13;
                p.target_ppm = 1_333_333;
                p.execution_fee = 1;
            }
            _ => {}
        }
        if self.depth == 3 {
            // Hardly any coverage is asked for, so that a pool can owe more than it has.
            p.stress_ppm = 10_000;
            p.coverage_ppm = 0;
            p.adl_trigger_ppm = 1_000;
            p.adl_target_ppm = 10_000;
        }
        if market % 3 == 1 {
            p.tick_exponent = 4;
            p.volatility_floor_ppm = 30_000;
            p.maintenance_floor_ppm = 25_000;
        }
        p
    }
}

/// A liquid market, with its caps scaled to the money that plays here.
fn base() -> Parameters {
    Parameters {
        tick_exponent: 3,
        volatility_floor_ppm: 12_000,
        volatility_cap_ppm: 1_000_000,
        volatility_tau_s: 86_400,
        sample_interval_s: 60,
        notice_s: 3_600,
        rise_ppm: 200_000,
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
        outage_gap_s: 86_400,
        outage_grace_s: 120,
        disagreement_s: 600,
        silence_s: 604_800,
        stale_ppm: 200,
        cascade_window_s: 60,
        cascade_cap_ppm: 3_000_000,
        funding_slope_ppm: 10_000_000,
        funding_cap_ppm: 2_400_000,
        adl_trigger_ppm: 25_000,
        adl_target_ppm: 50_000,
        settle_wait_s: 60,
        settle_deadline_s: 3_600,
        lp_cooldown_s: 3_600,
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
