//! Nodes that fail are left alone, and others are asked meanwhile.

use std::time::{Duration, Instant};

use plimsoll_keeper::{
    config::{Config, Endpoint},
    endpoints::Endpoints,
    metrics::Metrics,
};
use tokio_util::sync::CancellationToken;

use crate::{
    network::{Network, config, until, watched},
    proxy::{Fault, Proxy},
};

const FAULTS: [Fault; 6] =
    [Fault::Stall, Fault::Status(500), Fault::Status(429), Fault::Malformed, Fault::Drop, Fault::OldSlots(1_000)];

/// The address of the node that answers.
async fn who(endpoints: &Endpoints) -> String {
    let asked = endpoints.ask(|node| async move { node.rpc.client().get_block_height().await });
    asked.await.expect("one of them answers").0.label.clone()
}

fn label(front: &Proxy) -> String {
    front.rpc_url.trim_start_matches("http://").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_node_does_another_is_asked() {
    let network = Network::start().await;
    let (bad, good) = (network.front().await, network.front().await);
    let (metrics, shutdown) = (Metrics::new(), CancellationToken::new());
    let endpoints = watched(&config(&[&bad, &good]), &metrics, &shutdown).await;
    // Both are known, or neither of them could be called late.
    until("both are healthy", || async { endpoints.healthy() == 2 }).await;
    until("the slot is beyond what will be missing", || async { endpoints.slot() > 100 }).await;
    for fault in FAULTS {
        bad.set(fault);
        until(&format!("{fault:?} is noticed"), || async { endpoints.healthy() == 1 }).await;
        assert!(endpoints.is_healthy(&endpoints.nodes()[1]), "{fault:?}");
        for _ in 0..5 {
            assert_eq!(who(&endpoints).await, label(&good), "{fault:?}");
        }
        assert_eq!(endpoints.senders(2).len(), 1);
        bad.set(Fault::None);
        until(&format!("the node recovers from {fault:?}"), || async { endpoints.healthy() == 2 }).await;
        assert_eq!(endpoints.senders(2).len(), 2);
    }
    let text = metrics.text();
    for cause in ["stalled", "http", "malformed"] {
        assert!(text.contains(&format!("why=\"{cause}\"")), "{cause}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn when_all_fail_everyones_reason_is_told_in_time() {
    let network = Network::start().await;
    let (one, other) = (network.front().await, network.front().await);
    let mut config = config(&[&one, &other]);
    config.nodes.timeout_ms = 300;
    let endpoints = Endpoints::new(&config, Metrics::new());
    one.set(Fault::Stall);
    other.set(Fault::Status(503));
    let asked = endpoints.ask(|node| async move { node.rpc.client().get_block_height().await }).await;
    let why = asked.err().expect("nobody answers").to_string();
    assert!(why.contains("did not answer in time") && why.contains("503"), "{why}");
    assert!(why.contains(&label(&one)) && !why.contains("http://"), "{why}");
    assert_eq!(endpoints.healthy(), 0);
    // Somebody is asked nevertheless.
    assert_eq!(endpoints.senders(2).len(), 1);
    one.set(Fault::None);
    other.set(Fault::None);
    assert!(!who(&endpoints).await.is_empty());
}

#[tokio::test]
async fn nodes_of_one_provider_are_told_apart() {
    let mut config = Config::default();
    for key in ["one", "other"] {
        let rpc = format!("https://node.example/{key}");
        config.endpoints.push(Endpoint { rpc, ws: "wss://node.example".into(), file: None });
    }
    let endpoints = Endpoints::new(&config, Metrics::new());
    let labels: Vec<_> = endpoints.nodes().iter().map(|node| node.label.as_str()).collect();
    assert_eq!(labels, ["node.example", "node.example#2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_failed_is_not_asked_all_the_time() {
    let network = Network::start().await;
    let front = network.front().await;
    let mut config = config(&[&front]);
    config.nodes.probe_ms = 50;
    config.nodes.backoff_s = 3_600;
    front.set(Fault::Status(500));
    let (endpoints, shutdown) = (Endpoints::new(&config, Metrics::new()), CancellationToken::new());
    endpoints.watch(Duration::from_millis(50), &shutdown);
    let began = Instant::now();
    until("it is asked three times", || async { front.calls("getSlot") >= 3 }).await;
    // Waits of at least a quarter and half a second lie between them: however slow the machine is, it was not sooner.
    assert!(began.elapsed() >= Duration::from_millis(750));
    shutdown.cancel();
}
