use anchor_lang::prelude::*;
use plimsoll_engine::settlement::settle;

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::PositionSettled,
    legs,
    state::{MarginAccount, Market},
};

/// Closes an account's position in a market that settles, at the settlement's price. Anyone may. The markets of the
/// account's other legs follow.
#[derive(Accounts)]
pub struct SettlePosition {
    #[account(mut)]
    pub margin: Account<MarginAccount>,
    #[account(mut, constraint(market.exchange == margin.exchange @ PlimsollError::WrongExchange))]
    pub market: Account<Market>,
}

impl SettlePosition {
    pub fn handle(&mut self, others: &[AccountView]) -> Result<()> {
        let (account, market) = (*self.margin.address(), *self.market.address());
        let place = self.margin.leg_in(&market).ok_or(PlimsollError::NothingToSettle)?;
        self.require_solvent(others)?;
        let mut position = self.margin.position(place);
        let core = &mut self.market.core;
        let settled = settle(&mut self.margin.cash, &mut position, core).checked()?;
        self.margin.set_position(place, &market, position);
        emit!(PositionSettled {
            account,
            market,
            lots: settled.lots.0,
            price: core.settlement.price.0,
            paid: settled.paid.0,
            claim: settled.claim.0,
            late: settled.late,
            done: settled.done,
            funding: settled.touched.funding.0,
            deleveraged: settled.touched.lots.0,
            proceeds: settled.touched.proceeds.plus(settled.touched.fraction_value).checked()?.0,
        });
        Ok(())
    }

    /// Cash that does not cover the losses of all legs is shared over them by `liquidate`: here one market would be paid
    /// first, and whoever calls would choose which, or when, if credits for missing prices counted.
    #[inline(never)] // the survey would not fit the caller's stack frame
    fn require_solvent(&self, others: &[AccountView]) -> Result<()> {
        let now = Clock::get()?.unix_timestamp;
        let survey = legs::survey(&self.margin, (self.market.address(), &self.market), others, now, None)?;
        let equity = survey.health.certain_equity().checked()?;
        require!(!equity.is_negative(), PlimsollError::AccountBankrupt);
        Ok(())
    }
}
