//! The people of a scenario on a chain.

use std::collections::BTreeMap;

use plimsoll_client::{
    Address,
    engine::{
        bounds::{ROWS, values, with_values},
        market::Market,
        parameters::Parameters,
    },
    instructions::RefreshMarket,
    state::{ORACLE_PYTH_LEGACY, ORACLE_SWITCHBOARD},
};

use super::{Print, Scenario, Second};
use crate::{
    Outcome, World,
    cookies::{Holder, MarketCookie, Trader},
    oracle::Quote,
    parameters,
    world::{DOLLAR, USD},
};

/// What the scenario has come to.
pub struct Stage {
    pub world: World,
    pub market: MarketCookie,
    pub parameters: Parameters,
    pub accounts: BTreeMap<String, Vec<Trader>>,
    pub keeper: Trader,
    pub provider: Holder,
    pub staker: Option<Holder>,
    /// Tokens that each account ever had, in atoms.
    pub brought: BTreeMap<Address, u64>,
    /// The last proposal of the admin.
    pub proposal: Option<Address>,
    /// What the sources said last.
    pub said: (f64, f64),
    /// Lowest and highest price of all, and the market before anybody traded.
    pub range: (f64, f64),
    pub start: Market,
    /// What insurance paid.
    pub paid: u64,
}

/// Atoms of an amount.
pub fn atoms(amount: f64) -> u64 {
    (amount * USD as f64).round() as u64
}

/// A price as an oracle with eight decimals says it.
fn scaled(price: f64) -> i64 {
    (price * DOLLAR as f64).round() as i64
}

/// Parameters with some others.
pub fn with(base: Parameters, changes: &BTreeMap<String, u64>) -> Parameters {
    let mut all = values(&base);
    for (name, value) in changes {
        let place = ROWS.iter().position(|row| row.name == name).unwrap_or_else(|| panic!("no parameter {name}"));
        all[place] = *value;
    }
    with_values(&all).expect("every value fits its type")
}

impl Stage {
    /// The exchange, the market with its pools, and everybody with his first position.
    pub async fn set(scenario: &Scenario) -> Self {
        let plan = &scenario.market;
        let parameters = with(parameters::sol(), &plan.parameters);
        let mut world = World::new().await;
        let market = match plan.second {
            None => world.create_market(parameters).await,
            Some(Second::Pyth) => world.create_market_beside(parameters, ORACLE_PYTH_LEGACY).await,
            Some(Second::Switchboard) => world.create_market_beside(parameters, ORACLE_SWITCHBOARD).await,
        };
        let keeper = world.trader(0).await;
        let quote = Quote::at(market.feed, scaled(plan.price), world.chain.now());
        world.publish(&market, &quote);
        if market.second.is_some() {
            world.publish_second(&market, &quote);
        }
        world.send(&World::refresh(&market), &[]).await.ok();
        let provider = world.provider(&market, plan.liquidity * USD).await;
        let staker = if scenario.insurance > 0 { Some(world.staker(scenario.insurance * USD).await) } else { None };
        let start = world.market(&market).core;
        let mut stage = Self {
            world,
            market,
            parameters,
            accounts: BTreeMap::new(),
            keeper,
            provider,
            staker,
            brought: BTreeMap::new(),
            proposal: None,
            said: (plan.price, plan.price),
            range: (plan.price, plan.price),
            start,
            paid: 0,
        };
        for (name, account) in &scenario.accounts {
            let mut traders = Vec::new();
            for _ in 0..account.count {
                let trader = stage.world.trader(atoms(account.deposit)).await;
                stage.brought.insert(trader.margin, atoms(account.deposit));
                traders.push(trader);
            }
            stage.accounts.insert(name.clone(), traders);
        }
        for (name, account) in scenario.accounts.iter().filter(|(_, account)| account.units != 0.0) {
            stage.trade(name, account.units).await.ok();
        }
        stage
    }

    /// The accounts of a name, as places in their list.
    pub fn count(&self, name: &str) -> usize {
        self.accounts.get(name).unwrap_or_else(|| panic!("no account {name}")).len()
    }

    /// One of them.
    pub fn trader(&self, name: &str, place: usize) -> &Trader {
        &self.accounts[name][place]
    }

    /// Lots of a size in base units.
    pub fn lots(&self, units: f64) -> i64 {
        (units * 10f64.powi(6 - i32::from(self.parameters.tick_exponent))).round() as i64
    }

    /// Lots that an account holds.
    pub fn position(&self, trader: &Trader) -> i64 {
        let legs = self.world.margin(trader).legs;
        legs.iter().filter(|leg| leg.market == self.market.address).map(|leg| leg.position.lots.0).sum()
    }

    /// Sources publish, and anybody refreshes the market with those that did.
    pub async fn print(&mut self, print: &Print) -> Outcome {
        self.world.chain.advance(print.after, 0).await;
        self.publish(print).await
    }

    async fn publish(&mut self, print: &Print) -> Outcome {
        let (market, now) = (self.market, self.world.chain.now());
        let quote = |price: f64| {
            let quote = Quote::at(market.feed, scaled(price), now);
            let confidence = (quote.price.unsigned_abs() * print.confidence_ppm).div_ceil(1_000_000);
            Quote { confidence, previous_publish_time: now - print.gap, ..quote }
        };
        if let Some(price) = print.first {
            self.world.publish(&market, &quote(price));
            self.said.0 = price;
        }
        if let Some(price) = print.second {
            self.world.publish_second(&market, &quote(price));
            self.said.1 = price;
        }
        for price in [print.first, print.second].into_iter().flatten() {
            self.range = (self.range.0.min(price), self.range.1.max(price));
        }
        let all = World::refresh(&market);
        let (first, second) = (print.first.is_some(), print.second.is_some());
        let refresh =
            RefreshMarket { oracle: all.oracle.filter(|_| first), second: all.second.filter(|_| second), ..all };
        self.world.send(&refresh, &[]).await
    }

    /// Every source says again what it said, a moment later.
    pub async fn renew(&mut self, after: i64) -> Outcome {
        let second = self.market.second.map(|_| self.said.1);
        let print = Print { first: Some(self.said.0), second, after, gap: 1, confidence_ppm: 200 };
        self.print(&print).await
    }

    /// Places an order at any price for each of some accounts.
    pub async fn order(&mut self, name: &str, units: f64) -> Outcome {
        let lots = self.lots(units);
        let mut last = None;
        for place in 0..self.count(name) {
            let (world, trader) = (&self.world, self.trader(name, place));
            let limit = if lots > 0 { crate::orders::ANY_PRICE } else { 1 };
            let legs = world.legs_of(&trader.margin, Some(&self.market));
            let order = World::order(trader, &self.market, lots, limit);
            let order = plimsoll_client::instructions::PlaceOrder { legs, ..order };
            let key = trader.key.insecure_clone();
            let outcome = self.world.send(&order, &[&key]).await;
            if outcome.result.is_err() {
                return outcome;
            }
            last = Some(outcome);
        }
        last.expect("somebody orders")
    }

    /// The same, executed when its delay has passed, at an unchanged price.
    pub async fn trade(&mut self, name: &str, units: f64) -> Outcome {
        self.renew(1).await.ok();
        let placed = self.order(name, units).await;
        if placed.result.is_err() {
            return placed;
        }
        self.renew(i64::from(self.parameters.order_delay_s)).await.ok();
        let mut last = None;
        for place in 0..self.count(name) {
            let execute = self.world.execute(self.trader(name, place), &self.market, 0);
            let outcome = self.world.send(&execute, &[]).await;
            if outcome.result.is_err() || !outcome.has_event("OrderExecuted") {
                return outcome;
            }
            last = Some(outcome);
        }
        last.expect("somebody trades")
    }
}
