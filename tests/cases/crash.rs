//! The whole path: a crash, liquidated in order, paid for by who must.

use plimsoll_tests::{
    PlimsollError,
    events::{BankruptcyClosed, DeficitPaid, Liquidated},
    scenes::{ManyLegs, POSITION, Scene},
    world::USD,
};

#[tokio::test]
async fn a_crash_closes_in_parts_then_in_full_and_insurance_pays_the_rest() {
    // Given a long that a falling price brings under maintenance,
    let mut scene = Scene::long().await;
    for dollars in [195, 190, 185] {
        scene.price(dollars).await;
        scene.flag().await.fails(PlimsollError::NotLiquidatable);
    }
    // when it is closed in part at $182
    scene.price(182).await;
    scene.flag().await.ok();
    scene.renew().await;
    let part = scene.liquidate().await.ok().event::<Liquidated>();
    assert!(part.lots > -POSITION);
    // and the price then gaps to $170,
    scene.price(170).await;
    scene.flag().await.ok();
    scene.renew().await;
    let rest = scene.liquidate().await.ok().event::<BankruptcyClosed>();
    assert_eq!(part.lots + rest.lots, -POSITION);
    // then insurance pays the deficit to the atom, and the liquidity providers lost nothing by it.
    let nav = scene.world.market(&scene.market).core.nav().unwrap().0;
    let paid = scene.world.send(&scene.world.draw(&scene.market), &[]).await.ok().event::<DeficitPaid>();
    assert_eq!((paid.from_shared, paid.by_providers), (rest.deficit, 0));
    assert_eq!(scene.world.market(&scene.market).core.nav().unwrap().0, nav + rest.deficit as i64);
    assert!(nav + rest.deficit as i64 > (10_000_000 * USD) as i64, "fees and spread are theirs");
}

#[tokio::test]
async fn eight_legs_are_closed_at_once_when_bankrupt_and_a_ninth_market_finds_no_leg() {
    let mut legs = ManyLegs::open(8).await;
    let ninth = legs.scene.world.create_market(plimsoll_tests::parameters::sol()).await;
    legs.scene.world.price(&ninth, 200 * plimsoll_tests::world::DOLLAR).await.ok();
    legs.scene.world.provider(&ninth, 100_000 * USD).await;
    legs.prices(200).await;
    let failed = legs.scene.world.trade(&legs.scene.trader, &ninth, 1_000).await.ok();
    let failed = failed.event::<plimsoll_tests::events::OrderFailed>();
    assert_eq!(failed.error, PlimsollError::NoFreeLeg.code());

    legs.prices(170).await;
    legs.scene.flag().await.ok();
    legs.prices(170).await;
    let closed = legs.scene.liquidate().await.ok().events::<BankruptcyClosed>();
    assert_eq!(closed.len(), 8);
    assert!(closed.iter().all(|event| event.lots == -POSITION && event.deficit > 0));
}
