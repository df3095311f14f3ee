//! Two sources of price: what they need each other for.

use plimsoll_tests::{
    Address, PlimsollError, World,
    cookies::MarketCookie,
    engine::market::status,
    events::{
        AgreementChanged, Flagged, Liquidated, OrderExecuted, PriceRefreshed, SecondPriceRefreshed, SettlementStarted,
        WindingCancelled, WindingSeen,
    },
    instructions::{Build, RefreshMarket, RefreshMarkets},
    oracle::Quote,
    parameters,
    scenes::{POSITION, Scene},
    world::{DOLLAR, USD},
};

/// A market of two sources at $200 in which the trader is long 50 units with $1,000.
async fn two() -> (Scene, MarketCookie) {
    let mut scene = Scene::open().await;
    let market = scene.world.create_market_of_two(parameters::sol()).await;
    scene.world.prices(&market, 200 * DOLLAR, 200 * DOLLAR).await.ok();
    scene.world.provider(&market, 10_000_000 * USD).await;
    let order = World::order(&scene.trader, &market, POSITION, 300_000);
    scene.world.send(&order, &[&scene.trader.key]).await.ok();
    scene.world.chain.advance(2, 5).await;
    scene.world.prices(&market, 200 * DOLLAR, 200 * DOLLAR).await.ok();
    let execute = scene.world.execute(&scene.trader, &market, 0);
    scene.world.send(&execute, &[]).await.ok().event::<OrderExecuted>();
    (scene, market)
}

fn flag(scene: &Scene, market: &MarketCookie) -> impl Build + use<> {
    scene.world.flag(&scene.trader.margin, market, &scene.keeper)
}

fn only(market: &MarketCookie, first: bool, second: bool) -> RefreshMarket {
    let plan = World::refresh(market);
    RefreshMarket { oracle: plan.oracle.filter(|_| first), second: plan.second.filter(|_| second), ..plan }
}

#[tokio::test]
async fn both_are_taken_together_or_each_by_itself() {
    let (mut scene, market) = two().await;
    let outcome = scene.world.prices(&market, 201 * DOLLAR, 200 * DOLLAR).await.ok();
    assert_eq!(
        (outcome.event::<PriceRefreshed>().price, outcome.event::<SecondPriceRefreshed>().price),
        (201_000, 200_000)
    );
    let core = scene.world.market(&market).core;
    assert_eq!((core.watch.agreed.0, core.watch.agreed_at), (201_000, scene.world.chain.now()));
    // One that has nothing new keeps the other from nothing,
    scene.world.chain.advance(1, 2).await;
    let newer = Quote::at(market.feed, 202 * DOLLAR, scene.world.chain.now());
    scene.world.publish_second(&market, &newer);
    let outcome = scene.world.send(&World::refresh(&market), &[]).await.ok();
    assert_eq!(outcome.events::<PriceRefreshed>().len() + outcome.events::<SecondPriceRefreshed>().len(), 1);
    // but two that have nothing new are nothing, and so are none.
    scene.world.send(&World::refresh(&market), &[]).await.fails(PlimsollError::PriceNotNewer);
    scene.world.send(&only(&market, false, false), &[]).await.fails(PlimsollError::NoSourceGiven);
    scene.world.publish(&market, &newer);
    scene.world.send(&only(&market, true, false), &[]).await.ok();
    // A fault of one is none of "nothing new": it is named.
    scene.world.chain.advance(1, 2).await;
    let quote = Quote::at(market.feed, 202 * DOLLAR, scene.world.chain.now());
    scene.world.publish(&market, &quote);
    scene.world.publish_second(&market, &Quote { full: false, ..quote });
    scene.world.send(&World::refresh(&market), &[]).await.fails(PlimsollError::OracleNotTrading);
}

#[tokio::test]
async fn a_disagreement_takes_no_risk_and_liquidates_only_who_is_under_maintenance_at_both() {
    let (mut scene, market) = two().await;
    // Given a print of one venue at which the trader would be liquidated, and another that says otherwise,
    let outcome = scene.world.prices(&market, 150 * DOLLAR, 200 * DOLLAR).await.ok();
    let since = outcome.event::<AgreementChanged>();
    assert_eq!((since.first, since.second, since.disagreed_since), (150_000, 200_000, scene.world.chain.now()));
    // then nobody is flagged, no risk is taken and nothing leaves.
    scene.world.send(&flag(&scene, &market), &[]).await.fails(PlimsollError::NotLiquidatable);
    let order = World::order(&scene.trader, &market, 1_000, 300_000);
    scene.world.send(&order, &[&scene.trader.key]).await.fails(PlimsollError::MarketNotOpen);
    let withdraw = scene.world.withdraw(&scene.trader, USD);
    scene.world.send(&withdraw, &[&scene.trader.key]).await.fails(PlimsollError::PricesDisagree);
    // The same the other way round,
    scene.world.prices(&market, 200 * DOLLAR, 150 * DOLLAR).await.ok();
    scene.world.send(&flag(&scene, &market), &[]).await.fails(PlimsollError::NotLiquidatable);
    // and when both are below, although they disagree, the account is closed at the one that favours it.
    scene.world.prices(&market, 181 * DOLLAR, 175 * DOLLAR).await.ok();
    scene.world.send(&flag(&scene, &market), &[]).await.ok().event::<Flagged>();
    scene.world.prices(&market, 175 * DOLLAR, 181 * DOLLAR).await.ok();
    let liquidate = scene.world.liquidate(&scene.trader.margin, &market, &scene.keeper);
    assert_eq!(scene.world.send(&liquidate, &[]).await.ok().event::<Liquidated>().price, 181_000);
}

#[tokio::test]
async fn one_source_alone_takes_no_risk_and_favours_the_holder() {
    let (mut scene, market) = two().await;
    scene.world.chain.advance(16, 40).await;
    let quote = Quote::at(market.feed, 182 * DOLLAR, scene.world.chain.now());
    scene.world.publish(&market, &quote);
    scene.world.send(&only(&market, true, false), &[]).await.ok();
    // Under maintenance by less than the band: not flagged; by more: flagged.
    scene.world.send(&flag(&scene, &market), &[]).await.fails(PlimsollError::NotLiquidatable);
    let order = World::order(&scene.trader, &market, 1_000, 300_000);
    scene.world.send(&order, &[&scene.trader.key]).await.fails(PlimsollError::PriceTooOld);
    scene.world.chain.advance(1, 2).await;
    let quote = Quote::at(market.feed, 180 * DOLLAR, scene.world.chain.now());
    scene.world.publish(&market, &quote);
    scene.world.send(&only(&market, true, false), &[]).await.ok();
    scene.world.send(&flag(&scene, &market), &[]).await.ok().event::<Flagged>();
}

#[tokio::test]
async fn a_market_whose_sources_fall_silent_settles_at_the_last_price_on_which_they_agreed() {
    let (mut scene, market) = two().await;
    let look = World::wind_down(&market);
    scene.world.send(&look, &[]).await.fails(PlimsollError::SettlementNotNeeded);
    scene.world.chain.advance(604_801, 2_000_000).await;
    let seen = scene.world.send(&look, &[]).await.ok().event::<WindingSeen>();
    assert_eq!((seen.reason, seen.agreed), (2, 200_000));
    scene.world.chain.advance(3_599, 9_000).await;
    scene.world.send(&look, &[]).await.fails(PlimsollError::SettlementTooEarly);
    scene.world.chain.advance(1, 2).await;
    let started = scene.world.send(&look, &[]).await.ok().event::<SettlementStarted>();
    assert_eq!((started.price, started.open), (200_000, 1));
    assert_eq!(scene.world.market(&market).core.status, status::SETTLING);
    // Its holder is settled at that price and leaves with everything but fees.
    let settle = scene.world.settle_position(&scene.trader.margin, &market);
    scene.world.send(&settle, &[]).await.ok();
    let all = scene.cash(&scene.trader);
    assert!(all > 990 * USD);
    let withdraw = scene.world.withdraw(&scene.trader, all);
    scene.world.send(&withdraw, &[&scene.trader.key]).await.ok();
}

#[tokio::test]
async fn whoever_has_a_price_ends_the_winding_down() {
    let (mut scene, market) = two().await;
    let look = World::wind_down(&market);
    scene.world.chain.advance(604_801, 2_000_000).await;
    scene.world.send(&look, &[]).await.ok();
    scene.world.prices(&market, 205 * DOLLAR, 205 * DOLLAR).await.ok();
    scene.world.send(&look, &[]).await.ok().event::<WindingCancelled>();
    scene.world.send(&look, &[]).await.fails(PlimsollError::SettlementNotNeeded);
}

#[tokio::test]
async fn many_markets_are_refreshed_at_once() {
    let (mut scene, two) = two().await;
    let (one, now) = (scene.market, scene.world.chain.now() + 1);
    scene.world.chain.advance(1, 2).await;
    for (market, dollars) in [(one, 210), (two, 220)] {
        scene.world.publish(&market, &Quote::at(market.feed, dollars * DOLLAR, now));
    }
    scene.world.publish_second(&two, &Quote::at(two.feed, 219 * DOLLAR, now));
    let all = RefreshMarkets { markets: vec![World::refresh(&one), World::refresh(&two)] };
    let outcome = scene.world.send(&all, &[]).await.ok();
    let prices: Vec<(Address, u64)> = outcome.events::<PriceRefreshed>().iter().map(|e| (e.market, e.price)).collect();
    assert_eq!(prices, [(one.address, 210_000), (two.address, 220_000)]);
    // Nothing new anywhere is refused; something new somewhere is enough.
    scene.world.send(&all, &[]).await.fails(PlimsollError::PriceNotNewer);
    scene.world.chain.advance(1, 2).await;
    scene.world.publish(&two, &Quote::at(two.feed, 221 * DOLLAR, now + 1));
    let outcome = scene.world.send(&all, &[]).await.ok();
    assert_eq!(outcome.event::<PriceRefreshed>().market, two.address);
    // A market with an oracle that is not its own refuses all of them.
    let wrong = RefreshMarket { oracle: Some(one.oracle), second: None, ..World::refresh(&two) };
    let all = RefreshMarkets { markets: vec![World::refresh(&one), wrong] };
    scene.renew().await;
    scene.world.send(&all, &[]).await.fails(PlimsollError::WrongFeed);
    // The same market twice is refreshed once.
    scene.world.chain.advance(1, 2).await;
    scene.world.publish(&one, &Quote::at(one.feed, 211 * DOLLAR, scene.world.chain.now()));
    let twice = RefreshMarkets { markets: vec![World::refresh(&one), World::refresh(&one)] };
    assert_eq!(scene.world.send(&twice, &[]).await.ok().events::<PriceRefreshed>().len(), 1);
    scene.world.send(&RefreshMarkets { markets: vec![] }, &[]).await.fails(PlimsollError::NoSourceGiven);
}

#[tokio::test]
async fn a_second_source_that_is_the_first_confirms_nothing() {
    let mut scene = Scene::open().await;
    let queue = scene.world.chain.new_key();
    let mut market = scene.world.next_market(solana_signer::Signer::pubkey(&queue), false);
    let same = plimsoll_tests::state::OracleSource::new(1, market.oracle_program, market.feed);
    market.second = Some((same, market.oracle));
    let create = scene.world.create_market_with(&market, parameters::sol());
    let instructions = [scene.world.create_queue(&market.queue), create.instruction()];
    let admin = scene.world.exchange.admin.insecure_clone();
    scene.world.run(&instructions, &[&admin, &queue]).await.fails(PlimsollError::OracleMalformed);
}
