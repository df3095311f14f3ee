use anchor_lang::prelude::*;
use plimsoll_engine::deleverage::{Look, look};

use crate::{
    checked::Checked,
    events::{Deleveraged, DeleveragingCancelled, DeleveragingSeen},
    funding::accrue,
    state::Market,
};

/// Looks whether net asset value still covers the skew. When it does not, twice and at different prices, the heavier side
/// is reduced pro rata. Anyone may. No account is named: each position finds out when it is touched.
#[derive(Accounts)]
pub struct Deleverage {
    #[account(mut)]
    pub market: Account<Market>,
}

impl Deleverage {
    pub fn handle(&mut self) -> Result<()> {
        let now = Clock::get()?.unix_timestamp;
        accrue(&mut self.market, now)?;
        let market = *self.market.address();
        match look(&mut self.market.core, now).checked()? {
            Look::First => {
                let seen = &self.market.core.deleveraging;
                let (price, publish_time) = (seen.price.0, seen.publish_time);
                emit!(DeleveragingSeen { market, long: seen.long != 0, price, publish_time });
            }
            Look::Cancelled => emit!(DeleveragingCancelled { market }),
            Look::Reduced(reduced) => emit!(Deleveraged {
                market,
                long: reduced.long,
                price: reduced.price.0,
                lots_before: reduced.before.lots.0,
                fraction_before: reduced.before.fraction,
                lots_after: reduced.after.lots.0,
                fraction_after: reduced.after.fraction,
                value: reduced.value.0,
                factor: reduced.factor,
                new_epoch: reduced.new_epoch,
            }),
        }
        Ok(())
    }
}
