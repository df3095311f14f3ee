//! Situations that tests start from.

use plimsoll_client::{
    Address,
    engine::{parameters::Parameters, watch::PROOF_WAIT},
    instructions::PlaceOrder,
};

use crate::{
    Outcome, World,
    chain::TOKEN,
    cookies::{ExchangeCookie, Holder, MarketCookie, Trader},
    parameters,
    world::{DOLLAR, USD},
};

/// One market at $200, where a lot is a thousandth of a unit and a tick a thousandth of a dollar.
pub struct Scene {
    pub world: World,
    pub market: MarketCookie,
    pub provider: Holder,
    pub staker: Holder,
    /// Has deposited $1,000.
    pub trader: Trader,
    /// Has an empty account.
    pub keeper: Trader,
}

/// Lots of the usual position: 50 units, $10,000 at $200.
pub const POSITION: i64 = 50_000;

impl Scene {
    /// A market with $10m of liquidity, $1m of insurance, a trader and a keeper.
    pub async fn open() -> Self {
        Self::with(parameters::sol(), 10_000_000 * USD).await
    }

    /// The same with other parameters and other liquidity.
    pub async fn with(parameters: Parameters, liquidity: u64) -> Self {
        Self::on(World::new().await, parameters, liquidity).await
    }

    /// The same in a world that exists.
    pub async fn on(mut world: World, parameters: Parameters, liquidity: u64) -> Self {
        let market = world.create_market(parameters).await;
        world.price(&market, 200 * DOLLAR).await.ok();
        let provider = world.provider(&market, liquidity).await;
        let staker = world.staker(1_000_000 * USD).await;
        let trader = world.trader(1_000 * USD).await;
        let keeper = world.trader(0).await;
        Self { world, market, provider, staker, trader, keeper }
    }

    /// The trader is long the usual position: under maintenance below $182.4, bankrupt below $180.1.
    pub async fn long() -> Self {
        let mut scene = Self::open().await;
        scene.trade(POSITION).await.ok();
        scene
    }

    /// The same, flagged by the keeper at $182: a partial close is due.
    pub async fn flagged() -> Self {
        let mut scene = Self::long().await;
        scene.price(182).await;
        scene.flag().await.ok();
        scene
    }

    /// A price in dollars, published a second later.
    pub async fn price(&mut self, dollars: i64) {
        self.world.price(&self.market, dollars * DOLLAR).await.ok();
    }

    /// Publishes the market's present price again.
    pub async fn renew(&mut self) {
        self.renew_market(&self.market.clone()).await;
    }

    /// The same for another market. After a long time the moment passes in which liquidations wait for the proof of an outage.
    pub async fn renew_market(&mut self, market: &MarketCookie) {
        let core = &self.world.market(market).core;
        let price = core.price.oracle.0 as i64 * DOLLAR / 10i64.pow(core.risk.tick_exponent);
        self.world.price(market, price).await.ok();
        let (now, waits) = (self.world.chain.now(), self.world.market(market).core.watch.waits_until);
        if (now + 1..=now + PROOF_WAIT).contains(&waits) {
            self.world.chain.advance(waits - now - 1, 25).await;
            self.world.price(market, price).await.ok();
        }
    }

    /// A day passes in which somebody else's money comes and stays: so much that what others take out is within the limit.
    pub async fn among_old_money(&mut self) {
        self.world.neighbour().await;
        self.world.chain.advance(86_400, 200_000).await;
        self.renew().await;
    }

    /// The trader trades.
    #[must_use = "say what is expected: ok() or fails(..)"]
    pub async fn trade(&mut self, lots: i64) -> Outcome {
        self.world.trade(&self.trader, &self.market, lots).await
    }

    /// The trader places an order.
    #[must_use = "say what is expected: ok() or fails(..)"]
    pub async fn order(&mut self, lots: i64, limit: u64) -> Outcome {
        let legs = self.world.legs_of(&self.trader.margin, Some(&self.market));
        let order = PlaceOrder { legs, ..World::order(&self.trader, &self.market, lots, limit) };
        self.world.send(&order, &[&self.trader.key]).await
    }

    /// The keeper flags the trader.
    #[must_use = "say what is expected: ok() or fails(..)"]
    pub async fn flag(&mut self) -> Outcome {
        self.world.send(&self.world.flag(&self.trader.margin, &self.market, &self.keeper), &[]).await
    }

    /// The keeper liquidates the trader.
    #[must_use = "say what is expected: ok() or fails(..)"]
    pub async fn liquidate(&mut self) -> Outcome {
        self.world.send(&self.world.liquidate(&self.trader.margin, &self.market, &self.keeper), &[]).await
    }

    /// A trader with this position, opened at the present price.
    pub async fn another(&mut self, deposit: u64, lots: i64) -> Trader {
        let trader = self.world.trader(deposit).await;
        self.world.trade(&trader, &self.market, lots).await.ok();
        trader
    }

    /// Cash of an account.
    pub fn cash(&self, trader: &Trader) -> u64 {
        self.world.margin(trader).cash.0
    }

    /// Treasury of the market.
    pub fn treasury(&self) -> u64 {
        self.world.market(&self.market).core.book.treasury.0
    }
}

/// One trader in two markets, named in the order of the account's legs.
pub struct TwoLegs {
    pub scene: Scene,
    pub second: MarketCookie,
}

impl TwoLegs {
    /// The trader has these lots in the first and in the second market, both at $200.
    pub async fn open(first: i64, second: i64) -> Self {
        let mut scene = Scene::open().await;
        let other = scene.world.create_market(parameters::sol()).await;
        scene.world.price(&other, 200 * DOLLAR).await.ok();
        scene.world.provider(&other, 10_000_000 * USD).await;
        scene.trade(first).await.ok();
        scene.world.trade(&scene.trader, &other, second).await.ok();
        Self { scene, second: other }
    }

    /// New prices in both markets.
    pub async fn prices(&mut self, first: i64, second: i64) {
        self.scene.price(first).await;
        self.scene.world.price(&self.second, second * DOLLAR).await.ok();
    }
}

/// A market that owes the insurance fund the profit of a bankrupt account.
pub struct Claimed {
    pub market: MarketCookie,
    /// Has lost $4,000 there, which was not marked: what the market will pay the claim from.
    pub loser: Trader,
    /// In atoms.
    pub claim: u64,
}

impl Claimed {
    /// A trader loses $11,250 in the scene's market and has gained $4,000 in another, whose treasury holds little more than
    /// $3,000.
    pub async fn in_scene(scene: &mut Scene) -> Self {
        let market = scene.world.create_market(parameters::sol()).await;
        scene.renew().await;
        scene.world.price(&market, 200 * DOLLAR).await.ok();
        scene.world.provider(&market, 3_000 * USD).await;
        let bankrupt = scene.another(3_000 * USD, 3 * POSITION).await;
        scene.world.price(&market, 200 * DOLLAR).await.ok();
        scene.world.trade(&bankrupt, &market, POSITION).await.ok();
        let loser = scene.world.trader(20_000 * USD).await;
        scene.world.trade(&loser, &market, -POSITION).await.ok();
        let first = scene.market;
        scene.price(125).await;
        scene.world.price(&market, 280 * DOLLAR).await.ok();
        scene.world.send(&scene.world.flag(&bankrupt.margin, &first, &scene.keeper), &[]).await.ok();
        scene.price(125).await;
        scene.world.price(&market, 280 * DOLLAR).await.ok();
        scene.world.send(&scene.world.liquidate(&bankrupt.margin, &first, &scene.keeper), &[]).await.ok();
        let claim = scene.world.market(&market).core.book.insurance_claim.0;
        Self { market, loser, claim }
    }
}

/// One trader who is long the usual position in many markets, with $1,000 for each.
pub struct ManyLegs {
    pub scene: Scene,
    /// In the order of the legs; the first is the scene's.
    pub markets: Vec<MarketCookie>,
}

impl ManyLegs {
    /// Opens positions in so many markets at $200.
    pub async fn open(legs: u64) -> Self {
        let mut scene = Scene::with(parameters::funded(), 10_000_000 * USD).await;
        scene.trader = scene.world.trader(legs * 1_000 * USD).await;
        let mut markets = vec![scene.market];
        for _ in 1..legs {
            let market = scene.world.create_market(parameters::funded()).await;
            scene.world.price(&market, 200 * DOLLAR).await.ok();
            scene.world.provider(&market, 10_000_000 * USD).await;
            markets.push(market);
        }
        let mut all = Self { scene, markets };
        for place in 0..all.markets.len() {
            all.prices(200).await;
            let market = all.markets[place];
            all.scene.world.trade(&all.scene.trader, &market, POSITION).await.ok();
        }
        all
    }

    /// A new price in every market.
    pub async fn prices(&mut self, dollars: i64) {
        for market in &self.markets {
            self.scene.world.price(market, dollars * DOLLAR).await.ok();
        }
    }
}

/// Another exchange on the same chain, as far as addresses go.
pub struct Foreign {
    pub exchange: ExchangeCookie,
    pub market: MarketCookie,
    /// A trader with a position.
    pub trader: Trader,
    pub holder: Holder,
    pub staker: Holder,
}

impl Foreign {
    /// Builds exchange number two on the chain of `world`, with a mint of its own.
    pub async fn beside(world: World) -> (World, Self) {
        let World { mut chain, exchange, ledger, units } = world;
        let mint = Address::new_unique();
        chain.put_mint(&mint, 6);
        let mut scene = Scene::on(World::on(chain, mint, TOKEN, 2).await, parameters::sol(), 10_000_000 * USD).await;
        scene.trade(POSITION).await.ok();
        let Scene { world: other, market, provider, staker, trader, .. } = scene;
        let back = World { chain: other.chain, exchange, ledger, units };
        (back, Self { exchange: other.exchange, market, trader, holder: provider, staker })
    }
}
