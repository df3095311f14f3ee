use plimsoll_tests::{
    Keypair, PlimsollError, Signer, World,
    events::OrderPlaced,
    scenes::{POSITION, Scene},
    world::{DOLLAR, USD},
};

/// Half a per mille of $10,000, the ratio rounded up, and the execution fee of a cent.
const FEE: u64 = 5_010_001;

#[tokio::test]
async fn the_fee_leaves_cash_and_waits_outside_equity() {
    let mut scene = Scene::open().await;
    let done = scene.order(POSITION, 201_000).await.ok();
    let (account, market, placed_at) = (scene.trader.margin, scene.market.address, scene.world.chain.now());
    let event = OrderPlaced {
        account,
        market,
        sequence: 1,
        lots: POSITION,
        limit: 201_000,
        reduce_only: false,
        trigger: 0,
        trigger_above: false,
        fee: FEE,
        placed_at,
    };
    assert_eq!(done.event::<OrderPlaced>(), event);
    assert_eq!(scene.cash(&scene.trader), 1_000 * USD - FEE);
    let slot = scene.world.margin(&scene.trader).orders[0];
    assert_eq!((slot.market, slot.order.lots.0, slot.order.fee.0), (market, POSITION, FEE));
    assert_eq!(scene.treasury(), 10_000_000 * USD, "nothing moved yet");
}

#[tokio::test]
async fn an_order_of_nothing_or_without_limit_is_refused() {
    let mut scene = Scene::open().await;
    scene.order(0, 201_000).await.fails(PlimsollError::ZeroAmount);
    scene.order(1_000, 0).await.fails(PlimsollError::ZeroAmount);
}

#[tokio::test]
async fn sizes_and_limits_that_cannot_be_are_refused() {
    let mut scene = Scene::open().await;
    for lots in [500_000_001, -500_000_001, i64::MAX, i64::MIN, i64::MIN + 1] {
        scene.order(lots, 201_000).await.fails(PlimsollError::PositionCapExceeded);
    }
    scene.order(POSITION, u64::MAX).await.fails(PlimsollError::Overflow);
}

#[tokio::test]
async fn the_fee_must_be_there() {
    let mut scene = Scene::open().await;
    let poor = scene.world.trader(FEE - 1).await;
    let order = World::order(&poor, &scene.market, POSITION, 201_000);
    scene.world.send(&order, &[&poor.key]).await.fails(PlimsollError::InsufficientCash);
    let exact = scene.world.trader(FEE).await;
    let order = World::order(&exact, &scene.market, POSITION, 201_000);
    scene.world.send(&order, &[&exact.key]).await.ok();
}

#[tokio::test]
async fn only_the_owner_may_while_no_delegate_is_set() {
    let mut scene = Scene::open().await;
    let stranger = Keypair::new();
    let mut order = World::order(&scene.trader, &scene.market, POSITION, 201_000);
    order.authority = stranger.pubkey();
    scene.world.send(&order, &[&stranger]).await.fails(PlimsollError::NotAuthorised);
}

#[tokio::test]
async fn eight_orders_wait_and_the_ninth_is_refused_until_one_ends() {
    let mut scene = Scene::open().await;
    for _ in 0..8 {
        scene.order(1_000, 201_000).await.ok();
    }
    scene.order(1_000, 201_000).await.fails(PlimsollError::NoFreeOrder);
    scene.world.send(&World::cancel(&scene.trader, &scene.market, 3), &[&scene.trader.key]).await.ok();
    scene.order(1_000, 202_000).await.ok();
    assert_eq!(scene.world.margin(&scene.trader).orders[3].order.sequence, 9);
}

#[tokio::test]
async fn a_stale_price_takes_no_orders() {
    let mut scene = Scene::open().await;
    scene.renew().await;
    scene.world.chain.advance(16, 30).await;
    scene.order(POSITION, 201_000).await.fails(PlimsollError::PriceTooOld);
}

#[tokio::test]
async fn below_a_thousand_ticks_risk_can_only_shrink() {
    let mut scene = Scene::open().await;
    scene.world.price(&scene.market, DOLLAR / 2).await.ok();
    scene.order(POSITION, 201_000).await.fails(PlimsollError::MarketNotOpen);
    let mut order = World::order(&scene.trader, &scene.market, POSITION, 201_000);
    order.reduce_only = true;
    scene.world.send(&order, &[&scene.trader.key]).await.ok();
}

#[tokio::test]
async fn a_flagged_account_may_reduce_but_not_add() {
    let mut scene = Scene::flagged().await;
    scene.order(1_000, 201_000).await.fails(PlimsollError::AccountFlagged);
    scene.order(-2 * POSITION - 1, 1).await.fails(PlimsollError::AccountFlagged);
    scene.order(-1_000, 1).await.ok();
    let done = scene.world.settle_order(&scene.trader, &scene.market).await.ok();
    assert_eq!(done.event::<plimsoll_tests::events::OrderExecuted>().lots, -1_000);
}

#[tokio::test]
async fn a_flagged_account_cannot_buy_with_an_order_placed_before() {
    let mut scene = Scene::long().await;
    scene.order(1_000, 400_000).await.ok();
    scene.price(182).await;
    scene.flag().await.ok();
    let done = scene.world.settle_order(&scene.trader, &scene.market).await.ok();
    let failed = done.event::<plimsoll_tests::events::OrderFailed>();
    assert_eq!(failed.error, PlimsollError::AccountFlagged.code());
}

#[tokio::test]
async fn g_12_a_fee_leaves_the_initial_margin_of_what_is_open() {
    // Given a long with about $986 of equity, which needs about $227,
    let mut scene = Scene::long().await;
    let mut order = World::order(&scene.trader, &scene.market, -9_000_000, 1);
    order.reduce_only = true;
    // then no order may take $900 of it as its fee, whatever it says of itself,
    scene.world.send(&order, &[&scene.trader.key]).await.fails(PlimsollError::BelowInitialMargin);
    // while one that does no more than close the position is taken below initial margin, once.
    scene.price(183).await;
    let close = World::order(&scene.trader, &scene.market, -50_000, 1);
    scene.world.send(&close, &[&scene.trader.key]).await.ok();
    scene.world.send(&close, &[&scene.trader.key]).await.fails(PlimsollError::BelowInitialMargin);
}
