//! Flagging: whatever is under maintenance and has no live entry, worst first, many in one transaction.

use std::collections::{HashMap, HashSet};

use plimsoll_client::{
    Address,
    engine::{flag, queue::Queue, survey::Case},
    instructions::FlagAccount,
    transaction::Draft,
};

use super::{Decider, about};
use crate::{
    book::{Id, MarketId},
    job::{Job, Kind, Subject},
};

/// Seconds before an entry runs out at which it is refreshed.
const EARLY: i64 = 10;

/// A flag that the engine would accept.
struct Accepted {
    build: FlagAccount,
    subject: Subject,
    reward: u64,
}

impl Decider {
    /// Flags what is to be flagged, in all queues.
    pub(super) fn flags(&mut self, jobs: &mut Vec<Job>) {
        if !self.does(Kind::Flag) {
            return;
        }
        // Whoever was named and left the queue meanwhile holds nobody back.
        let book = &self.view.book;
        let flagged = |id| book.extra(id).is_some_and(|extra| extra.flag.market != Address::default());
        self.stale_entries.retain(|account| book.id(account).is_some_and(flagged));
        let candidates = self.candidates();
        let (mut draft, mut subjects, mut reward) = (Draft::default(), Vec::new(), 0);
        let (mut brought, mut queues, mut count) = (Vec::new(), HashMap::new(), 0);
        for (account, id) in candidates {
            if count >= self.settings.flags_at_once {
                break;
            }
            let legs: Vec<_> = self.view.book.legs(account).map(|(market, ..)| market).collect();
            let missing: Vec<_> = legs.iter().copied().filter(|market| !brought.contains(market)).collect();
            let Some(first) = self.refreshes_first(missing.into_iter()) else { continue };
            // Whoever brings the prices that made an account unhealthy is the first who can flag it.
            let brings = !first.is_empty() || legs.iter().any(|market| brought.contains(market));
            if !brings && !self.may_flag(account) {
                continue;
            }
            let Some(market) = self.view.market(id) else { continue };
            let queue = queues.entry(id).or_insert(market.queue.queue);
            let Some(accepted) = self.accepted(account, id, queue) else { continue };
            for refresh in first {
                let of = self.view.book.market_id(&refresh.market);
                draft = draft.and(&refresh, 0);
                subjects.extend(of.and_then(|market| self.refresh_subject(market)));
                brought.extend(of);
            }
            draft = draft.and(&accepted.build, legs.len());
            subjects.push(accepted.subject);
            (reward, count) = (reward + accepted.reward, count + 1);
        }
        if count > 0 {
            jobs.push(self.job(Kind::Flag, subjects, draft, reward));
        }
    }

    /// Whether it is this keeper's turn at an account, or the one before it had a slot.
    fn may_flag(&self, account: Id) -> bool {
        let (Some(address), Some(sick)) = (self.view.book.address(account), self.sick.get(account)) else {
            return true;
        };
        self.view.clock.slot() > sick.since || self.turns.before(&address, sick.since) == 0
    }

    /// The accounts that may want a flag and the markets of their queues, worst first.
    fn candidates(&self) -> Vec<(Id, MarketId)> {
        let named = self.stale_entries.iter().filter_map(|address| {
            let account = self.view.book.id(address)?;
            let flagged = self.view.book.extra(account)?.flag.market;
            Some((u64::MAX, account, self.view.book.market_id(&flagged)?))
        });
        let sick = self.sick.iter().filter(|(account, sick)| self.wants_flag(*account, sick.market));
        let mut found: Vec<_> = sick.map(|(account, sick)| (sick.key, account, sick.market)).chain(named).collect();
        found.sort_unstable_by(|a, b| b.cmp(a));
        let mut seen = HashSet::new();
        found.retain(|(_, account, _)| seen.insert(*account));
        let free = |account: Id| {
            let address = self.view.book.address(account).unwrap_or_default();
            self.is_free(&about(Kind::Flag, address, 0))
        };
        found
            .into_iter()
            .filter(|(_, account, _)| free(*account))
            .map(|(_, account, market)| (account, market))
            .collect()
    }

    /// Whether an account under maintenance has no entry in a market's queue, or one that is about to run out.
    fn wants_flag(&self, account: Id, id: MarketId) -> bool {
        let (Some(market), Some(address)) = (self.view.market(id), self.view.book.address(account)) else {
            return false;
        };
        let flagged = self.view.book.extra(account).map(|extra| extra.flag).unwrap_or_default();
        let place = usize::try_from(flagged.place).unwrap_or(usize::MAX);
        let entry = market.queue.queue.entry_of(address.as_array(), place).ok();
        let ttl = i64::from(market.core.risk.entry_ttl);
        let fresh_for = ttl.saturating_sub(EARLY.min(ttl / 2));
        let now = self.view.clock.now();
        let entry =
            entry.filter(|entry| flagged.market == market.address && now.saturating_sub(entry.refreshed) <= fresh_for);
        entry.is_none()
    }

    /// The flag, if the chain would take it now. The queue is left as it would leave it.
    fn accepted(&self, account: Id, id: MarketId, queue: &mut Queue) -> Option<Accepted> {
        let market = self.view.market(id)?;
        let address = self.view.book.address(account)?;
        let now = self.view.clock.now();
        let survey = self.view.book.survey(account, now, None).ok()?;
        let extra = self.view.book.extra(account);
        let flagged = extra.map(|extra| extra.flag).unwrap_or_default();
        let place = (flagged.market == market.address).then(|| usize::try_from(flagged.place).unwrap_or(usize::MAX));
        let leg = self.view.book.leg_in(account, id).map(|(place, _)| place);
        let case = Case { account: address.as_array(), leg, place, slot: self.view.clock.slot() + 1 };
        let elsewhere = place.is_none() && flagged.until >= now;
        let reward = self.settings.reward;
        flag::flag(queue, &survey, &market.core.risk, &case, reward.as_array(), elsewhere).ok()?;
        let value = survey.leg(leg?);
        let legs = self.view.book.others(account, Some(id));
        let build = FlagAccount { margin: address, market: market.address, queue: market.state.queue, reward, legs };
        let reward = market.core.risk.charge_flagger.mul_floor(value.notional).ok()?.0;
        Some(Accepted { build, subject: about(Kind::Flag, address, 0), reward })
    }

    /// Entries that were named and are refreshed now need no longer be.
    pub fn refreshed(&mut self, subjects: &[Subject]) {
        let flags = subjects.iter().filter(|subject| subject.kind == Kind::Flag);
        flags.for_each(|subject| _ = self.stale_entries.remove(&subject.account));
    }
}
