//! The market, and everything sent to it: each transaction passes the books.

use std::collections::BTreeMap;

use plimsoll_tests::{
    Keypair, Outcome, World,
    cookies::MarketCookie,
    instructions::Build,
    oracle::Quote,
    outcome::Cost,
    parameters,
    state::{LiquidationQueue, Market},
    world::USD,
};

use crate::{
    books::Books,
    path::{OPEN, Step},
};

/// What the liquidity provider brings, in dollars.
const LIQUIDITY: u64 = 30_000_000;
/// Seconds before the hour when everything is set up.
const EARLY: i64 = 60;

/// One market on one exchange.
pub struct Desk {
    /// Chain, exchange and ledger.
    pub world: World,
    /// The market.
    pub market: MarketCookie,
    /// What every transaction is checked against.
    pub books: Books,
    /// Compute units of each instruction, by name.
    pub costs: BTreeMap<&'static str, Cost>,
    /// The same of those that were refused.
    pub refused: BTreeMap<&'static str, Cost>,
    /// What the insurance fund's staker brought, in dollars.
    pub staked: u64,
}

impl Desk {
    /// A market with its provider and the insurance fund's staker, one minute before the hour.
    pub async fn open(staked: u64) -> Self {
        let mut world = World::new().await;
        // Winners leave with all they have won.
        world.seem_old(1_000_000_000 * USD).await;
        world.chain.advance(-EARLY, 0).await;
        let market = world.create_market(parameters::demo()).await;
        let mut desk =
            Self { world, market, books: Books::default(), costs: BTreeMap::new(), refused: BTreeMap::new(), staked };
        let (price, time) = ((OPEN * 1e8) as i64, desk.world.chain.now() + 1);
        desk.publish(&Step { time, price, ema: price, confidence: price as u64 / 10_000, is_jump: false }).await;
        let provider = desk.world.holder(market.address, LIQUIDITY * USD).await;
        let provide = desk.world.provide(&provider, &market, LIQUIDITY * USD);
        desk.send(&provide, &[&provider.key]).await.ok();
        let staker = desk.world.holder(desk.world.exchange.fund, staked * USD).await;
        let stake = desk.world.stake(&staker, staked * USD);
        desk.send(&stake, &[&staker.key]).await.ok();
        desk
    }

    /// Sends one instruction, and accounts for what it did.
    pub async fn send<B: Build>(&mut self, build: &B, signers: &[&Keypair]) -> Outcome {
        let before = self.state().core;
        let outcome = self.world.send(build, signers).await;
        let costs = if outcome.result.is_ok() { &mut self.costs } else { &mut self.refused };
        costs.entry(B::NAME).or_default().add(outcome.units);
        let after = self.state().core;
        self.books.account(&self.world.ledger, &self.market.address, &before, &after, &outcome);
        outcome
    }

    /// Lets time pass until an update, which is written as Pyth would, and refreshes the market.
    pub async fn publish(&mut self, step: &Step) {
        let seconds = step.time - self.world.chain.now();
        let slots = u64::try_from(seconds * 5 / 2).unwrap_or(0).max(1);
        self.world.chain.advance(seconds, slots).await;
        let quote =
            Quote { ema: step.ema, confidence: step.confidence, ..Quote::at(self.market.feed, step.price, step.time) };
        self.world.publish(&self.market, &quote);
        self.send(&World::refresh(&self.market), &[]).await.ok();
    }

    /// The market's account.
    pub fn state(&self) -> &Market {
        self.world.market(&self.market)
    }

    /// The market's queue.
    pub fn queue(&self) -> &LiquidationQueue {
        &self.world.ledger.queues[&self.market.queue]
    }
}
