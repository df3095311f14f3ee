//! Orders that wait for a price, protection and views.

use plimsoll_client::{
    Address,
    instructions::{
        ExecuteOrder, FireOrder, OpenAtRisk, PlaceOrder, ProtectAccount, SetProtection, ViewAccount,
        ViewLiquidationPrice,
    },
    views::{AccountHealth, LiquidationPrice},
};

use crate::{
    Outcome, World,
    cookies::{MarketCookie, Trader},
    oracle::Quote,
    world::DOLLAR,
};

/// Above every price that a market takes, in ticks, and small enough for the largest orders.
pub const ANY_PRICE: u64 = 10_000_000_000;
/// One of a level: 32 fraction bits.
pub const ONE: u64 = 1 << 32;

impl World {
    /// The reduce-only order that closes at `trigger` or beyond, above it or below, at any price.
    pub fn stop(&self, trader: &Trader, market: &MarketCookie, lots: i64, trigger: u64, above: bool) -> PlaceOrder {
        let limit = if lots > 0 { ANY_PRICE } else { 1 };
        let legs = self.legs_of(&trader.margin, Some(market));
        let plain = Self::order(trader, market, lots, limit);
        PlaceOrder { reduce_only: true, trigger, trigger_above: above, legs, ..plain }
    }

    /// The instruction by which a keeper fires the order at a place.
    pub fn fire(trader: &Trader, market: &MarketCookie, place: u8, keeper: &Trader) -> FireOrder {
        let (margin, oracle) = (trader.margin, market.oracle);
        FireOrder { margin, market: market.address, oracle, keeper: Some(keeper.margin), place }
    }

    /// The instruction that opens a position by its risk, at any price.
    pub fn open_at_risk(&self, trader: &Trader, market: &MarketCookie, risk: u64, stop: u64) -> OpenAtRisk {
        let long = stop < self.market(market).core.price.oracle.0;
        let (limit, stop_limit) = if long { (ANY_PRICE, 1) } else { (1, ANY_PRICE) };
        OpenAtRisk {
            authority: trader.owner(),
            margin: trader.margin,
            market: market.address,
            risk,
            stop,
            limit,
            stop_limit,
            legs: self.legs_of(&trader.margin, Some(market)),
        }
    }

    /// The instruction by which a trader sets a protection level.
    pub fn set_protection(trader: &Trader, level: u64) -> SetProtection {
        SetProtection { authority: trader.owner(), margin: trader.margin, level }
    }

    /// The instruction by which a keeper protects an account.
    pub fn protect(&self, trader: &Trader, market: &MarketCookie, keeper: &Trader) -> ProtectAccount {
        let legs = self.legs_of(&trader.margin, Some(market));
        ProtectAccount { margin: trader.margin, market: market.address, keeper: Some(keeper.margin), legs }
    }

    /// The question how an account stands.
    pub fn view(&self, margin: &Address) -> ViewAccount {
        ViewAccount { margin: *margin, legs: self.legs_of(margin, None) }
    }

    /// How an account stands, as the program says.
    pub async fn health(&mut self, margin: &Address) -> AccountHealth {
        let data = self.send(&self.view(margin), &[]).await.ok().return_data().expect("it answers");
        assert_eq!(data.len(), size_of::<AccountHealth>());
        ViewAccount::decode(&data).expect("decodes")
    }

    /// The question where an account becomes liquidatable.
    pub fn liquidation_view(&self, margin: &Address, market: &MarketCookie) -> ViewLiquidationPrice {
        ViewLiquidationPrice { margin: *margin, market: market.address, legs: self.legs_of(margin, Some(market)) }
    }

    /// Where an account becomes liquidatable by one market, as the program says.
    pub async fn liquidation_price(&mut self, margin: &Address, market: &MarketCookie) -> LiquidationPrice {
        let data = self.send(&self.liquidation_view(margin, market), &[]).await.ok().return_data().expect("it answers");
        ViewLiquidationPrice::decode(&data).expect("decodes")
    }

    /// Lets the delay of an order pass and publishes its update at a price, for margin too. Says how to execute it there.
    pub async fn due(&mut self, trader: &Trader, market: &MarketCookie, place: u8, price: i64) -> ExecuteOrder {
        let risk = self.market(market).core.risk;
        let at = self.margin(trader).orders[usize::from(place)].order.execution_time(&risk).expect("fits");
        self.chain.advance((at - self.chain.now()).max(0), 8).await;
        let quote = Quote::at(market.feed, price, at);
        self.publish(market, &quote);
        self.send(&Self::refresh(market), &[]).await.ok();
        self.execute(trader, market, place)
    }

    /// The same in dollars, executed.
    #[must_use = "say what is expected: ok() or fails(..)"]
    pub async fn execute_at(&mut self, trader: &Trader, market: &MarketCookie, place: u8, dollars: i64) -> Outcome {
        let execute = self.due(trader, market, place, dollars * DOLLAR).await;
        self.send(&execute, &[]).await
    }

    /// Publishes an update a second later without refreshing the market.
    pub async fn publish_next(&mut self, market: &MarketCookie, dollars: i64) {
        self.chain.advance(1, 2).await;
        let quote = Quote::at(market.feed, dollars * DOLLAR, self.chain.now());
        self.publish(market, &quote);
    }

    /// Equity over maintenance as the program sees it.
    pub async fn ratio(&mut self, margin: &Address) -> f64 {
        let health = self.health(margin).await;
        health.equity as f64 / health.maintenance as f64
    }
}
