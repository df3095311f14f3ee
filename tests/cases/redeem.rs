//! Leaving a market's liquidity.

use plimsoll_tests::{
    Outcome, PlimsollError, Signer, World,
    cookies::Holder,
    events::{ExitCancelled, ExitRequested, OrderExecuted, SharesRedeemed},
    instructions::{CancelExit, Redeem, RequestExit},
    parameters,
    pools::DAY,
    scenes::{POSITION, Scene},
    world::USD,
};

async fn request(scene: &mut Scene, holder: &Holder, amount: u64) -> Outcome {
    scene.world.send(&World::request_exit(holder, &scene.market, amount), &[&holder.key]).await
}

async fn redeem(scene: &mut Scene, holder: &Holder, amount: u64) -> Outcome {
    scene.world.send(&scene.world.redeem(holder, &scene.market, amount), &[&holder.key]).await
}

/// The usual scene and another provider of $5m whose request for all his shares is a day old.
async fn matured() -> (Scene, Holder) {
    matured_in(Scene::open().await).await
}

/// The same in a scene that exists.
async fn matured_in(mut scene: Scene) -> (Scene, Holder) {
    let market = scene.market;
    let holder = scene.world.provider(&market, 5_000_000 * USD).await;
    scene.among_old_money().await;
    request(&mut scene, &holder, 5_000_000 * USD).await.ok();
    scene.world.chain.advance(DAY, 200_000).await;
    scene.renew().await;
    (scene, holder)
}

#[tokio::test]
async fn a_provider_leaves_with_its_part_of_net_asset_value_to_the_atom() {
    // Given a request at a price of one,
    let mut scene = Scene::open().await;
    let market = scene.market;
    let holder = scene.world.provider(&market, 5_000_000 * USD).await;
    scene.among_old_money().await;
    let asked = request(&mut scene, &holder, 4_000_000 * USD).await.ok().event::<ExitRequested>();
    let (pool, owner) = (market.address, holder.key.pubkey());
    let (value, supply) = (15_000_000 * USD, 15_000_000 * USD);
    assert_eq!(asked, ExitRequested { pool, owner, shares: 4_000_000 * USD, value, supply });
    // when the cooldown is over,
    scene.world.chain.advance(DAY, 200_000).await;
    scene.renew().await;
    let (vault, treasury) = (scene.world.ledger.vault, scene.treasury());
    let counted = scene.world.ledger.exchange.unwrap().accounted.0;
    // then it is paid in parts, each at the lower of both prices.
    let paid = redeem(&mut scene, &holder, 3_000_000 * USD).await.ok().event::<SharesRedeemed>();
    let amount = 3_000_000 * USD;
    let all = SharesRedeemed {
        pool,
        owner,
        shares: amount,
        paid: amount,
        at_request: amount,
        at_exit: amount,
        value_before: value,
    };
    assert_eq!(paid, all);
    assert_eq!((scene.world.ledger.vault, scene.treasury()), (vault - amount, treasury - amount));
    assert_eq!(scene.world.ledger.exchange.unwrap().accounted.0, counted - amount);
    assert_eq!(scene.world.wallet(&holder).await, amount);
    assert_eq!(scene.world.shares(&holder), 2_000_000 * USD);
    redeem(&mut scene, &holder, 1_000_000 * USD + 1).await.fails(PlimsollError::NotEnoughShares);
    redeem(&mut scene, &holder, 1_000_000 * USD).await.ok();
    redeem(&mut scene, &holder, 1).await.fails(PlimsollError::NothingRequested);
    assert_eq!(scene.world.market(&market).core.lp_shares, 11_000_000 * USD);
}

#[tokio::test]
async fn not_before_the_cooldown_is_over() {
    let mut scene = Scene::open().await;
    let holder = scene.provider.again();
    request(&mut scene, &holder, USD).await.ok();
    scene.world.chain.advance(DAY - 2, 200_000).await;
    scene.renew().await;
    redeem(&mut scene, &holder, USD).await.fails(PlimsollError::CooldownNotOver);
    scene.renew().await;
    redeem(&mut scene, &holder, USD).await.ok();
}

#[tokio::test]
async fn a_12_a_request_that_was_not_used_in_time_is_made_again() {
    // Given a request that is as old as its cooldown twice, and then a second older,
    let (mut scene, holder) = matured().await;
    scene.world.chain.advance(DAY - 12, 200_000).await;
    scene.renew().await;
    request(&mut scene, &holder, USD).await.fails(PlimsollError::ExitPending);
    redeem(&mut scene, &holder, USD).await.ok();
    scene.renew().await;
    // then it pays nothing any more, and another takes its place.
    redeem(&mut scene, &holder, USD).await.fails(PlimsollError::ExitExpired);
    let asked = request(&mut scene, &holder, 2 * USD).await.ok().event::<ExitRequested>();
    assert_eq!((asked.shares, asked.supply), (2 * USD, 14_999_999 * USD));
    redeem(&mut scene, &holder, USD).await.fails(PlimsollError::CooldownNotOver);
    assert_eq!(scene.world.shares(&holder), 4_999_999 * USD);
}

#[tokio::test]
async fn a_request_is_for_shares_that_are_held_and_one_at_a_time() {
    let mut scene = Scene::open().await;
    let market = scene.market;
    let holder = scene.world.provider(&market, 5_000 * USD).await;
    request(&mut scene, &holder, 0).await.fails(PlimsollError::ZeroAmount);
    request(&mut scene, &holder, 5_000 * USD + 1).await.fails(PlimsollError::NotEnoughShares);
    request(&mut scene, &holder, u64::MAX).await.fails(PlimsollError::NotEnoughShares);
    redeem(&mut scene, &holder, 1).await.fails(PlimsollError::NothingRequested);
    request(&mut scene, &holder, 5_000 * USD).await.ok();
    request(&mut scene, &holder, 1).await.fails(PlimsollError::ExitPending);
}

#[tokio::test]
async fn a_cancelled_request_starts_over() {
    let (mut scene, holder) = matured().await;
    let cancel = World::cancel_exit(&holder);
    let done = scene.world.send(&cancel, &[&holder.key]).await.ok().event::<ExitCancelled>();
    let (pool, owner) = (scene.market.address, holder.key.pubkey());
    assert_eq!(done, ExitCancelled { pool, owner, shares: 5_000_000 * USD });
    scene.world.send(&cancel, &[&holder.key]).await.fails(PlimsollError::NothingRequested);
    redeem(&mut scene, &holder, 1).await.fails(PlimsollError::NothingRequested);
    request(&mut scene, &holder, USD).await.ok();
    redeem(&mut scene, &holder, 1).await.fails(PlimsollError::CooldownNotOver);
    assert_eq!(scene.world.shares(&holder), 5_000_000 * USD);
}

#[tokio::test]
async fn nobody_leaves_at_an_old_price() {
    let (mut scene, holder) = matured().await;
    scene.world.chain.advance(16, 32).await;
    redeem(&mut scene, &holder, USD).await.fails(PlimsollError::PriceTooOld);
    scene.world.send(&World::cancel_exit(&holder), &[&holder.key]).await.ok();
    request(&mut scene, &holder, USD).await.fails(PlimsollError::PriceTooOld);
}

#[tokio::test]
async fn an_amount_that_is_worth_nothing_is_refused() {
    let (mut scene, holder) = matured().await;
    redeem(&mut scene, &holder, 0).await.fails(PlimsollError::ZeroAmount);
    redeem(&mut scene, &holder, 1).await.ok();
}

#[tokio::test]
async fn what_remains_still_covers_the_skew() {
    // Given a pool of $3,000 against a skew of $10,000, of which a tenth must be covered,
    let mut scene = Scene::with(parameters::sol(), 3_000 * USD).await;
    scene.trade(POSITION).await.ok();
    let holder = scene.provider.again();
    request(&mut scene, &holder, 3_000 * USD).await.ok();
    scene.world.chain.advance(DAY, 200_000).await;
    scene.renew().await;
    // when more than two thirds want to leave, then they cannot; less can.
    redeem(&mut scene, &holder, 2_100 * USD).await.fails(PlimsollError::CoverageTooLow);
    redeem(&mut scene, &holder, 1_500 * USD).await.ok();
}

#[tokio::test]
async fn where_losers_owe_the_money_they_are_marked_first() {
    // Given a pool whose value is what a trader has lost and not paid yet,
    let (mut scene, holder) = matured().await;
    let market = scene.market;
    let loser = scene.world.trader(2_000_000 * USD).await;
    scene.world.send(&World::order(&loser, &market, 20_000_000, 300_000), &[&loser.key]).await.ok();
    scene.world.settle_order(&loser, &market).await.ok().event::<OrderExecuted>();
    scene.price(180).await;
    let first = scene.provider.again();
    redeem(&mut scene, &holder, 5_000_000 * USD).await.ok();
    request(&mut scene, &first, 10_000_000 * USD).await.ok();
    scene.world.chain.advance(DAY, 200_000).await;
    scene.price(180).await;
    assert!(scene.world.market(&market).core.nav().unwrap().0 as u64 > scene.treasury());
    // then the last of it is paid only when it is there.
    redeem(&mut scene, &first, 10_000_000 * USD).await.fails(PlimsollError::TreasuryShort);
    scene.world.send(&scene.world.mark(&loser.margin), &[]).await.ok();
    redeem(&mut scene, &first, 9_000_000 * USD).await.ok();
}

#[tokio::test]
async fn shares_of_others_and_wrong_accounts_are_refused() {
    let mut scene = Scene::open().await;
    let other = scene.world.create_market(parameters::sol()).await;
    let (mut scene, holder) = matured_in(scene).await;
    let theirs = scene.provider.shares;
    let ask = World::request_exit(&holder, &scene.market, USD);
    let wrong = RequestExit { shares: theirs, ..ask.clone() };
    scene.world.send(&wrong, &[&holder.key]).await.fails(PlimsollError::NotAuthorised);
    let wrong = CancelExit { shares: theirs, ..World::cancel_exit(&holder) };
    scene.world.send(&wrong, &[&holder.key]).await.fails(PlimsollError::NotAuthorised);
    let leave = scene.world.redeem(&holder, &scene.market, USD);
    let wrong = Redeem { shares: theirs, ..leave.clone() };
    scene.world.send(&wrong, &[&holder.key]).await.fails(PlimsollError::NotAuthorised);
    let wrong = RequestExit { market: other.address, ..ask };
    scene.world.send(&wrong, &[&holder.key]).await.fails(PlimsollError::WrongPool);
    let wrong = Redeem { market: other.address, queue: other.queue, ..leave.clone() };
    scene.world.send(&wrong, &[&holder.key]).await.fails(PlimsollError::WrongPool);
    let wrong = Redeem { queue: other.queue, ..leave.clone() };
    scene.world.send(&wrong, &[&holder.key]).await.fails(PlimsollError::WrongQueue);
    let wrong = Redeem { vault: scene.world.exchange.insurance_vault, ..leave.clone() };
    scene.world.send(&wrong, &[&holder.key]).await.fails(PlimsollError::WrongVault);
    scene.renew().await;
    scene.world.send(&leave, &[&holder.key]).await.ok();
}
