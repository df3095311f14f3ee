//! A hostile oracle: it walks, leaps, misprints, falls silent and goes back, but it never signs two updates for one time.

use plimsoll_engine::price::Observation;

/// Updates that are remembered, to be posted late or executed at.
const KEPT: usize = 24;

/// One market's oracle. Its price has six digits more than a tick.
#[derive(Clone, Debug)]
pub struct Oracle {
    start: i64,
    flat: bool,
    price: i64,
    ema: i64,
    exponent: i32,
    history: Vec<Observation>,
}

/// What the oracle signs next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// How it moves.
    pub how: u8,
    /// How far.
    pub far: u16,
    /// How sure it is.
    pub sure: u16,
}

impl Oracle {
    /// An oracle at a price of `ticks` with the exponent that ticks have.
    pub fn new(ticks: u64, tick_exponent: u8, flat: bool, now: i64) -> Self {
        let price = i64::try_from(ticks).expect("a price") * 1_000_000;
        let mut oracle = Self {
            start: price,
            flat,
            price,
            ema: price,
            exponent: -i32::from(tick_exponent) - 6,
            history: Vec::with_capacity(KEPT),
        };
        oracle.sign(0, now, now - 1);
        oracle
    }

    /// When the last update was published.
    pub fn last(&self) -> i64 {
        self.history.last().map_or(0, |seen| seen.publish_time)
    }

    /// Signs an update at `time`, unless it has signed one for that time or a later one.
    pub fn publish(&mut self, step: Move, time: i64) {
        let previous = self.last();
        if time <= previous {
            return;
        }
        let far = i64::from(step.far) + 1;
        if !self.flat {
            let up = step.sure % 2 == 0;
            let by = |parts: i64, of: i64| {
                let change = (i128::from(self.price) * i128::from(parts) / i128::from(of)) as i64;
                if up { self.price + change } else { self.price - change }
            };
            self.price = match step.how % 16 {
                // Up to 0.5 %, 3 %, 12 %, then a gap of up to 60 %.
                0..=7 => by(far, 200 * 65_536),
                8..=11 => by(far, 33 * 65_536),
                12..=13 => by(far, 8 * 65_536),
                14 => by(far * 6, 10 * 65_536),
                // Back to where it began, which is also the other end of a bad print.
                _ => self.start,
            }
            .clamp(self.start / 60, self.start * 30);
            self.ema += (self.price - self.ema) / 8;
        }
        let confidence = if self.flat { 0 } else { (self.price as u64 / 65_536) * u64::from(step.sure % 512) / 4 };
        self.sign(confidence, time, previous);
    }

    /// An update from the past, the newest first.
    pub fn seen(&self, back: usize) -> Observation {
        self.history[self.history.len() - 1 - back % self.history.len()]
    }

    /// The one update published at or after `from`, when the one before it was published earlier.
    pub fn first_from(&self, from: i64) -> Option<Observation> {
        self.history.iter().find(|seen| seen.previous_publish_time < from && from <= seen.publish_time).copied()
    }

    /// An update that nobody should accept: what an adapter might read from a broken feed.
    pub fn broken(&self, how: u16) -> Observation {
        let good = self.seen(0);
        match how % 6 {
            0 => Observation { price: 0, ..good },
            1 => Observation { price: -good.price, ..good },
            2 => Observation { exponent: 60, ..good },
            3 => Observation { price: i64::MAX, exponent: 12, ..good },
            4 => Observation { confidence: u64::MAX / 4, ..good },
            _ => Observation { publish_time: good.publish_time + 1_000_000, ..good },
        }
    }

    fn sign(&mut self, confidence: u64, publish_time: i64, previous_publish_time: i64) {
        let seen = Observation {
            price: self.price,
            confidence,
            ema: self.ema,
            exponent: self.exponent,
            publish_time,
            previous_publish_time,
        };
        if self.history.len() == KEPT {
            self.history.remove(0);
        }
        self.history.push(seen);
    }
}
