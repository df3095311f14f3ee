//! Keepers on an embedded network with the real program: a crash, competing keepers, one that is killed, nodes and oracles that
//! fail. No test depends on how long something takes: it waits for what must happen.
#![allow(missing_docs)]

mod arena;
mod books;
mod crash;
mod faults;

#[path = "../support/proxy.rs"]
mod proxy;
