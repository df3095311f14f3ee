use anchor_lang::prelude::*;
use plimsoll_engine::{
    flag::{Queued, Report, flag},
    survey::Case,
};

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::{Flagged, Unflagged},
    legs,
    rewards::require_payable,
    state::{Flag, LiquidationQueue, MarginAccount, Market},
};

/// Puts an account under maintenance into the queue of the leg that is to be closed, refreshes its entry there, or
/// removes the entry when the account is healthy again. Anyone may. The markets of the account's other legs follow.
#[derive(Accounts)]
pub struct FlagAccount {
    #[account(mut)]
    pub margin: Account<MarginAccount>,
    #[account(constraint(market.exchange == margin.exchange @ PlimsollError::WrongExchange))]
    pub market: Account<Market>,
    #[account(mut, address = market.queue @ PlimsollError::WrongQueue)]
    pub queue: Account<LiquidationQueue>,
    /// CHECK: is paid when the flagged account is liquidated: a margin account of the exchange or a token account.
    pub reward: UncheckedAccount,
}

impl FlagAccount {
    /// Somebody can be paid for it.
    pub fn validate(&self) -> Result<()> {
        require_payable(self.reward.account(), &self.margin.exchange)
    }

    pub fn handle(&mut self, others: &[AccountView]) -> Result<()> {
        self.validate()?;
        let report = self.flag(others)?;
        self.apply(report)
    }

    #[inline(never)] // the survey would not fit the caller's stack frame
    fn flag(&mut self, others: &[AccountView]) -> Result<Report> {
        let clock = Clock::get()?;
        let now = clock.unix_timestamp;
        let (account, market) = (*self.margin.address(), *self.market.address());
        let survey = legs::survey(&self.margin, (&market, &self.market), others, now, None)?;
        let (leg, place) = (self.margin.leg_in(&market), self.margin.place_in(&market));
        let case = Case { account: account.as_array(), leg, place, slot: clock.slot };
        let elsewhere = place.is_none() && self.margin.is_flagged(now);
        let (risk, flagger) = (&self.market.core.risk, self.reward.address().as_array());
        flag(&mut self.queue.queue, &survey, risk, &case, flagger, elsewhere).checked()
    }

    fn apply(&mut self, report: Report) -> Result<()> {
        let (account, market) = (*self.margin.address(), *self.market.address());
        let Report::Queued(Queued { key, equity, maintenance, first, place, until, dropped }) = report else {
            self.margin.flag = Flag::default();
            emit!(Unflagged { account, market });
            return Ok(());
        };
        if let Some(dropped) = dropped {
            emit!(Unflagged { account: Address::new_from_array(dropped), market });
        }
        let stored = u64::try_from(place).map_err(|_| PlimsollError::Overflow)?;
        self.margin.flag = Flag { market, place: stored, until };
        emit!(Flagged {
            account,
            market,
            key: key.0,
            equity: equity.0,
            maintenance: maintenance.0,
            first,
            place: u32::try_from(place).unwrap_or(u32::MAX),
        });
        Ok(())
    }
}
