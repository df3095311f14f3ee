use plimsoll_tests::{
    Address, Outcome, PlimsollError,
    events::{Marked, OrderExecuted},
    instructions::MarkAccount,
    parameters,
    scenes::{POSITION, Scene},
    world::USD,
};

async fn mark(scene: &mut Scene, margin: Address) -> Outcome {
    scene.world.send(&scene.world.mark(&margin), &[]).await
}

#[tokio::test]
async fn a_loss_goes_from_cash_to_the_treasury_and_equity_stays() {
    let mut scene = Scene::long().await;
    scene.price(195).await;
    let (cash, treasury, margin) = (scene.cash(&scene.trader), scene.treasury(), scene.trader.margin);
    let loss = 10_002_001_252 - 50 * 195_000_000;
    let done = mark(&mut scene, margin).await.ok();
    let event = Marked { account: margin, market: scene.market.address, paid: -(loss as i64), price: 195_000 };
    assert_eq!(done.event::<Marked>(), event);
    assert_eq!((scene.cash(&scene.trader), scene.treasury()), (cash - loss, treasury + loss));
    assert_eq!(scene.world.margin(&scene.trader).legs[0].position.cost.0, 50 * 195_000_000);
    assert_eq!(mark(&mut scene, margin).await.ok().event::<Marked>().paid, 0, "again moves nothing");
}

#[tokio::test]
async fn a_profit_is_paid_less_what_is_uncertain() {
    let mut scene = Scene::long().await;
    scene.price(205).await;
    let (cash, treasury, margin) = (scene.cash(&scene.trader), scene.treasury(), scene.trader.margin);
    let paid = mark(&mut scene, margin).await.ok().event::<Marked>().paid as u64;
    // 50 x 205 - cost - 50 x 0.041 of confidence.
    assert_eq!(paid, 50 * 205_000_000 - 10_002_001_252 - 50_000 * 41);
    assert_eq!((scene.cash(&scene.trader), scene.treasury()), (cash + paid, treasury - paid));
}

#[tokio::test]
async fn a_36_a_profit_that_margin_weighs_down_is_not_paid() {
    let half = plimsoll_tests::engine::parameters::Parameters { profit_weight_ppm: 500_000, ..parameters::sol() };
    let mut scene = Scene::with(half, 10_000_000 * USD).await;
    scene.trade(POSITION).await.ok();
    scene.price(205).await;
    let margin = scene.trader.margin;
    assert_eq!(mark(&mut scene, margin).await.ok().event::<Marked>().paid, 0);
}

#[tokio::test]
async fn a_stale_price_marks_nothing() {
    let mut scene = Scene::long().await;
    scene.renew().await;
    scene.world.chain.advance(16, 30).await;
    let margin = scene.trader.margin;
    mark(&mut scene, margin).await.fails(PlimsollError::PriceTooOld);
}

#[tokio::test]
async fn the_markets_of_the_legs_must_be_passed_and_no_others() {
    let mut scene = Scene::long().await;
    let (margin, market) = (scene.trader.margin, scene.market.address);
    let other = scene.world.create_market(parameters::sol()).await.address;
    let cases = [
        (vec![], PlimsollError::MissingLeg),
        (vec![other], PlimsollError::MissingLeg),
        (vec![market, other], PlimsollError::UnexpectedAccount),
    ];
    for (legs, error) in cases {
        scene.world.send(&MarkAccount { margin, legs }, &[]).await.fails(error);
    }
    let twice = scene.world.send(&MarkAccount { margin, legs: vec![market, market] }, &[]).await;
    assert!(twice.result.is_err());
    let empty = scene.keeper.margin;
    mark(&mut scene, empty).await.ok();
}

#[tokio::test]
async fn a_01_a_winner_that_closes_before_the_loser_is_marked_is_paid_in_full_in_the_end() {
    // Given little liquidity, a winner and a solvent loser of equal size,
    let mut scene = Scene::with(parameters::sol(), 3_000 * USD).await;
    let winner = scene.another(1_000 * USD, POSITION).await;
    let loser = scene.another(10_000 * USD, -POSITION).await;
    let cost = scene.world.margin(&winner).legs[0].position.cost.0;
    let before = scene.cash(&winner) as i64;
    // when the price rises by half and the winner closes: it is owed more than the treasury has,
    scene.price(300).await;
    let done = scene.world.trade(&winner, &scene.market, -POSITION).await.ok().event::<OrderExecuted>();
    let owed = -done.cost - cost;
    assert!(done.settled < owed, "{} of {owed}", done.settled);
    assert_eq!(done.settled, scene.cash(&winner) as i64 - before + done.fee as i64);
    let claim = scene.world.margin(&winner).legs[0].position;
    assert_eq!((claim.lots.0, claim.cost.0), (0, done.settled - owed), "the rest is a claim");
    // then the loser's mark fills the treasury and the claim is paid to the atom.
    scene.renew().await;
    let margin = loser.margin;
    mark(&mut scene, margin).await.ok();
    let margin = winner.margin;
    let paid = mark(&mut scene, margin).await.ok().event::<Marked>().paid;
    assert_eq!(paid, owed - done.settled);
    assert_eq!(scene.cash(&winner) as i64, before + owed - done.fee as i64);
    assert!(scene.world.margin(&winner).legs[0].is_free());
}

#[tokio::test]
async fn a_claim_keeps_its_side_until_it_is_paid() {
    let mut scene = Scene::with(parameters::sol(), 3_000 * USD).await;
    let winner = scene.another(1_000 * USD, POSITION).await;
    scene.another(10_000 * USD, -POSITION).await;
    scene.price(300).await;
    scene.world.trade(&winner, &scene.market, -POSITION).await.ok();
    let failed = scene.world.trade(&winner, &scene.market, -10_000).await.ok();
    let failed = failed.event::<plimsoll_tests::events::OrderFailed>();
    assert_eq!(failed.error, PlimsollError::ClaimRemains.code());
}
