//! Deleveraging on the binary. That no position ends up with more than its side has is checked after every transaction.

use plimsoll_tests::{
    Outcome, PlimsollError, World,
    engine::indices::ADL_ONE,
    events::{Deleveraged, DeleveragingCancelled, DeleveragingSeen, FundingAccrued, Marked},
    oracle::Quote,
    parameters,
    scenes::{POSITION, Scene},
    settling::{Insolvent, RUIN},
    world::{DOLLAR, USD},
};

async fn deleverage(scene: &mut Scene) -> Outcome {
    scene.world.send(&World::deleverage(&scene.market), &[]).await
}

#[tokio::test]
async fn the_second_look_at_a_newer_price_reduces_the_heavier_side_pro_rata() {
    // Given longs of 150 units against 50 short, whose profit net asset value does not cover,
    let mut ruin = Insolvent::ruined().await;
    let market = ruin.scene.market.address;
    let seen = ruin.deleverage().await.ok().event::<DeleveragingSeen>();
    let publish_time = ruin.scene.world.chain.now();
    assert_eq!(seen, DeleveragingSeen { market, long: true, price: 320_000, publish_time });
    // when anyone looks again, then the same price is not enough and a newer one is.
    ruin.deleverage().await.fails(PlimsollError::PriceNotNewer);
    ruin.scene.price(321).await;
    let (treasury, vault) = (ruin.scene.treasury(), ruin.scene.world.ledger.vault);
    let done = ruin.deleverage().await.ok().event::<Deleveraged>();
    // Then longs keep what the shorts hold, at the price of the two that is worse for them,
    assert_eq!((done.market, done.long, done.price, done.new_epoch), (market, true, 320_000, false));
    assert_eq!((done.lots_before, done.fraction_before, done.lots_after), (150_000, 0, 50_000));
    assert_eq!(done.factor, ADL_ONE.div_ceil(3));
    assert!(done.value.abs_diff(100_000 * 320_000) <= 1);
    // no cash moved,
    assert_eq!((ruin.scene.treasury(), ruin.scene.world.ledger.vault), (treasury, vault));
    // and each long finds out when it is touched: a third is left to both, and what was taken is paid for in their cost.
    for (margin, held) in [(ruin.scene.trader.margin, 50_000), (ruin.other.margin, 100_000)] {
        let before = ruin.scene.world.ledger.margins[&margin].legs[0].position;
        let marked = ruin.scene.world.send(&ruin.scene.world.mark(&margin), &[]).await.ok().event::<Marked>();
        assert_eq!(marked.paid, 0, "net asset value is still negative");
        let after = ruin.scene.world.ledger.margins[&margin].legs[0].position;
        assert_eq!((before.lots.0, after.lots.0), (held, held / 3));
        let gone = held - held / 3;
        let paid = before.cost.0 - after.cost.0;
        // What is left of a lot is closed at $321.
        assert!((gone * 320_000 - 2..=gone * 320_000 + 1_000).contains(&paid), "{paid}");
    }
    ruin.scene.price(200).await;
    ruin.deleverage().await.fails(PlimsollError::DeleveragingNotNeeded);
}

#[tokio::test]
async fn where_nobody_is_on_the_other_side_all_of_it_goes_and_profits_stay_claims() {
    // Given one short whose profit is more than all there is,
    let mut scene = Scene::with(parameters::sol(), 3_000 * USD).await;
    scene.trade(-POSITION).await.ok();
    scene.price(130).await;
    deleverage(&mut scene).await.ok().event::<DeleveragingSeen>();
    scene.price(129).await;
    let done = deleverage(&mut scene).await.ok().event::<Deleveraged>();
    // then nothing of it is left, at the higher of both prices, and a new epoch begins for whoever comes.
    assert_eq!((done.long, done.price, done.lots_after, done.factor, done.new_epoch), (false, 130_000, 0, 0, true));
    let (margin, cost) = (scene.trader.margin, scene.world.margin(&scene.trader).legs[0].position.cost.0);
    scene.world.send(&scene.world.mark(&margin), &[]).await.ok();
    let claim = scene.world.margin(&scene.trader).legs[0].position;
    assert_eq!((claim.lots.0, claim.cost.0), (0, cost + 50_000 * 130_000));
    let book = scene.world.market(&scene.market).core.book;
    assert_eq!((book.short.lots.0, book.short.sized, book.short.attached, book.short.epoch), (0, 0, 1, 1));
    // Later liquidity pays the claim in full.
    assert_eq!(scene.world.market(&scene.market).core.nav().unwrap().0, 3_000_000_000 + 5_010_001 + claim.cost.0);
}

#[tokio::test]
async fn while_net_asset_value_covers_the_skew_nobody_is_deleveraged() {
    let mut scene = Scene::long().await;
    deleverage(&mut scene).await.fails(PlimsollError::DeleveragingNotNeeded);
    // Nor while the heavier side loses, however much.
    scene.price(100).await;
    deleverage(&mut scene).await.fails(PlimsollError::DeleveragingNotNeeded);
}

#[tokio::test]
async fn not_at_a_stale_price_nor_before_insurance_has_answered() {
    let mut scene = Scene::flagged().await;
    scene.world.chain.advance(16, 32).await;
    deleverage(&mut scene).await.fails(PlimsollError::PriceTooOld);
    scene.price(170).await;
    scene.liquidate().await.ok();
    deleverage(&mut scene).await.fails(PlimsollError::DeficitPending);
}

#[tokio::test]
async fn a_look_at_which_it_is_not_needed_forgets_the_first() {
    let mut ruin = Insolvent::ruined().await;
    ruin.deleverage().await.ok();
    ruin.scene.price(250).await;
    let market = ruin.scene.market.address;
    assert_eq!(ruin.deleverage().await.ok().event::<DeleveragingCancelled>(), DeleveragingCancelled { market });
    ruin.deleverage().await.fails(PlimsollError::DeleveragingNotNeeded);
    ruin.scene.price(RUIN).await;
    ruin.deleverage().await.ok().event::<DeleveragingSeen>();
}

#[tokio::test]
async fn a_first_look_counts_for_its_time_to_live() {
    let mut ruin = Insolvent::ruined().await;
    ruin.deleverage().await.ok();
    ruin.later(61, RUIN).await;
    ruin.deleverage().await.ok().event::<DeleveragingSeen>();
    ruin.later(60, RUIN).await;
    ruin.deleverage().await.ok().event::<Deleveraged>();
}

#[tokio::test]
async fn funding_is_accrued_before_a_side_is_reduced() {
    let mut scene = Scene::with(parameters::funded(), 3_000 * USD).await;
    scene.trade(POSITION).await.ok();
    scene.price(270).await;
    scene.world.chain.advance(5, 10).await;
    let outcome = deleverage(&mut scene).await.ok();
    assert_eq!(outcome.event::<FundingAccrued>().seconds, 5);
    outcome.event::<DeleveragingSeen>();
}

/// A price that is the first after a boundary, a minute later.
async fn sample(ruin: &mut Insolvent, dollars: i64) {
    ruin.scene.world.chain.advance(61, 120).await;
    let mut quote = Quote::at(ruin.scene.market.feed, dollars * DOLLAR, ruin.scene.world.chain.now());
    quote.previous_publish_time -= 60;
    ruin.scene.world.publish(&ruin.scene.market, &quote);
    ruin.scene.world.send(&World::refresh(&ruin.scene.market), &[]).await.ok();
}

#[tokio::test]
async fn an_order_is_judged_by_what_deleveraging_left() {
    // Given a long that deleveraging has cut to a third, which nobody has touched since, with little cash,
    let mut ruin = Insolvent::open().await;
    sample(&mut ruin, 200).await;
    let withdraw = ruin.scene.world.withdraw(&ruin.scene.trader, 600 * USD);
    ruin.scene.world.send(&withdraw, &[&ruin.scene.trader.key]).await.ok();
    // and high initial margin, for the jump is a sample of volatility,
    sample(&mut ruin, RUIN).await;
    ruin.deleverage().await.ok();
    ruin.scene.price(RUIN).await;
    ruin.deleverage().await.ok().event::<Deleveraged>();
    assert_eq!(ruin.scene.world.margin(&ruin.scene.trader).legs[0].position.lots.0, POSITION);
    // when it sells twice as much as is left, then that is no reduction and needs initial margin;
    ruin.scene.order(-POSITION * 2 / 3, 1).await.fails(PlimsollError::BelowInitialMargin);
    // to sell no more than that does not.
    ruin.scene.order(-POSITION / 3, 1).await.ok();
}
