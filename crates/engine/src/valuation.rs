//! Which price a leg is valued and closed at, when a market has two sources and either may be missing.
//!
//! What is missing favours the holder, within a band and by no more than the leg's own requirement: a stale price
//! neither blocks a liquidation nor lets one through.

use words::*;

use crate::{
    EngineError, Result,
    margin::{LegHealth, leg_health},
    market::{Market, status},
    position::Position,
    price::Price,
    units::{Ratio, Ticks},
};

/// How far a market's prices can be relied on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PriceState {
    /// All its sources are fresh and agree.
    Normal,
    /// Both are fresh and further apart than the band.
    Disagreement,
    /// There is one to value a leg at and to reduce it, but the market is halted: no liquidation closes it.
    Halted,
    /// One of two is fresh.
    OneSource,
    /// None is fresh, or newer than asked for, or the market resumes from an outage.
    #[default]
    Stale,
}

impl PriceState {
    /// Whether a liquidation may close a leg.
    pub fn may_close(self) -> bool {
        self != Self::Stale && self != Self::Halted
    }

    /// Whether its holder may reduce it.
    pub fn may_reduce(self) -> bool {
        self != Self::Stale
    }

    /// Whether new risk and withdrawals are allowed.
    pub fn allows_new_risk(self) -> bool {
        self == Self::Normal
    }
}

/// The price for one side of a market.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quote {
    /// How far it can be relied on.
    pub state: PriceState,
    /// Where a leg is valued and closed.
    pub price: Ticks,
    /// The least favourable price to the holder that is as likely, for profits of bankrupt accounts.
    pub worst: Ticks,
    /// What the holder is credited with over notional.
    pub favour: Ratio,
    /// Newest publish time of the prices used.
    pub publish_time: i64,
}

impl Quote {
    /// One of several prices, with a credit of `favour` over notional.
    fn degraded(state: PriceState, price: &Price, favour: Ratio, long: bool) -> Result<Self> {
        let (oracle, width) = (price.oracle.0, favour.of_price_ceil(price.oracle)?.0);
        let worst = Ticks(if long { oracle.saturating_sub(width) } else { oracle.saturating_add(width) });
        Ok(Self { state, price: price.oracle, worst, favour, publish_time: price.publish_time })
    }

    /// A leg at this price, with its credit: at most its own requirement.
    pub fn leg(&self, position: &Position, market: &Market) -> Result<LegHealth> {
        let mut leg = leg_health(position, market, self.price)?;
        if !self.favour.is_zero() {
            leg.favour = self.favour.min(leg.ratio);
            leg.credit = leg.favour.mul_ceil(leg.notional)?;
            leg.counted = leg.counted.plus(leg.credit.signed()?)?;
        }
        Ok(leg)
    }
}

/// A leg with what can be done about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Valuation {
    /// The leg, its credit counted.
    pub leg: LegHealth,
    /// How far its prices can be relied on.
    pub state: PriceState,
    /// Newest publish time of the prices used.
    pub publish_time: i64,
}

/// A position in its market at `now`; where `newer_than` is given, older prices count as stale.
#[inline]
pub fn value(position: &Position, market: &Market, now: i64, newer_than: Option<i64>) -> Result<Valuation> {
    let quote = quote(market, position.is_long(), now, newer_than)?;
    let leg = quote.leg(position, market)?;
    Ok(Valuation { leg, state: quote.state, publish_time: quote.publish_time })
}

/// The price for the longs or shorts of a market at `now`; where `newer_than` is given, older prices count as stale.
#[inline]
pub fn quote(market: &Market, long: bool, now: i64, newer_than: Option<i64>) -> Result<Quote> {
    let resuming = market.is_resuming(now);
    let usable = |price: &Price| {
        !resuming && price.fresh(&market.risk, now).is_ok() && newer_than.is_none_or(|seen| price.publish_time > seen)
    };
    let (first, second) = (&market.price, &market.second);
    if market.is_plain() && usable(first) {
        return Ok(sole(first));
    }
    // The price of a settlement is fixed: it does not age.
    if market.status >= status::SETTLING {
        return Ok(sole(&market.price));
    }
    let quote = match (usable(first), market.has_second() && usable(second)) {
        (true, _) if !market.has_second() => sole(first),
        (true, true) => both(market, long)?,
        (true, false) => Quote::degraded(PriceState::OneSource, first, market.risk.band, long)?,
        (false, true) => Quote::degraded(PriceState::OneSource, second, market.risk.band, long)?,
        (false, false) => return stale(market, long, now),
    };
    Ok(halted(quote, market, now))
}

/// The same in a market that may be halted.
fn halted(quote: Quote, market: &Market, now: i64) -> Quote {
    if market.status_at(now) == status::HALTED { Quote { state: PriceState::Halted, ..quote } } else { quote }
}

fn sole(price: &Price) -> Quote {
    Quote {
        state: PriceState::Normal,
        price: price.oracle,
        worst: price.oracle,
        favour: Ratio::ZERO,
        publish_time: price.publish_time,
    }
}

/// Both fresh: the first where they agree, else the one that favours the holder. Whoever is under maintenance there is
/// so at both.
fn both(market: &Market, long: bool) -> Result<Quote> {
    let (first, second) = (&market.price, &market.second);
    let publish_time = first.publish_time.max(second.publish_time);
    if market.sources_agree()? {
        return Ok(Quote { publish_time, ..sole(first) });
    }
    let (low, high) = (first.oracle.min(second.oracle), first.oracle.max(second.oracle));
    let (price, worst) = if long { (high, low) } else { (low, high) };
    Ok(Quote { state: PriceState::Disagreement, price, worst, favour: Ratio::ZERO, publish_time })
}

/// The newest, in a band that widens with its age. It begins where one of two sources leaves off: a price that was seen
/// once only is no better than one that nobody confirms, however young.
fn stale(market: &Market, long: bool, now: i64) -> Result<Quote> {
    let second_is_newer = market.has_second() && market.second.publish_time > market.price.publish_time;
    let newest = if second_is_newer { &market.second } else { &market.price };
    if newest.oracle.is_zero() {
        return Err(EngineError::PriceTooOld);
    }
    let age = u64::try_from(now.saturating_sub(newest.publish_time)).unwrap_or(0);
    let favour = Ratio(market.risk.stale.0.saturating_mul(lit(age))).max(market.risk.band).min(Ratio::ONE);
    Quote::degraded(PriceState::Stale, newest, favour, long)
}
