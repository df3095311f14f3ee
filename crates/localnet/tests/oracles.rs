//! Oracle accounts are what Pyth's own code reads, one update follows another, and faults do what they say.

use std::{collections::BTreeMap, time::Duration};

use anchor_lang_v1::AccountDeserialize;
use plimsoll_client::{
    network::NetworkMarket,
    state::{Market, ORACLE_SWITCHBOARD},
};
use plimsoll_localnet::{Fault, FaultError, Feed, Localnet, Options, Sources, Update};
use pyth_solana_receiver_sdk::price_update::{PriceUpdateV2, VerificationLevel};

use crate::{options, people::refresh, start, until};

async fn decode(localnet: &Localnet, address: &plimsoll_client::Address) -> PriceUpdateV2 {
    let account = localnet.rpc().raw(address).await.expect("it answers").expect("it is there");
    assert_eq!(account.owner, localnet.network().oracle_program);
    PriceUpdateV2::try_deserialize(&mut &account.data[..]).expect("Pyth's code reads it")
}

fn market(localnet: &Localnet, name: &str) -> NetworkMarket {
    localnet.network().market(name).expect("there is such a market").clone()
}

/// The update after the one that is newest now.
async fn next(localnet: &Localnet, name: &str) -> Update {
    let now = localnet.oracles().newest(name).map_or(0, |newest| newest.publish_time);
    until("the next update", async || localnet.oracles().newest(name).filter(|newest| newest.publish_time > now)).await
}

#[tokio::test]
async fn updates_follow_one_another() {
    let localnet = start().await;
    let btc = market(&localnet, "BTC");
    let mut last = next(&localnet, "BTC").await;
    for _ in 0..4 {
        let update = next(&localnet, "BTC").await;
        assert!(update.previous_publish_time >= last.publish_time, "{last:?} {update:?}");
        assert!(update.previous_publish_time < update.publish_time);
        let read = decode(&localnet, &update.account).await;
        assert_eq!(read.verification_level, VerificationLevel::Full);
        let message = read.price_message;
        assert_eq!((message.feed_id, message.price, message.exponent), (btc.feed_id, update.price, -8));
        assert_eq!(
            (message.publish_time, message.prev_publish_time),
            (update.publish_time, update.previous_publish_time)
        );
        assert!(message.conf > 0 && message.conf < message.price.unsigned_abs() / 100);
        last = update;
    }
    // The account that is always overwritten has the newest or a newer one.
    assert!(decode(&localnet, &btc.oracle).await.price_message.publish_time >= last.publish_time);
    localnet.stop().await.expect("it stops");
}

#[tokio::test]
async fn of_several_updates_within_a_second_one_executes_orders() {
    let dense = Options { update_every: Duration::from_millis(200), ..options() };
    let localnet = Localnet::start(dense).await.expect("it starts");
    let eth = market(&localnet, "ETH");
    let seconds = until("some seconds of updates", async || {
        let found = localnet.rpc().raw_many(&eth.ring).await.ok()?;
        let read = |data: &[u8]| PriceUpdateV2::try_deserialize(&mut &data[..]).expect("Pyth's code reads it");
        let mut seconds: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        for message in found.iter().flatten().map(|account| read(&account.data).price_message) {
            seconds.entry(message.publish_time).or_default().push(message.prev_publish_time);
        }
        (seconds.len() >= 4).then_some(seconds)
    })
    .await;
    assert!(seconds.values().any(|previous| previous.len() > 1), "{seconds:?}");
    // The ring may have gone round within the oldest one.
    for (second, previous) in seconds.iter().skip(1) {
        assert_eq!(previous.iter().filter(|previous| *previous < second).count(), 1, "{seconds:?}");
        assert!(previous.iter().all(|previous| previous <= second), "{seconds:?}");
    }
    localnet.stop().await.expect("it stops");
}

#[tokio::test]
async fn a_stalled_feed_leaves_a_gap() {
    let localnet = start().await;
    let before = next(&localnet, "ETH").await;
    localnet.oracles().stall("eth", None).expect("there is ETH");
    let other = next(&localnet, "BTC").await;
    until("four more updates elsewhere", async || {
        localnet.oracles().newest("BTC").filter(|newest| newest.publish_time >= other.publish_time + 4)
    })
    .await;
    let silent = localnet.oracles().newest("ETH").expect("the last one");
    assert!(silent.publish_time <= before.publish_time + 1, "nothing came while it was stalled");
    localnet.oracles().resume("ETH").expect("there is ETH");
    let after = next(&localnet, "ETH").await;
    assert_eq!(after.previous_publish_time, silent.publish_time);
    assert!(after.publish_time - after.previous_publish_time >= 3, "{after:?}");
    // With a time it ends by itself.
    localnet.oracles().stall("ETH", Some(Duration::from_secs(2))).expect("there is ETH");
    next(&localnet, "ETH").await;
    localnet.stop().await.expect("it stops");
}

#[tokio::test]
async fn bad_prints_end_and_gaps_stay() {
    let localnet = start().await;
    let usual = next(&localnet, "BTC").await.price;
    let near = |price: i64, factor: f64| (price as f64 / usual as f64 - factor).abs() < 0.01;
    localnet.oracles().bad_print("BTC", 0.5, 2).expect("there is BTC");
    let prices = [next(&localnet, "BTC").await, next(&localnet, "BTC").await, next(&localnet, "BTC").await];
    let bad = prices.iter().filter(|update| near(update.price, 0.5)).count();
    let right = prices.iter().filter(|update| near(update.price, 1.0)).count();
    assert!(bad >= 1 && right >= 1 && bad + right == 3, "{prices:?}");
    until("the right price", async || Some(next(&localnet, "BTC").await).filter(|update| near(update.price, 1.0)))
        .await;
    localnet.oracles().gap("BTC", 0.7).expect("there is BTC");
    until("the gap", async || Some(next(&localnet, "BTC").await).filter(|update| near(update.price, 0.7))).await;
    localnet.oracles().resume("BTC").expect("there is BTC");
    assert!(near(next(&localnet, "BTC").await.price, 0.7));
    localnet.stop().await.expect("it stops");
}

#[tokio::test]
async fn the_second_source_agrees_until_it_is_told_not_to() {
    let localnet = start().await;
    let (rpc, sol) = (localnet.rpc(), market(&localnet, "SOL"));
    let state: Market = rpc.get(&sol.address).await.expect("the market");
    assert_eq!(state.second_oracle.kind, ORACLE_SWITCHBOARD);
    refresh(&localnet).await;
    let core = rpc.get::<Market>(&sol.address).await.expect("the market").core;
    assert!(core.second.oracle.0.abs_diff(core.price.oracle.0) * 1_000 < core.price.oracle.0, "they agree");
    assert_eq!(core.watch.disagreed_since, 0);
    localnet.oracles().disagreement("SOL", 0.8, None).expect("SOL has two");
    until("the market to see it", async || {
        refresh(&localnet).await;
        let core = rpc.get::<Market>(&sol.address).await.ok()?.core;
        (core.watch.disagreed_since != 0).then_some(())
    })
    .await;
    localnet.oracles().resume("SOL").expect("SOL has two");
    until("the market to see that it is over", async || {
        refresh(&localnet).await;
        let core = rpc.get::<Market>(&sol.address).await.ok()?.core;
        (core.watch.disagreed_since == 0).then_some(())
    })
    .await;
    localnet.stop().await.expect("it stops");
}

#[tokio::test]
async fn faults_that_cannot_be_are_refused() {
    let localnet = start().await;
    let oracles = localnet.oracles();
    assert_eq!(oracles.stall("DOGE", None), Err(FaultError::NoMarket("DOGE".into(), "BTC, ETH, SOL".into())));
    assert_eq!(oracles.disagreement("BTC", 0.9, None), Err(FaultError::NoSecond("BTC".into())));
    let second = Fault::Stall { sources: Sources::Second, seconds: None };
    assert_eq!(oracles.fault("BTC", second), Err(FaultError::NoSecond("BTC".into())));
    assert_eq!(oracles.gap("BTC", 0.0), Err(FaultError::Factor(0.0)));
    let endless = Fault::Stall { sources: Sources::Both, seconds: Some(-1.0) };
    assert_eq!(oracles.fault("BTC", endless), Err(FaultError::Seconds(-1.0)));
    localnet.stop().await.expect("it stops");
}

#[tokio::test]
async fn a_compressed_path_keeps_its_times_true() {
    // A fall of a fifth in ten minutes of the path, at two hundred times its speed.
    let text = r#"{ "name": "fall", "source": "a test", "markets": { "BTC": { "points": [[0, 100000, 0], [600, 80000, 0]] } } }"#;
    let feed = Feed::parse(text, "fall").expect("a scenario");
    assert_eq!(feed.seconds("BTC"), Some(600.0));
    let localnet = Localnet::start(Options { feed, speed: 200.0, begin: false, ..options() }).await.expect("it starts");
    assert_eq!(next(&localnet, "BTC").await.price, 10_000_000_000_000);
    assert_eq!(localnet.oracles().position(), 0.0);
    localnet.oracles().begin();
    let low = async || localnet.oracles().newest("BTC").filter(|newest| newest.price == 8_000_000_000_000);
    let last = until("the end of the path", low).await;
    assert!(last.publish_time - last.previous_publish_time <= 2, "updates come as often as ever: {last:?}");
    assert!(localnet.oracles().position() >= 600.0);
    // A market without a path of its own walks.
    assert!(next(&localnet, "ETH").await.price > 0);
    localnet.stop().await.expect("it stops");
}

#[test]
fn paths_that_are_none_are_refused() {
    let of = |points: &str| {
        let text = format!(r#"{{ "name": "n", "source": "s", "markets": {{ "SOL": {{ "points": {points} }} }} }}"#);
        Feed::parse(&text, "file").map(drop).map_err(|error| error.to_string())
    };
    assert_eq!(of("[[0, 1.0, 0], [5, 2.0, 10]]"), Ok(()));
    assert_eq!(of("[]"), Err("file: SOL: there are no points".into()));
    assert_eq!(of("[[1, 1.0, 0]]"), Err("file: SOL: the first point is not at second 0".into()));
    assert_eq!(of("[[0, 1.0, 0], [0, 1.0, 0]]"), Err("file: SOL: second 0 does not come after second 0".into()));
    assert_eq!(of("[[0, 0.0, 0]]"), Err("file: SOL: the price at second 0 is not positive".into()));
    assert!(of("[[0, 1.0, 5000]]").is_err_and(|error| error.contains("1,000 basis points")));
    assert!(Feed::parse("{}", "file").is_err());
    for name in ["crash", "calm"] {
        assert_eq!(Feed::shipped(name).expect("it is part of the crate").name(), name);
    }
    assert!(Feed::shipped("boom").is_none());
}

#[test]
fn series_are_read_from_csv() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("sol.csv");
    std::fs::write(&file, "time,price,confidence\n1000,150.5,0.1\n1010,151.5,0.2\n").expect("it is written");
    let feed = Feed::walk().with_series("sol", &file).expect("a series");
    assert_eq!((feed.seconds("SOL"), feed.start("SOL"), feed.seconds("BTC")), (Some(10.0), 150.5, None));
    let mut along = feed.along("SOL", 1);
    let level = along.at(5.0);
    assert!((level.price - 151.0).abs() < 1e-9 && (level.confidence - 0.15).abs() < 1e-9, "{level:?}");
    std::fs::write(&file, "1000,150.5\nnonsense\n").expect("it is written");
    let error = Feed::walk().with_series("SOL", &file).expect_err("the second line is none");
    assert!(error.to_string().contains("line 2 is not time, price"), "{error}");
}
