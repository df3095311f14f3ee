//! A keeper: refreshes prices, executes orders, flags and liquidates, worst first.
//!
//! Data flow one way: a [`feed`] gives updates, the [`view`] holds what they say, [`decide`] asks the engine what is worth
//! doing, [`send`] carries it out. One task ([`brain`]) holds the state, so nothing is locked.

pub mod audit;
pub mod book;
mod brain;
pub mod config;
pub mod decide;
pub mod endpoints;
pub mod feed;
pub mod job;
pub mod journal;
pub mod logging;
pub mod metrics;
pub mod predict;
mod profit;
mod run;
pub mod send;
pub mod serve;
pub mod turns;
pub mod update;
pub mod view;
pub mod witness;

pub use config::Config;
pub use run::{KeeperError, run};
