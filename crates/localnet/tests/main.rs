//! Local networks, with the real program. No test depends on how long something takes: each waits for what it needs.

mod books;
mod control;
mod network;
mod oracles;
mod people;
mod restart;
mod subscriptions;
mod traders;

use std::{path::PathBuf, time::Duration};

use plimsoll_localnet::{Feed, Localnet, Options};

/// How long anything may take before a test gives up on it.
const PATIENCE: Duration = Duration::from_secs(120);

/// A network without traders, with short slots, on prices that do not move much.
pub fn options() -> Options {
    let built = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/deploy");
    let folder = std::env::var_os("BPF_OUT_DIR").map_or(built, PathBuf::from);
    let program = folder.join("plimsoll.so");
    assert!(program.exists(), "{} is missing: `make build`", program.display());
    let feed = Feed::shipped("calm").expect("it is part of the crate");
    Options { program, slot: Duration::from_millis(100), feed, ..Options::default() }
}

/// A network like that.
pub async fn start() -> Localnet {
    Localnet::start(options()).await.expect("it starts")
}

/// Waits until something is there.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(tokio::time::Instant::now() < deadline, "{what}: not within {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
