use plimsoll_tests::{PlimsollError, World, events::SharesIssued, instructions::Stake, scenes::Scene, world::USD};

#[tokio::test]
async fn the_first_share_costs_an_atom_and_later_ones_their_part() {
    let mut world = World::new().await;
    let fund = world.exchange.fund;
    let first = world.holder(fund, 5 * USD).await;
    let event = world.send(&world.stake(&first, 5 * USD), &[&first.key]).await.ok().event::<SharesIssued>();
    assert_eq!((event.pool, event.amount, event.shares, event.value_before), (fund, 5 * USD, 5 * USD, 0));
    let second = world.holder(fund, 3 * USD).await;
    let event = world.send(&world.stake(&second, 3 * USD), &[&second.key]).await.ok().event::<SharesIssued>();
    assert_eq!((event.shares, event.value_before), (3 * USD, 5 * USD));
    assert_eq!(world.ledger.insurance_vault, 8 * USD);
    assert_eq!(world.ledger.fund.unwrap().1.money.shared.0, 8 * USD);
}

#[tokio::test]
async fn after_a_draw_a_share_costs_less() {
    let mut scene = Scene::flagged().await;
    scene.price(170).await;
    scene.liquidate().await.ok();
    scene.world.send(&scene.world.draw(&scene.market), &[]).await.ok();
    let value = scene.world.ledger.fund.unwrap().1.money.shared.0;
    assert!(value < 1_000_000 * USD);
    let holder = scene.world.holder(scene.world.exchange.fund, 100 * USD).await;
    let event = scene.world.send(&scene.world.stake(&holder, 100 * USD), &[&holder.key]).await.ok();
    let event = event.event::<SharesIssued>();
    let expected = (100 * USD) as u128 * (1_000_001 * USD) as u128 / (value + USD) as u128;
    assert_eq!((event.value_before, event.shares as u128), (value, expected));
}

#[tokio::test]
async fn less_than_one_unit_and_more_than_there_is_are_refused() {
    let mut world = World::new().await;
    let holder = world.holder(world.exchange.fund, 5 * USD).await;
    for amount in [0, 1, USD - 1] {
        world.send(&world.stake(&holder, amount), &[&holder.key]).await.fails(PlimsollError::BelowMinimumDeposit);
    }
    world.send(&world.stake(&holder, 5 * USD + 1), &[&holder.key]).await.fails_as("Custom(1)");
    world.send(&world.stake(&holder, u64::MAX), &[&holder.key]).await.fails(PlimsollError::Overflow);
    world.send(&world.stake(&holder, USD), &[&holder.key]).await.ok();
}

#[tokio::test]
async fn shares_of_others_and_of_markets_are_refused() {
    let mut scene = Scene::open().await;
    let holder = scene.world.holder(scene.world.exchange.fund, 5 * USD).await;
    let stake = scene.world.stake(&holder, USD);
    let theirs = Stake { shares: scene.staker.shares, ..stake.clone() };
    scene.world.send(&theirs, &[&holder.key]).await.fails(PlimsollError::NotAuthorised);
    let provider = scene.provider.key.insecure_clone();
    let wrong = Stake { shares: scene.provider.shares, owner: plimsoll_tests::Signer::pubkey(&provider), ..stake };
    scene.world.send(&wrong, &[&provider]).await.fails(PlimsollError::WrongPool);
}
