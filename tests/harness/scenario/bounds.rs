//! What can be lost at most, from the parameters alone.

use super::Stage;

const MILLION: u128 = 1_000_000;

impl Stage {
    /// The most atoms that any accounts together can take out of the exchange beyond what they brought. The least of:
    ///
    /// - a side at its cap that gained the whole range of prices: one lot moved one tick is one atom;
    /// - a side as large as coverage lets it be, over the same range: `coverage x open interest` was at most net asset value
    ///   when it was opened, which was at most that of the start and all that these accounts brought;
    /// - a side as large as the smallest initial margin lets it be with all that they brought;
    /// - what the providers have, and what a window may draw on insurance.
    pub fn extractable(&self, brought: u64) -> u64 {
        let p = &self.parameters;
        let ticks = |price: f64| (price * 10f64.powi(p.tick_exponent.into())).round() as u128;
        let (low, high) = (ticks(self.range.0), ticks(self.range.1));
        let pool = u128::try_from(self.start.nav().expect("has a price").0).expect("is positive");
        let profit = |notional: u128| (notional * (high - low)).div_ceil(low);
        let capped = u128::from(p.side_cap) * (high - low);
        let covered = match p.coverage_ppm {
            0 => u128::MAX,
            coverage => profit((pool + u128::from(brought)) * MILLION / u128::from(coverage)),
        };
        let ratio = u128::from(p.maintenance_floor_ppm) * MILLION / u128::from(p.rho_ppm);
        let margined = profit(u128::from(brought) * MILLION / ratio);
        let shared = self.world.fund().shared.0 + self.paid;
        let insurance = u128::from(self.start.insurance_own.0) + u128::from(shared.min(p.insurance_cap));
        let most = capped.min(covered).min(margined).min(pool + insurance);
        println!("bounds: side cap {capped}, coverage {covered}, margin {margined}, pools {}", pool + insurance);
        u64::try_from(most).expect("fits")
    }

    /// The most that a window may draw on shared insurance, with the market's own.
    pub fn insured(&self) -> u64 {
        self.start.insurance_own.0 + self.parameters.insurance_cap
    }
}
