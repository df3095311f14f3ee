//! From a job to what became of it: signing, fees, broadcasting, and knowing for certain.
//!
//! A transaction is signed with the oldest blockhash that lives as long as its job, so that soon after the job is worth
//! nothing the transaction cannot land either. It is signed anew only when that is certain: nothing is done twice.

mod blame;
mod desk;
mod errand;
mod event;
mod flight;
mod hashes;
mod prices;
mod purse;
mod queue;
mod recent;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use solana_keypair::Keypair;
use solana_signature::Signature;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub use blame::{Blame, label};

use crate::{
    config::Config,
    endpoints::Endpoints,
    job::{Finished, Job},
    journal::Journal,
    metrics::Metrics,
    update::TransactionLogs,
};
use event::Event;

/// The two ends of sending, and what it is to be told.
pub struct Sending {
    /// Takes jobs. When it is full, jobs come faster than they can be signed: drop what is not worth waiting.
    pub jobs: mpsc::Sender<Job>,
    /// Gives what became of each of them: one [`Finished`] a job. It has no bound, so that whoever waits for room in `jobs`
    /// need not read here meanwhile; what is in it was accepted there.
    pub finished: mpsc::UnboundedReceiver<Finished>,
    /// Is told what the chain says.
    pub tracker: Tracker,
    /// Ends after `shutdown`, when everything under way is over or the time of grace is.
    pub task: tokio::task::JoinHandle<()>,
}

/// Hears of landings from the stream, so that nobody need be asked.
#[derive(Clone)]
pub struct Tracker {
    events: mpsc::UnboundedSender<Event>,
    awaited: Awaited,
}

/// Signatures under way.
#[derive(Clone, Default)]
struct Awaited(Arc<Mutex<HashSet<Signature>>>);

impl Awaited {
    fn set(&self) -> std::sync::MutexGuard<'_, HashSet<Signature>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tracker {
    /// A transaction was processed. Foreign ones cost a look at a set.
    pub fn heard(&self, logs: &TransactionLogs) {
        if self.awaited.set().contains(&logs.signature) {
            // Nobody is there any more after `shutdown`.
            let _ = self.events.send(Event::Heard(Box::new(logs.clone())));
        }
    }

    /// A slot began.
    pub fn slot(&self, slot: u64) {
        let _ = self.events.send(Event::Slot(slot));
    }

    /// The wallet has so many lamports.
    pub fn balance(&self, lamports: u64) {
        let _ = self.events.send(Event::Balance(lamports));
    }
}

/// Sends jobs until `shutdown`. Transactions that the journal says may still land are looked up first; jobs about the same
/// subjects are dropped until that is known.
pub fn spawn(
    config: &Config,
    wallet: Arc<Keypair>,
    endpoints: Endpoints,
    journal: Journal,
    metrics: Metrics,
    shutdown: CancellationToken,
) -> Sending {
    let (jobs, taken) = mpsc::channel(config.send.queue);
    let (report, finished) = mpsc::unbounded_channel();
    let (events, heard) = mpsc::unbounded_channel();
    let awaited = Awaited::default();
    let tracker = Tracker { events: events.clone(), awaited: awaited.clone() };
    let office =
        desk::Office { config: config.clone(), wallet, endpoints, journal, metrics, shutdown, events, awaited, report };
    let task = tokio::spawn(desk::Desk::new(office).work(taken, heard));
    Sending { jobs, finished, tracker, task }
}
