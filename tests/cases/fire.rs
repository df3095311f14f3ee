//! Orders that wait for a price.

use plimsoll_tests::{
    Keypair, Outcome, PlimsollError, Signer, World,
    engine::parameters::Parameters,
    events::{OrderCancelled, OrderExecuted, OrderFailed, OrderFired, OrderPlaced},
    instructions::{CancelOrder, ExecuteOrder, FireOrder, PlaceOrder},
    oracle::Quote,
    parameters,
    scenes::{POSITION, Scene},
    world::{DOLLAR, USD},
};

const FEE: u64 = 5_010_001;
/// Half of a cent.
const HALF: u64 = 5_000;

/// A long at $200 with a stop below $190 in the first place.
async fn given_a_stop() -> Scene {
    let mut scene = Scene::long().await;
    let stop = scene.world.stop(&scene.trader, &scene.market, -POSITION, 190_000, false);
    scene.world.send(&stop, &[&scene.trader.key]).await.ok();
    scene
}

async fn fire(scene: &mut Scene, place: u8) -> Outcome {
    scene.world.send(&World::fire(&scene.trader, &scene.market, place, &scene.keeper), &[]).await
}

async fn fire_at(scene: &mut Scene, dollars: i64) -> Outcome {
    let market = scene.market;
    scene.world.publish_next(&market, dollars).await;
    fire(scene, 0).await
}

#[tokio::test]
async fn a_stop_fires_and_then_executes_like_an_order_placed_then() {
    // Given a stop that a price of $189 reaches,
    let mut scene = given_a_stop().await;
    let (cash, treasury) = (scene.cash(&scene.trader), scene.treasury());
    let (account, market) = (scene.trader.margin, scene.market.address);
    // when a keeper fires it,
    let done = fire_at(&mut scene, 189).await.ok();
    let now = scene.world.chain.now();
    let event = OrderFired {
        account,
        market,
        sequence: 2,
        trigger: 190_000,
        trigger_above: false,
        price: 189_000,
        placed_at: now,
        paid: HALF,
        fee: FEE - HALF,
    };
    assert_eq!(done.event::<OrderFired>(), event);
    // then half of the execution fee is his, and nothing else moved;
    assert_eq!((scene.cash(&scene.trader), scene.treasury(), scene.cash(&scene.keeper)), (cash, treasury, HALF));
    let order = scene.world.margin(&scene.trader).orders[0].order;
    assert_eq!((order.trigger.0, order.placed_at, order.execution_fee.0), (0, now, HALF));
    // it executes at the one update after the delay, for the other half, and closes the position there.
    let (trader, cookie) = (scene.trader, scene.market);
    let execute = scene.world.due(&trader, &cookie, 0, 188 * DOLLAR).await;
    let executed = scene.world.send(&ExecuteOrder { executor: Some(scene.keeper.margin), ..execute }, &[]).await.ok();
    let filled = executed.event::<OrderExecuted>();
    assert_eq!((filled.lots, filled.price, filled.fee), (-POSITION, 188_000, FEE - HALF));
    let loss = filled.settled.unsigned_abs();
    assert!(filled.settled < 0 && loss > 600 * USD);
    let world = &scene.world;
    assert_eq!(world.margin(&trader).cash.0, cash - loss);
    assert_eq!(world.margin(&scene.keeper).cash.0, 2 * HALF);
    assert_eq!(world.market(&cookie).core.book.treasury.0, treasury + loss + FEE - 2 * HALF);
    assert!(world.margin(&trader).legs[0].is_free() && world.margin(&trader).orders[0].order.is_empty());
}

#[tokio::test]
async fn a_placed_trigger_is_told_and_kept() {
    let mut scene = Scene::long().await;
    let stop = scene.world.stop(&scene.trader, &scene.market, -POSITION, 210_000, true);
    let event = scene.world.send(&stop, &[&scene.trader.key]).await.ok().event::<OrderPlaced>();
    assert_eq!((event.trigger, event.trigger_above, event.reduce_only, event.fee), (210_000, true, true, FEE));
    let order = scene.world.margin(&scene.trader).orders[0].order;
    assert_eq!((order.trigger.0, order.trigger_above), (210_000, 1));
}

#[tokio::test]
async fn it_fires_at_its_price_and_beyond_on_either_side() {
    for (trigger, above, dollars, fires) in [
        (190_000, false, 190, true),
        (190_000, false, 191, false),
        (210_000, true, 210, true),
        (210_000, true, 211, true),
        (210_000, true, 209, false),
    ] {
        let mut scene = Scene::long().await;
        let stop = scene.world.stop(&scene.trader, &scene.market, -POSITION, trigger, above);
        scene.world.send(&stop, &[&scene.trader.key]).await.ok();
        let outcome = fire_at(&mut scene, dollars).await;
        assert_eq!(outcome.error(), if fires { "" } else { "TriggerNotMet" }, "{trigger} {above} at {dollars}");
    }
}

#[tokio::test]
async fn a_05_it_fires_with_an_update_after_the_order_and_young_enough() {
    let mut scene = given_a_stop().await;
    let placed = scene.world.chain.now();
    let mut at = async |published: i64, now: i64| -> String {
        let (time, market) = (scene.world.chain.now(), scene.market);
        scene.world.chain.advance(now - time, 1).await;
        scene.world.publish(&market, &Quote::at(market.feed, 189 * DOLLAR, published));
        fire(&mut scene, 0).await.error()
    };
    // Nobody keeps a price from before the order, or one from then on, to fire it with.
    assert_eq!(at(placed, placed + 1).await, "PriceNotNewer");
    assert_eq!(at(placed - 1, placed + 1).await, "PriceNotNewer");
    assert_eq!(at(placed + 4, placed + 2).await, "PriceFromFuture");
    assert_eq!(at(placed + 1, placed + 17).await, "PriceTooOld");
    // One that came and went does, although the market has a newer one.
    assert_eq!(at(placed + 2, placed + 17).await, "");
    let order = scene.world.margin(&scene.trader).orders[0].order;
    assert_eq!(order.placed_at, placed + 17, "it is an order of now");
}

#[tokio::test]
async fn before_it_fires_it_does_not_execute_and_after_it_does_not_fire() {
    let mut scene = given_a_stop().await;
    let execute = scene.world.execute(&scene.trader, &scene.market, 0);
    scene.world.chain.advance(3, 6).await;
    scene.renew().await;
    scene.world.send(&execute, &[]).await.fails(PlimsollError::WrongTrigger);
    fire_at(&mut scene, 189).await.ok();
    fire_at(&mut scene, 188).await.fails(PlimsollError::WrongTrigger);
    fire(&mut scene, 1).await.fails(PlimsollError::NoSuchOrder);
    scene.order(-1_000, 1).await.ok();
    fire(&mut scene, 1).await.fails(PlimsollError::WrongTrigger);
}

#[tokio::test]
async fn while_it_waits_its_owner_cancels_it_and_nobody_else() {
    let mut scene = given_a_stop().await;
    let cash = scene.cash(&scene.trader);
    scene.world.chain.advance(1_000_000, 1_000_000).await;
    let cancel = World::cancel(&scene.trader, &scene.market, 0);
    let stranger = Keypair::new();
    let foreign = CancelOrder { authority: stranger.pubkey(), ..cancel.clone() };
    scene.world.send(&foreign, &[&stranger]).await.fails(PlimsollError::NotAuthorised);
    let done = scene.world.send(&cancel, &[&scene.trader.key]).await.ok();
    assert_eq!(done.event::<OrderCancelled>().fee, FEE);
    assert_eq!(scene.cash(&scene.trader), cash + FEE);
}

#[tokio::test]
async fn once_fired_it_is_cancelled_like_an_order_placed_then() {
    let mut scene = given_a_stop().await;
    let (cash, key) = (scene.cash(&scene.trader), scene.trader.key.insecure_clone());
    fire_at(&mut scene, 189).await.ok();
    let cancel = World::cancel(&scene.trader, &scene.market, 0);
    let (world, at) = (&mut scene.world, 1);
    world.chain.advance(at, 2).await;
    let done = world.send(&cancel, &[&key]).await.ok();
    assert_eq!(done.event::<OrderCancelled>().fee, FEE - HALF, "who fired it was paid");
    assert_eq!(scene.cash(&scene.trader), cash + FEE - HALF);
    // Two seconds after it fires its update may be known.
    let mut scene = given_a_stop().await;
    fire_at(&mut scene, 189).await.ok();
    scene.world.chain.advance(2, 4).await;
    let cancel = World::cancel(&scene.trader, &scene.market, 0);
    scene.world.send(&cancel, &[&scene.trader.key]).await.fails(PlimsollError::OrderBinding);
}

#[tokio::test]
async fn without_a_keeper_the_whole_execution_fee_is_for_the_executor() {
    for odd in [7, 0] {
        let fees = Parameters { execution_fee: odd, ..parameters::sol() };
        let mut scene = Scene::with(fees, 10_000_000 * USD).await;
        scene.trade(POSITION).await.ok();
        for keeper in [None, Some(scene.keeper.margin)] {
            let stop = scene.world.stop(&scene.trader, &scene.market, -1_000, 190_000, false);
            scene.world.send(&stop, &[&scene.trader.key]).await.ok();
            let market = scene.market;
            scene.world.publish_next(&market, 189).await;
            let plan = FireOrder { keeper, ..World::fire(&scene.trader, &scene.market, 0, &scene.keeper) };
            let paid = scene.world.send(&plan, &[]).await.ok().event::<OrderFired>().paid;
            assert_eq!(paid, if keeper.is_none() { 0 } else { odd / 2 });
            assert_eq!(scene.world.margin(&scene.trader).orders[0].order.execution_fee.0, odd - paid);
            let cancel = World::cancel(&scene.trader, &scene.market, 0);
            scene.world.send(&cancel, &[&scene.trader.key]).await.ok();
            scene.price(200).await;
        }
    }
}

#[tokio::test]
async fn a_stop_with_nothing_left_to_close_fails_and_keeps_its_fee() {
    let mut scene = given_a_stop().await;
    let close = scene.world.stop(&scene.trader, &scene.market, -POSITION, 0, false);
    // A second order in the market needs initial margin after its fee: there is enough.
    scene.renew().await;
    scene.world.send(&close, &[&scene.trader.key]).await.ok();
    scene.world.execute_at(&scene.trader, &scene.market, 1, 200).await.ok().event::<OrderExecuted>();
    let (cash, treasury) = (scene.cash(&scene.trader), scene.treasury());
    fire_at(&mut scene, 189).await.ok();
    let done = scene.world.execute_at(&scene.trader, &scene.market, 0, 189).await.ok();
    assert_eq!(done.event::<OrderFailed>().error, PlimsollError::ReduceOnly.code());
    assert_eq!((scene.cash(&scene.trader), scene.treasury()), (cash, treasury + FEE - HALF));
}

#[tokio::test]
async fn a_trigger_may_open_a_position_too() {
    let mut scene = Scene::open().await;
    let plain = World::order(&scene.trader, &scene.market, POSITION, 300_000);
    let order = PlaceOrder { trigger: 205_000, trigger_above: true, ..plain };
    scene.world.send(&order, &[&scene.trader.key]).await.ok();
    fire_at(&mut scene, 206).await.ok();
    let done = scene.world.execute_at(&scene.trader, &scene.market, 0, 207).await.ok();
    assert_eq!(done.event::<OrderExecuted>().price, 207_000);
}
