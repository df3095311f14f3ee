//! Nodes that stall, lie, fail and drop; oracles that stop or print nonsense; an empty wallet.

use std::time::Duration;

use plimsoll_localnet::Feed;

use crate::{
    arena::{Arena, LAMPORTS, Running, print, until},
    books,
    proxy::Fault,
};

/// A path that falls in steps: each step makes some accounts unhealthy.
fn stairs() -> Feed {
    let steps: Vec<String> = (0..=60)
        .map(|step| {
            let price = 200.0 * (1.0 - 0.004 * f64::from(step));
            format!("[{}, {price:.3}, 0]", step * 10)
        })
        .collect();
    let points = steps.join(", ");
    let flat = |price: f64| format!("[[0, {price}, 0], [600, {price}, 0]]");
    let text = format!(
        r#"{{ "name": "stairs", "source": "Made up.", "markets": {{
            "SOL": {{ "points": [{points}] }}, "BTC": {{ "points": {} }}, "ETH": {{ "points": {} }} }} }}"#,
        flat(100_000.0),
        flat(4_000.0)
    );
    Feed::parse(&text, "stairs").expect("is a scenario")
}

/// The same prices all the time.
fn flat() -> Feed {
    let text = r#"{ "name": "flat", "source": "Made up.", "markets": {
        "SOL": { "points": [[0, 200.0, 0], [10, 200.0, 0]] },
        "BTC": { "points": [[0, 100000.0, 0], [10, 100000.0, 0]] },
        "ETH": { "points": [[0, 4000.0, 0], [10, 4000.0, 0]] } } }"#;
    Feed::parse(text, "flat").expect("is a scenario")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_keeper_goes_on_whatever_its_nodes_do() {
    let arena = Arena::start(150, stairs(), 3.0).await;
    let witness = arena.witness().await;
    let (first, one) = arena.front().await;
    let (second, other) = arena.front().await;
    let config = arena.config(0, vec![one, other], LAMPORTS).await;
    let keeper = Running::start(config);
    arena.localnet.oracles().begin();
    // What lands is refreshes at least, and what the stairs bring.
    let landed = || witness.seen().succeeded;
    let faults =
        [Fault::Stall, Fault::Status(500), Fault::OldSlots(1_000), Fault::Drop, Fault::Malformed, Fault::Swallow];
    for (number, fault) in faults.into_iter().enumerate() {
        let (spoiled, whole) = if number % 2 == 0 { (&first, &second) } else { (&second, &first) };
        whole.set(Fault::None);
        spoiled.set(fault);
        let before = landed();
        until(&format!("work goes on in spite of {fault:?}"), async || landed() > before + 3).await;
    }
    // Both at once: nothing can go on, and nothing breaks.
    first.set(Fault::Stall);
    second.set(Fault::Status(503));
    tokio::time::sleep(Duration::from_secs(5)).await;
    first.set(Fault::None);
    second.set(Fault::None);
    let before = landed();
    until("work goes on when nodes are back", async || landed() > before + 3).await;
    until("the end of the path", async || arena.localnet.oracles().position() >= 600.0).await;
    until("nobody under maintenance, nobody queued", async || {
        let seen = witness.seen();
        seen.sick_now == 0 && seen.queued_now == 0
    })
    .await;
    assert!(keeper.is_running(), "the keeper ended by itself");
    keeper.stop();
    print("nodes that fail", &witness);
    assert_eq!(witness.seen().audit.violations, [], "liquidations out of order");
    books::check(&arena).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_bad_print_liquidates_nobody_and_a_stalled_oracle_is_waited_for() {
    let arena = Arena::start(150, flat(), 1.0).await;
    let witness = arena.witness().await;
    let config = arena.config(0, vec![arena.endpoint()], LAMPORTS).await;
    let keeper = Running::start(config);
    arena.localnet.oracles().begin();
    let landed = || witness.seen().succeeded;
    let before = landed();
    until("prices are refreshed", async || landed() > before + 2).await;

    // SOL has a second source: in a disagreement nobody is under maintenance who is not at both prices. ETH has one.
    arena.localnet.oracles().bad_print("SOL", 0.9, 1).expect("a fault");
    arena.localnet.oracles().bad_print("ETH", 0.9, 1).expect("a fault");
    until("the bad print flags somebody", async || !witness.seen().flagged_after.is_empty()).await;
    until("all entries are gone", async || {
        let seen = witness.seen();
        seen.sick_now == 0 && seen.queued_now == 0
    })
    .await;
    assert_eq!(witness.seen().audit.liquidations, 0, "one bad print liquidated somebody");

    let oracles = arena.localnet.oracles();
    oracles.stall("SOL", None).expect("a fault");
    let before = landed();
    until("other markets go on", async || landed() > before + 4).await;
    oracles.resume("SOL").expect("was stalled");
    oracles.gap("SOL", 0.9).expect("a fault");
    until("the gap is liquidated", async || witness.seen().audit.liquidations > 0).await;
    until("nobody under maintenance, nobody queued", async || {
        let seen = witness.seen();
        seen.sick_now == 0 && seen.queued_now == 0
    })
    .await;
    assert!(keeper.is_running(), "the keeper ended by itself");
    keeper.stop();
    print("oracles that fail", &witness);
    assert_eq!(witness.seen().audit.violations, [], "liquidations out of order");
    books::check(&arena).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_keeper_with_an_empty_wallet_waits_until_it_is_filled() {
    let arena = Arena::start(60, flat(), 1.0).await;
    let witness = arena.witness().await;
    let config = arena.config(0, vec![arena.endpoint()], LAMPORTS).await;
    let (wallet, _) = arena.reward(&config);
    // Once with money, so that its account is there; then somebody takes all of it.
    let keeper = Running::start(config.clone());
    let landed = || witness.seen().succeeded;
    until("it works", async || landed() > 0).await;
    keeper.stop();
    let account = arena.localnet.rpc().raw(&wallet).await.expect("is read").expect("exists");
    let empty = emptied(&account);
    arena.localnet.put_account(&wallet, empty).expect("is written");

    let keeper = Running::start(config);
    arena.localnet.oracles().begin();
    arena.localnet.oracles().gap("SOL", 0.9).expect("a fault");
    until("somebody is under maintenance", async || witness.seen().sick_now > 0).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert!(keeper.is_running(), "the keeper ended by itself");
    assert_eq!(witness.seen().audit.liquidations, 0, "somebody paid for it");
    arena.give(&wallet, LAMPORTS).await;
    until("the gap is liquidated", async || witness.seen().audit.liquidations > 0).await;
    keeper.stop();
    assert_eq!(witness.seen().audit.violations, [], "liquidations out of order");
    books::check(&arena).await;
}

/// The same account with less than any fee.
fn emptied(account: &solana_account::Account) -> solana_account::Account {
    solana_account::Account { lamports: 1_000_000 - 1, ..account.clone() }
}
