use plimsoll_tests::{
    Keypair, Outcome, PlimsollError, Signer, World,
    events::{OrderCancelled, OrderExpired},
    instructions::CancelOrder,
    scenes::{POSITION, Scene},
    world::USD,
};

const FEE: u64 = 5_010_001;

async fn given_an_order() -> Scene {
    let mut scene = Scene::open().await;
    scene.order(POSITION, 201_000).await.ok();
    scene
}

async fn cancel(scene: &mut Scene) -> Outcome {
    scene.world.send(&World::cancel(&scene.trader, &scene.market, 0), &[&scene.trader.key]).await
}

async fn cancel_as_stranger(scene: &mut Scene) -> Outcome {
    let stranger = Keypair::new();
    let plan = CancelOrder { authority: stranger.pubkey(), ..World::cancel(&scene.trader, &scene.market, 0) };
    scene.world.send(&plan, &[&stranger]).await
}

#[tokio::test]
async fn before_its_price_is_known_the_owner_gets_the_fee_back() {
    let mut scene = given_an_order().await;
    scene.world.chain.advance(1, 2).await;
    let done = cancel(&mut scene).await.ok();
    let (account, market) = (scene.trader.margin, scene.market.address);
    assert_eq!(done.event::<OrderCancelled>(), OrderCancelled { account, market, sequence: 1, fee: FEE });
    assert_eq!(scene.cash(&scene.trader), 1_000 * USD);
    cancel(&mut scene).await.fails(PlimsollError::NoSuchOrder);
}

#[tokio::test]
async fn from_the_delay_until_expiry_nobody_cancels() {
    // From two seconds on the update may be known: the cluster's clock lags by up to one.
    for seconds in [2, 3, 7, 11] {
        let mut scene = given_an_order().await;
        scene.world.chain.advance(seconds, 4).await;
        cancel(&mut scene).await.fails(PlimsollError::OrderBinding);
        cancel_as_stranger(&mut scene).await.fails(PlimsollError::OrderBinding);
    }
}

#[tokio::test]
async fn a_stranger_cannot_cancel_what_waits() {
    let mut scene = given_an_order().await;
    cancel_as_stranger(&mut scene).await.fails(PlimsollError::NotAuthorised);
}

#[tokio::test]
async fn after_expiry_anybody_closes_it_and_the_fee_is_the_pools() {
    let mut scene = given_an_order().await;
    scene.world.chain.advance(12, 24).await;
    let done = cancel_as_stranger(&mut scene).await.ok();
    assert_eq!(done.event::<OrderExpired>().fee, FEE);
    assert_eq!(scene.cash(&scene.trader), 1_000 * USD - FEE);
    assert_eq!(scene.treasury(), 10_000_000 * USD + FEE);
}

#[tokio::test]
async fn a_place_without_an_order_is_refused() {
    let mut scene = given_an_order().await;
    for place in [1, 8, 255] {
        let plan = CancelOrder { place, ..World::cancel(&scene.trader, &scene.market, 0) };
        scene.world.send(&plan, &[&scene.trader.key]).await.fails(PlimsollError::NoSuchOrder);
    }
}
