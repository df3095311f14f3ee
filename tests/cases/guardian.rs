//! The guardian's hold on a market: what it stops, what it cannot stop, and when it ends.

use plimsoll_tests::{
    Keypair, PlimsollError, Signer, World,
    engine::{
        guard::{HALTED_FOR, REDUCE_ONLY_FOR, REST},
        market::status,
    },
    events::{MarketGuarded, OrderExecuted, OrderFailed},
    parameters::sol,
    pools::DAY,
    scenes::{POSITION, Scene},
    world::USD,
};

/// The guardian, or somebody else, sets a level.
async fn set(scene: &mut Scene, key: &Keypair, level: u8) -> plimsoll_tests::Outcome {
    let mut tighten = scene.world.tighten(&scene.market, level);
    tighten.authority = key.pubkey();
    scene.world.send(&tighten, &[key]).await
}

fn guardian(scene: &Scene) -> Keypair {
    scene.world.exchange.guardian.insecure_clone()
}

#[tokio::test]
async fn the_guardian_tightens_and_it_ends_by_itself() {
    let mut scene = Scene::open().await;
    let (key, now) = (guardian(&scene), scene.world.chain.now());
    let event = set(&mut scene, &key, status::REDUCE_ONLY).await.ok().event::<MarketGuarded>();
    assert_eq!((event.by, event.level, event.status), (key.pubkey(), status::REDUCE_ONLY, status::REDUCE_ONLY));
    assert_eq!((event.market, event.until), (scene.market.address, now + REDUCE_ONLY_FOR));
    assert_eq!(scene.world.market(&scene.market).core.status, status::ACTIVE, "its own status is what it was");
    scene.order(1_000, 300_000).await.fails(PlimsollError::MarketNotOpen);
    scene.world.chain.advance(REDUCE_ONLY_FOR, 1_000).await;
    scene.renew().await;
    scene.order(1_000, 300_000).await.ok();
    set(&mut scene, &key, status::REDUCE_ONLY).await.fails(PlimsollError::GuardRests);
}

#[tokio::test]
async fn only_the_guardian_tightens_and_the_admin_may_loosen() {
    let mut scene = Scene::open().await;
    let (key, admin) = (guardian(&scene), scene.world.exchange.admin.insecure_clone());
    let stranger = scene.world.person(0).0;
    for level in [status::REDUCE_ONLY, status::HALTED] {
        set(&mut scene, &admin, level).await.fails(PlimsollError::NotAuthorised);
        set(&mut scene, &stranger, level).await.fails(PlimsollError::NotAuthorised);
    }
    for level in [status::SETTLING, status::SETTLED, 255] {
        set(&mut scene, &key, level).await.fails(PlimsollError::ParameterOutOfBounds);
    }
    set(&mut scene, &key, 0).await.fails(PlimsollError::NothingHeld);
    set(&mut scene, &key, status::HALTED).await.ok();
    set(&mut scene, &stranger, 0).await.fails(PlimsollError::NotAuthorised);
    let event = set(&mut scene, &admin, 0).await.ok().event::<MarketGuarded>();
    assert_eq!((event.by, event.level, event.status), (admin.pubkey(), 0, status::ACTIVE));
    // It rests an hour before the next
    set(&mut scene, &key, status::HALTED).await.fails(PlimsollError::GuardRests);
    scene.world.chain.advance(REST, 100).await;
    set(&mut scene, &key, status::HALTED).await.ok();
    set(&mut scene, &key, 0).await.ok();
}

#[tokio::test]
async fn i_12_while_halted_everybody_reduces_and_free_cash_leaves() {
    let mut scene = Scene::long().await;
    let market = scene.market;
    scene.renew().await;
    scene.world.halt(&market).await.ok();
    // New risk is refused, and an order that waited fails
    scene.order(1_000, 300_000).await.fails(PlimsollError::MarketNotOpen);
    // Free cash leaves
    scene.renew().await;
    scene.world.send(&scene.world.withdraw(&scene.trader, 100 * USD), &[&scene.trader.key]).await.ok();
    // Positions shrink and close
    let done = scene.trade(-POSITION / 2).await.ok();
    assert_eq!(done.event::<OrderExecuted>().lots, -POSITION / 2);
    let done = scene.trade(-POSITION / 2).await.ok();
    assert_eq!(done.event::<OrderExecuted>().lots, -POSITION / 2);
    let cash = scene.cash(&scene.trader);
    scene.world.send(&scene.world.withdraw(&scene.trader, cash), &[&scene.trader.key]).await.ok();
    assert_eq!(scene.cash(&scene.trader), 0);
}

#[tokio::test]
async fn an_order_placed_before_a_hold_adds_no_risk_in_it() {
    let mut scene = Scene::open().await;
    let market = scene.market;
    scene.order(1_000, 300_000).await.ok();
    scene.world.halt(&market).await.ok();
    let done = scene.world.settle_order(&scene.trader, &market).await.ok();
    assert_eq!(done.event::<OrderFailed>().error, PlimsollError::MarketNotOpen.code());
    assert!(scene.world.margin(&scene.trader).leg_in(&market.address).is_none());
}

#[tokio::test]
async fn nobody_is_liquidated_while_halted_and_everybody_is_afterwards() {
    let mut scene = Scene::flagged().await;
    let market = scene.market;
    scene.world.halt(&market).await.ok();
    scene.price(182).await;
    scene.liquidate().await.fails(PlimsollError::MarketNotOpen);
    scene.price(150).await;
    scene.liquidate().await.fails(PlimsollError::MarketNotOpen);
    let key = guardian(&scene);
    set(&mut scene, &key, 0).await.ok();
    scene.liquidate().await.ok();
}

#[tokio::test]
async fn a_halted_leg_is_no_shield_for_the_others() {
    // Given a long in two markets, of which the first is halted
    let mut two = plimsoll_tests::scenes::TwoLegs::open(2_000, 50_000).await;
    two.prices(200, 200).await;
    let (first, second) = (two.scene.market, two.second);
    two.scene.world.halt(&first).await.ok();
    // When the other falls
    two.prices(200, 182).await;
    let margin = two.scene.trader.margin;
    two.scene.world.send(&two.scene.world.flag(&margin, &second, &two.scene.keeper), &[]).await.ok();
    two.prices(200, 182).await;
    let close = two.scene.world.liquidate(&margin, &second, &two.scene.keeper);
    two.scene.world.send(&close, &[]).await.ok();
    // Then the leg there is closed, and the halted one is not
    let account = two.scene.world.margin(&two.scene.trader);
    assert_eq!(account.position(account.leg_in(&first.address).unwrap()).lots.0, 2_000);
}

#[tokio::test]
async fn providers_wait_while_halted_and_may_in_reduce_only() {
    let mut scene = Scene::open().await;
    let (market, key, provider) = (scene.market, guardian(&scene), scene.provider.again());
    let ask = World::request_exit(&provider, &market, 3_000 * USD);
    scene.world.send(&ask, &[&provider.key]).await.ok();
    scene.world.chain.advance(DAY, 1_000).await;
    scene.renew().await;
    let leave = scene.world.redeem(&provider, &market, 1_000 * USD);
    let joiner = scene.world.holder(market.address, 5_000 * USD).await;
    let join = scene.world.provide(&joiner, &market, 2_000 * USD);
    set(&mut scene, &key, status::HALTED).await.ok();
    scene.world.send(&leave, &[&provider.key]).await.fails(PlimsollError::MarketNotOpen);
    scene.world.send(&join, &[&joiner.key]).await.fails(PlimsollError::MarketNotOpen);
    set(&mut scene, &key, status::REDUCE_ONLY).await.ok();
    scene.world.send(&leave, &[&provider.key]).await.ok();
    scene.world.send(&join, &[&joiner.key]).await.ok();
}

#[tokio::test]
async fn a_halt_ends_within_a_day_and_the_market_rests_as_long() {
    let mut scene = Scene::open().await;
    let (market, key) = (scene.market, guardian(&scene));
    scene.world.halt(&market).await.ok();
    scene.world.chain.advance(HALTED_FOR - 1, 1_000).await;
    set(&mut scene, &key, status::HALTED).await.ok();
    scene.world.chain.advance(1, 2).await;
    scene.renew().await;
    scene.order(1_000, 300_000).await.ok();
    for wait in [1, HALTED_FOR - 14] {
        scene.world.chain.advance(wait, 100).await;
        set(&mut scene, &key, status::REDUCE_ONLY).await.fails(PlimsollError::GuardRests);
    }
    scene.world.chain.advance(10, 100).await;
    set(&mut scene, &key, status::REDUCE_ONLY).await.ok();
}

#[tokio::test]
async fn an_exchange_without_a_guardian_has_none() {
    let mut scene = Scene::open().await;
    let none = plimsoll_tests::Address::default();
    let proposal = scene.world.proposed_authority(plimsoll_tests::state::change::GUARDIAN, none, 0).await;
    scene.world.until_ready(&proposal).await;
    scene.world.send(&scene.world.change_authority(proposal), &[]).await.ok();
    let key = guardian(&scene);
    set(&mut scene, &key, status::HALTED).await.fails(PlimsollError::NotAuthorised);
}

#[tokio::test]
async fn a_market_of_a_later_day_opens_when_everybody_can_have_left() {
    let mut world = World::new().await;
    // Given an exchange that is a day old
    world.chain.advance(DAY, 1_000).await;
    let created = world.chain.now();
    let market = world.create_market(sol()).await;
    assert_eq!(world.market(&market).core.guard.opens, created + 8 * DAY);
    assert_eq!(world.chain.now(), created + 8 * DAY, "the harness waits");
}
