//! Two accounts that a venue matched.

use plimsoll_tests::{
    Keypair, PlimsollError, Signer, World,
    cookies::Trader,
    engine::units::{Atoms, Pnl},
    events::VenueFilled,
    instructions::{Build, FillVenue},
    scenes::{Foreign, POSITION, Scene, TwoLegs},
    world::{DOLLAR, USD},
};

/// The fee of one side.
fn fee(scene: &Scene, lots: u64, price: u64) -> u64 {
    scene.world.market(&scene.market).core.risk.venue_fee.mul_ceil(Atoms(lots * price)).unwrap().0
}

fn nav(scene: &Scene) -> i64 {
    scene.world.market(&scene.market).core.nav().unwrap().0
}

/// A scene with a second trader who has deposited $1,000 too.
async fn pair() -> (Scene, Trader) {
    let mut scene = Scene::open().await;
    let other = scene.world.trader(1_000 * USD).await;
    scene.renew().await;
    (scene, other)
}

/// The same, and a venue that may buy 10,000 lots for the trader and sell 5,000 for the other, at $200 or better.
async fn granted() -> (Scene, Trader, Keypair) {
    let (mut scene, other) = pair().await;
    let venue = Keypair::new();
    for (trader, buys, lots) in [(&scene.trader, true, 10_000), (&other, false, 5_000)] {
        let give = scene.world.grant(trader, &scene.market, &venue.pubkey(), buys, lots, 200_000);
        scene.world.send(&give, &[&trader.key]).await.ok();
    }
    (scene, other, venue)
}

#[tokio::test]
async fn two_owners_trade_at_their_price_and_the_pool_takes_its_fees() {
    // Given two owners who agree on 50 units at $200.50, a quarter of a percent above the market's price,
    let (mut scene, other) = pair().await;
    let (before, treasury) = (nav(&scene), scene.treasury());
    // when they sign,
    let (lots, price) = (POSITION as u64, 200_500);
    let done = scene.world.match_at(&scene.trader, &other, &scene.market, lots, price).await.ok();
    // then each has the position at that price and has paid a fee, and the pool has the fees and nothing else.
    let paid = fee(&scene, lots, price);
    let (market, buyer, seller) = (scene.market.address, scene.trader.margin, other.margin);
    let (buyer_settled, seller_settled) = (0, 0);
    let expected = VenueFilled { market, buyer, seller, lots, price, buyer_settled, seller_settled, fee: paid };
    assert_eq!(done.event::<VenueFilled>(), expected);
    assert_eq!((scene.cash(&scene.trader), scene.cash(&other)), (1_000 * USD - paid, 1_000 * USD - paid));
    assert_eq!((scene.treasury(), nav(&scene)), (treasury + 2 * paid, before + 2 * paid as i64));
    let position = |trader: &Trader| scene.world.margin(trader).legs[0].position;
    let cost = (lots * price) as i64;
    assert_eq!((position(&scene.trader).lots.0, position(&scene.trader).cost), (POSITION, Pnl(cost)));
    assert_eq!((position(&other).lots.0, position(&other).cost), (-POSITION, Pnl(-cost)));
    assert_eq!(scene.world.ledger.skew(&scene.market.address).0, 0);
}

#[tokio::test]
async fn closing_against_each_other_pays_the_winner_out_of_the_loser() {
    let (mut scene, other) = pair().await;
    let lots = POSITION as u64;
    scene.world.match_at(&scene.trader, &other, &scene.market, lots, 200_000).await.ok();
    scene.price(206).await;
    let (cash, theirs, treasury) = (scene.cash(&scene.trader), scene.cash(&other), scene.treasury());
    let done = scene.world.match_at(&other, &scene.trader, &scene.market, lots, 206_000).await.ok();
    let event = done.event::<VenueFilled>();
    let moved = 300 * USD as i64;
    assert_eq!((event.buyer_settled, event.seller_settled), (-moved, moved));
    let paid = fee(&scene, lots, 206_000);
    assert_eq!(scene.cash(&scene.trader), cash + moved as u64 - paid);
    assert_eq!((scene.cash(&other), scene.treasury()), (theirs - moved as u64 - paid, treasury + 2 * paid));
    assert!([&scene.trader, &other].iter().all(|trader| scene.world.margin(trader).legs[0].is_free()));
}

#[tokio::test]
async fn a_venue_fills_what_both_owners_granted() {
    let (mut scene, other, venue) = granted().await;
    let signer = venue.pubkey();
    let fill = scene.world.venue_fill_by(&signer, &scene.trader, &other, &scene.market, 3_000, 200_000);
    scene.world.send(&fill, &[&venue]).await.ok().event::<VenueFilled>();
    let left = |trader: &Trader, buys| scene.world.granted(trader, &scene.market, &signer, buys).terms.lots.0;
    assert_eq!((left(&scene.trader, true), left(&other, false)), (7_000, 2_000));
    assert_eq!(scene.world.margin(&scene.trader).legs[0].position.lots.0, 3_000);
    // What is used up is used up, and a fill that is refused uses nothing up.
    let more = FillVenue { lots: 2_001, ..fill.clone() };
    scene.world.send(&more, &[&venue]).await.fails(PlimsollError::NotGranted);
    let last = FillVenue { lots: 2_000, ..fill.clone() };
    scene.world.send(&last, &[&venue]).await.ok();
    let again = FillVenue { lots: 100, ..fill };
    scene.world.send(&again, &[&venue]).await.fails(PlimsollError::NotGranted);
    assert_eq!(scene.world.granted(&scene.trader, &scene.market, &signer, true).terms.lots.0, 5_000);
}

#[tokio::test]
async fn one_side_may_sign_and_the_other_grant() {
    let (mut scene, other, venue) = granted().await;
    let both = scene.world.venue_fill_by(&venue.pubkey(), &scene.trader, &other, &scene.market, 1_000, 200_000);
    let fill = FillVenue { seller_authority: other.owner(), seller_grant: None, ..both };
    scene.world.send(&fill, &[&venue, &other.key]).await.ok();
    assert_eq!(scene.world.granted(&other, &scene.market, &venue.pubkey(), false).terms.lots.0, 5_000);
}

#[tokio::test]
async fn a_grant_binds_the_venue() {
    let (mut scene, other, venue) = granted().await;
    let good = scene.world.venue_fill_by(&venue.pubkey(), &scene.trader, &other, &scene.market, 1_000, 200_000);
    // Its limit, in either direction,
    for price in [199_999, 200_001] {
        let fill = FillVenue { price, ..good.clone() };
        scene.world.send(&fill, &[&venue]).await.fails(PlimsollError::LimitNotMet);
    }
    // its side,
    let swapped = FillVenue {
        buyer: good.seller,
        seller: good.buyer,
        buyer_grant: good.seller_grant,
        seller_grant: good.buyer_grant,
        ..good.clone()
    };
    scene.world.send(&swapped, &[&venue]).await.fails(PlimsollError::NotGranted);
    // its account,
    let crossed = FillVenue { buyer_grant: good.seller_grant, seller_grant: good.buyer_grant, ..good.clone() };
    scene.world.send(&crossed, &[&venue]).await.fails(PlimsollError::WrongGrant);
    // its venue,
    let thief = Keypair::new();
    let stolen = FillVenue { buyer_authority: thief.pubkey(), seller_authority: thief.pubkey(), ..good.clone() };
    scene.world.send(&stolen, &[&thief]).await.fails(PlimsollError::WrongGrant);
    let bare = FillVenue { buyer_grant: None, ..good.clone() };
    scene.world.send(&bare, &[&venue]).await.fails(PlimsollError::NotAuthorised);
    // not even its owner uses it in the venue's place,
    let owners = FillVenue { buyer_authority: scene.trader.owner(), ..good.clone() };
    scene.world.send(&owners, &[&venue, &scene.trader.key]).await.fails(PlimsollError::WrongGrant);
    // its market,
    let second = scene.world.create_market(plimsoll_tests::parameters::sol()).await;
    scene.world.price(&second, 200 * DOLLAR).await.ok();
    let elsewhere = FillVenue { market: second.address, ..good.clone() };
    scene.world.send(&elsewhere, &[&venue]).await.fails(PlimsollError::WrongGrant);
    // and its time.
    scene.world.chain.advance(61, 100).await;
    scene.renew().await;
    scene.world.send(&good, &[&venue]).await.fails(PlimsollError::NotGranted);
}

#[tokio::test]
async fn nobody_trades_for_somebody_else() {
    let (mut scene, other) = pair().await;
    let good = scene.world.venue_fill(&scene.trader, &other, &scene.market, 1_000, 200_000);
    let stranger = Keypair::new();
    let fill = FillVenue { seller_authority: stranger.pubkey(), ..good.clone() };
    scene.world.send(&fill, &[&scene.trader.key, &stranger]).await.fails(PlimsollError::NotAuthorised);
    let fill = FillVenue { buyer_authority: other.owner(), ..good.clone() };
    scene.world.send(&fill, &[&other.key]).await.fails(PlimsollError::NotAuthorised);
    for unsigned in 0..2 {
        let mut bare = good.instruction();
        bare.accounts[unsigned].is_signer = false;
        let key = if unsigned == 0 { &other.key } else { &scene.trader.key };
        assert!(scene.world.run(&[bare], &[key]).await.result.is_err());
    }
    // A delegate neither: it could sell to itself.
    let delegate = Keypair::new();
    let set = World::set_delegate(&scene.trader, delegate.pubkey());
    scene.world.send(&set, &[&scene.trader.key]).await.ok();
    let fill = FillVenue { buyer_authority: delegate.pubkey(), ..good.clone() };
    scene.world.send(&fill, &[&delegate, &other.key]).await.fails(PlimsollError::NotAuthorised);
    scene.world.send(&good, &[&scene.trader.key, &other.key]).await.ok();
}

#[tokio::test]
async fn a_24_two_accounts_of_this_exchange_are_needed() {
    let (mut scene, other) = pair().await;
    let good = scene.world.venue_fill(&scene.trader, &other, &scene.market, 1_000, 200_000);
    let same = FillVenue { seller: good.buyer, seller_authority: good.buyer_authority, ..good.clone() };
    scene.world.send(&same, &[&scene.trader.key]).await.fails_as("ConstraintDuplicateMutableAccount");
    let (trader, provider) = (scene.trader, scene.market);
    let (mut world, foreign) = Foreign::beside(scene.world).await;
    let with_theirs =
        FillVenue { seller: foreign.trader.margin, seller_authority: foreign.trader.owner(), ..good.clone() };
    world.send(&with_theirs, &[&trader.key, &foreign.trader.key]).await.fails(PlimsollError::WrongExchange);
    let in_theirs = FillVenue { market: foreign.market.address, ..good.clone() };
    world.send(&in_theirs, &[&trader.key, &other.key]).await.fails(PlimsollError::WrongExchange);
    world.price(&provider, 200 * DOLLAR).await.ok();
    world.send(&good, &[&trader.key, &other.key]).await.ok();
}

#[tokio::test]
async fn an_owner_may_trade_between_its_own_accounts() {
    let (mut scene, _) = pair().await;
    let key = scene.trader.key.insecure_clone();
    let margin = plimsoll_tests::addresses::margin(&scene.world.exchange.address, &key.pubkey(), 1);
    let exchange = scene.world.exchange.address;
    let open = plimsoll_tests::instructions::OpenAccount { owner: key.pubkey(), exchange, margin, index: 1 };
    scene.world.send(&open, &[&key]).await.ok();
    let second = Trader { key: key.insecure_clone(), tokens: scene.trader.tokens, margin };
    scene.world.chain.put_token(
        &scene.world.exchange.token_program.clone(),
        &second.tokens,
        &scene.world.exchange.mint.clone(),
        &key.pubkey(),
        1_000 * USD,
    );
    scene.world.send(&scene.world.deposit(&second, 1_000 * USD), &[&key]).await.ok();
    let fill = scene.world.venue_fill(&scene.trader, &second, &scene.market, 1_000, 200_000);
    scene.world.send(&fill, &[&key]).await.ok();
}

#[tokio::test]
async fn sizes_and_prices_out_of_range_are_refused() {
    let (mut scene, other) = pair().await;
    for (lots, price, error) in [
        (0, 200_000, PlimsollError::ZeroAmount),
        (1_000, 0, PlimsollError::ZeroAmount),
        (99, 200_000, PlimsollError::BelowMinimumPosition),
        (1_000, 201_000, PlimsollError::OutsideVenueBand),
        (1_000, 199_000, PlimsollError::OutsideVenueBand),
        (1_000, u64::MAX, PlimsollError::OutsideVenueBand),
        (u64::MAX, 200_000, PlimsollError::Overflow),
        (300_000, 200_000, PlimsollError::BelowInitialMargin),
    ] {
        scene.world.match_at(&scene.trader, &other, &scene.market, lots, price).await.fails(error);
    }
    scene.world.match_at(&scene.trader, &other, &scene.market, 1_000, 200_999).await.ok();
    scene.world.chain.advance(16, 30).await;
    scene.world.match_at(&scene.trader, &other, &scene.market, 1_000, 200_000).await.fails(PlimsollError::PriceTooOld);
}

#[tokio::test]
async fn the_markets_of_both_accounts_other_legs_follow() {
    // Given a trader with two legs and another with one in the second market,
    let mut legs = TwoLegs::open(10_000, 10_000).await;
    let other = legs.scene.world.trader(1_000 * USD).await;
    legs.prices(200, 200).await;
    let second = legs.second;
    legs.scene.world.trade(&other, &second, -10_000).await.ok();
    legs.prices(200, 200).await;
    let good = legs.scene.world.venue_fill(&other, &legs.scene.trader, &legs.scene.market, 5_000, 200_000);
    assert_eq!(good.legs, [second.address, second.address], "the buyer's, then the seller's");
    let keys = [other.key.insecure_clone(), legs.scene.trader.key.insecure_clone()];
    let keys: Vec<&Keypair> = keys.iter().collect();
    // when one is left out, or one too many passed, it is refused;
    for (markets, error) in [
        (vec![], PlimsollError::MissingLeg),
        (vec![second.address], PlimsollError::MissingLeg),
        (vec![second.address; 3], PlimsollError::UnexpectedAccount),
    ] {
        let wrong = FillVenue { legs: markets, ..good.clone() };
        legs.scene.world.send(&wrong, &keys).await.fails(error);
    }
    let named = FillVenue { legs: vec![legs.scene.market.address, second.address], ..good.clone() };
    legs.scene.world.send(&named, &keys).await.fails_as("ConstraintDuplicateMutableAccount");
    legs.scene.world.send(&good, &keys).await.ok();
    assert_eq!(legs.scene.world.margin(&other).legs[1].position.lots.0, 5_000);
    // and where the price of one is old, nothing is matched, not even by who reduces.
    legs.scene.world.chain.advance(16, 30).await;
    legs.scene.renew().await;
    let back = legs.scene.world.venue_fill(&legs.scene.trader, &other, &legs.scene.market, 1_000, 200_000);
    for fill in [good, back] {
        legs.scene.world.send(&fill, &keys).await.fails(PlimsollError::PriceTooOld);
    }
}

#[tokio::test]
async fn a_flagged_account_only_shrinks() {
    let mut scene = Scene::flagged().await;
    let other = scene.world.trader(10_000 * USD).await;
    let grows = scene.world.match_at(&scene.trader, &other, &scene.market, 1_000, 182_000).await;
    grows.fails(PlimsollError::AccountFlagged);
    scene.world.match_at(&other, &scene.trader, &scene.market, POSITION as u64, 182_000).await.ok();
    // It has left the queue's reach by leaving its risk to somebody with margin for it; the entry goes when anyone looks.
    assert!(scene.world.margin(&scene.trader).legs[0].is_free());
    scene.flag().await.ok();
    assert!(!scene.world.margin(&scene.trader).is_flagged(scene.world.chain.now()));
}
