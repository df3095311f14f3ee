//! One market: constants, price, money, liquidation capacity and status.

use bytemuck::{Pod, Zeroable};
use words::{U64, lit};

use crate::{
    EngineError, Result,
    book::Book,
    deleverage::Deleveraging,
    funding::Funding,
    price::Price,
    risk::Risk,
    settlement::Settlement,
    throttle::Throttle,
    units::{Atoms, Pnl, Ticks},
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
    /// A byte of [`status`].
    pub status: u8,
    /// Zero.
    pub padding: [u8; 7],
}

/// What a market takes, in order of severity: a byte in account data, so any value can be read and none is assumed.
pub mod status {
    /// Everything.
    pub const ACTIVE: u8 = 0;
    /// No new risk.
    pub const REDUCE_ONLY: u8 = 1;
    /// No trade.
    pub const HALTED: u8 = 2;
    /// Positions are closed at one price.
    pub const SETTLING: u8 = 3;
    /// Claims are paid at one fraction.
    pub const SETTLED: u8 = 4;
}

/// Below this many ticks one tick is more than 0.1 % of the price: no new risk.
pub const COARSE_PRICE: Ticks = Ticks(lit(1_000));

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

    /// The price for margin, which must be fresh. That of a settlement is fixed and does not age.
    #[inline]
    pub fn fresh_price(&self, now: i64) -> Result<Ticks> {
        if self.status < status::SETTLING {
            self.price.fresh(&self.risk, now)?;
        }
        Ok(self.price.oracle)
    }

    /// Refuses what adds risk unless the market is active and its price fine enough.
    pub fn require_new_risk(&self) -> Result<()> {
        let open = self.status == status::ACTIVE && self.price.oracle >= COARSE_PRICE;
        if open { Ok(()) } else { Err(EngineError::MarketNotOpen) }
    }

    /// Refuses any trade or liquidation unless positions can change in this status.
    pub fn require_trading(&self) -> Result<()> {
        if self.status <= status::REDUCE_ONLY { Ok(()) } else { Err(EngineError::MarketNotOpen) }
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
            && self.price.oracle <= self.risk.max_price
            && self.settlement.invariant(self)
            && self.deleveraging.long <= 1
    }
}
