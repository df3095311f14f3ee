//! The hour of 10 October 2025 with two thousand accounts and three keepers, one of which is killed in the middle.

use std::net::SocketAddr;

use plimsoll_keeper::journal::Journal;
use plimsoll_localnet::Feed;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    arena::{Arena, LAMPORTS, Running, print, until},
    books,
};

/// Traders, unless `PLIMSOLL_TRADERS` says otherwise.
const TRADERS: usize = 2_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_crash_with_three_keepers_of_which_one_is_killed() {
    let traders = std::env::var("PLIMSOLL_TRADERS").ok().and_then(|count| count.parse().ok()).unwrap_or(TRADERS);
    let feed = Feed::shipped("crash").expect("is shipped");
    let path = feed.seconds("SOL").expect("ends");
    let arena = Arena::start(traders, feed, 40.0).await;
    let witness = arena.witness().await;
    let mut configs = Vec::new();
    for number in 0..3 {
        configs.push(arena.config(number, vec![arena.endpoint()], LAMPORTS).await);
    }
    let metrics = free_address();
    configs[1].metrics = Some(metrics);
    let mut keepers: Vec<Running> = configs.iter().cloned().map(Running::start).collect();
    arena.localnet.oracles().begin();

    let liquidated = || witness.seen().audit.liquidations;
    let enough = u64::try_from(traders / 40).expect("few");
    until("the first liquidations", async || liquidated() >= enough).await;
    keepers.remove(0).kill();
    let before = Journal::open(&configs[0].state_dir).expect("is whole").totals();
    let at_kill = liquidated();
    until("liquidations by the others", async || liquidated() >= at_kill + enough).await;
    keepers.insert(0, Running::start(configs[0].clone()));

    until("the end of the path", async || arena.localnet.oracles().position() >= path).await;
    until("nobody under maintenance, nobody queued", async || {
        let seen = witness.seen();
        seen.sick_now == 0 && seen.queued_now == 0
    })
    .await;
    assert!(keepers.iter().all(Running::is_running), "a keeper ended by itself");
    println!("decision to signed transaction: {}", signing(&scraped(metrics).await));
    keepers.into_iter().for_each(Running::stop);
    print("crash", &witness);

    {
        let seen = witness.seen();
        assert_eq!(seen.audit.violations, [], "liquidations out of order");
        assert!(seen.audit.compared > 0, "no order was compared");
        assert!(seen.executed.values().all(|count| *count == 1), "an order was executed twice");
    }
    books::check(&arena).await;
    // What the killed keeper had put down it still has, and what all earned is in their accounts.
    let after = Journal::open(&configs[0].state_dir).expect("is whole").totals();
    assert!(before.iter().all(|(name, value)| after.get(name).is_some_and(|now| now >= value)), "{before:?} {after:?}");
    for config in &configs {
        let (_, margin) = arena.reward(config);
        let totals = Journal::open(&config.state_dir).expect("is whole").totals();
        let earned: u64 = totals.iter().filter(|(name, _)| name.starts_with("atoms.")).map(|(_, value)| value).sum();
        let cash = books::cash(&arena, &margin).await;
        println!("keeper {margin}: cash {cash}, journal {earned}, fees {:?} lamports", totals.get("fees_lamports"));
        assert!(earned <= cash, "the journal has {earned} of {cash}");
        assert!(cash > 0, "a keeper earned nothing");
    }
}

/// An address that is free now.
fn free_address() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("is bound")
}

/// What a keeper's metrics say.
async fn scraped(address: SocketAddr) -> String {
    let mut stream = TcpStream::connect(address).await.expect("metrics are served");
    stream.write_all(b"GET /metrics HTTP/1.1\r\nhost: keeper\r\nconnection: close\r\n\r\n").await.expect("is sent");
    let mut text = String::new();
    stream.read_to_string(&mut text).await.expect("is text");
    assert!(text.contains("plimsoll_keeper_decision_to_signed_seconds_count"), "{text}");
    text
}

/// Mean time from decision to signature, and how many there were.
fn signing(metrics: &str) -> String {
    let of = |name: &str| {
        let line = metrics.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|rest| rest.trim().parse::<f64>().ok()).unwrap_or_default()
    };
    let (sum, count) =
        (of("plimsoll_keeper_decision_to_signed_seconds_sum"), of("plimsoll_keeper_decision_to_signed_seconds_count"));
    format!("{:.2} ms in the mean of {count}", sum * 1e3 / count.max(1.0))
}
