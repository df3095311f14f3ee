//! Attacks on those who provide money: each is run, and what the attacker gains and the victim loses is measured.

use plimsoll_tests::{
    Outcome, PlimsollError, Signer, World,
    cookies::{Holder, Trader},
    engine::{book::premium, parameters::Parameters},
    events::{ExcessSwept, OrderExecuted, SharesIssued, SharesRedeemed},
    instructions::Unstake,
    parameters,
    pools::{DAY, WEEK},
    scenes::{POSITION, Scene},
    world::USD,
};

async fn request(scene: &mut Scene, holder: &Holder) {
    let all = scene.world.shares(holder);
    let ask = World::request_exit(holder, &scene.market, all);
    scene.world.send(&ask, &[&holder.key]).await.ok();
}

async fn redeem(scene: &mut Scene, holder: &Holder) -> Outcome {
    let all = scene.world.shares(holder);
    let leave = scene.world.redeem(holder, &scene.market, all);
    scene.world.send(&leave, &[&holder.key]).await
}

async fn unstake(scene: &mut Scene, holder: &Holder) -> Outcome {
    let all = scene.world.shares(holder);
    let leave = scene.world.unstake(holder, all);
    scene.world.send(&leave, &[&holder.key]).await
}

/// Another provider whose request for all its shares may be redeemed.
async fn matured_provider(scene: &mut Scene, amount: u64) -> Holder {
    let market = scene.market;
    let holder = scene.world.provider(&market, amount).await;
    scene.among_old_money().await;
    request(scene, &holder).await;
    scene.world.chain.advance(DAY, 200_000).await;
    scene.renew().await;
    holder
}

/// Another staker whose request for all its shares may be redeemed.
async fn matured_staker(scene: &mut Scene, amount: u64) -> Holder {
    let holder = scene.world.staker(amount).await;
    let ask = scene.world.request_unstake(&holder, amount);
    scene.world.send(&ask, &[&holder.key]).await.ok();
    scene.world.chain.advance(WEEK, 1_500_000).await;
    scene.renew().await;
    holder
}

/// A trade of a size that needs a limit near the price.
async fn trade(scene: &mut Scene, trader: &Trader, lots: i64) {
    let limit = if lots > 0 { 201_000 } else { 199_000 };
    let mut order = World::order(trader, &scene.market, lots, limit);
    order.reduce_only = !scene.world.margin(trader).legs[0].is_free();
    scene.world.send(&order, &[&trader.key]).await.ok();
    scene.world.settle_order(trader, &scene.market).await.ok().event::<OrderExecuted>();
}

/// The scene's trader becomes bankrupt: flagged at $182, closed at $170.
async fn close_bankrupt(scene: &mut Scene) {
    scene.price(170).await;
    scene.liquidate().await.ok();
}

#[tokio::test]
async fn a_02_a_provider_who_skews_the_market_itself_redeems_no_premium() {
    // Given a provider of a third of the pool, whose request is due, and who trades on the side,
    let mut scene = Scene::open().await;
    let market = scene.market;
    let attacker = matured_provider(&mut scene, 5_000_000 * USD).await;
    let account = scene.world.trader(10_000_000 * USD).await;
    let victim = scene.provider.again();
    let before = scene.world.value_provided(&victim, &market);
    // when it skews the market by $16m, redeems everything and closes at the same price,
    trade(&mut scene, &account, 80_000_000).await;
    let core = &scene.world.market(&market).core;
    let premium = premium(&core.risk, core.book.skew().unwrap(), core.price.oracle).unwrap().0;
    assert!(premium / 3 > 1_000 * USD, "what a third of the premium would be worth: {premium}");
    let skewed = scene.world.value_provided(&victim, &market);
    redeem(&mut scene, &attacker).await.ok();
    trade(&mut scene, &account, -80_000_000).await;
    // then it has lost what it paid in fees and spread, less its own third of a part,
    let payout = scene.world.wallet(&attacker).await as i64;
    let gain = payout - 5_000_000 * USD as i64 + scene.cash(&account) as i64 - 10_000_000 * USD as i64;
    assert!(gain < -(1_000 * USD as i64), "the attacker's gain: {gain}");
    // and the victim's shares were never worth less.
    let after = scene.world.value_provided(&victim, &market);
    assert!(before <= skewed && skewed <= after, "{before} {skewed} {after}");
}

#[tokio::test]
async fn a_12_a_provider_who_leaves_ahead_of_a_loss_bears_it_like_all_others() {
    // Given a pool that no insurance stands in for, and a request made before a loss,
    let alone = Parameters { insurance_cap: 0, ..parameters::sol() };
    let mut scene = Scene::with(alone, 10_000_000 * USD).await;
    let market = scene.market;
    let attacker = matured_provider(&mut scene, 10_000_000 * USD).await;
    let victim = scene.provider.again();
    scene.trade(POSITION).await.ok();
    scene.price(182).await;
    scene.flag().await.ok();
    // when the loss waits in the queue, then nobody leaves;
    redeem(&mut scene, &attacker).await.fails(PlimsollError::AccountsQueued);
    // when it is a deficit, then nobody leaves;
    close_bankrupt(&mut scene).await;
    redeem(&mut scene, &attacker).await.fails(PlimsollError::DeficitPending);
    scene.world.send(&scene.world.draw(&market), &[]).await.ok();
    // and afterwards a share is worth the same for everybody. What the trader paid made up for more than its deficit: so
    // the attacker is paid the lower price, that of the request.
    let worth = scene.world.value_provided(&attacker, &market);
    assert_eq!(worth, scene.world.value_provided(&victim, &market));
    let event = redeem(&mut scene, &attacker).await.ok().event::<SharesRedeemed>();
    assert_eq!((event.at_exit, event.paid), (worth, event.at_request.min(worth)));
    let gain = scene.world.wallet(&attacker).await as i64 - 10_000_000 * USD as i64;
    assert_eq!(gain, 0, "the attacker's gain");
    assert!(scene.world.value_provided(&victim, &market) >= worth, "the victim loses nothing by it");
}

#[tokio::test]
async fn a_12_a_provider_who_requests_at_the_top_is_paid_the_lower_price() {
    // Given two providers, and a winner who makes them lose,
    let mut scene = Scene::open().await;
    let market = scene.market;
    scene.trade(POSITION).await.ok();
    let attacker = matured_provider(&mut scene, 10_000_000 * USD).await;
    let victim = scene.provider.again();
    let before = scene.world.value_provided(&victim, &market);
    scene.price(240).await;
    // when one leaves by a request from before, then it loses as much as the other.
    let event = redeem(&mut scene, &attacker).await.ok().event::<SharesRedeemed>();
    assert!(event.paid == event.at_exit && event.at_exit < event.at_request);
    let lost = 10_000_000 * USD - event.paid;
    let victims = before - scene.world.value_provided(&victim, &market);
    assert!(lost > 900 * USD, "the attacker's loss: half of $2,000, less a part of the spread: {lost}");
    assert!(
        victims.abs_diff(lost) <= lost / 1_000,
        "the victim's loss: {victims}, with a few dollars more in the pool"
    );
}

#[tokio::test]
async fn a_12_a_provider_who_joins_after_a_loss_and_leaves_before_the_next_gains_nothing() {
    // Given a pool that has lost to a winner,
    let mut scene = Scene::open().await;
    let market = scene.market;
    scene.trade(POSITION).await.ok();
    scene.price(240).await;
    let victim = scene.provider.again();
    let low = scene.world.value_provided(&victim, &market);
    // when somebody joins, asks to leave at once and is there for the recovery,
    let attacker = scene.world.provider(&market, 10_000_000 * USD).await;
    scene.among_old_money().await;
    request(&mut scene, &attacker).await;
    scene.world.chain.advance(DAY, 200_000).await;
    scene.price(200).await;
    let event = redeem(&mut scene, &attacker).await.ok().event::<SharesRedeemed>();
    // then it is paid what it brought, less a thousandth of a dollar at most, and the recovery is the others'.
    assert!(event.at_exit > event.at_request + 900 * USD);
    let gain = event.paid as i64 - 10_000_000 * USD as i64;
    assert!((-1_000..=0).contains(&gain), "the attacker's gain: {gain}");
    assert!(scene.world.value_provided(&victim, &market) > low + 1_900 * USD);
}

#[tokio::test]
async fn a_12_a_staker_who_leaves_ahead_of_a_loss_bears_it_like_all_others() {
    // Given two stakers of $1m each, one with a request that is due, and an account under maintenance,
    let mut scene = Scene::open().await;
    let other = scene.world.create_market(parameters::sol()).await;
    let attacker = matured_staker(&mut scene, 1_000_000 * USD).await;
    let victim = scene.staker.again();
    scene.trade(POSITION).await.ok();
    scene.price(182).await;
    scene.flag().await.ok();
    // when it tries to leave with the loss hidden, then it cannot:
    unstake(&mut scene, &attacker).await.fails(PlimsollError::AccountsQueued);
    let leave = scene.world.unstake(&attacker, USD);
    let (guilty, innocent) = ((scene.market.address, scene.market.queue), (other.address, other.queue));
    for (markets, error) in [
        (vec![innocent], PlimsollError::WrongMarkets),
        (vec![innocent, innocent], PlimsollError::WrongMarkets),
        (vec![(guilty.0, innocent.1), innocent], PlimsollError::WrongQueue),
    ] {
        let hidden = Unstake { markets, ..leave.clone() };
        scene.world.send(&hidden, &[&attacker.key]).await.fails(error);
    }
    close_bankrupt(&mut scene).await;
    unstake(&mut scene, &attacker).await.fails(PlimsollError::DeficitPending);
    // After the draw both have lost the same.
    let deficit = scene.world.market(&scene.market).core.book.deficit.0;
    scene.world.send(&scene.world.draw(&scene.market), &[]).await.ok();
    unstake(&mut scene, &attacker).await.ok();
    let lost = 1_000_000 * USD - scene.world.wallet(&attacker).await;
    let victims = 1_000_000 * USD - scene.world.value_staked(&victim);
    assert!(deficit > 500 * USD && lost.abs_diff(deficit / 2) <= 2, "the attacker's loss: {lost} of {deficit}");
    assert!(victims <= lost && lost - victims <= 2, "the victim's loss: {victims}");
}

#[tokio::test]
async fn a_16_a_first_provider_who_loses_to_the_pool_inflates_nothing() {
    // Given a first deposit of the least amount, and $150 lost to the pool by the depositor's own trade,
    let mut scene = Scene::with(parameters::sol(), 1_000 * USD).await;
    let market = scene.market;
    scene.trade(5_000).await.ok();
    scene.price(170).await;
    scene.world.send(&scene.world.mark(&scene.trader.margin), &[]).await.ok();
    let attacker = scene.provider.again();
    // when a victim joins and both could leave,
    let victim = scene.world.holder(market.address, 1_000 * USD).await;
    let deposit = scene.world.provide(&victim, &market, 1_000 * USD);
    scene.world.send(&deposit, &[&victim.key]).await.ok().event::<SharesIssued>();
    // then the victim has lost at most a share, and the attacker what went to shares that nobody has.
    let victims_loss = 1_000 * USD - scene.world.value_provided(&victim, &market);
    let spent = 2_000 * USD;
    let has = scene.world.value_provided(&attacker, &market) + scene.cash(&scene.trader);
    let attackers_gain = has as i64 - spent as i64;
    assert!(victims_loss <= 2, "the victim's loss: {victims_loss}");
    assert!(attackers_gain < -(victims_loss as i64), "the attacker's gain: {attackers_gain}");
}

#[tokio::test]
async fn a_16_a_first_staker_who_donates_inflates_nothing() {
    // Given the least stake, and $1m sent to the insurance vault and swept,
    let mut world = World::new().await;
    let (fund, insurance_vault) = (world.exchange.fund, world.exchange.insurance_vault);
    let attacker = world.staker(USD).await;
    let donated = 1_000_000 * USD;
    world.gift(&insurance_vault, donated).await.ok();
    world.send(&world.sweep_excess(), &[]).await.ok().event::<ExcessSwept>();
    // when a victim stakes $10m,
    let victim = world.holder(fund, 10_000_000 * USD).await;
    world.send(&world.stake(&victim, 10_000_000 * USD), &[&victim.key]).await.ok();
    // then the victim loses at most the price of one share, and the attacker, who shares its gift with a million shares
    // that nobody has, half of it.
    let price = donated / USD;
    let victims_loss = 10_000_000 * USD - world.value_staked(&victim);
    let gain = world.value_staked(&attacker) as i64 - (USD + donated) as i64;
    assert!(victims_loss <= price, "the victim's loss: {victims_loss}");
    assert!(gain < -(donated as i64 * 4 / 10), "the attacker's gain: {gain}");
}

#[tokio::test]
async fn a_25_what_strangers_send_gains_them_nothing_and_moves_no_value_of_anybody() {
    // Given a staker of a fifth of the fund, who is a provider and a trader too,
    let mut scene = Scene::long().await;
    let market = scene.market;
    let attacker = matured_staker(&mut scene, 250_000 * USD).await;
    let (vault, insurance_vault) = (scene.world.exchange.vault, scene.world.exchange.insurance_vault);
    let provided = scene.world.value_provided(&scene.provider, &market);
    let (cash, accounted) = (scene.cash(&scene.trader), scene.world.ledger.exchange.unwrap().accounted);
    // when it sends money to both vaults,
    for (to, amount) in [(vault, 1), (vault, 10_000 * USD), (insurance_vault, 10_000 * USD)] {
        scene.world.gift(&to, amount).await.ok();
    }
    // then nobody's value moves, and nobody can take it out of the vault,
    assert_eq!(scene.world.value_provided(&scene.provider, &market), provided);
    assert_eq!((scene.cash(&scene.trader), scene.world.ledger.exchange.unwrap().accounted), (cash, accounted));
    scene.world.send(&scene.world.sweep(&market), &[]).await.fails(PlimsollError::ZeroAmount);
    // and when it is swept, the giver gets back its fifth.
    let others = scene.world.value_staked(&scene.staker);
    scene.world.send(&scene.world.sweep_excess(), &[]).await.ok();
    assert_eq!(scene.world.ledger.exchange.unwrap().accounted, accounted);
    assert_eq!(scene.world.value_provided(&scene.provider, &market), provided);
    assert!(scene.world.value_staked(&scene.staker) > others + 15_900 * USD);
    // Its request was made before: it does not even get the fifth.
    let event = unstake(&mut scene, &attacker).await.ok().event::<SharesRedeemed>();
    assert_eq!(event.paid, 250_000 * USD);
    assert_eq!(attacker.key.pubkey(), event.owner);
    let gain = event.paid as i64 - (250_000 + 20_000) * USD as i64;
    assert_eq!(gain, -(20_000 * USD as i64), "the attacker's gain");
}
