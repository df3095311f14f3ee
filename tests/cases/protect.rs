//! Accounts that keepers shrink before they are under maintenance.

use plimsoll_tests::{
    Keypair, Outcome, PlimsollError, Signer, World,
    events::{AccountProtected, OrderExecuted, OrderFailed, OrderPlaced, ProtectionSet},
    instructions::{ExecuteOrder, SetProtection},
    orders::ONE,
    scenes::{POSITION, Scene, TwoLegs},
    world::{DOLLAR, USD},
};

/// Equity of 1.8 times maintenance: just below initial margin, which is 1.82 times.
const LEVEL: u64 = ONE / 10 * 18;

async fn set(scene: &mut Scene, level: u64) -> Outcome {
    scene.world.send(&World::set_protection(&scene.trader, level), &[&scene.trader.key]).await
}

async fn protect(scene: &mut Scene) -> Outcome {
    scene.world.send(&scene.world.protect(&scene.trader, &scene.market, &scene.keeper), &[]).await
}

/// A protected long: at $184 its equity is about 1.68 times its maintenance.
async fn protected() -> Scene {
    let mut scene = Scene::long().await;
    set(&mut scene, LEVEL).await.ok();
    scene
}

#[tokio::test]
async fn the_owner_sets_the_level_between_maintenance_and_twice_it() {
    let mut scene = Scene::open().await;
    let account = scene.trader.margin;
    for level in [ONE + 1, LEVEL, 2 * ONE, 0] {
        assert_eq!(set(&mut scene, level).await.ok().event::<ProtectionSet>(), ProtectionSet { account, level });
        assert_eq!(scene.world.margin(&scene.trader).protection, level);
    }
    for level in [1, ONE - 1, ONE, 2 * ONE + 1, u64::MAX] {
        set(&mut scene, level).await.fails(PlimsollError::ParameterOutOfBounds);
    }
    let stranger = Keypair::new();
    let foreign = SetProtection { authority: stranger.pubkey(), ..World::set_protection(&scene.trader, LEVEL) };
    scene.world.send(&foreign, &[&stranger]).await.fails(PlimsollError::NotAuthorised);
}

#[tokio::test]
async fn below_its_level_an_account_is_shrunk_to_above_it() {
    // Given a protected account below its level,
    let mut scene = protected().await;
    scene.price(184).await;
    let before = scene.world.health(&scene.trader.margin).await;
    let (cash, treasury, lots) = (scene.cash(&scene.trader), scene.treasury(), POSITION);
    // when a keeper protects it,
    let done = protect(&mut scene).await.ok();
    let (event, placed) = (done.event::<AccountProtected>(), done.event::<OrderPlaced>());
    assert_eq!((event.equity, event.maintenance, event.level), (before.equity, before.maintenance, LEVEL));
    assert_eq!((placed.sequence, placed.reduce_only, placed.trigger), (event.sequence, true, 0));
    assert!(placed.lots < 0 && placed.lots > -lots, "a part of it");
    assert_eq!(placed.limit, 184_000 - 1_104, "the charge of a liquidation below the price");
    // then the fee left its cash, and half of a cent of it is the keeper's;
    assert_eq!((event.fee - event.paid, event.paid), (placed.fee, 5_000));
    assert!(event.fee < USD, "{} for an order", event.fee);
    assert_eq!((scene.cash(&scene.trader), scene.cash(&scene.keeper)), (cash - event.fee, 5_000));
    assert_eq!(scene.treasury(), treasury);
    // there is one such order at a time;
    protect(&mut scene).await.fails(PlimsollError::OrderWaits);
    // and when it executes equity is above the level, whatever the fill was.
    let execute = scene.world.due(&scene.trader, &scene.market, 0, 184 * DOLLAR).await;
    let paid = ExecuteOrder { executor: Some(scene.keeper.margin), ..execute };
    let filled = scene.world.send(&paid, &[]).await.ok().event::<OrderExecuted>();
    assert_eq!(filled.lots, placed.lots);
    assert_eq!(scene.cash(&scene.keeper), 10_000);
    let after = scene.world.health(&scene.trader.margin).await;
    let cost = before.equity - after.equity;
    assert_eq!(cost, event.fee as i64 + filled.spread as i64 + filled.premium);
    let ratio = after.equity as f64 / after.maintenance as f64;
    assert!((1.95..=2.0).contains(&ratio), "{ratio}");
    protect(&mut scene).await.fails(PlimsollError::ProtectionNotDue);
}

#[tokio::test]
async fn only_between_maintenance_and_the_level() {
    let mut scene = protected().await;
    scene.price(186).await;
    protect(&mut scene).await.fails(PlimsollError::ProtectionNotDue);
    scene.price(182).await;
    protect(&mut scene).await.fails(PlimsollError::ProtectionNotDue);
    scene.flag().await.ok();
    scene.price(184).await;
    protect(&mut scene).await.fails(PlimsollError::AccountFlagged);
    scene.flag().await.ok();
    protect(&mut scene).await.ok();
}

#[tokio::test]
async fn only_who_asked_for_it() {
    let mut scene = Scene::long().await;
    scene.price(184).await;
    protect(&mut scene).await.fails(PlimsollError::ProtectionNotDue);
    // A level above initial margin counts as far as that: at $185 equity is about 2.1 times maintenance.
    set(&mut scene, 2 * ONE).await.ok();
    scene.price(185).await;
    protect(&mut scene).await.fails(PlimsollError::ProtectionNotDue);
    scene.price(184).await;
    protect(&mut scene).await.ok();
}

#[tokio::test]
async fn it_needs_fresh_prices_and_no_order_of_the_owner() {
    let mut scene = protected().await;
    scene.price(184).await;
    scene.world.chain.advance(16, 30).await;
    protect(&mut scene).await.fails(PlimsollError::PriceTooOld);
    scene.price(184).await;
    scene.order(-1_000, 1).await.ok();
    protect(&mut scene).await.fails(PlimsollError::OrderWaits);
    // An order that waits for its price does not count.
    scene.world.execute_at(&scene.trader, &scene.market, 0, 184).await.ok();
    let stop = scene.world.stop(&scene.trader, &scene.market, -1_000, 180_000, false);
    scene.world.send(&stop, &[&scene.trader.key]).await.ok();
    protect(&mut scene).await.ok();
}

#[tokio::test]
async fn the_program_chooses_the_leg() {
    let mut legs = TwoLegs::open(29_000, 30_000).await;
    set(&mut legs.scene, LEVEL).await.ok();
    legs.prices(186, 186).await;
    protect(&mut legs.scene).await.fails(PlimsollError::WrongLeg);
    let plan = legs.scene.world.protect(&legs.scene.trader, &legs.second, &legs.scene.keeper);
    legs.scene.world.send(&plan, &[]).await.ok();
    let stale = legs.scene.world.protect(&legs.scene.trader, &legs.second, &legs.scene.keeper);
    let without = plimsoll_tests::instructions::ProtectAccount { legs: vec![], ..stale };
    legs.scene.world.send(&without, &[]).await.fails(PlimsollError::MissingLeg);
}

#[tokio::test]
async fn a_short_is_shrunk_by_a_buy() {
    let mut scene = Scene::open().await;
    scene.trade(-POSITION).await.ok();
    set(&mut scene, LEVEL).await.ok();
    scene.price(216).await;
    let placed = protect(&mut scene).await.ok().event::<OrderPlaced>();
    assert!(placed.lots > 0 && placed.limit == 216_000 + 1_296, "{placed:?}");
    scene.world.execute_at(&scene.trader, &scene.market, 0, 216).await.ok().event::<OrderExecuted>();
    assert!(scene.world.ratio(&scene.trader.margin).await > 1.9);
}

#[tokio::test]
async fn a_price_that_runs_away_costs_the_fee_and_no_more() {
    let mut scene = protected().await;
    scene.price(184).await;
    let cash = scene.cash(&scene.trader);
    let fee = protect(&mut scene).await.ok().event::<AccountProtected>().fee;
    // More than the charge below: to be liquidated is no worse than such a fill.
    let done = scene.world.execute_at(&scene.trader, &scene.market, 0, 182).await.ok();
    assert_eq!(done.event::<OrderFailed>().error, PlimsollError::LimitNotMet.code());
    assert_eq!(scene.cash(&scene.trader), cash - fee);
    assert_eq!(scene.world.margin(&scene.trader).legs[0].position.lots.0, POSITION);
}

#[tokio::test]
async fn the_owner_may_cancel_it_in_time() {
    let mut scene = protected().await;
    scene.price(184).await;
    let cash = scene.cash(&scene.trader);
    protect(&mut scene).await.ok();
    let cancel = World::cancel(&scene.trader, &scene.market, 0);
    scene.world.send(&cancel, &[&scene.trader.key]).await.ok();
    assert_eq!(scene.cash(&scene.trader), cash - 5_000, "who protected it was paid");
}
