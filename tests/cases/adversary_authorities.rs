//! what a thief of the admin's key can do, and who gets out before it.

use plimsoll_tests::{
    PlimsollError, Signer, World,
    engine::parameters::Parameters,
    instructions::{Build, CreateMarket},
    parameters::sol,
    pools::{DAY, WEEK},
    scenes::{POSITION, Scene},
    state::change,
    world::{DOLLAR, USD},
};

/// Everything as bad for those who stay as one change can make it.
fn worst() -> Parameters {
    Parameters {
        maintenance_floor_ppm: 200_000,
        maintenance_cap_ppm: 1_000_000,
        notice_s: 600,
        rise_ppm: 1_000_000,
        spread_ppm: 200,
        confidence_spread_ppm: 1_000_000,
        fee_ppm: 1_000,
        stress_ppm: 1_000_000,
        coverage_ppm: 1_000_000,
        lp_cooldown_s: 604_800,
        insurance_cap: 2 * sol().insurance_cap,
        ..sol()
    }
}

#[tokio::test]
async fn a_26_everybody_is_out_before_a_stolen_key_changes_anything() {
    // Given a trader with a position, a provider and a staker
    // among others whose money stays (if all leave at once, the limiter lets out 97 % within the shortest timelock)
    let mut scene = Scene::long().await;
    scene.among_old_money().await;
    let (market, provider, staker) = (scene.market, scene.provider.again(), scene.staker.again());
    // When a thief proposes the worst
    let proposal = scene.world.proposed(&market, worst()).await;
    let ready = scene.world.proposal(&proposal).await.ready_at;
    // Then half a day later they begin to leave
    scene.world.chain.advance(DAY / 2, 1_000).await;
    scene.renew().await;
    scene.trade(-POSITION).await.ok();
    let cash = scene.cash(&scene.trader);
    scene.world.send(&scene.world.withdraw(&scene.trader, cash), &[&scene.trader.key]).await.ok();
    let shares = scene.world.shares(&provider);
    scene.world.send(&World::request_exit(&provider, &market, shares), &[&provider.key]).await.ok();
    let stake = scene.world.shares(&staker);
    scene.world.send(&scene.world.request_unstake(&staker, stake), &[&staker.key]).await.ok();
    scene.world.chain.advance(DAY, 1_000).await;
    scene.renew().await;
    let leave = scene.world.redeem(&provider, &market, shares);
    scene.world.send(&leave, &[&provider.key]).await.ok();
    scene.world.chain.advance(WEEK - DAY, 1_000).await;
    let leave = scene.world.unstake(&staker, stake);
    scene.world.send(&leave, &[&staker.key]).await.ok();
    // And all of it before the thief gets anything
    assert!(scene.world.chain.now() < ready);
    scene.renew().await;
    let change = scene.world.change_parameters(&market, proposal);
    scene.world.send(&change, &[]).await.fails(PlimsollError::ProposalNotReady);
    let left = scene.world.chain.token_amount(&scene.trader.tokens).await;
    assert_eq!(left, cash);
    scene.world.until_ready(&proposal).await;
    scene.renew().await;
    scene.world.send(&change, &[]).await.ok();
}

#[tokio::test]
async fn a_26_who_stays_is_not_liquidated_by_the_change() {
    // Given a trader just above maintenance
    let mut scene = Scene::long().await;
    let (market, margin) = (scene.market, scene.trader.margin);
    let proposal = scene.world.proposed(&market, worst()).await;
    scene.world.until_ready(&proposal).await;
    scene.world.price(&market, 183 * DOLLAR).await.ok();
    let before = scene.world.health(&margin).await;
    assert_eq!(before.liquidatable, 0);
    assert!(before.equity < i64::try_from(before.maintenance).unwrap() * 2);
    let change = scene.world.change_parameters(&market, proposal);
    scene.world.send(&change, &[]).await.ok();
    // Then for the day of notice that he had nothing changes for him, whatever the thief chose as notice
    for _ in 0..3 {
        scene.world.chain.advance(DAY / 3 - 5, 1_000).await;
        scene.world.price(&market, 183 * DOLLAR).await.ok();
        let after = scene.world.health(&margin).await;
        assert_eq!((after.liquidatable, after.maintenance), (0, before.maintenance));
        scene.flag().await.fails(PlimsollError::NotLiquidatable);
    }
    // And he closes at a spread of a basis point more
    scene.trade(-POSITION).await.ok();
}

#[tokio::test]
async fn a_26_a_market_of_the_thiefs_opens_after_all_pools_can_be_left() {
    // Given an exchange older than its first day
    let mut scene = Scene::open().await;
    scene.world.chain.advance(DAY, 1_000).await;
    let (admin, queue) = (scene.world.exchange.admin.insecure_clone(), scene.world.chain.new_key());
    // When the thief creates a market, say on the feed of something that he can move
    let fake = scene.world.next_market(queue.pubkey(), false);
    let create: CreateMarket = scene.world.create_market_with(&fake, sol());
    let instructions = [scene.world.create_queue(&queue.pubkey()), create.instruction()];
    scene.world.run(&instructions, &[&admin, &queue]).await.ok();
    let created = scene.world.chain.now();
    // Then nobody has a position there whose profit would count elsewhere, until a staker of today has left
    scene.world.price(&fake, 200 * DOLLAR).await.ok();
    scene.world.provider(&fake, 100_000 * USD).await;
    let thief = scene.world.trader(1_000 * USD).await;
    let order = World::order(&thief, &fake, 1_000, 300_000);
    scene.world.send(&order, &[&thief.key]).await.fails(PlimsollError::MarketNotOpen);
    let staker = scene.staker.again();
    let stake = scene.world.shares(&staker);
    scene.world.send(&scene.world.request_unstake(&staker, stake), &[&staker.key]).await.ok();
    scene.world.chain.advance(WEEK, 1_000).await;
    scene.world.send(&scene.world.unstake(&staker, stake), &[&staker.key]).await.ok();
    scene.world.price(&fake, 200 * DOLLAR).await.ok();
    scene.world.send(&order, &[&thief.key]).await.fails(PlimsollError::MarketNotOpen);
    assert_eq!(scene.world.market(&fake).core.guard.opens, created + WEEK + DAY);
}

#[tokio::test]
async fn a_26_a_thief_cannot_keep_the_guardian_from_its_veto_in_time() {
    // Given a thief who replaces the guardian first
    let mut scene = Scene::open().await;
    let market = scene.market;
    let thief = scene.world.person(0).0;
    let guardian = scene.world.exchange.guardian.insecure_clone();
    let replaced = scene.world.proposed_authority(change::GUARDIAN, thief.pubkey(), 0).await;
    let proposal = scene.world.proposed(&market, worst()).await;
    // Then the guardian still vetoes what else was proposed by then
    scene.world.send(&scene.world.cancel_proposal(&guardian, proposal), &[&guardian]).await.ok();
    scene.world.until_ready(&replaced).await;
    scene.world.send(&scene.world.change_authority(replaced), &[]).await.ok();
    // And what comes after it waits from then on
    let later = scene.world.proposed(&market, worst()).await;
    assert!(scene.world.proposal(&later).await.ready_at >= scene.world.chain.now() + WEEK + DAY);
}
