//! `plimsoll keeper`: refreshes, executes, flags and liquidates, for money.

use clap::Args;
use plimsoll_keeper::{
    Config, KeeperError,
    config::{ConfigError, Flags},
    logging::{self, LoggingError},
    run,
};
use tokio_util::sync::CancellationToken;
use toml::{Table, Value};

use crate::{
    arguments::Global,
    failure::{Failure, Kind},
    session, wallet,
};

/// Keeps an exchange until it is interrupted. Settings: flags before PLIMSOLL_KEEPER_* before the file before the network's description.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  plimsoll keeper\n  plimsoll keeper --config keeper.toml --check\n  plimsoll keeper --endpoint https://rpc.example.org --keypair keeper.json --jobs flag,liquidate"
)]
pub struct Keeper {
    #[command(flatten)]
    flags: Flags,
    /// Say whether the configuration makes sense, and end
    #[arg(long)]
    check: bool,
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let kind = if matches!(error, ConfigError::Unreadable(..)) { Kind::NotFound } else { Kind::Usage };
        Self::new(kind, "Config", error.to_string())
    }
}

impl From<LoggingError> for Failure {
    fn from(error: LoggingError) -> Self {
        Self::new(Kind::Usage, "Logging", error.to_string())
    }
}

impl From<KeeperError> for Failure {
    fn from(error: KeeperError) -> Self {
        match error {
            KeeperError::Config(error) => error.into(),
            KeeperError::Account(error) => error.into(),
            KeeperError::Unreachable(_) => Self::unreachable(error.to_string()),
            KeeperError::Journal(_) | KeeperError::Metrics(..) => Self::new(Kind::Usage, "Keeper", error.to_string()),
        }
    }
}

impl Keeper {
    /// Does it.
    pub async fn run(&self, global: &Global) -> Result<(), Failure> {
        let config = Config::load(&self.flags, described(global)?)?;
        config.check()?;
        if self.check {
            println!("The configuration makes sense.");
            return Ok(());
        }
        logging::start(&config.log)?;
        let shutdown = CancellationToken::new();
        let stopper = shutdown.clone();
        tokio::spawn(async move {
            super::interrupted().await;
            stopper.cancel();
        });
        Ok(run(config, shutdown).await?)
    }
}

/// What is known without being told: the network, its exchange, and where a key usually is.
fn described(global: &Global) -> Result<Table, Failure> {
    let network = session::description(global)?;
    let mut table = Table::new();
    let mut put = |key: &str, value: Value| table.insert(key.into(), value);
    let url = global.url.clone().or_else(|| network.as_ref().map(|network| network.rpc.clone()));
    let ws = global.ws.clone().or_else(|| network.as_ref().map(|network| network.ws.clone()));
    if let Some(url) = url {
        let mut endpoint = Table::from_iter([("rpc".to_owned(), Value::from(url))]);
        // A node that is named goes with its own subscriptions, not with the network's.
        let ws = if global.url.is_some() { global.ws.clone() } else { ws };
        endpoint.extend(ws.map(|ws| ("ws".to_owned(), Value::from(ws))));
        put("endpoints", Value::Array(vec![Value::Table(endpoint)]));
    }
    let described = network.as_ref().map(|network| network.exchange);
    let exchange = global.exchange.or(described).unwrap_or_else(|| plimsoll_client::addresses::exchange(0));
    put("exchange", Value::from(exchange.to_string()));
    let second = network.iter().flat_map(|network| &network.markets).filter_map(|market| market.second);
    put("oracles", Value::Array(second.map(|oracle| Value::from(oracle.to_string())).collect()));
    if let Some(path) = global.keypair.clone().or_else(wallet::default_path) {
        put("keypair", Value::from(path.display().to_string()));
    }
    put("margin_index", Value::from(i64::from(global.index)));
    Ok(table)
}
