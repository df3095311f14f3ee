//! One good call of each instruction about venues and delegates.

use plimsoll_client::{
    addresses,
    instructions::{FillVenue, GrantVenue},
};
use solana_keypair::Keypair;
use solana_signer::Signer;

use super::{
    arguments::Shape,
    cast::{Cast, Kind},
    fixtures::{AMOUNT, Fixture, fixture, with_two_legs},
};
use crate::{World, cookies::Trader, world::USD};

/// A key that is the same in every run.
fn venue(number: u8) -> Keypair {
    Keypair::new_from_array([number; 32])
}

/// The trader, its neighbour and one of the other exchange let a venue buy for them.
async fn with_grants(cast: &mut Cast, venue: &Keypair) {
    let (market, signer) = (cast.scene.market, venue.pubkey());
    for trader in [&cast.scene.trader, &cast.neighbour] {
        let give = cast.scene.world.grant(trader, &market, &signer, true, 5_000, 200_000);
        cast.scene.world.send(&give, &[&trader.key]).await.ok();
    }
    let (foreign, theirs) = (&cast.foreign.trader, &cast.foreign.market);
    let give = cast.scene.world.grant(foreign, theirs, &signer, true, 5_000, 200_000);
    cast.scene.world.send(&give, &[&foreign.key]).await.ok();
    let neighbours = addresses::grant(&cast.neighbour.margin, &signer, &market.address, true);
    cast.other_grants = Some([neighbours, give.grant]);
}

pub(super) async fn grant_venue() -> Fixture {
    let mut cast = Cast::assemble().await;
    with_grants(&mut cast, &venue(91)).await;
    let key = cast.scene.trader.key.insecure_clone();
    let build: GrantVenue =
        cast.scene.world.grant(&cast.scene.trader, &cast.scene.market, &venue(92).pubkey(), true, 5_000, 200_000);
    let slots = [
        ("owner", Kind::Person),
        ("margin", Kind::Margin),
        ("market", Kind::Market),
        ("+grant", Kind::Grant),
        ("system_program", Kind::SystemProgram),
    ];
    let arguments = [
        ("venue", Shape::Bytes(32)),
        ("buys", Shape::Flag),
        ("lots", AMOUNT),
        ("limit", AMOUNT),
        ("expires_at", Shape::Signed(8)),
    ];
    fixture(cast, &build, &[&key], &slots, &arguments)
}

pub(super) async fn revoke_venue() -> Fixture {
    let mut cast = Cast::assemble().await;
    with_grants(&mut cast, &venue(91)).await;
    let key = cast.scene.trader.key.insecure_clone();
    let build = World::revoke(&cast.scene.trader, &cast.scene.market, &venue(91).pubkey(), true);
    fixture(cast, &build, &[&key], &[("owner", Kind::Person), ("grant", Kind::Grant)], &[])
}

/// Each side granted it to a venue of its own; the buyer has another leg.
pub(super) async fn venue_fill() -> Fixture {
    let mut cast = Cast::assemble().await;
    with_two_legs(&mut cast, (10_000, 10_000), (200, 200)).await;
    let seller: Trader = cast.scene.world.trader(1_000 * USD).await;
    with_grants(&mut cast, &venue(91)).await;
    let market = cast.scene.market;
    let give = cast.scene.world.grant(&seller, &market, &venue(92).pubkey(), false, 5_000, 200_000);
    cast.scene.world.send(&give, &[&seller.key]).await.ok();
    let plain = cast.scene.world.venue_fill(&cast.scene.trader, &seller, &market, 1_000, 200_000);
    let build = FillVenue {
        buyer_authority: venue(91).pubkey(),
        seller_authority: venue(92).pubkey(),
        buyer_grant: Some(addresses::grant(&cast.scene.trader.margin, &venue(91).pubkey(), &market.address, true)),
        seller_grant: Some(give.grant),
        ..plain
    };
    let slots = [
        ("buyer_authority", Kind::Person),
        ("seller_authority", Kind::Person),
        ("buyer", Kind::Margin),
        ("seller", Kind::Margin),
        ("market", Kind::Market),
        ("buyer_grant", Kind::Grant),
        ("seller_grant", Kind::Grant),
        ("leg 2", Kind::Market),
    ];
    fixture(cast, &build, &[&venue(91), &venue(92)], &slots, &[("lots", AMOUNT), ("price", AMOUNT)])
}

pub(super) async fn set_delegate() -> Fixture {
    let cast = Cast::assemble().await;
    let build = World::set_delegate(&cast.scene.trader, cast.stranger());
    let key = cast.scene.trader.key.insecure_clone();
    let slots = [("owner", Kind::Person), ("margin", Kind::Margin)];
    fixture(cast, &build, &[&key], &slots, &[("delegate", Shape::Bytes(32))])
}
