//! What can be chosen.

use std::{path::PathBuf, sync::Arc, time::Duration};

use crate::{error::LocalnetError, feed::Feed, progress::Progress};

/// Whoever is told what happens.
pub type Listener = Arc<dyn Fn(&Progress) + Send + Sync>;

/// A local network before it starts.
#[derive(Clone)]
pub struct Options {
    /// The program's binary.
    pub program: PathBuf,
    /// Where it answers. Always on this machine alone.
    pub ports: Ports,
    /// Time between slots. A cluster with less than two slots a second has stood still, by the program's rules.
    pub slot: Duration,
    /// How many traders open positions at the start.
    pub traders: usize,
    /// Atoms that each market's provider puts in.
    pub liquidity: u64,
    /// Atoms that the staker puts into the insurance fund.
    pub insurance: u64,
    /// What keys, population and random prices follow from.
    pub seed: u64,
    /// Where everything is kept between runs; nowhere when `None`. What was saved there wins over `traders`, `liquidity`,
    /// `insurance` and `seed`.
    pub state: Option<PathBuf>,
    /// Time between two saves while it runs. It is saved when it stops as well.
    pub save_every: Duration,
    /// The prices.
    pub feed: Feed,
    /// Seconds of the feed's path that pass in a second. The path is compressed, not time: updates come as often and are
    /// as old as ever, so that every rule about ages stays true.
    pub speed: f64,
    /// Time between two updates of a market. Pyth's clock has whole seconds: of updates within the same one only the first
    /// can execute orders or refresh a market.
    pub update_every: Duration,
    /// Whether the path begins at once. Else the prices stand where it begins until [`Oracles::begin`](crate::Oracles::begin).
    pub begin: bool,
    /// Is told what happens.
    pub progress: Option<Listener>,
}

/// Ports of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ports {
    /// Any that are free.
    Any,
    /// These.
    Fixed {
        /// JSON-RPC.
        rpc: u16,
        /// Subscriptions.
        ws: u16,
        /// Commands to the oracles.
        control: u16,
    },
}

impl Ports {
    /// The usual ones: 8899, 8900, and 8898 for commands.
    pub const USUAL: Self = Self::Fixed { rpc: 8_899, ws: 8_900, control: 8_898 };
}

impl Default for Options {
    fn default() -> Self {
        Self {
            program: PathBuf::from("target/deploy/plimsoll.so"),
            ports: Ports::Any,
            slot: Duration::from_millis(400),
            traders: 0,
            liquidity: 30_000_000_000_000,
            insurance: 2_000_000_000_000,
            seed: 1,
            state: None,
            save_every: Duration::from_secs(10),
            feed: Feed::walk(),
            speed: 1.0,
            update_every: Duration::from_secs(1),
            begin: true,
            progress: None,
        }
    }
}

/// The longest slots: with longer ones the program would take the cluster for one that stands still.
const LONGEST_SLOT: Duration = Duration::from_millis(500);
/// The shortest time between two updates: it is not looked more often whether one is due.
const SHORTEST_UPDATE: Duration = Duration::from_millis(50);

impl Options {
    /// Refuses what no network can be.
    pub(crate) fn check(&self) -> Result<(), LocalnetError> {
        let refused = |why: String| Err(LocalnetError::Options(why));
        if !(self.speed.is_finite() && self.speed >= 0.0) {
            return refused(format!("a path cannot pass at speed {}", self.speed));
        }
        if self.slot.is_zero() || self.slot > LONGEST_SLOT {
            return refused(format!("slots take {:?}: more than nothing, and {LONGEST_SLOT:?} at most", self.slot));
        }
        if self.update_every < SHORTEST_UPDATE {
            return refused(format!("updates come every {:?}: {SHORTEST_UPDATE:?} at least", self.update_every));
        }
        Ok(())
    }

    pub(crate) fn tell(&self, progress: Progress) {
        tracing::info!("{progress}");
        if let Some(listener) = &self.progress {
            listener(&progress);
        }
    }
}
