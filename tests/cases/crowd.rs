//! Full queues and many accounts.

use plimsoll_tests::{
    Outcome, PlimsollError, World,
    cookies::Trader,
    events::{Flagged, GoesFirst, Liquidated, OrderExecuted, Unflagged},
    scenes::Scene,
    world::USD,
};

/// Entries that a queue holds.
const CAPACITY: usize = 256;

/// Traders with $20 for each thousand lots, all filled at one update.
async fn crowd(scene: &mut Scene, lots: &[i64]) -> Vec<Trader> {
    let mut traders = Vec::new();
    for size in lots {
        traders.push(scene.world.trader(*size as u64 * 20 * USD / 1_000).await);
    }
    scene.renew().await;
    for (trader, size) in traders.iter().zip(lots) {
        let order = World::order(trader, &scene.market, *size, 300_000);
        scene.world.send(&order, &[&trader.key]).await.ok();
    }
    scene.world.chain.advance(3, 8).await;
    let quote = plimsoll_tests::oracle::Quote::at(
        scene.market.feed,
        200 * plimsoll_tests::world::DOLLAR,
        scene.world.chain.now(),
    );
    scene.world.publish(&scene.market, &quote);
    scene.world.send(&World::refresh(&scene.market), &[]).await.ok();
    for trader in &traders {
        let execute = scene.world.execute(trader, &scene.market, 0);
        scene.world.send(&execute, &[]).await.ok().event::<OrderExecuted>();
    }
    traders
}

async fn flag(scene: &mut Scene, trader: &Trader) -> Outcome {
    scene.world.send(&scene.world.flag(&trader.margin, &scene.market, &scene.keeper), &[]).await
}

async fn liquidate(scene: &mut Scene, trader: &Trader) -> Outcome {
    scene.world.send(&scene.world.liquidate(&trader.margin, &scene.market, &scene.keeper), &[]).await
}

#[tokio::test]
async fn a_20_a_flood_of_small_accounts_delays_no_large_one() {
    // Given a queue full of small accounts, and a smaller, an equal and a large one besides,
    let mut scene = Scene::open().await;
    let mut sizes = vec![1_000; CAPACITY];
    sizes.extend([500, 20_000]);
    let traders = crowd(&mut scene, &sizes).await;
    scene.price(181).await;
    for trader in &traders[..CAPACITY] {
        flag(&mut scene, trader).await.ok().event::<Flagged>();
    }
    let queue = |scene: &Scene| scene.world.ledger.queues[&scene.market.queue].queue.count;
    assert_eq!(queue(&scene), CAPACITY as u64);
    // then the smaller one finds no place and the large one takes that of a small one,
    flag(&mut scene, &traders[CAPACITY]).await.fails(PlimsollError::QueueFull);
    let done = flag(&mut scene, &traders[CAPACITY + 1]).await.ok();
    let dropped = done.event::<Unflagged>().account;
    let flag_units = done.units;
    assert_eq!(queue(&scene), CAPACITY as u64);
    // and is the one that goes first.
    scene.renew().await;
    let kept = traders[..CAPACITY].iter().find(|trader| trader.margin != dropped).unwrap();
    let refused = liquidate(&mut scene, kept).await;
    assert_eq!(refused.event::<GoesFirst>().account, traders[CAPACITY + 1].margin);
    let refused_units = refused.units;
    refused.fails(PlimsollError::NotWorstFirst);
    let done = liquidate(&mut scene, &traders[CAPACITY + 1]).await.ok();
    done.event::<Liquidated>();
    // A full queue costs little more than an empty one.
    let units = (flag_units, done.units, refused_units);
    assert!(units.0 <= 12_000 && units.1 <= 18_500 && units.2 <= 12_500, "{units:?}");
    liquidate(&mut scene, kept).await.ok().event::<Liquidated>();
    // the dropped account is not in the queue but still flagged, and can be flagged again at once.
    let evicted = traders.iter().find(|trader| trader.margin == dropped).unwrap();
    liquidate(&mut scene, evicted).await.fails(PlimsollError::NotQueued);
    assert!(scene.world.margin(evicted).is_flagged(scene.world.chain.now()));
    assert!(flag(&mut scene, evicted).await.ok().event::<Flagged>().first);
}

#[tokio::test]
async fn a_23_the_flag_of_a_dropped_entry_runs_out() {
    let mut scene = Scene::open().await;
    let mut sizes = vec![1_000; CAPACITY];
    sizes.push(20_000);
    let traders = crowd(&mut scene, &sizes).await;
    scene.price(181).await;
    for trader in &traders[..CAPACITY] {
        flag(&mut scene, trader).await.ok();
    }
    let dropped = flag(&mut scene, &traders[CAPACITY]).await.ok().event::<Unflagged>().account;
    let evicted = traders.iter().find(|trader| trader.margin == dropped).unwrap();
    scene.price(200).await;
    let withdraw = scene.world.withdraw(evicted, 1);
    scene.world.send(&withdraw, &[&evicted.key]).await.fails(PlimsollError::AccountFlagged);
    scene.world.chain.advance(61, 120).await;
    scene.renew().await;
    scene.world.send(&withdraw, &[&evicted.key]).await.ok();
}

#[tokio::test]
async fn a_21_dust_deposits_change_neither_place_nor_maturity() {
    let mut scene = Scene::open().await;
    let traders = crowd(&mut scene, &[10_000, 20_000]).await;
    scene.price(181).await;
    for trader in &traders {
        flag(&mut scene, trader).await.ok();
    }
    let (mint, program) = (scene.world.exchange.mint, scene.world.exchange.token_program);
    for _ in 0..5 {
        let large = &traders[1];
        scene.world.chain.put_token(&program, &large.tokens, &mint, &large.owner(), 1);
        scene.world.send(&scene.world.deposit(large, 1), &[&large.key]).await.ok();
        scene.renew().await;
    }
    liquidate(&mut scene, &traders[0]).await.fails(PlimsollError::NotWorstFirst);
    liquidate(&mut scene, &traders[1]).await.ok().event::<Liquidated>();
}

#[tokio::test]
async fn a_whole_crowd_is_liquidated_worst_first_and_the_books_stay_exact() {
    let mut scene = Scene::open().await;
    let sizes: Vec<i64> = (1..=30).map(|number| number * 1_000).collect();
    let traders = crowd(&mut scene, &sizes).await;
    scene.price(181).await;
    for trader in &traders {
        flag(&mut scene, trader).await.ok();
    }
    scene.renew().await;
    let mut keys = Vec::new();
    for trader in traders.iter().rev() {
        keys.push(liquidate(&mut scene, trader).await.ok().event::<Liquidated>().key);
    }
    assert!(keys.is_sorted_by(|first, next| first >= next), "{keys:?}");
    let book = scene.world.market(&scene.market).core.book;
    assert_eq!((book.long.lots.0, book.long.cost.0, book.deficit.0), (0, 0, 0));
    assert_eq!(scene.world.ledger.queues[&scene.market.queue].queue.count, 0);
}
