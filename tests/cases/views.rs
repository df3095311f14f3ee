//! What the program answers about an account.

use plimsoll_tests::{
    PlimsollError, World,
    engine::{
        account::Initial,
        survey::{Survey, initial_value},
    },
    scenes::{POSITION, Scene, TwoLegs},
    views::{AccountHealth, LiquidationPrice},
    world::{DOLLAR, USD},
};

/// One tick in 10^-8 dollars.
const TICK: i64 = DOLLAR / 1_000;

/// The same from the ledger's copies, by the engine.
fn expected(world: &World, margin: &plimsoll_tests::Address) -> (Survey, Initial) {
    let (account, now) = (&world.ledger.margins[margin], world.chain.now());
    let mut survey = Survey::of_cash(account.cash, now).unwrap();
    let mut initial = Initial::default().with_cash(account.cash).unwrap();
    for (place, leg) in account.legs.iter().enumerate().filter(|(_, leg)| !leg.is_free()) {
        let core = &world.ledger.markets[&leg.market].core;
        survey.add(place, &leg.position, core).unwrap();
        initial.add(&initial_value(&leg.position, core, now).unwrap()).unwrap();
    }
    survey.count_fees(account.escrow().unwrap()).unwrap();
    (survey, initial)
}

async fn agrees(scene: &mut Scene) -> AccountHealth {
    let margin = scene.trader.margin;
    let seen = scene.world.health(&margin).await;
    let (survey, initial) = expected(&scene.world, &margin);
    let cash = scene.world.ledger.margins[&margin].cash;
    assert_eq!((seen.equity, seen.maintenance), (survey.health.equity.0, survey.health.maintenance.0));
    assert_eq!((seen.initial_equity, seen.initial_requirement), (initial.equity.0, initial.requirement.0));
    assert_eq!((seen.cash, seen.escrow, seen.credit), (cash.0, survey.escrow.0, survey.health.credit.0));
    assert_eq!(seen.liquidatable == 1, survey.health.is_liquidatable());
    let free = if seen.flagged == 1 { 0 } else { initial.withdrawable(cash).0 };
    assert_eq!((seen.withdrawable, seen.initial_known, seen.padding), (free, 1, [0; 4]));
    seen
}

#[tokio::test]
async fn an_account_without_positions_is_its_cash() {
    let mut scene = Scene::open().await;
    let seen = agrees(&mut scene).await;
    let thousand = 1_000 * USD;
    assert_eq!((seen.equity, seen.withdrawable, seen.key), (thousand as i64, thousand, 0));
    assert_eq!((seen.liquidatable, seen.bankrupt, seen.worst), (0, 0, plimsoll_tests::Address::default()));
    let keeper = scene.keeper.margin;
    let empty = scene.world.health(&keeper).await;
    assert_eq!(empty, AccountHealth { initial_known: 1, ..AccountHealth::default() });
}

#[tokio::test]
async fn it_says_what_the_engine_says_all_the_way_down() {
    let mut scene = Scene::long().await;
    scene.order(-1_000, 1).await.ok();
    for (dollars, liquidatable, bankrupt) in [(205, 0, 0), (190, 0, 0), (182, 1, 0), (179, 1, 1)] {
        scene.price(dollars).await;
        let seen = agrees(&mut scene).await;
        assert_eq!((seen.liquidatable, seen.bankrupt), (liquidatable, bankrupt), "at {dollars}");
        assert_eq!(seen.worst, scene.market.address);
    }
    let key = scene.world.health(&scene.trader.margin).await.key;
    let flagged = scene.flag().await.ok().event::<plimsoll_tests::events::Flagged>();
    assert_eq!(flagged.key, key, "the key that a flag stores");
    assert_eq!(agrees(&mut scene).await.flagged, 1);
}

#[tokio::test]
async fn what_it_calls_withdrawable_can_be_withdrawn_to_the_atom() {
    let mut legs = TwoLegs::open(POSITION / 2, -POSITION / 4).await;
    legs.prices(205, 199).await;
    let free = agrees(&mut legs.scene).await.withdrawable;
    let (more, all) = {
        let world = &legs.scene.world;
        (world.withdraw(&legs.scene.trader, free + 1), world.withdraw(&legs.scene.trader, free))
    };
    legs.scene.world.send(&more, &[&legs.scene.trader.key]).await.fails(PlimsollError::BelowInitialMargin);
    legs.scene.world.send(&all, &[&legs.scene.trader.key]).await.ok();
    assert_eq!(agrees(&mut legs.scene).await.withdrawable, 0);
}

#[tokio::test]
async fn without_fresh_prices_nothing_is_withdrawable_and_it_still_answers() {
    let mut scene = Scene::long().await;
    scene.world.chain.advance(100, 100).await;
    let seen = scene.world.health(&scene.trader.margin).await;
    assert_eq!((seen.initial_known, seen.withdrawable), (0, 0));
    assert!(seen.credit > 0 && seen.maintenance > 0);
}

#[tokio::test]
async fn all_legs_must_be_passed_and_no_other() {
    let mut legs = TwoLegs::open(POSITION, POSITION).await;
    let (first, second) = (legs.scene.market.address, legs.second.address);
    let view = legs.scene.world.view(&legs.scene.trader.margin);
    for (list, error) in [
        (vec![], PlimsollError::MissingLeg),
        (vec![first], PlimsollError::MissingLeg),
        (vec![second, first], PlimsollError::MissingLeg),
        (vec![first, second, second], PlimsollError::UnexpectedAccount),
    ] {
        let plan = plimsoll_tests::instructions::ViewAccount { legs: list, ..view.clone() };
        legs.scene.world.send(&plan, &[]).await.fails(error);
    }
}

#[tokio::test]
async fn at_the_liquidation_price_it_is_liquidatable_and_a_tick_before_it_is_not() {
    for lots in [POSITION, -POSITION] {
        let mut scene = Scene::open().await;
        scene.trade(lots).await.ok();
        let found = scene.world.liquidation_price(&scene.trader.margin, &scene.market).await;
        assert_eq!(found.market_price, 200_000);
        let away = if lots > 0 { 1 } else { -1 };
        scene.world.price(&scene.market, (found.price as i64 + away) * TICK).await.ok();
        scene.flag().await.fails(PlimsollError::NotLiquidatable);
        scene.world.price(&scene.market, found.price as i64 * TICK).await.ok();
        scene.flag().await.ok();
        let there = scene.world.liquidation_price(&scene.trader.margin, &scene.market).await;
        assert_eq!(there, LiquidationPrice { price: found.price, market_price: found.price });
    }
}

#[tokio::test]
async fn the_other_legs_stay_where_they_are() {
    let mut legs = TwoLegs::open(POSITION / 2, POSITION / 2).await;
    legs.prices(200, 200).await;
    let margin = legs.scene.trader.margin;
    let alone = legs.scene.world.liquidation_price(&margin, &legs.scene.market).await;
    legs.prices(200, 190).await;
    let worse = legs.scene.world.liquidation_price(&margin, &legs.scene.market).await;
    assert!(worse.price > alone.price + 9_000, "{worse:?} {alone:?}");
    legs.scene.world.price(&legs.scene.market, worse.price as i64 * TICK).await.ok();
    assert_eq!(legs.scene.world.health(&margin).await.liquidatable, 1);
}

#[tokio::test]
async fn no_price_liquidates_who_has_more_than_the_position_can_lose() {
    let mut scene = Scene::open().await;
    scene.trade(1_000).await.ok();
    let found = scene.world.liquidation_price(&scene.trader.margin, &scene.market).await;
    assert_eq!(found.price, 0);
    let other = scene.world.create_market(plimsoll_tests::parameters::sol()).await;
    let plan = scene.world.liquidation_view(&scene.trader.margin, &other);
    scene.world.send(&plan, &[]).await.fails(PlimsollError::WrongLeg);
}
