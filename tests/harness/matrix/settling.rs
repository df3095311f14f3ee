//! One good call of each instruction that deleverages or settles.

use super::{
    cast::{Cast, Kind},
    fixtures::{Fixture, fixture, prices, with_two_legs},
};
use crate::{World, world::USD};

/// The first market owes $16,900 to longs and has $15,000; the trader has a leg in it and one in the second.
async fn insolvent() -> Cast {
    let mut cast = Cast::with(5_000 * USD).await;
    with_two_legs(&mut cast, (30_000, 1_000), (200, 200)).await;
    cast.scene.another(10_000 * USD, 100_000).await;
    prices(&mut cast, (330, 200)).await;
    cast
}

/// Net asset value was negative a minute ago.
async fn looked_at() -> Cast {
    let mut cast = insolvent().await;
    cast.scene.world.send(&World::look_settlement(&cast.scene.market), &[]).await.ok();
    cast.scene.world.chain.advance(60, 120).await;
    prices(&mut cast, (330, 200)).await;
    cast
}

/// The settlement has started.
async fn started() -> Cast {
    let mut cast = looked_at().await;
    cast.scene.world.send(&World::look_settlement(&cast.scene.market), &[]).await.ok();
    cast
}

/// Everybody is settled.
async fn settled() -> Cast {
    let mut cast = started().await;
    let margins: Vec<_> = cast.scene.world.ledger.margins.keys().copied().collect();
    for margin in margins {
        if cast.scene.world.ledger.margins[&margin].leg_in(&cast.scene.market.address).is_some() {
            let settle = cast.scene.world.settle_position(&margin, &cast.scene.market);
            cast.scene.world.send(&settle, &[]).await.ok();
        }
    }
    cast
}

pub(super) async fn deleverage() -> Fixture {
    let mut cast = insolvent().await;
    cast.scene.world.send(&World::deleverage(&cast.scene.market), &[]).await.ok();
    prices(&mut cast, (330, 200)).await;
    let build = World::deleverage(&cast.scene.market);
    fixture(cast, &build, &[], &[("market", Kind::Market)], &[])
}

/// A market that was silent for a week, and was looked at an hour ago.
pub(super) async fn wind_down() -> Fixture {
    let mut cast = Cast::assemble().await;
    cast.scene.world.chain.advance(604_801, 2_000_000).await;
    let build = World::wind_down(&cast.scene.market);
    cast.scene.world.send(&build, &[]).await.ok();
    cast.scene.world.chain.advance(3_600, 9_000).await;
    fixture(cast, &build, &[], &[("market", Kind::Market)], &[])
}

pub(super) async fn look_insurance() -> Fixture {
    let cast = Cast::assemble().await;
    let build = cast.scene.world.look_insurance(&cast.scene.market);
    fixture(cast, &build, &[], &[("fund", Kind::Fund), ("market", Kind::Market)], &[])
}

pub(super) async fn look_settlement() -> Fixture {
    let cast = looked_at().await;
    let build = World::look_settlement(&cast.scene.market);
    fixture(cast, &build, &[], &[("market", Kind::Market)], &[])
}

pub(super) async fn settle_position() -> Fixture {
    let cast = started().await;
    let build = cast.scene.world.settle_position(&cast.scene.trader.margin, &cast.scene.market);
    let slots = [("margin", Kind::Margin), ("market", Kind::Market), ("leg 2", Kind::Market)];
    fixture(cast, &build, &[], &slots, &[])
}

pub(super) async fn fix_settlement() -> Fixture {
    let cast = settled().await;
    let build = World::fix_settlement(&cast.scene.market);
    fixture(cast, &build, &[], &[("market", Kind::Market)], &[])
}

pub(super) async fn pay_claim() -> Fixture {
    let mut cast = settled().await;
    cast.scene.world.send(&World::fix_settlement(&cast.scene.market), &[]).await.ok();
    let build = World::pay_claim(&cast.scene.trader.margin, &cast.scene.market);
    fixture(cast, &build, &[], &[("margin", Kind::Margin), ("market", Kind::Market)], &[])
}
