//! Attacks on who goes first and how fast. Others with their rows' names are in `crowd`, `flag`, `liquidate` and `two_legs`.

use plimsoll_tests::{
    PlimsollError, World,
    engine::parameters::Parameters,
    events::{BankruptcyClosed, Flagged, Liquidated},
    instructions::{Build, PlaceOrder},
    parameters,
    scenes::{POSITION, Scene},
    world::{DOLLAR, USD},
};

#[tokio::test]
async fn a_07_a_large_account_that_waits_for_capacity_holds_nobody_back() {
    // Given a market whose capacity was just used up, and the largest key of all waiting for it,
    let tight = Parameters { throttle_capacity: 2_000 * USD, throttle_refill: 1, ..parameters::sol() };
    let mut scene = Scene::with(tight, 10_000_000 * USD).await;
    let whale = scene.another(102_000 * USD, 100 * POSITION).await;
    let small = scene.another(1_900_000, 100).await;
    let elsewhere = scene.world.create_market(parameters::sol()).await;
    scene.world.price(&elsewhere, 200 * DOLLAR).await.ok();
    scene.world.provider(&elsewhere, 10_000_000 * USD).await;
    let other = scene.world.trader(1_000 * USD).await;
    scene.world.trade(&other, &elsewhere, POSITION).await.ok();
    scene.world.price(&scene.market, 181 * DOLLAR + DOLLAR / 2).await.ok();
    let flag = |scene: &Scene, trader| scene.world.flag(trader, &scene.market, &scene.keeper);
    let close = |scene: &Scene, trader| scene.world.liquidate(trader, &scene.market, &scene.keeper);
    scene.world.send(&flag(&scene, &whale.margin), &[]).await.ok();
    scene.renew().await;
    scene.world.send(&close(&scene, &whale.margin), &[]).await.ok().event::<Liquidated>();
    scene.renew().await;
    scene.world.send(&close(&scene, &whale.margin), &[]).await.fails(PlimsollError::NoCapacity);
    // when a small account of the same market is near bankruptcy, and one of another market bankrupt,
    let head = scene.world.send(&flag(&scene, &whale.margin), &[]).await.ok().event::<Flagged>();
    let seen = scene.world.send(&flag(&scene, &small.margin), &[]).await.ok().event::<Flagged>();
    assert!(seen.key < head.key / 2, "{} beside {}", seen.key, head.key);
    scene.world.price(&elsewhere, 170 * DOLLAR).await.ok();
    let flag_other = scene.world.flag(&other.margin, &elsewhere, &scene.keeper);
    scene.world.send(&flag_other, &[]).await.ok();
    scene.renew().await;
    scene.world.price(&elsewhere, 170 * DOLLAR).await.ok();
    // then both are closed at once: who waits for capacity holds nobody back, and least of all in another market.
    let close_other = scene.world.liquidate(&other.margin, &elsewhere, &scene.keeper);
    scene.world.send(&close_other, &[]).await.ok().event::<BankruptcyClosed>();
    scene.world.send(&close(&scene, &small.margin), &[]).await.ok();
    assert_eq!(scene.world.margin(&small).legs[0].position.lots.0, 0);
    scene.world.send(&close(&scene, &whale.margin), &[]).await.fails(PlimsollError::NoCapacity);
}

/// Compute units that the transactions of one block may use on one account.
const ACCOUNT_LIMIT: u64 = 12_000_000;
/// Lamports of a signature.
const SIGNATURE: u64 = 5_000;
/// Largest units of a transaction.
const TRANSACTION_LIMIT: u64 = 1_400_000;
/// Blocks in an hour at 400 ms, the longest time that a slot takes.
const BLOCKS: u64 = 9_000;
const SOL: u64 = 1_000_000_000;

#[tokio::test]
async fn a_27_filling_a_markets_blocks_costs_hundreds_of_times_what_a_keeper_pays() {
    // Given an account that is due,
    let mut scene = Scene::flagged().await;
    scene.renew().await;
    // nobody holds the market's lock longer than its transaction: what it writes is refused or done at once,
    let legs = scene.world.legs_of(&scene.keeper.margin, Some(&scene.market));
    let order = PlaceOrder { legs, ..World::order(&scene.keeper, &scene.market, 1_000, 300_000) };
    assert!(!order.instruction().accounts.iter().any(|account| account.pubkey == scene.market.queue));
    // so an attacker has to fill what a block allows on the market, at the price for a unit that keepers bid.
    let units = scene.liquidate().await.ok().units;
    let keepers_in_a_block = ACCOUNT_LIMIT / units;
    assert!(keepers_in_a_block >= 500, "{keepers_in_a_block}");
    // For each thousandth of a SOL that a keeper bids for one liquidation, in SOL an hour without a gap:
    let bid = SOL / 1_000;
    let hour = (keepers_in_a_block * bid + ACCOUNT_LIMIT.div_ceil(TRANSACTION_LIMIT) * SIGNATURE) * BLOCKS / SOL;
    println!("A-27: {hour} SOL an hour to keep liquidations of one market a second late, for a bid of 0.001 SOL");
    assert!(hour >= 4_500, "{hour}");
}
