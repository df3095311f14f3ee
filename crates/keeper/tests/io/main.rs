//! What the keeper hears and what it sends: against a real node, through a front that fails in every way.

mod config;
mod endpoints;
mod feed;
#[cfg(feature = "geyser")]
mod geyser;
mod journal;
mod logging;
mod metrics;
mod network;
#[path = "../support/proxy.rs"]
mod proxy;
mod send;
