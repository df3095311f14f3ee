//! Flagging: whatever is under maintenance and has no live entry, worst first, many in one transaction.

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
    /// Flags what is to be flagged in a market's queue.
    pub(super) fn flags(&mut self, id: MarketId, jobs: &mut Vec<Job>) {
        if !self.does(Kind::Flag) {
            return;
        }
        let candidates = self.candidates(id);
        let Some(market) = self.view.market(id).filter(|_| !candidates.is_empty()) else { return };
        let mut queue = market.queue.queue;
        let (mut draft, mut subjects, mut reward, mut brought) = (Draft::default(), Vec::new(), 0, Vec::new());
        for account in candidates {
            if subjects.len() >= self.settings.flags_at_once {
                break;
            }
            let legs: Vec<_> = self.view.book.legs(account).map(|(market, ..)| market).collect();
            let missing = legs.iter().copied().filter(|market| !brought.contains(market));
            let Some(first) = self.refreshes_first(missing.collect::<Vec<_>>().into_iter()) else { continue };
            let Some(accepted) = self.accepted(account, id, &mut queue) else { continue };
            for refresh in first {
                let of = self.view.book.market_id(&refresh.market);
                let subject = of.and_then(|market| self.refresh_subject(market));
                (draft, brought) = (draft.and(&refresh, 0), brought.into_iter().chain(of).collect());
                subjects.extend(subject);
            }
            draft = draft.and(&accepted.build, legs.len());
            subjects.push(accepted.subject);
            reward += accepted.reward;
        }
        if subjects.iter().any(|subject| subject.kind == Kind::Flag) {
            jobs.push(self.job(Kind::Flag, subjects, draft, reward));
        }
    }

    /// The accounts that may want a flag in a market's queue and are this keeper's to flag, worst first.
    fn candidates(&self, id: MarketId) -> Vec<Id> {
        let now = self.view.clock.now();
        let Some(market) = self.view.market(id) else { return Vec::new() };
        let wants = |account: Id, address: &Address| {
            let flagged = self.view.book.extra(account).map(|extra| extra.flag).unwrap_or_default();
            let entry = (flagged.market == market.address)
                .then(|| {
                    market
                        .queue
                        .queue
                        .entry_of(address.as_array(), usize::try_from(flagged.place).unwrap_or(usize::MAX))
                        .ok()
                })
                .flatten();
            let ttl = i64::from(market.core.risk.entry_ttl);
            entry.is_none_or(|entry| now.saturating_sub(entry.refreshed) > ttl.saturating_sub(EARLY.min(ttl / 2)))
                || self.stale_entries.contains(address)
        };
        let sick = self.sick.iter().filter(|(_, sick)| sick.market == id);
        let mut found: Vec<(u64, Id)> = sick
            .filter_map(|(account, sick)| {
                let address = self.view.book.address(account)?;
                let subject = about(Kind::Flag, address, 0);
                let mine = self.is_turn(&address, sick.since, sick.since);
                (mine && self.is_free(&subject) && wants(account, &address)).then_some((sick.key, account))
            })
            .collect();
        let named = self.stale_entries.iter().filter_map(|address| self.view.book.id(address));
        found.extend(named.filter(|account| self.sick.get(*account).is_none()).map(|account| (u64::MAX, account)));
        found.sort_unstable_by(|a, b| b.cmp(a));
        found.dedup_by_key(|(_, account)| *account);
        found.into_iter().map(|(_, account)| account).collect()
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
