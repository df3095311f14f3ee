//! Fresh prices: when something needs them, and now and then.

use super::{Decider, about};
use crate::{
    book::MarketId,
    job::{Job, Kind, Subject},
};

impl Decider {
    /// Refreshes a market that has not been for a while.
    pub(super) fn refreshes(&mut self, id: MarketId, jobs: &mut Vec<Job>) {
        if !self.does(Kind::Refresh) {
            return;
        }
        let now = self.view.clock.now();
        let Some(market) = self.view.market(id) else { return };
        let (refresh, age) = (market.refresh(), now.saturating_sub(market.state.core.published()));
        let due = age >= self.settings.refresh_s.min(i64::from(market.state.core.risk.max_price_age) / 2);
        let (Some(refresh), Some(subject)) = (refresh.filter(|_| due), self.refresh_subject(id)) else { return };
        if self.may_refresh(id) && self.is_free(&subject) {
            jobs.push(self.single(Kind::Refresh, subject, &refresh, 0, 0));
        }
    }

    /// Whether this keeper is to bring a market's news: it is its turn, or those before it had a slot each. All markets' news of
    /// a second are one keeper's, so that it can act on accounts in several of them at once.
    pub(super) fn may_refresh(&self, id: MarketId) -> bool {
        let Some(market) = self.view.market(id) else { return false };
        let Some(posted) = market.newest() else { return true };
        let number = u64::try_from(posted.seen.publish_time).unwrap_or(0);
        self.is_turn(&self.view.exchange, number, posted.slot)
            && self.refresh_subject(id).is_some_and(|subject| self.is_free(&subject))
    }

    /// What a refresh of a market with its newest price is about.
    pub(super) fn refresh_subject(&self, id: MarketId) -> Option<Subject> {
        let market = self.view.market(id)?;
        let second = market.second.map_or(0, |posted| posted.seen.publish_time);
        let published = market.newest().map_or(0, |posted| posted.seen.publish_time).max(second);
        Some(about(Kind::Refresh, market.address, u64::try_from(published).unwrap_or(0)))
    }
}
