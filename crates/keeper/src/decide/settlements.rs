//! When a market cannot pay everybody: deleveraging, winding down, settling and paying claims.

use plimsoll_client::{
    engine::{
        deleverage,
        market::{Market as Core, status},
        position::Position,
        settlement::{self, stage},
        winding,
    },
    instructions::{Build, Deleverage, FixSettlement, LookSettlement, PayClaim, SettlePosition, WindDown},
    transaction::Draft,
};

use super::{Decider, about};
use crate::{
    book::{Id, MarketId},
    job::{Job, Kind, Subject},
};

/// Accounts that one transaction settles or pays: each is several thousand units and a market that all of them write.
const AT_ONCE: usize = 6;

impl Decider {
    /// Looks at a market as the engine would: a look that changes nothing is an error there, and not sent.
    pub(super) fn waterfall(&mut self, id: MarketId, jobs: &mut Vec<Job>) {
        let Some(market) = self.view.market(id).filter(|_| self.does(Kind::Waterfall)) else { return };
        let (address, now) = (market.address, self.view.clock.now());
        // With its news, which come first in the same transaction.
        let core = *market.core;
        if !self.is_chore_turn(&address) {
            return;
        }
        let would = |look: fn(&mut Core, i64) -> bool| look(&mut core.clone(), now);
        if would(|core, now| settlement::look(core, now).is_ok()) {
            jobs.extend(self.look_at(id, 1, &LookSettlement { market: address }));
        } else if would(|core, now| deleverage::look(core, now).is_ok()) {
            jobs.extend(self.look_at(id, 2, &Deleverage { market: address }));
        } else if would(|core, now| winding::look(core, now).is_ok()) {
            jobs.extend(self.look_at(id, 3, &WindDown { market: address }));
        } else if would(|core, now| settlement::fix(core, now).is_ok()) {
            jobs.extend(self.look_at(id, 4, &FixSettlement { market: address }));
        }
    }

    /// A look, after the refresh that it is decided on.
    fn look_at<B: Build>(&mut self, id: MarketId, number: u64, build: &B) -> Option<Job> {
        let address = self.view.market(id)?.address;
        let subject = about(Kind::Waterfall, address, number);
        let first = self.refreshes_first(std::iter::once(id)).filter(|_| self.is_free(&subject))?;
        let (mut draft, mut subjects) = (Draft::default(), vec![subject]);
        for refresh in &first {
            draft = draft.and(refresh, 0);
            subjects.extend(self.refresh_subject(id));
        }
        Some(self.job(Kind::Waterfall, subjects, draft.and(build, 0), 0))
    }

    /// In a market that settles: everybody's position, then everybody's claim.
    pub(super) fn settling(&mut self, id: MarketId, jobs: &mut Vec<Job>) {
        let Some(market) = self.view.market(id).filter(|market| market.core.status >= status::SETTLING) else { return };
        let address = market.address;
        if !self.does(Kind::Waterfall) || !self.is_chore_turn(&address) {
            return;
        }
        let (mut draft, mut subjects) = (Draft::default(), Vec::new());
        for account in self.view.book.accounts_in(id) {
            if subjects.len() >= AT_ONCE {
                break;
            }
            draft = match self.settled(account, id, draft.clone()) {
                Some((next, subject)) => {
                    subjects.push(subject);
                    next
                }
                None => draft,
            };
        }
        if !subjects.is_empty() {
            jobs.push(self.job(Kind::Waterfall, subjects, draft, 0));
        }
    }

    /// The draft with an account's settlement or payment, if the engine would do it.
    fn settled(&self, account: Id, id: MarketId, draft: Draft) -> Option<(Draft, Subject)> {
        let market = self.view.market(id)?;
        let margin = self.view.book.address(account)?;
        let (_, position) = self.view.book.leg_in(account, id)?;
        let subject = about(Kind::Waterfall, margin, u64::from(id) << 8 | u64::from(position.stage));
        if !self.is_free(&subject) {
            return None;
        }
        let (mut cash, mut core, mut after): (_, Core, Position) =
            (self.view.book.cash(account), *market.core, position);
        if position.stage == stage::OPEN {
            // A bankrupt is liquidated instead, and one whose profit is elsewhere is marked first: those come by the queue.
            settlement::settle(&mut cash, &mut after, &mut core).ok()?;
            let legs = self.view.book.others(account, Some(id));
            let build = SettlePosition { margin, market: market.address, legs };
            return Some((draft.and(&build, self.view.book.leg_count(account)), subject));
        }
        settlement::pay(&mut cash, &mut after, &mut core).ok()?;
        Some((draft.and(&PayClaim { margin, market: market.address }, 0), subject))
    }
}
