//! Random walks of the usual kind: returns are normal, independent and have no drift.

/// Seconds in a year.
const YEAR: f64 = 31_557_600.0;

/// A random walk.
#[derive(Clone, Copy, Debug)]
pub struct Walk {
    /// Dollars at the beginning.
    pub from: f64,
    /// Standard deviation of a year's logarithmic return.
    pub volatility: f64,
}

impl Walk {
    /// A market's, by its name: the price before the hour of 10 October 2025 that the crash plays, and about what it varies
    /// by in a year. An unknown one costs a hundred dollars.
    pub fn usual(market: &str) -> Self {
        let (from, volatility) = match market {
            "BTC" => (116_661.5, 0.45),
            "ETH" => (3_997.56, 0.65),
            "SOL" => (196.84, 0.80),
            _ => (100.0, 0.80),
        };
        Self { from, volatility }
    }

    /// The logarithmic return of so many seconds, by a standard normal number.
    pub fn step(&self, seconds: f64, normal: f64) -> f64 {
        let deviation = self.volatility * (seconds / YEAR).sqrt();
        deviation * normal - deviation * deviation / 2.0
    }
}
