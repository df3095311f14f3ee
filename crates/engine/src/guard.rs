//! The guardian's hold on a market: it only tightens, for a bounded time, and rests at least as long afterwards.
//!
//! A *hold* begins when nothing is held, lasts three days at most, and halts for no more than its first day. New risk,
//! liquidations and providers can be held up; reductions and free cash never (I-12).

use bytemuck::{Pod, Zeroable};

use crate::{
    EngineError, Result,
    market::{Market, flag, status},
};

/// Seconds after its beginning for which a hold can stop new risk.
pub const REDUCE_ONLY_FOR: i64 = 259_200;
/// Seconds after its beginning for which a hold can halt.
pub const HALTED_FOR: i64 = 86_400;
/// Least seconds between two holds, so that none is switched on and off around single transactions.
pub const REST: i64 = 3_600;

/// The last hold on a market, and when a new market opens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Guard {
    /// No new risk before this: a new market's traders and pools were told of it long enough.
    pub opens: i64,
    /// When the hold began.
    pub since: i64,
    /// When it ends or ended; zero when there was none.
    pub until: i64,
    /// What it holds the market to: a byte of [`status`].
    pub level: u8,
    /// Zero.
    pub padding: [u8; 7],
}

impl Guard {
    /// A market that takes no new risk before a time.
    pub fn opening(opens: i64) -> Self {
        Self { opens, ..Self::default() }
    }

    /// The least severe status that the market can have at `now`.
    #[inline]
    pub fn floor(&self, now: i64) -> u8 {
        let opening = if now < self.opens { status::REDUCE_ONLY } else { status::ACTIVE };
        if now < self.until { self.level.max(opening) } else { opening }
    }

    /// Whether a hold is on.
    pub fn is_held(&self, now: i64) -> bool {
        now < self.until
    }

    /// From when a new hold can begin: as long after the end of the last one as it lasted, and an hour at least.
    pub fn rested(&self) -> i64 {
        if self.until == 0 {
            return 0;
        }
        self.until.saturating_add(self.until.saturating_sub(self.since).max(REST))
    }

    /// Holds the market to reduce-only or halted, or changes what it is held to. The time counts from the beginning of the
    /// hold, whatever it was held to.
    pub fn tighten(&mut self, level: u8, now: i64) -> Result<()> {
        let longest = match level {
            status::REDUCE_ONLY => REDUCE_ONLY_FOR,
            status::HALTED => HALTED_FOR,
            _ => return Err(EngineError::ParameterOutOfBounds),
        };
        let held = self.is_held(now);
        let since = if held { self.since } else { now };
        let until = since.saturating_add(longest);
        if (!held && now < self.rested()) || until <= now {
            return Err(EngineError::GuardRests);
        }
        *self = Self { since, until, level, ..*self };
        Ok(())
    }

    /// Ends a hold before its time.
    pub fn loosen(&mut self, now: i64) -> Result<()> {
        if !self.is_held(now) {
            return Err(EngineError::NothingHeld);
        }
        self.until = now;
        Ok(())
    }

    /// Whether what is stored is possible.
    pub fn invariant(&self) -> bool {
        self.level <= status::HALTED
            && self.since <= self.until
            && self.until.saturating_sub(self.since) <= REDUCE_ONLY_FOR
    }
}

impl Market {
    /// The status that counts at `now`: the most severe of the market's own, the ones its sources and its breakers impose, and the
    /// guardian's while it lasts. A settlement is never masked.
    #[inline]
    pub fn status_at(&self, now: i64) -> u8 {
        self.status.max(self.source_status(now)).max(self.guard.floor(now)).max(self.breakers.floor())
    }

    /// The guardian holds the market to a level or, with [`status::ACTIVE`], lets it go.
    pub fn hold(&mut self, level: u8, now: i64) -> Result<()> {
        if level == status::ACTIVE { self.guard.loosen(now) } else { self.guard.tighten(level, now) }?;
        self.note_halts();
        Ok(())
    }

    /// Notes whether the market may be halted, so that a look at a leg need not. Comes after status or hold were changed.
    pub fn note_halts(&mut self) {
        let possible = self.status == status::HALTED || self.guard.level == status::HALTED;
        self.flags = (self.flags & flag::SECOND_SOURCE) | if possible { flag::HALTED } else { 0 };
    }

    /// Refuses what adds risk unless the market is active and its price fine enough.
    pub fn require_new_risk(&self, now: i64) -> Result<()> {
        let open = self.status_at(now) == status::ACTIVE && self.is_fine();
        if open { Ok(()) } else { Err(EngineError::MarketNotOpen) }
    }

    /// Refuses orders and fills in a settlement. What they may do besides is reduce: no pause stops that (I-12).
    pub fn require_reductions(&self) -> Result<()> {
        if self.status <= status::HALTED { Ok(()) } else { Err(EngineError::MarketNotOpen) }
    }

    /// Refuses money that comes to the pool or leaves it, and what keepers do for an account, where the market is halted or
    /// settles.
    pub fn require_running(&self, now: i64) -> Result<()> {
        if self.status_at(now) <= status::REDUCE_ONLY { Ok(()) } else { Err(EngineError::MarketNotOpen) }
    }
}
