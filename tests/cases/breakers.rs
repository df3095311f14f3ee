//! Breakers: each trips and clears, closes new risk while it is set, and no exit. Shares of a side and of the depth.

use plimsoll_tests::{
    Outcome, PlimsollError, World,
    cookies::{MarketCookie, Trader},
    engine::{
        breakers::{CALM, reason},
        parameters::Parameters,
    },
    events::{BreakersChanged, DeficitPaid, OrderExecuted, OrderFailed},
    oracle::Quote,
    parameters::sol,
    scenes::{POSITION, Scene},
    world::{DOLLAR, USD},
};

use crate::draw_insurance::go_bankrupt;

/// A scene with other parameters in which the trader is long the usual position.
async fn long(parameters: Parameters) -> Scene {
    let mut scene = Scene::with(parameters, 10_000_000 * USD).await;
    scene.trade(POSITION).await.ok();
    scene
}

fn tripped(scene: &Scene, market: &MarketCookie) -> u32 {
    scene.world.market(market).core.breakers.tripped
}

fn changed(outcome: &Outcome) -> Option<(u32, u32)> {
    outcome.events::<BreakersChanged>().first().map(|event| (event.before, event.after))
}

/// A price in dollars whose average is another.
async fn price(scene: &mut Scene, dollars: i64, average: i64) -> Outcome {
    scene.world.chain.advance(1, 2).await;
    let quote = Quote::at(scene.market.feed, dollars * DOLLAR, scene.world.chain.now());
    scene.world.publish(&scene.market, &Quote { ema: average * DOLLAR, ..quote });
    scene.world.send(&World::refresh(&scene.market), &[]).await.ok()
}

/// While a breaker is set no risk is taken, and the trader shrinks his position and takes money out.
async fn only_exits_are_open(scene: &mut Scene) {
    scene.renew().await;
    assert_ne!(tripped(scene, &scene.market), 0);
    scene.order(100, 300_000).await.fails(PlimsollError::MarketNotOpen);
    scene.renew().await;
    scene.world.send(&scene.world.withdraw(&scene.trader, USD), &[&scene.trader.key]).await.ok();
    scene.world.send(&scene.world.deposit(&scene.trader, USD), &[&scene.trader.key]).await.ok();
    assert_eq!(scene.trade(-1_000).await.ok().event::<OrderExecuted>().lots, -1_000);
}

/// Two calm looks, as long apart as it takes and a second less before.
async fn clears(scene: &mut Scene, bit: u32) {
    scene.price(200).await;
    let since = scene.world.chain.now();
    scene.world.chain.advance(CALM - 2, 100).await;
    assert_eq!(changed(&scene.world.price(&scene.market, 200 * DOLLAR).await.ok()), None);
    assert_eq!((tripped(scene, &scene.market), scene.world.chain.now()), (bit, since + CALM - 1));
    assert_eq!(changed(&scene.world.price(&scene.market, 200 * DOLLAR).await.ok()), Some((bit, 0)));
    scene.order(100, 300_000).await.ok();
}

#[tokio::test]
async fn a_price_outside_the_band_around_its_average() {
    let mut scene = long(Parameters { ema_band_ppm: 50_000, ..sol() }).await;
    assert_eq!(changed(&price(&mut scene, 209, 200).await), None);
    assert_eq!(changed(&price(&mut scene, 211, 200).await), Some((0, reason::PRICE)));
    // Below the average as above it, and for as long as it is not within three quarters of the band
    assert_eq!(changed(&price(&mut scene, 191, 200).await), None);
    scene.world.chain.advance(CALM, 100).await;
    assert_eq!(changed(&price(&mut scene, 192, 200).await), None);
    only_exits_are_open(&mut scene).await;
    price(&mut scene, 192, 200).await;
    clears(&mut scene, reason::PRICE).await;
}

#[tokio::test]
async fn open_interest_of_a_side_at_its_cap() {
    let lots = POSITION as u64;
    let mut scene = long(Parameters { side_cap: lots, position_cap: lots, ..sol() }).await;
    assert_eq!(changed(&scene.world.price(&scene.market, 200 * DOLLAR).await.ok()), Some((0, reason::OPEN_INTEREST)));
    only_exits_are_open(&mut scene).await;
    // At nine tenths it is not calm yet
    scene.trade(-POSITION / 10 + 1_000).await.ok();
    scene.world.chain.advance(2 * CALM, 300).await;
    scene.renew().await;
    assert_eq!(tripped(&scene, &scene.market), reason::OPEN_INTEREST);
    scene.trade(-100).await.ok();
    clears(&mut scene, reason::OPEN_INTEREST).await;
}

#[tokio::test]
async fn the_skew_at_its_cap_and_an_order_beyond_it() {
    let cap = POSITION as u64 + 1_000;
    let mut scene = long(Parameters { skew_cap: cap, ..sol() }).await;
    let other = scene.world.trader(1_000 * USD).await;
    scene.renew().await;
    let market = scene.market;
    let failed = scene.world.trade(&other, &market, 1_001).await.ok().event::<OrderFailed>();
    assert_eq!(failed.error, PlimsollError::SkewCapExceeded.code());
    scene.world.trade(&other, &market, 1_000).await.ok().event::<OrderExecuted>();
    assert_eq!(changed(&scene.world.price(&market, 200 * DOLLAR).await.ok()), Some((0, reason::SKEW)));
    only_exits_are_open(&mut scene).await;
    scene.trade(-10_000).await.ok();
    clears(&mut scene, reason::SKEW).await;
}

#[tokio::test]
async fn two_sources_that_disagree() {
    let mut scene = Scene::open().await;
    let market = scene.world.create_market_of_two(sol()).await;
    scene.world.prices(&market, 200 * DOLLAR, 200 * DOLLAR).await.ok();
    // One that is missing takes no risk by itself and trips nothing: whoever refreshes one of two after a pause could.
    scene.world.chain.advance(30, 60).await;
    let quote = Quote::at(market.feed, 200 * DOLLAR, scene.world.chain.now());
    scene.world.publish(&market, &quote);
    scene.world.send(&World::refresh(&market), &[]).await.ok();
    assert_eq!(tripped(&scene, &market), 0);
    let outcome = scene.world.prices(&market, 200 * DOLLAR, 202 * DOLLAR).await.ok();
    assert_eq!(changed(&outcome), Some((0, reason::ORACLE)));
    // They agree again, and a minute later still
    assert_eq!(changed(&scene.world.prices(&market, 200 * DOLLAR, 200 * DOLLAR).await.ok()), None);
    let order = World::order(&scene.trader, &market, 1_000, 300_000);
    scene.world.send(&order, &[&scene.trader.key]).await.fails(PlimsollError::MarketNotOpen);
    scene.world.chain.advance(CALM, 100).await;
    let outcome = scene.world.prices(&market, 200 * DOLLAR, 200 * DOLLAR).await.ok();
    assert_eq!(changed(&outcome), Some((reason::ORACLE, 0)));
}

async fn look(scene: &mut Scene) -> Option<(u32, u32)> {
    changed(&scene.world.send(&scene.world.look_insurance(&scene.market), &[]).await.ok())
}

#[tokio::test]
async fn insurance_below_its_target() {
    // Given $1m of insurance and a target that is as much
    let mut scene = long(Parameters { insurance_target: 1_000_000 * USD, ..sol() }).await;
    assert_eq!(look(&mut scene).await, None);
    // When a deficit is drawn, then the market closes with the draw
    go_bankrupt(&mut scene).await;
    let drawn = scene.world.send(&scene.world.draw(&scene.market), &[]).await.ok();
    assert!(drawn.event::<DeficitPaid>().from_shared > 0);
    assert_eq!(changed(&drawn), Some((0, reason::INSURANCE)));
    scene.price(200).await;
    only_exits_are_open(&mut scene).await;
    // And opens when there is a quarter more than the target, for a minute
    let short = 1_250_000 * USD - scene.world.ledger.fund.unwrap().1.money.shared.0;
    scene.world.staker(short - 1_000 * USD).await;
    assert_eq!(look(&mut scene).await, None);
    scene.world.chain.advance(CALM, 100).await;
    assert_eq!(look(&mut scene).await, None);
    scene.world.staker(1_000 * USD).await;
    assert_eq!(look(&mut scene).await, None);
    scene.world.chain.advance(CALM, 100).await;
    assert_eq!(look(&mut scene).await, Some((reason::INSURANCE, 0)));
    scene.renew().await;
    scene.order(100, 300_000).await.ok();
}

#[tokio::test]
async fn liquidations_that_move_the_price() {
    // Given $800,000 that are closed where that moves the price by a percent and more
    let mut scene = long(Parameters { cascade_limit_ppm: 1_500_000, ..sol() }).await;
    let whale = scene.another(100_000 * USD, 4_000_000).await;
    scene.price(170).await;
    scene.world.send(&scene.world.flag(&whale.margin, &scene.market, &scene.keeper), &[]).await.ok();
    scene.renew().await;
    scene.world.send(&scene.world.liquidate(&whale.margin, &scene.market, &scene.keeper), &[]).await.ok();
    assert_eq!(tripped(&scene, &scene.market), 0);
    assert_eq!(changed(&scene.world.price(&scene.market, 170 * DOLLAR).await.ok()), Some((0, reason::CASCADE)));
    scene.world.send(&scene.world.draw(&scene.market), &[]).await.ok();
    clears(&mut scene, reason::CASCADE).await;
}

/// An order of one of many wallets.
async fn buy(scene: &mut Scene, trader: &Trader, lots: i64) -> Outcome {
    scene.renew().await;
    scene.world.trade(trader, &scene.market, lots).await.ok()
}

#[tokio::test]
async fn a_15_neither_one_account_nor_many_wallets_are_the_market() {
    // Given a side of 50 units of which one account may have a tenth, and five units in any case
    let parameters = Parameters {
        side_cap: 50_000,
        position_cap: 50_000,
        position_share_ppm: 100_000,
        position_floor: 5_000,
        ..sol()
    };
    let mut scene = Scene::with(parameters, 10_000_000 * USD).await;
    let mut wallets = Vec::new();
    for _ in 0..11 {
        wallets.push(scene.world.trader(1_000 * USD).await);
    }
    // When one account buys more, it is refused
    let error = |outcome: Outcome| outcome.event::<OrderFailed>().error;
    assert_eq!(error(buy(&mut scene, &wallets[0], 5_001).await), PlimsollError::PositionCapExceeded.code());
    for wallet in &wallets[..9] {
        buy(&mut scene, wallet, 5_000).await.event::<OrderExecuted>();
    }
    // And ten wallets get the side's cap between them and nothing more
    assert_eq!(error(buy(&mut scene, &wallets[0], 1).await), PlimsollError::PositionCapExceeded.code());
    assert_eq!(error(buy(&mut scene, &wallets[9], 5_001).await), PlimsollError::SideCapExceeded.code());
    buy(&mut scene, &wallets[9], 5_000).await.event::<OrderExecuted>();
    scene.renew().await;
    let order = World::order(&wallets[10], &scene.market, 100, 300_000);
    scene.world.send(&order, &[&wallets[10].key]).await.fails(PlimsollError::MarketNotOpen);
    assert_eq!(scene.world.market(&scene.market).core.book.long.lots.0, 50_000);
    assert_eq!(tripped(&scene, &scene.market), reason::OPEN_INTEREST);
    scene.world.trade(&wallets[0], &scene.market, -5_000).await.ok().event::<OrderExecuted>();
}

#[tokio::test]
async fn a_venue_fill_and_the_depth_have_the_same_caps() {
    let parameters = Parameters { depth_share_ppm: 1_000, position_share_ppm: 500_000, position_floor: 1_000, ..sol() };
    let mut scene = Scene::with(parameters, 10_000_000 * USD).await;
    let other = scene.world.trader(1_000 * USD).await;
    scene.renew().await;
    let fill = scene.world.match_at(&scene.trader, &other, &scene.market, 1_001, 200_000).await;
    fill.fails(PlimsollError::PositionCapExceeded);
    scene.world.match_at(&scene.trader, &other, &scene.market, 1_000, 200_000).await.ok();
    // A thousandth of the depth is $20,000: 100 units
    let large = scene.world.trader(10_000 * USD).await;
    let market = scene.market;
    let failed = scene.world.trade(&large, &market, 100_001).await.ok().event::<OrderFailed>();
    assert_eq!(failed.error, PlimsollError::PositionCapExceeded.code());
}
