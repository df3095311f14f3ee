//! A network starts, says what is where, and takes transactions.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use plimsoll_client::{
    instructions::OpenAccount,
    network::{Network, NetworkError, VERSION},
    rpc::SendError,
    state::{Exchange, Market, ORACLE_SWITCHBOARD},
    transaction::Draft,
};
use plimsoll_localnet::{Keys, Localnet, LocalnetError, Options, Ports};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{
    books, options,
    people::{Person, USD, refresh},
    start, until,
};

#[tokio::test]
async fn deposits_work_over_json_rpc() {
    let localnet = start().await;
    let person = Person::new(&localnet, 1_000 * USD).await;
    person.deposit(&localnet, 400 * USD).await.expect("it deposits");
    assert_eq!(person.account(&localnet.rpc()).await.cash.0, 400 * USD);
    books::check(&localnet).await;
    localnet.stop().await.expect("it stops");
}

#[tokio::test(flavor = "multi_thread")]
async fn its_description_is_true_and_can_be_read_back() {
    let localnet = start().await;
    let (rpc, network) = (localnet.rpc(), localnet.network());
    let (exchange, markets) = rpc.exchange(&network.exchange).await.expect("the exchange");
    let Exchange { quote_mint, token_program, market_count, .. } = exchange;
    assert_eq!((quote_mint, token_program, market_count), (network.quote_mint, network.token_program, 3));
    assert_eq!(network.markets.iter().map(|market| &market.name[..]).collect::<Vec<_>>(), ["BTC", "ETH", "SOL"]);
    for (described, (address, market)) in network.markets.iter().zip(&markets) {
        let Market { queue, oracle, second_oracle, core, .. } = market;
        assert_eq!((described.address, described.queue), (*address, *queue));
        assert_eq!((described.feed_id, network.oracle_program), (oracle.feed, oracle.program));
        assert_eq!(described.second.is_some(), second_oracle.kind == ORACLE_SWITCHBOARD);
        assert_eq!(described.base_decimals + described.tick_decimals, 6);
        assert_eq!(described.tick_decimals, i8::try_from(core.risk.tick_exponent).expect("fits"));
        assert!(core.book.treasury.0 > 0, "{} has liquidity", described.name);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("network.json");
    network.write(&file).expect("it is written");
    assert_eq!(Network::read(&file).expect("it is read"), *network);
    let newer = Network { version: VERSION + 1, ..network.clone() };
    newer.write(&file).expect("it is written");
    assert!(matches!(Network::read(&file), Err(NetworkError::Newer(_, version)) if version == VERSION + 1));
    localnet.stop().await.expect("it stops");
}

#[tokio::test]
async fn a_refused_transaction_says_why() {
    let localnet = start().await;
    let person = Person::new(&localnet, USD).await;
    let refused = person.deposit(&localnet, 2 * USD).await.expect_err("it has not as much");
    assert!(matches!(&refused, SendError::Refused(_)), "{refused}");
    // The same without a simulation: the node answers at once, and remembers.
    let rpc = localnet.rpc();
    let deposit = localnet.network().house().deposit(person.key.pubkey(), person.margin, person.tokens, 2 * USD);
    let signed =
        Draft::of(&deposit, 0).sign(&[&person.key], rpc.blockhash().await.expect("one")).expect("it is signed");
    let submitted = rpc.submit(&signed).await;
    let outcome = match submitted {
        Ok(signature) => rpc.confirm(&signature, Duration::from_secs(60)).await.expect_err("it fails"),
        Err(error) => error,
    };
    assert!(matches!(&outcome, SendError::Refused(_)), "{outcome}");
    localnet.stop().await.expect("it stops");
}

#[tokio::test]
async fn the_clock_follows_real_time() {
    let localnet = start().await;
    let rpc = localnet.rpc();
    // Five seconds of slots, which by themselves would be counted slower than they pass.
    tokio::time::sleep(Duration::from_secs(5)).await;
    until("a clock that is at most two seconds off", async || {
        let account = rpc.raw(&solana_sdk_ids::sysvar::clock::ID).await.ok()??;
        let time = i64::from_le_bytes(account.data.get(32..40)?.try_into().ok()?);
        let real = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs() as i64;
        assert!(time <= real + 1, "the cluster's clock is ahead: {time}, and it is {real}");
        (real - time <= 2).then_some(())
    })
    .await;
    localnet.stop().await.expect("it stops");
}

#[tokio::test]
async fn an_order_executes_at_an_update_of_the_ring() {
    let localnet = start().await;
    let (rpc, market) = (localnet.rpc(), localnet.network().market("sol").expect("there is SOL").clone());
    let person = Person::new(&localnet, 10_000 * USD).await;
    person.deposit(&localnet, 10_000 * USD).await.expect("it deposits");
    refresh(&localnet).await;
    person.order(&localnet, market.address, 5_000).await.expect("it is placed");
    let account = person.account(&rpc).await;
    let state: Market = rpc.get(&market.address).await.expect("the market");
    let at = account.orders[0].order.execution_time(&state.core.risk).expect("fits");
    let update = until("its update", async || localnet.oracles().update_at("SOL", at)).await;
    assert!(update.previous_publish_time < at && at <= update.publish_time);
    // Some updates later it is in the ring, and no longer where the newest is.
    until("a newer one", async || localnet.oracles().newest("SOL").filter(|newest| newest.publish_time > at)).await;
    refresh(&localnet).await;
    let execute =
        plimsoll_client::house::execute((person.margin, &account), 0, update.account, None).expect("an order");
    person.send(&rpc, &execute).await.expect("it executes");
    assert_eq!(person.account(&rpc).await.legs[0].position.lots.0, 5_000);
    books::check(&localnet).await;
    localnet.stop().await.expect("it stops");
}

#[tokio::test]
async fn ports_can_be_chosen_and_are_free_again() {
    let free = || std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").port();
    let ports = Ports::Fixed { rpc: free(), ws: free(), control: free() };
    let first = Localnet::start(Options { ports, ..options() }).await.expect("it starts");
    let Ports::Fixed { rpc, .. } = ports else { unreachable!("they were fixed") };
    assert_eq!(first.rpc_url(), format!("http://127.0.0.1:{rpc}"));
    let taken = Localnet::start(Options { ports, ..options() }).await;
    assert!(matches!(&taken, Err(LocalnetError::Node(why)) if why.contains(&rpc.to_string())), "{:?}", taken.err());
    first.stop().await.expect("it stops");
    let again = Localnet::start(Options { ports, ..options() }).await.expect("the ports are free");
    again.stop().await.expect("it stops");
}

#[tokio::test]
async fn what_no_network_can_be_is_refused() {
    let refused = async |options| match Localnet::start(options).await.map(drop) {
        Err(LocalnetError::Options(why)) => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(Options { speed: -1.0, ..options() }).await, "a path cannot pass at speed -1");
    let slow = Options { slot: Duration::from_millis(600), ..options() };
    assert_eq!(refused(slow).await, "slots take 600ms: more than nothing, and 500ms at most");
    let dense = Options { update_every: Duration::ZERO, ..options() };
    assert_eq!(refused(dense).await, "updates come every 0ns: 50ms at least");
    let missing = Localnet::start(Options { program: "nowhere.so".into(), ..options() }).await.map(drop);
    assert!(missing.is_err_and(|error| error.to_string().contains("`make build` builds it")));
}

#[tokio::test]
async fn keys_follow_from_the_seed() {
    let localnet = start().await;
    let keys = localnet.keys();
    let admin = localnet.rpc().get::<Exchange>(&localnet.network().exchange).await.expect("the exchange").admin;
    assert_eq!((admin, keys.admin().pubkey()), (keys.admin().pubkey(), Keys::of(1).admin().pubkey()));
    assert_ne!(keys.trader(0).pubkey(), keys.trader(1).pubkey());
    assert_ne!(keys.trader(0).pubkey(), Keys::of(2).trader(0).pubkey());
    // Nobody else's key opens somebody's account.
    let (stranger, owner) = (Keypair::new(), keys.keeper().pubkey());
    let network = localnet.network();
    let margin = plimsoll_client::addresses::margin(&network.exchange, &owner, 0);
    let open = OpenAccount { owner, exchange: network.exchange, margin, index: 0 };
    assert!(localnet.rpc().send(&Draft::of(&open, 0), &[&stranger]).await.is_err());
    localnet.stop().await.expect("it stops");
}
