//! Leaving the insurance fund.

use plimsoll_tests::{
    Outcome, PlimsollError, Signer, World,
    cookies::{Holder, MarketCookie},
    events::{ExitCancelled, ExitRequested, SharesRedeemed},
    instructions::{RequestUnstake, Unstake},
    parameters,
    pools::WEEK,
    scenes::{POSITION, Scene},
    state::MAX_MARKETS,
    world::{DOLLAR, USD},
};

async fn request(scene: &mut Scene, holder: &Holder, amount: u64) -> Outcome {
    scene.world.send(&scene.world.request_unstake(holder, amount), &[&holder.key]).await
}

async fn unstake(scene: &mut Scene, holder: &Holder, amount: u64) -> Outcome {
    scene.world.send(&scene.world.unstake(holder, amount), &[&holder.key]).await
}

/// The usual scene and another staker of $200,000 whose request for half of it is a week old.
async fn matured() -> (Scene, Holder) {
    let (scene, holder, _) = matured_beside(0).await;
    (scene, holder)
}

/// The same with so many markets more.
async fn matured_beside(others: u16) -> (Scene, Holder, Vec<MarketCookie>) {
    let mut scene = Scene::open().await;
    let mut markets = Vec::new();
    for _ in 0..others {
        markets.push(scene.world.create_market(parameters::sol()).await);
    }
    let holder = scene.world.staker(200_000 * USD).await;
    request(&mut scene, &holder, 100_000 * USD).await.ok();
    scene.world.chain.advance(WEEK, 1_500_000).await;
    scene.renew().await;
    (scene, holder, markets)
}

#[tokio::test]
async fn a_staker_leaves_with_its_part_of_the_shared_part_to_the_atom() {
    let mut scene = Scene::open().await;
    let holder = scene.world.staker(200_000 * USD).await;
    let asked = request(&mut scene, &holder, 100_000 * USD).await.ok().event::<ExitRequested>();
    let (pool, owner, all) = (scene.world.exchange.fund, holder.key.pubkey(), 1_200_000 * USD);
    assert_eq!(asked, ExitRequested { pool, owner, shares: 100_000 * USD, value: all, supply: all });
    scene.world.chain.advance(WEEK - 1, 1_500_000).await;
    unstake(&mut scene, &holder, 1).await.fails(PlimsollError::CooldownNotOver);
    scene.world.chain.advance(1, 2).await;
    let (insurance, amount) = (scene.world.ledger.insurance_vault, 100_000 * USD);
    let done = unstake(&mut scene, &holder, amount).await.ok().event::<SharesRedeemed>();
    let expected = SharesRedeemed {
        pool,
        owner,
        shares: amount,
        paid: amount,
        at_request: amount,
        at_exit: amount,
        value_before: all,
    };
    assert_eq!(done, expected);
    assert_eq!(scene.world.ledger.insurance_vault, insurance - amount);
    assert_eq!(scene.world.ledger.fund.unwrap().1.accounted.0, insurance - amount);
    assert_eq!((scene.world.wallet(&holder).await, scene.world.shares(&holder)), (amount, amount));
    assert_eq!((scene.world.fund().shared.0, scene.world.fund().shares), (all - amount, all - amount));
    unstake(&mut scene, &holder, 1).await.fails(PlimsollError::NothingRequested);
}

#[tokio::test]
async fn a_12_a_request_that_was_not_used_in_time_is_made_again() {
    let (mut scene, holder) = matured().await;
    scene.world.chain.advance(WEEK - 11, 1_500_000).await;
    request(&mut scene, &holder, USD).await.fails(PlimsollError::ExitPending);
    unstake(&mut scene, &holder, USD).await.ok();
    scene.world.chain.advance(1, 2).await;
    unstake(&mut scene, &holder, USD).await.fails(PlimsollError::ExitExpired);
    request(&mut scene, &holder, 2 * USD).await.ok();
    unstake(&mut scene, &holder, USD).await.fails(PlimsollError::CooldownNotOver);
}

#[tokio::test]
async fn a_request_is_for_shares_that_are_held_and_one_at_a_time() {
    let mut scene = Scene::open().await;
    let holder = scene.world.staker(5 * USD).await;
    request(&mut scene, &holder, 0).await.fails(PlimsollError::ZeroAmount);
    request(&mut scene, &holder, u64::MAX).await.fails(PlimsollError::NotEnoughShares);
    request(&mut scene, &holder, 5 * USD + 1).await.fails(PlimsollError::NotEnoughShares);
    request(&mut scene, &holder, 5 * USD).await.ok();
    request(&mut scene, &holder, 1).await.fails(PlimsollError::ExitPending);
    let cancel = World::cancel_exit(&holder);
    let event = scene.world.send(&cancel, &[&holder.key]).await.ok().event::<ExitCancelled>();
    assert_eq!((event.pool, event.shares), (scene.world.exchange.fund, 5 * USD));
    request(&mut scene, &holder, 1).await.ok();
}

#[tokio::test]
async fn all_markets_must_be_shown_once_and_in_order() {
    let (mut scene, holder, markets) = matured_beside(1).await;
    let second = markets[0];
    let leave = scene.world.unstake(&holder, USD);
    let (one, two) = ((scene.market.address, scene.market.queue), (second.address, second.queue));
    assert_eq!(leave.markets, [one, two]);
    for markets in [vec![], vec![one], vec![two], vec![two, one], vec![one, one], vec![two, two], vec![one, two, two]] {
        let wrong = Unstake { markets: markets.clone(), ..leave.clone() };
        let outcome = scene.world.send(&wrong, &[&holder.key]).await;
        assert_eq!(outcome.error(), PlimsollError::WrongMarkets.name(), "{markets:?}");
    }
    // The queue of another market in place of its own would hide who waits.
    for markets in [vec![(one.0, two.1), two], vec![one, (two.0, one.1)]] {
        let wrong = Unstake { markets, ..leave.clone() };
        scene.world.send(&wrong, &[&holder.key]).await.fails(PlimsollError::WrongQueue);
    }
    scene.world.send(&leave, &[&holder.key]).await.ok();
}

#[tokio::test]
async fn a_loss_that_is_known_in_any_market_keeps_everybody_in() {
    // Given an account under maintenance in the second market's queue,
    let (mut scene, holder, markets) = matured_beside(1).await;
    let second = markets[0];
    scene.world.price(&second, 200 * DOLLAR).await.ok();
    scene.world.provider(&second, 10_000_000 * USD).await;
    scene.world.trade(&scene.trader, &second, POSITION).await.ok();
    scene.world.price(&second, 182 * DOLLAR).await.ok();
    let flag = scene.world.flag(&scene.trader.margin, &second, &scene.keeper);
    scene.world.send(&flag, &[]).await.ok();
    // then nobody leaves,
    unstake(&mut scene, &holder, USD).await.fails(PlimsollError::AccountsQueued);
    // nor with the deficit that it leaves,
    scene.world.price(&second, 170 * DOLLAR).await.ok();
    let close = scene.world.liquidate(&scene.trader.margin, &second, &scene.keeper);
    scene.world.send(&close, &[]).await.ok();
    unstake(&mut scene, &holder, USD).await.fails(PlimsollError::DeficitPending);
    // and afterwards at what is left.
    scene.world.send(&scene.world.draw(&second), &[]).await.ok();
    let event = unstake(&mut scene, &holder, 100_000 * USD).await.ok().event::<SharesRedeemed>();
    assert!(event.paid == event.at_exit && event.at_exit < event.at_request);
}

#[tokio::test]
async fn an_entry_that_expired_keeps_nobody_in() {
    let (mut scene, holder) = matured().await;
    scene.trade(POSITION).await.ok();
    scene.price(182).await;
    scene.flag().await.ok();
    scene.world.chain.advance(60, 120).await;
    unstake(&mut scene, &holder, USD).await.fails(PlimsollError::AccountsQueued);
    scene.world.chain.advance(1, 2).await;
    unstake(&mut scene, &holder, USD).await.ok();
}

#[tokio::test]
async fn as_many_markets_as_there_can_be_fit_into_one_transaction() {
    let (mut scene, holder, _) = matured_beside(MAX_MARKETS - 1).await;
    let outcome = unstake(&mut scene, &holder, USD).await.ok();
    assert!(outcome.units < 200_000, "within what an instruction gets by default: {}", outcome.units);
    // One more market would lock the stakers in.
    let queue = scene.world.chain.new_key();
    let market = scene.world.next_market(queue.pubkey(), false);
    let create = scene.world.create_market_with(&market, parameters::sol());
    let create = plimsoll_tests::instructions::Build::instruction(&create);
    let admin = scene.world.exchange.admin.insecure_clone();
    let instructions = [scene.world.create_queue(&queue.pubkey()), create];
    scene.world.run(&instructions, &[&admin, &queue]).await.fails(PlimsollError::TooManyMarkets);
}

#[tokio::test]
async fn shares_of_others_and_wrong_accounts_are_refused() {
    let (mut scene, holder) = matured().await;
    let ask = scene.world.request_unstake(&holder, USD);
    let wrong = RequestUnstake { shares: scene.staker.shares, ..ask };
    scene.world.send(&wrong, &[&holder.key]).await.fails(PlimsollError::NotAuthorised);
    let leave = scene.world.unstake(&holder, USD);
    let wrong = Unstake { shares: scene.staker.shares, ..leave.clone() };
    scene.world.send(&wrong, &[&holder.key]).await.fails(PlimsollError::NotAuthorised);
    let wrong = Unstake { insurance_vault: scene.world.exchange.vault, ..leave.clone() };
    scene.world.send(&wrong, &[&holder.key]).await.fails(PlimsollError::WrongVault);
    let provider = scene.provider.again();
    let wrong = Unstake { owner: provider.key.pubkey(), shares: provider.shares, ..leave.clone() };
    scene.world.send(&wrong, &[&provider.key]).await.fails(PlimsollError::WrongPool);
    scene.world.send(&leave, &[&holder.key]).await.ok();
}
