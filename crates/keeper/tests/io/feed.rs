//! The feed loses nothing, whatever its nodes do.

use std::collections::{HashMap, HashSet};

use plimsoll_client::{Address, ID};
use plimsoll_keeper::{
    config::Config,
    feed::{self, CLOCK, Watched},
    metrics::Metrics,
    update::Update,
};
use solana_keypair::Keypair;
use solana_signer::Signer as _;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::{
    network::{Network, RENT, config, soon, until, watched},
    proxy::{Fault, Proxy},
};

/// What a keeper makes of updates: the newest state of each account.
#[derive(Default)]
pub struct Book {
    /// Lamports and slot by account.
    pub accounts: HashMap<Address, (u64, u64)>,
    /// How often all accounts were known, and how often they were not any more.
    pub synced: usize,
    /// Interruptions.
    pub interrupted: usize,
    /// The newest slot.
    pub slot: u64,
    /// Transactions that were heard of.
    pub logs: usize,
    existing: HashSet<Address>,
}

impl Book {
    /// Takes in an update as the brain does.
    pub fn take(&mut self, update: Update) {
        match update {
            Update::Account(update) => {
                let known = self.accounts.entry(update.address).or_default();
                if update.slot >= known.1 {
                    *known = (update.lamports, update.slot);
                }
            }
            Update::Slot(slot) => self.slot = self.slot.max(slot),
            Update::Logs(_) => self.logs += 1,
            Update::Interrupted => self.interrupted += 1,
            Update::Synced { existing, .. } => {
                self.synced += 1;
                self.existing = existing;
            }
        }
    }

    /// Takes in updates until something holds.
    pub async fn read(&mut self, what: &str, updates: &mut mpsc::Receiver<Update>, holds: impl Fn(&Self) -> bool) {
        let reading = async {
            while !holds(self) {
                let update = updates.recv().await.expect("the feed goes on");
                self.take(update);
            }
        };
        soon(what, reading).await;
    }

    /// An account's lamports.
    pub fn lamports(&self, account: &Address) -> u64 {
        self.accounts.get(account).map_or(0, |(lamports, _)| *lamports)
    }
}

struct Feed {
    updates: mpsc::Receiver<Update>,
    watched: watch::Sender<Watched>,
    metrics: Metrics,
    shutdown: CancellationToken,
}

impl Feed {
    async fn start(config: &Config, told: Watched) -> Self {
        let (metrics, shutdown) = (Metrics::new(), CancellationToken::new());
        let endpoints = watched(config, &metrics, &shutdown).await;
        let (watched, listening) = watch::channel(told);
        let updates = feed::spawn(config, endpoints, listening, metrics.clone(), shutdown.clone());
        Self { updates, watched, metrics, shutdown }
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_told_and_then_what_changes() {
    let network = Network::start().await;
    let before = network.create().await;
    let front = network.front().await;
    let wallet = Keypair::new().pubkey();
    let mut feed = Feed::start(&config(&[&front]), Watched { accounts: vec![wallet], ..Watched::default() }).await;
    let mut book = Book::default();
    book.read("everything", &mut feed.updates, |book| book.synced == 1).await;
    assert_eq!(book.lamports(&before), RENT);
    assert_eq!(book.existing, HashSet::from([before]));
    assert!(book.accounts.contains_key(&CLOCK) && book.lamports(&wallet) == 0);
    assert!(feed.metrics.ready());
    network.change(&before).await;
    let later = network.create().await;
    network.fund(&wallet, RENT).await;
    book.read("changes", &mut feed.updates, |book| {
        book.lamports(&before) == RENT + 1 && book.lamports(&later) == RENT && book.lamports(&wallet) == RENT
    })
    .await;
    // The transactions that named the program, and only those that were heard of since.
    book.read("logs", &mut feed.updates, |book| book.logs >= 2).await;
    let slot = book.slot;
    book.read("slots", &mut feed.updates, |book| book.slot > slot + 3).await;
    let clock = book.accounts[&CLOCK].1;
    book.read("the clock", &mut feed.updates, |book| book.accounts[&CLOCK].1 > clock).await;
    feed.shutdown.cancel();
    soon("the end", async { while feed.updates.recv().await.is_some() {} }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_whatever_the_nodes_do() {
    let network = Network::start().await;
    let accounts = [network.create().await, network.create().await, network.create().await];
    let fronts = [network.front().await, network.front().await];
    let mut config = config(&[&fronts[0], &fronts[1]]);
    config.nodes.timeout_ms = 1_000;
    let mut feed = Feed::start(&config, Watched::default()).await;
    let mut book = Book::default();
    book.read("everything", &mut feed.updates, |book| book.synced == 1).await;
    let mut expected = RENT;
    for fault in [Fault::Drop, Fault::Malformed, Fault::Stall, Fault::Status(500), Fault::Drop, Fault::Status(429)] {
        // Both fail at once, so that the stream breaks whichever is followed; what is open stays open for a status.
        let breaks = !matches!(fault, Fault::Status(_));
        let before = book.interrupted;
        for front in &fronts {
            front.set(fault);
        }
        for account in &accounts {
            network.change(account).await;
        }
        expected += 1;
        if breaks {
            book.read(&format!("an interruption by {fault:?}"), &mut feed.updates, |book| book.interrupted > before)
                .await;
            assert!(!feed.metrics.ready());
        }
        for account in &accounts {
            network.change(account).await;
        }
        expected += 1;
        for front in &fronts {
            front.set(Fault::None);
        }
        let all = |book: &Book| accounts.iter().all(|account| book.lamports(account) == expected);
        book.read(&format!("what changed during {fault:?}"), &mut feed.updates, all).await;
        let synced = book.synced;
        if breaks && !feed.metrics.ready() {
            book.read("everything again", &mut feed.updates, |book| book.synced > synced).await;
        }
    }
    let truth = network.rpc.raw_many(&accounts).await.expect("the node answers");
    for (account, truth) in accounts.iter().zip(truth) {
        assert_eq!(book.lamports(account), truth.expect("it exists").lamports);
    }
}

/// Waits until a front streams to somebody.
async fn streams(front: &Proxy) {
    until("somebody follows the front", || async { front.streams() > 0 }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_falls_behind_is_left_for_another() {
    let network = Network::start().await;
    let account = network.create().await;
    let (liar, honest) = (network.front().await, network.front().await);
    honest.set(Fault::Status(500));
    let mut config = config(&[&liar, &honest]);
    config.feed.stall_s = 1;
    let mut feed = Feed::start(&config, Watched::default()).await;
    let mut book = Book::default();
    book.read("everything", &mut feed.updates, |book| book.synced == 1).await;
    streams(&liar).await;
    // Else what is missing would be below zero.
    book.read("slots", &mut feed.updates, |book| book.slot > 200).await;
    honest.set(Fault::None);
    liar.set(Fault::OldSlots(150));
    book.read("an interruption", &mut feed.updates, |book| book.interrupted > 0).await;
    streams(&honest).await;
    let slot = book.slot;
    network.change(&account).await;
    book.read("what changed", &mut feed.updates, |book| book.lamports(&account) == RENT + 1 && book.slot > slot).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_accounts_are_not_taken_from_a_node_that_is_behind() {
    let network = Network::start().await;
    network.create().await;
    let (late, front) = (network.front().await, network.front().await);
    let mut config = config(&[&late, &front]);
    // It is never called unhealthy, and streams: only what it says of all accounts is too old.
    config.nodes.behind_slots = 100_000;
    let (metrics, shutdown) = (Metrics::new(), CancellationToken::new());
    let endpoints = watched(&config, &metrics, &shutdown).await;
    until("slots", || async { endpoints.slot() > 1_200 }).await;
    late.set(Fault::OldSlots(1_000));
    let (_watched, listening) = watch::channel(Watched::default());
    let mut updates = feed::spawn(&config, endpoints, listening, metrics.clone(), shutdown.clone());
    let mut book = Book::default();
    book.read("everything", &mut updates, |book| book.synced == 1).await;
    // Either the late one was followed in vain first, or the other one at once.
    assert!(front.calls("getProgramAccounts") > 0);
    shutdown.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_read_is_told_the_newest_state_once() {
    let network = Network::start().await;
    let accounts = [network.create().await, network.create().await];
    let front = network.front().await;
    let mut config = config(&[&front]);
    config.feed.updates = 8;
    let mut feed = Feed::start(&config, Watched::default()).await;
    let changes = 30;
    for _ in 0..changes {
        for account in &accounts {
            network.change(account).await;
        }
    }
    // Merged updates are counted, so nothing but the newest waits. The clock is one of the accounts.
    let waiting = |text: &str| {
        let line = text.lines().find(|line| line.starts_with("plimsoll_keeper_updates_waiting "));
        line.and_then(|line| line.rsplit(' ').next()).and_then(|number| number.parse::<u64>().ok()).unwrap_or(0)
    };
    let most = 8 + accounts.len() as u64 + 4;
    assert!(waiting(&feed.metrics.text()) <= most, "{}", feed.metrics.text());
    let mut book = Book::default();
    let last = RENT + changes;
    book.read("the last state", &mut feed.updates, |book| {
        accounts.iter().all(|account| book.lamports(account) == last)
    })
    .await;
    assert!(feed.metrics.text().contains("plimsoll_keeper_updates_merged_total"));
}

#[tokio::test(flavor = "multi_thread")]
async fn more_can_be_watched_later() {
    let network = Network::start().await;
    let front = network.front().await;
    let mut feed = Feed::start(&config(&[&front]), Watched::default()).await;
    let mut book = Book::default();
    book.read("everything", &mut feed.updates, |book| book.synced == 1).await;
    let wallet = Keypair::new().pubkey();
    network.fund(&wallet, RENT).await;
    feed.watched.send_replace(Watched { accounts: vec![wallet], ..Watched::default() });
    book.read("what it holds", &mut feed.updates, |book| book.lamports(&wallet) == RENT).await;
    network.fund(&wallet, 5).await;
    book.read("what it holds then", &mut feed.updates, |book| book.lamports(&wallet) == RENT + 5).await;
    assert_eq!((book.synced, book.interrupted, front.streams()), (1, 0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_read_again_from_time_to_time() {
    let network = Network::start().await;
    let account = network.create().await;
    let front = network.front().await;
    let mut config = config(&[&front]);
    config.feed.resync_s = 1;
    config.feed.split_snapshot = true;
    let mut feed = Feed::start(&config, Watched::default()).await;
    let mut book = Book::default();
    book.read("everything twice", &mut feed.updates, |book| book.synced == 2).await;
    assert_eq!(book.existing, HashSet::from([account]));
    assert_eq!(book.interrupted, 0);
    assert_eq!(network.rpc.raw(&account).await.expect("the node answers").expect("it exists").owner, ID);
}
