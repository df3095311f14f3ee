//! Outages on the binary: what waits, for how long, and who cannot make it wait.

use plimsoll_tests::{
    Outcome, PlimsollError, World,
    engine::parameters::Parameters,
    events::{Flagged, Liquidated, OutageChanged},
    oracle::Quote,
    parameters,
    scenes::{POSITION, Scene},
    world::{DOLLAR, USD},
};

/// An outage is a gap of more than a minute; liquidations then wait two.
fn watched() -> Parameters {
    Parameters { outage_gap_s: 60, outage_grace_s: 120, ..parameters::sol() }
}

/// The trader is long 50 units at $200 with $1,000.
async fn long() -> Scene {
    let mut scene = Scene::with(watched(), 10_000_000 * USD).await;
    scene.trade(POSITION).await.ok();
    scene
}

/// A price so many seconds later, after a gap of the oracle's own.
async fn price_after(scene: &mut Scene, seconds: i64, gap: i64, dollars: i64) -> Outcome {
    scene.world.chain.advance(seconds, 3 * seconds as u64).await;
    post(scene, scene.world.chain.now(), gap, dollars).await
}

/// Posts an update that was published at some time.
async fn post(scene: &mut Scene, at: i64, gap: i64, dollars: i64) -> Outcome {
    let quote = Quote::at(scene.market.feed, dollars * DOLLAR, at);
    scene.world.publish(&scene.market.clone(), &Quote { previous_publish_time: at - gap, ..quote });
    scene.world.send(&World::refresh(&scene.market), &[]).await
}

#[tokio::test]
async fn after_a_halt_of_eight_hours_deposits_work_and_liquidations_do_not() {
    // Given a trader who is under maintenance at the first price after a halt,
    let mut scene = long().await;
    let halt = 8 * 3_600;
    let seen = price_after(&mut scene, halt, halt, 181).await.ok().event::<OutageChanged>();
    assert_eq!((seen.updates_left, seen.waits_until), (3, i64::MAX));
    // when a keeper comes at once, then it finds a leg that waits: nothing is closed,
    let liquidations = async |scene: &mut Scene| {
        scene.flag().await.ok();
        scene.renew().await;
        scene.liquidate().await
    };
    liquidations(&mut scene).await.fails(PlimsollError::PriceNotNewerThanFlag);
    // no new risk is taken, and the owner brings money meanwhile.
    scene.order(1_000, 300_000).await.fails(PlimsollError::AccountFlagged);
    let other = scene.world.trader(1_000 * USD).await;
    let order = World::order(&other, &scene.market, 1_000, 300_000);
    scene.world.send(&order, &[&other.key]).await.fails(PlimsollError::MarketResuming);
    for _ in 0..2 {
        scene.price(181).await;
    }
    let now = scene.world.chain.now();
    assert_eq!(scene.world.market(&scene.market).core.watch.waits_until, now + 120);
    for _ in 0..2 {
        scene.world.chain.advance(59, 150).await;
        scene.price(181).await;
    }
    liquidations(&mut scene).await.ok().event::<Liquidated>();
}

#[tokio::test]
async fn an_owner_who_deposits_in_the_grace_is_not_liquidated() {
    let mut scene = long().await;
    price_after(&mut scene, 8 * 3_600, 8 * 3_600, 181).await.ok();
    let (tokens, mint, owner) = (scene.trader.tokens, scene.world.exchange.mint, scene.trader.owner());
    let program = scene.world.exchange.token_program;
    scene.world.chain.put_token(&program, &tokens, &mint, &owner, 1_000 * USD);
    let deposit = scene.world.deposit(&scene.trader, 1_000 * USD);
    scene.world.send(&deposit, &[&scene.trader.key]).await.ok();
    for _ in 0..3 {
        scene.price(181).await;
    }
    for _ in 0..2 {
        scene.world.chain.advance(59, 150).await;
        scene.price(181).await;
    }
    scene.flag().await.fails(PlimsollError::NotLiquidatable);
}

#[tokio::test]
async fn a_28_a_quiet_hour_costs_seconds_and_no_grace() {
    let mut scene = long().await;
    // Nobody posts for an hour while the feed goes on; then a liquidator does.
    let seen = price_after(&mut scene, 3_600, 1, 182).await.ok().event::<OutageChanged>();
    let now = scene.world.chain.now();
    assert_eq!((seen.updates_left, seen.waits_until, seen.proof_until), (0, now + 10, now + 10));
    scene.world.chain.advance(8, 20).await;
    scene.price(182).await;
    scene.flag().await.fails(PlimsollError::NotLiquidatable);
    scene.price(182).await;
    scene.flag().await.ok().event::<Flagged>();
    scene.price(182).await;
    scene.liquidate().await.ok().event::<Liquidated>();
}

#[tokio::test]
async fn a_28_a_gap_within_the_quiet_hour_can_be_proved_with_an_old_update_once() {
    let mut scene = long().await;
    let last = scene.world.market(&scene.market).core.price.publish_time;
    price_after(&mut scene, 3_600, 1, 182).await.ok();
    // An update that followed no gap proves nothing, nor one from before the interval,
    post(&mut scene, last + 1_800, 60, 190).await.fails(PlimsollError::PriceNotNewer);
    post(&mut scene, last + 30, 61, 190).await.fails(PlimsollError::PriceNotNewer);
    // one that followed a gap does: the price stays.
    let seen = post(&mut scene, last + 1_800, 61, 190).await.ok().event::<OutageChanged>();
    assert_eq!((seen.updates_left, seen.proof_until), (3, 0));
    assert_eq!(scene.world.market(&scene.market).core.price.oracle.0, 182_000);
    post(&mut scene, last + 1_800, 61, 190).await.fails(PlimsollError::PriceNotNewer);
}

#[tokio::test]
async fn a_jump_of_the_cluster_is_an_outage_although_the_oracle_went_on() {
    let mut scene = long().await;
    scene.price(200).await;
    scene.world.chain.halt(3_600, 20).await;
    let now = scene.world.chain.now();
    let seen = post(&mut scene, now, 1, 181).await.ok().event::<OutageChanged>();
    assert!(seen.updates_left > 0 && seen.waits_until == i64::MAX, "{seen:?}");
    scene.flag().await.ok();
    scene.renew().await;
    scene.liquidate().await.fails(PlimsollError::PriceNotNewerThanFlag);
}
