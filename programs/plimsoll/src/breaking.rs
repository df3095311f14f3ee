//! Logging why a market takes no new risk, or takes it again.

use anchor_lang::prelude::*;

use crate::{events::BreakersChanged, state::Market};

/// Logs the breakers where they are not what they were.
pub fn log_breakers(market: &Account<Market>, before: u32) {
    let after = market.core.breakers.tripped;
    if before != after {
        emit!(BreakersChanged { market: *market.address(), before, after });
    }
}
