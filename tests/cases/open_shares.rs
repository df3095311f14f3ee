use plimsoll_tests::{
    Address, Keypair, PlimsollError, Signer, addresses, events::SharesOpened, instructions::OpenShares, scenes::Scene,
};

async fn opening(scene: &mut Scene, pool: Address) -> (OpenShares, Keypair) {
    let (owner, _) = scene.world.person(0);
    let shares = addresses::shares(&pool, &owner.pubkey());
    (OpenShares { owner: owner.pubkey(), pool, shares }, owner)
}

#[tokio::test]
async fn shares_of_a_market_and_of_the_fund_start_at_zero() {
    let mut scene = Scene::open().await;
    for pool in [scene.market.address, scene.world.exchange.fund] {
        let (open, owner) = opening(&mut scene, pool).await;
        let done = scene.world.send(&open, &[&owner]).await.ok();
        assert_eq!(done.event::<SharesOpened>(), SharesOpened { pool, owner: owner.pubkey() });
        let state = scene.world.ledger.shares[&open.shares];
        assert_eq!((state.pool, state.owner, state.shares, state.exit.shares), (pool, owner.pubkey(), 0, 0));
        scene.world.send(&open, &[&owner]).await.fails_as("Custom(0)");
    }
}

#[tokio::test]
async fn what_is_no_pool_has_no_shares() {
    let mut scene = Scene::open().await;
    let others = [scene.trader.margin, scene.world.exchange.address, scene.market.queue, scene.trader.tokens];
    for pool in others {
        let (open, owner) = opening(&mut scene, pool).await;
        scene.world.send(&open, &[&owner]).await.fails(PlimsollError::WrongPool);
    }
}

#[tokio::test]
async fn shares_of_another_owner_cannot_be_opened() {
    let mut scene = Scene::open().await;
    let pool = scene.market.address;
    let (mut open, owner) = opening(&mut scene, pool).await;
    open.shares = addresses::shares(&pool, &Address::new_unique());
    scene.world.send(&open, &[&owner]).await.fails_as("InvalidSeeds");
}
