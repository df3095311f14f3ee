//! Jobs are done once, whatever the nodes do, and what became of each is told.

mod faults;
mod funds;
mod life;

use std::{collections::HashMap, path::Path, sync::Arc, time::Instant};

use plimsoll_client::{Address, transaction::Draft};
use plimsoll_keeper::{
    config::Config,
    endpoints::Endpoints,
    feed::{self, Watched},
    job::{Finished, Job, Kind, Outcome, Subject},
    journal::Journal,
    metrics::Metrics,
    send::{self, Sending},
    update::Update,
};
use solana_keypair::Keypair;
use solana_signer::Signer as _;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::network::{Network, RENT, shared, soon, transfer, watched};

/// A keeper's hands, without its brain.
struct Hands {
    sending: Sending,
    endpoints: Endpoints,
    metrics: Metrics,
    shutdown: CancellationToken,
    wallet: Arc<Keypair>,
}

impl Hands {
    /// With a wallet, and its journal in a directory.
    async fn start(config: &Config, wallet: &Keypair, directory: &Path) -> Self {
        let (metrics, shutdown) = (Metrics::new(), CancellationToken::new());
        let endpoints = watched(config, &metrics, &shutdown).await;
        let journal = Journal::open(directory).expect("opens");
        let wallet = shared(wallet);
        let sending =
            send::spawn(config, wallet.clone(), endpoints.clone(), journal, metrics.clone(), shutdown.clone());
        Self { sending, endpoints, metrics, shutdown, wallet }
    }

    /// Tells it what the stream says, as the brain does.
    fn listen(&self, config: &Config) {
        let (told, listening) = watch::channel(Watched::default());
        let mut updates =
            feed::spawn(config, self.endpoints.clone(), listening, self.metrics.clone(), self.shutdown.clone());
        let tracker = self.sending.tracker.clone();
        tokio::spawn(async move {
            let _told = told;
            while let Some(update) = updates.recv().await {
                match update {
                    Update::Logs(logs) => tracker.heard(&logs),
                    Update::Slot(slot) => tracker.slot(slot),
                    _ => {}
                }
            }
        });
    }

    /// A job that gives an account so many lamports.
    fn job(&self, to: &Address, lamports: u64, reward: u64, slots: u64) -> Job {
        Job {
            kind: Kind::Execute,
            subjects: vec![Subject { kind: Kind::Execute, account: *to, number: lamports }],
            draft: Draft::default().with(transfer(self.wallet.pubkey(), *to, lamports), 20_000),
            reward,
            last_slot: self.endpoints.slot() + slots,
            decided: Instant::now(),
        }
    }

    async fn send(&self, job: Job) {
        self.sending.jobs.send(job).await.expect("somebody takes it");
    }

    /// What became of a job, the next one that is over.
    async fn finished(&mut self) -> Finished {
        soon("an outcome", self.sending.finished.recv()).await.expect("the desk works")
    }

    /// Ends it.
    async fn stop(self) {
        self.shutdown.cancel();
        soon("the end", self.sending.task).await.expect("ends well");
    }
}

/// An outcome in a word.
fn word(finished: &Finished) -> &'static str {
    send::label(&finished.outcome)
}

/// A wallet with a SOL, and an account that exists.
async fn wallet_and_account(network: &Network) -> (Keypair, Address) {
    let (wallet, account) = (Keypair::new(), Keypair::new().pubkey());
    network.fund(&wallet.pubkey(), 1_000_000_000).await;
    network.fund(&account, RENT).await;
    (wallet, account)
}

/// What the outcomes of jobs say that an account was given, and how often each job landed.
#[derive(Default)]
struct Given {
    lamports: u64,
    fees: u64,
    words: HashMap<&'static str, usize>,
}

impl Given {
    fn take(&mut self, finished: &Finished) {
        *self.words.entry(word(finished)).or_default() += 1;
        self.fees += finished.fee;
        if matches!(finished.outcome, Outcome::Landed { .. }) {
            self.lamports += finished.job.subjects[0].number;
        }
    }

    fn count(&self, word: &str) -> usize {
        self.words.get(word).copied().unwrap_or(0)
    }
}
