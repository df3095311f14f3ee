//! The parts of a configuration, with what they are if nothing is said.

use std::path::PathBuf;

use serde::Deserialize;
use solana_commitment_config::CommitmentConfig;

/// A node.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Endpoint {
    /// Its JSON-RPC address.
    pub rpc: String,
    /// Its WebSocket address; derived from the other if it is not given.
    pub ws: String,
    /// A file with both addresses, one a line: for addresses that carry a key.
    pub file: Option<PathBuf>,
}

/// A Geyser gRPC server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Geyser {
    /// Its address.
    pub url: String,
    /// File of the token that it asks for.
    pub token_path: Option<PathBuf>,
}

/// How settled news must be to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Commitment {
    /// Executed by the node: soonest, and it may be undone.
    Processed,
    /// Voted for by most of the cluster.
    Confirmed,
}

impl Commitment {
    /// As the cluster's clients name it.
    pub fn config(self) -> CommitmentConfig {
        match self {
            Self::Processed => CommitmentConfig::processed(),
            Self::Confirmed => CommitmentConfig::confirmed(),
        }
    }
}

impl std::str::FromStr for Commitment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "processed" => Ok(Self::Processed),
            "confirmed" => Ok(Self::Confirmed),
            other => Err(format!("the commitment is processed or confirmed, not {other}")),
        }
    }
}

/// What transactions may cost. Prices are in micro-lamports per compute unit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fees {
    /// The least that is bid.
    pub min_price: u64,
    /// The most that is bid.
    pub max_price: u64,
    /// The most that is bid for work that earns nothing.
    pub unpaid_max_price: u64,
    /// Part of a reward that may be spent on its transaction, in per cent.
    pub reward_share_percent: u64,
    /// Atoms of the quote token that a SOL is worth: makes rewards comparable to fees.
    pub atoms_per_sol: u64,
    /// With fewer lamports than this only work that earns something is done.
    pub floor_lamports: u64,
    /// With fewer than this nothing is sent.
    pub stop_lamports: u64,
}

impl Default for Fees {
    fn default() -> Self {
        Self {
            min_price: 1_000,
            max_price: 2_000_000,
            unpaid_max_price: 20_000,
            reward_share_percent: 50,
            atoms_per_sol: 150_000_000,
            floor_lamports: 50_000_000,
            stop_lamports: 1_000_000,
        }
    }
}

/// How transactions are sent.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sending {
    /// Jobs that wait to be sent.
    pub queue: usize,
    /// Transactions that are broadcast at once.
    pub in_flight: usize,
    /// Nodes that each is sent to.
    pub to: usize,
    /// How often each is sent again, in milliseconds.
    pub rebroadcast_ms: u64,
    /// After so many slots of silence a transaction's status is asked for.
    pub quiet_slots: u64,
    /// How long transactions under way are waited for at the end, in seconds.
    pub grace_s: u64,
}

impl Default for Sending {
    fn default() -> Self {
        Self { queue: 1_024, in_flight: 128, to: 2, rebroadcast_ms: 800, quiet_slots: 5, grace_s: 15 }
    }
}

/// How much work is done at once, and when work that nobody needs yet is due.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Work {
    /// Seconds after which a market's price is refreshed even if nothing needs it.
    pub refresh_s: i64,
    /// Atoms of liquidation fees from which a market is swept.
    pub sweep_from: u64,
    /// Most accounts that one transaction flags.
    pub flags_at_once: usize,
    /// Most accounts that one transaction liquidates.
    pub liquidations_at_once: usize,
}

impl Default for Work {
    fn default() -> Self {
        Self { refresh_s: 5, sweep_from: 5_000_000, flags_at_once: 40, liquidations_at_once: 12 }
    }
}

/// How the chain is followed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Feed {
    /// Updates that wait to be looked at; more are kept once per account.
    pub updates: usize,
    /// A stream without a new slot for so many seconds has stalled.
    pub stall_s: u64,
    /// All accounts are read again so often, in seconds; never if zero.
    pub resync_s: u64,
    /// How long a node may take to send all accounts, in seconds.
    pub snapshot_timeout_s: u64,
    /// Whether all accounts are asked for in 256 parts: for exchanges so large that nodes refuse to send them in one.
    pub split_snapshot: bool,
}

impl Default for Feed {
    fn default() -> Self {
        Self { updates: 4_096, stall_s: 10, resync_s: 300, snapshot_timeout_s: 60, split_snapshot: false }
    }
}

/// When a node is trusted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Nodes {
    /// How long it may take to answer, in milliseconds.
    pub timeout_ms: u64,
    /// How many slots it may be behind the others.
    pub behind_slots: u64,
    /// How often it is asked for its slot, in milliseconds.
    pub probe_ms: u64,
    /// The longest wait before one that failed is tried again, in seconds.
    pub backoff_s: u64,
}

impl Default for Nodes {
    fn default() -> Self {
        Self { timeout_ms: 3_000, behind_slots: 25, probe_ms: 1_000, backoff_s: 60 }
    }
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// An object a line.
    Json,
}

impl std::str::FromStr for LogFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            other => Err(format!("the log's format is text or json, not {other}")),
        }
    }
}

/// What is logged.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// How lines look.
    pub format: LogFormat,
    /// From which level on: `error`, `warn`, `info`, `debug`, `trace`, or a filter by module.
    pub level: String,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, level: "info".into() }
    }
}
