//! Liquidating: a queue in its order, several accounts in one transaction.
//!
//! Each liquidation is judged and carried out on copies, one after another, so a transaction holds what the chain would take.
//! All of them write the market and its queue, so two keepers at one queue cannot help each other: they take turns (ADR 42).

use plimsoll_client::{
    Address,
    engine::{
        liquidate::{Holdings, Plan, Refusal, carry_out, judge},
        mark::Leg,
        market::Market as Core,
        queue::{Entry, Queue},
        survey::Case,
    },
    instructions::{Liquidate, MarkAccount},
    transaction::Draft,
};

use super::{Decider, about};
use crate::{
    book::{Id, MarketId},
    job::{Job, Kind},
};

/// Slots of a turn.
const TURN: u64 = 4;
/// Slots for which a queue may stand still before the next keeper steps in.
const STANDS: u64 = 3;

/// A queued account.
struct Queued {
    id: Id,
    entry: Entry,
    key: u64,
}

/// What is to be done with it.
enum Step {
    Liquidate { build: Box<Liquidate>, reward: u64, last: bool },
    Mark(MarkAccount),
    First(Address),
    Nothing,
}

impl Decider {
    /// Liquidates from a market's queue, if it is this keeper's turn.
    pub(super) fn liquidations(&mut self, id: MarketId, jobs: &mut Vec<Job>) {
        let Some(market) = self.view.market(id).filter(|market| market.queue.queue.count > 0) else { return };
        let subject = about(Kind::Liquidate, market.address, 0);
        if !self.does(Kind::Liquidate) || !self.is_free(&subject) || !self.is_our_turn(id, &market.address) {
            return;
        }
        let (mut core, mut queue) = (*market.core, market.queue.queue);
        let Some(first) = self.refreshes_first(std::iter::once(id)) else { return };
        let (mut draft, mut subjects, mut reward) = (Draft::default(), vec![subject], 0);
        for refresh in &first {
            draft = draft.and(refresh, 0);
            subjects.extend(self.refresh_subject(id));
        }
        let (mut count, mut marks, mut named) = (0, Vec::new(), Vec::new());
        for queued in self.worst_first(id, &queue) {
            if count >= self.batch {
                break;
            }
            let others = self.view.book.legs(queued.id).map(|(market, ..)| market).filter(|market| *market != id);
            // Another market's news has to land first: it comes with its own work.
            if self.refreshes_first(others).is_none_or(|first| !first.is_empty()) {
                continue;
            }
            match self.step(&queued, id, &mut core, &mut queue) {
                Step::Liquidate { build, reward: earned, last } => {
                    draft = draft.and(&*build, self.view.book.leg_count(queued.id));
                    (count, reward) = (count + 1, reward + earned);
                    if last {
                        break;
                    }
                }
                Step::Mark(build) => marks.push((queued.id, build)),
                Step::First(account) => {
                    named.push(account);
                    break;
                }
                Step::Nothing => {}
            }
        }
        self.stale_entries.extend(named);
        if count > 0 {
            jobs.push(self.job(Kind::Liquidate, subjects, draft, reward));
        }
        self.marks(marks, jobs);
    }

    fn marks(&mut self, marks: Vec<(Id, MarkAccount)>, jobs: &mut Vec<Job>) {
        for (account, build) in marks {
            let subject = about(Kind::Mark, build.margin, 0);
            if self.does(Kind::Mark) && self.is_free(&subject) {
                jobs.push(self.single(Kind::Mark, subject, &build, self.view.book.leg_count(account), 0));
            }
        }
    }

    /// Whether it is this keeper's turn at a queue, or nobody did anything in another's.
    fn is_our_turn(&self, id: MarketId, market: &Address) -> bool {
        let slot = self.view.clock.slot();
        let stands = slot.saturating_sub(self.queue_moved.get(&id).copied().unwrap_or(0)) / STANDS;
        stands >= u64::try_from(self.turns.before(market, slot / TURN)).unwrap_or(u64::MAX)
    }

    /// The queue's accounts with their keys as they are now, the largest first.
    fn worst_first(&self, id: MarketId, queue: &Queue) -> Vec<Queued> {
        let used = usize::try_from(queue.used).unwrap_or(0);
        let entries = (0..used).filter_map(|place| queue.get(place)).filter(|entry| entry.first_slot > 0);
        let now = self.view.clock.now();
        let drift = self.view.book.core(id).map(|core| core.risk.key_drift).unwrap_or_default();
        let mut queued: Vec<Queued> = entries
            .filter_map(|entry| {
                let account = self.view.book.id(&Address::new_from_array(entry.account))?;
                let survey = self.view.book.survey(account, now, Some(entry.first_publish_time)).ok()?;
                let key = survey.health.key(drift).map_or(0, |key| key.0);
                Some(Queued { id: account, entry, key })
            })
            .collect();
        queued.sort_unstable_by_key(|queued| std::cmp::Reverse(queued.key));
        queued
    }

    /// What to do with an account, after what was done with those before it: `core` and `queue` are as they left them.
    fn step(&self, queued: &Queued, id: MarketId, core: &mut Core, queue: &mut Queue) -> Step {
        self.try_step(queued, id, core, queue).unwrap_or(Step::Nothing)
    }

    fn try_step(&self, queued: &Queued, id: MarketId, core: &mut Core, queue: &mut Queue) -> Option<Step> {
        let market = self.view.market(id)?;
        let address = self.view.book.address(queued.id)?;
        let flag = self.view.book.extra(queued.id)?.flag;
        let (leg, mut position) = self
            .view
            .book
            .leg_in(queued.id, id)
            .map_or((None, Default::default()), |(leg, position)| (Some(leg), position));
        let seen = Some(queued.entry.first_publish_time);
        let survey = self.view.book.survey_beside(queued.id, self.view.clock.now(), seen, Some((id, core))).ok()?;
        let place = (flag.market == market.address).then(|| usize::try_from(flag.place).unwrap_or(usize::MAX));
        let case = Case { account: address.as_array(), leg, place, slot: self.view.clock.slot() + 1 };
        let verdict = match judge(&survey, core, queue, &case) {
            Ok(verdict) => verdict,
            Err(Refusal::NotFirst(ahead)) => return Some(Step::First(Address::new_from_array(ahead.account))),
            Err(_) => return None,
        };
        let flagger = Address::new_from_array(queued.entry.flagger);
        let liquidator = self.settings.reward;
        let bankrupt = verdict.plan == Plan::Bankrupt;
        let floor = self.view.house.filter(|_| bankrupt).map(|house| house.floor());
        let legs = self.view.book.others(queued.id, Some(id));
        let (margin, of) = (address, market.state.queue);
        let build = Liquidate { margin, market: market.address, queue: of, flagger, liquidator, floor, legs };
        let mut reward = 0;
        // Where all legs go other markets change too, so nothing is decided on what they would be.
        let last = matches!(verdict.plan, Plan::All | Plan::Bankrupt);
        match verdict.plan {
            Plan::Leave => queue.remove(case.account, verdict.place).ok()?,
            Plan::Step(at) => {
                let mut cash = self.view.book.cash(queued.id);
                let mut held = [Leg { position: &mut position, market: core }];
                let mut holdings = Holdings { cash: &mut cash, legs: &mut held, places: &[at] };
                match carry_out(&verdict, &mut holdings, &survey, queue, &case) {
                    Ok(report) => {
                        let own = if flagger == liquidator { report.charge.flagger.0 } else { 0 };
                        reward = report.charge.liquidator.0 + own;
                    }
                    Err(plimsoll_client::engine::EngineError::NothingToClose) => {
                        return Some(Step::Mark(MarkAccount { margin, legs: self.view.book.others(queued.id, None) }));
                    }
                    Err(_) => return None,
                }
            }
            Plan::All | Plan::Bankrupt => {
                let size = survey.leg(leg?).notional;
                reward = core.risk.charge_liquidator.mul_floor(size).map_or(0, |reward| reward.0);
            }
        }
        Some(Step::Liquidate { build: Box::new(build), reward, last })
    }
}
