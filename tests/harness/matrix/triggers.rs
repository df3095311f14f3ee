//! One good call of each instruction about triggers, protection and views.

use plimsoll_client::instructions::SetProtection;

use super::{
    arguments::Shape,
    cast::{Cast, Kind},
    fixtures::{AMOUNT, Fixture, fixture, with_two_legs},
};
use crate::{World, orders::ONE};

pub(super) async fn fire() -> Fixture {
    let mut cast = Cast::assemble().await;
    cast.scene.trade(10_000).await.ok();
    let stop = cast.scene.world.stop(&cast.scene.trader, &cast.scene.market, -10_000, 195_000, false);
    cast.scene.world.send(&stop, &[&cast.scene.trader.key]).await.ok();
    cast.scene.world.chain.advance(1, 2).await;
    cast.publish(194);
    let build = World::fire(&cast.scene.trader, &cast.scene.market, 0, &cast.scene.keeper);
    let slots =
        [("margin", Kind::Margin), ("market", Kind::Market), ("oracle", Kind::Oracle), ("keeper", Kind::Margin)];
    fixture(cast, &build, &[], &slots, &[("place", Shape::Unsigned(1))])
}

/// The trader has a leg in the second market only, whose price and that of the first are fresh.
pub(super) async fn open_at_risk() -> Fixture {
    let mut cast = Cast::assemble().await;
    let second = cast.second;
    cast.scene.renew_market(&second).await;
    cast.scene.world.trade(&cast.scene.trader, &second, 10_000).await.ok();
    cast.scene.price(200).await;
    let build = cast.scene.world.open_at_risk(&cast.scene.trader, &cast.scene.market, 50_000_000, 190_000);
    let key = cast.scene.trader.key.insecure_clone();
    let slots =
        [("authority", Kind::Person), ("margin", Kind::Margin), ("market", Kind::Market), ("leg 2", Kind::Market)];
    let arguments = [("risk", AMOUNT), ("stop", AMOUNT), ("limit", AMOUNT), ("stop_limit", AMOUNT)];
    fixture(cast, &build, &[&key], &slots, &arguments)
}

pub(super) async fn set_protection() -> Fixture {
    let cast = Cast::assemble().await;
    let build: SetProtection = World::set_protection(&cast.scene.trader, ONE * 3 / 2);
    let key = cast.scene.trader.key.insecure_clone();
    fixture(cast, &build, &[&key], &[("authority", Kind::Person), ("margin", Kind::Margin)], &[("level", AMOUNT)])
}

pub(super) async fn protect() -> Fixture {
    let mut cast = Cast::assemble().await;
    let level = World::set_protection(&cast.scene.trader, ONE * 3 / 2);
    cast.scene.world.send(&level, &[&cast.scene.trader.key]).await.ok();
    // Under maintenance below $185.8 or so.
    with_two_legs(&mut cast, (30_000, 29_000), (186, 186)).await;
    let build = cast.scene.world.protect(&cast.scene.trader, &cast.scene.market, &cast.scene.keeper);
    let slots = [("margin", Kind::Margin), ("market", Kind::Market), ("keeper", Kind::Margin), ("leg 2", Kind::Market)];
    fixture(cast, &build, &[], &slots, &[])
}

pub(super) async fn view_account() -> Fixture {
    let mut cast = Cast::assemble().await;
    with_two_legs(&mut cast, (10_000, 10_000), (195, 205)).await;
    let build = cast.scene.world.view(&cast.scene.trader.margin);
    fixture(cast, &build, &[], &[("margin", Kind::Margin), ("leg 1", Kind::Market), ("leg 2", Kind::Market)], &[])
}

pub(super) async fn view_liquidation_price() -> Fixture {
    let mut cast = Cast::assemble().await;
    with_two_legs(&mut cast, (10_000, 10_000), (195, 205)).await;
    let build = cast.scene.world.liquidation_view(&cast.scene.trader.margin, &cast.scene.market);
    fixture(cast, &build, &[], &[("margin", Kind::Margin), ("market", Kind::Market), ("leg 2", Kind::Market)], &[])
}
