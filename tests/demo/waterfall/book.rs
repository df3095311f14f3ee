//! A market of $2M with sixteen traders, most of them long, and what every transaction is checked against.

use plimsoll_tests::{
    Address, Keypair, Outcome, World,
    cookies::{MarketCookie, Trader},
    engine::{market::Market, units::Ticks},
    instructions::{Build, PlaceOrder},
    parameters,
    world::{DOLLAR, USD},
};

use crate::screen::{Screen, brief};

/// Everything is opened at this price, in dollars.
pub const OPEN: i64 = 200;
/// What the liquidity provider and the staker bring, in dollars.
const LIQUIDITY: u64 = 2_000_000;
const STAKED: u64 = 750_000;

/// Somebody with a position.
pub struct Member {
    pub trader: Trader,
    pub lots: i64,
    /// Cash after the position was opened.
    pub cash: u64,
}

impl Member {
    /// The margin account.
    pub fn margin(&self) -> Address {
        self.trader.margin
    }
}

/// One market, and running totals over the run.
pub struct Book {
    pub world: World,
    pub market: MarketCookie,
    pub keeper: Trader,
    pub members: Vec<Member>,
    pub transactions: u64,
    pub min_cash: i128,
    pub conservation_error: i128,
}

impl Book {
    /// Twelve longs of $600k to $1.15M on four times leverage, three shorts of $600k on twice, and one of $200k on as much as is
    /// given.
    pub async fn open(screen: &Screen, leverage: u64) -> Self {
        let mut world = World::new().await;
        // Winners leave with all they have won.
        world.seem_old(1_000_000_000 * USD).await;
        let market = world.create_market(parameters::demo()).await;
        world.price(&market, OPEN * DOLLAR).await.ok();
        world.provider(&market, LIQUIDITY * USD).await;
        world.staker(STAKED * USD).await;
        let keeper = world.trader(0).await;
        let (transactions, min_cash, conservation_error) = (0, 0, 0);
        let mut book = Self { world, market, keeper, members: vec![], transactions, min_cash, conservation_error };
        let longs = (0..12).map(|number| (3_000_000 + 250_000 * number, 4));
        let shorts: [(i64, u64); 4] = [(-3_000_000, 2), (-3_000_000, 2), (-3_000_000, 2), (-1_000_000, leverage)];
        for (lots, leverage) in shorts.into_iter().chain(longs) {
            let notional = lots.unsigned_abs() * OPEN.unsigned_abs() * 1_000;
            let trader = book.world.trader(notional / leverage).await;
            book.trade(&trader, lots, false).await;
            let cash = book.world.margin(&trader).cash.0;
            book.members.push(Member { trader, lots, cash });
        }
        let core = book.core();
        let worth = |lots: u64| brief(lots * core.price.oracle.0);
        screen.say(&format!(
            "{} traders: {} long, {} short; liquidity providers {}, insurance {}",
            book.members.len(),
            worth(core.book.long.lots.0),
            worth(core.book.short.lots.0),
            brief(core.nav().map_or(0, |nav| nav.0)),
            brief(STAKED * USD),
        ));
        book
    }

    /// Sends one instruction, and looks at everybody's cash and at both vaults.
    pub async fn send(&mut self, build: &impl Build, signers: &[&Keypair]) -> Outcome {
        let outcome = self.world.send(build, signers).await;
        self.transactions += 1;
        let ledger = &self.world.ledger;
        let cash = ledger.margins.values().map(|margin| i128::from(margin.cash.0.cast_signed()));
        self.min_cash = cash.fold(self.min_cash, i128::min);
        let error = ledger.conservation_error() + ledger.insurance_error();
        self.conservation_error = self.conservation_error.max(error);
        outcome
    }

    /// A price in dollars, so many seconds later.
    pub async fn price(&mut self, dollars: i64, seconds: i64) {
        self.world.chain.advance(seconds - 1, 2).await;
        self.world.price(&self.market, dollars * DOLLAR).await.ok();
        self.transactions += 1;
    }

    /// Trades at the market's price, which stays as it is.
    pub async fn trade(&mut self, trader: &Trader, lots: i64, reduce_only: bool) -> Outcome {
        let price = self.core().price.oracle.0;
        let limit = if lots > 0 { price * 11 / 10 } else { price * 9 / 10 };
        let order = PlaceOrder { reduce_only, ..World::order(trader, &self.market, lots, limit) };
        self.send(&order, &[&trader.key]).await.ok();
        self.transactions += 2;
        self.world.settle_order(trader, &self.market).await.ok()
    }

    /// The market.
    pub fn core(&self) -> Market {
        self.world.market(&self.market).core
    }

    /// Lots and profit of a member at a price, as a touch would leave them.
    pub fn holding(&self, member: &Member, price: Ticks) -> (i64, i64) {
        let core = self.core();
        let position = self.world.margin(&member.trader).position(0);
        let (lots, cost) = core.book.side(position.is_long()).holding(&position, core.price.oracle).expect("touches");
        (lots.0, lots.0 * price.0.cast_signed() - cost.0)
    }

    /// Takes all cash of a member out.
    pub async fn withdraw(&mut self, trader: &Trader) -> u64 {
        let cash = self.world.margin(trader).cash.0;
        let withdraw = self.world.withdraw(trader, cash);
        self.send(&withdraw, &[&trader.key]).await.ok();
        self.world.chain.token_amount(&trader.tokens).await
    }
}
