//! Attacks by way of a venue, run to the end: what the attackers gained, what the pool lost.

use plimsoll_tests::{
    Keypair, PlimsollError, Signer, World,
    cookies::Trader,
    events::{Marked, OrderExecuted, VenueFilled},
    instructions::FillVenue,
    parameters,
    scenes::Scene,
    world::USD,
};

fn nav(scene: &Scene) -> i64 {
    scene.world.market(&scene.market).core.nav().unwrap().0
}

fn cash(scene: &Scene, traders: &[&Trader]) -> i64 {
    traders.iter().map(|trader| scene.cash(trader) as i64).sum()
}

#[tokio::test]
async fn a_04_a_loss_made_at_a_venues_price_is_nobody_elses() {
    // Given an attacker with $50 who is long $1,000, and his accomplice,
    let mut scene = Scene::open().await;
    let attacker = scene.another(50 * USD, 5_000).await;
    let accomplice = scene.world.trader(1_000 * USD).await;
    scene.renew().await;
    let before = (nav(&scene), cash(&scene, &[&attacker, &accomplice]));
    // when he sells to her at half the price, to leave the loss with the pool and the profit with her,
    let market = scene.market;
    let half = scene.world.match_at(&accomplice, &attacker, &market, 5_000, 100_000).await;
    // then it is outside the band; at its edge he can give away what is his, and it is not enough when he has less.
    half.fails(PlimsollError::OutsideVenueBand);
    scene.price(191).await;
    let equity = scene.world.health(&attacker.margin).await.equity;
    assert!((4 * USD as i64..5 * USD as i64).contains(&equity), "{equity}");
    let edge = 190_046;
    let all = scene.world.match_at(&accomplice, &attacker, &market, 5_000, edge).await;
    all.fails(PlimsollError::LossExceedsCash);
    let part = scene.world.match_at(&accomplice, &attacker, &market, 4_000, edge).await;
    part.fails(PlimsollError::HealthWorsens);
    let more = scene.world.match_at(&accomplice, &attacker, &market, 4_900, edge).await;
    more.fails(PlimsollError::EquityNegative);
    // What he may do is pay his loss, and go.
    scene.world.match_at(&accomplice, &attacker, &market, 5_000, 191_000).await.ok();
    scene.world.trade(&accomplice, &market, -5_000).await.ok().event::<OrderExecuted>();
    let after = (nav(&scene), cash(&scene, &[&attacker, &accomplice]));
    assert!(scene.world.market(&market).core.book.deficit.is_zero());
    println!("a_04: the attackers' gain {}, the pool's {}", after.1 - before.1, after.0 - before.0);
    assert!(after.0 - before.0 > 0, "the pool has fees and spreads, and his premium");
    assert!(after.1 - before.1 < -(45 * USD as i64), "the loss of the price is theirs");
}

#[tokio::test]
async fn a_01_a_matched_long_and_short_take_nothing_from_a_thin_treasury() {
    // Given $1,000 of liquidity and an attacker who has a venue match $100,000 long against $100,000 short,
    let mut scene = Scene::with(parameters::sol(), 1_000 * USD).await;
    let winner = scene.world.trader(10_000 * USD).await;
    let loser = scene.world.trader(20_000 * USD).await;
    scene.renew().await;
    let (market, lots) = (scene.market, 500_000);
    let thin = scene.world.match_at(&winner, &loser, &market, lots, 200_000).await;
    // then that is too much for the pool to stand behind. With $5,000 it is not,
    thin.fails(PlimsollError::CoverageTooLow);
    scene.world.provider(&market, 4_000 * USD).await;
    scene.renew().await;
    let before = nav(&scene);
    scene.world.match_at(&winner, &loser, &market, lots, 200_000).await.ok();
    // and when the price rises by a tenth the winner leaves before anybody has marked the loser, to a third account,
    scene.price(220).await;
    let heir = scene.world.trader(10_000 * USD).await;
    scene.renew().await;
    let left = scene.world.match_at(&heir, &winner, &market, lots, 220_000).await.ok().event::<VenueFilled>();
    let claim = -scene.world.margin(&winner).legs[0].position.cost.0;
    assert_eq!(left.seller_settled + claim, 10_000 * USD as i64);
    assert!(claim > 4_900 * USD as i64, "{claim}");
    // Nobody is deleveraged and nothing settles, for the loser can pay;
    let (deleverage, look) = (World::deleverage(&market), World::look_settlement(&market));
    scene.world.send(&deleverage, &[]).await.fails(PlimsollError::DeleveragingNotNeeded);
    scene.world.send(&look, &[]).await.fails(PlimsollError::SettlementNotNeeded);
    // its mark pays the claim to the atom,
    scene.renew().await;
    scene.world.send(&scene.world.mark(&loser.margin), &[]).await.ok();
    let paid = scene.world.send(&scene.world.mark(&winner.margin), &[]).await.ok().event::<Marked>().paid;
    assert_eq!(paid, claim);
    // and all together have lost their fees to the pool.
    scene.renew().await;
    scene.world.match_at(&loser, &heir, &market, lots, 220_000).await.ok();
    let gain = cash(&scene, &[&winner, &loser, &heir]) - (40_000 * USD) as i64;
    println!("a_01: the attacker's gain {gain}, the providers' {}", nav(&scene) - before);
    assert_eq!(nav(&scene) - before, -gain);
    assert!(gain < -(60 * USD as i64), "{gain}");
}

#[tokio::test]
async fn a_45_a_venue_that_fills_at_the_worst_price_again_and_again_takes_what_was_granted() {
    // Given an owner who let a venue buy 10 units for it at up to $200.10 and sell 10 at $199.90 or more,
    let mut scene = Scene::open().await;
    let venue = Keypair::new();
    let accomplice = scene.world.trader(1_000 * USD).await;
    scene.renew().await;
    for (buys, limit) in [(true, 200_100), (false, 199_900)] {
        let give = scene.world.grant(&scene.trader, &scene.market, &venue.pubkey(), buys, 10_000, limit);
        scene.world.send(&give, &[&scene.trader.key]).await.ok();
    }
    let before = scene.cash(&scene.trader);
    let (market, signer) = (scene.market, venue.pubkey());
    // when it buys and sells back and forth with an accomplice at the edge,
    let mut rounds = 0;
    loop {
        let buy = FillVenue {
            seller_authority: accomplice.owner(),
            seller_grant: None,
            ..scene.world.venue_fill_by(&signer, &scene.trader, &accomplice, &market, 1_000, 200_100)
        };
        if scene.world.send(&buy, &[&venue, &accomplice.key]).await.error() == PlimsollError::NotGranted.name() {
            break;
        }
        let sell = FillVenue {
            buyer_authority: accomplice.owner(),
            buyer_grant: None,
            ..scene.world.venue_fill_by(&signer, &accomplice, &scene.trader, &market, 1_000, 199_900)
        };
        scene.world.send(&sell, &[&venue, &accomplice.key]).await.ok();
        rounds += 1;
        scene.renew().await;
    }
    // then it ends with the lots: the owner has lost the width of its limits on ten units, and fees.
    assert_eq!(rounds, 10);
    let lost = before - scene.cash(&scene.trader);
    println!("a_45: the owner lost {lost}");
    assert!((2 * USD..2 * USD + USD / 2).contains(&lost), "{lost}");
    // Without limits of its own it would be the band, as far as margin.
    let wide = scene.world.venue_fill(&scene.trader, &accomplice, &market, 1_000, 202_000);
    let refused = scene.world.send(&wide, &[&scene.trader.key, &accomplice.key]).await;
    refused.fails(PlimsollError::OutsideVenueBand);
}
