//! What can be wrong with a price source.

use serde::{Deserialize, Serialize};

/// A fault of a market's sources.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Fault {
    /// Nothing is published. Afterwards the update before is as old as the silence was long: a gap in the feed.
    Stall {
        /// Which sources.
        #[serde(default)]
        sources: Sources,
        /// For how long; until it is resumed when there is none.
        #[serde(default)]
        seconds: Option<f64>,
    },
    /// The first source publishes a wrong price.
    BadPrint {
        /// By what the right one is multiplied.
        factor: f64,
        /// For how many updates.
        updates: u32,
    },
    /// The second source publishes a wrong price.
    Disagreement {
        /// By what the right one is multiplied.
        factor: f64,
        /// For how long; until it is resumed when there is none.
        #[serde(default)]
        seconds: Option<f64>,
    },
    /// The price jumps, and goes on from there.
    Gap {
        /// By what it is multiplied.
        factor: f64,
    },
}

/// Some of a market's sources.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Sources {
    /// The first.
    First,
    /// The second.
    Second,
    /// Both, or the one that there is.
    #[default]
    Both,
}

impl Sources {
    pub(super) fn has_first(self) -> bool {
        self != Self::Second
    }

    pub(super) fn has_second(self) -> bool {
        self != Self::First
    }
}

/// Why a fault cannot be.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FaultError {
    /// There is no such market.
    #[error("there is no market {0}: the markets are {1}")]
    NoMarket(String, String),
    /// The market has one source.
    #[error("{0} has no second source that could disagree or stall")]
    NoSecond(String),
    /// A factor that leaves no price.
    #[error("a price cannot be multiplied by {0}: the factor must be positive, and at most 1,000")]
    Factor(f64),
    /// A time that is none.
    #[error("{0} seconds are no time to wait")]
    Seconds(f64),
}

impl Fault {
    /// Refuses what is no fault of anything.
    pub(super) fn check(&self, market: &str, has_second: bool) -> Result<(), FaultError> {
        let (factor, seconds) = match *self {
            Self::Stall { seconds, .. } => (None, seconds),
            Self::Disagreement { factor, seconds } => (Some(factor), seconds),
            Self::BadPrint { factor, .. } | Self::Gap { factor } => (Some(factor), None),
        };
        if let Some(factor) = factor.filter(|factor| !(factor.is_finite() && *factor > 0.0 && *factor <= 1_000.0)) {
            return Err(FaultError::Factor(factor));
        }
        // Longer than a year is no wait either.
        if let Some(seconds) = seconds.filter(|seconds| !(0.0..=31_557_600.0).contains(seconds)) {
            return Err(FaultError::Seconds(seconds));
        }
        let needs_second = matches!(self, Self::Disagreement { .. } | Self::Stall { sources: Sources::Second, .. });
        if needs_second && !has_second { Err(FaultError::NoSecond(market.to_owned())) } else { Ok(()) }
    }
}
