//! Prices to play: by market, a path through points of a file, or a random walk.

mod path;
mod scenario;
mod series;
mod walk;

use std::{collections::BTreeMap, io, path::Path};

use path::Track;
pub use path::{Along, Level};
use walk::Walk;

/// Prices of every market. One that nothing is said about walks randomly.
#[derive(Clone, Debug, Default)]
pub struct Feed {
    name: String,
    tracks: BTreeMap<String, Track>,
}

/// Why prices cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The file cannot be read.
    #[error("{0}: {1}")]
    File(String, io::Error),
    /// The file is not of the format.
    #[error("{0}: {1}")]
    Malformed(String, String),
}

impl Feed {
    /// Random walks, from usual prices, with usual volatilities.
    pub fn walk() -> Self {
        Self { name: "walk".into(), tracks: BTreeMap::new() }
    }

    /// A scenario that comes with this software: `crash` or `calm`.
    pub fn shipped(name: &str) -> Option<Self> {
        let text = match name {
            "crash" => include_str!("../scenarios/crash.json"),
            "calm" => include_str!("../scenarios/calm.json"),
            _ => return None,
        };
        scenario::parse(text, name).ok()
    }

    /// A scenario from a file: see `scenarios/README.md`.
    pub fn scenario(path: &Path) -> Result<Self, FeedError> {
        scenario::parse(&read(path)?, &path.display().to_string())
    }

    /// The same from text that has this name.
    pub fn parse(text: &str, name: &str) -> Result<Self, FeedError> {
        scenario::parse(text, name)
    }

    /// With a series for one market: a CSV file of time in seconds, price and, if there is one, confidence.
    pub fn with_series(mut self, market: &str, path: &Path) -> Result<Self, FeedError> {
        let name = path.display().to_string();
        let track = series::parse(&read(path)?, &name)?;
        self.name = if self.tracks.is_empty() { name } else { format!("{}, {name}", self.name) };
        self.tracks.insert(market.to_uppercase(), track);
        Ok(self)
    }

    /// Its name: a state that was saved with another begins this one anew.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where a market's path begins, in dollars.
    pub fn start(&self, market: &str) -> f64 {
        match self.tracks.get(market) {
            Some(track) => track.first(),
            None => Walk::usual(market).from,
        }
    }

    /// Seconds after which a market's path ends; `None` for one that does not.
    pub fn seconds(&self, market: &str) -> Option<f64> {
        self.tracks.get(market).and_then(Track::seconds)
    }

    /// A market's prices, at first as if nothing had happened yet. Random numbers follow from the seed.
    pub fn along(&self, market: &str, seed: u64) -> Along {
        let track = self.tracks.get(market).cloned();
        Along::new(track.unwrap_or_else(|| Track::Walk(Walk::usual(market))), market, seed)
    }
}

fn read(path: &Path) -> Result<String, FeedError> {
    std::fs::read_to_string(path).map_err(|error| FeedError::File(path.display().to_string(), error))
}
