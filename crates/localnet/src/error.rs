//! What can go wrong, in sentences.

use std::{io, path::PathBuf};

use plimsoll_client::{
    network::NetworkError,
    rpc::{ReadError, SendError},
};

use crate::{feed::FeedError, oracles::FaultError, state::StateError};

/// Why a local network does not start, or stops.
#[derive(Debug, thiserror::Error)]
pub enum LocalnetError {
    /// Something was chosen that no network can be.
    #[error("{0}")]
    Options(String),
    /// The program's binary is not there.
    #[error("the program's binary {path} cannot be read: {source}. `make build` builds it")]
    Program {
        /// Where it was looked for.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The embedded node did not start, or ended.
    #[error("the embedded node does not run: {0}")]
    Node(String),
    /// An account could not be written into the node.
    #[error("the account {0} cannot be written into the node: {1}")]
    Account(plimsoll_client::Address, String),
    /// What was saved cannot be used.
    #[error(transparent)]
    State(#[from] StateError),
    /// The description cannot be written.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The prices to play cannot be used.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// A fault was asked for that cannot be.
    #[error(transparent)]
    Fault(#[from] FaultError),
    /// A transaction of the set-up failed.
    #[error("{what}: {source}")]
    Refused {
        /// What it was to do.
        what: String,
        /// Why not.
        source: Box<SendError>,
    },
    /// An account could not be read back.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Clearing house and markets could not be deployed.
    #[error("the clearing house cannot be deployed: {0}")]
    Deploy(String),
    /// A position could not be opened in time.
    #[error(
        "{open} of {wanted} traders were in when {seconds} seconds had passed: the machine is too slow, or the markets are full"
    )]
    TooSlow {
        /// Traders who were in.
        open: usize,
        /// Traders who were to be.
        wanted: usize,
        /// Seconds that passed.
        seconds: u64,
    },
    /// A port is taken, or a file cannot be written.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// Why it failed.
        source: io::Error,
    },
}

impl LocalnetError {
    /// A transaction that failed, with what it was to do.
    pub(crate) fn refused(what: impl Into<String>) -> impl FnOnce(SendError) -> Self {
        let what = what.into();
        move |source| Self::Refused { what, source: Box::new(source) }
    }
}
