//! From an oracle's message to a price in ticks, and the price state a market keeps.

use bytemuck::{Pod, Zeroable};
use words::*;

use crate::{
    EngineError, Result, math,
    risk::Risk,
    units::{Ratio, Ticks},
};

/// What every oracle adapter gives, whatever the oracle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observation {
    /// Price in units of `10^exponent`.
    pub price: I64,
    /// Half width of the confidence interval, same units.
    pub confidence: U64,
    /// Moving average of the price, same units.
    pub ema: I64,
    /// Decimal exponent of the three above.
    pub exponent: i32,
    /// Seconds since 1970 when it was published.
    pub publish_time: i64,
    /// The same of the update before it.
    pub previous_publish_time: i64,
}

/// A price in ticks with what is needed to judge it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Price {
    /// The oracle price.
    pub oracle: Ticks,
    /// Half width of its confidence interval, up.
    pub confidence: Ticks,
    /// Its moving average.
    pub ema: Ticks,
    /// When it was published.
    pub publish_time: i64,
    /// When the update before it was published.
    pub previous_publish_time: i64,
}

impl Price {
    /// Converts an observation to the market's ticks: nearest tick, and a positive price never becomes zero.
    pub fn convert(risk: &Risk, seen: &Observation) -> Result<Self> {
        let shift =
            i64::from(seen.exponent).checked_add(i64::from(risk.tick_exponent)).ok_or(EngineError::PriceExponent)?;
        let price = Self {
            oracle: Ticks(scale_nearest(positive(seen.price)?, shift)?.max(lit(1))),
            confidence: Ticks(scale_up(seen.confidence, shift)?),
            ema: Ticks(scale_nearest(positive(seen.ema)?, shift)?.max(lit(1))),
            publish_time: seen.publish_time,
            previous_publish_time: seen.previous_publish_time,
        };
        if price.oracle > risk.max_price || price.ema > risk.max_price {
            return Err(EngineError::PriceTooHigh);
        }
        if price.confidence > risk.max_confidence.of_price_floor(price.oracle)? {
            return Err(EngineError::PriceTooUncertain);
        }
        Ok(price)
    }

    /// Whether this price may replace `last` at time `now`.
    pub fn supersedes(&self, risk: &Risk, last: &Self, now: i64) -> Result<()> {
        self.past(risk, now)?;
        if self.publish_time <= last.publish_time {
            return Err(EngineError::PriceNotNewer);
        }
        self.fresh(risk, now)
    }

    /// Whether the price is not from the future. The cluster's clock lags: it is only beyond what the lag explains.
    pub(crate) fn past(&self, risk: &Risk, now: i64) -> Result<()> {
        let latest = now.saturating_add(i64::from(risk.clock_lag));
        if self.publish_time > latest { Err(EngineError::PriceFromFuture) } else { Ok(()) }
    }

    /// Whether the price is young enough for margin.
    #[inline]
    pub fn fresh(&self, risk: &Risk, now: i64) -> Result<()> {
        let young = self.publish_time >= now || now.abs_diff(self.publish_time) <= u64::from(risk.max_price_age);
        if young && !self.oracle.is_zero() { Ok(()) } else { Err(EngineError::PriceTooOld) }
    }
}

/// `|to - from| / from`, down; the largest ratio where it does not fit.
pub(crate) fn relative_move(from: Ticks, to: Ticks) -> Ratio {
    let distance = from.0.max(to.0).saturating_sub(from.0.min(to.0));
    let ratio = distance.times(Ratio::ONE.0).checked_div(from.0.into()).and_then(U64::narrow);
    Ratio(ratio.unwrap_or(U64::MAX))
}

/// Powers of ten that a price may be shifted by.
const MAX_SHIFT: i64 = 18;

fn positive(value: I64) -> Result<U64> {
    if value.is_positive() { Ok(value.unsigned_abs()) } else { Err(EngineError::PriceNotPositive) }
}

fn factor(shift: i64) -> Result<U64> {
    let digits = shift.checked_abs().filter(|d| *d <= MAX_SHIFT).ok_or(EngineError::PriceExponent)?;
    math::pow10(u32::try_from(digits).map_err(|_| EngineError::PriceExponent)?).map(lit)
}

fn scale_nearest(value: U64, shift: i64) -> Result<U64> {
    let factor = factor(shift)?;
    if shift >= 0 {
        return value.checked_mul(factor).ok_or(EngineError::PriceTooHigh);
    }
    let half = factor.shifted_down(1);
    value.checked_add(half).and_then(|v| v.checked_div(factor)).ok_or(EngineError::PriceTooHigh)
}

fn scale_up(value: U64, shift: i64) -> Result<U64> {
    let factor = factor(shift)?;
    if shift >= 0 {
        return value.checked_mul(factor).ok_or(EngineError::PriceTooUncertain);
    }
    value.checked_div_ceil(factor).ok_or(EngineError::PriceTooUncertain)
}
