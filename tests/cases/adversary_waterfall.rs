//! Attacks on the last steps of the waterfall, where a market may not pay everybody: what the attacker gains and what its
//! victims lose, measured.

use plimsoll_tests::{
    Address, PlimsollError, World,
    cookies::Trader,
    engine::market::Market,
    events::{
        BankruptcyClosed, ClaimPaid, DeficitPaid, Deleveraged, DeleveragingCancelled, DeleveragingSeen, Marked,
        OrderExecuted, SettlementCancelled, SettlementSeen,
    },
    parameters,
    scenes::{POSITION, Scene},
    settling::{Insolvent, RUIN},
    world::{DOLLAR, USD},
};

fn nav(scene: &Scene) -> i64 {
    scene.world.market(&scene.market).core.nav().unwrap().0
}

fn cash(scene: &Scene, traders: &[&Trader]) -> i64 {
    traders.iter().map(|trader| scene.cash(trader) as i64).sum()
}

/// What an account has won in its first leg.
fn profit(scene: &Scene, margin: &Address) -> i64 {
    let core = &scene.world.market(&scene.market).core;
    scene.world.ledger.margins[margin].legs[0].position.pnl(core.price.oracle).unwrap().0
}

#[tokio::test]
async fn a_01_leaving_before_the_loser_is_marked_takes_nothing_from_providers() {
    // Given $3,000 of liquidity and an attacker with $10,000 on either side,
    let mut scene = Scene::with(parameters::sol(), 3_000 * USD).await;
    let winner = scene.another(1_000 * USD, POSITION).await;
    let loser = scene.another(10_000 * USD, -POSITION).await;
    // when the price rises by half and the winner leaves before anybody has marked the loser,
    scene.price(300).await;
    let before = nav(&scene);
    let left = scene.world.trade(&winner, &scene.market, -POSITION).await.ok().event::<OrderExecuted>();
    let claim = -scene.world.margin(&winner).legs[0].position.cost.0;
    assert!(left.settled > 2_900 * USD as i64 && claim > 1_900 * USD as i64, "paid {}, owed {claim}", left.settled);
    // then nobody is deleveraged and nothing settles, for the loser can pay;
    let (deleverage, look) = (World::deleverage(&scene.market), World::look_settlement(&scene.market));
    scene.world.send(&deleverage, &[]).await.fails(PlimsollError::DeleveragingNotNeeded);
    scene.world.send(&look, &[]).await.fails(PlimsollError::SettlementNotNeeded);
    // its mark fills the treasury, and the claim is paid to the atom.
    scene.renew().await;
    scene.world.send(&scene.world.mark(&loser.margin), &[]).await.ok();
    let paid = scene.world.send(&scene.world.mark(&winner.margin), &[]).await.ok().event::<Marked>().paid;
    assert_eq!(paid, claim);
    scene.world.trade(&loser, &scene.market, POSITION).await.ok().event::<OrderExecuted>();
    // The attacker has lost fees and spreads, and the providers have them.
    let gain = cash(&scene, &[&winner, &loser]) - (11_000 * USD) as i64;
    println!("a_01: the attacker's gain {gain}, the providers' {}", nav(&scene) - (3_000 * USD) as i64);
    assert!((-40 * USD as i64..-20 * USD as i64).contains(&gain), "{gain}");
    assert_eq!(nav(&scene), (3_000 * USD) as i64 - gain);
    assert!(nav(&scene) > before);
}

#[tokio::test]
async fn a_08_a_bankrupt_winner_of_a_settlement_leaves_with_nothing_and_no_other_market_pays_for_it() {
    // Given an attacker with a winning leg in a market that settles and a losing one elsewhere,
    let mut ruin = Insolvent::open().await;
    let second = ruin.scene.world.create_market(parameters::sol()).await;
    ruin.scene.world.price(&second, 200 * DOLLAR).await.ok();
    ruin.scene.world.provider(&second, 10_000_000 * USD).await;
    ruin.scene.renew().await;
    ruin.scene.world.trade(&ruin.scene.trader, &second, POSITION).await.ok();
    for seconds in [1, 60] {
        ruin.later(seconds, RUIN).await;
        ruin.look().await.ok();
    }
    let margin = ruin.scene.trader.margin;
    let (won, own) = (profit(&ruin.scene, &margin), ruin.cash(&margin) as i64);
    // when both together are less than nothing, and all its legs are closed,
    ruin.scene.world.price(&second, 50 * DOLLAR).await.ok();
    let flag = ruin.scene.world.flag(&margin, &second, &ruin.scene.keeper);
    ruin.scene.world.send(&flag, &[]).await.ok();
    ruin.scene.world.price(&second, 50 * DOLLAR).await.ok();
    let before = ruin.scene.world.market(&second).core.nav().unwrap().0;
    let treasury = ruin.scene.treasury();
    let liquidate = ruin.scene.world.liquidate(&margin, &second, &ruin.scene.keeper);
    let closed = ruin.scene.world.send(&liquidate, &[]).await.ok().events::<BankruptcyClosed>();
    // then its profit, which the settlement withholds, is insurance's claim, and its cash pays the loss;
    let of = |market: Address| closed.iter().find(|event| event.market == market).unwrap();
    let (winning, losing) = (of(ruin.scene.market.address), of(second.address));
    assert_eq!((winning.settled, winning.claim as i64, winning.price), (0, won, 320_000));
    assert_eq!(losing.settled, -own);
    assert_eq!((ruin.cash(&margin), ruin.scene.treasury()), (0, treasury));
    // insurance answers the deficit, so that the other market's providers lose nothing,
    let drawn = ruin.scene.world.send(&ruin.scene.world.draw(&second), &[]).await.ok().event::<DeficitPaid>();
    assert_eq!((drawn.from_shared, drawn.by_providers), (losing.deficit, 0));
    assert!(ruin.scene.world.market(&second).core.nav().unwrap().0 >= before, "they even keep the premium");
    // and the settlement's other winner is paid before insurance: in full, with one claim less.
    let others = profit(&ruin.scene, &ruin.other.margin) as u64;
    for margin in [ruin.other.margin, ruin.loser.margin] {
        ruin.settle(&margin).await.ok();
    }
    ruin.fix().await.ok();
    let other = ruin.other.margin;
    assert_eq!(ruin.pay(&other).await.ok().event::<ClaimPaid>().first, others);
}

/// Twenty small longs of odd sizes, 20 units together, against $1,000 of liquidity.
async fn crowd() -> (Scene, Vec<Trader>) {
    let mut scene = Scene::with(parameters::sol(), 1_000 * USD).await;
    let mut crowd = Vec::new();
    for number in 0..20 {
        crowd.push(scene.another(100 * USD, 905 + 10 * number).await);
    }
    (scene, crowd)
}

/// Both looks at the present price.
async fn deleverage(scene: &mut Scene) -> Deleveraged {
    scene.world.send(&World::deleverage(&scene.market), &[]).await.ok().event::<DeleveragingSeen>();
    scene.renew().await;
    scene.world.send(&World::deleverage(&scene.market), &[]).await.ok().event::<Deleveraged>()
}

#[tokio::test]
async fn a_09_everybody_can_close_after_deleveraging_the_last_one_too() {
    // Given a one-sided book of many small positions that is cut to a sixth,
    let (mut scene, crowd) = crowd().await;
    scene.price(248).await;
    let before: Vec<i64> = crowd.iter().map(|trader| profit(&scene, &trader.margin)).collect();
    let value = nav(&scene);
    let cut = deleverage(&mut scene).await;
    assert_eq!(cut.lots_before, 20_000);
    assert!(cut.lots_after > 3_000 && cut.lots_after < 4_000, "{cut:?}");
    // when all of them close, one after the other,
    let mut kept = 0;
    for (trader, before) in crowd.iter().zip(before) {
        let start = scene.cash(trader) as i64;
        scene.renew().await;
        let held = scene.world.margin(trader).legs[0].position.lots.0;
        scene.world.send(&scene.world.mark(&trader.margin), &[]).await.ok();
        let lots = scene.world.margin(trader).legs[0].position.lots.0;
        let fair = (held * cut.lots_after as i64) as f64 / 20_000.0;
        assert!((lots as f64) <= fair + 0.001 && lots as f64 > fair - 1.001, "{lots} of {held}, {fair}");
        let done = scene.world.trade(trader, &scene.market, -lots).await.ok().event::<OrderExecuted>();
        // then each gets what it had won, to two atoms, less what every fill costs.
        let costs = done.fee as i64 + done.spread as i64 + done.premium;
        let lost = before - (scene.cash(trader) as i64 - start + costs);
        assert!((0..=2).contains(&lost), "{lost} atoms");
        assert!(scene.world.margin(trader).legs[0].is_free());
        kept += lost;
    }
    // Nobody is left, nothing is stranded, and no more than the rounding has become the providers'.
    let book = scene.world.market(&scene.market).core.book;
    assert_eq!((book.long.lots.0, book.long.lots_fraction, book.long.cost.0, book.long.attached), (0, 0, 0, 0));
    println!("a_09: twenty closers lost {kept} atoms to rounding");
    assert_eq!(nav(&scene), book.treasury.0 as i64);
    assert!(nav(&scene) > value);
}

#[tokio::test]
async fn a_09_a_side_is_never_cut_below_the_other() {
    let mut ruin = Insolvent::ruined().await;
    let cut = deleverage(&mut ruin.scene).await;
    let book = ruin.scene.world.market(&ruin.scene.market).core.book;
    assert_eq!((cut.lots_after, book.long.lots), (50_000, book.short.lots));
    // What is matched stays, although net asset value is negative: now it is a case for settlement.
    ruin.scene.price(RUIN + 1).await;
    assert!(nav(&ruin.scene) < 0);
    ruin.deleverage().await.fails(PlimsollError::DeleveragingNotNeeded);
    ruin.look().await.ok().event::<SettlementSeen>();
}

/// The second winner's cash at the end of a settlement, with a run of its own between the looks or without.
async fn after_settlement(runs: bool) -> (i64, [ClaimPaid; 2]) {
    let mut ruin = Insolvent::seen().await;
    let [trader, other, loser] = ruin.margins();
    if runs {
        // It marks, closes and withdraws. Nothing of its profit comes with it.
        let marked = ruin.scene.world.send(&ruin.scene.world.mark(&other), &[]).await.ok().event::<Marked>();
        assert_eq!(marked.paid, 0);
        let before = ruin.cash(&other);
        let closed = ruin.scene.world.trade(&ruin.other, &ruin.scene.market, -2 * POSITION).await.ok();
        let closed = closed.event::<OrderExecuted>();
        assert_eq!((closed.settled, ruin.cash(&other)), (0, before - closed.fee));
        let more = ruin.scene.world.withdraw(&ruin.other, ruin.cash(&other) + 1);
        ruin.scene.world.send(&more, &[&ruin.other.key]).await.fails(PlimsollError::InsufficientCash);
    }
    ruin.later(60, RUIN).await;
    ruin.look().await.ok();
    for margin in [other, loser, trader] {
        ruin.settle(&margin).await.ok();
    }
    ruin.fix().await.ok();
    let paid = [ruin.pay(&other).await.ok().event::<ClaimPaid>(), ruin.pay(&trader).await.ok().event::<ClaimPaid>()];
    (ruin.cash(&other) as i64, paid)
}

#[tokio::test]
async fn a_11_a_run_between_the_looks_only_costs_the_runner() {
    let (patient, _) = after_settlement(false).await;
    let (runner, [ran, stayed]) = after_settlement(true).await;
    println!("a_11: the runner's gain {}", runner - patient);
    assert!(runner < patient, "{runner} with a run, {patient} without");
    // Both are paid the same fraction: twice the position, twice the payment, but for the entry prices.
    assert!(ran.first.abs_diff(2 * stayed.first) * 100 < stayed.first, "{ran:?} {stayed:?}");
}

/// A leg of an account with this deposit in each of two markets, of which the first settles: losses of $2,800 each.
async fn two_losses(deposit: u64) -> (Insolvent, plimsoll_tests::cookies::MarketCookie, Address) {
    let mut ruin = Insolvent::open().await;
    let second = ruin.scene.world.create_market(parameters::sol()).await;
    ruin.scene.world.price(&second, 200 * DOLLAR).await.ok();
    ruin.scene.world.provider(&second, 10_000_000 * USD).await;
    ruin.scene.renew().await;
    let victim = ruin.scene.another(deposit, -20_000).await;
    ruin.scene.world.price(&second, 200 * DOLLAR).await.ok();
    ruin.scene.world.trade(&victim, &second, POSITION).await.ok();
    for seconds in [1, 60] {
        ruin.later(seconds, 340).await;
        ruin.look().await.ok();
    }
    ruin.scene.world.price(&second, 144 * DOLLAR).await.ok();
    (ruin, second, victim.margin)
}

#[tokio::test]
async fn a_30_settling_a_bankrupts_leg_first_does_not_choose_who_is_paid() {
    // Given an account that can pay one of two equal losses,
    let (mut ruin, second, victim) = two_losses(2_820 * USD).await;
    let cash = ruin.cash(&victim) as i64;
    // when a winner of the market that settles wants all of its cash there, then it is refused,
    ruin.settle(&victim).await.fails(PlimsollError::AccountBankrupt);
    // and a liquidation shares it.
    let flag = ruin.scene.world.flag(&victim, &second, &ruin.scene.keeper);
    ruin.scene.world.send(&flag, &[]).await.ok();
    ruin.scene.world.price(&second, 144 * DOLLAR).await.ok();
    let liquidate = ruin.scene.world.liquidate(&victim, &second, &ruin.scene.keeper);
    let closed = ruin.scene.world.send(&liquidate, &[]).await.ok().events::<BankruptcyClosed>();
    assert_eq!(closed.len(), 2);
    let paid = |event: &BankruptcyClosed| -event.settled as f64;
    let loss = |event: &BankruptcyClosed| paid(event) + event.deficit as f64;
    let shares: Vec<f64> = closed.iter().map(|event| paid(event) / loss(event)).collect();
    println!("a_30: each market is paid {shares:?} of its loss");
    assert!((shares[0] - shares[1]).abs() < 1e-9, "{shares:?}");
    assert_eq!(closed.iter().map(|event| -event.settled).sum::<i64>(), cash);
}

#[tokio::test]
async fn a_30_nor_does_a_moment_at_which_the_other_price_is_stale() {
    // Given an account that is $22 short of both losses, less than a stale leg would be credited with,
    let (mut ruin, second, victim) = two_losses(5_588 * USD).await;
    ruin.settle(&victim).await.fails(PlimsollError::AccountBankrupt);
    // when the other market's price has become stale, then credits do not count for it,
    ruin.scene.world.chain.advance(16, 32).await;
    ruin.settle(&victim).await.fails(PlimsollError::AccountBankrupt);
    // and when that has recovered enough to pay everything, the position is settled.
    ruin.scene.world.price(&second, 145 * DOLLAR).await.ok();
    ruin.settle(&victim).await.ok();
}

#[tokio::test]
async fn a_30_a_mark_shares_with_a_market_that_settles_too() {
    let (mut ruin, _, victim) = two_losses(2_820 * USD).await;
    let cash = ruin.cash(&victim) as i64;
    let marked = ruin.scene.world.send(&ruin.scene.world.mark(&victim), &[]).await.ok().events::<Marked>();
    assert_eq!(marked.iter().map(|event| -event.paid).sum::<i64>(), cash);
    assert!(marked[0].paid.abs_diff(marked[1].paid) < 10 * USD, "equal losses but for spreads: {marked:?}");
    // What is left of it is nothing to settle with.
    ruin.settle(&victim).await.fails(PlimsollError::AccountBankrupt);
}

/// A market without its prices and looks: everything that belongs to somebody.
fn owned(scene: &Scene) -> (Market, Vec<plimsoll_tests::state::MarginAccount>) {
    let core = scene.world.market(&scene.market).core;
    let market = Market { book: core.book, status: core.status, lp_shares: core.lp_shares, ..Market::default() };
    (market, scene.world.ledger.margins.values().copied().collect())
}

#[tokio::test]
async fn a_37_one_bad_print_neither_deleverages_nor_settles() {
    // Given a sound market, and an attacker who lands one print at the edge,
    let mut ruin = Insolvent::open().await;
    let (market, accounts) = owned(&ruin.scene);
    ruin.scene.price(RUIN).await;
    // when it looks as often as it likes, then both wait for a second price,
    ruin.deleverage().await.ok().event::<DeleveragingSeen>();
    ruin.deleverage().await.fails(PlimsollError::PriceNotNewer);
    ruin.look().await.ok().event::<SettlementSeen>();
    ruin.look().await.fails(PlimsollError::SettlementTooEarly);
    // which the same print is not, however long it stands,
    ruin.scene.world.chain.advance(15, 30).await;
    ruin.deleverage().await.fails(PlimsollError::PriceNotNewer);
    ruin.look().await.fails(PlimsollError::SettlementTooEarly);
    ruin.scene.world.chain.advance(45, 90).await;
    ruin.deleverage().await.fails(PlimsollError::PriceTooOld);
    ruin.look().await.fails(PlimsollError::PriceTooOld);
    // and the next one ends it: nobody has lost or gained an atom.
    ruin.scene.price(200).await;
    ruin.look().await.ok().event::<SettlementCancelled>();
    ruin.scene.world.send(&World::deleverage(&ruin.scene.market), &[]).await.ok().event::<DeleveragingCancelled>();
    let (after, accounts_after) = owned(&ruin.scene);
    assert_eq!(after, market);
    let bytes = |accounts: &[plimsoll_tests::state::MarginAccount]| bytemuck::cast_slice::<_, u8>(accounts).to_vec();
    assert_eq!(bytes(&accounts_after), bytes(&accounts));
}
