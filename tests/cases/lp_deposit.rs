use plimsoll_tests::{
    PlimsollError, World,
    events::SharesIssued,
    instructions::LpDeposit,
    parameters,
    scenes::{POSITION, Scene},
    world::USD,
};

#[tokio::test]
async fn shares_are_issued_at_net_asset_value() {
    let mut scene = Scene::open().await;
    // The first deposit got a share an atom.
    assert_eq!(scene.world.ledger.shares[&scene.provider.shares].shares, 10_000_000 * USD);
    scene.trade(POSITION).await.ok();
    scene.price(190).await;
    let nav = scene.world.market(&scene.market).core.nav().unwrap().0 as u64;
    let holder = scene.world.holder(scene.market.address, 5_000 * USD).await;
    let deposit = scene.world.provide(&holder, &scene.market, 5_000 * USD);
    let event = scene.world.send(&deposit, &[&holder.key]).await.ok().event::<SharesIssued>();
    let supply = 10_000_000 * USD as u128 + 1_000_000;
    let expected = (5_000 * USD) as u128 * supply / (nav as u128 + 1_000_000);
    assert!(nav > 10_000_000 * USD, "the loss of the traders is the gain of the providers");
    assert_eq!((event.amount, event.value_before, event.shares as u128), (5_000 * USD, nav, expected));
    assert_eq!(scene.world.ledger.shares[&holder.shares].shares, event.shares);
}

#[tokio::test]
async fn a_deposit_under_the_minimum_is_refused() {
    let mut scene = Scene::open().await;
    let holder = scene.world.holder(scene.market.address, 5_000 * USD).await;
    for amount in [0, 1, 1_000 * USD - 1] {
        let deposit = scene.world.provide(&holder, &scene.market, amount);
        scene.world.send(&deposit, &[&holder.key]).await.fails(PlimsollError::BelowMinimumDeposit);
    }
    let deposit = scene.world.provide(&holder, &scene.market, 1_000 * USD);
    scene.world.send(&deposit, &[&holder.key]).await.ok();
}

#[tokio::test]
async fn more_than_there_is_is_refused() {
    let mut scene = Scene::open().await;
    let holder = scene.world.holder(scene.market.address, 1_000 * USD).await;
    let deposit = scene.world.provide(&holder, &scene.market, 1_000 * USD + 1);
    scene.world.send(&deposit, &[&holder.key]).await.fails_as("Custom(1)");
    let deposit = scene.world.provide(&holder, &scene.market, u64::MAX);
    scene.world.send(&deposit, &[&holder.key]).await.fails(PlimsollError::Overflow);
}

#[tokio::test]
async fn without_a_fresh_price_nobody_can_say_what_a_share_is_worth() {
    let mut world = World::new().await;
    let market = world.create_market(parameters::sol()).await;
    let holder = world.holder(market.address, 5_000 * USD).await;
    let deposit = world.provide(&holder, &market, 5_000 * USD);
    world.send(&deposit, &[&holder.key]).await.fails(PlimsollError::PriceTooOld);
}

#[tokio::test]
async fn a_12_nobody_joins_while_a_deficit_waits_for_insurance() {
    let mut scene = Scene::flagged().await;
    scene.price(170).await;
    scene.liquidate().await.ok();
    let holder = scene.world.holder(scene.market.address, 5_000 * USD).await;
    let deposit = scene.world.provide(&holder, &scene.market, 5_000 * USD);
    scene.world.send(&deposit, &[&holder.key]).await.fails(PlimsollError::DeficitPending);
    scene.world.send(&scene.world.draw(&scene.market), &[]).await.ok();
    scene.world.send(&deposit, &[&holder.key]).await.ok();
}

#[tokio::test]
async fn nobody_joins_a_market_that_owes_more_than_it_has() {
    let mut scene = Scene::with(parameters::sol(), 3_000 * USD).await;
    scene.trade(POSITION).await.ok();
    scene.price(300).await;
    let holder = scene.world.holder(scene.market.address, 5_000 * USD).await;
    let deposit = scene.world.provide(&holder, &scene.market, 5_000 * USD);
    scene.world.send(&deposit, &[&holder.key]).await.fails(PlimsollError::NavNotPositive);
}

#[tokio::test]
async fn a_16_a_first_depositor_cannot_inflate_the_price_of_a_share() {
    // Given the smallest first deposit and a donation of all its size, made by losing to the pool,
    let mut scene = Scene::with(parameters::sol(), 1_000 * USD).await;
    scene.trade(5_000).await.ok();
    scene.price(170).await;
    // when another joins, then it gets its money's worth but for one share's value.
    let nav = scene.world.market(&scene.market).core.nav().unwrap().0 as u128;
    let holder = scene.world.holder(scene.market.address, 1_000 * USD).await;
    let deposit = scene.world.provide(&holder, &scene.market, 1_000 * USD);
    let shares = scene.world.send(&deposit, &[&holder.key]).await.ok().event::<SharesIssued>().shares as u128;
    let supply = scene.world.market(&scene.market).core.lp_shares as u128;
    let worth = shares * (nav + 1_000_000_000) / supply;
    assert!(worth > 999_000_000, "{worth}");
}

#[tokio::test]
async fn shares_of_others_and_of_other_pools_are_refused() {
    let mut scene = Scene::open().await;
    let holder = scene.world.holder(scene.market.address, 5_000 * USD).await;
    let deposit = scene.world.provide(&holder, &scene.market, 5_000 * USD);
    let theirs = LpDeposit { shares: scene.provider.shares, ..deposit.clone() };
    scene.world.send(&theirs, &[&holder.key]).await.fails(PlimsollError::NotAuthorised);
    let staker = scene.staker.key.insecure_clone();
    let wrong = LpDeposit { shares: scene.staker.shares, owner: plimsoll_tests::Signer::pubkey(&staker), ..deposit };
    scene.world.send(&wrong, &[&staker]).await.fails(PlimsollError::WrongPool);
}
