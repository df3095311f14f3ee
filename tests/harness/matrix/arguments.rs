//! Where arguments stand in an instruction's data, and their extremes.

/// How an argument is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Unsigned(usize),
    Signed(usize),
    Flag,
    Bytes(usize),
}

/// One argument.
#[derive(Clone, Debug)]
pub struct Argument {
    pub name: String,
    pub offset: usize,
    pub shape: Shape,
}

impl Shape {
    /// Bytes it takes.
    pub const fn width(self) -> usize {
        match self {
            Self::Unsigned(width) | Self::Signed(width) | Self::Bytes(width) => width,
            Self::Flag => 1,
        }
    }

    /// Its extremes, by the names of the table's columns.
    pub fn extremes(self) -> Vec<(&'static str, Vec<u8>)> {
        let width = self.width();
        let filled = |first: u8, middle: u8, last: u8| {
            let mut bytes = vec![middle; width];
            bytes[0] = first;
            if width > 1 {
                bytes[width - 1] = last;
            }
            bytes
        };
        let mut all = vec![("0", filled(0, 0, 0)), ("1", filled(1, 0, 0))];
        match self {
            Self::Unsigned(_) | Self::Flag | Self::Bytes(_) => all.push(("largest", filled(0xff, 0xff, 0xff))),
            Self::Signed(_) => {
                all.push(("largest", filled(0xff, 0xff, 0x7f)));
                all.push(("smallest", filled(0, 0, 0x80)));
            }
        }
        all
    }
}

/// Lays arguments out behind the discriminator.
pub fn lay_out(fields: &[(&str, Shape)]) -> Vec<Argument> {
    let mut offset = 1;
    let place = |(name, shape): &(&str, Shape)| {
        let argument = Argument { name: (*name).to_owned(), offset, shape: *shape };
        offset += shape.width();
        argument
    };
    fields.iter().map(place).collect()
}

/// The fields of a market's parameters in their order.
pub fn parameters() -> Vec<(&'static str, Shape)> {
    const WORD: Shape = Shape::Unsigned(4);
    const LONG: Shape = Shape::Unsigned(8);
    vec![
        ("tick_exponent", Shape::Unsigned(1)),
        ("volatility_floor_ppm", WORD),
        ("volatility_cap_ppm", WORD),
        ("volatility_tau_s", WORD),
        ("sample_interval_s", WORD),
        ("notice_s", WORD),
        ("rise_ppm", WORD),
        ("confidence_milli", WORD),
        ("horizon_s", WORD),
        ("key_horizon_s", WORD),
        ("key_drift_ppm", WORD),
        ("close_cost_ppm", WORD),
        ("depth", LONG),
        ("maintenance_floor_ppm", WORD),
        ("maintenance_cap_ppm", WORD),
        ("rho_ppm", WORD),
        ("crowd_ppm", WORD),
        ("open_interest_ramp_ppm", WORD),
        ("profit_weight_ppm", WORD),
        ("profit_cap", LONG),
        ("charge_treasury_ppm", WORD),
        ("charge_flagger_ppm", WORD),
        ("charge_liquidator_ppm", WORD),
        ("charge_insurance_ppm", WORD),
        ("target_ppm", WORD),
        ("minimum_step", LONG),
        ("minimum_position", LONG),
        ("skew_scale", LONG),
        ("side_cap", LONG),
        ("position_cap", LONG),
        ("spread_ppm", WORD),
        ("confidence_spread_ppm", WORD),
        ("fee_ppm", WORD),
        ("execution_fee", LONG),
        ("stress_ppm", WORD),
        ("coverage_ppm", WORD),
        ("tolerance_ppm", WORD),
        ("max_price_age_s", WORD),
        ("max_confidence_ppm", WORD),
        ("band_ppm", WORD),
        ("outage_gap_s", WORD),
        ("outage_grace_s", WORD),
        ("disagreement_s", WORD),
        ("silence_s", WORD),
        ("stale_ppm", WORD),
        ("cascade_window_s", WORD),
        ("cascade_cap_ppm", WORD),
        ("funding_slope_ppm", WORD),
        ("funding_cap_ppm", WORD),
        ("adl_trigger_ppm", WORD),
        ("adl_target_ppm", WORD),
        ("settle_wait_s", WORD),
        ("settle_deadline_s", WORD),
        ("lp_cooldown_s", WORD),
        ("clock_lag_s", WORD),
        ("order_delay_s", WORD),
        ("order_window_s", WORD),
        ("entry_ttl_s", WORD),
        ("throttle_capacity", LONG),
        ("throttle_refill", LONG),
        ("insurance_window_s", WORD),
        ("insurance_cap", LONG),
        ("minimum_lp_deposit", LONG),
        ("venue_band_ppm", WORD),
        ("venue_fee_ppm", WORD),
    ]
}
