//! Insurance collects what a market owes for the profit of bankrupt accounts.

use plimsoll_tests::{
    Outcome, PlimsollError,
    cookies::MarketCookie,
    events::ClaimCollected,
    scenes::{Claimed, Scene},
    world::USD,
};

async fn collect(scene: &mut Scene, market: &MarketCookie) -> Outcome {
    scene.world.send(&scene.world.collect(market), &[]).await
}

async fn claimed() -> (Scene, Claimed) {
    let mut scene = Scene::open().await;
    let claimed = Claimed::in_scene(&mut scene).await;
    assert!(claimed.claim > 500 * USD);
    (scene, claimed)
}

#[tokio::test]
async fn a_claim_is_collected_as_far_as_the_treasury_has_cash() {
    let (mut scene, Claimed { market: second, loser, claim }) = claimed().await;
    collect(&mut scene, &second).await.fails(PlimsollError::TreasuryShort);
    // When the loser pays,
    scene.world.send(&scene.world.mark(&loser.margin), &[]).await.ok();
    let (vault, insurance) = (scene.world.ledger.vault, scene.world.ledger.insurance_vault);
    let before = scene.world.market(&second).core;
    let done = collect(&mut scene, &second).await.ok().event::<ClaimCollected>();
    // then the claim crosses from one vault into the other, into the market's own part.
    assert_eq!(done, ClaimCollected { market: second.address, amount: claim, left: 0 });
    assert_eq!((scene.world.ledger.vault, scene.world.ledger.insurance_vault), (vault - claim, insurance + claim));
    let core = &scene.world.market(&second).core;
    assert_eq!(core.book.treasury.0, before.book.treasury.0 - claim);
    assert_eq!((core.insurance_own.0, scene.world.fund().own.0), (claim, claim));
    assert_eq!(core.nav(), before.nav(), "net asset value counted it already");
    collect(&mut scene, &second).await.fails(PlimsollError::ZeroAmount);
}

#[tokio::test]
async fn without_a_claim_there_is_nothing_to_collect() {
    let mut scene = Scene::open().await;
    let market = scene.market;
    collect(&mut scene, &market).await.fails(PlimsollError::ZeroAmount);
}

#[tokio::test]
async fn nothing_is_collected_at_an_old_price() {
    let (mut scene, Claimed { market: second, loser, .. }) = claimed().await;
    scene.world.send(&scene.world.mark(&loser.margin), &[]).await.ok();
    scene.world.chain.advance(16, 32).await;
    collect(&mut scene, &second).await.fails(PlimsollError::PriceTooOld);
}
