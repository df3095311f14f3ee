//! The withdrawal limiter: how much may leave the vault in an hour and in a day of the clock.
//!
//! What came in on this day or the day before is its owner's to take back: it neither counts as outflow nor raises the
//! limit. So money that only passes through uses up nobody's part, and nobody raises the limit by lending to the vault
//! over midnight. A small amount for each account and day leaves in any case (ADR 36).

use bytemuck::{Pod, Zeroable};
use words::*;

use crate::{EngineError, Result, units::Atoms};

const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

/// An hour's limit is at least this, so that a small exchange is never locked.
pub const FLOOR: Atoms = Atoms(lit(250_000 * amounts::UNIT));
/// What an account takes out on a day although the limit is used up.
pub const ALLOWANCE: Atoms = Atoms(lit(500 * amounts::UNIT));
/// An hour's limit is the base by this: 20 %. A day's is twice as much.
const PARTS: U64 = lit(5);

/// What left an exchange's vault in the current hour and day, and what it held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Limiter {
    /// The hour, counted from 1970.
    pub hour: i64,
    /// The day, counted from 1970.
    pub day: i64,
    /// What counted as outflow in the hour.
    pub hour_outflow: Atoms,
    /// The same in the day.
    pub day_outflow: Atoms,
    /// Base: the least that the vault held on the day before.
    pub base: Atoms,
    /// The least that it held on this day so far.
    pub minimum: Atoms,
}

/// What an account brought lately and may take back, and what it has had of its allowance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Quota {
    /// The day, counted from 1970.
    pub day: i64,
    /// What came in on the day before and has not left.
    pub fresh_before: Atoms,
    /// What came in on this day and has not left.
    pub fresh: Atoms,
    /// What left on this day beyond the limit.
    pub spent: Atoms,
}

/// How an amount left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outflow {
    /// What counts against the limit.
    pub counted: Atoms,
    /// What the account's allowance let out.
    pub allowed: Atoms,
}

/// `now` in hours or days. A clock that steps back stays in the later one.
fn count(now: i64, unit: i64, last: i64) -> i64 {
    now.checked_div_euclid(unit).unwrap_or(last).max(last)
}

impl Limiter {
    /// The same at `now`, while the vault holds `total`.
    #[must_use]
    pub fn at(&self, total: Atoms, now: i64) -> Self {
        let (hour, day) = (count(now, HOUR, self.hour), count(now, DAY, self.day));
        let mut next = Self { minimum: self.minimum.min(total), hour, day, ..*self };
        if hour > self.hour {
            next.hour_outflow = Atoms::ZERO;
        }
        if day > self.day {
            next.day_outflow = Atoms::ZERO;
            // On a whole day without a look nothing came or left.
            next.base = if self.day.checked_add(1) == Some(day) { next.minimum } else { total };
            next.minimum = total;
        }
        next
    }

    /// What may leave in an hour.
    pub fn hour_limit(&self) -> Atoms {
        self.base.0.checked_div(PARTS).map_or(FLOOR, |part| FLOOR.max(Atoms(part)))
    }

    /// What may leave in a day.
    pub fn day_limit(&self) -> Atoms {
        let limit = self.hour_limit().0;
        Atoms(limit.saturating_add(limit))
    }

    /// What may still leave and counts, as the limiter stands.
    pub fn room(&self) -> Atoms {
        let hour = self.hour_limit().saturating_minus(self.hour_outflow);
        hour.min(self.day_limit().saturating_minus(self.day_outflow))
    }

    /// When there is more room than now: with the next hour or, where the day's limit is nearer, the next day.
    pub fn more_at(&self) -> i64 {
        let by_day = self.day_limit().saturating_minus(self.day_outflow) <= self.room();
        let (unit, last) = if by_day { (DAY, self.day) } else { (HOUR, self.hour) };
        last.saturating_add(1).saturating_mul(unit)
    }

    /// Money comes into an account, while the vault holds `total` without it.
    pub fn receive(&mut self, quota: &mut Quota, amount: Atoms, total: Atoms, now: i64) -> Result<()> {
        let mut own = quota.at(now);
        own.fresh = own.fresh.plus(amount)?;
        (*self, *quota) = (self.at(total, now), own);
        Ok(())
    }

    /// Money comes in for shares, which cannot leave at once: it makes good what left before it in the hour and the day,
    /// and no more.
    pub fn receive_for_shares(&mut self, amount: Atoms, total: Atoms, now: i64) {
        let next = self.at(total, now);
        let (hour_outflow, day_outflow) =
            (next.hour_outflow.saturating_minus(amount), next.day_outflow.saturating_minus(amount));
        *self = Self { hour_outflow, day_outflow, ..next };
    }

    /// Money leaves an account, while the vault holds `total` with it: first what came in lately, then what the limit
    /// has room for, the rest out of the allowance.
    pub fn withdraw(&mut self, quota: &mut Quota, amount: Atoms, total: Atoms, now: i64) -> Result<Outflow> {
        let (mut next, mut own) = (self.at(total, now), quota.at(now));
        let from_before = amount.min(own.fresh_before);
        let rest = amount.minus(from_before)?;
        let from_today = rest.min(own.fresh);
        let rest = rest.minus(from_today)?;
        let counted = rest.min(next.room());
        let allowed = rest.minus(counted)?;
        if allowed > ALLOWANCE.saturating_minus(own.spent) {
            return Err(EngineError::WithdrawalLimited);
        }
        own.fresh_before = own.fresh_before.minus(from_before)?;
        own.fresh = own.fresh.minus(from_today)?;
        own.spent = own.spent.plus(allowed)?;
        next.count(counted, amount, total)?;
        (*self, *quota) = (next, own);
        Ok(Outflow { counted, allowed })
    }

    /// Money leaves for shares: all of it counts.
    pub fn pay_for_shares(&mut self, amount: Atoms, total: Atoms, now: i64) -> Result<Outflow> {
        let mut next = self.at(total, now);
        if amount > next.room() {
            return Err(EngineError::WithdrawalLimited);
        }
        next.count(amount, amount, total)?;
        *self = next;
        Ok(Outflow { counted: amount, allowed: Atoms::ZERO })
    }

    /// What an account could take out now, as far as the limiter goes.
    pub fn available(&self, quota: &Quota, total: Atoms, now: i64) -> Result<Atoms> {
        let own = quota.at(now);
        let allowance = ALLOWANCE.saturating_minus(own.spent);
        Atoms::sum([self.at(total, now).room(), own.fresh_before, own.fresh, allowance])
    }

    fn count(&mut self, counted: Atoms, amount: Atoms, total: Atoms) -> Result<()> {
        let left = total.minus(amount)?;
        let (hour, day) = (self.hour_outflow.plus(counted)?, self.day_outflow.plus(counted)?);
        (self.hour_outflow, self.day_outflow) = (hour, day);
        self.minimum = self.minimum.min(left);
        Ok(())
    }

    /// Whether the stored state is possible.
    pub fn invariant(&self) -> bool {
        self.hour_outflow <= self.hour_limit() && self.day_outflow <= self.day_limit()
    }
}

impl Quota {
    /// The same at `now`.
    #[must_use]
    pub fn at(&self, now: i64) -> Self {
        let day = count(now, DAY, self.day);
        if day == self.day {
            return *self;
        }
        let fresh_before = if self.day.checked_add(1) == Some(day) { self.fresh } else { Atoms::ZERO };
        Self { day, fresh_before, ..Self::default() }
    }

    /// Whether the stored state is possible.
    pub fn invariant(&self) -> bool {
        self.spent <= ALLOWANCE
    }
}
