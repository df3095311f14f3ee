//! Who may trade for an account without owning it.

use plimsoll_tests::{
    Address, Keypair, PlimsollError, Signer, World,
    events::DelegateSet,
    instructions::{CancelOrder, GrantVenue, SetDelegate, SetProtection, Withdraw},
    orders::ONE,
    scenes::Scene,
    world::USD,
};

#[tokio::test]
async fn a_delegate_trades_and_does_not_withdraw() {
    let mut scene = Scene::open().await;
    let delegate = Keypair::new();
    let place = World::order_by(delegate.pubkey(), &scene.trader, &scene.market, 1_000);
    scene.world.send(&place, &[&delegate]).await.fails(PlimsollError::NotAuthorised);
    // When the owner names it,
    let set = World::set_delegate(&scene.trader, delegate.pubkey());
    let event = scene.world.send(&set, &[&scene.trader.key]).await.ok().event::<DelegateSet>();
    assert_eq!(event, DelegateSet { account: scene.trader.margin, delegate: delegate.pubkey() });
    assert_eq!(scene.world.margin(&scene.trader).delegate, delegate.pubkey());
    // then it places and cancels orders, and sets protection,
    scene.world.send(&place, &[&delegate]).await.ok();
    let cancel = CancelOrder { authority: delegate.pubkey(), ..World::cancel(&scene.trader, &scene.market, 0) };
    scene.world.send(&cancel, &[&delegate]).await.ok();
    let protect = SetProtection { authority: delegate.pubkey(), ..World::set_protection(&scene.trader, ONE * 3 / 2) };
    scene.world.send(&protect, &[&delegate]).await.ok();
    // but takes nothing out, not by way of a venue either, and names nobody.
    let leave = Withdraw { owner: delegate.pubkey(), ..scene.world.withdraw(&scene.trader, USD) };
    scene.world.send(&leave, &[&delegate]).await.fails(PlimsollError::NotAuthorised);
    let own = GrantVenue {
        owner: delegate.pubkey(),
        ..scene.world.grant(&scene.trader, &scene.market, &delegate.pubkey(), true, 1_000, 200_000)
    };
    scene.world.chain.fund(&delegate.pubkey(), 1_000_000_000);
    scene.world.send(&own, &[&delegate]).await.fails(PlimsollError::NotAuthorised);
    let next = SetDelegate { owner: delegate.pubkey(), ..set };
    scene.world.send(&next, &[&delegate]).await.fails(PlimsollError::NotAuthorised);
}

#[tokio::test]
async fn the_zero_address_ends_it() {
    let mut scene = Scene::open().await;
    let delegate = Keypair::new();
    for address in [delegate.pubkey(), Address::default()] {
        let set = World::set_delegate(&scene.trader, address);
        scene.world.send(&set, &[&scene.trader.key]).await.ok();
    }
    assert_eq!(scene.world.margin(&scene.trader).delegate, Address::default());
    let place = World::order_by(delegate.pubkey(), &scene.trader, &scene.market, 1_000);
    scene.world.send(&place, &[&delegate]).await.fails(PlimsollError::NotAuthorised);
}

#[tokio::test]
async fn only_the_owner_names_one() {
    let mut scene = Scene::open().await;
    let stranger = Keypair::new();
    let set = SetDelegate { owner: stranger.pubkey(), ..World::set_delegate(&scene.trader, stranger.pubkey()) };
    scene.world.send(&set, &[&stranger]).await.fails(PlimsollError::NotAuthorised);
    let unsigned = World::set_delegate(&scene.trader, stranger.pubkey());
    let mut bare = plimsoll_tests::instructions::Build::instruction(&unsigned);
    bare.accounts[0].is_signer = false;
    assert!(scene.world.run(&[bare], &[]).await.result.is_err());
}
