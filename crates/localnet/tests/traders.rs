//! Traders are there with their positions, and everything adds up.

use plimsoll_client::state::{MarginAccount, Market};
use plimsoll_localnet::{Localnet, Options, plans};
use solana_signer::Signer;

use crate::{books, options};

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_traders_have_positions_and_everything_adds_up() {
    let localnet = Localnet::start(Options { traders: 200, ..options() }).await.expect("it starts");
    let (rpc, network) = (localnet.rpc(), localnet.network());
    books::check(&localnet).await;
    let margins = rpc.all::<MarginAccount>(&network.exchange).await.expect("margin accounts");
    assert_eq!(margins.len(), 200);
    let positions = |count: fn(usize) -> bool| {
        let held = |margin: &MarginAccount| margin.legs.iter().filter(|leg| !leg.is_free()).count();
        margins.iter().filter(|(_, margin)| count(held(margin))).count()
    };
    assert!(positions(|legs| legs >= 1) >= 195, "{} have positions", positions(|legs| legs >= 1));
    assert!(positions(|legs| legs == 2) >= 10, "some have two: {}", positions(|legs| legs == 2));
    let waiting = margins.iter().flat_map(|(_, margin)| &margin.orders).filter(|slot| !slot.order.is_empty()).count();
    assert_eq!(waiting, 0, "nobody waits");
    let owner = localnet.keys().trader(0).pubkey();
    assert!(margins.iter().any(|(_, margin)| margin.owner == owner), "keys follow from the seed");
    for market in &network.markets {
        let core = rpc.get::<Market>(&market.address).await.expect("the market").core;
        let (longs, shorts) = (core.book.long.sized, core.book.short.sized);
        assert!(shorts > 0 && longs > shorts, "{}: {longs} are long, {shorts} short", market.name);
    }
    localnet.stop().await.expect("it stops");
}

#[tokio::test]
async fn the_population_follows_from_the_seed() {
    let localnet = crate::start().await;
    let markets = localnet.rpc().markets(&localnet.network().exchange).await.expect("markets");
    let markets: Vec<Market> = markets.into_iter().map(|(_, market)| market).collect();
    let plan = plans(&markets, 300, 5);
    assert_eq!(plan, plans(&markets, 300, 5));
    assert_ne!(plan, plans(&markets, 300, 6));
    let longs = plan.iter().flat_map(|plan| &plan.wishes).filter(|wish| wish.lots > 0).count();
    assert!((190..290).contains(&longs), "{longs}");
    assert!(plan.iter().all(|plan| plan.deposit > 0 && (1..=2).contains(&plan.wishes.len())));
    assert!(plans(&[], 3, 1).is_empty());
    localnet.stop().await.expect("it stops");
}
