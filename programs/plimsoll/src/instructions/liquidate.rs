use anchor_lang::prelude::*;
use plimsoll_engine::{
    liquidate::{Plan, Refusal, Report, Verdict, judge},
    survey::{Case, Survey},
};

use crate::{
    closing,
    errors::PlimsollError,
    events::{GoesFirst, Unflagged},
    funding::accrue,
    legs,
    rewards::credit,
    state::{Flag, LiquidationQueue, MarginAccount, Market},
};

/// Closes what the program chooses of a flagged account, if no other in its queue goes first. Anyone may, without
/// capital. The markets of the account's other legs follow: writable when all legs go.
#[derive(Accounts)]
pub struct Liquidate {
    #[account(mut)]
    pub margin: Account<MarginAccount>,
    #[account(mut)]
    pub market: Account<Market>,
    #[account(mut, address = market.queue @ PlimsollError::WrongQueue)]
    pub queue: Account<LiquidationQueue>,
    /// CHECK: must be the one that the entry names; loaded as a margin account when it is paid.
    #[account(unsafe(dup))]
    pub flagger: UncheckedAccount,
    /// CHECK: loaded as a margin account when it is paid; may be the flagger.
    #[account(unsafe(dup))]
    pub liquidator: UncheckedAccount,
}

impl Liquidate {
    /// The right accounts are paid.
    pub fn validate(&self) -> Result<()> {
        let entry = self.margin.entry_in(self.market.address(), self.margin.address(), &self.queue);
        let entry = entry.ok_or(PlimsollError::NotQueued)?;
        require!(*self.flagger.address().as_array() == entry.flagger, PlimsollError::WrongFlagger);
        Ok(())
    }

    pub fn handle(&mut self, others: &[AccountView]) -> Result<()> {
        self.validate()?;
        let clock = Clock::get()?;
        let (account, market) = (*self.margin.address(), *self.market.address());
        accrue(&mut self.market, clock.unix_timestamp)?;
        legs::accrue_writable(others, clock.unix_timestamp)?;
        let entry = self.margin.entry_in(&market, &account, &self.queue);
        let seen = entry.map(|entry| entry.first_publish_time);
        let survey = legs::survey(&self.margin, (&market, &self.market), others, clock.unix_timestamp, seen)?;
        let (leg, place) = (self.margin.leg_in(&market), self.margin.place_in(&market));
        let case = Case { account: account.as_array(), leg, place, slot: clock.slot };
        let verdict = judge(&survey, &self.market.core, &self.queue.queue, &case).map_err(refuse)?;
        self.carry_out(&verdict, &survey, &case, others)
    }

    /// Does it, pays whoever is paid, and ends or prolongs the flag.
    #[inline(never)] // the report would not fit the caller's stack frame beside the survey
    fn carry_out(&mut self, verdict: &Verdict, survey: &Survey, case: &Case<'_>, others: &[AccountView]) -> Result<()> {
        // Only where all legs go are their markets written.
        let others = if matches!(verdict.plan, Plan::All | Plan::Bankrupt) { Some(others) } else { None };
        let (margin, market, queue) = (&mut self.margin, &mut self.market, &mut self.queue.queue);
        let report = closing::close(margin, market, others, queue, verdict, survey, case)?;
        if !report.bankrupt && verdict.plan != Plan::Leave {
            self.pay(&report)?;
        }
        match report.until {
            Some(until) => self.margin.flag.until = until,
            None => {
                self.margin.flag = Flag::default();
                emit!(Unflagged { account: *self.margin.address(), market: *self.market.address() });
            }
        }
        Ok(())
    }

    fn pay(&self, report: &Report) -> Result<()> {
        let exchange = &self.margin.exchange;
        credit(self.flagger.account(), exchange, report.charge.flagger)?;
        credit(self.liquidator.account(), exchange, report.charge.liquidator)
    }
}

/// The program's error, with the account that goes first in the log.
fn refuse(refusal: Refusal) -> ProgramError {
    if let Refusal::NotFirst(ahead) = &refusal {
        emit!(GoesFirst { account: Address::new_from_array(ahead.account), key: ahead.key.0 });
    }
    PlimsollError::from(refusal.error()).into()
}
