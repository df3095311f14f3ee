//! Winding down a market that has no usable price any more: it settles, although its net asset value need not be negative.
//!
//! Two looks are needed. For a price of which a tick has become more than a hundredth, at two prices far enough apart. For
//! sources that are silent or disagree, at two times far enough apart without a price on which they agree in between:
//! whoever has one can post it.

use crate::{
    EngineError, Result,
    funding::require_accrued,
    market::{Market, status},
    settlement,
    units::Ticks,
};

/// The first look found a price that is too coarse.
pub const COARSE: u64 = 1;
/// The first look found no agreed price for too long.
pub const SILENT: u64 = 2;

/// Seconds between the looks at a market without a price.
pub const SILENT_WAIT: i64 = 3_600;
/// Seconds after which a first look at a coarse price no longer counts.
pub const COARSE_TTL: i64 = 86_400;

/// What a look did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// It was the first.
    First {
        /// [`COARSE`] or [`SILENT`].
        reason: u64,
    },
    /// The reason is gone: the first look is forgotten.
    Cancelled,
    /// It was the second: the price is fixed and every position is to be settled.
    Started {
        /// The price.
        price: Ticks,
        /// Positions to be settled.
        open: u64,
    },
}

/// Looks whether the market has to be wound down, and starts its settlement the second time.
pub fn look(market: &mut Market, now: i64) -> Result<Look> {
    if market.status >= status::SETTLING {
        return Err(EngineError::MarketNotOpen);
    }
    require_accrued(market, now)?;
    if !market.book.deficit.is_zero() {
        return Err(EngineError::DeficitPending);
    }
    let first = (market.watch.winding_reason, market.watch.winding_at);
    let Some((reason, at, price)) = reason(market, now) else {
        if first.0 == 0 {
            return Err(EngineError::SettlementNotNeeded);
        }
        (market.watch.winding_reason, market.watch.winding_at) = (0, 0);
        return Ok(Look::Cancelled);
    };
    let waited = at.saturating_sub(first.1);
    let counts = match reason {
        COARSE => waited <= COARSE_TTL,
        // Sources that agreed after the first look have ended it.
        _ => market.watch.agreed_at < first.1,
    };
    if first.0 != reason || !counts {
        (market.watch.winding_reason, market.watch.winding_at) = (reason, at);
        return Ok(Look::First { reason });
    }
    let wait = if reason == COARSE { i64::from(market.risk.settle_wait) } else { SILENT_WAIT };
    if waited < wait {
        return Err(EngineError::SettlementTooEarly);
    }
    let open = settlement::start(market, price, now);
    Ok(Look::Started { price, open })
}

/// Why the market has to go, by which time that is counted, and the price at which it would settle.
fn reason(market: &Market, now: i64) -> Option<(u64, i64, Ticks)> {
    if market.fresh_price(now).is_ok() {
        return market.settles_by_price().then_some((COARSE, market.price.publish_time, market.price.oracle));
    }
    let watch = &market.watch;
    let silent = now.saturating_sub(watch.agreed_at) > i64::from(market.risk.silence);
    (watch.agreed_at != 0 && silent).then_some((SILENT, now, watch.agreed))
}
