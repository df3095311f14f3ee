use anchor_lang::prelude::*;
use plimsoll_engine::{
    execution::pay_firing,
    protection::{Guarded, Protected, protect},
    units::Ratio,
};

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::AccountProtected,
    legs,
    placing::{next_sequence, store},
    state::{MarginAccount, Market},
};

/// Places an order that shrinks an account below the protection level of its owner, who pays its fee. Anyone may, for half
/// of the execution fee. The markets of the account's other legs follow.
#[derive(Accounts)]
pub struct ProtectAccount {
    #[account(mut)]
    pub margin: Account<MarginAccount>,
    #[account(constraint(market.exchange == margin.exchange @ PlimsollError::WrongExchange))]
    pub market: Account<Market>,
    /// Margin account of whoever calls; without one the whole execution fee is for whoever executes.
    #[account(mut)]
    pub keeper: Option<Account<MarginAccount>>,
}

impl ProtectAccount {
    pub fn validate(&self) -> Result<()> {
        let ours = self.keeper.as_ref().is_none_or(|keeper| keeper.exchange == self.margin.exchange);
        require!(ours, PlimsollError::WrongExchange);
        Ok(())
    }

    pub fn handle(&mut self, others: &[AccountView]) -> Result<()> {
        self.validate()?;
        let Protected { mut order, equity, maintenance } = self.decide(others)?;
        let (account, market) = (*self.margin.address(), *self.market.address());
        self.margin.cash = self.margin.cash.minus(order.fee).checked()?;
        let keeper = self.keeper.as_mut().map(|keeper| &mut keeper.cash);
        let fee = order.fee;
        let paid = pay_firing(&mut order, keeper).checked()?;
        let (sequence, level) = (order.sequence, self.margin.protection);
        store(&mut self.margin, &market, order)?;
        emit!(AccountProtected {
            account,
            market,
            sequence,
            level,
            equity: equity.0,
            maintenance: maintenance.0,
            fee: fee.0,
            paid: paid.0,
        });
        Ok(())
    }

    #[inline(never)] // the survey would not fit the caller's stack frame
    fn decide(&self, others: &[AccountView]) -> Result<Protected> {
        let now = Clock::get()?.unix_timestamp;
        let (margin, named) = (&self.margin, (self.market.address(), &*self.market));
        let place = margin.leg_in(named.0).ok_or(PlimsollError::WrongLeg)?;
        let survey = legs::survey(margin, named, others, now, None)?;
        let rest = legs::rest(margin, named, others, now)?;
        let position = margin.position(place);
        let account = Guarded {
            cash: margin.cash,
            level: Ratio(margin.protection),
            survey: &survey,
            rest: &rest,
            leg: (place, &position),
            flagged: margin.is_flagged(now),
            waiting: margin.has_due_order(),
        };
        protect(&account, &self.market.core, next_sequence(margin)?, now).checked()
    }
}
