//! Every other instruction in a market that settles, or has.

use plimsoll_tests::{
    Outcome, PlimsollError, Signer, World,
    cookies::{MarketCookie, Trader},
    engine::market::status,
    events::{BankruptcyClosed, Deposited, Liquidated, Marked, OrderCancelled, Withdrawn},
    instructions::CancelOrder,
    parameters,
    scenes::POSITION,
    settling::{Insolvent, RUIN},
    world::{DOLLAR, USD},
};

/// One that settles, and one whose first round is fixed.
async fn both_stages() -> [Insolvent; 2] {
    let (settling, settled) = (Insolvent::started().await, Insolvent::fixed().await);
    let status = |ruin: &Insolvent| ruin.scene.world.market(&ruin.scene.market).core.status;
    assert_eq!((status(&settling), status(&settled)), (status::SETTLING, status::SETTLED));
    [settling, settled]
}

#[tokio::test]
async fn orders_are_refused_reductions_too() {
    for mut ruin in both_stages().await {
        ruin.scene.order(1_000, 400_000).await.fails(PlimsollError::MarketNotOpen);
        ruin.scene.order(-1_000, 1).await.fails(PlimsollError::MarketNotOpen);
        let mut reduce = World::order(&ruin.other, &ruin.scene.market, -1_000, 1);
        reduce.reduce_only = true;
        ruin.scene.world.send(&reduce, &[&ruin.other.key]).await.fails(PlimsollError::MarketNotOpen);
    }
}

/// The other winner has placed an order just before the settlement started.
async fn with_an_order() -> (Insolvent, u64) {
    let mut ruin = Insolvent::seen().await;
    ruin.later(60, RUIN).await;
    let order = World::order(&ruin.other, &ruin.scene.market, -POSITION, 1);
    ruin.scene.world.send(&order, &[&ruin.other.key]).await.ok();
    ruin.look().await.ok();
    let fee = ruin.scene.world.margin(&ruin.other).orders[0].order.fee.0;
    assert!(fee > 0);
    (ruin, fee)
}

#[tokio::test]
async fn the_fee_of_an_order_comes_back_whether_it_waits_is_due_or_expired() {
    for seconds in [0, 3, 12, 1_000_000] {
        let (mut ruin, fee) = with_an_order().await;
        let (margin, cash, treasury) = (ruin.other.margin, ruin.cash(&ruin.other.margin), ruin.scene.treasury());
        ruin.scene.world.chain.advance(seconds, 6).await;
        // Nobody executes it for its fee,
        let now = ruin.scene.world.chain.now();
        let quote = plimsoll_tests::oracle::Quote::at(ruin.scene.market.feed, RUIN * DOLLAR, now);
        ruin.scene.world.publish(&ruin.scene.market, &quote);
        let execute = ruin.scene.world.execute(&ruin.other, &ruin.scene.market, 0);
        ruin.scene.world.send(&execute, &[]).await.fails(PlimsollError::MarketNotOpen);
        // and its owner has it back in full.
        let cancel = World::cancel(&ruin.other, &ruin.scene.market, 0);
        let stranger = CancelOrder { authority: ruin.loser.key.pubkey(), ..cancel.clone() };
        ruin.scene.world.send(&stranger, &[&ruin.loser.key]).await.fails(PlimsollError::NotAuthorised);
        let event = ruin.scene.world.send(&cancel, &[&ruin.other.key]).await.ok().event::<OrderCancelled>();
        assert_eq!((event.account, event.fee), (margin, fee));
        assert_eq!((ruin.cash(&margin), ruin.scene.treasury()), (cash + fee, treasury));
    }
}

#[tokio::test]
async fn cash_leaves_when_the_leg_is_settled_and_comes_in_at_any_time() {
    // Given a winner whose position is open still: it needs initial margin, and its profit counts for nothing,
    let mut ruin = Insolvent::started().await;
    let cash = ruin.cash(&ruin.scene.trader.margin);
    let withdraw = ruin.scene.world.withdraw(&ruin.scene.trader, cash);
    ruin.scene.world.send(&withdraw, &[&ruin.scene.trader.key]).await.fails(PlimsollError::BelowInitialMargin);
    // when it is settled, then all of the cash may leave, long after the last price.
    let margin = ruin.scene.trader.margin;
    ruin.settle(&margin).await.ok();
    ruin.scene.world.chain.advance(100_000, 200_000).await;
    let event = ruin.scene.world.send(&withdraw, &[&ruin.scene.trader.key]).await.ok().event::<Withdrawn>();
    assert_eq!((event.amount, event.cash), (cash, 0));
    let deposit = ruin.scene.world.deposit(&ruin.scene.trader, cash);
    let event = ruin.scene.world.send(&deposit, &[&ruin.scene.trader.key]).await.ok().event::<Deposited>();
    assert_eq!(event.cash, cash);
}

#[tokio::test]
async fn a_mark_takes_losses_at_the_fixed_price_and_pays_no_profit() {
    for late in [0, 1_000] {
        let mut ruin = Insolvent::started().await;
        ruin.scene.world.chain.advance(late, 2).await;
        let [trader, _, loser] = ruin.margins();
        let position = ruin.scene.world.ledger.margins[&loser].legs[0].position;
        let loss = -(position.lots.0 * RUIN * 1_000 - position.cost.0);
        let (mark_winner, mark_loser) = (ruin.scene.world.mark(&trader), ruin.scene.world.mark(&loser));
        let event = ruin.scene.world.send(&mark_loser, &[]).await.ok().event::<Marked>();
        assert_eq!((event.paid, event.price), (-loss, 320_000));
        let event = ruin.scene.world.send(&mark_winner, &[]).await.ok().event::<Marked>();
        assert_eq!(event.paid, 0, "it is a claim");
        // Both are still to be settled, and the loser has nothing more to pay.
        assert_eq!(ruin.settle(&loser).await.ok().event::<plimsoll_tests::events::PositionSettled>().paid, 0);
        ruin.settle(&trader).await.ok();
        let event = ruin.scene.world.send(&mark_winner, &[]).await.ok().event::<Marked>();
        assert_eq!(event.paid, 0, "nor is a claim that is registered paid by a mark");
    }
}

#[tokio::test]
async fn prices_liquidity_and_deleveraging_are_refused() {
    for mut ruin in both_stages().await {
        let market = ruin.scene.market;
        let holder = ruin.scene.world.holder(market.address, 5_000 * USD).await;
        let deposit = ruin.scene.world.provide(&holder, &market, 5_000 * USD);
        ruin.scene.world.send(&deposit, &[&holder.key]).await.fails(PlimsollError::MarketNotOpen);
        ruin.scene.world.price(&market, 200 * DOLLAR).await.fails(PlimsollError::MarketNotOpen);
        ruin.deleverage().await.fails(PlimsollError::MarketNotOpen);
        ruin.look().await.fails(PlimsollError::MarketNotOpen);
    }
}

/// A trader with $1,000 who has one unit short in the market that settles and is long 50 in another.
async fn with_another_leg(dollars: i64) -> (Insolvent, MarketCookie, Trader) {
    let mut ruin = Insolvent::open().await;
    let second = ruin.scene.world.create_market(parameters::sol()).await;
    ruin.scene.world.price(&second, 200 * DOLLAR).await.ok();
    ruin.scene.world.provider(&second, 10_000_000 * USD).await;
    ruin.scene.renew().await;
    let both = ruin.scene.another(1_000 * USD, -1_000).await;
    ruin.scene.world.price(&second, 200 * DOLLAR).await.ok();
    ruin.scene.world.trade(&both, &second, POSITION).await.ok();
    for seconds in [1, 60] {
        ruin.later(seconds, RUIN).await;
        ruin.look().await.ok();
    }
    ruin.scene.world.price(&second, dollars * DOLLAR).await.ok();
    (ruin, second, both)
}

async fn flag(ruin: &mut Insolvent, trader: &Trader, market: &MarketCookie) -> Outcome {
    ruin.scene.world.send(&ruin.scene.world.flag(&trader.margin, market, &ruin.scene.keeper), &[]).await
}

async fn liquidate(ruin: &mut Insolvent, trader: &Trader, market: &MarketCookie) -> Outcome {
    ruin.scene.world.send(&ruin.scene.world.liquidate(&trader.margin, market, &ruin.scene.keeper), &[]).await
}

#[tokio::test]
async fn the_other_legs_are_flagged_and_liquidated_and_the_one_that_settles_is_left() {
    // Given an account under maintenance by its leg in a market that trades,
    let (mut ruin, second, both) = with_another_leg(184).await;
    let settling = ruin.scene.market;
    // then it is that leg which is to be closed,
    flag(&mut ruin, &both, &settling).await.fails(PlimsollError::WrongLeg);
    flag(&mut ruin, &both, &second).await.ok();
    ruin.scene.world.price(&second, 184 * DOLLAR).await.ok();
    let event = liquidate(&mut ruin, &both, &second).await.ok().event::<Liquidated>();
    assert_eq!((event.market, event.price), (second.address, 184_000));
    assert!(event.lots < 0);
    // and the other waits for its settlement, which takes its loss from what is left.
    let account = *ruin.scene.world.margin(&both);
    assert_eq!(account.legs[0].position.lots.0, -1_000);
    ruin.settle(&both.margin).await.ok();
    assert_eq!(ruin.cash(&both.margin), account.cash.0 - (account.legs[0].position.cost.0 + 320_000_000) as u64);
}

#[tokio::test]
async fn a_bankrupts_claim_is_insurances_and_nothing_stays_reserved_for_it() {
    // Given a winner of the settlement, the claim registered, who loses more than all of it in another market,
    let mut ruin = Insolvent::started().await;
    let second = ruin.scene.world.create_market(parameters::sol()).await;
    ruin.scene.world.price(&second, 200 * DOLLAR).await.ok();
    ruin.scene.world.provider(&second, 10_000_000 * USD).await;
    let [trader, other, loser] = ruin.margins();
    ruin.scene.world.price(&second, 200 * DOLLAR).await.ok();
    ruin.settle(&trader).await.ok();
    ruin.scene.world.trade(&ruin.scene.trader, &second, POSITION).await.ok();
    ruin.scene.world.price(&second, 40 * DOLLAR).await.ok();
    let keeper = std::mem::replace(&mut ruin.scene.keeper, ruin.scene.world.trader(0).await);
    let plan = ruin.scene.world.flag(&trader, &second, &keeper);
    ruin.scene.world.send(&plan, &[]).await.ok();
    ruin.scene.world.price(&second, 40 * DOLLAR).await.ok();
    // when all its legs are closed,
    let plan = ruin.scene.world.liquidate(&trader, &second, &keeper);
    let closed = ruin.scene.world.send(&plan, &[]).await.ok().events::<BankruptcyClosed>();
    let claim = closed.iter().find(|event| event.market == ruin.scene.market.address).unwrap();
    assert!(claim.settled == 0 && claim.claim > 0 && claim.lots == 0);
    // then the rest of the settlement goes on without it,
    for margin in [other, loser] {
        ruin.settle(&margin).await.ok();
    }
    ruin.fix().await.ok();
    ruin.fix().await.ok();
    ruin.pay(&trader).await.fails(PlimsollError::NothingOwed);
    ruin.pay(&other).await.ok();
    // and when the last is paid, what its share would have been belongs to no trader.
    let core = &ruin.scene.world.market(&ruin.scene.market).core;
    assert_eq!((core.book.long.attached, core.book.short.attached), (0, 0));
    assert_eq!(core.settlement.remainder(&core.book).unwrap(), core.book.treasury);
    assert_eq!(core.book.insurance_claim.0, claim.claim);
}
