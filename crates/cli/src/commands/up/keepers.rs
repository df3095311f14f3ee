//! Keepers in the same process, each with a key of its own.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use plimsoll_client::Address;
use plimsoll_keeper::{
    Config, KeeperError,
    config::{Endpoint, Log, LogFormat},
    logging, run,
};
use plimsoll_localnet::{Localnet, faucet};
use solana_keypair::{Keypair, read_keypair_file, write_keypair_file};
use solana_signer::Signer;
use tokio::{runtime::Handle, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::failure::{Failure, Kind};

/// What a keeper has for fees, in lamports.
const LAMPORTS: u64 = 100_000_000_000;

/// Keepers that run.
pub struct Keepers {
    /// Their wallets.
    pub wallets: Vec<Address>,
    tasks: JoinSet<Result<(), KeeperError>>,
    shutdown: CancellationToken,
}

impl Keepers {
    /// Starts so many. Their keys and journals are kept in a directory, so that they go on after a restart.
    pub async fn start(localnet: &Localnet, count: usize, directory: &Path, level: &str) -> Result<Self, Failure> {
        logging::start(&Log { format: LogFormat::Text, level: level.into() })?;
        let (shutdown, mut tasks) = (CancellationToken::new(), JoinSet::new());
        let mut keys = Vec::with_capacity(count);
        for number in 0..count {
            keys.push(key(&directory.join(number.to_string())).map_err(|error| unwritable(directory, &error))?);
        }
        let wallets: Vec<Address> = keys.iter().map(|(key, _)| key.pubkey()).collect();
        let (network, rpc) = (localnet.network(), localnet.rpc());
        for (place, (_, file)) in keys.into_iter().enumerate() {
            faucet::give(&rpc, network, &wallets[place], LAMPORTS, 0).await?;
            let others = wallets.iter().copied().filter(|wallet| *wallet != wallets[place]);
            let config = Config {
                endpoints: vec![Endpoint { rpc: network.rpc.clone(), ws: network.ws.clone(), file: None }],
                exchange: network.exchange,
                state_dir: file.parent().map(Path::to_path_buf).unwrap_or_default(),
                keypair: file,
                peers: others.collect(),
                oracles: network.markets.iter().filter_map(|market| market.second).collect(),
                metrics: None,
                ..Config::default()
            };
            let (shutdown, runtime) = (shutdown.clone(), Handle::current());
            // A thread of its own: what a keeper signs with need not be shared among threads.
            tasks.spawn_blocking(move || runtime.block_on(run(config, shutdown)));
        }
        Ok(Self { wallets, tasks, shutdown })
    }

    /// Waits until one of them ends by itself, which it should not; for ever where there is none.
    pub async fn failed(&mut self) -> Failure {
        match self.tasks.join_next().await {
            Some(Ok(Err(error))) => error.into(),
            Some(Ok(Ok(()))) => Failure::new(Kind::Unreachable, "Keeper", "a keeper has ended"),
            Some(Err(error)) => Failure::new(Kind::Unreachable, "Keeper", format!("a keeper has ended: {error}")),
            None => std::future::pending().await,
        }
    }

    /// Ends them: what is under way is finished.
    pub async fn stop(mut self) -> Result<(), Failure> {
        self.shutdown.cancel();
        let mut ended = Ok(());
        while let Some(joined) = self.tasks.join_next().await {
            if let Ok(Err(error)) = joined {
                ended = Err(error.into());
            }
        }
        ended
    }
}

/// The key of a keeper and its file, made where there is none.
fn key(directory: &Path) -> io::Result<(Keypair, PathBuf)> {
    fs::create_dir_all(directory)?;
    let file = directory.join("id.json");
    let as_io = |error: Box<dyn std::error::Error>| io::Error::other(error.to_string());
    if file.exists() {
        return Ok((read_keypair_file(&file).map_err(as_io)?, file));
    }
    let key = Keypair::new();
    write_keypair_file(&key, &file).map_err(as_io)?;
    Ok((key, file))
}

fn unwritable(directory: &Path, error: &io::Error) -> Failure {
    Failure::new(Kind::Usage, "Keeper", format!("keys cannot be kept in {}: {error}", directory.display()))
}
