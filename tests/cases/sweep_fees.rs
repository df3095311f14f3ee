use plimsoll_tests::{PlimsollError, events::FeesSwept, scenes::Scene};

#[tokio::test]
async fn liquidation_fees_become_the_markets_own_insurance() {
    let mut scene = Scene::flagged().await;
    scene.renew().await;
    scene.liquidate().await.ok();
    let fees = scene.world.market(&scene.market).core.book.fees.0;
    let (vault, insurance) = (scene.world.ledger.vault, scene.world.ledger.insurance_vault);
    assert!(fees > 0);
    let done = scene.world.send(&scene.world.sweep(&scene.market), &[]).await.ok();
    assert_eq!(done.event::<FeesSwept>(), FeesSwept { market: scene.market.address, amount: fees });
    let core = &scene.world.market(&scene.market).core;
    assert_eq!((core.book.fees.0, core.insurance_own.0), (0, fees));
    assert_eq!((scene.world.ledger.vault, scene.world.ledger.insurance_vault), (vault - fees, insurance + fees));
    assert_eq!(scene.world.ledger.fund.unwrap().1.money.own.0, fees);
}

#[tokio::test]
async fn without_fees_there_is_nothing_to_sweep() {
    let mut scene = Scene::open().await;
    scene.world.send(&scene.world.sweep(&scene.market), &[]).await.fails(PlimsollError::ZeroAmount);
}
