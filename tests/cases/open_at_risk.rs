//! Positions opened by what they may lose.

use plimsoll_tests::{
    Keypair, Outcome, PlimsollError, Signer, World,
    engine::{
        sizing::size_for_risk,
        units::{Atoms, Ticks},
    },
    events::{OrderExecuted, OrderFired, OrderPlaced, RiskSized},
    instructions::OpenAtRisk,
    scenes::Scene,
    world::USD,
};

async fn open(scene: &mut Scene, risk: u64, stop: u64) -> Outcome {
    let plan = scene.world.open_at_risk(&scene.trader, &scene.market, risk, stop);
    scene.world.send(&plan, &[&scene.trader.key]).await
}

async fn fire(scene: &mut Scene, place: u8) -> Outcome {
    scene.world.send(&World::fire(&scene.trader, &scene.market, place, &scene.keeper), &[]).await
}

#[tokio::test]
async fn the_engine_chooses_the_size_and_both_orders_are_placed() {
    for stop in [190_000, 210_000] {
        let mut scene = Scene::open().await;
        let (cash, now) = (scene.cash(&scene.trader), scene.world.chain.now());
        let core = scene.world.market(&scene.market).core;
        let sized = size_for_risk(&core, Atoms(50 * USD), Ticks(stop), now).unwrap();
        let done = open(&mut scene, 50 * USD, stop).await.ok();
        let (account, market, lots) = (scene.trader.margin, scene.market.address, sized.lots.0);
        let event = RiskSized { account, market, risk: 50 * USD, stop, lots, loss: sized.loss.0, by_risk: true };
        assert_eq!(done.event::<RiskSized>(), event);
        let placed = done.events::<OrderPlaced>();
        let told: Vec<_> = placed.iter().map(|p| (p.sequence, p.lots, p.reduce_only, p.trigger)).collect();
        assert_eq!(told, [(1, lots, false, 0), (2, -lots, true, stop)]);
        assert_eq!(placed[1].trigger_above, lots < 0);
        assert_eq!(scene.cash(&scene.trader), cash - placed[0].fee - placed[1].fee);
    }
}

#[tokio::test]
async fn stopped_out_it_loses_no_more_than_the_risk() {
    for (stop, dollars) in [(190_000, 190), (212_000, 212)] {
        let mut scene = Scene::open().await;
        let cash = scene.cash(&scene.trader);
        open(&mut scene, 50 * USD, stop).await.ok();
        scene.world.settle_order(&scene.trader, &scene.market).await.ok().event::<OrderExecuted>();
        let market = scene.market;
        scene.world.publish_next(&market, dollars).await;
        fire(&mut scene, 1).await.ok().event::<OrderFired>();
        scene.world.execute_at(&scene.trader, &scene.market, 1, dollars).await.ok().event::<OrderExecuted>();
        let lost = cash - scene.cash(&scene.trader);
        // No more, and not much less: a lot is a cent of risk, and the fee of the stop was taken at $200.
        assert!((49 * USD..=50 * USD).contains(&lost), "{lost} lost");
        assert!(scene.world.margin(&scene.trader).legs[0].is_free());
    }
}

#[tokio::test]
async fn the_stop_cannot_fire_before_its_entry_has_ended() {
    let mut scene = Scene::open().await;
    open(&mut scene, 50 * USD, 190_000).await.ok();
    // A price that reaches the stop before the entry executes would leave the entry without one.
    let market = scene.market;
    scene.world.publish_next(&market, 189).await;
    fire(&mut scene, 1).await.fails(PlimsollError::OrderWaits);
    scene.world.execute_at(&scene.trader, &scene.market, 0, 189).await.ok().event::<OrderExecuted>();
    scene.world.publish_next(&market, 189).await;
    fire(&mut scene, 1).await.ok();
    // Nor does an order that was placed after it hinder it.
    let mut scene = Scene::open().await;
    open(&mut scene, 50 * USD, 190_000).await.ok();
    scene.world.settle_order(&scene.trader, &scene.market).await.ok();
    scene.order(1_000, 300_000).await.ok();
    let market = scene.market;
    scene.world.publish_next(&market, 189).await;
    fire(&mut scene, 1).await.ok();
}

#[tokio::test]
async fn what_cannot_be_sized_is_refused() {
    let mut scene = Scene::open().await;
    open(&mut scene, 50 * USD, 200_000).await.fails(PlimsollError::ZeroAmount);
    open(&mut scene, 50 * USD, 0).await.fails(PlimsollError::ZeroAmount);
    open(&mut scene, 50 * USD, u64::MAX).await.fails(PlimsollError::PriceTooHigh);
    open(&mut scene, 0, 190_000).await.fails(PlimsollError::BelowMinimumPosition);
    open(&mut scene, USD / 2, 190_000).await.fails(PlimsollError::BelowMinimumPosition);
    // The fees of what a fortune may be risked on are more than the account has.
    open(&mut scene, u64::MAX, 190_000).await.fails(PlimsollError::InsufficientCash);
    let plain = scene.world.open_at_risk(&scene.trader, &scene.market, 50 * USD, 190_000);
    for plan in [OpenAtRisk { limit: 0, ..plain.clone() }, OpenAtRisk { stop_limit: 0, ..plain.clone() }] {
        scene.world.send(&plan, &[&scene.trader.key]).await.fails(PlimsollError::ZeroAmount);
    }
    let stranger = Keypair::new();
    let foreign = OpenAtRisk { authority: stranger.pubkey(), ..plain };
    scene.world.send(&foreign, &[&stranger]).await.fails(PlimsollError::NotAuthorised);
    scene.world.chain.advance(16, 30).await;
    open(&mut scene, 50 * USD, 190_000).await.fails(PlimsollError::PriceTooOld);
}

#[tokio::test]
async fn it_opens_and_never_adds() {
    let mut scene = Scene::open().await;
    scene.trade(1_000).await.ok();
    open(&mut scene, 50 * USD, 190_000).await.fails(PlimsollError::PositionHeld);
    scene.trade(-1_000).await.ok();
    open(&mut scene, 50 * USD, 190_000).await.ok();
}

#[tokio::test]
async fn both_orders_find_a_place_or_none_is_placed() {
    let mut scene = Scene::open().await;
    for _ in 0..7 {
        scene.order(1_000, 201_000).await.ok();
    }
    let cash = scene.cash(&scene.trader);
    open(&mut scene, 50 * USD, 190_000).await.fails(PlimsollError::NoFreeOrder);
    assert_eq!((scene.cash(&scene.trader), scene.world.margin(&scene.trader).order_sequence), (cash, 7));
}

#[tokio::test]
async fn a_flagged_account_opens_nothing() {
    let mut scene = Scene::flagged().await;
    open(&mut scene, 50 * USD, 170_000).await.fails(PlimsollError::PositionHeld);
}
