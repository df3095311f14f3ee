//! What was there is there again after a restart; what is damaged, newer or in use is refused and left alone.

use std::{fs, path::Path};

use plimsoll_client::{
    network::{FILE, Network},
    state::Market,
};
use plimsoll_localnet::{Localnet, LocalnetError, Options, StateError};
use solana_sdk_ids::sysvar;

use crate::{
    books, options,
    people::{Person, USD, refresh},
    until,
};

fn kept(state: &Path) -> Options {
    Options { state: Some(state.to_owned()), traders: 12, ..options() }
}

async fn clock(localnet: &Localnet) -> (u64, i64) {
    let account = localnet.rpc().raw(&sysvar::clock::ID).await.expect("it answers").expect("it is there");
    let number = |at: usize| account.data[at..at + 8].try_into().expect("eight bytes");
    (u64::from_le_bytes(number(0)), i64::from_le_bytes(number(32)))
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = Localnet::start(kept(folder.path())).await.expect("it starts");
    let person = Person::new(&first, 1_000 * USD).await;
    person.deposit(&first, 300 * USD).await.expect("it deposits");
    refresh(&first).await;
    let btc = first.network().market("BTC").expect("there is BTC").address;
    person.order(&first, btc, 500).await.expect("it is placed");
    let account = person.account(&first.rpc()).await;
    let waiting = account.orders.iter().filter(|slot| !slot.order.is_empty()).count();
    assert_eq!(waiting, 1, "an order waits");
    let market: Market = first.rpc().get(&btc).await.expect("the market");
    assert!(market.core.book.long.lots.0 > 0 || market.core.book.short.lots.0 > 0, "there are positions");
    let (described, newest) = (first.network().clone(), first.oracles().newest("BTC").expect("an update"));
    let wallet = first.rpc().raw(&person.tokens).await.expect("it answers");
    let (slot, time) = clock(&first).await;
    first.stop().await.expect("it stops");

    // Another number of traders is asked for in vain: there are those who are there.
    let second =
        Localnet::start(Options { traders: 0, seed: 9, ..kept(folder.path()) }).await.expect("it starts again");
    assert_eq!((second.traders(), second.keys()), (12, plimsoll_localnet::Keys::of(1)));
    let again = second.network();
    assert_eq!(
        (&again.exchange, &again.markets, &again.faucet),
        (&described.exchange, &described.markets, &described.faucet)
    );
    assert_eq!(Network::read(&folder.path().join(FILE)).expect("it is read"), *again);
    assert_eq!(person.account(&second.rpc()).await.orders, account.orders);
    assert_eq!(person.account(&second.rpc()).await.cash, account.cash);
    assert_eq!(second.rpc().raw(&person.tokens).await.expect("it answers"), wallet);
    let restored: Market = second.rpc().get(&btc).await.expect("the market");
    assert_eq!(restored.core.book, market.core.book);
    let (later_slot, later) = clock(&second).await;
    assert!(later_slot > slot && later >= time, "neither slots nor the clock go back");
    let update = until("an update", async || second.oracles().newest("BTC")).await;
    assert!(update.previous_publish_time >= newest.publish_time && update.publish_time > newest.publish_time);
    assert!((update.price as f64 / newest.price as f64 - 1.0).abs() < 0.01, "prices go on where they were");
    books::check(&second).await;
    // And the program works on.
    refresh(&second).await;
    person.deposit(&second, 100 * USD).await.expect("it deposits");
    assert_eq!(person.account(&second.rpc()).await.cash.0, account.cash.0 + 100 * USD);
    books::check(&second).await;
    second.stop().await.expect("it stops");
}

#[tokio::test]
async fn a_state_that_cannot_be_used_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let empty = Options { traders: 0, ..kept(folder.path()) };
    let first = Localnet::start(empty.clone()).await.expect("it starts");
    let used = Localnet::start(empty.clone()).await;
    assert!(
        matches!(&used, Err(LocalnetError::Io { source, .. }) if source.to_string().contains("another local network"))
    );
    first.stop().await.expect("it stops");
    let file = folder.path().join("state.bin");
    let whole = fs::read(&file).expect("it was saved");
    let changed = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x40;
        bytes
    };
    let refuses = async |bytes: Vec<u8>| -> StateError {
        fs::write(&file, &bytes).expect("it is written");
        let refused = Localnet::start(empty.clone()).await.map(drop).expect_err("it is refused");
        assert_eq!(fs::read(&file).expect("it is there"), bytes, "it was left alone");
        match refused {
            LocalnetError::State(error) => error,
            other => panic!("another error: {other}"),
        }
    };
    assert!(matches!(refuses(changed(0)).await, StateError::Foreign(_)));
    assert!(matches!(refuses(changed(16)).await, StateError::Version(_, 65)));
    assert!(matches!(refuses(changed(whole.len() / 2)).await, StateError::Damaged(..)));
    assert!(matches!(refuses(whole[..whole.len() - 7].to_vec()).await, StateError::Damaged(..)));
    assert!(matches!(refuses(whole[..20].to_vec()).await, StateError::Damaged(..)));
    assert!(matches!(refuses(Vec::new()).await, StateError::Foreign(_)));
    fs::write(&file, &whole).expect("it is written");
    Localnet::start(empty).await.expect("the whole one is taken").stop().await.expect("it stops");
}
