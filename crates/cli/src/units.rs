//! From what people write to lots, ticks and atoms, and back.

use plimsoll_client::{engine::units::Ratio, state::Market};

pub use crate::decimal::text;
use crate::{decimal::Decimal, failure::Failure};

/// Decimals of the quote token.
const QUOTE: i32 = 6;

/// A market's name and its units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Units {
    /// What people call it.
    pub name: String,
    /// A lot is `10^-size_decimals` of the base asset.
    pub size_decimals: i32,
    /// A tick is `10^-price_decimals` of the quote token.
    pub price_decimals: i32,
}

impl Units {
    /// Those of a market.
    pub fn of(name: impl Into<String>, market: &Market) -> Self {
        let price_decimals = i32::try_from(market.core.risk.tick_exponent).unwrap_or(QUOTE);
        Self { name: name.into(), size_decimals: QUOTE - price_decimals, price_decimals }
    }

    /// A size in lots.
    pub fn lots(&self, option: &str, size: Decimal) -> Result<u64, Failure> {
        let lots = size.units(self.size_decimals).map_err(|error| Failure::amount(option, &error))?;
        if lots == 0 { Err(Failure::usage(format!("{option}: the size is zero"))) } else { Ok(lots) }
    }

    /// A price in ticks.
    pub fn ticks(&self, option: &str, price: Decimal) -> Result<u64, Failure> {
        let ticks = price.units(self.price_decimals).map_err(|error| Failure::amount(option, &error))?;
        if ticks == 0 { Err(Failure::usage(format!("{option}: the price is zero"))) } else { Ok(ticks) }
    }

    /// A signed size with its asset: `2.500 SOL`.
    pub fn size(&self, lots: impl Into<i128>) -> String {
        format!("{} {}", text(lots, self.size_decimals), self.name)
    }

    /// A size without its asset.
    pub fn bare_size(&self, lots: impl Into<i128>) -> String {
        text(lots, self.size_decimals)
    }

    /// A price.
    pub fn price(&self, ticks: u64) -> String {
        text(i128::from(ticks), self.price_decimals)
    }

    /// A price that there may not be.
    pub fn price_or_none(&self, ticks: Option<u64>) -> String {
        ticks.map_or_else(|| "none".into(), |ticks| self.price(ticks))
    }
}

/// An amount of the quote token in atoms.
pub fn atoms(option: &str, amount: Decimal) -> Result<u64, Failure> {
    let atoms = amount.units(QUOTE).map_err(|error| Failure::amount(option, &error))?;
    if atoms == 0 { Err(Failure::usage(format!("{option}: the amount is zero"))) } else { Ok(atoms) }
}

/// Atoms as dollars to the cent, down: it never shows more than there is.
pub fn usd(atoms: impl Into<i128>) -> String {
    let cents = atoms.into().div_euclid(10_000);
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}${}", text(cents.abs(), 2))
}

/// Atoms with all six decimals.
pub fn exact(atoms: impl Into<i128>) -> String {
    text(atoms, QUOTE)
}

/// Atoms as thousands, millions or billions of dollars, down.
pub fn brief(atoms: impl Into<i128>) -> String {
    let atoms = atoms.into();
    let (sign, size) = (if atoms < 0 { "-" } else { "" }, atoms.abs());
    let scaled = |unit: i128, letter: &str| format!("{sign}${}{letter}", text(size / (unit / 100), 2));
    match size / 1_000_000 {
        dollars if dollars >= 1_000_000_000 => scaled(1_000_000_000_000_000, "B"),
        dollars if dollars >= 1_000_000 => scaled(1_000_000_000_000, "M"),
        dollars if dollars >= 10_000 => scaled(1_000_000_000, "k"),
        _ => usd(atoms),
    }
}

/// Millionths in per cent, with two decimals: `-4.25 %`.
pub fn percent(ppm: impl Into<i128>) -> String {
    let hundredths = ppm.into().div_euclid(100);
    format!("{} %", text(hundredths, 2))
}

/// A share that there may not be; one that does not fit is only said to be larger.
pub fn share(ppm: Option<i32>) -> String {
    match ppm {
        None => "-".into(),
        Some(i32::MAX) => "over 200,000 %".into(),
        Some(ppm) => percent(ppm),
    }
}

/// The same with all four decimals, where less than a hundredth matters.
pub fn fine_percent(ppm: impl Into<i128>) -> String {
    format!("{} %", text(ppm.into(), 4))
}

/// Millionths as a multiple: `1.250`.
pub fn multiple(ppm: impl Into<i128>) -> String {
    text(ppm.into().div_euclid(1_000), 3)
}

/// A ratio of the engine in millionths, to the nearest: what was written in millionths comes back as it was.
pub fn ratio_ppm(ratio: Ratio) -> u32 {
    let one = u128::from(Ratio::ONE.0);
    u32::try_from((u128::from(ratio.0) * 1_000_000 + one / 2) / one).unwrap_or(u32::MAX)
}
