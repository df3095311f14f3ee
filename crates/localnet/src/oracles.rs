//! The oracles of a local network: they replay prices as real accounts, and fail on command.

mod desk;
mod fault;
mod source;

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

pub(crate) use desk::Desk;
pub use fault::{Fault, FaultError, Sources};
pub use source::{Reading, Update};
pub(crate) use source::{Saved, Source};
use surfpool_core::surfnet::locker::SurfnetSvmLocker;

use crate::{error::LocalnetError, node};

/// How often the publisher looks whether an update is due.
const LOOK: Duration = Duration::from_millis(50);

/// The oracles of a network that runs. Clones are the same oracles.
#[derive(Clone)]
pub struct Oracles {
    desk: Arc<Mutex<Desk>>,
}

impl Oracles {
    pub(crate) fn new(desk: Desk) -> Self {
        Self { desk: Arc::new(Mutex::new(desk)) }
    }

    pub(crate) fn desk(&self) -> MutexGuard<'_, Desk> {
        // A panic elsewhere leaves prices that are whole.
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Publishes until it is told to stop, and keeps the cluster's clock with this machine's.
    pub(crate) fn publish_until(&self, stop: Arc<AtomicBool>, chain: SurfnetSvmLocker) -> Result<(), LocalnetError> {
        let desk = self.desk.clone();
        node::spawn("plimsoll-oracles", move || {
            while !stop.load(Ordering::Relaxed) {
                let published = chain.with_svm_writer(|svm| {
                    node::follow_clock(svm);
                    desk.lock().unwrap_or_else(PoisonError::into_inner).publish(svm, Instant::now())
                });
                if let Err(error) = published {
                    tracing::warn!("no prices: {error}");
                }
                thread::sleep(LOOK);
            }
        })
    }

    /// Lets the path begin now. Until then prices stand at its beginning.
    pub fn begin(&self) {
        self.desk().begin(Instant::now());
    }

    /// Seconds of the path that have passed.
    pub fn position(&self) -> f64 {
        self.desk().position(Instant::now())
    }

    /// Starts a fault of a market's sources.
    pub fn fault(&self, market: &str, fault: Fault) -> Result<(), FaultError> {
        self.desk().fault(market, fault, Instant::now())
    }

    /// No updates from any source of a market for a time, or until [`resume`](Self::resume).
    pub fn stall(&self, market: &str, time: Option<Duration>) -> Result<(), FaultError> {
        let seconds = time.map(|time| time.as_secs_f64());
        self.fault(market, Fault::Stall { sources: Sources::Both, seconds })
    }

    /// The next updates of a market's first source are wrong by a factor; the second source stays right.
    pub fn bad_print(&self, market: &str, factor: f64, updates: u32) -> Result<(), FaultError> {
        self.fault(market, Fault::BadPrint { factor, updates })
    }

    /// The second source of a market is wrong by a factor for a time, or until [`resume`](Self::resume).
    pub fn disagreement(&self, market: &str, factor: f64, time: Option<Duration>) -> Result<(), FaultError> {
        self.fault(market, Fault::Disagreement { factor, seconds: time.map(|time| time.as_secs_f64()) })
    }

    /// A market's price jumps by a factor, and goes on from there.
    pub fn gap(&self, market: &str, factor: f64) -> Result<(), FaultError> {
        self.fault(market, Fault::Gap { factor })
    }

    /// Ends the faults of a market. A jump stays.
    pub fn resume(&self, market: &str) -> Result<(), FaultError> {
        self.desk().resume(market)
    }

    /// What every market's sources say, and what is wrong with them.
    pub fn readings(&self) -> Vec<Reading> {
        self.desk().readings(Instant::now())
    }

    /// The newest update of a market's first source.
    pub fn newest(&self, market: &str) -> Option<Update> {
        self.desk().source(market)?.newest()
    }

    /// The one update of a market that was published at or after a moment where the one before was not, while a ring
    /// account still has it: an order of that moment executes at it.
    pub fn update_at(&self, market: &str, moment: i64) -> Option<Update> {
        self.desk().source(market)?.update_at(moment)
    }
}
