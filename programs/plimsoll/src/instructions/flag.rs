use anchor_lang::prelude::*;
use plimsoll_engine::{
    close::{is_urgent, leg_to_flag},
    queue::{Entry, Queue},
};

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::{Flagged, Unflagged},
    legs::Survey,
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
    /// Margin account that is paid when the flagged account is liquidated.
    #[account(constraint(reward.exchange == margin.exchange @ PlimsollError::WrongExchange))]
    pub reward: Account<MarginAccount>,
}

impl FlagAccount {
    pub fn handle(&mut self, others: &[AccountView]) -> Result<()> {
        let clock = Clock::get()?;
        let now = clock.unix_timestamp;
        let (account, market) = (*self.margin.address(), *self.market.address());
        let survey = Survey::take(&self.margin, (&market, &self.market), others, now)?;
        let entry = self.margin.entry_in(&market, &account, &self.queue);
        let leg = self.margin.leg_in(&market);

        if !survey.health.is_liquidatable() || (entry.is_some() && !survey.binds(leg)) {
            require!(entry.is_some(), PlimsollError::NotLiquidatable);
            self.margin.unflag(&account, &mut self.queue)?;
            emit!(Unflagged { account, market });
            return Ok(());
        }
        if entry.is_none() {
            let elsewhere = self.margin.flag.market != market && self.margin.is_flagged(now);
            require!(!elsewhere, PlimsollError::FlaggedElsewhere);
            let chosen = leg_to_flag(&survey.health, survey.legs.iter().copied());
            require!(chosen.is_some() && chosen == leg, PlimsollError::WrongLeg);
        }
        let risk = &self.market.core.risk;
        let key = survey.health.key(risk.key_drift).checked()?;
        let urgent = is_urgent(risk, &survey.health, &survey.leg(leg.unwrap_or_default())).checked()?;
        // An entry past its time to live starts anew: its first observation is no longer one of two.
        let live = entry.filter(|entry| Queue::is_live(entry, risk.entry_ttl, now));
        if entry.is_some() && live.is_none() {
            self.queue.queue.remove(account.as_array(), self.margin.place()).checked()?;
        }
        let place = if live.is_some() {
            let place = self.margin.place();
            self.queue.queue.refresh(account.as_array(), place, key, urgent, now).checked()?;
            place
        } else {
            let new = Entry {
                account: account.to_bytes(),
                flagger: self.reward.address().to_bytes(),
                key,
                first_slot: clock.slot,
                first_time: now,
                first_publish_time: survey.newest,
                refreshed: now,
                urgent,
            };
            let inserted = self.queue.queue.insert(new, risk.entry_ttl, now).checked()?;
            if let Some(dropped) = inserted.dropped {
                emit!(Unflagged { account: Address::new_from_array(dropped.account), market });
            }
            inserted.place
        };
        let stored = u64::try_from(place).map_err(|_| PlimsollError::Overflow)?;
        self.margin.flag = Flag { market, place: stored, until: now.saturating_add(i64::from(risk.entry_ttl)) };
        emit!(Flagged {
            account,
            market,
            key: key.0,
            equity: survey.health.equity.0,
            maintenance: survey.health.maintenance.0,
            first: live.is_none(),
            place: u32::try_from(place).unwrap_or(u32::MAX),
        });
        Ok(())
    }
}
