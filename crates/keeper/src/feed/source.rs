//! A stream of one node, whichever protocol it speaks.

use super::Watched;
use crate::{
    config::{Config, Geyser},
    endpoints::{Fault, Node},
    update::{AccountUpdate, TransactionLogs},
};

/// What a stream says.
#[derive(Debug)]
pub(super) enum Heard {
    Account(AccountUpdate),
    Slot(u64),
    Logs(TransactionLogs),
    /// It is alive.
    Nothing,
}

/// A stream that has subscribed to everything.
pub(super) enum Source {
    Socket(Box<super::socket::Socket>),
    #[cfg(feature = "geyser")]
    Geyser(Box<super::geyser::Stream>),
}

impl Source {
    /// Connects and subscribes.
    pub(super) async fn connect(config: &Config, node: &Node, watched: &Watched) -> Result<Self, Fault> {
        if let Some(geyser) = &config.geyser {
            return Self::geyser(config, geyser, watched).await;
        }
        let socket = super::socket::Socket::connect(&node.ws, config.commitment, config.timeout(), watched).await?;
        Ok(Self::Socket(Box::new(socket)))
    }

    #[cfg(feature = "geyser")]
    async fn geyser(config: &Config, geyser: &Geyser, watched: &Watched) -> Result<Self, Fault> {
        let stream = super::geyser::Stream::connect(geyser, config.commitment, config.timeout(), watched).await?;
        Ok(Self::Geyser(Box::new(stream)))
    }

    #[cfg(not(feature = "geyser"))]
    async fn geyser(_: &Config, _: &Geyser, _: &Watched) -> Result<Self, Fault> {
        Err(Fault::new("other", "this keeper was built without the feature geyser"))
    }

    /// The next thing it says. May be abandoned while it waits.
    pub(super) async fn next(&mut self) -> Result<Heard, Fault> {
        match self {
            Self::Socket(socket) => socket.next().await,
            #[cfg(feature = "geyser")]
            Self::Geyser(stream) => stream.next().await,
        }
    }

    /// Subscribes to what is new among the watched.
    pub(super) async fn watch(&mut self, watched: &Watched) -> Result<(), Fault> {
        match self {
            Self::Socket(socket) => socket.watch(watched).await,
            #[cfg(feature = "geyser")]
            Self::Geyser(stream) => stream.watch(watched).await,
        }
    }

    /// Shows the other side that somebody is there.
    pub(super) async fn ping(&mut self) -> Result<(), Fault> {
        match self {
            Self::Socket(socket) => socket.ping().await,
            #[cfg(feature = "geyser")]
            Self::Geyser(stream) => stream.ping().await,
        }
    }
}
