//! A node's front, over loopback, that can be told to fail in the ways in which nodes fail.
//!
//! It passes JSON-RPC over HTTP and subscriptions over WebSocket on to a real node, unless a [`Fault`] says otherwise.

#![allow(dead_code)]

#[path = "proxy/http.rs"]
mod http;
#[path = "proxy/ws.rs"]
mod ws;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

/// A way to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It works.
    None,
    /// Connections are made and nothing is ever said.
    Stall,
    /// Requests and new streams are answered with this HTTP status. Streams that are open stay open.
    Status(u16),
    /// Answers and messages are cut JSON.
    Malformed,
    /// All slots that it tells are so many lower.
    OldSlots(u64),
    /// Streams break in the middle of a message, answers in the middle of their body.
    Drop,
    /// It answers `sendTransaction` and passes it on to nobody.
    Swallow,
    /// It passes `sendTransaction` on and never answers.
    LoseAnswers,
}

/// What the front has seen.
#[derive(Default)]
pub struct Seen {
    /// Requests by method.
    pub methods: HashMap<String, u64>,
    /// The transactions that were to be sent, in base64.
    pub transactions: Vec<String>,
    /// Streams that were opened.
    pub streams: u64,
}

/// A front. Ends when it is dropped.
pub struct Proxy {
    /// Where it answers JSON-RPC.
    pub rpc_url: String,
    /// Where it streams.
    pub ws_url: String,
    fault: watch::Sender<Fault>,
    seen: Arc<Mutex<Seen>>,
    tasks: [JoinHandle<()>; 2],
}

impl Proxy {
    /// In front of a node.
    pub async fn start(rpc_url: &str, ws_url: &str) -> Self {
        let (fault, faults) = watch::channel(Fault::None);
        let seen = Arc::new(Mutex::new(Seen::default()));
        let rpc = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let ws = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = |listener: &TcpListener| listener.local_addr().expect("is bound");
        Self {
            rpc_url: format!("http://{}", address(&rpc)),
            ws_url: format!("ws://{}", address(&ws)),
            fault,
            seen: seen.clone(),
            tasks: [
                tokio::spawn(http::serve(rpc, rpc_url.to_owned(), faults.clone(), seen.clone())),
                tokio::spawn(ws::serve(ws, ws_url.to_owned(), faults, seen)),
            ],
        }
    }

    /// Fails in this way from now on, also on connections that are open.
    pub fn set(&self, fault: Fault) {
        self.fault.send_replace(fault);
    }

    /// How often a method was called.
    pub fn calls(&self, method: &str) -> u64 {
        self.seen.lock().expect("nobody panicked").methods.get(method).copied().unwrap_or(0)
    }

    /// The transactions that were to be sent, in base64, as often as they were.
    pub fn transactions(&self) -> Vec<String> {
        self.seen.lock().expect("nobody panicked").transactions.clone()
    }

    /// How many streams were opened.
    pub fn streams(&self) -> u64 {
        self.seen.lock().expect("nobody panicked").streams
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// Lowers every slot in what a node says.
fn lower(value: &mut serde_json::Value, by: u64) {
    const SLOTS: [&str; 4] = ["slot", "parent", "root", "absoluteSlot"];
    match value {
        serde_json::Value::Object(fields) => {
            for (name, field) in fields {
                match field.as_u64() {
                    Some(slot) if SLOTS.contains(&name.as_str()) => *field = slot.saturating_sub(by).into(),
                    _ => lower(field, by),
                }
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(|item| lower(item, by)),
        _ => {}
    }
}
