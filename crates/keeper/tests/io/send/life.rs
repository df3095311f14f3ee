//! The life of a job while nothing fails.

use plimsoll_keeper::job::Outcome;
use solana_signer::Signer as _;

use super::{Given, Hands, wallet_and_account, word};
use crate::network::{Network, RENT, config, until};

#[tokio::test(flavor = "multi_thread")]
async fn jobs_land_and_the_stream_tells_of_it() {
    let network = Network::start().await;
    let front = network.front().await;
    let (wallet, account) = wallet_and_account(&network).await;
    let directory = tempfile::tempdir().expect("a directory");
    let mut config = config(&[&front]);
    // Nobody asks: it is heard.
    config.send.quiet_slots = 1_000_000;
    let before = network.lamports(&wallet.pubkey()).await;
    let mut hands = Hands::start(&config, &wallet, directory.path()).await;
    hands.listen(&config);
    let mut given = Given::default();
    for lamports in 1..=10 {
        hands.send(hands.job(&account, lamports, 1_000_000, 100)).await;
    }
    for _ in 1..=10 {
        let finished = hands.finished().await;
        let Outcome::Landed { slot, logs } = &finished.outcome else { panic!("{finished:?}") };
        assert!(*slot > 0 && !logs.is_empty() && finished.signature.is_some());
        given.take(&finished);
    }
    assert_eq!(network.lamports(&account).await, RENT + given.lamports);
    assert_eq!(network.lamports(&wallet.pubkey()).await, before - given.lamports - given.fees);
    let text = hands.metrics.text();
    assert!(text.contains("plimsoll_keeper_jobs_total{kind=\"execute\",outcome=\"landed\"} 10"), "{text}");
    assert!(
        text.contains(&format!("plimsoll_keeper_fees_lamports_total{{kind=\"execute\"}} {}", given.fees)),
        "{text}"
    );
    assert!(text.contains("plimsoll_keeper_decision_to_signed_seconds_count 10"), "{text}");
    hands.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_land_and_are_asked_about_where_nobody_tells() {
    let network = Network::start().await;
    let front = network.front().await;
    let (wallet, account) = wallet_and_account(&network).await;
    let directory = tempfile::tempdir().expect("a directory");
    let mut hands = Hands::start(&config(&[&front]), &wallet, directory.path()).await;
    hands.send(hands.job(&account, 7, 0, 100)).await;
    let finished = hands.finished().await;
    let Outcome::Landed { logs, .. } = &finished.outcome else { panic!("{finished:?}") };
    assert!(!logs.is_empty());
    assert_eq!(network.lamports(&account).await, RENT + 7);
    assert!(front.calls("getSignatureStatuses") > 0);
    hands.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_equal_job_waits_for_the_first() {
    let network = Network::start().await;
    let front = network.front().await;
    let (wallet, account) = wallet_and_account(&network).await;
    let directory = tempfile::tempdir().expect("a directory");
    let mut hands = Hands::start(&config(&[&front]), &wallet, directory.path()).await;
    hands.send(hands.job(&account, 7, 0, 100)).await;
    hands.send(hands.job(&account, 7, 0, 100)).await;
    let finished = [hands.finished().await, hands.finished().await];
    assert_eq!([word(&finished[0]), word(&finished[1])], ["dropped", "landed"]);
    assert!(matches!(finished[0].outcome, Outcome::Dropped("an equal one is under way")));
    // Then it may be done again.
    hands.send(hands.job(&account, 7, 0, 100)).await;
    assert_eq!(word(&hands.finished().await), "landed");
    assert_eq!(network.lamports(&account).await, RENT + 14);
    hands.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_too_late_is_not_sent() {
    let network = Network::start().await;
    let front = network.front().await;
    let (wallet, account) = wallet_and_account(&network).await;
    let directory = tempfile::tempdir().expect("a directory");
    let mut hands = Hands::start(&config(&[&front]), &wallet, directory.path()).await;
    until("slots", || async { hands.endpoints.slot() > 20 }).await;
    hands.sending.tracker.slot(hands.endpoints.slot());
    let mut late = hands.job(&account, 7, 0, 0);
    late.last_slot = 10;
    hands.send(late).await;
    assert!(matches!(hands.finished().await.outcome, Outcome::Dropped("it came too late")));
    assert!(front.transactions().is_empty());
    hands.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_sends_nothing() {
    let network = Network::start().await;
    let front = network.front().await;
    let (wallet, account) = wallet_and_account(&network).await;
    let directory = tempfile::tempdir().expect("a directory");
    let mut config = config(&[&front]);
    config.dry_run = true;
    let mut hands = Hands::start(&config, &wallet, directory.path()).await;
    hands.send(hands.job(&account, 7, 0, 1_000)).await;
    assert_eq!(word(&hands.finished().await), "would_land");
    hands.send(hands.job(&account, 2_000_000_000, 0, 1_000)).await;
    let finished = hands.finished().await;
    assert!(matches!(&finished.outcome, Outcome::Refused { on_chain: false, .. }), "{finished:?}");
    assert!(front.transactions().is_empty() && front.calls("simulateTransaction") == 2);
    assert_eq!(network.lamports(&account).await, RENT);
    hands.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_costs_a_fee_on_chain_and_none_in_simulation() {
    let network = Network::start().await;
    let front = network.front().await;
    let (wallet, account) = wallet_and_account(&network).await;
    let mut config = config(&[&front]);
    for simulate in [false, true] {
        let directory = tempfile::tempdir().expect("a directory");
        config.simulate = simulate;
        let before = network.lamports(&wallet.pubkey()).await;
        let mut hands = Hands::start(&config, &wallet, directory.path()).await;
        hands.send(hands.job(&account, 2_000_000_000, 0, 1_000)).await;
        let finished = hands.finished().await;
        let Outcome::Refused { refusal, on_chain } = &finished.outcome else { panic!("{finished:?}") };
        assert_eq!(*on_chain, !simulate);
        assert_eq!(refusal.name, "InsufficientFunds");
        assert_eq!(finished.fee > 0, !simulate);
        assert_eq!(network.lamports(&wallet.pubkey()).await, before - finished.fee);
        hands.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_waits_for_what_is_under_way() {
    let network = Network::start().await;
    let front = network.front().await;
    let (wallet, account) = wallet_and_account(&network).await;
    let directory = tempfile::tempdir().expect("a directory");
    let hands = Hands::start(&config(&[&front]), &wallet, directory.path()).await;
    hands.send(hands.job(&account, 7, 0, 1_000)).await;
    until("it is sent", || async { !front.transactions().is_empty() }).await;
    let Hands { mut sending, shutdown, .. } = hands;
    shutdown.cancel();
    sending.task.await.expect("ends well");
    let finished = sending.finished.recv().await.expect("it is told");
    assert_eq!(word(&finished), "landed");
    assert!(sending.finished.recv().await.is_none());
    assert!(sending.jobs.is_closed());
}
