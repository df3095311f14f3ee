//! One good call of each instruction by which money leaves a pool or comes to insurance, and of the one that migrates shares.

use plimsoll_client::instructions::MigrateShares;

use super::{
    cast::{Cast, Kind},
    fixtures::{AMOUNT, Fixture, SWEEP, fixture, prices},
};
use crate::{
    World,
    cookies::Holder,
    pools::{DAY, WEEK},
    scenes::Claimed,
    world::USD,
};

/// A provider with shares of its own.
async fn with_a_provider(cast: &mut Cast) -> Holder {
    let market = cast.scene.market;
    cast.scene.renew().await;
    let holder = cast.scene.world.provider(&market, 5_000 * USD).await;
    cast.scene.renew().await;
    holder
}

pub async fn request_exit() -> Fixture {
    let mut cast = Cast::assemble().await;
    let holder = with_a_provider(&mut cast).await;
    let build = World::request_exit(&holder, &cast.scene.market, 3_000 * USD);
    let slots = [("owner", Kind::Person), ("market", Kind::Market), ("shares", Kind::LpShares)];
    fixture(cast, &build, &[&holder.key], &slots, &[("shares", AMOUNT)])
}

pub async fn redeem() -> Fixture {
    let mut cast = Cast::assemble().await;
    let holder = with_a_provider(&mut cast).await;
    let ask = World::request_exit(&holder, &cast.scene.market, 3_000 * USD);
    cast.scene.world.send(&ask, &[&holder.key]).await.ok();
    cast.scene.world.chain.advance(DAY, 200_000).await;
    prices(&mut cast, (200, 200)).await;
    let build = cast.scene.world.redeem(&holder, &cast.scene.market, 2_000 * USD);
    let slots = [
        ("owner", Kind::Person),
        ("exchange", Kind::Exchange),
        ("market", Kind::Market),
        ("queue", Kind::Queue),
        ("shares", Kind::LpShares),
        ("destination", Kind::Wallet),
        ("vault", Kind::Vault),
        ("quote_mint", Kind::Mint),
        ("token_program", Kind::TokenProgram),
    ];
    fixture(cast, &build, &[&holder.key], &slots, &[("shares", AMOUNT)])
}

pub async fn request_unstake() -> Fixture {
    let mut cast = Cast::assemble().await;
    let holder = cast.scene.world.staker(5_000 * USD).await;
    let build = cast.scene.world.request_unstake(&holder, 3_000 * USD);
    let slots = [("owner", Kind::Person), ("fund", Kind::Fund), ("shares", Kind::Stake)];
    fixture(cast, &build, &[&holder.key], &slots, &[("shares", AMOUNT)])
}

pub async fn unstake() -> Fixture {
    let mut cast = Cast::assemble().await;
    let holder = cast.scene.world.staker(5_000 * USD).await;
    let ask = cast.scene.world.request_unstake(&holder, 3_000 * USD);
    cast.scene.world.send(&ask, &[&holder.key]).await.ok();
    cast.scene.world.chain.advance(WEEK, 1_500_000).await;
    let build = cast.scene.world.unstake(&holder, 2_000 * USD);
    let slots = [
        ("owner", Kind::Person),
        ("exchange", Kind::Exchange),
        ("fund", Kind::Fund),
        ("shares", Kind::Stake),
        ("destination", Kind::Wallet),
        ("insurance_vault", Kind::InsuranceVault),
        ("quote_mint", Kind::Mint),
        ("token_program", Kind::TokenProgram),
        ("market 1", Kind::Market),
        ("queue 1", Kind::Queue),
        ("market 2", Kind::Market),
        ("queue 2", Kind::Queue),
    ];
    fixture(cast, &build, &[&holder.key], &slots, &[("shares", AMOUNT)])
}

pub async fn cancel_exit() -> Fixture {
    let mut cast = Cast::assemble().await;
    let holder = with_a_provider(&mut cast).await;
    let ask = World::request_exit(&holder, &cast.scene.market, 3_000 * USD);
    cast.scene.world.send(&ask, &[&holder.key]).await.ok();
    let build = World::cancel_exit(&holder);
    fixture(cast, &build, &[&holder.key], &[("owner", Kind::Person), ("shares", Kind::LpShares)], &[])
}

pub async fn collect_claim() -> Fixture {
    let mut cast = Cast::assemble().await;
    let claimed = Claimed::in_scene(&mut cast.scene).await;
    let mark = cast.scene.world.mark(&claimed.loser.margin);
    cast.scene.world.send(&mark, &[]).await.ok();
    let build = cast.scene.world.collect(&claimed.market);
    fixture(cast, &build, &[], &SWEEP, &[])
}

pub async fn sweep_excess() -> Fixture {
    let mut cast = Cast::assemble().await;
    for to in [cast.scene.world.exchange.vault, cast.scene.world.exchange.insurance_vault] {
        cast.scene.world.gift(&to, 5 * USD).await.ok();
    }
    let build = cast.scene.world.sweep_excess();
    let slots: Vec<_> = SWEEP.into_iter().filter(|(name, _)| *name != "market").collect();
    fixture(cast, &build, &[], &slots, &[])
}

pub async fn migrate_shares() -> Fixture {
    let mut cast = Cast::assemble().await;
    let holder = with_a_provider(&mut cast).await;
    cast.scene.world.outdate(&holder.shares).await;
    let build = MigrateShares { payer: cast.stranger(), shares: holder.shares };
    let key = cast.stranger.insecure_clone();
    let slots = [("payer", Kind::Person), ("shares", Kind::LpShares), ("system_program", Kind::SystemProgram)];
    fixture(cast, &build, &[&key], &slots, &[])
}
