//! The loop: what is heard goes into the view, what is worth doing goes out as jobs, what became of them comes back.

use std::collections::BTreeSet;

use plimsoll_client::{
    Address,
    events::GoesFirst,
    state::{ORACLE_PYTH_LEGACY, ORACLE_PYTH_PULL, OracleSource},
};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::{
    book::MarketId,
    decide::Decider,
    feed::Watched,
    job::{Finished, Kind, Outcome, Subject},
    metrics::Metrics,
    profit::Profit,
    send::{Blame, Sending},
    update::{AccountUpdate, Update},
    view::Change,
};

/// Updates that are taken in before anything is decided.
const AT_ONCE: usize = 4_096;

/// Everything the loop holds.
pub struct Brain {
    /// What is known and under way.
    pub decider: Decider,
    /// The two ends of sending.
    pub sending: Sending,
    /// What the feed watches.
    pub watched: watch::Sender<Watched>,
    /// Oracle accounts that the operator names: they cannot be found by their feed.
    pub oracles: Vec<Address>,
    /// What is measured.
    pub metrics: Metrics,
    /// What was earned and spent.
    pub profit: Profit,
    synced: bool,
    dirty: BTreeSet<MarketId>,
    /// Subjects of landed jobs, until what they changed was heard of.
    cooling: Vec<(u64, Vec<Subject>)>,
}

impl Brain {
    /// Before anything was heard.
    pub fn new(
        decider: Decider,
        sending: Sending,
        watched: watch::Sender<Watched>,
        oracles: Vec<Address>,
        metrics: Metrics,
        profit: Profit,
    ) -> Self {
        let (dirty, cooling) = (BTreeSet::new(), Vec::new());
        Self { decider, sending, watched, oracles, metrics, profit, synced: false, dirty, cooling }
    }

    /// Runs until `shutdown`, then waits for what is under way.
    pub async fn run(mut self, mut updates: mpsc::Receiver<Update>, shutdown: CancellationToken) {
        loop {
            tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                Some(finished) = self.sending.finished.recv() => self.finish(finished),
                update = updates.recv() => {
                    let Some(update) = update else { break };
                    self.take(update);
                    self.drain(&mut updates);
                    self.decide();
                }
            }
        }
        while let Some(finished) = self.sending.finished.recv().await {
            self.finish(finished);
        }
        self.profit.close();
    }

    /// Takes in what is already there: several accounts change in one slot, and one decision serves all.
    fn drain(&mut self, updates: &mut mpsc::Receiver<Update>) {
        for _ in 0..AT_ONCE {
            while let Ok(finished) = self.sending.finished.try_recv() {
                self.finish(finished);
            }
            let Ok(update) = updates.try_recv() else { return };
            self.take(update);
        }
    }

    fn take(&mut self, update: Update) {
        match update {
            Update::Account(account) => self.take_account(&account),
            Update::Slot(slot) => self.take_slot(slot),
            Update::Logs(logs) => {
                self.sending.tracker.heard(&logs);
                self.profit.heard(&logs.logs);
            }
            Update::Interrupted => {
                self.synced = false;
                self.metrics.interrupted();
                self.metrics.synced(false);
            }
            Update::Synced { slot, existing } => self.sync(slot, |address| existing.contains(address)),
        }
    }

    fn take_account(&mut self, update: &AccountUpdate) {
        let change = self.decider.view.take(update);
        match change {
            Change::Wallet(lamports) => {
                self.sending.tracker.balance(lamports);
                self.metrics.balance(lamports);
            }
            Change::Market(id) => {
                if self.decider.view.market(id).is_some_and(|market| market.posted.is_empty()) {
                    self.watch_oracles();
                }
                self.dirty.insert(id);
            }
            Change::Price(id) | Change::Queue(id) => _ = self.dirty.insert(id),
            Change::Margin(id) => {
                let book = &self.decider.view.book;
                self.dirty.extend(book.legs(id).map(|(market, ..)| market));
                let orders = book.extra(id).into_iter().flat_map(|extra| &extra.orders);
                self.dirty.extend(orders.filter_map(|slot| book.market_id(&slot.market)));
            }
            Change::Gone(_) | Change::Clock | Change::None => {}
        }
        if self.synced {
            self.decider.note(change);
            if matches!(change, Change::Market(_) | Change::Price(_)) {
                self.metrics.scan(self.decider.last_scan.0);
            }
        }
        self.profit.account(update, &self.decider.view);
    }

    fn take_slot(&mut self, slot: u64) {
        if !self.decider.view.clock.take_slot(slot) {
            return;
        }
        self.sending.tracker.slot(slot);
        self.metrics.slot(slot);
        let cooled = self.cooling.extract_if(.., |(until, _)| *until < slot);
        cooled.for_each(|(_, subjects)| self.decider.finished(&subjects));
        if self.synced {
            // Time passes in all of them: prices age, entries run out, orders come due.
            for id in self.markets() {
                self.decider.scan(id);
                self.dirty.insert(id);
            }
            self.measure();
        }
    }

    /// Everything was heard of: from now on decisions stand on what is.
    fn sync(&mut self, slot: u64, exists: impl Fn(&Address) -> bool) {
        self.decider.view.book.retain(slot, exists);
        self.synced = true;
        for id in self.markets() {
            self.decider.view.predict(id);
            self.dirty.insert(id);
        }
        self.decider.look_at_all();
        self.watch_oracles();
        self.metrics.synced(true);
        let (accounts, sick) = (self.decider.view.book.len(), self.decider.sick.len());
        tracing::info!(slot, accounts, sick, markets = self.decider.view.markets.len(), "in step with the chain");
    }

    fn decide(&mut self) {
        if !self.synced {
            return;
        }
        let dirty = std::mem::take(&mut self.dirty);
        for job in self.decider.work(&dirty) {
            if let Err(error) = self.sending.jobs.try_send(job) {
                let job = error.into_inner();
                self.metrics.job(job.kind, "dropped");
                self.decider.finished(&job.subjects);
            }
        }
    }

    fn finish(&mut self, finished: Finished) {
        let subjects = finished.job.subjects.clone();
        match &finished.outcome {
            Outcome::Landed { slot, .. } => {
                self.decider.refreshed(&subjects);
                // What it changed is heard of with the slot.
                self.cooling.push((*slot, subjects));
                if finished.job.kind == Kind::Liquidate {
                    self.decider.collided(false);
                }
            }
            Outcome::Refused { refusal, .. } => {
                if let Some(first) = refusal.event::<GoesFirst>() {
                    self.decider.name_first(first.account);
                    self.metrics.not_worst_first();
                }
                if finished.job.kind == Kind::Liquidate && matches!(Blame::of(refusal), Blame::Taken | Blame::Order) {
                    self.decider.collided(true);
                }
                self.cooling.push((self.decider.view.clock.slot(), subjects));
            }
            _ => self.cooling.push((self.decider.view.clock.slot(), subjects)),
        }
        self.profit.finish(&finished, &self.decider.view);
    }

    fn markets(&self) -> Vec<MarketId> {
        self.decider.view.markets.iter().map(|market| market.id).collect()
    }

    fn measure(&self) {
        let view = &self.decider.view;
        self.metrics.accounts(view.book.len());
        for market in &view.markets {
            let name = market.address.to_string();
            let sick = self.decider.sick.iter().filter(|(_, sick)| sick.market == market.id).count();
            self.metrics.sick(&name, sick);
            self.metrics.queued(&name, usize::try_from(market.queue.queue.count).unwrap_or(0));
        }
    }

    /// Tells the feed which oracle accounts matter.
    fn watch_oracles(&self) {
        let mut watched = Watched { feeds: Vec::new(), accounts: vec![self.decider.view.wallet] };
        watched.accounts.extend(&self.oracles);
        for market in &self.decider.view.markets {
            let sources: [&OracleSource; 2] = [&market.state.oracle, &market.state.second_oracle];
            for source in sources {
                match source.kind {
                    ORACLE_PYTH_PULL => watched.feeds.push((source.program, source.feed)),
                    ORACLE_PYTH_LEGACY => watched.accounts.push(Address::new_from_array(source.feed)),
                    // The feed is a digest: its account is one that the operator names.
                    _ => {}
                }
            }
        }
        self.watched.send_if_modified(|before| {
            let changed = *before != watched;
            *before = watched.clone();
            changed
        });
    }
}
