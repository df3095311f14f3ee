//! The withdrawal limiter, where it matters: with money that has been there for two days.

use plimsoll_tests::{
    Outcome, PlimsollError, World,
    cookies::{Holder, Trader},
    engine::limiter::{ALLOWANCE, FLOOR},
    events::{OutflowCounted, OutflowRefused, Withdrawn},
    pools::DAY,
    scenes::Scene,
    world::USD,
};

const HOUR: i64 = 3_600;
const MILLION: u64 = 1_000_000 * USD;

/// A vault of $110m, of which $100m are one trader's and $10m a provider's who may leave, all of it old, in the first
/// second of a day.
async fn old() -> (Scene, Trader, Holder) {
    let mut scene = Scene::open().await;
    let holder = scene.provider.again();
    let ask = World::request_exit(&holder, &scene.market, 10 * MILLION);
    scene.world.send(&ask, &[&holder.key]).await.ok();
    let whale = scene.world.neighbour().await;
    let now = scene.world.chain.now();
    let midnight = now - now.rem_euclid(DAY) + 2 * DAY;
    scene.world.chain.advance(midnight - now - 1, 400_000).await;
    scene.renew().await;
    (scene, whale, holder)
}

async fn withdraw(scene: &mut Scene, trader: &Trader, amount: u64) -> Outcome {
    scene.world.send(&scene.world.withdraw(trader, amount), &[&trader.key]).await
}

async fn redeem(scene: &mut Scene, holder: &Holder, amount: u64) -> Outcome {
    scene.world.send(&scene.world.redeem(holder, &scene.market, amount), &[&holder.key]).await
}

/// What has been withdrawn goes back in.
async fn return_all(scene: &mut Scene, trader: &Trader, amount: u64) {
    scene.world.send(&scene.world.deposit(trader, amount), &[&trader.key]).await.ok();
}

/// What the limit is: a fifth of what the vault holds and nobody took or brought today.
fn hour_limit(scene: &Scene) -> u64 {
    scene.world.ledger.exchange.unwrap().accounted.0 / 5
}

fn outflow(scene: &Scene) -> (u64, u64) {
    let limiter = scene.world.ledger.exchange.unwrap().limiter;
    (limiter.hour_outflow.0, limiter.day_outflow.0)
}

#[tokio::test]
async fn a_fifth_leaves_in_an_hour_and_two_in_a_day() {
    let (mut scene, whale, _) = old().await;
    let limit = hour_limit(&scene);
    let (exchange, account) = (scene.world.exchange.address, whale.margin);
    let done = withdraw(&mut scene, &whale, limit).await.ok();
    let cash = 100 * MILLION - limit;
    assert_eq!(done.event::<Withdrawn>(), Withdrawn { account, amount: limit, cash });
    let counted = OutflowCounted { exchange, counted: limit, allowed: 0, hour_outflow: limit, day_outflow: limit };
    assert_eq!(done.event::<OutflowCounted>(), counted);
    scene.world.chain.advance(HOUR, 7_200).await;
    withdraw(&mut scene, &whale, limit).await.ok();
    assert_eq!(outflow(&scene), (limit, 2 * limit));
    // Then nothing but the small amount until the day is over.
    scene.world.chain.advance(22 * HOUR - 2, 158_000).await;
    let refused = withdraw(&mut scene, &whale, ALLOWANCE.0 + 1).await.fails(PlimsollError::WithdrawalLimited);
    let more_at = scene.world.chain.now() / DAY * DAY + DAY;
    assert_eq!(refused.event::<OutflowRefused>(), OutflowRefused { exchange, available: ALLOWANCE.0, more_at });
    assert_eq!(scene.cash(&whale), 100 * MILLION - 2 * limit, "nothing was written");
    scene.world.chain.advance(more_at - scene.world.chain.now(), 200).await;
    withdraw(&mut scene, &whale, limit * 3 / 5).await.ok();
    withdraw(&mut scene, &whale, ALLOWANCE.0 + 2).await.fails(PlimsollError::WithdrawalLimited);
}

#[tokio::test]
async fn what_was_brought_today_or_yesterday_leaves_at_any_time() {
    let (mut scene, whale, _) = old().await;
    let trader = scene.world.trader(60 * MILLION).await;
    let limit = hour_limit(&scene) - 12 * MILLION;
    withdraw(&mut scene, &whale, limit).await.ok();
    withdraw(&mut scene, &whale, ALLOWANCE.0 + 1).await.fails(PlimsollError::WithdrawalLimited);
    let done = withdraw(&mut scene, &trader, 50 * MILLION).await.ok();
    assert!(done.events::<OutflowCounted>().is_empty());
    scene.world.chain.advance(DAY, 200_000).await;
    withdraw(&mut scene, &trader, 9 * MILLION).await.ok();
    assert_eq!(outflow(&scene), (0, 0));
    scene.world.chain.advance(DAY, 200_000).await;
    withdraw(&mut scene, &trader, MILLION).await.ok();
    assert_eq!(outflow(&scene), (MILLION, MILLION), "by now it is like all other money");
}

#[tokio::test]
async fn a_10_money_that_comes_and_goes_uses_up_nobodys_part() {
    // Given somebody with as much money as a tenth of the vault,
    let (mut scene, victim, _) = old().await;
    let (limit, tenth) = (hour_limit(&scene), hour_limit(&scene) / 2);
    let attacker = scene.world.trader(tenth).await;
    // when it withdraws and deposits in turn, through all hours and over midnight, as often as it likes,
    for _ in 0..30 {
        withdraw(&mut scene, &attacker, tenth).await.ok();
        assert_eq!(outflow(&scene), (0, 0));
        scene.world.chain.advance(HOUR - 7, 7_200).await;
        return_all(&mut scene, &attacker, tenth).await;
    }
    withdraw(&mut scene, &attacker, tenth).await.ok();
    // then everybody else has all of the limit.
    assert!(scene.world.ledger.exchange.unwrap().limiter.hour_limit().0 >= limit);
    withdraw(&mut scene, &victim, limit).await.ok();
}

#[tokio::test]
async fn a_10_everybody_keeps_the_small_daily_amount_whoever_uses_up_the_limit() {
    // Given small accounts whose money is old,
    let mut scene = Scene::open().await;
    let small = [scene.world.trader(2_000 * USD).await, scene.world.trader(700 * USD).await];
    let attacker = scene.world.neighbour().await;
    let now = scene.world.chain.now();
    scene.world.chain.advance(2 * DAY - now.rem_euclid(DAY), 400_000).await;
    // when somebody takes out all that the limit has room for, in the first hours of every day,
    let mut got = 0;
    for _ in 0..3 {
        for _ in 0..2 {
            let room = scene.world.ledger.exchange.unwrap();
            let room = room.limiter.at(room.accounted, scene.world.chain.now()).room().0;
            withdraw(&mut scene, &attacker, room).await.ok();
            scene.world.chain.advance(HOUR, 7_200).await;
        }
        // then each of the others takes out its small amount a day, and no more.
        for trader in &small {
            let amount = ALLOWANCE.0.min(scene.cash(trader));
            if amount == 0 {
                continue;
            }
            let done = withdraw(&mut scene, trader, amount).await.ok();
            assert_eq!(done.event::<OutflowCounted>().allowed, amount);
            got += amount;
            if scene.cash(trader) > 0 {
                withdraw(&mut scene, trader, 1).await.fails(PlimsollError::WithdrawalLimited);
            }
        }
        scene.world.chain.advance(DAY - 2 * HOUR, 150_000).await;
    }
    assert_eq!(got, 3 * ALLOWANCE.0 + 700 * USD);
}

#[tokio::test]
async fn what_is_paid_for_shares_counts_and_what_comes_for_them_makes_it_good() {
    let (mut scene, whale, holder) = old().await;
    let limit = hour_limit(&scene);
    withdraw(&mut scene, &whale, limit - 3 * MILLION).await.ok();
    let refused = redeem(&mut scene, &holder, 3 * MILLION + 1).await.fails(PlimsollError::WithdrawalLimited);
    assert_eq!(refused.event::<OutflowRefused>().available, 3 * MILLION, "shares have no allowance");
    let done = redeem(&mut scene, &holder, 3 * MILLION).await.ok().event::<OutflowCounted>();
    assert_eq!((done.counted, done.hour_outflow), (3 * MILLION, limit));
    redeem(&mut scene, &holder, 1).await.fails(PlimsollError::WithdrawalLimited);
    let market = scene.market;
    scene.world.provider(&market, MILLION).await;
    redeem(&mut scene, &holder, MILLION + 1).await.fails(PlimsollError::WithdrawalLimited);
    redeem(&mut scene, &holder, MILLION).await.ok();
    assert_eq!(outflow(&scene), (limit, limit));
}

#[tokio::test]
async fn a_small_exchange_is_never_locked() {
    let mut world = World::new().await;
    let trader = world.trader(2 * FLOOR.0).await;
    world.chain.advance(3 * DAY, 600_000).await;
    for _ in 0..2 {
        world.send(&world.withdraw(&trader, FLOOR.0), &[&trader.key]).await.ok();
        world.chain.advance(HOUR, 7_200).await;
    }
    assert_eq!(world.ledger.vault, 0);
}
