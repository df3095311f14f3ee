use anchor_lang::prelude::*;
use plimsoll_engine::{
    order::Request,
    sizing::{Bound, size_for_risk},
    units::{Atoms, Ticks},
};

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::RiskSized,
    placing::place,
    state::{MarginAccount, Market},
};

/// Opens a position by what it may lose: the program computes the size from the risk and the stop, and places the order
/// and the stop. The markets of the account's other legs follow.
#[derive(Accounts)]
pub struct OpenAtRisk {
    #[account(constraint(
        *authority.address() == margin.owner || *authority.address() == margin.delegate
        @ PlimsollError::NotAuthorised))]
    pub authority: Signer,
    #[account(mut)]
    pub margin: Account<MarginAccount>,
    #[account(constraint(market.exchange == margin.exchange @ PlimsollError::WrongExchange))]
    pub market: Account<Market>,
}

impl OpenAtRisk {
    pub fn handle(&mut self, risk: u64, stop: u64, limit: u64, stop_limit: u64, others: &[AccountView]) -> Result<()> {
        let now = Clock::get()?.unix_timestamp;
        let (account, market) = (*self.margin.address(), *self.market.address());
        // The size is that of a new position: what is held would change its loss.
        let holder = self.margin.holder(&market, &self.market.core, now).checked()?;
        require!(holder.held.is_zero(), PlimsollError::PositionHeld);
        let sized = size_for_risk(&self.market.core, Atoms(risk), Ticks(stop), now).checked()?;
        emit!(RiskSized {
            account,
            market,
            risk,
            stop,
            lots: sized.lots.0,
            loss: sized.loss.0,
            by_risk: sized.bound == Bound::Risk,
        });
        let entry = Request { lots: sized.lots, limit: Ticks(limit), reduce_only: false, trigger: None };
        let exit = sized.stop_order(Ticks(stop), Ticks(stop_limit)).checked()?;
        place(&mut self.margin, &self.market, &entry, others, now)?;
        // Whether it reduces is judged when it executes: the position does not exist yet.
        place(&mut self.margin, &self.market, &exit, others, now)
    }
}
