use plimsoll_tests::{
    PlimsollError, World,
    events::{DeficitPaid, SharesIssued},
    instructions::Stake,
    pools::WEEK,
    scenes::Scene,
    world::USD,
};

use crate::draw_insurance::go_bankrupt;

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
async fn a_16_a_fund_that_was_paid_out_whole_begins_anew_however_often() {
    // Given a fund of $100,
    let mut scene = Scene::open().await;
    let first = scene.staker.again();
    let most = 999_900 * USD;
    scene.world.send(&scene.world.request_unstake(&first, most), &[&first.key]).await.ok();
    scene.world.chain.advance(WEEK, 1_500_000).await;
    scene.world.send(&scene.world.unstake(&first, most), &[&first.key]).await.ok();
    scene.renew().await;
    scene.world.send(&scene.world.request_unstake(&first, USD), &[&first.key]).await.ok();
    let fund = scene.world.exchange.fund;
    let other = scene.world.holder(fund, 1_000 * USD).await;
    for round in 1..7 {
        // when a deficit takes all of it,
        let deficit = go_bankrupt(&mut scene).await;
        let shared = scene.world.fund().shared.0;
        assert!(shared < deficit);
        let drawn = scene.world.send(&scene.world.draw(&scene.market), &[]).await.ok().event::<DeficitPaid>();
        assert_eq!(drawn.from_shared, shared);
        // then nothing is left of its shares,
        assert_eq!((scene.world.fund().shared.0, scene.world.fund().shares), (0, 0));
        assert_eq!((scene.world.shares(&first), scene.world.shares(&other)), (0, 0));
        let nothing = scene.world.request_unstake(&other, 1);
        scene.world.send(&nothing, &[&other.key]).await.fails(PlimsollError::NotEnoughShares);
        // and the next stake buys them at an atom each, as the first did.
        let stake = scene.world.stake(&other, 100 * USD);
        let event = scene.world.send(&stake, &[&other.key]).await.ok().event::<SharesIssued>();
        assert_eq!((event.shares, event.value_before), (100 * USD, 0), "{round}");
        assert_eq!((scene.world.shares(&other), scene.world.value_staked(&other)), (100 * USD, 100 * USD));
    }
    // A request for shares that are gone is gone too, and its owner starts anew.
    scene.world.send(&scene.world.unstake(&first, 1), &[&first.key]).await.fails(PlimsollError::NothingRequested);
    let stake = World::stake(&scene.world, &first, 50 * USD);
    scene.world.send(&stake, &[&first.key]).await.ok();
    assert_eq!(scene.world.shares(&first), 50 * USD);
    assert!(scene.world.ledger.shares[&first.shares].exit.is_empty());
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
