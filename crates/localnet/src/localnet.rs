//! A network from its start to its stop.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use plimsoll_client::{Address, network::Network, rpc::Rpc, state::MarginAccount, wire::AccountLayout};
use solana_account::Account;
use solana_signer::Signer;

use crate::{
    Keys, Options, Oracles, Ports, Progress,
    control::Control,
    error::LocalnetError,
    node::{self, Chain, Node},
    opening::{Opening, refresh},
    oracles::{Desk, Source},
    program,
    saving::{Directory, Saver},
    setup::{self, Setup},
    state::{self, Baseline, Snapshot},
};

/// A network that runs. Dropped, it ends without being saved once more: [`stop`](Self::stop) saves it.
pub struct Localnet {
    network: Network,
    keys: Keys,
    traders: usize,
    oracles: Oracles,
    node: Node,
    control: Control,
    saver: Option<Arc<Saver>>,
    stop: Arc<AtomicBool>,
}

/// A node that answers, and what it knows of before.
struct Ground {
    node: Node,
    baseline: Baseline,
    snapshot: Option<Snapshot>,
}

impl Localnet {
    /// Starts a network: a new one, or the one that was saved in the state directory.
    pub async fn start(options: Options) -> Result<Self, LocalnetError> {
        let began = Instant::now();
        options.check()?;
        let directory = options.state.as_deref().map(Directory::open).transpose()?;
        let ground = ground(&options).await?;
        let (rpc, ws) = (ground.node.rpc_url(), ground.node.ws_url());
        options.tell(Progress::Answering { rpc: rpc.clone(), ws: ws.clone() });
        let seed = ground.snapshot.as_ref().map_or(options.seed, |snapshot| snapshot.seed);
        let (keys, client) = (Keys::of(seed), Rpc::new(&rpc));
        let setup = Setup { rpc: &client, keys };
        let mut network = match &ground.snapshot {
            Some(snapshot) => read_json(&snapshot.network)?,
            None => {
                options.tell(Progress::MintCreated(setup.create_mint().await?));
                setup.deploy(|what| options.tell(Progress::Deployed(what))).await?
            }
        };
        (network.rpc, network.ws) = (rpc, ws);
        let oracles = Oracles::new(desk(&network, &options, seed, ground.snapshot.as_ref())?);
        let stop = Arc::new(AtomicBool::new(false));
        // From here on a failure ends the threads with the network.
        let ender = Ender(stop.clone());
        oracles.publish_until(stop.clone(), ground.node.chain())?;
        let traders = match &ground.snapshot {
            Some(snapshot) => snapshot.traders as usize,
            None => {
                populate(&setup, &network, &oracles, &options).await?;
                options.traders
            }
        };
        let port = match options.ports {
            Ports::Any => 0,
            Ports::Fixed { control, .. } => control,
        };
        let Ground { node, baseline, .. } = ground;
        let saver = directory.map(|directory| {
            let saver = directory.saver(node.chain(), baseline, oracles.clone(), network.clone(), (seed, traders));
            Arc::new(saver)
        });
        let control = Control::serve(port, oracles.clone(), saver.clone()).await?;
        network.control = Some(control.url.clone());
        if let Some(saver) = &saver {
            saver.describe(&network, keys)?;
            on_thread(|| saver.save())?;
            saver.save_every(options.save_every, stop.clone())?;
        }
        if options.begin {
            oracles.begin();
        }
        std::mem::forget(ender);
        options.tell(Progress::Ready { seconds: began.elapsed().as_secs_f64() });
        Ok(Self { network, keys, traders, oracles, node, control, saver, stop })
    }

    /// URL of JSON-RPC.
    pub fn rpc_url(&self) -> &str {
        &self.network.rpc
    }

    /// URL of subscriptions.
    pub fn ws_url(&self) -> &str {
        &self.network.ws
    }

    /// What is where.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// A client of its node.
    pub fn rpc(&self) -> Rpc {
        Rpc::new(&self.network.rpc)
    }

    /// Everybody's keys.
    pub fn keys(&self) -> Keys {
        self.keys
    }

    /// How many traders came in at the beginning: [`Keys::trader`] below this number.
    pub fn traders(&self) -> usize {
        self.traders
    }

    /// Its oracles.
    pub fn oracles(&self) -> &Oracles {
        &self.oracles
    }

    /// Writes an account without a transaction, and tells subscribers. For what no transaction can do, such as an account with
    /// an older layout.
    pub fn put_account(&self, address: &Address, account: Account) -> Result<(), LocalnetError> {
        let chain = self.node.chain();
        on_thread(|| chain.with_svm_writer(|svm| node::put(svm, address, account)))
    }

    /// Saves it now, if it has a state directory.
    pub fn save(&self) -> Result<(), LocalnetError> {
        match &self.saver {
            Some(saver) => on_thread(|| saver.save()),
            None => Ok(()),
        }
    }

    /// Ends it: its ports are free afterwards, and everything is saved if it has a state directory.
    pub async fn stop(mut self) -> Result<(), LocalnetError> {
        self.stop.store(true, Ordering::Relaxed);
        self.control.stop();
        let (node, saver) = (&mut self.node, &self.saver);
        on_thread(|| {
            let stopped = node.stop();
            // Whatever became of the node: the chain is there, and nothing changes it any more.
            let saved = saver.as_ref().map_or(Ok(()), |saver| saver.close());
            stopped.and(saved)
        })
    }
}

impl Drop for Localnet {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// Ends threads unless it is forgotten.
struct Ender(Arc<AtomicBool>);

impl Drop for Ender {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A node with the program: on an empty chain, or on the one that was saved.
async fn ground(options: &Options) -> Result<Ground, LocalnetError> {
    let binary = program::read(&options.program)?;
    let snapshot = options.state.as_deref().map(Snapshot::load).transpose()?.flatten();
    let prepare = {
        let options = options.clone();
        move || {
            let mut chain = Chain::new(options.slot)?;
            let baseline = Baseline::of(&chain.svm)?;
            let keys = Keys::of(snapshot.as_ref().map_or(options.seed, |snapshot| snapshot.seed));
            match &snapshot {
                Some(snapshot) => {
                    state::restore(&mut chain.svm, snapshot)?;
                    let away = node::now().saturating_sub(snapshot.saved_at) / 1_000;
                    let file = options.state.clone().unwrap_or_default().join(state::FILE);
                    options.tell(Progress::Restored { file, accounts: snapshot.accounts.len(), away });
                }
                None => setup::endow(&mut chain, keys, setup::plan(keys)?.markets.len())?,
            }
            program::deploy(&mut chain, &binary, keys.admin().pubkey())?;
            options.tell(Progress::ProgramDeployed { bytes: binary.len() });
            Ok(Ground { node: chain.serve(options.ports)?, baseline, snapshot })
        }
    };
    match tokio::task::spawn_blocking(prepare).await {
        Ok(ground) => ground,
        Err(error) => Err(LocalnetError::Node(error.to_string())),
    }
}

/// The oracles, from the beginning of their paths or from where they were.
fn desk(network: &Network, options: &Options, seed: u64, snapshot: Option<&Snapshot>) -> Result<Desk, LocalnetError> {
    let feed = &options.feed;
    let sources = network.markets.iter().map(|market| Source::new(market, feed.along(&market.name, seed))).collect();
    let mut desk = Desk::new(sources, feed.name(), options.speed, options.update_every);
    if let Some(snapshot) = snapshot {
        desk.restore(&read_json(&snapshot.oracles)?);
    }
    Ok(desk)
}

/// Liquidity, insurance and traders.
async fn populate(
    setup: &Setup<'_>,
    network: &Network,
    oracles: &Oracles,
    options: &Options,
) -> Result<(), LocalnetError> {
    let first = || network.markets.iter().all(|market| oracles.newest(&market.name).is_some());
    while !first() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    refresh(setup.rpc, network, setup.keys).await?;
    for (place, market) in network.markets.iter().enumerate() {
        setup.provide(network, place, options.liquidity).await?;
        options.tell(Progress::LiquidityProvided { market: market.name.clone(), amount: options.liquidity });
    }
    setup.stake(network, options.insurance).await?;
    options.tell(Progress::Staked(options.insurance));
    if options.traders == 0 {
        return Ok(());
    }
    let rent = setup.rent(MarginAccount::LEN).await?;
    let opening = Opening { rpc: setup.rpc, network, oracles, keys: setup.keys, rent };
    opening.run(options.traders, |open| options.tell(Progress::Traders { open, wanted: options.traders })).await
}

fn read_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, LocalnetError> {
    serde_json::from_str(text).map_err(|error| LocalnetError::Node(format!("what was saved cannot be read: {error}")))
}

/// Runs what waits for the chain beside the runtime, of whatever kind that is.
fn on_thread<T: Send>(work: impl FnOnce() -> Result<T, LocalnetError> + Send) -> Result<T, LocalnetError> {
    let ended = thread::scope(|scope| scope.spawn(work).join());
    ended.unwrap_or_else(|_| Err(LocalnetError::Node("a thread ended in a panic".into())))
}
