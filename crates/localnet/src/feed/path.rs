//! Where a price stands at a second of its path.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use sha2::{Digest, Sha256};

use super::walk::Walk;

/// Seconds over which noise fades before and after an exact point.
const FADE: f64 = 30.0;
/// How much of a deviation is left at the next update, and the part that is new so that its variance stays.
const MEMORY: (f64, f64) = (0.65, 0.76);
/// A basis point.
const BASIS: f64 = 1e-4;

/// How a market's price goes.
#[derive(Clone, Debug)]
pub enum Track {
    /// Straight lines through points.
    Lines(Lines),
    /// At random.
    Walk(Walk),
}

/// Straight lines through points, with noise.
#[derive(Clone, Debug)]
pub struct Lines {
    /// At least one; the first at second zero.
    pub points: Vec<Point>,
    /// Seconds at which there is no noise.
    pub exact: Vec<f64>,
    /// Whether it begins again at its end. Else the last price stays.
    pub repeats: bool,
}

/// A point of a path.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    /// Seconds after the path's beginning.
    pub second: f64,
    /// Dollars.
    pub price: f64,
    /// Standard deviation of the noise on the way here, in basis points.
    pub noise: f64,
    /// Half width of the confidence interval in dollars, where it is known.
    pub confidence: Option<f64>,
}

/// A price of a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// Dollars.
    pub price: f64,
    /// Half width of its confidence interval.
    pub confidence: f64,
}

impl Track {
    pub fn first(&self) -> f64 {
        match self {
            Self::Lines(lines) => lines.points.first().map_or(1.0, |point| point.price),
            Self::Walk(walk) => walk.from,
        }
    }

    pub fn seconds(&self) -> Option<f64> {
        match self {
            Self::Lines(lines) if !lines.repeats => Some(lines.length()),
            _ => None,
        }
    }
}

impl Lines {
    fn length(&self) -> f64 {
        self.points.last().map_or(0.0, |point| point.second)
    }

    /// The point of the path at a second, between the two that surround it.
    fn at(&self, second: f64) -> Point {
        let length = self.length();
        let second = if self.repeats && length > 0.0 { second % length } else { second };
        let after = self.points.iter().position(|point| point.second > second);
        let (from, to) = match after {
            Some(place) => (self.points[place.saturating_sub(1)], self.points[place]),
            None => return self.points.last().copied().unwrap_or(Point::nothing()),
        };
        let share = ((second - from.second) / (to.second - from.second)).clamp(0.0, 1.0);
        let between = |a: f64, b: f64| a + (b - a) * share;
        let confidence = from.confidence.zip(to.confidence).map(|(a, b)| between(a, b));
        Point { second, price: between(from.price, to.price), noise: to.noise, confidence }
    }

    /// How much of the noise there is: none at exact seconds.
    fn fading(&self, second: f64) -> f64 {
        let near = self.exact.iter().map(|exact| (exact - second).abs()).fold(f64::INFINITY, f64::min);
        (near / FADE).min(1.0)
    }
}

impl Point {
    fn nothing() -> Self {
        Self { second: 0.0, price: 1.0, noise: 0.0, confidence: None }
    }
}

/// A market's prices, one after the other.
#[derive(Debug)]
pub struct Along {
    track: Track,
    random: ChaCha8Rng,
    /// Deviation from a line, relative to its standard deviation; of a walk, the logarithm of how far it went.
    away: f64,
    /// Second of the path that was last asked for.
    second: f64,
}

impl Along {
    pub(super) fn new(track: Track, market: &str, seed: u64) -> Self {
        let mut hash = Sha256::new_with_prefix(seed.to_le_bytes());
        hash.update(market);
        Self { track, random: ChaCha8Rng::from_seed(hash.finalize().into()), away: 0.0, second: 0.0 }
    }

    /// The price at a second of the path, which does not go back.
    pub fn at(&mut self, second: f64) -> Level {
        let passed = (second - self.second).max(0.0);
        self.second = second;
        let normal: f64 = StandardNormal.sample(&mut self.random);
        match &self.track {
            Track::Lines(lines) => {
                self.away = self.away * MEMORY.0 + MEMORY.1 * normal;
                let point = lines.at(second);
                let price = point.price * (1.0 + self.away * point.noise * BASIS * lines.fading(point.second));
                // The interval is a fifth as wide as the noise, and never narrower than one basis point.
                let confidence = point.confidence.unwrap_or(price * BASIS * (point.noise / 5.0).max(1.0));
                Level { price, confidence }
            }
            Track::Walk(walk) => {
                self.away += walk.step(passed, normal);
                let price = walk.from * self.away.exp();
                Level { price, confidence: price * BASIS }
            }
        }
    }

    /// Continues a walk from a price instead. A path through points has its own.
    pub fn resume(&mut self, price: f64, second: f64) {
        self.second = second;
        if let Track::Walk(walk) = &self.track {
            self.away = (price / walk.from).ln();
        }
    }
}
