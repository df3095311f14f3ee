//! Accounts that asked to be shrunk before they are under maintenance.

use plimsoll_client::{
    engine::{
        protection::{Guarded, protect},
        units::Ratio,
    },
    instructions::ProtectAccount,
};

use super::{Decider, about};
use crate::{
    book::{Id, MarketId},
    job::{Job, Kind},
};

impl Decider {
    /// Shrinks the accounts whose protection is due by their leg in a market.
    pub(super) fn protections(&mut self, id: MarketId, jobs: &mut Vec<Job>) {
        if !self.does(Kind::Protect) {
            return;
        }
        let guarded = self.view.book.extras().filter(|(_, extra)| extra.protection > 0).map(|(account, _)| account);
        for account in guarded.collect::<Vec<_>>() {
            jobs.extend(self.protect(account, id));
        }
    }

    fn protect(&mut self, account: Id, id: MarketId) -> Option<Job> {
        let now = self.view.clock.now();
        let market = self.view.market(id)?;
        let (place, position) = self.view.book.leg_in(account, id)?;
        let extra = self.view.book.extra(account)?;
        let survey = self.view.book.survey(account, now, None).ok()?;
        let rest = self.view.book.rest(account, id, now).ok()?;
        let guarded = Guarded {
            cash: self.view.book.cash(account),
            level: Ratio(extra.protection),
            survey: &survey,
            rest: &rest,
            leg: (place, &position),
            flagged: extra.flag.until >= now,
            waiting: extra.orders.iter().any(|slot| !slot.order.is_empty() && slot.order.trigger().is_none()),
        };
        let protected = protect(&guarded, &market.core, extra.order_sequence + 1, now).ok()?;
        let address = self.view.book.address(account)?;
        let subject = about(Kind::Protect, address, extra.order_sequence);
        // At prices that are on chain: whose news they are brings them.
        let current = self.refreshes_first(self.view.book.legs(account).map(|(market, ..)| market))?.is_empty();
        let since = market.newest().map_or(0, |posted| posted.slot);
        if !current || !self.is_free(&subject) || !self.is_turn(&address, extra.order_sequence, since) {
            return None;
        }
        let (keeper, legs) = (Some(self.settings.reward), self.view.book.others(account, Some(id)));
        let build = ProtectAccount { margin: address, market: market.address, keeper, legs };
        let reward = protected.order.execution_fee.0 / 2;
        Some(self.single(Kind::Protect, subject, &build, self.view.book.leg_count(account), reward))
    }
}
