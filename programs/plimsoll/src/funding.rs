//! Funding is accrued before a market's price or sizes change, and before an account in it is looked at.

use anchor_lang::prelude::*;
use plimsoll_engine::funding;

use crate::{
    checked::Checked,
    events::{FundingAccrued, SettlementCancelled},
    state::Market,
};

/// Accrues up to `now`, and records it when anything moved, or a first look at a settlement ran out.
pub fn accrue(market: &mut Account<Market>, now: i64) -> Result<()> {
    let done = funding::accrue(&mut market.core, now).checked()?;
    if done.seconds > 0 && done.rate > 0 {
        emit!(FundingAccrued {
            market: *market.address(),
            seconds: done.seconds,
            rate: done.rate,
            skew: done.skew.0,
            price: market.core.price.oracle.0,
        });
    }
    if done.look_over {
        emit!(SettlementCancelled { market: *market.address() });
    }
    Ok(())
}
