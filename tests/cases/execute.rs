use plimsoll_tests::{
    Outcome, PlimsollError, World,
    engine::parameters::Parameters,
    events::{OrderExecuted, OrderExpired, OrderFailed},
    instructions::ExecuteOrder,
    oracle::Quote,
    parameters,
    scenes::{POSITION, Scene},
    world::{DOLLAR, USD},
};

const FEE: u64 = 5_010_001;

/// The price of the update at which an order executes, and when it and the one before were published relative to `t + d`.
async fn execute_at(scene: &mut Scene, dollars: i64, publish: i64, previous: i64, later: i64) -> Outcome {
    let order = scene.world.margin(&scene.trader).orders[0].order;
    let due = order.execution_time(&scene.world.market(&scene.market).core.risk).unwrap();
    let now = scene.world.chain.now();
    scene.world.chain.advance(due + publish.max(0) + later - now, 10).await;
    let mut quote = Quote::at(scene.market.feed, dollars * DOLLAR, due + publish);
    quote.previous_publish_time = due + previous;
    scene.world.publish(&scene.market, &quote);
    let execute = scene.world.execute(&scene.trader, &scene.market, 0);
    scene.world.send(&execute, &[]).await
}

#[tokio::test]
async fn a_buy_fills_at_the_oracle_price_with_half_spread_and_impact() {
    let mut scene = Scene::open().await;
    let done = scene.trade(POSITION).await.ok();
    let event = done.event::<OrderExecuted>();
    // 50 units at $200; 0.01 % and half of the 0.02 % confidence; 50^2 x 200 / (2 x 2e8) rounded up.
    assert_eq!((event.lots, event.price, event.spread, event.premium), (POSITION, 200_000, 2_000_001, 1_251));
    assert_eq!((event.cost, event.settled, event.fee), (10_002_001_252, 0, FEE));
    assert_eq!(scene.cash(&scene.trader), 1_000 * USD - FEE);
    assert_eq!(scene.treasury(), 10_000_000 * USD + FEE, "without an executor the whole fee is the pool's");
    let leg = scene.world.margin(&scene.trader).legs[0];
    assert_eq!((leg.market, leg.position.lots.0, leg.position.cost.0), (scene.market.address, POSITION, event.cost));
    assert_eq!(scene.world.market(&scene.market).core.book.long.lots.0, 50_000);
}

#[tokio::test]
async fn open_add_reduce_and_close_settle_to_the_atom() {
    let mut scene = Scene::open().await;
    let mut cost = 0;
    for lots in [POSITION, 10_000, -20_000] {
        cost += scene.trade(lots).await.ok().event::<OrderExecuted>().cost;
    }
    let position = scene.world.margin(&scene.trader).legs[0].position;
    assert_eq!((position.lots.0, position.cost.0), (40_000, cost));
    let cash = scene.cash(&scene.trader) as i64;
    let done = scene.trade(-40_000).await.ok().event::<OrderExecuted>();
    cost += done.cost;
    assert_eq!(done.settled, -cost);
    assert_eq!(scene.cash(&scene.trader) as i64, cash - done.fee as i64 - cost);
    assert!(scene.world.margin(&scene.trader).legs[0].is_free());
}

#[tokio::test]
async fn a_fill_through_zero_closes_and_opens_the_other_side() {
    let mut scene = Scene::long().await;
    let done = scene.trade(-2 * POSITION).await.ok().event::<OrderExecuted>();
    assert!(done.settled < 0, "the spread was lost");
    assert_eq!(scene.world.margin(&scene.trader).legs[0].position.lots.0, -POSITION);
    let book = scene.world.market(&scene.market).core.book;
    assert_eq!((book.long.lots.0, book.short.lots.0), (0, 50_000));
}

#[tokio::test]
async fn who_executes_earns_the_execution_fee() {
    let mut scene = Scene::open().await;
    scene.order(POSITION, 300_000).await.ok();
    scene.world.chain.advance(3, 6).await;
    scene.renew().await;
    let mut quote = Quote::at(scene.market.feed, 200 * DOLLAR, scene.world.chain.now() - 1);
    quote.previous_publish_time -= 1;
    scene.world.publish(&scene.market, &quote);
    let execute =
        ExecuteOrder { executor: Some(scene.keeper.margin), ..scene.world.execute(&scene.trader, &scene.market, 0) };
    scene.world.send(&execute, &[]).await.ok();
    assert_eq!(scene.cash(&scene.keeper), 10_000);
    assert_eq!(scene.treasury(), 10_000_000 * USD + FEE - 10_000);
}

#[tokio::test]
async fn a_05_only_the_one_update_after_the_delay_executes() {
    let refused = [(-1, -2), (0, 0), (1, 0), (1, 1), (5, -1), (60, -1)];
    for (publish, previous) in refused {
        let mut scene = Scene::open().await;
        scene.order(POSITION, 300_000).await.ok();
        // A price for margin as fresh as can be, so that only the update is at fault.
        scene.world.chain.advance(2, 4).await;
        scene.renew().await;
        let publish_late = publish.min(8);
        let outcome = execute_at(&mut scene, 200, publish_late, previous, 0).await;
        assert_eq!(outcome.error(), "WrongUpdate", "published {publish}, the one before {previous}");
        assert_eq!(scene.world.margin(&scene.trader).orders[0].order.fee.0, FEE, "the order waits on");
    }
    for (publish, previous) in [(0, -1), (4, -1), (2, -50)] {
        let mut scene = Scene::open().await;
        scene.order(POSITION, 300_000).await.ok();
        scene.renew().await;
        let done = execute_at(&mut scene, 201, publish, previous, 1).await.ok();
        assert_eq!(done.event::<OrderExecuted>().price, 201_000);
    }
}

#[tokio::test]
async fn a_05_an_update_before_the_delay_has_passed_does_not_execute() {
    let mut scene = Scene::open().await;
    scene.order(POSITION, 300_000).await.ok();
    scene.renew().await;
    let execute = scene.world.execute(&scene.trader, &scene.market, 0);
    scene.world.send(&execute, &[]).await.fails(PlimsollError::WrongUpdate);
}

#[tokio::test]
async fn margin_is_judged_at_a_fresh_market_price_only() {
    let mut scene = Scene::open().await;
    scene.world.chain.advance(14, 20).await;
    scene.order(POSITION, 300_000).await.ok();
    execute_at(&mut scene, 200, 0, -1, 0).await.fails(PlimsollError::PriceTooOld);
    scene.world.send(&World::refresh(&scene.market), &[]).await.ok();
    let execute = scene.world.execute(&scene.trader, &scene.market, 0);
    scene.world.send(&execute, &[]).await.ok();
}

#[tokio::test]
async fn a_limit_that_is_not_met_closes_the_order_and_keeps_the_fee() {
    let mut scene = Scene::open().await;
    // The fill costs $200.040025: one tick under it.
    scene.order(POSITION, 200_040).await.ok();
    let done = scene.world.settle_order(&scene.trader, &scene.market).await.ok();
    let failed = done.event::<OrderFailed>();
    assert_eq!((failed.error, failed.fee), (PlimsollError::LimitNotMet.code(), FEE));
    assert_eq!(scene.cash(&scene.trader), 1_000 * USD - FEE);
    assert_eq!(scene.treasury(), 10_000_000 * USD + FEE);
    scene.order(POSITION, 200_041).await.ok();
    let done = scene.world.settle_order(&scene.trader, &scene.market).await.ok();
    done.event::<OrderExecuted>();
}

async fn fails_for(parameters: Parameters, liquidity: u64, lots: i64, reason: PlimsollError) {
    let mut scene = Scene::with(parameters, liquidity).await;
    let rich = scene.world.trader(1_000_000 * USD).await;
    scene.trader = if reason == PlimsollError::BelowInitialMargin { scene.trader } else { rich };
    let before = (scene.cash(&scene.trader), scene.treasury());
    let done = scene.trade(lots).await.ok();
    let failed = done.event::<OrderFailed>();
    assert_eq!(PlimsollError::from_code(failed.error), Some(reason));
    assert_eq!((scene.cash(&scene.trader) + failed.fee, scene.treasury() - failed.fee), before);
    assert!(scene.world.margin(&scene.trader).orders.iter().all(|slot| slot.order.is_empty()));
}

#[tokio::test]
async fn an_order_that_may_not_fill_closes_and_names_the_reason() {
    let sol = parameters::sol();
    let liquidity = 10_000_000 * USD;
    fails_for(sol, liquidity, 400_000, PlimsollError::BelowInitialMargin).await;
    fails_for(sol, 1_100 * USD, POSITION, PlimsollError::CoverageTooLow).await;
    fails_for(sol, liquidity, 99, PlimsollError::BelowMinimumPosition).await;
    let small = Parameters { position_cap: 40_000, ..sol };
    fails_for(small, liquidity, 40_001, PlimsollError::PositionCapExceeded).await;
}

#[tokio::test]
async fn open_interest_of_a_side_has_a_cap() {
    let capped = Parameters { side_cap: 80_000, position_cap: 80_000, ..parameters::sol() };
    let mut scene = Scene::with(capped, 10_000_000 * USD).await;
    scene.trade(POSITION).await.ok().event::<OrderExecuted>();
    let other = scene.world.trader(1_000 * USD).await;
    let failed = scene.world.trade(&other, &scene.market, 30_001).await.ok().event::<OrderFailed>();
    assert_eq!(failed.error, PlimsollError::SideCapExceeded.code());
    scene.world.trade(&other, &scene.market, 30_000).await.ok().event::<OrderExecuted>();
}

#[tokio::test]
async fn a_reduce_only_order_is_cut_down_to_the_position() {
    let mut scene = Scene::long().await;
    let mut order = World::order(&scene.trader, &scene.market, -3 * POSITION, 1);
    order.reduce_only = true;
    scene.world.send(&order, &[&scene.trader.key]).await.ok();
    let done = scene.world.settle_order(&scene.trader, &scene.market).await.ok();
    assert_eq!(done.event::<OrderExecuted>().lots, -POSITION);
    for lots in [-1_000, 1_000] {
        let order = plimsoll_tests::instructions::PlaceOrder { lots, limit: 150_000, ..order.clone() };
        scene.world.send(&order, &[&scene.trader.key]).await.ok();
        let done = scene.world.settle_order(&scene.trader, &scene.market).await.ok();
        assert_eq!(done.event::<OrderFailed>().error, PlimsollError::ReduceOnly.code());
    }
}

#[tokio::test]
async fn a_remainder_under_the_minimum_position_is_refused() {
    let mut scene = Scene::long().await;
    let failed = scene.trade(-POSITION + 50).await.ok().event::<OrderFailed>();
    assert_eq!(failed.error, PlimsollError::BelowMinimumPosition.code());
}

#[tokio::test]
async fn a_close_whose_loss_exceeds_the_cash_is_refused() {
    let mut scene = Scene::long().await;
    scene.price(180).await;
    let failed = scene.trade(-POSITION).await.ok().event::<OrderFailed>();
    let reason = PlimsollError::from_code(failed.error).unwrap();
    assert_eq!(reason, PlimsollError::LossExceedsCash);
}

#[tokio::test]
async fn an_expired_order_closes_without_a_price_and_keeps_the_fee() {
    let mut scene = Scene::open().await;
    scene.order(POSITION, 300_000).await.ok();
    scene.world.chain.advance(3 + 2 * 4 + 1, 20).await;
    let execute = scene.world.execute(&scene.trader, &scene.market, 0);
    let done = scene.world.send(&execute, &[]).await.ok();
    assert_eq!(done.event::<OrderExpired>().fee, FEE);
    assert_eq!(scene.treasury(), 10_000_000 * USD + FEE);
    scene.world.send(&execute, &[]).await.fails(PlimsollError::NoSuchOrder);
}

#[tokio::test]
async fn a_place_without_an_order_of_this_market_is_refused() {
    let mut scene = Scene::open().await;
    scene.order(POSITION, 300_000).await.ok();
    for place in [1, 7, 8, 255] {
        let execute = scene.world.execute(&scene.trader, &scene.market, place);
        scene.world.send(&execute, &[]).await.fails(PlimsollError::NoSuchOrder);
    }
    let other = scene.world.create_market(parameters::sol()).await;
    let execute = scene.world.execute(&scene.trader, &other, 0);
    scene.world.send(&execute, &[]).await.fails(PlimsollError::NoSuchOrder);
}

#[tokio::test]
async fn a_29_an_order_that_failed_cannot_be_filled_later_at_the_old_price() {
    // Given an order that the account's margin does not carry,
    let mut scene = Scene::open().await;
    scene.order(400_000, 300_000).await.ok();
    let done = scene.world.settle_order(&scene.trader, &scene.market).await.ok();
    assert_eq!(done.event::<OrderFailed>().error, PlimsollError::BelowInitialMargin.code());
    // when the owner deposits after the price has risen and executes at the old update,
    let (mint, owner, tokens) = (scene.world.exchange.mint, scene.trader.owner(), scene.trader.tokens);
    scene.world.chain.put_token(&plimsoll_tests::chain::TOKEN, &tokens, &mint, &owner, 5_000 * USD);
    scene.world.send(&scene.world.deposit(&scene.trader, 5_000 * USD), &[&scene.trader.key]).await.ok();
    // then there is no order any more.
    let execute = scene.world.execute(&scene.trader, &scene.market, 0);
    scene.world.send(&execute, &[]).await.fails(PlimsollError::NoSuchOrder);
}

#[tokio::test]
async fn a_14_initial_margin_is_never_under_maintenance() {
    // The smallest cash with which a position opens leaves it above maintenance.
    let mut scene = Scene::open().await;
    let trader = scene.world.trader(240 * USD).await;
    let outcome = scene.world.trade(&trader, &scene.market, POSITION).await.ok();
    outcome.event::<OrderExecuted>();
    scene.renew().await;
    let flag = scene.world.flag(&trader.margin, &scene.market, &scene.keeper);
    scene.world.send(&flag, &[]).await.fails(PlimsollError::NotLiquidatable);
}

#[tokio::test]
async fn a_02_trading_at_one_price_moves_the_providers_value_by_spread_and_fee_only() {
    // Given trades so large that their premium is far more than their spread,
    let mut scene = Scene::open().await;
    let trader = scene.world.trader(3_000_000 * USD).await;
    let nav = |scene: &Scene| scene.world.market(&scene.market).core.nav().unwrap().0;
    let mut before = nav(&scene);
    let mut premiums = 0;
    for (lots, limit) in [(20_000_000, 300_000), (5_000_000, 300_000), (-25_000_000, 100_000)] {
        let order = World::order(&trader, &scene.market, lots, limit);
        scene.world.send(&order, &[&trader.key]).await.ok();
        let done = scene.world.settle_order(&trader, &scene.market).await.ok().event::<OrderExecuted>();
        // then what the premium brings in is owed until the skew closes: it cannot be redeemed.
        assert_eq!(nav(&scene) - before, done.spread as i64 + done.fee as i64);
        (before, premiums) = (nav(&scene), premiums + done.premium);
    }
    assert_eq!(premiums, 0, "who closes the skew is paid back what building it cost, to the atom");
}
