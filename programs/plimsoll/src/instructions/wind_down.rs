use anchor_lang::prelude::*;
use plimsoll_engine::winding::{Look, look};

use crate::{
    checked::Checked,
    events::{SettlementStarted, WindingCancelled, WindingSeen},
    funding::accrue,
    state::Market,
};

/// Looks whether a market has lost its price: a tick has become more than a hundredth of it, or its sources have not agreed
/// for too long. The second such look, far enough apart, starts the settlement; one that finds no reason calls it off.
/// Anyone may.
#[derive(Accounts)]
pub struct WindDown {
    #[account(mut)]
    pub market: Account<Market>,
}

impl WindDown {
    pub fn handle(&mut self) -> Result<()> {
        let now = Clock::get()?.unix_timestamp;
        accrue(&mut self.market, now)?;
        let market = *self.market.address();
        match look(&mut self.market.core, now).checked()? {
            Look::First { reason } => {
                let watch = &self.market.core.watch;
                emit!(WindingSeen {
                    market,
                    reason,
                    at: watch.winding_at,
                    agreed: watch.agreed.0,
                    agreed_at: watch.agreed_at
                });
            }
            Look::Cancelled => emit!(WindingCancelled { market }),
            Look::Started { price, open } => emit!(SettlementStarted { market, price: price.0, open }),
        }
        Ok(())
    }
}
