//! The keeper's flags, for whichever command line has them.

use std::path::PathBuf;

use clap::Args;
use plimsoll_client::Address;
use toml::{Table, Value};

use super::{
    Commitment, LogFormat,
    environment::{pair, put},
};

/// What a keeper can be told on the command line. Each flag goes before the environment's variable of its key, and that
/// before the file.
#[derive(Args, Clone, Debug, Default)]
pub struct Flags {
    /// Configuration file (TOML).
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// A node as RPC or RPC,WS. Repeat it for more; the preferred one first.
    #[arg(long = "endpoint", value_name = "RPC[,WS]")]
    pub endpoints: Vec<String>,
    /// A Geyser gRPC server to stream accounts from.
    #[arg(long, value_name = "URL")]
    pub geyser_url: Option<String>,
    /// File of that server's token.
    #[arg(long, value_name = "FILE")]
    pub geyser_token_path: Option<PathBuf>,
    /// The exchange.
    #[arg(long, value_name = "ADDRESS")]
    pub exchange: Option<Address>,
    /// File of the key that signs and pays.
    #[arg(long, value_name = "FILE")]
    pub keypair: Option<PathBuf>,
    /// Which of the key's own margin accounts is paid.
    #[arg(long, value_name = "N")]
    pub margin_index: Option<u16>,
    /// A margin or token account that is paid instead.
    #[arg(long, value_name = "ADDRESS")]
    pub reward_account: Option<Address>,
    /// How settled news must be: processed or confirmed.
    #[arg(long, value_name = "LEVEL")]
    pub commitment: Option<Commitment>,
    /// The jobs that are done, with commas: refresh, flag, liquidate, execute, fire, protect, mark, insurance, waterfall.
    #[arg(long, value_name = "JOBS", value_delimiter = ',')]
    pub jobs: Option<Vec<String>>,
    /// Simulate each transaction before it is sent.
    #[arg(long)]
    pub simulate: bool,
    /// Simulate transactions and send none.
    #[arg(long)]
    pub dry_run: bool,
    /// Wallet of another keeper of yours. Repeat it for more.
    #[arg(long = "peer", value_name = "ADDRESS")]
    pub peers: Vec<Address>,
    /// The most accounts in memory.
    #[arg(long, value_name = "N")]
    pub max_accounts: Option<u64>,
    /// Where the journal is kept.
    #[arg(long, value_name = "DIR")]
    pub keeper_state_dir: Option<PathBuf>,
    /// Where metrics are served, or `off`.
    #[arg(long, value_name = "HOST:PORT")]
    pub metrics: Option<String>,
    /// The least bid per compute unit, in micro-lamports.
    #[arg(long, value_name = "PRICE")]
    pub min_price: Option<u64>,
    /// The most that is bid per compute unit, in micro-lamports.
    #[arg(long, value_name = "PRICE")]
    pub max_price: Option<u64>,
    /// Part of a reward that may be spent on its transaction, in per cent.
    #[arg(long, value_name = "PERCENT")]
    pub reward_share: Option<u64>,
    /// Atoms of the quote token that a SOL is worth.
    #[arg(long, value_name = "ATOMS")]
    pub atoms_per_sol: Option<u64>,
    /// How log lines look: text or json.
    #[arg(long, value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,
    /// From which level on is logged.
    #[arg(long, value_name = "LEVEL")]
    pub log_level: Option<String>,
}

impl Flags {
    /// The keys that were given.
    pub(super) fn table(&self) -> Table {
        let mut table = Table::new();
        let path = |path: &PathBuf| path.display().to_string();
        let text = |table: &mut Table, key, value: Option<String>| {
            if let Some(value) = value {
                put(table, key, Value::from(value));
            }
        };
        let number = |table: &mut Table, key, value: Option<u64>| {
            if let Some(value) = value {
                put(table, key, Value::from(i64::try_from(value).unwrap_or(i64::MAX)));
            }
        };
        if !self.endpoints.is_empty() {
            put(&mut table, "endpoints", Value::Array(self.endpoints.iter().map(|text| pair(text)).collect()));
        }
        text(&mut table, "geyser.url", self.geyser_url.clone());
        text(&mut table, "geyser.token_path", self.geyser_token_path.as_ref().map(path));
        text(&mut table, "exchange", self.exchange.map(|address| address.to_string()));
        text(&mut table, "keypair", self.keypair.as_ref().map(path));
        number(&mut table, "margin_index", self.margin_index.map(u64::from));
        text(&mut table, "reward_account", self.reward_account.map(|address| address.to_string()));
        let commitment =
            self.commitment.map(|level| if level == Commitment::Processed { "processed" } else { "confirmed" });
        text(&mut table, "commitment", commitment.map(str::to_owned));
        if let Some(jobs) = &self.jobs {
            put(&mut table, "jobs", Value::Array(jobs.iter().map(|job| Value::from(job.as_str())).collect()));
        }
        for (key, set) in [("simulate", self.simulate), ("dry_run", self.dry_run)] {
            if set {
                put(&mut table, key, Value::from(true));
            }
        }
        if !self.peers.is_empty() {
            put(
                &mut table,
                "peers",
                Value::Array(self.peers.iter().map(|peer| Value::from(peer.to_string())).collect()),
            );
        }
        number(&mut table, "max_accounts", self.max_accounts);
        text(&mut table, "state_dir", self.keeper_state_dir.as_ref().map(path));
        text(&mut table, "metrics", self.metrics.clone());
        number(&mut table, "fees.min_price", self.min_price);
        number(&mut table, "fees.max_price", self.max_price);
        number(&mut table, "fees.reward_share_percent", self.reward_share);
        number(&mut table, "fees.atoms_per_sol", self.atoms_per_sol);
        let format = self.log_format.map(|format| if format == LogFormat::Text { "text" } else { "json" });
        text(&mut table, "log.format", format.map(str::to_owned));
        text(&mut table, "log.level", self.log_level.clone());
        table
    }
}
