use alloc::vec::Vec;

use anchor_lang::prelude::*;
use plimsoll_engine::{
    close::{choose_leg, is_urgent},
    liquidation::{Charge, close, step_size},
    margin::leg_health,
    queue::{Entry, Now, Queue},
    units::{Atoms, Lots},
};

use crate::{
    checked::Checked,
    closing,
    errors::PlimsollError,
    events::{GoesFirst, Liquidated, Unflagged},
    funding::accrue,
    legs::Survey,
    rewards::credit,
    state::{LiquidationQueue, MarginAccount, Market},
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
    /// The account's entry, and that the right accounts are paid.
    pub fn validate(&self) -> Result<Entry> {
        let account = self.margin.address();
        let entry = self.margin.entry_in(self.market.address(), account, &self.queue);
        let entry = entry.ok_or(PlimsollError::NotQueued)?;
        require!(*self.flagger.address().as_array() == entry.flagger, PlimsollError::WrongFlagger);
        Ok(entry)
    }

    pub fn handle(&mut self, others: &[AccountView]) -> Result<()> {
        let entry = self.validate()?;
        let clock = Clock::get()?;
        let now = clock.unix_timestamp;
        let market = *self.market.address();
        accrue(&mut self.market, now)?;
        let survey = Survey::take(&self.margin, (&market, &self.market), others, now)?;
        let leg = self.margin.leg_in(&market).filter(|place| survey.binds(Some(*place)));
        let Some(leg) = leg.filter(|_| survey.health.is_liquidatable()) else {
            return self.leave();
        };
        let live = Queue::is_live(&entry, self.market.core.risk.entry_ttl, now);
        require!(live, PlimsollError::EntryExpired);
        require!(clock.slot > entry.first_slot, PlimsollError::FlaggedThisSlot);
        require!(survey.oldest > entry.first_publish_time, PlimsollError::PriceNotNewerThanFlag);
        let key = self.require_first(&survey, leg, clock.slot, now)?;

        if !survey.order_fees.is_zero() {
            closing::release_orders(&mut self.margin)?;
        }
        if survey.health.is_bankrupt() {
            closing::close_bankrupt(&mut self.margin, &mut self.market, others, key, now)?;
            return self.leave();
        }
        let none_helps = choose_leg(&survey.health, survey.legs.iter().copied()).is_none();
        if none_helps && !others.is_empty() {
            let charge =
                closing::close_all(&mut self.margin, &mut self.market, others, &survey, key, entry.first_time, now)?;
            self.pay(&charge)?;
            return self.stay_or_leave(others, now);
        }
        self.close_leg(&survey, leg, &entry, key, now)
    }

    /// Refuses, naming who goes first, unless the key computed now is within tolerance of the largest that counts.
    fn require_first(&self, survey: &Survey, leg: usize, slot: u64, now: i64) -> Result<Atoms> {
        let core = &self.market.core;
        let key = survey.health.key(core.risk.key_drift).checked()?;
        let throttle = core.throttle.refilled(&core.risk, now).checked()?;
        let has_capacity = throttle.allows_step(&core.risk, core.price.oracle).checked()?;
        let at = Now { slot, time: now, has_capacity };
        if !at.has_capacity {
            let urgent = is_urgent(&core.risk, &survey.health, &survey.leg(leg)).checked()?;
            require!(urgent, PlimsollError::NoCapacity);
        }
        self.queue.queue.require_first(&core.risk, self.margin.place(), key, &at).map_err(|ahead| {
            emit!(GoesFirst { account: Address::new_from_array(ahead.account), key: ahead.key.0 });
            PlimsollError::NotWorstFirst
        })?;
        Ok(key)
    }

    /// One step on one leg; the account stays queued if it is still under maintenance.
    fn close_leg(&mut self, survey: &Survey, leg: usize, entry: &Entry, key: Atoms, now: i64) -> Result<()> {
        let (account, market) = (*self.margin.address(), *self.market.address());
        let mut position = self.margin.position(leg);
        let core = &mut self.market.core;
        let equity = survey.health.equity;
        let size = step_size(core, &survey.health, &survey.leg(leg), &position, now).checked()?;
        let step = close(&mut self.margin.cash, &mut position, core, equity, size, now).checked()?;
        self.margin.set_position(leg, &market, position);

        let after = leg_health(&position, core, core.price.oracle).checked()?;
        let health = survey.replaced(self.margin.cash, leg, &after)?;
        require!(health.no_worse_than(&survey.health), PlimsollError::HealthWorsens);
        let price = core.price.oracle.0;
        let drift = core.risk.key_drift;
        let urgent = is_urgent(&core.risk, &health, &after).checked()?;
        self.pay(&step.charge)?;
        emit!(Liquidated {
            account,
            market,
            key: key.0,
            lots: step.lots.0,
            price,
            settled: step.settled.0,
            equity_before: equity.0,
            maintenance_before: survey.health.maintenance.0,
            to_treasury: step.charge.treasury.0,
            to_flagger: step.charge.flagger.0,
            to_liquidator: step.charge.liquidator.0,
            to_insurance: step.charge.insurance.0,
            first_flagged: entry.first_time,
        });
        if position.lots == Lots::ZERO || !health.is_liquidatable() {
            return self.leave();
        }
        let key = health.key(drift).checked()?;
        let place = self.margin.place();
        self.margin.flag.until = now.saturating_add(i64::from(self.market.core.risk.entry_ttl));
        self.queue.queue.refresh(account.as_array(), place, key, urgent, now).checked()
    }

    fn pay(&self, charge: &Charge) -> Result<()> {
        let exchange = &self.margin.exchange;
        credit(self.flagger.account(), exchange, charge.flagger)?;
        credit(self.liquidator.account(), exchange, charge.liquidator)
    }

    /// A leg that could not be closed waits, queued, for cash that a treasury owes the account.
    fn stay_or_leave(&mut self, others: &[AccountView], now: i64) -> Result<()> {
        let (account, market) = (*self.margin.address(), *self.market.address());
        if self.margin.leg_in(&market).is_none_or(|place| self.margin.position(place).lots.is_zero()) {
            return self.leave();
        }
        let freed: Vec<_> =
            others.iter().copied().filter(|view| self.margin.leg_in(view.address()).is_some()).collect();
        let survey = Survey::take(&self.margin, (&market, &self.market), &freed, now)?;
        let key = survey.health.key(self.market.core.risk.key_drift).checked()?;
        let place = self.margin.place();
        self.queue.queue.refresh(account.as_array(), place, key, true, now).checked()
    }

    fn leave(&mut self) -> Result<()> {
        let account = *self.margin.address();
        self.margin.unflag(&account, &mut self.queue)?;
        emit!(Unflagged { account, market: *self.market.address() });
        Ok(())
    }
}
