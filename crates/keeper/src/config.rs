//! What the keeper is told: flags before environment before file before defaults.

mod check;
mod environment;
mod flags;
pub mod secret;
mod text;
mod values;

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use plimsoll_client::Address;
use serde::Deserialize;

pub use check::ConfigError;
pub use environment::{KEYS, PREFIX};
pub use flags::Flags;
pub use secret::{keypair, secret};
pub use values::{Commitment, Endpoint, Feed, Fees, Geyser, Log, LogFormat, Nodes, Sending, Work};

use crate::job::Kind;

/// Everything that a keeper can be told.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Nodes, the preferred one first.
    pub endpoints: Vec<Endpoint>,
    /// Where accounts are streamed from instead of the nodes' WebSockets.
    pub geyser: Option<Geyser>,
    /// The exchange that is kept.
    #[serde(deserialize_with = "text::parsed")]
    pub exchange: Address,
    /// File of the key that signs and pays.
    pub keypair: PathBuf,
    /// Which of the key's own margin accounts is paid rewards.
    pub margin_index: u16,
    /// An account that is paid rewards instead: a margin account or a token account.
    #[serde(deserialize_with = "text::optional")]
    pub reward_account: Option<Address>,
    /// How settled what is believed must be.
    pub commitment: Commitment,
    /// The kinds of work that are done.
    #[serde(deserialize_with = "text::kinds")]
    pub jobs: Vec<Kind>,
    /// Whether transactions are simulated before they are sent.
    pub simulate: bool,
    /// Whether transactions are only simulated.
    pub dry_run: bool,
    /// Wallets of other keepers of the same operator.
    #[serde(deserialize_with = "text::list")]
    pub peers: Vec<Address>,
    /// Oracle accounts that cannot be found by their feed: those of Switchboard.
    #[serde(deserialize_with = "text::list")]
    pub oracles: Vec<Address>,
    /// How much work is done at once.
    pub work: Work,
    /// The most accounts that are held in memory.
    pub max_accounts: usize,
    /// Where the journal is kept.
    pub state_dir: PathBuf,
    /// Where metrics are served; nowhere if it is `off`.
    #[serde(deserialize_with = "text::address")]
    pub metrics: Option<SocketAddr>,
    /// What transactions may cost.
    pub fees: Fees,
    /// How transactions are sent.
    pub send: Sending,
    /// How the chain is followed.
    pub feed: Feed,
    /// When a node is trusted.
    pub nodes: Nodes,
    /// What is logged.
    pub log: Log,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            endpoints: Vec::new(),
            geyser: None,
            exchange: Address::default(),
            keypair: PathBuf::new(),
            margin_index: 0,
            reward_account: None,
            commitment: Commitment::Confirmed,
            jobs: Kind::ALL.to_vec(),
            simulate: false,
            dry_run: false,
            peers: Vec::new(),
            oracles: Vec::new(),
            work: Work::default(),
            max_accounts: 1_000_000,
            state_dir: PathBuf::new(),
            metrics: Some(SocketAddr::from(([127, 0, 0, 1], 9184))),
            fees: Fees::default(),
            send: Sending::default(),
            feed: Feed::default(),
            nodes: Nodes::default(),
            log: Log::default(),
        }
    }
}

impl Config {
    /// What this process is told: by flags, by its environment, by the file that either names. What `network` says (the
    /// description of a local network, say) is taken where none of them says anything.
    pub fn load(flags: &Flags, network: toml::Table) -> Result<Self, ConfigError> {
        Self::from_layers(flags, std::env::vars(), network)
    }

    /// The same with another environment.
    pub fn from_layers(
        flags: &Flags,
        environment: impl IntoIterator<Item = (String, String)>,
        network: toml::Table,
    ) -> Result<Self, ConfigError> {
        let environment = environment::read(environment)?;
        let mut told = network;
        if let Some(path) = flags.config.clone().or(environment.config) {
            text::merge(&mut told, text::file(&path)?);
        }
        text::merge(&mut told, environment.table);
        text::merge(&mut told, flags.table());
        let mut config: Self =
            told.try_into().map_err(|error: toml::de::Error| ConfigError::Invalid(error.message().into()))?;
        if config.state_dir.as_os_str().is_empty() {
            config.state_dir = environment.state_dir.join("plimsoll").join("keeper");
        }
        for endpoint in &mut config.endpoints {
            endpoint.complete()?;
        }
        Ok(config)
    }

    /// The configuration in a file alone.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        text::parse(text)?.try_into().map_err(|error: toml::de::Error| ConfigError::Invalid(error.message().into()))
    }

    /// Whether a kind of work is done.
    pub fn does(&self, kind: Kind) -> bool {
        self.jobs.contains(&kind)
    }

    /// How long a node may take to answer.
    pub fn timeout(&self) -> Duration {
        Duration::from_millis(self.nodes.timeout_ms)
    }
}
