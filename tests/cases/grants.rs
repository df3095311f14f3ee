//! What owners let venues do.

use plimsoll_tests::{
    Keypair, PlimsollError, Signer, World,
    events::{VenueGranted, VenueRevoked},
    instructions::{GrantVenue, RevokeVenue},
    scenes::{Foreign, Scene},
};

async fn scene_and_venue() -> (Scene, Keypair) {
    (Scene::open().await, Keypair::new())
}

#[tokio::test]
async fn a_grant_says_who_may_fill_what() {
    let (mut scene, venue) = scene_and_venue().await;
    let give = scene.world.grant(&scene.trader, &scene.market, &venue.pubkey(), true, 5_000, 201_000);
    let event = scene.world.send(&give, &[&scene.trader.key]).await.ok().event::<VenueGranted>();
    let (account, market, expires_at) = (scene.trader.margin, scene.market.address, give.expires_at);
    let venue = venue.pubkey();
    let granted = VenueGranted { account, venue, market, buys: true, lots: 5_000, limit: 201_000, expires_at };
    assert_eq!(event, granted);
    let state = scene.world.granted(&scene.trader, &scene.market, &venue, true);
    assert_eq!((state.account, state.owner, state.venue, state.market), (account, scene.trader.owner(), venue, market));
    let terms = state.terms;
    assert_eq!((terms.lots.0, terms.limit.0, terms.expires_at, terms.buys), (5_000, 201_000, expires_at, 1));
}

#[tokio::test]
async fn a_new_one_takes_the_place_of_the_old_and_each_side_has_its_own() {
    let (mut scene, venue) = scene_and_venue().await;
    for (buys, lots) in [(true, 5_000), (false, 3_000), (true, 100)] {
        let give = scene.world.grant(&scene.trader, &scene.market, &venue.pubkey(), buys, lots, 200_000);
        scene.world.send(&give, &[&scene.trader.key]).await.ok();
    }
    let lots = |buys| scene.world.granted(&scene.trader, &scene.market, &venue.pubkey(), buys).terms.lots.0;
    assert_eq!((lots(true), lots(false)), (100, 3_000));
}

#[tokio::test]
async fn its_rent_comes_back_when_it_is_revoked() {
    let (mut scene, venue) = scene_and_venue().await;
    let owner = scene.trader.owner();
    let before = scene.world.chain.account(&owner).await.unwrap().lamports;
    let give = scene.world.grant(&scene.trader, &scene.market, &venue.pubkey(), true, 5_000, 200_000);
    scene.world.send(&give, &[&scene.trader.key]).await.ok();
    let given = scene.world.chain.account(&owner).await.unwrap().lamports;
    assert!(before - given > 1_000_000, "{}", before - given);
    let revoke = World::revoke(&scene.trader, &scene.market, &venue.pubkey(), true);
    let event = scene.world.send(&revoke, &[&scene.trader.key]).await.ok().event::<VenueRevoked>();
    let (account, market) = (scene.trader.margin, scene.market.address);
    assert_eq!(event, VenueRevoked { account, venue: venue.pubkey(), market, buys: true, lots: 5_000 });
    assert_eq!(scene.world.chain.account(&owner).await.unwrap().lamports, before);
    assert!(scene.world.chain.account(&give.grant).await.is_none_or(|account| account.lamports == 0));
    assert!(scene.world.send(&revoke, &[&scene.trader.key]).await.result.is_err());
    // The venue has nothing left, and another can be given.
    let other = scene.world.trader(1_000_000_000).await;
    let fill = plimsoll_tests::instructions::FillVenue {
        buyer_authority: venue.pubkey(),
        buyer_grant: Some(give.grant),
        ..scene.world.venue_fill(&scene.trader, &other, &scene.market, 1_000, 200_000)
    };
    assert!(scene.world.send(&fill, &[&venue, &other.key]).await.result.is_err());
    scene.world.send(&give, &[&scene.trader.key]).await.ok();
    scene.world.send(&fill, &[&venue, &other.key]).await.ok();
}

#[tokio::test]
async fn only_the_owner_gives_and_takes() {
    let (mut scene, venue) = scene_and_venue().await;
    let (stranger, _) = scene.world.person(0);
    let give = scene.world.grant(&scene.trader, &scene.market, &venue.pubkey(), true, 5_000, 200_000);
    let theirs = GrantVenue { owner: stranger.pubkey(), ..give.clone() };
    scene.world.send(&theirs, &[&stranger]).await.fails(PlimsollError::NotAuthorised);
    scene.world.send(&give, &[&scene.trader.key]).await.ok();
    let revoke = RevokeVenue { owner: stranger.pubkey(), grant: give.grant };
    scene.world.send(&revoke, &[&stranger]).await.fails(PlimsollError::NotAuthorised);
    scene.world.chain.fund(&venue.pubkey(), 1_000_000_000);
    let revoke = RevokeVenue { owner: venue.pubkey(), grant: give.grant };
    scene.world.send(&revoke, &[&venue]).await.fails(PlimsollError::NotAuthorised);
}

#[tokio::test]
async fn what_says_nothing_is_refused() {
    let (mut scene, venue) = scene_and_venue().await;
    let give = scene.world.grant(&scene.trader, &scene.market, &venue.pubkey(), true, 5_000, 200_000);
    let key = scene.trader.key.insecure_clone();
    for (wrong, error) in [
        (GrantVenue { lots: 0, ..give.clone() }, PlimsollError::ZeroAmount),
        (GrantVenue { limit: 0, ..give.clone() }, PlimsollError::ZeroAmount),
        (GrantVenue { expires_at: scene.world.chain.now() - 1, ..give.clone() }, PlimsollError::NotGranted),
    ] {
        scene.world.send(&wrong, &[&key]).await.fails(error);
    }
    // Its address follows from account, venue, market and side.
    let keeper = scene.keeper.margin;
    let elsewhere = plimsoll_tests::addresses::grant(&keeper, &venue.pubkey(), &scene.market.address, true);
    let sells = GrantVenue { buys: false, ..give.clone() };
    for wrong in [GrantVenue { grant: elsewhere, ..give.clone() }, sells] {
        scene.world.send(&wrong, &[&key]).await.fails_as("InvalidSeeds");
    }
    // The market is one of the exchange.
    let (mut world, foreign) = Foreign::beside(scene.world).await;
    let other = world.grant(&scene.trader, &foreign.market, &venue.pubkey(), true, 5_000, 200_000);
    world.send(&other, &[&key]).await.fails(PlimsollError::WrongExchange);
    world.send(&give, &[&key]).await.ok();
}
