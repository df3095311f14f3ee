//! Nodes that lose transactions, lose answers, or are gone: nothing is done twice.

use std::time::Duration;

use plimsoll_keeper::{job::Outcome, journal::Journal};

use super::{Given, Hands, wallet_and_account, word};
use crate::{
    network::{Network, RENT, config, until},
    proxy::Fault,
};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_done_twice_whatever_the_nodes_do() {
    let network = Network::start().await;
    let fronts = [network.front().await, network.front().await];
    let (wallet, account) = wallet_and_account(&network).await;
    let directory = tempfile::tempdir().expect("a directory");
    let mut config = config(&[&fronts[0], &fronts[1]]);
    config.nodes.timeout_ms = 500;
    let mut hands = Hands::start(&config, &wallet, directory.path()).await;
    hands.listen(&config);
    let faults = [
        Fault::LoseAnswers,
        Fault::Drop,
        Fault::Stall,
        Fault::Malformed,
        Fault::Status(500),
        Fault::Status(429),
        Fault::Swallow,
    ];
    let mut given = Given::default();
    let mut lamports = 0;
    for (round, fault) in faults.into_iter().enumerate() {
        fronts[round % 2].set(fault);
        for _ in 0..5 {
            lamports += 1;
            hands.send(hands.job(&account, lamports, 1_000_000, 400)).await;
        }
        for _ in 0..5 {
            given.take(&hands.finished().await);
        }
        fronts[round % 2].set(Fault::None);
    }
    // One node works at any time: all of them landed, each once.
    assert_eq!(given.count("landed"), 35, "{:?}", given.words);
    assert_eq!(network.lamports(&account).await, RENT + given.lamports);
    assert_eq!(given.lamports, (1..=35).sum::<u64>());
    hands.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_lost_is_signed_anew_only_when_it_cannot_land() {
    let network = Network::start().await;
    let front = network.front().await;
    let (wallet, account) = wallet_and_account(&network).await;
    let directory = tempfile::tempdir().expect("a directory");
    let mut hands = Hands::start(&config(&[&front]), &wallet, directory.path()).await;
    front.set(Fault::Swallow);
    hands.send(hands.job(&account, 7, 1_000_000, 100_000)).await;
    let different = || front.transactions().iter().collect::<std::collections::HashSet<_>>().len();
    until("it is signed anew", || async { different() >= 2 }).await;
    let first = front.transactions()[0].clone();
    front.set(Fault::None);
    let finished = hands.finished().await;
    assert_eq!(word(&finished), "landed");
    assert_eq!(network.lamports(&account).await, RENT + 7);
    let late = network.rpc.client().send::<String>(
        solana_rpc_client_api::request::RpcRequest::SendTransaction,
        serde_json::json!([first, { "encoding": "base64", "skipPreflight": true }]),
    );
    // Whatever the node answers: the first one has expired, and does nothing any more.
    let _ = late.await;
    let slot = hands.endpoints.slot();
    until("slots", || async { hands.endpoints.slot() > slot + 10 }).await;
    assert_eq!(network.lamports(&account).await, RENT + 7);
    hands.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_lost_and_worth_nothing_any_more_expires() {
    let network = Network::start().await;
    let front = network.front().await;
    let (wallet, account) = wallet_and_account(&network).await;
    let directory = tempfile::tempdir().expect("a directory");
    let mut hands = Hands::start(&config(&[&front]), &wallet, directory.path()).await;
    front.set(Fault::Swallow);
    hands.send(hands.job(&account, 7, 1_000_000, 20)).await;
    until("it is sent", || async { !front.transactions().is_empty() }).await;
    // An equal one is not begun while it may still land.
    hands.send(hands.job(&account, 7, 1_000_000, 1_000)).await;
    assert_eq!(word(&hands.finished().await), "dropped");
    assert!(matches!(hands.finished().await.outcome, Outcome::Expired));
    front.set(Fault::None);
    hands.send(hands.job(&account, 7, 1_000_000, 1_000)).await;
    assert_eq!(word(&hands.finished().await), "landed");
    assert_eq!(network.lamports(&account).await, RENT + 7);
    hands.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_node_takes_it_that_is_said() {
    let network = Network::start().await;
    let front = network.front().await;
    let (wallet, account) = wallet_and_account(&network).await;
    let directory = tempfile::tempdir().expect("a directory");
    let mut hands = Hands::start(&config(&[&front]), &wallet, directory.path()).await;
    until("a blockhash", || async { front.calls("getEpochInfo") > 0 }).await;
    drop(front);
    until("it is seen that the node is gone", || async { hands.endpoints.healthy() == 0 }).await;
    let job = hands.job(&account, 7, 1_000_000, 10);
    hands.send(job).await;
    // No node tells the slot any more: it is guessed by the time.
    let finished = hands.finished().await;
    assert!(matches!(finished.outcome, Outcome::Unsent(_) | Outcome::Dropped(_)), "{finished:?}");
    assert_eq!(network.lamports(&account).await, RENT);
    hands.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_crash_what_was_under_way_is_looked_up_first() {
    let network = Network::start().await;
    let front = network.front().await;
    let (wallet, account) = wallet_and_account(&network).await;
    let directory = tempfile::tempdir().expect("a directory");
    let config = config(&[&front]);
    let hands = Hands::start(&config, &wallet, directory.path()).await;
    // One lands unheard, the other is lost.
    front.set(Fault::LoseAnswers);
    hands.send(hands.job(&account, 7, 0, 100_000)).await;
    until("it landed", || async { network.lamports(&account).await == RENT + 7 }).await;
    front.set(Fault::Swallow);
    let sent = front.transactions().len();
    hands.send(hands.job(&account, 9, 0, 100_000)).await;
    until("the other is sent", || async { front.transactions().len() > sent }).await;
    // The process dies: nothing is written any more.
    hands.sending.task.abort();
    let _ = hands.sending.task.await;
    hands.shutdown.cancel();
    let journal = loop {
        if let Ok(journal) = Journal::open(directory.path()) {
            break journal;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    // The landed one is there still if nobody had asked about it before the end.
    let left = journal.under_way();
    assert!(left.values().any(|open| open.subjects[0].number == 9), "{left:?}");
    drop(journal);
    front.set(Fault::Stall);
    let mut other = config.clone();
    other.endpoints.push(plimsoll_keeper::config::Endpoint {
        rpc: front.rpc_url.clone(),
        ws: front.ws_url.clone(),
        file: None,
    });
    front.set(Fault::None);
    let mut hands = Hands::start(&other, &wallet, directory.path()).await;
    // While that is not known an equal job is not begun; then it is.
    let mut words = Vec::new();
    loop {
        hands.send(hands.job(&account, 9, 0, 1_000)).await;
        words.push(word(&hands.finished().await));
        if words.last() == Some(&"landed") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(words[0], "dropped", "{words:?}");
    assert!(words.iter().all(|word| ["dropped", "landed"].contains(word)), "{words:?}");
    assert_eq!(network.lamports(&account).await, RENT + 7 + 9);
    hands.stop().await;
    let journal = Journal::open(directory.path()).expect("opens");
    assert!(journal.under_way().is_empty());
    assert!(journal.totals()["fees_lamports"] >= 10_000, "{:?}", journal.totals());
}
