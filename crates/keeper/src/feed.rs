//! Everything the keeper hears of the chain, in one bounded stream that survives its nodes.
//!
//! On each connection it subscribes first and reads all accounts afterwards, from a node that has reached the slot at which
//! it had subscribed: whatever changed before is in what was read, whatever changed later is heard.

#[cfg(feature = "geyser")]
mod geyser;
mod message;
mod pending;
mod session;
mod snapshot;
mod socket;
mod source;

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use plimsoll_client::Address;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::{
    config::Config,
    endpoints::{Endpoints, Fault, Health, Node},
    metrics::Metrics,
    update::Update,
};
use pending::Pending;
use session::{Ended, Session};

/// The cluster's clock.
pub const CLOCK: Address = Address::from_str_const("SysvarC1ock11111111111111111111111111111111");

/// What is watched beside the accounts of the program. It may grow while the feed runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watched {
    /// Pull oracles: all accounts of this program that hold a price of this feed.
    pub feeds: Vec<(Address, [u8; 32])>,
    /// Single accounts: oracles with an account of their own, the keeper's wallet. The clock is always among them.
    pub accounts: Vec<Address>,
}

/// Follows the chain until `shutdown`.
///
/// Updates arrive in the order in which they were heard, but for one thing: while nobody takes them, an account's newer
/// state takes the place of its older one. An update with the slot of the one before replaces it, one with an older slot is
/// to be ignored. The accounts between [`Update::Interrupted`] (or the beginning) and [`Update::Synced`] are labelled with
/// the slot before the one they were read in, since that one may not have been over.
pub fn spawn(
    config: &Config,
    endpoints: Endpoints,
    watched: watch::Receiver<Watched>,
    metrics: Metrics,
    shutdown: CancellationToken,
) -> mpsc::Receiver<Update> {
    let (sender, receiver) = mpsc::channel(config.feed.updates);
    let pending = Arc::new(Pending::new(metrics.clone(), config.feed.updates));
    tokio::spawn(pump(pending.clone(), sender, endpoints.clone(), metrics.clone(), shutdown.clone()));
    let follower =
        Follower { config: config.clone(), endpoints, watched, metrics, pending, shutdown, streams: HashMap::new() };
    tokio::spawn(follower.follow());
    receiver
}

/// Hands on what is pending, as fast as it is taken.
async fn pump(
    pending: Arc<Pending>,
    sender: mpsc::Sender<Update>,
    endpoints: Endpoints,
    metrics: Metrics,
    shutdown: CancellationToken,
) {
    loop {
        let update = tokio::select! {
            () = shutdown.cancelled() => return,
            update = pending.next() => update,
        };
        let slot = if let Update::Slot(slot) = &update { Some(*slot) } else { None };
        tokio::select! {
            () = shutdown.cancelled() => return,
            sent = sender.send(update) => if sent.is_err() { return },
        }
        if let Some(slot) = slot {
            metrics.lag(endpoints.slot().saturating_sub(slot));
        }
    }
}

/// Goes from node to node.
struct Follower {
    config: Config,
    endpoints: Endpoints,
    watched: watch::Receiver<Watched>,
    metrics: Metrics,
    pending: Arc<Pending>,
    shutdown: CancellationToken,
    /// How the nodes' streams did: a node may answer requests and have a broken stream.
    streams: HashMap<String, Health>,
}

impl Follower {
    async fn follow(mut self) {
        loop {
            let node = self.next_node();
            let wait = self.stream(&node).retry().map(|retry| retry.saturating_duration_since(Instant::now()));
            if let Some(wait) = wait.filter(|wait| !wait.is_zero()) {
                tokio::select! {
                    () = self.shutdown.cancelled() => return,
                    () = tokio::time::sleep(wait) => {}
                }
            }
            let fault = {
                let session = Session {
                    config: &self.config,
                    endpoints: &self.endpoints,
                    pending: &self.pending,
                    metrics: &self.metrics,
                    shutdown: &self.shutdown,
                };
                session.run(&node, &mut self.watched).await
            };
            let Ended { fault, synced } = match fault {
                Some(ended) => ended,
                None => return,
            };
            if synced {
                self.stream(&node).answered(Duration::ZERO);
            }
            self.stream(&node).failed(Instant::now(), fastrand::f64());
            self.metrics.node_error(&node.label, fault.cause);
            self.metrics.interrupted();
            self.pending.interrupted();
            tracing::warn!(node = %node.label, "the stream of accounts broke: {fault}");
        }
    }

    fn stream(&mut self, node: &Node) -> &mut Health {
        let longest = Duration::from_secs(self.config.nodes.backoff_s);
        self.streams.entry(node.label.clone()).or_insert_with(|| Health::new(longest))
    }

    /// The best node whose stream need not be left alone; if all must be, the one whose wait is over first.
    fn next_node(&mut self) -> Arc<Node> {
        let now = Instant::now();
        let mut ranked = self.endpoints.ranked();
        // Stable: among those that may be tried at once the order stays.
        ranked.sort_by_key(|node| self.stream(node).retry().map(|retry| retry.saturating_duration_since(now)));
        ranked.into_iter().next().unwrap_or_else(|| self.endpoints.nodes()[0].clone())
    }
}

/// A node's word that makes no sense.
fn malformed(what: impl std::fmt::Display) -> Fault {
    Fault::new("malformed", format!("it sent what makes no sense: {what}"))
}
