//! The first two steps of the waterfall: the insurance vault, then the liquidity providers through net asset value.

use bytemuck::{Pod, Zeroable};
use words::*;

use crate::{
    EngineError, Result,
    market::{Market, status},
    math,
    units::{Atoms, Ratio},
};

/// Seconds of the window in which the keepers' floor is capped.
pub const FLOOR_WINDOW: u32 = 86_400;
/// Most that a window pays as keepers' floor: a thousand units of the quote token.
pub const FLOOR_CAP: Atoms = Atoms(lit(1_000_000_000));

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
    /// When the current window of the keepers' floor began.
    pub floor_window_start: i64,
    /// Keepers' floor paid in the current window.
    pub floor_paid: Atoms,
    /// How often shares were consolidated.
    pub epoch: u64,
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

/// What keepers were paid for closing a bankrupt account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Floor {
    /// To whoever flagged the account.
    pub flagger: Atoms,
    /// To whoever closed it.
    pub liquidator: Atoms,
    /// Paid from the market's own part.
    pub own: Atoms,
    /// Paid from the shared part.
    pub shared: Atoms,
}

impl Floor {
    /// What crosses from the insurance vault into the exchange's.
    pub fn paid(&self) -> Result<Atoms> {
        self.flagger.plus(self.liquidator)
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
        let (start, drawn) = market.insurance_window(now);

        let own = deficit.min(market.insurance_own);
        let allowed = market.shared_allowance(self.shared, now);
        let shared = deficit.minus(own)?.min(allowed);
        let draw = Draw { own, shared, providers: deficit.minus(own)?.minus(shared)? };

        let treasury = market.book.treasury.plus(draw.paid()?)?;
        let total_drawn = drawn.plus(shared)?;
        let fund = Self { shared: self.shared.minus(shared)?, own: self.own.minus(own)?, ..*self }.consolidated();
        market.insurance_own = market.insurance_own.minus(own)?;
        (market.insurance_window_start, market.insurance_drawn) = (start, total_drawn);
        (market.book.treasury, market.book.deficit) = (treasury, Atoms::ZERO);
        *self = fund;
        Ok(draw)
    }

    /// The fund after a payment: shares that are worth next to nothing are consolidated, and none are left where nothing is.
    /// Else what is staked next would buy shares without number (ADR 33). Holders follow by [`exit::catch_up`](crate::exit::catch_up).
    fn consolidated(mut self) -> Self {
        while !self.shares.is_zero() && self.shares.shifted_down(bits::CONSOLIDATION) >= self.shared.0 {
            self.shares = self.shares.shifted_down(bits::CONSOLIDATION);
            self.epoch = self.epoch.saturating_add(1);
        }
        self
    }

    /// Takes a gift into the shared part.
    pub fn receive(&mut self, amount: Atoms) -> Result<()> {
        self.shared = self.shared.plus(amount)?;
        Ok(())
    }

    /// Takes a market's accrued liquidation fees into its own part of the vault.
    pub fn sweep(&mut self, market: &mut Market) -> Result<Atoms> {
        let fees = market.book.fees;
        let (own, market_own) = (self.own.plus(fees)?, market.insurance_own.plus(fees)?);
        (self.own, market.insurance_own, market.book.fees) = (own, market_own, Atoms::ZERO);
        Ok(fees)
    }

    /// Collects what a market's treasury owes for the profit of bankrupt accounts, into that market's own part: as far as
    /// the treasury has cash. Net asset value does not move by it, and nothing is paid while it is negative or
    /// profits are withheld. In a settled market it is due once both rounds are fixed, out of what they leave.
    pub fn collect(&mut self, market: &mut Market, now: i64) -> Result<Atoms> {
        if market.book.insurance_claim.is_zero() {
            return Err(EngineError::ZeroAmount);
        }
        let settled = market.status == status::SETTLED;
        if !settled {
            market.require_reductions()?;
            market.fresh_price(now)?;
        }
        if !market.book.deficit.is_zero() {
            return Err(EngineError::DeficitPending);
        }
        let there = if settled {
            market.settlement.remainder(&market.book)?
        } else if market.book.is_withheld() || market.nav()?.is_negative() {
            return Err(EngineError::NavNotPositive);
        } else {
            market.book.treasury
        };
        let paid = market.book.insurance_claim.min(there);
        if paid.is_zero() {
            return Err(EngineError::TreasuryShort);
        }
        let (own, market_own) = (self.own.plus(paid)?, market.insurance_own.plus(paid)?);
        let (treasury, claim) = (market.book.treasury.minus(paid)?, market.book.insurance_claim.minus(paid)?);
        (self.own, market.insurance_own) = (own, market_own);
        (market.book.treasury, market.book.insurance_claim) = (treasury, claim);
        Ok(paid)
    }

    /// Pays keepers for closing a bankrupt account, which itself has nothing left to pay them: `phi` on the smallest
    /// position, shared in proportion to their parts of it, as far as this window and the fund allow. The market's own part
    /// pays first. Where there is nothing to pay, nothing is paid and the close stands.
    pub fn keepers_floor(&mut self, market: &mut Market, now: i64) -> Result<Floor> {
        let risk = &market.risk;
        let (start, before) = renewed((self.floor_window_start, self.floor_paid), FLOOR_WINDOW, now);
        let full = risk.charge.mul_floor(risk.minimum_position.at(market.price.oracle)?)?;
        let wanted = full.min(FLOOR_CAP.saturating_minus(before));
        let own = wanted.min(market.insurance_own);
        let shared = wanted.minus(own)?.min(self.shared);
        let total = own.plus(shared)?;
        let (flagger, liquidator) = (risk.charge_flagger, risk.charge_liquidator);
        let keepers = flagger.plus(liquidator)?.max(Ratio(lit(1)));
        let flagger = Atoms(math::mul_div_floor(total.0, flagger.0, keepers.0)?);
        let floor = Floor { flagger, liquidator: total.minus(flagger)?, own, shared };

        let fund = Self {
            shared: self.shared.minus(shared)?,
            own: self.own.minus(own)?,
            floor_window_start: start,
            floor_paid: before.plus(total)?,
            ..*self
        }
        .consolidated();
        market.insurance_own = market.insurance_own.minus(own)?;
        *self = fund;
        Ok(floor)
    }
}

impl Market {
    /// When the insurance window of `now` began, and what was drawn on the shared part in it.
    #[inline]
    pub fn insurance_window(&self, now: i64) -> (i64, Atoms) {
        renewed((self.insurance_window_start, self.insurance_drawn), self.risk.insurance_window, now)
    }

    /// What the market may draw on the shared part now, of which there is `shared`.
    #[inline]
    pub fn shared_allowance(&self, shared: Atoms, now: i64) -> Atoms {
        let (_, drawn) = self.insurance_window(now);
        self.risk.insurance_cap.saturating_minus(drawn).min(shared)
    }
}

/// The start of a window and what was paid in it, or a new window.
fn renewed((start, paid): (i64, Atoms), window: u32, now: i64) -> (i64, Atoms) {
    if now.saturating_sub(start) >= i64::from(window) { (now, Atoms::ZERO) } else { (start, paid) }
}
