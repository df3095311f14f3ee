//! A market as `refresh_market` would leave it: the same calls of the engine, on a copy.

use plimsoll_client::engine::{
    EngineError, funding,
    market::{Market, status},
    price::{Observation, Price},
};

/// What a refresh would take.
#[derive(Clone, Copy, Debug, Default)]
pub struct News {
    /// Whether the first source has something newer.
    pub first: bool,
    /// Whether the second has.
    pub second: bool,
}

impl News {
    /// Whether there is anything.
    pub fn any(self) -> bool {
        self.first || self.second
    }
}

/// The market at `now` with what is newer of its sources, and what that was. Where a refresh would fail it only ages.
pub fn refreshed(
    market: &Market,
    first: Option<&Observation>,
    second: Option<&Observation>,
    slot: u64,
    now: i64,
) -> (Market, News) {
    let aged = aged(market, now);
    if aged.status >= status::SETTLING {
        return (aged, News::default());
    }
    let mut next = aged;
    next.tick(slot, now);
    let taken = take(&mut next, first, second, now);
    match taken {
        Ok(news) if news.any() => {
            next.look_breakers(now);
            (next, news)
        }
        _ => (aged, News::default()),
    }
}

/// The market with funding accrued.
pub fn aged(market: &Market, now: i64) -> Market {
    let mut next = *market;
    if funding::accrue(&mut next, now).is_err() {
        next = *market;
    }
    next
}

fn take(
    market: &mut Market,
    first: Option<&Observation>,
    second: Option<&Observation>,
    now: i64,
) -> Result<News, EngineError> {
    let mut news = News::default();
    if let Some(seen) = first.filter(|seen| market.is_news(&times(seen), now)) {
        let price = Price::convert(&market.risk, seen)?;
        news.first = market.accept(price, now).is_ok();
    }
    if let Some(seen) = second.filter(|seen| seen.publish_time > market.second.publish_time) {
        let price = Price::convert(&market.risk, seen)?;
        news.second = market.accept_second(price, now).is_ok();
    }
    Ok(news)
}

fn times(seen: &Observation) -> Price {
    Price { publish_time: seen.publish_time, previous_publish_time: seen.previous_publish_time, ..Price::default() }
}
