//! The desk: it alone holds the queue and what is under way, and it never waits for a node.

mod chores;
mod now;
mod outcome;
mod sign;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::{Duration, Instant},
};

use solana_keypair::Keypair;
use solana_signature::Signature;
use solana_signer::Signer as _;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    Awaited,
    errand::Errands,
    event::{Event, Failure},
    flight::{Flight, Stage},
    hashes::Hashes,
    prices::Prices,
    purse::{Purse, Turn},
    queue::Queue,
    recent::Recent,
};
use crate::{
    config::Config,
    endpoints::Endpoints,
    job::{Finished, Job, Outcome, Subject},
    journal::{Journal, Open},
    metrics::Metrics,
};
use chores::Chores;
use now::Now;

/// How often what is due is looked for.
const TICK: Duration = Duration::from_millis(50);

/// What a desk is given.
pub(super) struct Office {
    pub(super) config: Config,
    pub(super) wallet: Arc<Keypair>,
    pub(super) endpoints: Endpoints,
    pub(super) journal: Journal,
    pub(super) metrics: Metrics,
    pub(super) shutdown: CancellationToken,
    pub(super) events: mpsc::UnboundedSender<Event>,
    pub(super) awaited: Awaited,
    pub(super) report: mpsc::UnboundedSender<Finished>,
}

/// The desk.
pub(super) struct Desk {
    office: Office,
    errands: Errands,
    queue: Queue,
    flights: HashMap<u64, Flight>,
    next_flight: u64,
    by_signature: HashMap<Signature, u64>,
    /// Subjects of jobs that wait or are under way.
    busy: HashSet<Subject>,
    /// Transactions of an earlier run that may still land.
    earlier: HashMap<Signature, Open>,
    hashes: Hashes,
    prices: Prices,
    purse: Purse,
    recent: Recent,
    chores: Chores,
    now: Now,
    /// The slot by what was heard and the time since.
    slot: u64,
}

impl Desk {
    pub(super) fn new(office: Office) -> Self {
        let errands = Errands { endpoints: office.endpoints.clone(), events: office.events.clone() };
        let earlier = office.journal.under_way();
        if !earlier.is_empty() {
            tracing::info!(count = earlier.len(), "looking up transactions of the last run");
        }
        Self {
            errands,
            queue: Queue::new(office.config.send.queue),
            flights: HashMap::new(),
            next_flight: 0,
            by_signature: HashMap::new(),
            busy: earlier.values().flat_map(|open| open.subjects.iter().copied()).collect(),
            earlier,
            hashes: Hashes::default(),
            prices: Prices::new(&office.config.fees),
            purse: Purse::new(&office.config.fees),
            recent: Recent::default(),
            chores: Chores::default(),
            now: Now::default(),
            slot: 0,
            office,
        }
    }

    /// Works until `shutdown`, and then until everything under way is over or the time of grace is.
    pub(super) async fn work(mut self, mut jobs: mpsc::Receiver<Job>, mut events: mpsc::UnboundedReceiver<Event>) {
        let shutdown = self.office.shutdown.clone();
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut last = None;
        loop {
            tokio::select! {
                // What is known goes before what is new: a landing frees a subject. Ticks are few.
                biased;
                () = shutdown.cancelled(), if last.is_none() => {
                    last = Some(Instant::now() + Duration::from_secs(self.office.config.send.grace_s));
                    jobs.close();
                    self.stop(&mut jobs);
                }
                _ = ticks.tick() => self.tick(),
                Some(event) = events.recv() => self.told(event),
                job = jobs.recv(), if last.is_none() => match job {
                    Some(job) => self.take(job),
                    // Nobody can send any more.
                    None => self.office.shutdown.cancel(),
                },
            }
            if last.is_none() {
                self.dispatch();
            }
            self.office.metrics.jobs_pending(self.queue.len(), self.flights.len());
            if last.is_some_and(|last| self.flights.is_empty() || Instant::now() >= last) {
                break;
            }
        }
        if !self.flights.is_empty() {
            tracing::warn!(count = self.flights.len(), "transactions may still land: the next run looks them up");
        }
        self.office.journal.flush();
    }

    /// Takes no more jobs.
    fn stop(&mut self, jobs: &mut mpsc::Receiver<Job>) {
        tracing::info!(under_way = self.flights.len(), "sending stops");
        while let Ok(job) = jobs.try_recv() {
            self.report(job, Outcome::Dropped("the keeper is stopping"));
        }
        for job in self.queue.drain() {
            self.drop_job(job, "the keeper is stopping");
        }
    }

    /// Takes a job in.
    fn take(&mut self, job: Job) {
        let refused = if job.last_slot < self.slot {
            Some("it came too late")
        } else if job.subjects.iter().any(|subject| self.busy.contains(subject)) {
            Some("an equal one is under way")
        } else if self.office.config.dry_run {
            None
        } else {
            self.purse.refuses(job.reward > 0)
        };
        if let Some(why) = refused {
            return self.report(job, Outcome::Dropped(why));
        }
        self.busy.extend(job.subjects.iter().copied());
        if let Some(least) = self.queue.put(job) {
            self.drop_job(least, "the queue is full of jobs that are worth more");
        }
    }

    /// Takes in what an errand or the stream says.
    fn told(&mut self, event: Event) {
        match event {
            Event::Slot(slot) => self.slot = self.now.heard(slot),
            Event::Balance(lamports) => self.balance(lamports),
            Event::Heard(logs) => {
                if let Some(flight) = self.by_signature.get(&logs.signature).copied() {
                    self.landed(flight, logs.slot, logs.error, logs.logs);
                }
            }
            Event::Chain { hash, last_block, height, slot } => {
                self.chores.chain_done(true);
                self.hashes.learn(hash, last_block, height, slot);
                self.slot = self.now.heard(slot);
            }
            Event::NoChain(why) => {
                if self.chores.chain_done(false) {
                    tracing::warn!("no blockhash can be fetched: {why}");
                }
            }
            Event::Simulated { flight, result } => self.simulated(flight, result),
            Event::Taken { flight, signature, result } => self.taken(flight, &signature, result),
            Event::Statuses { slot, statuses } => {
                self.chores.statuses_done();
                for (signature, status) in statuses {
                    self.status(&signature, slot, status);
                }
            }
            Event::NoStatuses => self.chores.statuses_done(),
            Event::Logs { signature, slot, error, logs } => self.fetched(&signature, slot, error, logs),
            Event::Bid(account, price) => {
                self.chores.bids_done();
                self.prices.learn(account, price);
            }
            Event::NoBid => self.chores.bids_done(),
        }
    }

    /// The wallet has so many lamports.
    fn balance(&mut self, lamports: u64) {
        self.office.metrics.balance(lamports);
        let turn = self.purse.set(lamports);
        self.turned(turn);
    }

    fn turned(&mut self, turn: Turn) {
        let lamports = self.purse.balance();
        match turn {
            Turn::Same => return,
            Turn::Stopped => {
                tracing::error!(?lamports, "the wallet has not enough SOL for fees: nothing is sent until it has")
            }
            Turn::Resumed => tracing::info!(?lamports, "the wallet has SOL again: sending goes on"),
        }
        self.office.metrics.paused(turn == Turn::Stopped);
        if turn == Turn::Stopped && !self.office.config.dry_run {
            for job in self.queue.drain() {
                self.drop_job(job, "the wallet has not enough SOL for fees");
            }
        }
    }

    /// A node said what a transaction would do.
    fn simulated(&mut self, number: u64, result: Result<(), Failure>) {
        let dry = self.office.config.dry_run;
        let Some(flight) = self.flights.get_mut(&number) else { return };
        match result {
            Ok(()) if dry => self.end(number, Outcome::WouldLand, 0),
            Ok(()) if flight.job.last_slot < self.slot => self.end(number, Outcome::Dropped("it came too late"), 0),
            Ok(()) => {
                flight.stage = Stage::Broadcast;
                self.broadcast(number);
            }
            Err(Failure::Refused(refusal)) => self.refused(number, refusal),
            Err(Failure::Node(fault)) => self.end(number, Outcome::Unsent(fault.sentence), 0),
        }
    }

    /// The wallet's address.
    fn wallet(&self) -> plimsoll_client::Address {
        self.office.wallet.pubkey()
    }
}
