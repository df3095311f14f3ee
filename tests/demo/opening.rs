//! Two hundred positions, each by an order and its execution at the one update it waits for.

use std::collections::VecDeque;

use plimsoll_tests::{
    Signer, World, addresses,
    cookies::Trader,
    events::{OrderExecuted, OrderFailed},
    instructions::{ExecuteOrder, OpenAccount, PlaceOrder},
    random::Random,
};

use crate::{
    keeper::Keeper,
    market::Desk,
    path::{OPEN, Step},
    population::{self, Plan},
};

/// Orders placed each second.
const PER_SECOND: usize = 5;

/// A trader who came in.
pub struct Member {
    /// Keys and account.
    pub trader: Trader,
    /// What was wanted.
    pub plan: Plan,
}

/// An order that waits for its update.
struct Waiting {
    member: usize,
    at: i64,
}

/// Opens everybody's account and position.
pub async fn open(desk: &mut Desk, keeper: &Keeper) -> Vec<Member> {
    let state = *desk.state();
    let mut members = Vec::new();
    for plan in population::plans(&state.core.risk, state.core.price.oracle.0) {
        let trader = enter(desk, plan.deposit).await;
        members.push(Member { trader, plan });
    }
    let mut random = Random::new(7);
    let mut wanted: VecDeque<_> = members.iter().enumerate().map(|(n, m)| (n, m.plan.lots)).collect();
    let mut waiting: VecDeque<Waiting> = VecDeque::new();
    while !(wanted.is_empty() && waiting.is_empty()) {
        desk.publish(&quiet(desk, &mut random)).await;
        let now = desk.world.chain.now();
        while let Some(order) = waiting.pop_front_if(|order| order.at <= now) {
            let member = &members[order.member];
            if let Some(lots) = execute(desk, member, keeper).await {
                wanted.push_back((order.member, lots));
            }
        }
        for (member, lots) in wanted.drain(..wanted.len().min(PER_SECOND)) {
            let at = place(desk, &members[member], lots).await;
            waiting.push_back(Waiting { member, at });
        }
    }
    members
}

/// Opens an account and deposits everything a trader brings.
async fn enter(desk: &mut Desk, amount: u64) -> Trader {
    let exchange = desk.world.exchange.address;
    let (key, tokens) = desk.world.person(amount);
    let owner = key.pubkey();
    let trader = Trader { key, tokens, margin: addresses::margin(&exchange, &owner, 0) };
    let open = OpenAccount { owner, exchange, margin: trader.margin, index: 0 };
    desk.send(&open, &[&trader.key]).await.ok();
    let deposit = desk.world.deposit(&trader, amount);
    desk.send(&deposit, &[&trader.key]).await.ok();
    trader
}

/// Places a market order that accepts one per cent and returns when it executes.
async fn place(desk: &mut Desk, member: &Member, lots: i64) -> i64 {
    let price = desk.state().core.price.oracle.0;
    let limit = if lots > 0 { price * 101 / 100 } else { price * 99 / 100 };
    let order: PlaceOrder = World::order(&member.trader, &desk.market, lots, limit);
    desk.send(&order, &[&member.trader.key]).await.ok();
    let slot = desk.world.margin(&member.trader).orders[0];
    slot.order.execution_time(&desk.state().core.risk).expect("a time fits")
}

/// Executes a member's order for the keeper's tip; if it failed, returns a smaller size to try.
async fn execute(desk: &mut Desk, member: &Member, keeper: &Keeper) -> Option<i64> {
    let lots = desk.world.margin(&member.trader).orders[0].order.lots.0;
    let execute = desk.world.execute(&member.trader, &desk.market, 0);
    let outcome = desk.send(&ExecuteOrder { executor: Some(keeper.account()), ..execute }, &[]).await.ok();
    let failed = !outcome.events::<OrderFailed>().is_empty();
    assert!(
        failed || outcome.events::<OrderExecuted>().len() == 1,
        "{}: {:?}",
        member.trader.key.pubkey(),
        outcome.logs
    );
    failed.then_some(lots * 8 / 10)
}

/// The next second, near the opening price.
fn quiet(desk: &Desk, random: &mut Random) -> Step {
    let open = OPEN * 1e8;
    let price = (open * (1.0 + 5e-5 * random.normal())) as i64;
    let time = desk.world.chain.now() + 1;
    Step { time, price, ema: open as i64, confidence: (open * 1e-4) as u64, is_jump: false }
}
