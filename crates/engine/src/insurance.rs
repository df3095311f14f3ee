//! The first two steps of the waterfall: the insurance vault, then the liquidity providers through net asset value.

use bytemuck::{Pod, Zeroable};
use words::U64;

use crate::{EngineError, Result, market::Market, units::Atoms};

/// The insurance fund's money. Its vault holds `shared` plus every market's own part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Insurance {
    /// Open to every market, within its cap per window. Belongs to the stakers.
    pub shared: Atoms,
    /// Sum of the markets' own parts.
    pub own: Atoms,
    /// Shares of the stakers in `shared`.
    pub shares: U64,
}

/// How a deficit was answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Draw {
    /// Paid from the market's own part.
    pub own: Atoms,
    /// Paid from the shared part.
    pub shared: Atoms,
    /// Left to the liquidity providers, whose net asset value already bears it.
    pub providers: Atoms,
}

impl Draw {
    /// What crosses from the insurance vault into the exchange's.
    pub fn paid(&self) -> Result<Atoms> {
        self.own.plus(self.shared)
    }
}

impl Insurance {
    /// What the vault holds.
    pub fn total(&self) -> Result<Atoms> {
        self.shared.plus(self.own)
    }

    /// Answers a market's deficit: its own part, then the shared part within the window's cap, then nobody else.
    pub fn draw(&mut self, market: &mut Market, now: i64) -> Result<Draw> {
        let deficit = market.book.deficit;
        if deficit.is_zero() {
            return Err(EngineError::ZeroAmount);
        }
        let elapsed = now.saturating_sub(market.insurance_window_start);
        let renewed = elapsed >= i64::from(market.risk.insurance_window);
        let (start, drawn) =
            if renewed { (now, Atoms::ZERO) } else { (market.insurance_window_start, market.insurance_drawn) };

        let own = deficit.min(market.insurance_own);
        let allowed = market.risk.insurance_cap.saturating_minus(drawn).min(self.shared);
        let shared = deficit.minus(own)?.min(allowed);
        let draw = Draw { own, shared, providers: deficit.minus(own)?.minus(shared)? };

        let treasury = market.book.treasury.plus(draw.paid()?)?;
        let total_drawn = drawn.plus(shared)?;
        let fund = Self { shared: self.shared.minus(shared)?, own: self.own.minus(own)?, shares: self.shares };
        market.insurance_own = market.insurance_own.minus(own)?;
        (market.insurance_window_start, market.insurance_drawn) = (start, total_drawn);
        (market.book.treasury, market.book.deficit) = (treasury, Atoms::ZERO);
        *self = fund;
        Ok(draw)
    }

    /// Takes a market's accrued liquidation fees into its own part of the vault.
    pub fn sweep(&mut self, market: &mut Market) -> Result<Atoms> {
        let fees = market.book.fees;
        let (own, market_own) = (self.own.plus(fees)?, market.insurance_own.plus(fees)?);
        (self.own, market.insurance_own, market.book.fees) = (own, market_own, Atoms::ZERO);
        Ok(fees)
    }
}
