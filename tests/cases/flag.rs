use plimsoll_tests::{
    PlimsollError,
    events::{Flagged, Unflagged},
    scenes::Scene,
    world::{DOLLAR, USD},
};

#[tokio::test]
async fn an_account_under_maintenance_is_queued_with_its_key() {
    let mut scene = Scene::long().await;
    scene.price(182).await;
    let done = scene.flag().await.ok();
    let event = done.event::<Flagged>();
    let equity = scene.cash(&scene.trader) as i64 + 50 * 182_000_000 - 10_002_001_252;
    assert_eq!((event.account, event.market), (scene.trader.margin, scene.market.address));
    assert_eq!((event.equity, event.maintenance, event.first, event.place), (equity, 113_750_002, true, 0));
    let entry = scene.world.ledger.queues[&scene.market.queue].queue.get(0).unwrap();
    assert_eq!((entry.account, entry.flagger), (scene.trader.margin.to_bytes(), scene.keeper.margin.to_bytes()));
    assert_eq!((entry.key.0, entry.first_slot), (event.key, scene.world.chain.slot()));
    assert_eq!(entry.first_publish_time, scene.world.chain.now());
    let flag = scene.world.margin(&scene.trader).flag;
    assert_eq!((flag.market, flag.until), (scene.market.address, scene.world.chain.now() + 60));
}

#[tokio::test]
async fn maintenance_is_the_boundary_to_the_tick() {
    // MM = 0.0125 N, rounded up; E = cash + N - cost.
    let scene = Scene::long().await;
    let (cash, cost) = (scene.cash(&scene.trader) as i64, 10_002_001_252i64);
    let under = |ticks: i64| cash + 50_000 * ticks - cost < (50_000 * ticks * 125 + 9_999) / 10_000;
    let boundary = (180_000..184_000).find(|ticks| !under(*ticks)).unwrap();
    for (ticks, queued) in [(boundary, false), (boundary - 1, true)] {
        let mut scene = Scene::long().await;
        scene.world.price(&scene.market, ticks * DOLLAR / 1_000).await.ok();
        let outcome = scene.flag().await;
        assert_eq!(outcome.error(), if queued { "" } else { "NotLiquidatable" }, "at {ticks}");
    }
}

#[tokio::test]
async fn a_refresh_changes_the_key_and_keeps_the_first_flag() {
    let mut scene = Scene::flagged().await;
    let first = scene.world.ledger.queues[&scene.market.queue].queue.get(0).unwrap();
    scene.price(181).await;
    let other = scene.world.trader(0).await;
    let flag = scene.world.flag(&scene.trader.margin, &scene.market, &other);
    let event = scene.world.send(&flag, &[]).await.ok().event::<Flagged>();
    let entry = scene.world.ledger.queues[&scene.market.queue].queue.get(0).unwrap();
    assert!(!event.first && entry.key > first.key);
    assert_eq!(
        (entry.first_slot, entry.first_time, entry.flagger),
        (first.first_slot, first.first_time, first.flagger)
    );
    assert_eq!(entry.first_publish_time, first.first_publish_time);
    assert_eq!(entry.refreshed, scene.world.chain.now());
    assert_eq!(scene.world.ledger.queues[&scene.market.queue].queue.count, 1);
}

#[tokio::test]
async fn a_22_a_key_that_has_become_too_high_is_refreshed_down_by_anybody() {
    let mut scene = Scene::long().await;
    scene.price(181).await;
    scene.flag().await.ok();
    let high = scene.world.ledger.queues[&scene.market.queue].queue.get(0).unwrap().key;
    scene.price(182).await;
    scene.flag().await.ok();
    let entry = scene.world.ledger.queues[&scene.market.queue].queue.get(0).unwrap();
    assert!(entry.key < high);
}

#[tokio::test]
async fn an_account_that_recovered_is_removed_by_anybody() {
    let mut scene = Scene::flagged().await;
    scene.price(190).await;
    let done = scene.flag().await.ok();
    let (account, market) = (scene.trader.margin, scene.market.address);
    assert_eq!(done.event::<Unflagged>(), Unflagged { account, market });
    assert_eq!(scene.world.ledger.queues[&scene.market.queue].queue.count, 0);
    scene.world.send(&scene.world.withdraw(&scene.trader, 1), &[&scene.trader.key]).await.ok();
    scene.flag().await.fails(PlimsollError::NotLiquidatable);
}

#[tokio::test]
async fn an_entry_past_its_time_to_live_starts_anew() {
    let mut scene = Scene::flagged().await;
    scene.world.chain.advance(61, 120).await;
    scene.price(182).await;
    let event = scene.flag().await.ok().event::<Flagged>();
    assert!(event.first);
    let entry = scene.world.ledger.queues[&scene.market.queue].queue.get(0).unwrap();
    assert_eq!(entry.first_slot, scene.world.chain.slot(), "one old observation does not count as the first of two");
    scene.liquidate().await.fails(PlimsollError::FlaggedThisSlot);
}

#[tokio::test]
async fn a_13_a_stale_price_favours_the_holder_by_its_age_and_no_further() {
    let mut scene = Scene::long().await;
    scene.price(182).await;
    scene.world.chain.advance(16, 30).await;
    // 16 seconds are worth 0.32 % of the notional: more than is missing at $182, less than at $181.
    scene.flag().await.fails(PlimsollError::NotLiquidatable);
    scene.price(181).await;
    scene.world.chain.advance(16, 30).await;
    scene.flag().await.ok();
    // It waits for a price all the same.
    scene.world.chain.advance(1, 2).await;
    scene.liquidate().await.fails(PlimsollError::PriceNotNewerThanFlag);
    scene.renew().await;
    scene.liquidate().await.ok();
}

#[tokio::test]
async fn an_account_cannot_be_its_own_flagger() {
    let mut scene = Scene::long().await;
    scene.price(182).await;
    let flag = scene.world.flag(&scene.trader.margin, &scene.market, &scene.trader);
    scene.world.send(&flag, &[]).await.fails_as("ConstraintDuplicateMutableAccount");
}

#[tokio::test]
async fn an_account_without_positions_is_healthy() {
    let mut scene = Scene::open().await;
    let empty = scene.world.trader(USD).await;
    scene.renew().await;
    let flag = scene.world.flag(&empty.margin, &scene.market, &scene.keeper);
    scene.world.send(&flag, &[]).await.fails(PlimsollError::NotLiquidatable);
}
