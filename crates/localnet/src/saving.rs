//! Saving a network while it runs.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use plimsoll_client::network::{self, Network};
use solana_keypair::Keypair;
use surfpool_core::surfnet::locker::SurfnetSvmLocker;

use crate::{
    error::LocalnetError,
    keys::Keys,
    node,
    oracles::Oracles,
    program,
    state::{Baseline, capture},
};

/// How often it looks whether it is to stop.
const LOOK: Duration = Duration::from_millis(100);

/// What saves a network into a directory.
pub struct Saver {
    directory: PathBuf,
    chain: SurfnetSvmLocker,
    baseline: Baseline,
    oracles: Oracles,
    network: Network,
    seed: u64,
    traders: usize,
    /// Saves follow one another, until it is closed.
    closed: Mutex<bool>,
    /// Held as long as the network runs: nobody else may use the directory.
    lock: File,
}

/// A network's directory, which no other process uses.
pub struct Directory {
    pub path: PathBuf,
    lock: File,
}

impl Directory {
    /// Creates it if need be.
    pub fn open(path: &Path) -> Result<Self, LocalnetError> {
        let failed = |source| LocalnetError::Io { what: format!("the state directory {}", path.display()), source };
        fs::create_dir_all(path).map_err(failed)?;
        let lock = File::create(path.join("lock")).map_err(failed)?;
        lock.try_lock().map_err(|error| match error {
            fs::TryLockError::WouldBlock => failed(std::io::Error::other("another local network uses it")),
            fs::TryLockError::Error(error) => failed(error),
        })?;
        Ok(Self { path: path.to_owned(), lock })
    }

    /// What saves into it.
    pub fn saver(
        self,
        chain: SurfnetSvmLocker,
        baseline: Baseline,
        oracles: Oracles,
        network: Network,
        (seed, traders): (u64, usize),
    ) -> Saver {
        let Self { path: directory, lock } = self;
        Saver { directory, chain, baseline, oracles, network, seed, traders, closed: Mutex::new(false), lock }
    }
}

impl Saver {
    /// Writes what others read: the network's description, and keys that they may sign with.
    pub fn describe(&self, network: &Network, keys: Keys) -> Result<(), LocalnetError> {
        network.write(&self.directory.join(network::FILE))?;
        let folder = self.directory.join("keys");
        let failed = |source| LocalnetError::Io { what: format!("the keys in {}", folder.display()), source };
        fs::create_dir_all(&folder).map_err(failed)?;
        for (name, key) in [("admin", keys.admin()), ("faucet", keys.faucet()), ("keeper", keys.keeper())] {
            fs::write(folder.join(format!("{name}.json")), key_file(&key)).map_err(failed)?;
        }
        Ok(())
    }

    /// Saves the network as it is now. Not to be called where futures run: it waits for the chain.
    pub fn save(&self) -> Result<(), LocalnetError> {
        let closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        if *closed {
            return Ok(());
        }
        let (captured, oracles) = self.chain.with_svm_reader(|svm| {
            // Together: prices are written while the chain is locked.
            (capture(svm, &self.baseline, &program::accounts()), self.oracles.desk().save())
        });
        let mut snapshot = captured?;
        let text = |error: serde_json::Error| LocalnetError::Node(error.to_string());
        snapshot.seed = self.seed;
        snapshot.traders = self.traders as u64;
        snapshot.network = serde_json::to_string(&self.network).map_err(text)?;
        snapshot.oracles = serde_json::to_string(&oracles).map_err(text)?;
        Ok(snapshot.store(&self.directory)?)
    }

    /// Saves it for the last time, and leaves the directory to others. A save that comes later does nothing.
    pub fn close(&self) -> Result<(), LocalnetError> {
        let saved = self.save();
        *self.closed.lock().unwrap_or_else(PoisonError::into_inner) = true;
        if let Err(error) = self.lock.unlock() {
            tracing::warn!("the state directory stays locked until this process ends: {error}");
        }
        saved
    }

    /// Saves again and again until it is told to stop.
    pub fn save_every(self: &Arc<Self>, every: Duration, stop: Arc<AtomicBool>) -> Result<(), LocalnetError> {
        let saver = self.clone();
        node::spawn("plimsoll-saver", move || {
            let mut last = Instant::now();
            while !stop.load(Ordering::Relaxed) {
                thread::sleep(LOOK.min(every));
                if last.elapsed() < every {
                    continue;
                }
                if let Err(error) = saver.save() {
                    tracing::warn!("not saved: {error}");
                }
                last = Instant::now();
            }
        })
    }
}

/// A key as Solana's tools keep it.
fn key_file(key: &Keypair) -> String {
    format!("{:?}", key.to_bytes())
}
