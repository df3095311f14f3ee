//! Winners are paid: whoever is short closes at the end of the hour and takes all cash home.

use plimsoll_tests::{
    World,
    events::OrderExecuted,
    instructions::{ExecuteOrder, PlaceOrder},
};

use crate::{keeper::Keeper, market::Desk, opening::Member, path::Step};

/// What those who left brought and took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Winners {
    pub count: usize,
    pub brought: i128,
    pub taken: i128,
}

/// Closes every short by a reduce-only order, and withdraws what its account then has.
pub async fn leave(desk: &mut Desk, members: &[Member], keeper: &Keeper) -> Winners {
    let short = |desk: &Desk, member: &&Member| desk.world.margin(&member.trader).position(0).lots.0 < 0;
    let leaving: Vec<_> = members.iter().filter(|member| short(desk, member)).collect();
    for member in &leaving {
        let lots = -desk.world.margin(&member.trader).position(0).lots.0;
        let limit = desk.state().core.price.oracle.0 * 11 / 10;
        let order = World::order(&member.trader, &desk.market, lots, limit);
        let order = PlaceOrder { reduce_only: true, ..order };
        desk.send(&order, &[&member.trader.key]).await.ok();
    }
    // All wait for the same update.
    for _ in 0..desk.state().core.risk.order_delay {
        let step = unchanged(desk);
        desk.publish(&step).await;
    }
    let mut winners = Winners { count: leaving.len(), ..Winners::default() };
    for member in &leaving {
        let execute = desk.world.execute(&member.trader, &desk.market, 0);
        let execute = ExecuteOrder { executor: Some(keeper.account()), ..execute };
        let outcome = desk.send(&execute, &[]).await.ok();
        let executed = outcome.events::<OrderExecuted>().len();
        assert_eq!(executed, 1, "a short could not close\n{}", outcome.logs.join("\n"));
        let cash = desk.world.margin(&member.trader).cash.0;
        let withdraw = desk.world.withdraw(&member.trader, cash);
        desk.send(&withdraw, &[&member.trader.key]).await.ok();
        winners.brought += i128::from(member.plan.deposit);
        winners.taken += i128::from(desk.world.chain.token_amount(&member.trader.tokens).await);
    }
    winners
}

/// The same price a second later.
fn unchanged(desk: &Desk) -> Step {
    let price = desk.state().core.price;
    let scaled = |ticks: u64| ticks as i64 * 100_000;
    Step {
        time: desk.world.chain.now() + 1,
        price: scaled(price.oracle.0),
        ema: scaled(price.ema.0),
        confidence: price.confidence.0 * 100_000,
        is_jump: false,
    }
}
