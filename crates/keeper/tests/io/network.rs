//! An embedded network, and accounts of the program that change by real transactions: their lamports are their state.

use std::{future::Future, path::PathBuf, sync::Arc, time::Duration};

use plimsoll_client::{Address, ID, rpc::Rpc, transaction::Draft};
use plimsoll_keeper::{
    config::{Config, Endpoint},
    endpoints::Endpoints,
    metrics::Metrics,
};
use solana_commitment_config::CommitmentConfig;
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_signer::Signer as _;
use surfpool_sdk::{BlockProductionMode, Surfnet};
use tokio_util::sync::CancellationToken;

use crate::proxy::Proxy;

/// More than anything takes that happens at all, on a machine that does a hundred other things.
const PATIENCE: Duration = Duration::from_secs(120);
/// The program that moves lamports.
const SYSTEM: Address = Address::new_from_array([0; 32]);
/// Lamports that an account must hold, and more.
pub const RENT: u64 = 2_000_000;
/// Time between two slots, in milliseconds.
const SLOT: u64 = 50;

/// A network.
pub struct Network {
    surfnet: Surfnet,
    /// Its node, asked directly.
    pub rpc: Rpc,
    /// A wallet that nobody else uses.
    pub payer: Keypair,
}

impl Network {
    /// Starts one.
    pub async fn start() -> Self {
        let builder = Surfnet::builder().block_production_mode(BlockProductionMode::Clock).slot_time_ms(SLOT);
        let surfnet = builder.airdrop_sol(1_000_000_000_000).start().await.expect("a network");
        let rpc = Rpc::with(surfnet.rpc_url(), CommitmentConfig::processed(), Duration::from_secs(30));
        let payer = surfnet.payer().insecure_clone();
        Self { surfnet, rpc, payer }
    }

    /// A front of its node.
    pub async fn front(&self) -> Proxy {
        Proxy::start(self.surfnet.rpc_url(), self.surfnet.ws_url()).await
    }

    /// Gives a wallet lamports.
    pub async fn fund(&self, wallet: &Address, lamports: u64) {
        self.transact(vec![transfer(self.payer.pubkey(), *wallet, lamports)], &[]).await;
    }

    /// Makes an account of the program.
    pub async fn create(&self) -> Address {
        let account = Keypair::new();
        let mut data = vec![0, 0, 0, 0];
        data.extend(RENT.to_le_bytes());
        data.extend(64_u64.to_le_bytes());
        data.extend(ID.to_bytes());
        let accounts = vec![AccountMeta::new(self.payer.pubkey(), true), AccountMeta::new(account.pubkey(), true)];
        self.transact(vec![Instruction { program_id: SYSTEM, accounts, data }], &[&account]).await;
        account.pubkey()
    }

    /// Gives an account of the program a lamport more.
    pub async fn change(&self, account: &Address) {
        self.transact(vec![transfer(self.payer.pubkey(), *account, 1)], &[]).await;
    }

    /// An account's lamports.
    pub async fn lamports(&self, account: &Address) -> u64 {
        self.rpc.raw(account).await.expect("the node answers").map_or(0, |account| account.lamports)
    }

    async fn transact(&self, instructions: Vec<Instruction>, signers: &[&Keypair]) {
        let mut draft = Draft::default();
        for instruction in instructions {
            draft = draft.with(instruction, 50_000);
        }
        let mut all: Vec<&dyn solana_signer::Signer> = vec![&self.payer];
        all.extend(signers.iter().map(|signer| *signer as &dyn solana_signer::Signer));
        self.rpc.send(&draft, &all).await.expect("it lands");
    }
}

/// Moves lamports, and names the program, so that its logs are heard.
pub fn transfer(from: Address, to: Address, lamports: u64) -> Instruction {
    let mut data = vec![2, 0, 0, 0];
    data.extend(lamports.to_le_bytes());
    let accounts =
        vec![AccountMeta::new(from, true), AccountMeta::new(to, false), AccountMeta::new_readonly(ID, false)];
    Instruction { program_id: SYSTEM, accounts, data }
}

/// What a keeper behind these fronts is told: small times, so that what is waited for comes soon.
pub fn config(fronts: &[&Proxy]) -> Config {
    let mut config = Config {
        endpoints: fronts
            .iter()
            .map(|front| Endpoint { rpc: front.rpc_url.clone(), ws: front.ws_url.clone(), file: None })
            .collect(),
        exchange: Address::new_from_array([1; 32]),
        keypair: PathBuf::from("/nowhere/keeper.json"),
        ..Config::default()
    };
    config.nodes.timeout_ms = 2_000;
    config.nodes.probe_ms = 200;
    config.nodes.backoff_s = 2;
    config.feed.stall_s = 3;
    config.send.rebroadcast_ms = 300;
    config.fees.min_price = 0;
    config
}

/// The nodes of a configuration, watched until the token is cancelled, once one of them was seen.
pub async fn watched(config: &Config, metrics: &Metrics, shutdown: &CancellationToken) -> Endpoints {
    let endpoints = Endpoints::new(config, metrics.clone());
    endpoints.watch(Duration::from_millis(config.nodes.probe_ms), shutdown);
    until("a node's slot is known", || async { endpoints.slot() > 0 }).await;
    endpoints
}

/// Waits until something is so.
pub async fn until<F: Future<Output = bool>>(what: &str, holds: impl Fn() -> F) {
    let waiting = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(tokio::time::timeout(PATIENCE, waiting).await.is_ok(), "this never came: {what}");
}

/// Waits for something.
pub async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.unwrap_or_else(|_| panic!("this never came: {what}"))
}

/// Shares a key.
pub fn shared(key: &Keypair) -> Arc<Keypair> {
    Arc::new(key.insecure_clone())
}
