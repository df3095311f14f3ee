//! The same feed over Geyser gRPC, from a server that speaks the protocol and holds real account bytes.

mod server;

use std::os::unix::fs::PermissionsExt as _;

use plimsoll_client::{Address, ID};
use plimsoll_keeper::{
    config::Geyser,
    feed::{self, Watched},
    metrics::Metrics,
    update::Update,
};
use solana_signature::Signature;
use solana_transaction_error::TransactionError;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{
    feed::Book,
    network::{Network, RENT, config, soon, until, watched},
};
use server::Server;

const FEED: [u8; 32] = [7; 32];
const RECEIVER: Address = Address::new_from_array([8; 32]);

#[tokio::test(flavor = "multi_thread")]
async fn the_same_is_told_over_geyser() {
    let network = Network::start().await;
    let account = network.create().await;
    let front = network.front().await;
    let directory = tempfile::tempdir().expect("a directory");
    let token = directory.path().join("token");
    std::fs::write(&token, "s3cret\n").expect("can be written");
    std::fs::set_permissions(&token, std::fs::Permissions::from_mode(0o600)).expect("is ours");
    let server = Server::start("s3cret").await;
    let mut config = config(&[&front]);
    config.geyser = Some(Geyser { url: server.url.clone(), token_path: Some(token) });
    assert_eq!(config.check(), Ok(()));
    let (metrics, shutdown) = (Metrics::new(), CancellationToken::new());
    let endpoints = watched(&config, &metrics, &shutdown).await;
    let (told, listening) = watch::channel(Watched::default());
    let mut updates = feed::spawn(&config, endpoints.clone(), listening, metrics.clone(), shutdown.clone());
    until("somebody subscribes", || async { server.requests() == 1 }).await;
    let slots = server.keep_slots(&network);

    let mut book = Book::default();
    book.read("everything", &mut updates, |book| book.synced == 1).await;
    assert_eq!(book.lamports(&account), RENT);

    let slot = endpoints.slot() + 1_000;
    server.account(&account, &ID, 77, slot);
    book.read("a change", &mut updates, |book| book.lamports(&account) == 77).await;

    // A price of a feed is told once the feed is watched.
    told.send_replace(Watched { feeds: vec![(RECEIVER, FEED)], ..Watched::default() });
    until("the feed is asked for", || async { server.requests() >= 2 }).await;
    assert!(server.watches(&RECEIVER, &FEED));

    let signature = Signature::from([9; 64]);
    let error = TransactionError::AccountInUse;
    server.transaction(&signature, &error, "Program log: hello", slot);
    let logs = soon("logs", async {
        loop {
            match updates.recv().await.expect("the feed goes on") {
                Update::Logs(logs) => break logs,
                other => book.take(other),
            }
        }
    });
    let logs = logs.await;
    assert_eq!((logs.signature, logs.slot, logs.error), (signature, slot, Some(error)));
    assert_eq!(logs.logs, ["Program log: hello"]);

    // The stream ends; the feed subscribes again and reads everything anew.
    server.end();
    book.read("an interruption", &mut updates, |book| book.interrupted == 1).await;
    book.read("everything again", &mut updates, |book| book.synced == 2).await;
    slots.abort();
    shutdown.cancel();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_is_told_without_being_shown() {
    let network = Network::start().await;
    let front = network.front().await;
    let server = Server::start("another").await;
    let mut config = config(&[&front]);
    config.geyser = Some(Geyser { url: server.url.clone(), token_path: None });
    let (metrics, shutdown) = (Metrics::new(), CancellationToken::new());
    let endpoints = watched(&config, &metrics, &shutdown).await;
    let (_told, listening) = watch::channel(Watched::default());
    let mut updates = feed::spawn(&config, endpoints, listening, metrics.clone(), shutdown.clone());
    let mut book = Book::default();
    book.read("interruptions", &mut updates, |book| book.interrupted >= 1).await;
    assert_eq!(book.synced, 0);
    shutdown.cancel();
}
