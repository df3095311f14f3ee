//! What is to be done now: decisions with the engine, on copies, as the chain will make them when the transaction lands.

mod chores;
mod flags;
mod liquidations;
mod orders;
mod protections;
mod refreshes;
mod settlements;
mod sick;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    time::Instant,
};

use plimsoll_client::{Address, instructions::Build, transaction::Draft};

use crate::{
    book::{MarketId, Ranking},
    job::{Job, Kind, Subject},
    turns::Turns,
    view::{Change, View},
};

/// What an operator chooses.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Margin account that is paid.
    pub reward: Address,
    /// The kinds of work to do.
    pub kinds: HashSet<Kind>,
    /// Seconds after which a market's price is refreshed even if nothing needs it.
    pub refresh_s: i64,
    /// Atoms of fees from which a market is swept.
    pub sweep_from: u64,
    /// Most accounts that one transaction flags.
    pub flags_at_once: usize,
    /// Most accounts that one transaction liquidates.
    pub liquidations_at_once: usize,
}

/// Slots for which a decision is worth sending: two observations later the chain is another.
const LIFE: u64 = 8;

/// What the keeper knows and what it has under way.
#[derive(Debug)]
pub struct Decider {
    /// What is known.
    pub view: View,
    /// Other keepers.
    pub turns: Turns,
    /// Accounts under maintenance.
    pub sick: Ranking,
    settings: Settings,
    busy: HashSet<Subject>,
    /// Accounts whose entries are to be refreshed: a refusal named them.
    stale_entries: HashSet<Address>,
    /// How many accounts one transaction liquidates: fewer after collisions.
    batch: usize,
    /// When each queue last changed.
    queue_moved: HashMap<MarketId, u64>,
    /// How long the last scan took, and how many accounts it looked at.
    pub last_scan: (std::time::Duration, usize),
}

impl Decider {
    /// Of a view.
    pub fn new(view: View, turns: Turns, settings: Settings) -> Self {
        let batch = settings.liquidations_at_once.max(1);
        Self {
            view,
            turns,
            sick: Ranking::default(),
            settings,
            busy: HashSet::new(),
            stale_entries: HashSet::new(),
            batch,
            queue_moved: HashMap::new(),
            last_scan: Default::default(),
        }
    }

    /// Notes what changed: predicts markets, and looks at the accounts that it can have made unhealthy.
    pub fn note(&mut self, change: Change) {
        match change {
            Change::None | Change::Clock | Change::Wallet(_) => {}
            Change::Margin(id) => self.look(id),
            // Its number may be another's next.
            Change::Gone(id) => self.sick.forget(id),
            Change::Market(id) | Change::Price(id) => self.scan(id),
            Change::Queue(id) => self.hear_queue(id),
        }
    }

    /// Everything that is worth doing in these markets now. Flags come first: who brings prices flags whom they made
    /// unhealthy in the same transaction.
    pub fn work(&mut self, markets: &BTreeSet<MarketId>) -> Vec<Job> {
        let mut jobs = Vec::new();
        self.flags(&mut jobs);
        for market in markets.iter().copied() {
            self.orders(market, &mut jobs);
            self.liquidations(market, &mut jobs);
            self.protections(market, &mut jobs);
            self.refreshes(market, &mut jobs);
            self.insurance(market, &mut jobs);
            self.waterfall(market, &mut jobs);
            self.settling(market, &mut jobs);
        }
        jobs
    }

    /// A job is over, whatever became of it: its subjects may be taken up again.
    pub fn finished(&mut self, subjects: &[Subject]) {
        subjects.iter().for_each(|subject| _ = self.busy.remove(subject));
    }

    /// A transaction found that another keeper had been faster, or that it had not.
    pub fn collided(&mut self, collided: bool) {
        self.batch = if collided {
            (self.batch / 2).max(1)
        } else {
            (self.batch + 1).min(self.settings.liquidations_at_once.max(1))
        };
    }

    /// A refusal named an account that goes first: its entry is out of date here or on chain.
    pub fn name_first(&mut self, account: Address) {
        self.stale_entries.insert(account);
    }

    fn does(&self, kind: Kind) -> bool {
        self.settings.kinds.contains(&kind)
    }

    fn is_free(&self, subject: &Subject) -> bool {
        !self.busy.contains(subject)
    }

    /// Whether it is this keeper's turn at work that has waited since a slot: whoever is before it had a slot each.
    fn is_turn(&self, work: &Address, number: u64, since: u64) -> bool {
        let waited = self.view.clock.slot().saturating_sub(since);
        waited >= u64::try_from(self.turns.before(work, number)).unwrap_or(u64::MAX)
    }

    /// Begins a job.
    fn job(&mut self, kind: Kind, subjects: Vec<Subject>, draft: Draft, reward: u64) -> Job {
        self.busy.extend(subjects.iter().copied());
        let last_slot = self.view.clock.slot().saturating_add(LIFE);
        Job { kind, subjects, draft, reward, last_slot, decided: Instant::now() }
    }

    /// Begins a job of one instruction.
    fn single<B: Build>(&mut self, kind: Kind, subject: Subject, build: &B, legs: usize, reward: u64) -> Job {
        self.job(kind, vec![subject], Draft::of(build, legs), reward)
    }

    /// The refreshes that a transaction about an account in these markets needs first. Nothing when some market's news has
    /// not landed and it is another keeper's turn to bring it: then this transaction would be decided on what is not so yet.
    fn refreshes_first(
        &self,
        markets: impl Iterator<Item = MarketId>,
    ) -> Option<Vec<plimsoll_client::instructions::RefreshMarket>> {
        let mut first = Vec::new();
        let mut seen = HashSet::new();
        for id in markets.filter(|id| seen.insert(*id)) {
            let market = self.view.market(id)?;
            let Some(refresh) = market.refresh() else { continue };
            if !self.does(Kind::Refresh) || !self.may_refresh(id) {
                return None;
            }
            first.push(refresh);
        }
        Some(first)
    }
}

/// Whether a subject of this kind is about an account.
fn about(kind: Kind, account: Address, number: u64) -> Subject {
    Subject { kind, account, number }
}
