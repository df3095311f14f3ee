//! Wallets that run dry, and queues that run over.

use plimsoll_keeper::job::Outcome;
use solana_keypair::Keypair;
use solana_signer::Signer as _;

use super::{Given, Hands, wallet_and_account, word};
use crate::{
    network::{Network, RENT, config, until},
    proxy::Fault,
};

/// A metric's value.
fn metric(hands: &Hands, name: &str) -> i64 {
    let text = hands.metrics.text();
    let line = text.lines().find(|line| line.starts_with(&format!("plimsoll_keeper_{name} ")));
    line.and_then(|line| line.rsplit(' ').next()).and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_wallet_pauses_until_it_is_filled() {
    let network = Network::start().await;
    let front = network.front().await;
    let (_, account) = wallet_and_account(&network).await;
    let wallet = Keypair::new();
    let directory = tempfile::tempdir().expect("a directory");
    let mut hands = Hands::start(&config(&[&front]), &wallet, directory.path()).await;
    let job = hands.job(&account, 7, 1_000_000, 1_000_000);
    hands.send(job).await;
    let finished = hands.finished().await;
    // Refused by the node, or not sent since the balance was known already.
    assert!(["funds", "dropped"].contains(&word(&finished)), "{finished:?}");
    until("it pauses", || async { metric(&hands, "paused") == 1 }).await;
    let sent = front.transactions().len();
    for _ in 0..20 {
        hands.send(hands.job(&account, 7, 1_000_000, 1_000_000)).await;
        let Outcome::Dropped(why) = hands.finished().await.outcome else { panic!("it must not be sent") };
        assert!(why.contains("SOL"), "{why}");
    }
    assert_eq!(front.transactions().len(), sent);
    network.fund(&wallet.pubkey(), 1_000_000_000).await;
    // Nobody tells it but the node, which it asks from time to time.
    until("it goes on", || async { metric(&hands, "paused") == 0 }).await;
    hands.send(hands.job(&account, 7, 1_000_000, 1_000)).await;
    assert_eq!(word(&hands.finished().await), "landed");
    assert_eq!(network.lamports(&account).await, RENT + 7);
    hands.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_little_only_paid_work_is_done() {
    let network = Network::start().await;
    let front = network.front().await;
    let (_, account) = wallet_and_account(&network).await;
    let wallet = Keypair::new();
    network.fund(&wallet.pubkey(), 20_000_000).await;
    let directory = tempfile::tempdir().expect("a directory");
    let mut hands = Hands::start(&config(&[&front]), &wallet, directory.path()).await;
    until("the balance is known", || async { metric(&hands, "balance_lamports") == 20_000_000 }).await;
    hands.send(hands.job(&account, 7, 0, 1_000)).await;
    assert!(matches!(hands.finished().await.outcome, Outcome::Dropped(why) if why.contains("earns nothing")));
    hands.send(hands.job(&account, 7, 1_000_000, 1_000)).await;
    assert_eq!(word(&hands.finished().await), "landed");
    hands.sending.tracker.balance(10);
    until("it stops", || async { metric(&hands, "paused") == 1 }).await;
    hands.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_keeps_what_is_worth_most() {
    let network = Network::start().await;
    let front = network.front().await;
    let (wallet, account) = wallet_and_account(&network).await;
    let directory = tempfile::tempdir().expect("a directory");
    let mut config = config(&[&front]);
    config.send.queue = 3;
    config.send.in_flight = 1;
    let mut hands = Hands::start(&config, &wallet, directory.path()).await;
    // The first one takes the only place and stays there.
    front.set(Fault::LoseAnswers);
    hands.send(hands.job(&account, 1, 1, 1_000_000)).await;
    until("it is sent", || async { !front.transactions().is_empty() }).await;
    front.set(Fault::Stall);
    for lamports in [2, 3, 4, 5, 6] {
        hands.send(hands.job(&account, lamports, lamports * 1_000, 1_000_000)).await;
    }
    let mut given = Given::default();
    for dropped in [2, 3] {
        let finished = hands.finished().await;
        assert!(matches!(finished.outcome, Outcome::Dropped(why) if why.contains("worth more")), "{finished:?}");
        assert_eq!(finished.job.subjects[0].number, dropped);
    }
    front.set(Fault::None);
    for _ in 0..4 {
        given.take(&hands.finished().await);
    }
    assert_eq!((given.count("landed"), given.lamports), (4, 1 + 4 + 5 + 6));
    assert_eq!(network.lamports(&account).await, RENT + given.lamports);
    hands.stop().await;
}
