//! Several nodes, of which some may be slow, broken or behind at any time.

mod fault;
mod health;
mod probe;

use std::{
    collections::HashMap,
    future::Future,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use plimsoll_client::rpc::Rpc;
use solana_rpc_client_api::client_error::Error as ClientError;
use tokio_util::sync::CancellationToken;

pub use fault::{Fault, fault};
pub use health::Health;

use crate::{config::Config, metrics::Metrics};

/// A node.
pub struct Node {
    /// For requests that are answered at once.
    pub rpc: Rpc,
    /// For all accounts, which takes a while.
    pub slow: Rpc,
    /// Where it streams.
    pub ws: String,
    /// What it is called in logs and metrics: its address may carry a key.
    pub label: String,
    health: Mutex<Health>,
}

/// All nodes. Copies share what is known of them.
#[derive(Clone)]
pub struct Endpoints(Arc<Known>);

struct Known {
    nodes: Vec<Arc<Node>>,
    metrics: Metrics,
    timeout: Duration,
    behind: u64,
    best: AtomicU64,
}

/// Nobody answered: what each said.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no node answers: {0}")]
pub struct Unreachable(pub String);

impl Node {
    fn health(&self) -> MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Endpoints {
    /// The nodes of a configuration.
    pub fn new(config: &Config, metrics: Metrics) -> Self {
        let commitment = config.commitment.config();
        let longest = Duration::from_secs(config.nodes.backoff_s);
        let mut labels = HashMap::new();
        let mut node = |endpoint: &crate::config::Endpoint| {
            // A provider's nodes may differ in their keys alone.
            let label = endpoint.label();
            let before = labels.entry(label.clone()).or_insert(0_u32);
            *before = before.saturating_add(1);
            Arc::new(Node {
                rpc: Rpc::with(&endpoint.rpc, commitment, config.timeout()),
                slow: Rpc::with(&endpoint.rpc, commitment, Duration::from_secs(config.feed.snapshot_timeout_s)),
                ws: endpoint.ws.clone(),
                label: if *before == 1 { label } else { format!("{label}#{before}") },
                health: Mutex::new(Health::new(longest)),
            })
        };
        let known = Known {
            nodes: config.endpoints.iter().map(&mut node).collect(),
            metrics,
            timeout: config.timeout(),
            behind: config.nodes.behind_slots,
            best: AtomicU64::new(0),
        };
        Self(Arc::new(known))
    }

    /// Asks each node for its slot every so often, those that failed after their time of waiting, until `shutdown`.
    pub fn watch(&self, every: Duration, shutdown: &CancellationToken) {
        probe::spawn(self, every, shutdown);
    }

    /// All of them, in the order of the configuration.
    pub fn nodes(&self) -> &[Arc<Node>] {
        &self.0.nodes
    }

    /// The nodes in the order in which they should be asked: healthy ones first, the quickest of them first. If none is
    /// healthy the least bad one is still better than none.
    pub fn ranked(&self) -> Vec<Arc<Node>> {
        let now = Instant::now();
        let best = self.slot();
        let mut ranked: Vec<_> = self.0.nodes.iter().enumerate().collect();
        ranked.sort_by_key(|(place, node)| (node.health().rank(now, best, self.0.behind), *place));
        ranked.into_iter().map(|(_, node)| node.clone()).collect()
    }

    /// Those that transactions are sent to: at most so many, all of them healthy unless none is.
    pub fn senders(&self, most: usize) -> Vec<Arc<Node>> {
        let mut ranked = self.ranked();
        let healthy = ranked.iter().take_while(|node| self.is_healthy(node)).count();
        ranked.truncate(most.min(healthy.max(1)));
        ranked
    }

    /// Whether a node answers and keeps up.
    pub fn is_healthy(&self, node: &Node) -> bool {
        node.health().is_healthy(Instant::now(), self.slot(), self.0.behind)
    }

    /// How many do.
    pub fn healthy(&self) -> usize {
        self.0.nodes.iter().filter(|node| self.is_healthy(node)).count()
    }

    /// The newest slot that can be believed.
    pub fn slot(&self) -> u64 {
        self.0.best.load(Ordering::Relaxed)
    }

    /// A node was seen at a slot: in an answer, or in its stream.
    pub fn saw(&self, node: &Node, slot: u64) {
        node.health().saw(slot);
        let slots = self.0.nodes.iter().map(|node| node.health().slot()).collect();
        // Not the most there ever was: a node that invented a slot, or a cluster that was reset, is got over.
        self.0.best.store(health::believed(slots), Ordering::Relaxed);
        self.0.metrics.slot(self.slot());
        self.report(node);
    }

    /// A node answered in time.
    pub fn answered(&self, node: &Node, took: Duration) {
        node.health().answered(took);
        self.report(node);
    }

    /// A node failed.
    pub fn failed(&self, node: &Node, fault: &Fault) {
        let wait = node.health().failed(Instant::now(), fastrand::f64());
        self.0.metrics.node_error(&node.label, fault.cause);
        tracing::debug!(node = %node.label, wait_ms = wait.as_millis(), "node failed: {fault}");
        self.report(node);
    }

    /// Asks the best node, and the next one if it fails, until one answers.
    pub async fn ask<T, A, F>(&self, ask: A) -> Result<(Arc<Node>, T), Unreachable>
    where
        A: Fn(Arc<Node>) -> F,
        F: Future<Output = Result<T, ClientError>>,
    {
        let mut said = Vec::new();
        for node in self.ranked() {
            match self.ask_one(&node, ask(node.clone()), self.0.timeout).await {
                Ok(answer) => return Ok((node, answer)),
                Err(fault) => said.push(format!("{}: {fault}", node.label)),
            }
        }
        Err(Unreachable(said.join("; ")))
    }

    /// Awaits the answer of one node, no longer than `patience`, and remembers how it did.
    pub async fn ask_one<T>(
        &self,
        node: &Node,
        answer: impl Future<Output = Result<T, ClientError>>,
        patience: Duration,
    ) -> Result<T, Fault> {
        let began = Instant::now();
        let answer = match tokio::time::timeout(patience, answer).await {
            Ok(answer) => answer.map_err(|error| fault(&error)),
            Err(_) => Err(Fault::stalled()),
        };
        match &answer {
            Ok(_) => self.answered(node, began.elapsed()),
            // A node that says why it refuses has answered.
            Err(fault) if fault.answered => self.answered(node, began.elapsed()),
            Err(fault) => self.failed(node, fault),
        }
        answer
    }

    /// How long a node may take to answer.
    pub fn timeout(&self) -> Duration {
        self.0.timeout
    }

    fn report(&self, node: &Node) {
        let healthy = self.is_healthy(node);
        let (slot, latency) = {
            let health = node.health();
            (health.slot(), health.latency())
        };
        self.0.metrics.node(&node.label, healthy, slot, latency);
        self.0.metrics.healthy(self.healthy());
    }
}
