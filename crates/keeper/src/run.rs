//! Starting a keeper: its parts, and its own margin account where it has none.

use std::{sync::Arc, time::Duration};

use plimsoll_client::{Address, ID, addresses, instructions::OpenAccount, rpc::SendError, transaction::Draft};
use solana_signer::Signer;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{
    brain::Brain,
    config::{Config, ConfigError, keypair},
    decide::{Decider, Settings},
    endpoints::{Endpoints, Node, Unreachable},
    feed::{self, Watched},
    journal::{Journal, JournalError},
    metrics::Metrics,
    profit::Profit,
    send, serve,
    turns::Turns,
    view::View,
};

/// Why a keeper does not run.
#[derive(Debug, thiserror::Error)]
pub enum KeeperError {
    /// What it was told makes no sense.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Its journal cannot be kept.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// No node answers.
    #[error("no node answers: {0}")]
    Unreachable(String),
    /// Metrics cannot be served.
    #[error("metrics cannot be served at {0}: {1}")]
    Metrics(std::net::SocketAddr, std::io::Error),
    /// It has no account that can be paid, and could not open one.
    #[error("the keeper's margin account could not be opened: {0}")]
    Account(SendError),
}

impl From<Unreachable> for KeeperError {
    fn from(error: Unreachable) -> Self {
        Self::Unreachable(error.0)
    }
}

/// Keeps an exchange until `shutdown`, then finishes what is under way.
pub async fn run(config: Config, shutdown: CancellationToken) -> Result<(), KeeperError> {
    config.check()?;
    let wallet = Arc::new(keypair(&config.keypair)?);
    let metrics = Metrics::new();
    if let Some(address) = config.metrics {
        let served = serve::spawn(address, metrics.clone(), shutdown.clone()).await;
        let (bound, _) = served.map_err(|error| KeeperError::Metrics(address, error))?;
        tracing::info!(%bound, "metrics are served");
    }
    let journal = Journal::open(&config.state_dir)?;
    let endpoints = Endpoints::new(&config, metrics.clone());
    endpoints.watch(Duration::from_millis(config.nodes.probe_ms), &shutdown);
    let reward = payable(&config, &endpoints, &wallet).await?;
    tracing::info!(wallet = %wallet.pubkey(), %reward, exchange = %config.exchange, "keeper starts");

    let watched = Watched { feeds: Vec::new(), accounts: vec![wallet.pubkey()] };
    let (watched, watching) = watch::channel(watched);
    let updates = feed::spawn(&config, endpoints.clone(), watching, metrics.clone(), shutdown.clone());
    let sending = send::spawn(&config, wallet.clone(), endpoints, journal.clone(), metrics.clone(), shutdown.clone());
    let settings = Settings {
        reward,
        kinds: config.jobs.iter().copied().collect(),
        refresh_s: config.work.refresh_s,
        sweep_from: config.work.sweep_from,
        flags_at_once: config.work.flags_at_once,
        liquidations_at_once: config.work.liquidations_at_once,
    };
    let peers = config.peers.iter().map(|peer| addresses::margin(&config.exchange, peer, config.margin_index));
    let turns = Turns::new(reward, peers.chain(config.peers.iter().copied()).collect());
    let mut view = View::new(config.exchange, wallet.pubkey());
    view.max_accounts = config.max_accounts;
    let decider = Decider::new(view, turns, settings);
    let profit = Profit::new(journal, metrics.clone(), reward);
    let brain = Brain::new(decider, sending, watched, config.oracles.clone(), metrics, profit);
    brain.run(updates, shutdown).await;
    Ok(())
}

/// The account that is paid: the one that was named, else the wallet's own margin account, opened where there is none.
async fn payable(
    config: &Config,
    endpoints: &Endpoints,
    wallet: &Arc<solana_keypair::Keypair>,
) -> Result<Address, KeeperError> {
    if let Some(reward) = config.reward_account {
        return Ok(reward);
    }
    let (owner, index) = (wallet.pubkey(), config.margin_index);
    let margin = addresses::margin(&config.exchange, &owner, index);
    let ask = |node: Arc<Node>| async move {
        let client = node.rpc.client();
        client.get_account_with_commitment(&margin, client.commitment()).await
    };
    let (node, found) = endpoints.ask(ask).await?;
    if found.value.is_some_and(|account| account.owner == ID) || config.dry_run {
        return Ok(margin);
    }
    let open = OpenAccount { owner, exchange: config.exchange, margin, index };
    node.rpc.send(&Draft::of(&open, 0), &[&**wallet]).await.map_err(KeeperError::Account)?;
    tracing::info!(%margin, "margin account opened");
    Ok(margin)
}
