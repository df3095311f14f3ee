//! Orders: executed at the one update each waits for, and fired when a price reaches their trigger.

use plimsoll_client::{
    engine::{
        execution::{Taker, execute},
        order::{Order, Stage},
        price::Price,
    },
    instructions::{ExecuteOrder, FireOrder},
    state::OrderSlot,
};

use super::{Decider, about};
use crate::{
    book::{Id, MarketId},
    job::{Job, Kind},
    view::Posted,
};

/// An order of an account.
#[derive(Clone, Copy)]
struct Waiting {
    account: Id,
    place: u8,
    order: Order,
}

impl Decider {
    /// Executes and fires what is due in a market.
    pub(super) fn orders(&mut self, id: MarketId, jobs: &mut Vec<Job>) {
        for waiting in self.waiting(id) {
            let kind = if waiting.order.trigger().is_some() { Kind::Fire } else { Kind::Execute };
            if self.does(kind) {
                let job = if kind == Kind::Fire { self.fire(id, &waiting) } else { self.execute(id, &waiting) };
                jobs.extend(job);
            }
        }
    }

    /// All orders in a market, of each account the one placed first of those that wait for no trigger.
    fn waiting(&self, id: MarketId) -> Vec<Waiting> {
        let Some(market) = self.view.market(id) else { return Vec::new() };
        let of = |slot: &OrderSlot| slot.market == market.address && !slot.order.is_empty();
        let mut all = Vec::new();
        for (account, extra) in self.view.book.extras() {
            let due = extra.orders.iter().filter(|slot| of(slot) && slot.order.trigger().is_none());
            let first = due.map(|slot| slot.order.sequence).min();
            for (place, slot) in (0u8..).zip(&extra.orders) {
                let turn = slot.order.trigger().is_some() || Some(slot.order.sequence) == first;
                if of(slot) && turn {
                    all.push(Waiting { account, place, order: slot.order });
                }
            }
        }
        all
    }

    fn execute(&mut self, id: MarketId, waiting: &Waiting) -> Option<Job> {
        let now = self.view.clock.now();
        let market = self.view.market(id)?;
        let risk = &market.core.risk;
        let address = self.view.book.address(waiting.account)?;
        let subject = about(Kind::Execute, address, waiting.order.sequence);
        let posted = match waiting.order.stage(risk, now).ok()? {
            Stage::Waiting => return None,
            // Its fee is earned at any update.
            Stage::Expired => *market.newest()?,
            Stage::Binding => self.update_of(id, waiting)?,
        };
        if !self.is_free(&subject) || !self.is_turn(&address, waiting.order.sequence, posted.slot) {
            return None;
        }
        let legs = self.view.book.legs(waiting.account).map(|(market, ..)| market).chain([id]);
        let first = self.refreshes_first(legs.collect::<Vec<_>>().into_iter())?;
        let (margin, of) = (address, market.address);
        let (executor, legs) = (Some(self.settings.reward), self.view.book.others(waiting.account, Some(id)));
        let build = ExecuteOrder { margin, market: of, oracle: posted.oracle, executor, place: waiting.place, legs };
        let mut subjects = vec![subject];
        let mut draft = plimsoll_client::transaction::Draft::default();
        for refresh in &first {
            draft = draft.and(refresh, 0);
            let of = self.view.book.market_id(&refresh.market);
            subjects.extend(of.and_then(|market| self.refresh_subject(market)));
        }
        let draft = draft.and(&build, self.view.book.leg_count(waiting.account) + 1);
        Some(self.job(Kind::Execute, subjects, draft, waiting.order.execution_fee.0))
    }

    /// The update at which an order executes, if it was posted and the chain would take the order there now.
    fn update_of(&self, id: MarketId, waiting: &Waiting) -> Option<Posted> {
        let now = self.view.clock.now();
        let market = self.view.market(id)?;
        let from = waiting.order.execution_time(&market.core.risk).ok()?;
        let is_first = |posted: &&Posted| posted.seen.previous_publish_time < from && from <= posted.seen.publish_time;
        let posted = market.posted.iter().find(is_first)?;
        let update = Price::convert(&market.core.risk, &posted.seen).ok()?;
        let rest = self.view.book.rest(waiting.account, id, now).ok()?;
        let position = self.view.book.leg_in(waiting.account, id).map(|(_, position)| position);
        let flagged = self.view.book.extra(waiting.account)?.flag.until >= now;
        let taker = Taker {
            cash: self.view.book.cash(waiting.account),
            rest: &rest,
            position: Some(&position.unwrap_or_default()),
            flagged,
        };
        // The inner error is the order's: it ends by it, and whoever executed it is paid.
        execute(&taker, &market.core, &waiting.order, &update, now).ok().map(|_| *posted)
    }

    fn fire(&mut self, id: MarketId, waiting: &Waiting) -> Option<Job> {
        let now = self.view.clock.now();
        let market = self.view.market(id)?;
        let fires = |posted: &&Posted| {
            let update = Price::convert(&market.core.risk, &posted.seen);
            update.is_ok_and(|update| waiting.order.clone().fire(&market.core, &update, now).is_ok())
        };
        let posted = market.posted.iter().rev().find(fires)?;
        let address = self.view.book.address(waiting.account)?;
        let subject = about(Kind::Fire, address, waiting.order.sequence);
        if !self.is_free(&subject) || !self.is_turn(&address, waiting.order.sequence, posted.slot) {
            return None;
        }
        let (oracle, keeper) = (posted.oracle, Some(self.settings.reward));
        let build = FireOrder { margin: address, market: market.address, oracle, keeper, place: waiting.place };
        Some(self.single(Kind::Fire, subject, &build, 0, waiting.order.execution_fee.0 / 2))
    }
}
