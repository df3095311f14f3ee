//! One market: constants, prices, measured risk, money, liquidation capacity and status.

use bytemuck::{Pod, Zeroable};
use words::{U64, amounts, lit};

use crate::{
    EngineError, Result,
    book::Book,
    breakers::Breakers,
    cascade::Cascade,
    deleverage::Deleveraging,
    funding::Funding,
    guard::Guard,
    notice::Notice,
    price::Price,
    risk::Risk,
    settlement::Settlement,
    throttle::Throttle,
    units::{Atoms, Pnl, Ticks},
    volatility::Volatility,
    watch::Watch,
};

/// Everything the engine knows of a market.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Market {
    /// Binary constants.
    pub risk: Risk,
    /// The last accepted price.
    pub price: Price,
    /// The last price of the second source, where there is one.
    pub second: Price,
    /// What is remembered of the sources.
    pub watch: Watch,
    /// Measured volatility.
    pub volatility: Volatility,
    /// Announced rise of `m0`.
    pub base_notice: Notice,
    /// Announced rise of `1 / (2 depth)`.
    pub impact_notice: Notice,
    /// Announced rise of the smallest maintenance ratio.
    pub floor_notice: Notice,
    /// Announced rise of the largest one.
    pub cap_notice: Notice,
    /// Liquidations of the running window.
    pub cascade: Cascade,
    /// Treasury and side totals.
    pub book: Book,
    /// Liquidation capacity.
    pub throttle: Throttle,
    /// How far funding was accrued.
    pub funding: Funding,
    /// The first look at deleveraging, while it waits for the second.
    pub deleveraging: Deleveraging,
    /// Its settlement, from the first look on.
    pub settlement: Settlement,
    /// Shares of the liquidity providers.
    pub lp_shares: U64,
    /// The part of the insurance vault that is this market's own.
    pub insurance_own: Atoms,
    /// When the current insurance window began.
    pub insurance_window_start: i64,
    /// Shared insurance drawn in the current window.
    pub insurance_drawn: Atoms,
    /// The guardian's hold.
    pub guard: Guard,
    /// What stops new risk by itself.
    pub breakers: Breakers,
    /// A byte of [`status`].
    pub status: u8,
    /// Bits of [`flag`]: a market that has none is looked at in the shortest way.
    pub flags: u8,
    /// Zero.
    pub padding: [u8; 6],
}

/// What a market takes, in order of severity: a byte in account data, so any value can be read and none is assumed.
pub mod status {
    /// Everything.
    pub const ACTIVE: u8 = 0;
    /// No new risk.
    pub const REDUCE_ONLY: u8 = 1;
    /// Only reductions: no liquidation, and nothing to or from the pool.
    pub const HALTED: u8 = 2;
    /// Positions are closed at one price.
    pub const SETTLING: u8 = 3;
    /// Claims are paid at one fraction.
    pub const SETTLED: u8 = 4;
}

/// What sets a market apart from one that just has a price.
pub mod flag {
    /// It has a second source.
    pub const SECOND_SOURCE: u8 = 1;
    /// It is halted, or was held to that by its guardian last.
    pub const HALTED: u8 = 2;
}

/// Below this many ticks one tick is more than 0.1 % of the price: no new risk.
pub const COARSE_PRICE: Ticks = Ticks(lit(amounts::COARSE_PRICE));
/// Below this many ticks one tick is more than 1 % of the price: the market settles.
pub const SETTLE_PRICE: Ticks = Ticks(lit(amounts::SETTLE_PRICE));

impl Market {
    /// A market without positions or price.
    pub fn new(risk: Risk, now: i64) -> Result<Self> {
        Ok(Self {
            risk,
            throttle: Throttle::full(&risk, now)?,
            funding: Funding { accrued: now },
            insurance_window_start: now,
            ..Self::default()
        })
    }

    /// The price for new risk, withdrawals, marks and shares: every source is fresh, and they agree. That of a settlement is
    /// fixed and does not age.
    #[inline]
    pub fn fresh_price(&self, now: i64) -> Result<Ticks> {
        if self.status >= status::SETTLING {
            return Ok(self.price.oracle);
        }
        self.price.fresh(&self.risk, now)?;
        if self.has_second() {
            self.second.fresh(&self.risk, now)?;
            if !self.sources_agree()? {
                return Err(EngineError::PricesDisagree);
            }
        }
        Ok(self.price.oracle)
    }

    /// Whether the market has a second source.
    #[inline]
    pub fn has_second(&self) -> bool {
        self.flags & flag::SECOND_SOURCE != 0
    }

    /// Whether it has not, and was never halted.
    #[inline]
    pub fn is_plain(&self) -> bool {
        self.flags == 0
    }

    /// Whether the market resumes from an outage: it takes no new orders for more risk, and its legs are not liquidated.
    #[inline]
    pub fn is_resuming(&self, now: i64) -> bool {
        self.watch.is_resuming(now)
    }

    /// The status that the sources impose: halted when they have disagreed for too long.
    pub fn source_status(&self, now: i64) -> u8 {
        let since = self.watch.disagreed_since;
        let too_long = since != 0 && now.saturating_sub(since) > i64::from(self.risk.disagreement);
        if too_long { status::HALTED } else { status::ACTIVE }
    }

    /// Looks at the cluster's clock before a price is taken: time that its slots do not explain is an outage.
    pub fn tick(&mut self, slot: u64, now: i64) {
        self.watch = self.watch.ticked(&self.risk, slot, now);
    }

    /// Remembers whether the sources agree, after one of them has a new price.
    pub(crate) fn compare_sources(&mut self, now: i64) {
        match self.fresh_price(now) {
            Ok(price) => self.watch = self.watch.compared(Some(price), now),
            Err(EngineError::PricesDisagree) => self.watch = self.watch.compared(None, now),
            // One is missing: nothing is known.
            Err(_) => {}
        }
    }

    /// A price for less risk: that of a source that is fresh, the first's before the second's.
    pub fn usable_price(&self, now: i64) -> Result<Ticks> {
        let first = self.price.fresh(&self.risk, now);
        if first.is_err() && self.has_second() && self.second.fresh(&self.risk, now).is_ok() {
            return Ok(self.second.oracle);
        }
        first.map(|()| self.price.oracle)
    }

    /// Newest publish time of its prices.
    pub fn published(&self) -> i64 {
        if self.has_second() { self.price.publish_time.max(self.second.publish_time) } else { self.price.publish_time }
    }

    /// Whether both sources' prices are within the band.
    pub fn sources_agree(&self) -> Result<bool> {
        let (one, other) = (self.price.oracle, self.second.oracle);
        Ok(one.max(other).minus(one.min(other))? <= self.risk.band.of_price_floor(one)?)
    }

    /// Counts a liquidation of `notional` at `price` into the cascade.
    pub(crate) fn record_liquidation(&mut self, notional: Atoms, price: Ticks, now: i64) {
        self.cascade = self.cascade.after(&self.risk, notional, price, now);
        self.risk.cascade_multiple = self.cascade.multiple(&self.risk, price);
    }

    /// Whether one tick has become more than 1 % of the price: the market settles.
    pub fn settles_by_price(&self) -> bool {
        !self.price.oracle.is_zero() && self.price.oracle < SETTLE_PRICE
    }

    /// Whether one tick is no more than 0.1 % of the price.
    pub(crate) fn is_fine(&self) -> bool {
        self.price.oracle >= COARSE_PRICE
    }

    /// Net asset value at the market's price.
    pub fn nav(&self) -> Result<Pnl> {
        self.book.nav(&self.risk, self.price.oracle)
    }

    /// Whether every stored quantity is possible.
    pub fn invariant(&self) -> bool {
        self.status <= status::SETTLED
            && self.risk.check().is_ok()
            && self.book.invariant()
            && self.throttle.invariant(&self.risk)
            && self.volatility.invariant()
            && self.price.oracle <= self.risk.max_price
            && self.second.oracle <= self.risk.max_price
            && self.settlement.invariant(self)
            && self.deleveraging.long <= 1
            && self.guard.invariant()
            && self.breakers.invariant()
    }
}
