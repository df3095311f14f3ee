use plimsoll_tests::{Address, Keypair, PlimsollError, Signer, World, events::Withdrawn, scenes::Scene, world::USD};

#[tokio::test]
async fn free_cash_leaves_to_the_atom() {
    let mut world = World::new().await;
    let trader = world.trader(5 * USD).await;
    let done = world.send(&world.withdraw(&trader, 2 * USD), &[&trader.key]).await.ok();
    assert_eq!(done.event::<Withdrawn>(), Withdrawn { account: trader.margin, amount: 2 * USD, cash: 3 * USD });
    assert_eq!(world.margin(&trader).cash.0, 3 * USD);
    assert_eq!(world.ledger.vault, 3 * USD);
    assert_eq!(world.chain.token_amount(&trader.tokens).await, 2 * USD);
    world.send(&world.withdraw(&trader, 3 * USD), &[&trader.key]).await.ok();
    assert_eq!(world.ledger.vault, 0);
}

#[tokio::test]
async fn the_owner_chooses_where_to() {
    let mut world = World::new().await;
    let trader = world.trader(USD).await;
    let (_, elsewhere) = world.person(0);
    let mut withdraw = world.withdraw(&trader, USD);
    withdraw.destination = elsewhere;
    world.send(&withdraw, &[&trader.key]).await.ok();
    assert_eq!(world.chain.token_amount(&elsewhere).await, USD);
}

#[tokio::test]
async fn zero_and_more_than_there_is_are_refused() {
    let mut world = World::new().await;
    let trader = world.trader(USD).await;
    world.send(&world.withdraw(&trader, 0), &[&trader.key]).await.fails(PlimsollError::ZeroAmount);
    world.send(&world.withdraw(&trader, USD + 1), &[&trader.key]).await.fails(PlimsollError::InsufficientCash);
    world.send(&world.withdraw(&trader, u64::MAX), &[&trader.key]).await.fails(PlimsollError::InsufficientCash);
}

#[tokio::test]
async fn only_the_owner_may() {
    let mut world = World::new().await;
    let trader = world.trader(USD).await;
    let stranger = Keypair::new();
    let mut withdraw = world.withdraw(&trader, USD);
    withdraw.owner = stranger.pubkey();
    world.send(&withdraw, &[&stranger]).await.fails(PlimsollError::NotAuthorised);
}

#[tokio::test]
async fn exactly_what_is_above_initial_margin_can_leave() {
    let mut scene = Scene::long().await;
    scene.renew().await;
    let free = free_cash(&scene);
    assert!(0 < free && free < scene.cash(&scene.trader));
    for (amount, passes) in [(free + 1, false), (free, true), (1, false)] {
        let outcome = scene.world.send(&scene.world.withdraw(&scene.trader, amount), &[&scene.trader.key]).await;
        assert_eq!(outcome.error(), if passes { "" } else { "BelowInitialMargin" }, "{amount}");
    }
}

/// What the engine says can leave.
fn free_cash(scene: &Scene) -> u64 {
    use plimsoll_tests::engine::{account::Initial, margin::leg_initial};
    let (margin, core) = (scene.world.margin(&scene.trader), &scene.world.market(&scene.market).core);
    let mut initial = Initial::default().with_cash(margin.cash).unwrap();
    initial.add(&leg_initial(&margin.legs[0].position, &core.risk, &core.book, &core.price).unwrap()).unwrap();
    initial.withdrawable(margin.cash).0
}

#[tokio::test]
async fn a_stale_price_holds_the_cash_of_an_open_position() {
    let mut scene = Scene::long().await;
    scene.renew().await;
    scene.world.chain.advance(15, 30).await;
    scene.world.send(&scene.world.withdraw(&scene.trader, 1), &[&scene.trader.key]).await.ok();
    scene.world.chain.advance(1, 2).await;
    scene
        .world
        .send(&scene.world.withdraw(&scene.trader, 1), &[&scene.trader.key])
        .await
        .fails(PlimsollError::PriceTooOld);
    scene.renew().await;
    scene.world.send(&scene.world.withdraw(&scene.trader, 1), &[&scene.trader.key]).await.ok();
}

#[tokio::test]
async fn a_flagged_account_waits_until_the_flag_runs_out_even_when_it_recovered() {
    let mut scene = Scene::flagged().await;
    scene.price(200).await;
    scene
        .world
        .send(&scene.world.withdraw(&scene.trader, 1), &[&scene.trader.key])
        .await
        .fails(PlimsollError::AccountFlagged);
    scene.world.chain.advance(60, 120).await;
    scene.renew().await;
    scene.world.send(&scene.world.withdraw(&scene.trader, 1), &[&scene.trader.key]).await.ok();
}

#[tokio::test]
async fn an_account_without_legs_takes_no_markets() {
    let mut world = World::new().await;
    let trader = world.trader(USD).await;
    let mut withdraw = world.withdraw(&trader, USD);
    withdraw.legs = vec![Address::new_unique()];
    world.send(&withdraw, &[&trader.key]).await.fails(PlimsollError::UnexpectedAccount);
}
