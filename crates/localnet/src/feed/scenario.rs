//! Scenario files.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    Feed, FeedError,
    path::{Lines, Point, Track},
};

/// A scenario as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    name: String,
    /// Where its prices come from. For people.
    #[serde(rename = "source")]
    _source: String,
    #[serde(default)]
    repeats: bool,
    markets: BTreeMap<String, Market>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Market {
    /// Second, price, and noise on the way there in basis points.
    points: Vec<(f64, f64, f64)>,
    #[serde(default)]
    exact: Vec<f64>,
}

/// Reads a scenario from text that has this name.
pub fn parse(text: &str, file: &str) -> Result<Feed, FeedError> {
    let malformed = |why: String| FeedError::Malformed(file.to_owned(), why);
    let scenario: Scenario =
        serde_json::from_str(text).map_err(|error| malformed(format!("this is no scenario: {error}")))?;
    let mut tracks = BTreeMap::new();
    for (name, market) in scenario.markets {
        let lines = lines(market, scenario.repeats).map_err(|why| malformed(format!("{name}: {why}")))?;
        tracks.insert(name.to_uppercase(), Track::Lines(lines));
    }
    if tracks.is_empty() {
        return Err(malformed("the scenario has no market".into()));
    }
    Ok(Feed { name: scenario.name, tracks })
}

fn lines(market: Market, repeats: bool) -> Result<Lines, String> {
    let points = market.points.into_iter();
    let points: Vec<Point> =
        points.map(|(second, price, noise)| Point { second, price, noise, confidence: None }).collect();
    check(&points)?;
    Ok(Lines { points, exact: market.exact, repeats })
}

/// Says what is wrong with points.
pub fn check(points: &[Point]) -> Result<(), String> {
    let first = points.first().ok_or("there are no points")?;
    if first.second != 0.0 {
        return Err("the first point is not at second 0".into());
    }
    if let Some(pair) = points.windows(2).find(|pair| pair[1].second <= pair[0].second) {
        return Err(format!("second {} does not come after second {}", pair[1].second, pair[0].second));
    }
    let odd = points.iter().find(|point| !(point.price.is_finite() && point.price > 0.0));
    if let Some(point) = odd {
        return Err(format!("the price at second {} is not positive", point.second));
    }
    match points.iter().find(|point| !(0.0..=1_000.0).contains(&point.noise)) {
        Some(point) => Err(format!("the noise before second {} is not between 0 and 1,000 basis points", point.second)),
        None => Ok(()),
    }
}
