use anchor_lang::prelude::*;
use plimsoll_engine::settlement::{Look, look};

use crate::{
    checked::Checked,
    events::{SettlementCancelled, SettlementSeen, SettlementStarted},
    funding::accrue,
    state::Market,
};

/// Looks whether net asset value is negative. The first such look withholds profits, the second, far enough apart, starts
/// the settlement; one at which it is not negative calls it off. Anyone may.
#[derive(Accounts)]
pub struct LookSettlement {
    #[account(mut)]
    pub market: Account<Market>,
}

impl LookSettlement {
    pub fn handle(&mut self) -> Result<()> {
        let now = Clock::get()?.unix_timestamp;
        accrue(&mut self.market, now)?;
        let market = *self.market.address();
        match look(&mut self.market.core, now).checked()? {
            Look::First => {
                let core = &self.market.core;
                let net_asset_value = core.nav().checked()?.0;
                let (price, publish_time) = (core.price.oracle.0, core.settlement.looked);
                emit!(SettlementSeen { market, price, publish_time, net_asset_value });
            }
            Look::Cancelled => emit!(SettlementCancelled { market }),
            Look::Started { price, open } => emit!(SettlementStarted { market, price: price.0, open }),
        }
        Ok(())
    }
}
