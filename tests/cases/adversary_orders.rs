//! Attacks through orders, marks and one's own liquidation, run to the end: what the attacker gained, what others lost.
//!
//! Named after their rows in `docs/threat-model.md`.

use plimsoll_tests::{
    Outcome, PlimsollError, World,
    cookies::Trader,
    engine::parameters::Parameters,
    events::{Flagged, Liquidated, Marked, OrderExecuted, OrderExpired, OrderFailed},
    instructions::ExecuteOrder,
    oracle::Quote,
    parameters,
    scenes::{POSITION, Scene, TwoLegs},
    world::{DOLLAR, USD},
};

/// Net asset value of the scene's market at its price.
fn nav(scene: &Scene) -> i64 {
    scene.world.market(&scene.market).core.nav().unwrap().0
}

/// Gives a trader tokens and deposits them.
async fn top_up(scene: &mut Scene, trader: &Trader, amount: u64) {
    let (program, mint) = (scene.world.exchange.token_program, scene.world.exchange.mint);
    scene.world.chain.put_token(&program, &trader.tokens, &mint, &trader.owner(), amount);
    let deposit = scene.world.deposit(trader, amount);
    scene.world.send(&deposit, &[&trader.key]).await.ok();
}

#[tokio::test]
async fn a_29_an_order_is_no_option() {
    // Given an attacker with too little for the margin of his order, who wants to pay for it only once he has seen the price
    // that it executes at: it rises by one per cent,
    let mut scene = Scene::open().await;
    let attacker = scene.world.trader(100 * USD).await;
    let order = World::order(&attacker, &scene.market, POSITION, 300_000);
    scene.world.send(&order, &[&attacker.key]).await.ok();
    let fee = 100 * USD - scene.cash(&attacker);
    let treasury = scene.treasury();
    // when a keeper executes it at once, as he is paid to,
    let execute = scene.world.due(&attacker, &scene.market, 0, 200 * DOLLAR).await;
    let keeper = ExecuteOrder { executor: Some(scene.keeper.margin), ..execute.clone() };
    let failed = scene.world.send(&keeper, &[]).await.ok().event::<OrderFailed>();
    assert_eq!(failed.error, PlimsollError::BelowInitialMargin.code());
    // then the order is gone when the attacker brings the money, and its fee with it.
    scene.price(202).await;
    top_up(&mut scene, &attacker, 1_000 * USD).await;
    scene.world.send(&execute, &[]).await.fails(PlimsollError::NoSuchOrder);
    assert_eq!(scene.cash(&attacker), 1_100 * USD - fee);
    assert_eq!(scene.treasury() + scene.cash(&scene.keeper), treasury + fee);

    // The same with the limit: one that he sets to fail unless the price moves his way only costs him.
    let order = World::order(&attacker, &scene.market, POSITION, 200_000);
    scene.world.send(&order, &[&attacker.key]).await.ok();
    let done = scene.world.execute_at(&attacker, &scene.market, 0, 202).await.ok();
    assert_eq!(done.event::<OrderFailed>().error, PlimsollError::LimitNotMet.code());

    // And with time: whoever waits for what comes after the update finds it expired.
    let order = World::order(&attacker, &scene.market, POSITION, 300_000);
    scene.world.send(&order, &[&attacker.key]).await.ok();
    let late = scene.world.due(&attacker, &scene.market, 0, 202 * DOLLAR).await;
    scene.world.chain.advance(9, 18).await;
    scene.world.send(&late, &[]).await.ok().event::<OrderExpired>();
    let lost = 1_100 * USD - scene.cash(&attacker);
    assert!(lost > 3 * fee && scene.world.margin(&attacker).legs[0].is_free(), "three fees, no position: {lost}");
    assert_eq!(scene.treasury() + scene.cash(&scene.keeper), treasury + lost, "all of it is others'");
}

#[tokio::test]
async fn a_31_trimming_the_larger_leg_moves_no_flag() {
    // Given an account with two nearly equal legs, flagged for the first,
    let mut legs = TwoLegs::open(30_000, 29_000).await;
    legs.prices(185, 185).await;
    let (first, second) = (legs.scene.market, legs.second);
    let margin = legs.scene.trader.margin;
    let flag = legs.scene.world.flag(&margin, &first, &legs.scene.keeper);
    let flagged = legs.scene.world.send(&flag, &[]).await.ok().event::<Flagged>();
    assert!(flagged.first);
    let (cash, since) = (legs.scene.cash(&legs.scene.trader), legs.scene.world.chain.now());
    // when its owner trims that leg, so that the other is the larger one,
    let lots = -2_000;
    let order = World::order(&legs.scene.trader, &first, lots, 1);
    legs.scene.world.send(&order, &[&legs.scene.trader.key]).await.ok();
    let fee = cash - legs.scene.cash(&legs.scene.trader);
    legs.prices(185, 185).await;
    legs.scene.world.execute_at(&legs.scene.trader, &first, 0, 185).await.ok().event::<OrderExecuted>();
    legs.scene.world.price(&second, 185 * DOLLAR).await.ok();
    legs.scene.world.price(&first, 185 * DOLLAR).await.ok();
    // then the flag still binds the first: no other queue takes the account,
    let other = legs.scene.world.flag(&margin, &second, &legs.scene.keeper);
    legs.scene.world.send(&other, &[]).await.fails(PlimsollError::FlaggedElsewhere);
    let again = legs.scene.world.send(&flag, &[]).await.ok().event::<Flagged>();
    assert!(!again.first, "a refresh, nothing starts anew");
    // and it is liquidated there, with the age of its first flag: nothing was won but the fee that it cost.
    let close = legs.scene.world.liquidate(&margin, &first, &legs.scene.keeper);
    let done = legs.scene.world.send(&close, &[]).await.ok().event::<Liquidated>();
    assert_eq!((done.market, done.first_flagged), (first.address, since));
    assert!(fee > 0, "{fee}");
}

#[tokio::test]
async fn a_36_marking_frees_nothing_that_the_profit_weight_holds() {
    // Given a market that counts half of a profit, and a trader with $250 of it,
    let half = Parameters { profit_weight_ppm: 500_000, ..parameters::sol() };
    let mut scene = Scene::with(half, 10_000_000 * USD).await;
    scene.trade(POSITION).await.ok();
    scene.price(205).await;
    let before = scene.world.health(&scene.trader.margin).await;
    let treasury = scene.treasury();
    // when it is marked as often as one likes,
    for _ in 0..3 {
        scene.price(205).await;
        let mark = scene.world.mark(&scene.trader.margin);
        assert_eq!(scene.world.send(&mark, &[]).await.ok().event::<Marked>().paid, 0);
    }
    // then it may withdraw as much as before, and not an atom more.
    let after = scene.world.health(&scene.trader.margin).await;
    assert_eq!((after.withdrawable, after.cash, scene.treasury()), (before.withdrawable, before.cash, treasury));
    let more = scene.world.withdraw(&scene.trader, before.withdrawable + 1);
    let refused = scene.world.send(&more, &[&scene.trader.key]).await;
    assert!(refused.error() == "BelowInitialMargin" || refused.error() == "InsufficientCash", "{}", refused.error());
    // A cap holds as well: of a profit above it marks pay nothing.
    let capped = Parameters { profit_cap: 100 * USD, ..parameters::sol() };
    let mut scene = Scene::with(capped, 10_000_000 * USD).await;
    scene.trade(POSITION).await.ok();
    scene.price(205).await;
    let mark = scene.world.mark(&scene.trader.margin);
    assert_eq!(scene.world.send(&mark, &[]).await.ok().event::<Marked>().paid, 0);
}

/// A victim is liquidated between two trades of an attacker, if there is one: what became of both.
async fn sandwich(lots: i64) -> (Liquidated, i64, i64) {
    let mut scene = Scene::flagged().await;
    let capital = 100_000 * USD;
    let attacker = scene.world.trader(capital).await;
    let before = nav(&scene);
    if lots != 0 {
        scene.world.trade(&attacker, &scene.market, lots).await.ok().event::<OrderExecuted>();
    } else {
        scene.world.chain.advance(3, 8).await;
        scene.renew().await;
    }
    scene.renew().await;
    let closed = scene.liquidate().await.ok().event::<Liquidated>();
    if lots != 0 {
        scene.world.trade(&attacker, &scene.market, -lots).await.ok().event::<OrderExecuted>();
    }
    (closed, scene.cash(&attacker) as i64 - capital as i64, nav(&scene) - before)
}

#[tokio::test]
async fn a_03_a_sandwich_around_a_liquidation_loses_its_costs() {
    // Whatever the attacker does before and after, $1m either way, the victim is closed at the same price for the same charge.
    let (plain, nothing, provided) = sandwich(0).await;
    assert_eq!(nothing, 0);
    for lots in [-5_000_000, 5_000_000] {
        let (attacked, gain, nav) = sandwich(lots).await;
        let told = |done: &Liquidated| {
            let charge = (done.to_treasury, done.to_flagger, done.to_liquidator, done.to_insurance);
            (done.lots, done.price, done.settled, done.equity_before, charge)
        };
        assert_eq!(told(&attacked), told(&plain), "the victim");
        // Two fees and two spreads of $910,000 to $1m: the pool's gain.
        assert!(gain < -900 * i64::try_from(USD).unwrap(), "{gain}");
        assert!(nav - provided >= -gain - 20_000 - 20_000, "{nav} {provided} {gain}");
    }
}

/// A pool whose heavier side is full, at the largest premium that the charge's part for the treasury allows.
fn fullest() -> Parameters {
    Parameters { side_cap: 100_000_000, skew_scale: 28_600_000_000, ..parameters::sol() }
}

/// What came of a short of this many lots on the lighter side, closed by its owner's own keeper: his gain with a perfect
/// hedge elsewhere, and the providers' net asset value.
async fn rebate(lots: i64) -> (i64, i64) {
    let mut scene = Scene::with(fullest(), 20_000_000 * USD).await;
    let whale = scene.world.trader(20_000_000 * USD).await;
    scene.world.trade(&whale, &scene.market, 99_000_000).await.ok().event::<OrderExecuted>();
    let capital = 64_000 * USD;
    let attacker = scene.world.trader(capital).await;
    let mut hedge = 0;
    if lots != 0 {
        let opened = scene.world.trade(&attacker, &scene.market, -lots).await.ok().event::<OrderExecuted>();
        assert!(-opened.premium > 3_000 * USD as i64, "the premium is his: {}", opened.premium);
    }
    scene.price(209).await;
    if lots != 0 {
        let flag = scene.world.flag(&attacker.margin, &scene.market, &scene.keeper);
        scene.world.send(&flag, &[]).await.ok();
        scene.price(209).await;
        let close = scene.world.liquidate(&attacker.margin, &scene.market, &scene.keeper);
        let done = scene.world.send(&close, &[]).await.ok().event::<Liquidated>();
        hedge += done.lots * 9_000;
        let left = lots - done.lots;
        assert!(done.lots > 0 && left >= 0);
        if left > 0 {
            let rest = scene.world.trade(&attacker, &scene.market, left).await.ok().event::<OrderExecuted>();
            hedge += rest.lots * 9_000;
        }
    }
    scene.price(209).await;
    let held = scene.cash(&attacker) + scene.cash(&scene.keeper);
    (held as i64 - capital as i64 + hedge, nav(&scene))
}

#[tokio::test]
async fn a_34_the_rebate_of_the_lighter_side_is_less_than_the_charge() {
    // Where the treasury's part of the charge did not cover the premium, its bounds refuse the market.
    let loose = Parameters { skew_scale: 28_500_000_000, ..fullest() };
    assert!(plimsoll_tests::engine::risk::Risk::new(&loose).is_err(), "side cap over scale above the treasury's part");
    // The attacker is paid the premium for a short, has it closed by his own keeper without giving it back, and keeps what
    // keepers earn: he loses all the same, hedged perfectly, and the providers do not.
    let (nothing, without) = rebate(0).await;
    assert_eq!(nothing, 0);
    let (gain, with) = rebate(5_000_000).await;
    assert!(gain < 0, "gained {gain}");
    assert!(with >= without, "the providers have {with} instead of {without}");
}

#[tokio::test]
async fn a_35_a_charge_is_at_most_half_of_the_margin_it_protects() {
    // A charge of half of the smallest maintenance, its parts rounded up, and no market is created.
    let with = |insurance: u32| Parameters { charge_insurance_ppm: insurance, ..parameters::sol() };
    let mut world = World::new().await;
    let (admin, queue) = (world.exchange.admin.insecure_clone(), plimsoll_tests::Keypair::new());
    let address = plimsoll_tests::Signer::pubkey(&queue);
    let market = world.next_market(address, false);
    let create = world.create_market_with(&market, with(1_250));
    let instructions = [world.create_queue(&address), plimsoll_tests::instructions::Build::instruction(&create)];
    world.run(&instructions, &[&admin, &queue]).await.fails(PlimsollError::ParameterOutOfBounds);
    // With the largest charge an account just under maintenance keeps most of its equity, and its health rises.
    let mut scene = Scene::on(world, with(1_249), 10_000_000 * USD).await;
    scene.trade(POSITION).await.ok();
    scene.price(182).await;
    scene.flag().await.ok();
    let before = scene.world.health(&scene.trader.margin).await;
    scene.renew().await;
    let done = scene.liquidate().await.ok().event::<Liquidated>();
    let after = scene.world.health(&scene.trader.margin).await;
    let charge = done.to_treasury + done.to_flagger + done.to_liquidator + done.to_insurance;
    assert_eq!(before.equity - after.equity, charge as i64, "nothing else was taken");
    assert!(done.lots.unsigned_abs() < POSITION as u64 / 2, "{} lots of {POSITION}", done.lots);
    assert!(charge * 3 < before.equity as u64, "{charge} of {}", before.equity);
    assert!(after.equity as f64 / after.maintenance as f64 > before.equity as f64 / before.maintenance as f64);
}

/// Initial margin that a position of $2m needs in so many wallets, and what became of one wallet more.
async fn in_wallets(count: i64) -> (u64, Outcome) {
    let split = Parameters {
        crowd_ppm: 250_000,
        side_cap: 12_000_000,
        position_cap: 10_000_000,
        skew_scale: 200_000_000_000,
        ..parameters::sol()
    };
    let mut scene = Scene::with(split, 10_000_000 * USD).await;
    let (mut wallets, lots) = (Vec::new(), 10_000_000 / count);
    for _ in 0..count {
        let wallet = scene.world.trader(1_000_000 * USD).await;
        scene.renew().await;
        scene.world.trade(&wallet, &scene.market, lots).await.ok().event::<OrderExecuted>();
        wallets.push(wallet);
    }
    scene.renew().await;
    let mut required = 0;
    for wallet in &wallets {
        required += scene.world.health(&wallet.margin).await.initial_requirement;
    }
    let wallet = scene.world.trader(1_000_000 * USD).await;
    let outcome = scene.world.trade(&wallet, &scene.market, 2_000_001).await;
    (required, outcome)
}

#[tokio::test]
async fn a_15_more_wallets_need_no_less_margin_than_the_share_of_the_side_and_pass_no_cap() {
    let (one, beyond) = in_wallets(1).await;
    assert_eq!(beyond.ok().event::<OrderFailed>().error, PlimsollError::SideCapExceeded.code());
    let (four, _) = in_wallets(4).await;
    let (eight, beyond) = in_wallets(8).await;
    // Impact is that of a quarter of the side at least: beyond four wallets nothing is saved.
    assert!(four < one, "{four} of {one}");
    assert!(eight + 8 >= four, "{eight} in eight wallets, {four} in four");
    // And the cap of the side counts them all.
    assert_eq!(beyond.ok().event::<OrderFailed>().error, PlimsollError::SideCapExceeded.code());
}

#[tokio::test]
async fn a_29_a_trigger_is_no_option_either() {
    // Given a stop that the attacker fires himself, with a price of the past that reached it,
    let mut scene = Scene::long().await;
    let stop = scene.world.stop(&scene.trader, &scene.market, -POSITION, 195_000, false);
    scene.world.send(&stop, &[&scene.trader.key]).await.ok();
    let market = scene.market;
    scene.world.publish_next(&market, 194).await;
    let low = Quote::at(market.feed, 194 * DOLLAR, scene.world.chain.now());
    scene.world.chain.advance(5, 10).await;
    scene.price(200).await;
    scene.world.publish(&market, &low);
    let fire = World::fire(&scene.trader, &scene.market, 0, &scene.keeper);
    scene.world.send(&fire, &[]).await.ok();
    // then it executes neither at that price nor at one that is known: only at the one after the delay from now.
    let execute = scene.world.execute(&scene.trader, &scene.market, 0);
    scene.world.send(&execute, &[]).await.fails(PlimsollError::WrongUpdate);
    scene.renew().await;
    scene.world.send(&execute, &[]).await.fails(PlimsollError::WrongUpdate);
    let done = scene.world.execute_at(&scene.trader, &scene.market, 0, 201).await.ok();
    assert_eq!(done.event::<OrderExecuted>().price, 201_000);
}

#[tokio::test]
async fn a_41_a_stop_is_not_made_to_execute_before_its_entry() {
    // Given an entry and its stop, and a price that touches the stop before the entry is filled,
    let mut scene = Scene::open().await;
    let (market, keeper) = (scene.market, scene.keeper.margin);
    let open = scene.world.open_at_risk(&scene.trader, &market, 50 * USD, 190_000);
    scene.world.send(&open, &[&scene.trader.key]).await.ok();
    scene.world.publish_next(&market, 189).await;
    // when the attacker fires the stop, to execute it first for its fee,
    let fire = World::fire(&scene.trader, &market, 1, &scene.keeper);
    scene.world.send(&fire, &[]).await.fails(PlimsollError::OrderWaits);
    // then he has to fill the entry first, and earns nothing before;
    assert_eq!(scene.world.ledger.margins[&keeper].cash.0, 0);
    scene.world.execute_at(&scene.trader, &market, 0, 189).await.ok().event::<OrderExecuted>();
    scene.world.publish_next(&market, 189).await;
    scene.world.send(&fire, &[]).await.ok();
    // and the stop closes what the entry opened.
    let done = scene.world.execute_at(&scene.trader, &market, 1, 189).await.ok().event::<OrderExecuted>();
    assert!(done.lots < 0 && scene.world.margin(&scene.trader).legs[0].is_free());
    // An entry that nobody fills holds the stop up until it has expired and anyone ends it.
    let mut scene = Scene::open().await;
    let market = scene.market;
    let open = scene.world.open_at_risk(&scene.trader, &market, 50 * USD, 190_000);
    scene.world.send(&open, &[&scene.trader.key]).await.ok();
    scene.world.chain.advance(12, 24).await;
    scene.world.publish_next(&market, 189).await;
    let fire = World::fire(&scene.trader, &market, 1, &scene.keeper);
    scene.world.send(&fire, &[]).await.fails(PlimsollError::OrderWaits);
    let end = scene.world.execute(&scene.trader, &scene.market, 0);
    scene.world.send(&end, &[]).await.ok().event::<OrderExpired>();
    scene.world.send(&fire, &[]).await.ok();
}

#[tokio::test]
async fn a_42_protection_is_no_pump() {
    // Given a protected account below its level, and a keeper who owns the pool and wants its fees,
    let mut scene = Scene::long().await;
    let level = World::set_protection(&scene.trader, plimsoll_tests::orders::ONE / 10 * 18);
    scene.world.send(&level, &[&scene.trader.key]).await.ok();
    scene.price(184).await;
    let before = scene.world.health(&scene.trader.margin).await;
    // when he protects it as often as the program lets him, in a quiet minute in which orders are executed,
    let mut orders = 0;
    for _ in 0..10 {
        scene.price(184).await;
        let plan = scene.world.protect(&scene.trader, &scene.market, &scene.keeper);
        let outcome = scene.world.send(&plan, &[]).await;
        if outcome.result.is_ok() {
            orders += 1;
            let again = scene.world.send(&plan, &[]).await;
            again.fails(PlimsollError::OrderWaits);
            scene.world.execute_at(&scene.trader, &scene.market, 0, 184).await.ok().event::<OrderExecuted>();
        } else {
            outcome.fails(PlimsollError::ProtectionNotDue);
        }
    }
    // then it was one order, for less than a hundredth of the equity, and a liquidation is further away.
    let after = scene.world.health(&scene.trader.margin).await;
    assert_eq!(orders, 1);
    assert!(
        (before.equity - after.equity) * 100 < before.equity,
        "{} of {}",
        before.equity - after.equity,
        before.equity
    );
    let moved = scene.world.liquidation_price(&scene.trader.margin, &scene.market).await;
    assert!(moved.price < 182_300, "{moved:?}");
    // Where nobody executes them he has a fee for each eleven seconds, and is paid half a cent for it: the owner may end
    // that, or anyone by executing.
    let mut scene = Scene::long().await;
    scene.world.send(&level, &[&scene.trader.key]).await.ok();
    scene.price(184).await;
    let cash = scene.cash(&scene.trader);
    for count in 1..=3 {
        let plan = scene.world.protect(&scene.trader, &scene.market, &scene.keeper);
        scene.world.send(&plan, &[]).await.ok();
        scene.world.chain.advance(12, 24).await;
        scene.renew().await;
        scene.world.send(&plan, &[]).await.fails(PlimsollError::OrderWaits);
        let end = scene.world.execute(&scene.trader, &scene.market, 0);
        scene.world.send(&end, &[]).await.ok().event::<OrderExpired>();
        let lost = cash - scene.cash(&scene.trader);
        assert!(lost < count * USD, "{lost} in {count}");
    }
}
