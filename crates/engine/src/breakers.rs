//! Breakers: conditions under which a market takes no new risk, each until it has been calm for a while.
//!
//! A breaker trips at its level at once and clears below a lower one, seen for [`CALM`] seconds: a market does not flip with
//! every price (ADR 39). It closes new risk only. Reductions, withdrawals and liquidations do not ask it.

use bytemuck::{Pod, Zeroable};
use words::*;

use crate::{
    EngineError,
    market::{Market, status},
    units::{Atoms, Ratio, Size, Ticks},
};

/// Seconds for which a condition must have been calm before its breaker clears.
pub const CALM: i64 = 60;
/// How many breakers there are.
pub const COUNT: usize = 6;

/// Each breaker's bit in [`Breakers::tripped`], which is also the reason that is logged.
pub mod reason {
    /// The price is outside the band around its average.
    pub const PRICE: u32 = 1;
    /// Open interest of a side has reached its cap.
    pub const OPEN_INTEREST: u32 = 2;
    /// The skew has reached its cap.
    pub const SKEW: u32 = 4;
    /// Both sources are fresh and disagree.
    pub const ORACLE: u32 = 8;
    /// Insurance is below its target.
    pub const INSURANCE: u32 = 16;
    /// Liquidations move the price faster than the market absorbs them.
    pub const CASCADE: u32 = 32;
}

/// Which breakers are tripped, and since when each has been calm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Breakers {
    /// Bits of [`reason`].
    pub tripped: u32,
    /// Zero.
    pub padding: u32,
    /// Cluster time since when a tripped one's condition has been calm, in the order of the bits; zero where it is not.
    pub calm_since: [i64; COUNT],
}

/// How a condition is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// At the level that trips, or beyond.
    Trips,
    /// Between both levels: what is tripped stays so.
    Uneasy,
    /// Below the level that clears.
    Calm,
}

impl Level {
    fn of(trips: bool, calm: bool) -> Self {
        match (trips, calm) {
            (true, _) => Self::Trips,
            (false, true) => Self::Calm,
            (false, false) => Self::Uneasy,
        }
    }

    /// A size against a cap: calm below nine tenths of it.
    fn below(size: Size, cap: Size) -> Self {
        Self::of(size >= cap, size.0.saturating_mul(lit(10)) < cap.0.saturating_mul(lit(9)))
    }
}

impl Breakers {
    /// The least severe status that the market can have.
    #[inline]
    pub fn floor(&self) -> u8 {
        if self.tripped == 0 { status::ACTIVE } else { status::REDUCE_ONLY }
    }

    /// After looks at `now` at some of the conditions, by their bits.
    #[must_use]
    pub fn looked(&self, seen: &[(u32, Level)], now: i64) -> Self {
        let mut next = *self;
        for (place, since) in next.calm_since.iter_mut().enumerate() {
            let bit = u32::try_from(place).ok().and_then(|place| 1_u32.checked_shl(place)).unwrap_or_default();
            let Some((_, level)) = seen.iter().find(|(reason, _)| *reason == bit) else { continue };
            match level {
                Level::Trips => (next.tripped, *since) = (next.tripped | bit, 0),
                Level::Uneasy => *since = 0,
                Level::Calm if next.tripped & bit == 0 => {}
                Level::Calm if *since == 0 => *since = now,
                Level::Calm if now.saturating_sub(*since) >= CALM => (next.tripped, *since) = (next.tripped & !bit, 0),
                Level::Calm => {}
            }
        }
        next
    }

    /// Whether what is stored is possible.
    pub fn invariant(&self) -> bool {
        self.tripped < 64 && self.padding == 0 && (self.tripped != 0 || self.calm_since == [0; COUNT])
    }
}

impl Market {
    /// Looks at every condition that prices and positions move, after all prices that come together were taken.
    #[inline(never)] // its stack frame is its own
    pub fn look_breakers(&mut self, now: i64) {
        let seen = [
            (reason::PRICE, self.price_level(now)),
            (reason::OPEN_INTEREST, Level::below(self.book.long.lots.max(self.book.short.lots), self.risk.side_cap)),
            (reason::SKEW, self.skew_level()),
            (reason::ORACLE, self.oracle_level(now)),
            (reason::CASCADE, self.cascade_level()),
        ];
        self.breakers = self.breakers.looked(&seen, now);
    }

    /// Looks at the market's own insurance and the shared part: at `shared` of it, whatever a window lets out.
    pub fn look_insurance(&mut self, shared: Atoms, now: i64) {
        let (held, target) = (self.insurance_own.saturating_plus(shared), self.risk.insurance_target);
        let calm = held.0.saturating_mul(lit(4)) >= target.0.saturating_mul(lit(5));
        self.breakers = self.breakers.looked(&[(reason::INSURANCE, Level::of(held < target, calm))], now);
    }

    /// Whether it is outside the band around its average; calm within three quarters of the band. An old price says nothing.
    fn price_level(&self, now: i64) -> Level {
        if self.price.fresh(&self.risk, now).is_err() {
            return Level::Uneasy;
        }
        let (price, average) = (self.price.oracle, self.price.ema);
        let distance = price.max(average).0.saturating_sub(price.min(average).0);
        let band = self.risk.ema_band.of_price_floor(average).unwrap_or(Ticks(U64::MAX));
        Level::of(distance > band.0, distance.saturating_mul(lit(4)) <= band.0.saturating_mul(lit(3)))
    }

    fn skew_level(&self) -> Level {
        self.book.skew().map_or(Level::Trips, |skew| Level::below(skew.size(), self.risk.skew_cap))
    }

    /// A source that is missing does not trip: whoever refreshed only one after a pause could close the market. It takes no
    /// new risk without it anyway, and is not calm either.
    fn oracle_level(&self, now: i64) -> Level {
        match self.fresh_price(now) {
            Ok(_) => Level::Calm,
            Err(EngineError::PricesDisagree) => Level::Trips,
            Err(_) => Level::Uneasy,
        }
    }

    /// Whether the multiple in force is at the limit; calm below three quarters of the limit's excess over one.
    fn cascade_level(&self) -> Level {
        let (multiple, limit) = (self.risk.cascade_multiple, self.risk.cascade_limit);
        let excess = |ratio: Ratio| ratio.0.saturating_sub(Ratio::ONE.0);
        let calm = excess(multiple).saturating_mul(lit(4)) < excess(limit).saturating_mul(lit(3));
        Level::of(multiple >= limit, calm)
    }
}
