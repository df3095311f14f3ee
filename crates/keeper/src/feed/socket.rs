//! A node's WebSocket.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Once,
    time::Duration,
};

use futures_util::{SinkExt as _, StreamExt as _};
use plimsoll_client::Address;
use tokio::{net::TcpStream, time::Instant};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async_with_config,
    tungstenite::{self, Bytes, protocol::WebSocketConfig},
};

use super::{
    Watched, malformed,
    message::{self, Message, Subject},
    source::Heard,
};
use crate::{config::Commitment, endpoints::Fault};

/// A message is no larger: accounts are, by far, smaller.
const LARGEST: usize = 32 << 20;
/// Notifications that may arrive before the answers to their requests.
const EARLY: usize = 65_536;

/// A connection that is subscribed to everything.
pub(super) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    commitment: Commitment,
    patience: Duration,
    next_id: u64,
    subscribed: HashSet<Subject>,
    /// The accounts of subscriptions to single accounts.
    accounts: HashMap<u64, Address>,
    /// Heard while the answers to requests were awaited.
    early: VecDeque<Message>,
}

/// TLS needs to be told once whose cryptography it uses, where a program has several.
fn cryptography() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An error says that the program has chosen already.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

impl Socket {
    /// Connects and subscribes.
    pub(super) async fn connect(
        url: &str,
        commitment: Commitment,
        patience: Duration,
        watched: &Watched,
    ) -> Result<Self, Fault> {
        cryptography();
        let config = WebSocketConfig::default().max_message_size(Some(LARGEST)).max_frame_size(Some(LARGEST));
        let connecting = connect_async_with_config(url, Some(config), true);
        let connected = tokio::time::timeout(patience, connecting).await.map_err(|_| Fault::stalled())?;
        let (stream, _) = connected.map_err(broken)?;
        let mut socket = Self {
            stream,
            commitment,
            patience,
            next_id: 1,
            subscribed: HashSet::new(),
            accounts: HashMap::new(),
            early: VecDeque::new(),
        };
        socket.watch(watched).await?;
        Ok(socket)
    }

    /// Subscribes to what is new and waits until that is granted.
    pub(super) async fn watch(&mut self, watched: &Watched) -> Result<(), Fault> {
        let mut asked = HashMap::new();
        for subject in Subject::all(watched) {
            if self.subscribed.insert(subject.clone()) {
                let id = self.next_id;
                self.next_id = id.saturating_add(1);
                self.send(tungstenite::Message::text(subject.request(id, self.commitment))).await?;
                asked.insert(id, subject);
            }
        }
        let deadline = Instant::now() + self.patience;
        while !asked.is_empty() {
            let message = tokio::time::timeout_at(deadline, self.message()).await.map_err(|_| Fault::stalled())??;
            match message {
                Message::Subscribed { id, subscription } => {
                    if let Some(Subject::Account(address)) = asked.remove(&id) {
                        self.accounts.insert(subscription, address);
                    }
                }
                Message::Refused { id, why } => match asked.remove(&id) {
                    // Some nodes do not notify of the clock: it is asked for instead.
                    Some(Subject::Account(address)) if address == super::CLOCK => {}
                    _ => return Err(Fault::new("refused", format!("it refuses a subscription: {why}"))),
                },
                other if self.early.len() < EARLY => self.early.push_back(other),
                _ => return Err(Fault::new("other", "it sent too much before it granted the subscriptions")),
            }
        }
        Ok(())
    }

    /// The next thing that the node says.
    pub(super) async fn next(&mut self) -> Result<Heard, Fault> {
        let message = match self.early.pop_front() {
            Some(message) => message,
            None => self.message().await?,
        };
        match message {
            Message::Heard(heard) => Ok(heard),
            Message::Account { subscription, slot, account } => match self.accounts.get(&subscription) {
                Some(address) => message::account(*address, slot, &account).map(Heard::Account),
                None => Err(malformed("a notification of a subscription that nobody asked for")),
            },
            Message::Subscribed { .. } | Message::Refused { .. } => Ok(Heard::Nothing),
        }
    }

    /// Keeps the connection open where only one side speaks.
    pub(super) async fn ping(&mut self) -> Result<(), Fault> {
        self.send(tungstenite::Message::Ping(Bytes::new())).await
    }

    async fn message(&mut self) -> Result<Message, Fault> {
        loop {
            let frame = self.stream.next().await.ok_or_else(closed)?.map_err(broken)?;
            match frame {
                tungstenite::Message::Text(text) => return message::read(&text),
                tungstenite::Message::Binary(_) => return Err(malformed("a binary message")),
                tungstenite::Message::Close(_) => return Err(closed()),
                // Pings are answered by the stream itself.
                tungstenite::Message::Ping(_) | tungstenite::Message::Pong(_) | tungstenite::Message::Frame(_) => {}
            }
        }
    }

    async fn send(&mut self, message: tungstenite::Message) -> Result<(), Fault> {
        let sent = tokio::time::timeout(self.patience, self.stream.send(message)).await;
        sent.map_err(|_| Fault::stalled())?.map_err(broken)
    }
}

fn closed() -> Fault {
    Fault::new("closed", "it closed the connection")
}

/// The library's sentences do not repeat the address, but for an address that is wrong.
fn broken(error: tungstenite::Error) -> Fault {
    match error {
        tungstenite::Error::ConnectionClosed | tungstenite::Error::AlreadyClosed => closed(),
        tungstenite::Error::Http(response) if response.status().as_u16() == 429 => {
            Fault::new("too_many", "it refuses so many requests")
        }
        tungstenite::Error::Http(response) => {
            Fault::new("http", format!("it answers with the HTTP status {}", response.status().as_u16()))
        }
        tungstenite::Error::Io(error) => Fault::new("interrupted", format!("the connection failed: {}", error.kind())),
        tungstenite::Error::Url(_) => Fault::new("other", "its WebSocket address makes no sense"),
        other => Fault::new("interrupted", format!("the connection broke: {other}")),
    }
}
