//! A network, keepers that can be killed, and somebody who watches.

use std::{path::PathBuf, sync::Once, thread::JoinHandle, time::Duration};

use plimsoll_client::{Address, addresses};
use plimsoll_keeper::{
    Config, KeeperError,
    config::{Commitment, Endpoint},
    run,
    witness::{SOON, Witness},
};
use plimsoll_localnet::{Feed, Localnet, Options, faucet};
use solana_keypair::{Keypair, write_keypair_file};
use solana_signer::Signer;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::proxy::Proxy;

/// How long anything may take before a test gives up on it.
const PATIENCE: Duration = Duration::from_secs(600);
/// What a keeper has for fees, in lamports.
pub const LAMPORTS: u64 = 100_000_000_000;

/// Waits until something is so.
pub async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while !is_so().await {
        assert!(tokio::time::Instant::now() < deadline, "{what}: not within {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// A network whose prices stand until the test lets them go.
pub struct Arena {
    pub localnet: Localnet,
    folder: TempDir,
}

impl Arena {
    /// With so many traders, on a path that is compressed by a factor.
    pub async fn start(traders: usize, feed: Feed, speed: f64) -> Self {
        static LOGGING: Once = Once::new();
        LOGGING.call_once(|| {
            let filter = tracing_subscriber::EnvFilter::from_default_env();
            let _ = tracing_subscriber::fmt().with_env_filter(filter).with_test_writer().try_init();
        });
        let built = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/deploy");
        let program = std::env::var_os("BPF_OUT_DIR").map_or(built, PathBuf::from).join("plimsoll.so");
        assert!(program.exists(), "{} is missing: `make build`", program.display());
        let options = Options { program, traders, feed, speed, begin: false, ..Options::default() };
        let localnet = Localnet::start(options).await.expect("it starts");
        Self { localnet, folder: tempfile::tempdir().expect("a folder") }
    }

    /// Somebody who watches it, in step with the chain.
    pub async fn witness(&self) -> Witness {
        let witness = Witness::start(self.localnet.network());
        until("the witness is in step", async || witness.seen().synced).await;
        witness
    }

    /// Its node, as a keeper is told of it.
    pub fn endpoint(&self) -> Endpoint {
        let network = self.localnet.network();
        Endpoint { rpc: network.rpc.clone(), ws: network.ws.clone(), file: None }
    }

    /// A front of its node that can be told to fail.
    pub async fn front(&self) -> (Proxy, Endpoint) {
        let network = self.localnet.network();
        let proxy = Proxy::start(&network.rpc, &network.ws).await;
        let endpoint = Endpoint { rpc: proxy.rpc_url.clone(), ws: proxy.ws_url.clone(), file: None };
        (proxy, endpoint)
    }

    /// What a keeper with this number is told: its key and journal are the same every time.
    pub async fn config(&self, number: usize, endpoints: Vec<Endpoint>, lamports: u64) -> Config {
        let directory = self.folder.path().join(number.to_string());
        let keypair = directory.join("id.json");
        if !keypair.exists() {
            std::fs::create_dir_all(&directory).expect("a folder");
            let key = Keypair::new();
            write_keypair_file(&key, &keypair).expect("it is written");
            self.give(&key.pubkey(), lamports).await;
        }
        let network = self.localnet.network();
        Config {
            endpoints,
            exchange: network.exchange,
            keypair,
            state_dir: directory,
            commitment: Commitment::Processed,
            oracles: network.markets.iter().filter_map(|market| market.second).collect(),
            metrics: None,
            ..Config::default()
        }
    }

    /// Gives a wallet lamports.
    pub async fn give(&self, wallet: &Address, lamports: u64) {
        let given = faucet::give(&self.localnet.rpc(), self.localnet.network(), wallet, lamports, 0).await;
        given.expect("the faucet gives");
    }

    /// The wallet of a keeper, and its margin account.
    pub fn reward(&self, config: &Config) -> (Address, Address) {
        let key = solana_keypair::read_keypair_file(&config.keypair).expect("was written");
        let wallet = key.pubkey();
        (wallet, addresses::margin(&config.exchange, &wallet, config.margin_index))
    }
}

/// A keeper that runs on a thread of its own.
pub struct Running {
    shutdown: CancellationToken,
    killed: CancellationToken,
    thread: JoinHandle<Option<Result<(), KeeperError>>>,
}

impl Running {
    /// Starts it.
    pub fn start(config: Config) -> Self {
        let (shutdown, killed) = (CancellationToken::new(), CancellationToken::new());
        let (told, kill) = (shutdown.clone(), killed.clone());
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
            let runtime = runtime.expect("a runtime");
            let ended = runtime.block_on(async {
                tokio::select! {
                    ended = run(config, told) => Some(ended),
                    () = kill.cancelled() => None,
                }
            });
            // Whatever its tasks were doing, they are not asked: each is dropped where it waits.
            runtime.shutdown_timeout(Duration::from_secs(20));
            ended
        });
        Self { shutdown, killed, thread }
    }

    /// Ends it as an operator does: what is under way is finished.
    pub fn stop(self) {
        self.shutdown.cancel();
        let ended = self.thread.join().expect("no panic").expect("was not killed");
        ended.expect("it ends well");
    }

    /// Ends it in the middle of whatever it does.
    pub fn kill(self) {
        self.killed.cancel();
        assert!(self.thread.join().expect("no panic").is_none(), "it was over before");
    }

    /// Whether it has not ended by itself.
    pub fn is_running(&self) -> bool {
        !self.thread.is_finished()
    }
}

/// Says what was seen.
pub fn print(title: &str, witness: &Witness) {
    let seen = witness.seen();
    let audit = &seen.audit;
    println!(
        "{title}: {} liquidations, {} compared, {} alone, order_violations = {}; flagged within {SOON} slots: {:.2} %; \
         slots until flagged: {:?}, missed {}; {} succeeded, failed on chain: {:?}",
        audit.liquidations,
        audit.compared,
        audit.alone,
        audit.violations.len(),
        seen.soon(),
        seen.flagged_after,
        seen.missed,
        seen.succeeded,
        seen.failed,
    );
}
