//! One connection, from its first subscription until it breaks.

use std::{collections::HashMap, future::Future, pin::Pin, time::Duration};

use plimsoll_client::{Address, ID};
use tokio::{sync::watch, time::Instant};
use tokio_util::sync::CancellationToken;

use super::{
    CLOCK, Watched, message,
    pending::Pending,
    snapshot::{Reader, Snapshot},
    source::{Heard, Source},
};
use crate::{
    config::Config,
    endpoints::{Endpoints, Fault, Node},
    metrics::Metrics,
    update::Update,
};

/// How often the connection is looked at.
const TICK: Duration = Duration::from_secs(1);
/// Ticks between two pings.
const PING: u64 = 10;
/// The clock is asked for if it was not heard of for so long.
const CLOCK_QUIET: Duration = Duration::from_millis(1_500);
/// Time to subscribe to everything, in times of one answer.
const SUBSCRIBING: u32 = 4;

/// What a connection needs.
pub(super) struct Session<'a> {
    pub(super) config: &'a Config,
    pub(super) endpoints: &'a Endpoints,
    pub(super) pending: &'a Pending,
    pub(super) metrics: &'a Metrics,
    pub(super) shutdown: &'a CancellationToken,
}

/// Why it is over.
pub(super) struct Ended {
    pub(super) fault: Fault,
    /// Whether all accounts had been sent.
    pub(super) synced: bool,
}

/// Accounts that are being read while the stream goes on.
type Reading<'a> = Pin<Box<dyn Future<Output = Result<Option<Snapshot>, Fault>> + Send + 'a>>;

/// Waits for what is being read; for ever if nothing is. May be abandoned while it waits.
async fn wait(reading: &mut Option<Reading<'_>>) -> Result<Option<Snapshot>, Fault> {
    match reading {
        Some(reading) => reading.as_mut().await,
        None => std::future::pending().await,
    }
}

/// What is known of a connection.
struct State {
    heard_slot: Instant,
    first_slot: bool,
    heard_clock: Instant,
    newest: u64,
    /// The newest slot of this very stream.
    streamed: u64,
    synced: Option<Instant>,
    /// Accounts of the program heard of since all were asked for, and whether they exist.
    heard: HashMap<Address, bool>,
    unhealthy_since: Option<Instant>,
    ticks: u64,
}

impl Session<'_> {
    /// Follows a node until its stream breaks; `None` at `shutdown`.
    pub(super) async fn run(&self, node: &Node, watched: &mut watch::Receiver<Watched>) -> Option<Ended> {
        let mut synced = false;
        // Ends the borrow of `synced` before it is looked at.
        let fault = tokio::select! {
            () = self.shutdown.cancelled() => return None,
            fault = self.follow(node, watched, &mut synced) => fault,
        };
        Some(Ended { fault, synced })
    }

    async fn follow(&self, node: &Node, watched: &mut watch::Receiver<Watched>, synced: &mut bool) -> Fault {
        let mut told = watched.borrow_and_update().clone();
        let patience = self.config.timeout().saturating_mul(SUBSCRIBING);
        let connecting = tokio::time::timeout(patience, Source::connect(self.config, node, &told)).await;
        let mut source = match connecting {
            Ok(Ok(source)) => source,
            Ok(Err(fault)) => return fault,
            Err(_) => return Fault::stalled(),
        };
        tracing::info!(node = %node.label, "following the chain");
        let now = Instant::now();
        let mut state = State {
            heard_slot: now,
            first_slot: false,
            heard_clock: now,
            newest: self.endpoints.slot(),
            streamed: 0,
            synced: None,
            heard: HashMap::new(),
            unhealthy_since: None,
            ticks: 0,
        };
        let mut reading: Option<Reading<'_>> = None;
        let mut ticks = tokio::time::interval(TICK);
        loop {
            let done = tokio::select! {
                heard = source.next() => heard.map(|heard| self.hear(node, heard, &mut state)),
                read = wait(&mut reading) => {
                    reading = None;
                    read.map(|snapshot| self.read(node, snapshot, &mut state))
                }
                Ok(()) = watched.changed(), if state.synced.is_some() && reading.is_none() => {
                    told = watched.borrow_and_update().clone();
                    let granted = source.watch(&told).await;
                    reading = Some(self.beside(node, state.newest, told.clone()));
                    granted
                }
                _ = ticks.tick() => {
                    let mut looked = self.look(node, &mut state);
                    if looked.is_ok() && state.ticks.is_multiple_of(PING) {
                        looked = source.ping().await;
                    }
                    if looked.is_ok() && reading.is_none() {
                        reading = self.due(node, &told, &mut state);
                    }
                    looked
                }
            };
            // Everything is read once a slot was heard of: it began after the subscriptions were granted.
            if state.first_slot && state.synced.is_none() && reading.is_none() {
                reading = Some(self.everything(node, state.newest, told.clone()));
            }
            *synced = state.synced.is_some();
            if let Err(fault) = done {
                return fault;
            }
        }
    }

    /// Takes in what was heard.
    fn hear(&self, node: &Node, heard: Heard, state: &mut State) {
        match heard {
            Heard::Slot(slot) => {
                state.heard_slot = Instant::now();
                state.first_slot = true;
                state.newest = state.newest.max(slot);
                state.streamed = state.streamed.max(slot);
                self.endpoints.saw(node, slot);
                self.pending.slot(slot);
            }
            Heard::Account(mut update) => {
                // Some nodes label all of a subscription with the slot in which it was made.
                update.slot = update.slot.max(state.streamed);
                if update.address == CLOCK {
                    state.heard_clock = Instant::now();
                }
                if update.owner == ID {
                    state.heard.insert(update.address, update.lamports > 0);
                } else if let Some(exists) = state.heard.get_mut(&update.address) {
                    *exists = false;
                }
                self.pending.account(update);
            }
            Heard::Logs(mut logs) => {
                logs.slot = logs.slot.max(state.streamed);
                self.pending.logs(logs);
            }
            Heard::Nothing => {}
        }
    }

    /// Takes in what was read.
    fn read(&self, node: &Node, snapshot: Option<Snapshot>, state: &mut State) {
        let Some(Snapshot { slot, mut existing }) = snapshot else { return };
        self.endpoints.saw(node, slot);
        for (address, exists) in state.heard.drain() {
            if exists {
                existing.insert(address);
            } else {
                existing.remove(&address);
            }
        }
        if state.synced.is_none() {
            tracing::info!(node = %node.label, slot, accounts = existing.len(), "all accounts are known");
        }
        state.synced = Some(Instant::now());
        self.metrics.synced(true);
        self.pending.synced(Update::Synced { slot, existing });
    }

    /// Whether the stream is still worth following.
    fn look(&self, node: &Node, state: &mut State) -> Result<(), Fault> {
        state.ticks = state.ticks.saturating_add(1);
        let stall = Duration::from_secs(self.config.feed.stall_s);
        if state.heard_slot.elapsed() > stall {
            return Err(Fault::new("stalled", format!("no slot was heard of for {} seconds", stall.as_secs())));
        }
        if self.endpoints.is_healthy(node) || self.endpoints.healthy() == 0 {
            state.unhealthy_since = None;
        } else if state.unhealthy_since.get_or_insert_with(Instant::now).elapsed() > stall {
            return Err(Fault::new("behind", "it is behind or does not answer, and another node does"));
        }
        Ok(())
    }

    /// What is to be read next: everything again from time to time, and the clock where nobody tells it.
    fn due<'s>(&'s self, node: &'s Node, watched: &Watched, state: &mut State) -> Option<Reading<'s>> {
        let resync = self.config.feed.resync_s;
        let stale = state.synced.is_some_and(|synced| synced.elapsed() > Duration::from_secs(resync));
        if resync > 0 && stale {
            state.heard.clear();
            return Some(self.everything(node, state.newest, watched.clone()));
        }
        (state.synced.is_some() && state.heard_clock.elapsed() > CLOCK_QUIET).then(|| self.clock(node))
    }

    fn everything<'s>(&'s self, node: &'s Node, floor: u64, watched: Watched) -> Reading<'s> {
        let split = self.config.feed.split_snapshot;
        Box::pin(async move { self.reader(node, floor).all(&watched, split).await.map(Some) })
    }

    fn beside<'s>(&'s self, node: &'s Node, floor: u64, watched: Watched) -> Reading<'s> {
        Box::pin(async move { self.reader(node, floor).watched(&watched).await.map(|_| None) })
    }

    /// The clock alone, as of whatever slot the node is at: nothing else tells it.
    fn clock<'s>(&'s self, node: &'s Node) -> Reading<'s> {
        Box::pin(async move {
            let asked = node.rpc.client().get_ui_account_with_config(&CLOCK, self.clock_config());
            // A node that does not answer this is judged by what else it does.
            if let Ok(answer) = self.endpoints.ask_one(node, asked, self.endpoints.timeout()).await
                && let Some(account) = answer.value
            {
                self.pending.account(message::account(CLOCK, answer.context.slot, &account)?);
            }
            Ok(None)
        })
    }

    fn clock_config(&self) -> solana_rpc_client_api::config::RpcAccountInfoConfig {
        solana_rpc_client_api::config::RpcAccountInfoConfig {
            encoding: Some(solana_account_decoder_client_types::UiAccountEncoding::Base64),
            commitment: Some(self.config.commitment.config()),
            ..Default::default()
        }
    }

    fn reader<'s>(&'s self, node: &'s Node, floor: u64) -> Reader<'s> {
        Reader {
            endpoints: self.endpoints,
            node,
            commitment: self.config.commitment,
            patience: Duration::from_secs(self.config.feed.snapshot_timeout_s),
            floor,
            pending: self.pending,
        }
    }
}
