use plimsoll_tests::{
    Outcome, PlimsollError,
    engine::parameters::Parameters,
    events::DeficitPaid,
    parameters,
    scenes::{POSITION, Scene},
    world::USD,
};

async fn draw(scene: &mut Scene) -> Outcome {
    scene.world.send(&scene.world.draw(&scene.market), &[]).await
}

/// A trader who is long goes bankrupt from $200 to $170; returns the deficit.
pub async fn go_bankrupt(scene: &mut Scene) -> u64 {
    let before = scene.world.market(&scene.market).core.book.deficit.0;
    scene.price(200).await;
    let trader = scene.another(1_000 * USD, POSITION).await;
    scene.price(170).await;
    scene.world.send(&scene.world.flag(&trader.margin, &scene.market, &scene.keeper), &[]).await.ok();
    scene.renew().await;
    let plan = scene.world.liquidate(&trader.margin, &scene.market, &scene.keeper);
    scene.world.send(&plan, &[]).await.ok();
    scene.world.market(&scene.market).core.book.deficit.0 - before
}

#[tokio::test]
async fn without_a_deficit_there_is_nothing_to_draw() {
    let mut scene = Scene::open().await;
    draw(&mut scene).await.fails(PlimsollError::ZeroAmount);
}

#[tokio::test]
async fn the_shared_part_pays_to_the_atom() {
    let mut scene = Scene::open().await;
    let deficit = go_bankrupt(&mut scene).await;
    let (treasury, vault, insurance) = (scene.treasury(), scene.world.ledger.vault, scene.world.ledger.insurance_vault);
    let done = draw(&mut scene).await.ok();
    let market = scene.market.address;
    assert_eq!(done.event::<DeficitPaid>(), DeficitPaid { market, from_own: 0, from_shared: deficit, by_providers: 0 });
    assert_eq!((scene.treasury(), scene.world.ledger.vault), (treasury + deficit, vault + deficit));
    assert_eq!(scene.world.ledger.insurance_vault, insurance - deficit);
    draw(&mut scene).await.fails(PlimsollError::ZeroAmount);
}

#[tokio::test]
async fn the_markets_own_part_pays_first() {
    let mut scene = Scene::flagged().await;
    scene.renew().await;
    scene.liquidate().await.ok();
    scene.world.send(&scene.world.sweep(&scene.market), &[]).await.ok();
    let own = scene.world.market(&scene.market).core.insurance_own.0;
    let deficit = go_bankrupt(&mut scene).await;
    assert!(0 < own && own < deficit);
    let event = draw(&mut scene).await.ok().event::<DeficitPaid>();
    assert_eq!((event.from_own, event.from_shared, event.by_providers), (own, deficit - own, 0));
    assert_eq!(scene.world.ledger.fund.unwrap().1.money.own.0, 0);
}

#[tokio::test]
async fn the_shared_part_is_capped_per_window_and_providers_bear_the_rest() {
    let cap = 700 * USD;
    let capped = Parameters { insurance_cap: cap, insurance_window_s: 600, ..parameters::sol() };
    let mut scene = Scene::with(capped, 10_000_000 * USD).await;
    let first = go_bankrupt(&mut scene).await;
    assert!(first < cap && cap < 2 * first);
    let event = draw(&mut scene).await.ok().event::<DeficitPaid>();
    assert_eq!((event.from_shared, event.by_providers), (first, 0));
    // The second deficit of the window gets what is left under the cap.
    let second = go_bankrupt(&mut scene).await;
    let event = draw(&mut scene).await.ok().event::<DeficitPaid>();
    assert_eq!((event.from_shared, event.by_providers), (cap - first, second + first - cap));
    let third = go_bankrupt(&mut scene).await;
    let event = draw(&mut scene).await.ok().event::<DeficitPaid>();
    assert_eq!((event.from_shared, event.by_providers), (0, third));
    // A new window has a new cap.
    scene.world.chain.advance(600, 1_200).await;
    let fourth = go_bankrupt(&mut scene).await;
    let event = draw(&mut scene).await.ok().event::<DeficitPaid>();
    assert_eq!((event.from_shared, event.by_providers), (fourth, 0));
}

#[tokio::test]
async fn a_pool_without_insurance_bears_all_of_it() {
    let capped = Parameters { insurance_cap: 0, ..parameters::sol() };
    let mut scene = Scene::with(capped, 10_000_000 * USD).await;
    let deficit = go_bankrupt(&mut scene).await;
    let nav = scene.world.market(&scene.market).core.nav().unwrap();
    let event = draw(&mut scene).await.ok().event::<DeficitPaid>();
    assert_eq!((event.from_own, event.from_shared, event.by_providers), (0, 0, deficit));
    assert_eq!(scene.world.market(&scene.market).core.nav().unwrap(), nav, "their value bore it already");
}
