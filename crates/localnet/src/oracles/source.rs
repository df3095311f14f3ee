//! The sources of one market: what they publish next, and what they published.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use plimsoll_client::{Address, network::base58};
use plimsoll_oracles::{Feed, Quote, RECEIVER, SWITCHBOARD};
use serde::{Deserialize, Serialize};
use solana_account::Account;
use surfpool_core::surfnet::svm::SurfnetSvm;

use super::fault::{Fault, FaultError};
use crate::{
    error::LocalnetError,
    feed::{Along, Level},
    node,
};

/// Units of a price in one dollar, as Pyth has them.
const DOLLAR: f64 = 1e8;
/// Time constant of the moving average in seconds.
const AVERAGE: f64 = 3_600.0;

/// An update that can be read from an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Update {
    /// The account of the ring that has it.
    #[serde(with = "base58")]
    pub account: Address,
    /// Price in 10^-8 dollars.
    pub price: i64,
    /// When it was published.
    pub publish_time: i64,
    /// The same of the update before it.
    pub previous_publish_time: i64,
}

/// What a market's sources say, and what is wrong with them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reading {
    /// The market's name.
    pub market: String,
    /// The first source's newest update.
    pub newest: Option<Update>,
    /// Whether there is a second source.
    pub has_second: bool,
    /// Whether the first source is silent.
    pub first_stalled: bool,
    /// Whether the second source is silent.
    pub second_stalled: bool,
    /// Wrong updates that are still to come.
    pub bad_prints_left: u32,
    /// By what the second source is wrong.
    pub second_factor: Option<f64>,
    /// By what all jumps together have multiplied the path's price.
    pub scale: f64,
}

/// What of a market's sources is kept between runs. Faults are not.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Saved {
    market: String,
    scale: f64,
    price: i64,
    ema: i64,
    publish_time: i64,
    next: usize,
}

/// A time that something lasts.
#[derive(Clone, Copy, Debug)]
enum Until {
    Resumed,
    Then(Instant),
}

impl Until {
    fn after(seconds: Option<f64>, now: Instant) -> Self {
        seconds.map_or(Self::Resumed, |seconds| Self::Then(now + Duration::from_secs_f64(seconds)))
    }

    fn holds(self, now: Instant) -> bool {
        match self {
            Self::Resumed => true,
            Self::Then(end) => now < end,
        }
    }
}

/// The sources of one market.
pub struct Source {
    pub name: String,
    feed: [u8; 32],
    oracle: Address,
    ring: Vec<Address>,
    second: Option<Address>,
    along: Along,
    scale: f64,
    last: Option<Quote>,
    posted: VecDeque<Update>,
    next: usize,
    first_stall: Option<Until>,
    second_stall: Option<Until>,
    bad: (f64, u32),
    disagreement: Option<(f64, Until)>,
}

impl Source {
    pub fn new(market: &plimsoll_client::network::NetworkMarket, along: Along) -> Self {
        Self {
            name: market.name.clone(),
            feed: market.feed_id,
            oracle: market.oracle,
            ring: market.ring.clone(),
            second: market.second,
            along,
            scale: 1.0,
            last: None,
            posted: VecDeque::new(),
            next: 0,
            first_stall: None,
            second_stall: None,
            bad: (1.0, 0),
            disagreement: None,
        }
    }

    pub fn start(&mut self, fault: Fault, now: Instant) -> Result<(), FaultError> {
        fault.check(&self.name, self.second.is_some())?;
        match fault {
            Fault::Stall { sources, seconds } => {
                let until = Some(Until::after(seconds, now));
                self.first_stall = if sources.has_first() { until } else { self.first_stall };
                self.second_stall = if sources.has_second() { until } else { self.second_stall };
            }
            Fault::BadPrint { factor, updates } => self.bad = (factor, updates),
            Fault::Disagreement { factor, seconds } => {
                self.disagreement = Some((factor, Until::after(seconds, now)));
            }
            Fault::Gap { factor } => self.scale *= factor,
        }
        Ok(())
    }

    pub fn resume(&mut self) {
        (self.first_stall, self.second_stall, self.disagreement, self.bad) = (None, None, None, (1.0, 0));
    }

    /// Publishes what the path says at a second of it, at the cluster's time.
    pub fn publish(&mut self, svm: &mut SurfnetSvm, second: f64, now: Instant) -> Result<(), LocalnetError> {
        let Level { price, confidence } = self.along.at(second);
        let (right, confidence) = (price * self.scale, confidence * self.scale);
        let clock = node::clock(svm);
        if !holds(self.first_stall, now) {
            let factor = if self.bad.1 > 0 { self.bad.0 } else { 1.0 };
            let quote = self.quote(right * factor, confidence * factor, clock.unix_timestamp);
            self.bad.1 = self.bad.1.saturating_sub(1);
            self.post(svm, &quote, clock.slot)?;
        }
        if let Some(second) = self.second.filter(|_| !holds(self.second_stall, now)) {
            let wrong = self.disagreement.filter(|(_, until)| until.holds(now)).map_or(1.0, |(factor, _)| factor);
            let data = Feed { slot: clock.slot, ..Feed::at(units(right * wrong), clock.unix_timestamp) }.data();
            put(svm, &second, SWITCHBOARD, data)?;
        }
        Ok(())
    }

    fn quote(&self, price: f64, confidence: f64, publish_time: i64) -> Quote {
        let price = units(price);
        let (previous, ema) = match &self.last {
            Some(last) => {
                let passed = (publish_time - last.publish_time) as f64;
                let weight = 1.0 - (-passed / AVERAGE).exp();
                (last.publish_time, last.ema + ((price - last.ema) as f64 * weight) as i64)
            }
            None => (publish_time - 1, price),
        };
        Quote {
            confidence: units(confidence).unsigned_abs(),
            ema,
            previous_publish_time: previous,
            ..Quote::at(self.feed, price, publish_time)
        }
    }

    fn post(&mut self, svm: &mut SurfnetSvm, quote: &Quote, slot: u64) -> Result<(), LocalnetError> {
        let data = quote.pull_at(slot);
        put(svm, &self.oracle, RECEIVER, data.clone())?;
        self.last = Some(*quote);
        let Some(account) = self.ring.get(self.next % self.ring.len().max(1)).copied() else { return Ok(()) };
        put(svm, &account, RECEIVER, data)?;
        self.next = (self.next + 1) % self.ring.len();
        let Quote { price, publish_time, previous_publish_time, .. } = *quote;
        if self.posted.len() == self.ring.len() {
            self.posted.pop_front();
        }
        self.posted.push_back(Update { account, price, publish_time, previous_publish_time });
        Ok(())
    }

    /// When the first source published last.
    pub fn published(&self) -> Option<i64> {
        self.last.map(|quote| quote.publish_time)
    }

    pub fn newest(&self) -> Option<Update> {
        self.posted.back().copied()
    }

    pub fn update_at(&self, moment: i64) -> Option<Update> {
        let fits = |update: &&Update| update.previous_publish_time < moment && moment <= update.publish_time;
        self.posted.iter().find(fits).copied()
    }

    pub fn reading(&self, now: Instant) -> Reading {
        Reading {
            market: self.name.clone(),
            newest: self.newest(),
            has_second: self.second.is_some(),
            first_stalled: holds(self.first_stall, now),
            second_stalled: self.second.is_some() && holds(self.second_stall, now),
            bad_prints_left: self.bad.1,
            second_factor: self.disagreement.filter(|(_, until)| until.holds(now)).map(|(factor, _)| factor),
            scale: self.scale,
        }
    }

    pub fn save(&self) -> Option<Saved> {
        let last = self.last?;
        let (market, scale, next) = (self.name.clone(), self.scale, self.next);
        Some(Saved { market, scale, price: last.price, ema: last.ema, publish_time: last.publish_time, next })
    }

    /// Goes on from what was saved, at a second of the path. The next update says that nothing came in between.
    pub fn restore(&mut self, saved: &[Saved], second: f64) {
        let Some(saved) = saved.iter().find(|saved| saved.market == self.name) else { return };
        self.scale = saved.scale;
        self.next = saved.next % self.ring.len().max(1);
        self.along.resume(saved.price as f64 / DOLLAR / self.scale, second);
        self.last = Some(Quote { ema: saved.ema, ..Quote::at(self.feed, saved.price, saved.publish_time) });
    }
}

fn holds(until: Option<Until>, now: Instant) -> bool {
    until.is_some_and(|until| until.holds(now))
}

/// Dollars in 10^-8. No price is zero.
fn units(dollars: f64) -> i64 {
    ((dollars * DOLLAR).round() as i64).max(1)
}

fn put(svm: &mut SurfnetSvm, address: &Address, owner: Address, data: Vec<u8>) -> Result<(), LocalnetError> {
    let lamports = svm.inner.minimum_balance_for_rent_exemption(data.len());
    node::put(svm, address, Account { lamports, data, owner, executable: false, rent_epoch: u64::MAX })
}
