//! What happens to the price.

use crate::path::{self, Step};

/// A scenario by its name in `SCENARIO`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scenario {
    /// 10 October 2025, 21:00 to 22:00 UTC.
    Crash,
    /// Forty per cent down between two updates.
    Gap,
    /// A rise that the liquidity providers cannot cover.
    Adl,
    /// A leap that makes the market owe more than it has.
    Settlement,
}

impl Scenario {
    const ALL: [Self; 4] = [Self::Crash, Self::Gap, Self::Adl, Self::Settlement];

    /// The one that `SCENARIO` names; the crash when it names none.
    pub fn from_environment() -> Result<Self, String> {
        let wanted = std::env::var("SCENARIO").unwrap_or_default();
        let found = Self::ALL.into_iter().find(|scenario| scenario.name() == wanted);
        match found {
            Some(scenario) => Ok(scenario),
            None if wanted.is_empty() => Ok(Self::Crash),
            None => {
                let names: Vec<_> = Self::ALL.iter().map(|scenario| scenario.name()).collect();
                Err(format!("SCENARIO={wanted} is unknown. Valid: {}.", names.join(", ")))
            }
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Crash => "crash",
            Self::Gap => "gap",
            Self::Adl => "adl",
            Self::Settlement => "settlement",
        }
    }

    /// What it is.
    pub fn title(self) -> &'static str {
        match self {
            Self::Crash => "SOL on 10 October 2025, 21:00 to 22:00 UTC, one greedy keeper",
            Self::Gap => "SOL falls 40 % between two price updates, one greedy keeper",
            Self::Adl => "SOL rises until $2M of liquidity no longer cover the longs, who are deleveraged",
            Self::Settlement => "SOL leaps by 30 %: the market owes more than it has, and settles",
        }
    }

    /// What of it is measured.
    pub fn note(self) -> &'static str {
        match self {
            Self::Crash => {
                "open 196.84, high 199.15, low 168.79, close 193.41 are measured; the way between is modelled"
            }
            Self::Gap => "insurance pays up to its cap per window, the liquidity providers what remains",
            Self::Adl => "all longs are cut by the same part and keep their profit; everybody can close afterwards",
            Self::Settlement => "everybody is closed at one price, and every winner is paid the same fraction",
        }
    }

    /// What stakers put into the insurance fund, in dollars.
    pub fn staked(self) -> u64 {
        match self {
            Self::Crash => 750_000,
            _ => 1_000_000,
        }
    }

    /// Its price path from a moment on.
    pub fn path(self, from: i64) -> Vec<Step> {
        match self {
            Self::Crash => path::crash(from),
            _ => path::gap(from),
        }
    }
}
