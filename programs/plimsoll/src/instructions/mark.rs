use alloc::vec::Vec;

use anchor_lang::prelude::*;
use plimsoll_engine::mark::{Leg, mark_fresh};

use crate::{checked::Checked, events::Marked, funding::accrue, legs, state::MarginAccount};

/// Moves unrealised profit and loss of every leg into cash, at fresh prices. Anyone may. The markets of all legs
/// follow, writable, in the order of the legs.
#[derive(Accounts)]
pub struct MarkAccount {
    #[account(mut)]
    pub margin: Account<MarginAccount>,
}

impl MarkAccount {
    pub fn handle(&mut self, others: &[AccountView]) -> Result<()> {
        let now = Clock::get()?.unix_timestamp;
        let mut markets = legs::load_writable(&self.margin, None, others)?;
        let mut positions: Vec<_> = markets.iter().map(|(place, _)| self.margin.position(*place)).collect();
        let mut legs = Vec::with_capacity(markets.len());
        for ((_, market), position) in markets.iter_mut().zip(&mut positions) {
            accrue(market, now)?;
            legs.push(Leg { position, market: &mut market.core });
        }
        let paid = mark_fresh(&mut self.margin.cash, &mut legs, now).checked()?;
        for (((place, market), position), payment) in markets.iter().zip(&positions).zip(&paid) {
            self.margin.set_position(*place, market.address(), *position);
            emit!(Marked {
                account: *self.margin.address(),
                market: *market.address(),
                paid: payment.0,
                price: market.core.price.oracle.0,
            });
        }
        Ok(())
    }
}
