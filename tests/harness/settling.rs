//! Deleveraging and settlement, and a market that needs both.

use plimsoll_client::{
    Address,
    instructions::{Deleverage, FixSettlement, LookInsurance, LookSettlement, PayClaim, SettlePosition, WindDown},
};

use crate::{
    Outcome, World,
    cookies::{MarketCookie, Trader},
    parameters,
    scenes::{POSITION, Scene},
    world::USD,
};

impl World {
    /// The instruction that looks at deleveraging a market.
    pub fn deleverage(market: &MarketCookie) -> Deleverage {
        Deleverage { market: market.address }
    }

    /// The instruction that looks at settling a market.
    pub fn look_settlement(market: &MarketCookie) -> LookSettlement {
        LookSettlement { market: market.address }
    }

    /// The instruction that looks at winding a market down.
    pub fn look_insurance(&self, market: &MarketCookie) -> LookInsurance {
        LookInsurance { fund: self.exchange.fund, market: market.address }
    }

    /// The instruction that looks whether a market has lost its price.
    pub fn wind_down(market: &MarketCookie) -> WindDown {
        WindDown { market: market.address }
    }

    /// The instruction that settles an account's position.
    pub fn settle_position(&self, margin: &Address, market: &MarketCookie) -> SettlePosition {
        let legs = self.legs_of(margin, Some(market));
        SettlePosition { margin: *margin, market: market.address, legs }
    }

    /// The instruction that fixes a round of a settlement.
    pub fn fix_settlement(market: &MarketCookie) -> FixSettlement {
        FixSettlement { market: market.address }
    }

    /// The instruction that pays an account's claim.
    pub fn pay_claim(margin: &Address, market: &MarketCookie) -> PayClaim {
        PayClaim { margin: *margin, market: market.address }
    }
}

/// A market with $10,000 of liquidity that owes its winners more than it has, although its one loser can pay.
///
/// The scene's trader is long the usual position, another twice as much, and the loser is short as much as the trader.
pub struct Insolvent {
    pub scene: Scene,
    pub other: Trader,
    pub loser: Trader,
}

/// Where longs won $120 a unit: $18,000 of which the short pays $6,000.
pub const RUIN: i64 = 320;

impl Insolvent {
    /// Positions opened at $200.
    pub async fn open() -> Self {
        let mut scene = Scene::with(parameters::sol(), 10_000 * USD).await;
        scene.trade(POSITION).await.ok();
        let loser = scene.another(10_000 * USD, -POSITION).await;
        let other = scene.another(2_000 * USD, 2 * POSITION).await;
        Self { scene, other, loser }
    }

    /// The price has jumped.
    pub async fn ruined() -> Self {
        let mut ruin = Self::open().await;
        ruin.scene.price(RUIN).await;
        ruin
    }

    /// Net asset value was seen to be negative.
    pub async fn seen() -> Self {
        let mut ruin = Self::ruined().await;
        ruin.look().await.ok();
        ruin
    }

    /// The settlement has started.
    pub async fn started() -> Self {
        let mut ruin = Self::seen().await;
        ruin.later(60, RUIN).await;
        ruin.look().await.ok();
        ruin
    }

    /// Everybody is settled, and round one is fixed.
    pub async fn fixed() -> Self {
        let mut ruin = Self::started().await;
        for margin in ruin.margins() {
            ruin.settle(&margin).await.ok();
        }
        ruin.fix().await.ok();
        ruin
    }

    /// A price so many seconds later.
    pub async fn later(&mut self, seconds: i64, dollars: i64) {
        self.scene.world.chain.advance(seconds - 1, 2).await;
        self.scene.price(dollars).await;
    }

    /// The accounts with positions: trader, other, loser.
    pub fn margins(&self) -> [Address; 3] {
        [self.scene.trader.margin, self.other.margin, self.loser.margin]
    }

    /// Anyone looks at deleveraging.
    #[must_use = "say what is expected: ok() or fails(..)"]
    pub async fn deleverage(&mut self) -> Outcome {
        self.scene.world.send(&World::deleverage(&self.scene.market), &[]).await
    }

    /// Anyone looks at the settlement.
    #[must_use = "say what is expected: ok() or fails(..)"]
    pub async fn look(&mut self) -> Outcome {
        self.scene.world.send(&World::look_settlement(&self.scene.market), &[]).await
    }

    /// Anyone settles an account.
    #[must_use = "say what is expected: ok() or fails(..)"]
    pub async fn settle(&mut self, margin: &Address) -> Outcome {
        self.scene.world.send(&self.scene.world.settle_position(margin, &self.scene.market), &[]).await
    }

    /// Anyone fixes a round.
    #[must_use = "say what is expected: ok() or fails(..)"]
    pub async fn fix(&mut self) -> Outcome {
        self.scene.world.send(&World::fix_settlement(&self.scene.market), &[]).await
    }

    /// Anyone pays an account.
    #[must_use = "say what is expected: ok() or fails(..)"]
    pub async fn pay(&mut self, margin: &Address) -> Outcome {
        self.scene.world.send(&World::pay_claim(margin, &self.scene.market), &[]).await
    }

    /// Cash of an account.
    pub fn cash(&self, margin: &Address) -> u64 {
        self.scene.world.ledger.margins[margin].cash.0
    }
}
