use plimsoll_tests::{
    Address, Outcome, PlimsollError, World,
    cookies::Trader,
    engine::parameters::Parameters,
    events::{BankruptcyClosed, GoesFirst, Liquidated, OrderCancelled, OrderExecuted, Unflagged},
    instructions::Liquidate,
    parameters,
    scenes::{POSITION, Scene},
    world::USD,
};

async fn flag(scene: &mut Scene, trader: &Trader) -> Outcome {
    scene.world.send(&scene.world.flag(&trader.margin, &scene.market, &scene.keeper), &[]).await
}

async fn liquidate(scene: &mut Scene, trader: &Trader) -> Outcome {
    scene.world.send(&scene.world.liquidate(&trader.margin, &scene.market, &scene.keeper), &[]).await
}

#[tokio::test]
async fn a_partial_close_reaches_the_target_at_the_oracle_price_and_pays_the_keeper() {
    let mut scene = Scene::flagged().await;
    scene.renew().await;
    let treasury = scene.treasury();
    let equity = scene.cash(&scene.trader) as i64 + 50 * 182_000_000 - 10_002_001_252;
    let done = scene.liquidate().await.ok();
    let event = done.event::<Liquidated>();
    assert_eq!((event.price, event.equity_before, event.maintenance_before), (182_000, equity, 113_750_002));
    assert!(event.lots < 0 && -event.lots < POSITION, "part of it: {}", event.lots);
    let notional = -event.lots as u64 * 182_000;
    // 0.6 % less an atom: treasury 0.35 % up, flagger 0.05 % and liquidator 0.1 % down, the rest to insurance.
    let total = event.to_treasury + event.to_flagger + event.to_liquidator + event.to_insurance;
    // Each of the four ratios is rounded up by less than 2^-32.
    assert!((notional * 6 / 1_000 - 1..notional * 6 / 1_000 + 4).contains(&total));
    assert!(event.to_treasury.abs_diff(notional * 35 / 10_000) <= 1);
    assert_eq!((event.to_flagger, event.to_liquidator), (notional * 5 / 10_000, notional / 1_000));
    assert_eq!(scene.cash(&scene.keeper), event.to_flagger + event.to_liquidator);
    let book = scene.world.market(&scene.market).core.book;
    assert_eq!(book.fees.0, event.to_insurance);
    assert_eq!(book.treasury.0 as i64, treasury as i64 + event.to_treasury as i64 - event.settled);
    // It is at 1.1 times maintenance now, by less than one lot.
    let held = scene.world.margin(&scene.trader).legs[0].position;
    let after = scene.cash(&scene.trader) as i64 + held.lots.0 * 182_000 - held.cost.0;
    let target = |lots: i64| (lots * 182_000) as f64 * 0.0125 * 1.1;
    assert!(after as f64 >= target(held.lots.0) - 3.0, "{after}");
    assert!((after as f64) < target(held.lots.0 + 1) + 182_000.0 * 0.006, "not a lot more than needed");
    done.event::<Unflagged>();
    assert_eq!(scene.world.ledger.queues[&scene.market.queue].queue.count, 0);
}

#[tokio::test]
async fn within_one_charge_of_bankruptcy_all_of_it_goes() {
    let mut scene = Scene::long().await;
    scene.price(181).await;
    scene.flag().await.ok();
    scene.renew().await;
    let event = scene.liquidate().await.ok().event::<Liquidated>();
    assert_eq!(event.lots, -POSITION);
    let total = event.to_treasury + event.to_flagger + event.to_liquidator + event.to_insurance;
    assert_eq!(total as i64, event.equity_before, "the charge is what was left");
    assert_eq!(scene.cash(&scene.trader), 0);
    assert!(event.to_treasury >= 50 * 181_000 * 35 / 10, "the treasury is paid first");
    assert!(scene.world.margin(&scene.trader).legs[0].is_free());
}

#[tokio::test]
async fn a_bankrupt_account_leaves_a_deficit_to_the_atom_and_pays_nobody() {
    let mut scene = Scene::flagged().await;
    scene.price(170).await;
    let (cash, treasury) = (scene.cash(&scene.trader), scene.treasury());
    let done = scene.liquidate().await.ok();
    let event = done.event::<BankruptcyClosed>();
    let loss = 10_002_001_252 - 50 * 170_000_000;
    assert_eq!((event.lots, event.settled, event.deficit, event.claim), (-POSITION, -(cash as i64), loss - cash, 0));
    let book = scene.world.market(&scene.market).core.book;
    assert_eq!((book.deficit.0, book.treasury.0), (loss - cash, treasury + cash));
    assert_eq!((scene.cash(&scene.trader), scene.cash(&scene.keeper)), (0, 0));
}

#[tokio::test]
async fn not_in_the_slot_of_the_flag() {
    let mut scene = Scene::long().await;
    scene.price(182).await;
    scene.flag().await.ok();
    scene.liquidate().await.fails(PlimsollError::FlaggedThisSlot);
}

#[tokio::test]
async fn not_at_the_price_of_the_flag() {
    let mut scene = Scene::flagged().await;
    scene.world.chain.advance(1, 2).await;
    scene.liquidate().await.fails(PlimsollError::PriceNotNewerThanFlag);
    scene.renew().await;
    scene.liquidate().await.ok().event::<Liquidated>();
}

#[tokio::test]
async fn a_32_refreshing_every_slot_does_not_keep_an_entry_young() {
    let mut scene = Scene::flagged().await;
    for _ in 0..5 {
        scene.renew().await;
        scene.flag().await.ok();
    }
    scene.liquidate().await.ok().event::<Liquidated>();
}

#[tokio::test]
async fn an_account_that_recovered_is_let_go_without_charge() {
    let mut scene = Scene::flagged().await;
    scene.price(190).await;
    let cash = scene.cash(&scene.trader);
    let done = scene.liquidate().await.ok();
    done.event::<Unflagged>();
    assert!(done.events::<Liquidated>().is_empty());
    assert_eq!((scene.cash(&scene.trader), scene.cash(&scene.keeper)), (cash, 0));
    scene.liquidate().await.fails(PlimsollError::NotQueued);
}

#[tokio::test]
async fn an_account_that_nobody_flagged_is_not_liquidated() {
    let mut scene = Scene::long().await;
    scene.price(182).await;
    scene.liquidate().await.fails(PlimsollError::NotQueued);
}

#[tokio::test]
async fn an_entry_past_its_time_to_live_is_no_licence() {
    let mut scene = Scene::flagged().await;
    scene.world.chain.advance(61, 120).await;
    scene.price(182).await;
    scene.liquidate().await.fails(PlimsollError::EntryExpired);
}

#[tokio::test]
async fn the_flagger_named_in_the_entry_is_paid_and_no_other() {
    let mut scene = Scene::flagged().await;
    scene.renew().await;
    let other = scene.world.trader(0).await;
    let plan = scene.world.liquidate(&scene.trader.margin, &scene.market, &scene.keeper);
    let wrong = Liquidate { flagger: other.margin, ..plan.clone() };
    scene.world.send(&wrong, &[]).await.fails(PlimsollError::WrongFlagger);
    let both = Liquidate { liquidator: other.margin, ..plan };
    let event = scene.world.send(&both, &[]).await.ok().event::<Liquidated>();
    assert_eq!((scene.cash(&scene.keeper), scene.cash(&other)), (event.to_flagger, event.to_liquidator));
}

#[tokio::test]
async fn a_19_an_account_does_not_pay_itself() {
    let mut scene = Scene::flagged().await;
    scene.renew().await;
    let plan = scene.world.liquidate(&scene.trader.margin, &scene.market, &scene.keeper);
    let own = Liquidate { liquidator: scene.trader.margin, ..plan };
    let outcome = scene.world.send(&own, &[]).await;
    assert!(outcome.result.is_err(), "the liquidated account is held by the instruction");
    // Not even with a second account does anyone gain: flagger and liquidator get less than was charged.
    let event = scene.liquidate().await.ok().event::<Liquidated>();
    assert!(event.to_flagger + event.to_liquidator < event.to_treasury);
}

/// Two more traders with the same leverage as the usual one, of these sizes in thousandths of it.
async fn with_two(first: u64, second: u64) -> (Scene, Trader, Trader) {
    let mut scene = Scene::long().await;
    let a = scene.another(first * USD, 50 * first as i64).await;
    let b = scene.another(second * USD, 50 * second as i64).await;
    scene.price(181).await;
    flag(&mut scene, &a).await.ok();
    flag(&mut scene, &b).await.ok();
    scene.renew().await;
    (scene, a, b)
}

#[tokio::test]
async fn the_worst_goes_first_and_the_refusal_names_it() {
    let (mut scene, small, large) = with_two(1_000, 3_000).await;
    let refused = liquidate(&mut scene, &small).await;
    let ahead = refused.event::<GoesFirst>();
    refused.fails(PlimsollError::NotWorstFirst);
    let key = scene.world.ledger.queues[&scene.market.queue].queue.get(1).unwrap().key.0;
    assert_eq!(ahead, GoesFirst { account: large.margin, key });
    liquidate(&mut scene, &large).await.ok().event::<Liquidated>();
    liquidate(&mut scene, &small).await.ok().event::<Liquidated>();
}

#[tokio::test]
async fn four_fifths_of_the_largest_key_is_near_enough_and_less_is_not() {
    let (mut scene, small, _) = with_two(850, 1_000).await;
    liquidate(&mut scene, &small).await.ok().event::<Liquidated>();
    let (mut scene, small, _) = with_two(750, 1_000).await;
    liquidate(&mut scene, &small).await.fails(PlimsollError::NotWorstFirst);
}

#[tokio::test]
async fn an_entry_that_expired_holds_nobody_back() {
    let (mut scene, small, _) = with_two(1_000, 3_000).await;
    for _ in 0..6 {
        scene.world.chain.advance(10, 20).await;
        scene.renew().await;
        flag(&mut scene, &small).await.ok();
    }
    liquidate(&mut scene, &small).await.ok().event::<Liquidated>();
}

#[tokio::test]
async fn a_06_an_entry_of_this_slot_holds_nobody_back() {
    let mut scene = Scene::long().await;
    let large = scene.another(3_000 * USD, 3 * POSITION).await;
    scene.price(181).await;
    scene.flag().await.ok();
    scene.renew().await;
    flag(&mut scene, &large).await.ok();
    scene.liquidate().await.ok().event::<Liquidated>();
}

#[tokio::test]
async fn a_fresh_key_decides_not_the_recorded_one() {
    // The small account's recorded key is old and low; at the present price it is worst.
    let (mut scene, small, large) = with_two(1_000, 1_200).await;
    // The large one is helped by a deposit but its recorded key stays: it still goes first until somebody refreshes it.
    let (mint, tokens, owner) = (scene.world.exchange.mint, large.tokens, large.owner());
    scene.world.chain.put_token(&plimsoll_tests::chain::TOKEN, &tokens, &mint, &owner, 1_000 * USD);
    scene.world.send(&scene.world.deposit(&large, 1_000 * USD), &[&large.key]).await.ok();
    flag(&mut scene, &large).await.ok().event::<Unflagged>();
    liquidate(&mut scene, &small).await.ok().event::<Liquidated>();
}

#[tokio::test]
async fn without_capacity_only_the_urgent_go() {
    let tight = Parameters { throttle_capacity: 2_000 * USD, throttle_refill: 1, ..parameters::sol() };
    let mut scene = Scene::with(tight, 10_000_000 * USD).await;
    scene.trade(POSITION).await.ok();
    scene.price(182).await;
    scene.flag().await.ok();
    scene.renew().await;
    let event = scene.liquidate().await.ok().event::<Liquidated>();
    assert_eq!(event.lots, -2_000_000_000 / 182_000, "what the capacity takes");
    scene.renew().await;
    scene.liquidate().await.fails(PlimsollError::NoCapacity);
    scene.price(181).await;
    scene.flag().await.ok();
    scene.renew().await;
    let event = scene.liquidate().await.ok().event::<Liquidated>();
    assert_eq!(scene.world.margin(&scene.trader).legs[0].position.lots.0, 0, "{event:?}");
}

/// A trade so large that its limit must be near the price.
async fn trade_within(scene: &mut Scene, trader: &Trader, lots: i64, limit: u64) {
    scene.world.send(&World::order(trader, &scene.market, lots, limit), &[&trader.key]).await.ok();
    scene.world.settle_order(trader, &scene.market).await.ok().event::<OrderExecuted>();
}

#[tokio::test]
async fn a_03_a_sandwich_does_not_move_the_victims_price() {
    // Given a victim and an attacker who sells first,
    let mut scene = Scene::long().await;
    scene.price(182).await;
    let attacker = scene.world.trader(2_000_000 * USD).await;
    let start = scene.cash(&attacker) as i64;
    trade_within(&mut scene, &attacker, -20_000_000, 100_000).await;
    scene.renew().await;
    scene.flag().await.ok();
    scene.renew().await;
    // when the victim is liquidated into that skew,
    let event = scene.liquidate().await.ok().event::<Liquidated>();
    // then it is closed at the oracle price, and the attacker's round trip cost it fees.
    assert_eq!(event.price, 182_000);
    trade_within(&mut scene, &attacker, 20_000_000, 300_000).await;
    assert!((scene.cash(&attacker) as i64) < start);
}

/// The usual long, all of whose cash beyond initial margin is in the fee of one oversized order; returns the fee.
async fn with_cash_in_a_fee() -> (Scene, u64) {
    let mut scene = Scene::long().await;
    let mut order = World::order(&scene.trader, &scene.market, -7_000_000, 1);
    order.reduce_only = true;
    scene.world.send(&order, &[&scene.trader.key]).await.ok();
    let fee = scene.world.margin(&scene.trader).orders[0].order.fee.0;
    assert!(fee > 650 * USD && scene.cash(&scene.trader) < 350 * USD);
    (scene, fee)
}

#[tokio::test]
async fn g_1_cash_in_an_orders_fee_makes_nobody_bankrupt() {
    // Given an account that would be bankrupt without the fee of its order and is healthy with it,
    let (mut scene, _) = with_cash_in_a_fee().await;
    scene.price(190).await;
    assert!(scene.cash(&scene.trader) < 500 * USD, "the loss is larger than the cash");
    // then nobody can flag it.
    scene.flag().await.fails(PlimsollError::NotLiquidatable);
}

#[tokio::test]
async fn g_1_orders_end_when_their_fees_are_needed_and_no_deficit_is_left() {
    // Given an account that is under maintenance even with the fee of its order,
    let (mut scene, fee) = with_cash_in_a_fee().await;
    scene.price(182).await;
    scene.flag().await.ok();
    scene.renew().await;
    // when it is liquidated, then the order ends, its fee is cash again, and there is no deficit.
    let done = scene.liquidate().await.ok();
    assert_eq!(done.event::<OrderCancelled>().fee, fee);
    assert!(done.events::<BankruptcyClosed>().is_empty());
    done.event::<Liquidated>();
    assert_eq!(scene.world.market(&scene.market).core.book.deficit.0, 0);
    let cancel = World::cancel(&scene.trader, &scene.market, 0);
    scene.world.send(&cancel, &[&scene.trader.key]).await.fails(PlimsollError::NoSuchOrder);
}

#[tokio::test]
async fn g_1_the_fee_of_a_bankrupts_order_pays_its_loss() {
    let (mut scene, fee) = with_cash_in_a_fee().await;
    let all = scene.cash(&scene.trader) + fee;
    scene.price(170).await;
    scene.flag().await.ok();
    scene.renew().await;
    let event = scene.liquidate().await.ok().event::<BankruptcyClosed>();
    assert_eq!(event.settled, -(all as i64));
    assert_eq!(event.deficit, 10_002_001_252 - 50 * 170_000_000 - all);
    assert_eq!(scene.world.margin(&scene.trader).escrow().unwrap().0, 0);
}

#[tokio::test]
async fn shorts_are_liquidated_too() {
    let mut scene = Scene::open().await;
    scene.trade(-POSITION).await.ok();
    scene.price(218).await;
    scene.flag().await.ok();
    scene.renew().await;
    let event = scene.liquidate().await.ok().event::<Liquidated>();
    assert!(event.lots > 0 && event.price == 218_000);
    assert_eq!(scene.world.margin(&scene.trader).legs[0].position.lots.0, event.lots - POSITION);
}

#[tokio::test]
async fn a_24_a_margin_account_of_nobody_is_not_paid() {
    let mut scene = Scene::flagged().await;
    scene.renew().await;
    let plan = scene.world.liquidate(&scene.trader.margin, &scene.market, &scene.keeper);
    for liquidator in [Address::new_unique(), scene.market.address, scene.world.exchange.vault, scene.market.queue] {
        let outcome = scene.world.send(&Liquidate { liquidator, ..plan.clone() }, &[]).await;
        assert!(outcome.result.is_err());
    }
}
