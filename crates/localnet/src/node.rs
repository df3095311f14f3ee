//! The embedded node: a Surfpool network in this process, offline, with slots by the clock.

use std::{
    net::TcpListener,
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};
use plimsoll_client::Address;
use solana_account::Account;
use solana_clock::Clock;
use surfpool_core::surfnet::{
    GeyserEvent,
    locker::SurfnetSvmLocker,
    svm::{SurfnetSvm, SurfnetSvmConfig},
};
use surfpool_types::{BlockProductionMode, RpcConfig, SimnetCommand, SimnetConfig, SimnetEvent, SurfpoolConfig};

use crate::{error::LocalnetError, options::Ports};

/// Where it answers: on this machine alone.
pub const HOST: &str = "127.0.0.1";
/// How long it may take to start, and to stop.
const PATIENCE: Duration = Duration::from_secs(30);
/// Milliseconds by which the cluster's clock is ahead only if it was put there.
const TRAVELLED: u64 = 10_000;
/// Its servers for JSON-RPC and for subscriptions: each says when it has shut down.
const SERVERS: usize = 2;

/// A chain that no node serves yet.
pub struct Chain {
    pub svm: SurfnetSvm,
    slot: Duration,
    events: Receiver<SimnetEvent>,
    geyser: Receiver<GeyserEvent>,
}

/// A node that runs.
pub struct Node {
    chain: SurfnetSvmLocker,
    commands: Sender<SimnetCommand>,
    life: Receiver<Life>,
    rpc: u16,
    ws: u16,
    running: bool,
}

/// What the node says of itself.
enum Life {
    Ready,
    Failed(String),
    ServerDown,
}

impl Chain {
    /// An empty chain with slots of this length.
    pub fn new(slot: Duration) -> Result<Self, LocalnetError> {
        let slot_time = milliseconds(slot).max(1);
        let config = SurfnetSvmConfig {
            slot_time,
            // It would run every prefix of every transaction again.
            instruction_profiling_enabled: false,
            max_profiles: 16,
            // Logs carry events: cut off, they would be lost.
            log_bytes_limit: None,
            ..SurfnetSvmConfig::default()
        };
        let (svm, events, geyser) = SurfnetSvm::new(config).map_err(|error| LocalnetError::Node(error.to_string()))?;
        Ok(Self { svm, slot: Duration::from_millis(slot_time), events, geyser })
    }

    /// Writes an account.
    pub fn put(&mut self, address: &Address, account: Account) -> Result<(), LocalnetError> {
        put(&mut self.svm, address, account)
    }

    /// Serves it.
    pub fn serve(self, ports: Ports) -> Result<Node, LocalnetError> {
        let (rpc, ws) = match ports {
            Ports::Any => (free_port()?, free_port()?),
            Ports::Fixed { rpc, ws, .. } => (rpc, ws),
        };
        let simnet = SimnetConfig {
            offline_mode: true,
            remote_rpc_url: None,
            slot_time: milliseconds(self.slot),
            block_production_mode: BlockProductionMode::Clock,
            instruction_profiling_enabled: false,
            log_bytes_limit: None,
            ..SimnetConfig::default()
        };
        let rpc_config = RpcConfig { bind_host: HOST.to_owned(), bind_port: rpc, ws_port: ws, ..RpcConfig::default() };
        let config = SurfpoolConfig { simnets: vec![simnet], rpc: rpc_config, ..SurfpoolConfig::default() };
        let chain = SurfnetSvmLocker::new(self.svm);
        let (commands, received) = unbounded();
        let (report, life) = unbounded();
        listen(self.events, report.clone())?;
        let (locker, own_commands, geyser) = (chain.clone(), commands.clone(), self.geyser);
        spawn("plimsoll-node", move || {
            let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
                Ok(runtime) => runtime,
                Err(error) => return drop(report.send(Life::Failed(error.to_string()))),
            };
            let run =
                surfpool_core::runloops::start_local_surfnet_runloop(locker, config, own_commands, received, geyser);
            if let Err(error) = runtime.block_on(run) {
                // Nobody listens any more after it was stopped.
                let _ = report.send(Life::Failed(error.to_string()));
            }
        })?;
        let mut node = Node { chain, commands, life, rpc, ws, running: true };
        node.wait_until_ready()?;
        Ok(node)
    }
}

impl Node {
    /// URL of JSON-RPC.
    pub fn rpc_url(&self) -> String {
        format!("http://{HOST}:{}", self.rpc)
    }

    /// URL of subscriptions.
    pub fn ws_url(&self) -> String {
        format!("ws://{HOST}:{}", self.ws)
    }

    /// What reads and writes the chain from threads of its own.
    pub fn chain(&self) -> SurfnetSvmLocker {
        self.chain.clone()
    }

    fn wait_until_ready(&mut self) -> Result<(), LocalnetError> {
        let why = match self.life.recv_timeout(PATIENCE) {
            Ok(Life::Ready) => return Ok(()),
            Ok(Life::Failed(why)) => why,
            Ok(Life::ServerDown) => "it shut down while it started".into(),
            Err(RecvTimeoutError::Timeout) => format!("it did not start within {} seconds", PATIENCE.as_secs()),
            Err(RecvTimeoutError::Disconnected) => "it ended while it started".into(),
        };
        self.running = false;
        Err(LocalnetError::Node(why))
    }

    /// Ends it, and waits until its ports are free.
    pub fn stop(&mut self) -> Result<(), LocalnetError> {
        if !std::mem::take(&mut self.running) {
            return Ok(());
        }
        let ended = |_| LocalnetError::Node("it had ended before it was stopped".into());
        self.commands.send(SimnetCommand::Terminate(None)).map_err(ended)?;
        let deadline = Instant::now() + PATIENCE;
        let mut down = 0;
        while down < SERVERS {
            match self.life.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(Life::ServerDown) => down += 1,
                Ok(Life::Ready) => (),
                Ok(Life::Failed(why)) => return Err(LocalnetError::Node(why)),
                Err(_) => return Err(LocalnetError::Node("it did not say that it stopped".into())),
            }
        }
        Ok(())
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if self.running {
            let _ = self.commands.send(SimnetCommand::Terminate(None));
        }
    }
}

/// Reads what the node says until it says nothing more: an unread queue would block it.
fn listen(events: Receiver<SimnetEvent>, report: Sender<Life>) -> Result<(), LocalnetError> {
    spawn("plimsoll-node-log", move || {
        for event in events {
            let said = match event {
                SimnetEvent::CoreStarted(_) => Life::Ready,
                SimnetEvent::Aborted(why) => Life::Failed(why),
                SimnetEvent::Shutdown => Life::ServerDown,
                SimnetEvent::ErrorLog(_, line) => {
                    tracing::warn!("node: {line}");
                    continue;
                }
                SimnetEvent::WarnLog(_, line) => {
                    tracing::debug!("node: {line}");
                    continue;
                }
                _ => continue,
            };
            let _ = report.send(said);
        }
    })
}

/// Writes an account and tells subscribers.
pub fn put(svm: &mut SurfnetSvm, address: &Address, account: Account) -> Result<(), LocalnetError> {
    svm.set_account(address, account).map_err(|error| LocalnetError::Account(*address, error.to_string()))
}

/// The cluster's clock.
pub fn clock(svm: &SurfnetSvm) -> Clock {
    svm.inner.get_sysvar()
}

/// Lets the cluster's clock follow this machine's. By itself it counts slots, and sleeps longer than a slot for each.
///
/// It never goes back, and a burst of late slots takes it ahead by no more than happens between two calls. Where somebody
/// has put it ahead it counts by itself.
pub fn follow_clock(svm: &mut SurfnetSvm) {
    let told = u64::try_from(clock(svm).unix_timestamp).unwrap_or(0).saturating_mul(1_000);
    let real = now();
    if told <= real.saturating_add(TRAVELLED) {
        svm.updated_at = real.saturating_sub(svm.slot_time).max(told);
    }
}

/// Milliseconds since 1970 by this machine.
pub fn now() -> u64 {
    milliseconds(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// A thread of ours.
pub fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), LocalnetError> {
    let started = thread::Builder::new().name(name.to_owned()).spawn(work);
    started.map(drop).map_err(|source| LocalnetError::Io { what: format!("the thread {name}"), source })
}

fn free_port() -> Result<u16, LocalnetError> {
    let bound = TcpListener::bind((HOST, 0)).and_then(|listener| listener.local_addr());
    bound.map(|address| address.port()).map_err(|source| LocalnetError::Io { what: "a free port".into(), source })
}
