//! Funding on the binary. That its totals are the sums of the positions is checked after every transaction (ledger).

use plimsoll_tests::{
    World,
    cookies::Trader,
    engine::{parameters::Parameters, position::Position},
    events::{FundingAccrued, Marked, OrderExecuted},
    oracle::Quote,
    parameters,
    scenes::{POSITION, Scene},
    world::{DOLLAR, USD},
};

/// A small side, so that a position fills half of it: funding is at its cap of 240 % a day.
fn crowded() -> Parameters {
    let side_cap = 100_000;
    let (funding_slope_ppm, funding_cap_ppm) = (10_000_000, 2_400_000);
    Parameters { side_cap, position_cap: side_cap, funding_slope_ppm, funding_cap_ppm, ..parameters::sol() }
}

/// 240 % a day as a rate per second with 64 fraction bits.
const CAP: u128 = (24u128 << 64) / 864_000;

fn position(scene: &Scene, trader: &Trader) -> Position {
    scene.world.margin(trader).legs[0].position
}

/// Marks an account, and says by how much its cost rose apart from what was paid.
async fn charged(scene: &mut Scene, trader: &Trader) -> i64 {
    let before = position(scene, trader).cost.0;
    let paid = scene.world.send(&scene.world.mark(&trader.margin), &[]).await.ok().event::<Marked>().paid;
    position(scene, trader).cost.0 - before - paid
}

/// Renews the price for so many seconds and adds up what the events say.
async fn wait(scene: &mut Scene, seconds: u64) -> u64 {
    let mut counted = 0;
    for _ in 0..seconds {
        let outcome = scene.world.price(&scene.market, 200 * DOLLAR).await.ok();
        counted += outcome.events::<FundingAccrued>().iter().map(|event| event.seconds).sum::<u64>();
    }
    counted
}

#[tokio::test]
async fn the_crowded_side_pays_the_other_and_the_pool_by_the_second() {
    let mut scene = Scene::with(crowded(), 10_000_000 * USD).await;
    let short = scene.another(1_000 * USD, -20_000).await;
    scene.trade(POSITION).await.ok();
    let long = std::mem::replace(&mut scene.trader, scene.world.trader(0).await);
    // Both are brought up to now.
    scene.renew().await;
    charged(&mut scene, &long).await;
    charged(&mut scene, &short).await;
    let nav = scene.world.market(&scene.market).core.nav().unwrap();

    assert_eq!(wait(&mut scene, 10).await, 10);

    // $200,000 a thousand units, 240 % a day: 5.55.. atoms a second for each lot. A payment rounds up, a receipt down.
    let second = 200_000 * CAP;
    let (up, down) = (second.div_ceil(1 << 32) * 10, (second >> 32) * 10);
    let paid = (50_000 * up).div_ceil(1 << 32) as i64;
    let received = ((20_000 * down) >> 32) as i64;
    assert_eq!((paid, received), (2_777_778, 1_111_111));
    assert_eq!(charged(&mut scene, &long).await, paid);
    assert_eq!(charged(&mut scene, &short).await, -received);
    let gained = scene.world.market(&scene.market).core.nav().unwrap().minus(nav).unwrap();
    assert_eq!(gained.0, paid - received, "the pool is the counterparty of the skew");
}

#[tokio::test]
async fn a_17_a_fill_neither_pays_nor_is_paid_for_the_time_before_it() {
    let mut scene = Scene::with(crowded(), 10_000_000 * USD).await;
    scene.trade(30_000).await.ok();
    wait(&mut scene, 5).await;
    let late = scene.world.trader(1_000 * USD).await;
    let fill = scene.world.trade(&late, &scene.market, 20_000).await.ok();
    // Funding of the time up to the fill was accrued by the refresh before it, at the skew of then.
    assert!(fill.events::<FundingAccrued>().is_empty());
    let side = scene.world.market(&scene.market).core.book.long;
    assert_eq!(position(&scene, &late).indices, side.indices);
    let fill = fill.event::<OrderExecuted>();
    assert_eq!(position(&scene, &late).cost.0, fill.cost);
    assert_eq!(charged(&mut scene, &late).await, 0);
    wait(&mut scene, 1).await;
    // A second at the cap, for 20,000 of the lots.
    assert_eq!(charged(&mut scene, &late).await, 111_112);
}

#[tokio::test]
async fn a_17_what_changes_a_size_accrues_at_the_size_before() {
    let mut scene = Scene::with(crowded(), 10_000_000 * USD).await;
    scene.trade(10_000).await.ok();
    let other = scene.world.trader(1_000 * USD).await;
    scene.world.send(&World::order(&other, &scene.market, 10_000, 300_000), &[&other.key]).await.ok();
    scene.world.chain.advance(3, 6).await;
    let quote = Quote::at(scene.market.feed, 200 * DOLLAR, scene.world.chain.now());
    scene.world.publish(&scene.market, &quote);
    // Nobody refreshes: the fill itself accrues, at the skew before it.
    let before = scene.world.market(&scene.market).core;
    let done = scene.world.send(&scene.world.execute(&other, &scene.market, 0), &[]).await.ok();
    let event = done.event::<FundingAccrued>();
    let now = scene.world.chain.now();
    assert_eq!((event.skew, event.seconds as i64), (10_000, now - before.funding.accrued));
    assert!(event.seconds > 0);
    assert_eq!(scene.world.market(&scene.market).core.funding.accrued, now);
    assert_eq!(position(&scene, &other).indices, scene.world.market(&scene.market).core.book.long.indices);
}

#[tokio::test]
async fn nothing_accrues_at_a_stale_price() {
    let mut scene = Scene::with(crowded(), 10_000_000 * USD).await;
    scene.trade(POSITION).await.ok();
    scene.renew().await;
    let before = scene.world.chain.now();
    scene.world.chain.advance(3_600, 9_000).await;
    let event = scene.world.price(&scene.market, 200 * DOLLAR).await.ok().event::<FundingAccrued>();
    let age = i64::from(crowded().max_price_age_s);
    assert_eq!(event.seconds as i64, age, "the price was {before}'s");
    assert_eq!(scene.world.market(&scene.market).core.funding.accrued, before + 3_601);
}

#[tokio::test]
async fn without_skew_nobody_pays() {
    let mut scene = Scene::with(crowded(), 10_000_000 * USD).await;
    let short = scene.another(1_000 * USD, -20_000).await;
    scene.trade(20_000).await.ok();
    scene.renew().await;
    charged(&mut scene, &short).await;
    assert_eq!(wait(&mut scene, 10).await, 0);
    assert_eq!(charged(&mut scene, &short).await, 0);
}

#[tokio::test]
async fn a_liquidation_collects_the_funding_that_is_owed() {
    let mut scene = Scene::with(crowded(), 10_000_000 * USD).await;
    scene.trade(POSITION).await.ok();
    // Above maintenance at $183, it loses some $0.25 a second by funding alone.
    let margin = scene.trader.margin;
    let mut dollars = 200;
    while scene.flag().await.error() == "NotLiquidatable" {
        dollars -= i64::from(dollars > 183);
        scene.price(dollars).await;
    }
    let owed = scene.world.market(&scene.market).core.book.long.owed.get();
    assert!(owed > 0, "funding that is not charged yet: {owed}");
    scene.price(dollars).await;
    scene.liquidate().await.ok();
    let (core, held) = (&scene.world.market(&scene.market).core, &scene.world.ledger.margins[&margin].legs[0].position);
    assert_eq!(core.book.long.owed.get(), 0);
    assert!(held.lots.is_zero() || held.indices == core.book.long.indices);
}
