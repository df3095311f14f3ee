//! Notice: a coefficient of maintenance follows the model down at once and up only after it was announced, slowly.
//!
//! What is in force depends on the announcement and the time, never on how often anyone looked.

use bytemuck::{Pod, Zeroable};
use words::*;

use crate::{
    risk::{HOUR, Risk},
    units::Ratio,
};

/// One announced rise of one coefficient; all zero when nothing is announced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Notice {
    /// The announced level; zero when none is.
    pub level: U64,
    /// What was in force when it was announced.
    pub from: U64,
    /// When it was announced.
    pub announced: i64,
}

impl Notice {
    /// What is announced and what is in force after a look at the model at `now`.
    #[must_use]
    pub fn look(&self, risk: &Risk, in_force: U64, model: U64, now: i64) -> (Self, U64) {
        if model <= in_force {
            return (Self::default(), model);
        }
        if self.level.is_zero() {
            return (Self { level: model, from: in_force, announced: now }, in_force);
        }
        // A level that the model has left is not reached on the strength of its announcement.
        let level = self.level.min(model);
        let raised = self.risen(risk, now).min(level).max(in_force);
        if raised == level {
            return (Self::default(), level);
        }
        (Self { level, ..*self }, raised)
    }

    /// What is announced and what is in force after a change of parameters at `now`, which moved the model from `old_model`.
    ///
    /// The change announces what it raises, with the longer of both notices. What was announced before keeps its end: neither
    /// a shorter notice nor a faster rise brings it forward.
    #[must_use]
    pub fn changed(&self, rules: (&Risk, &Risk), in_force: U64, models: (U64, U64), now: i64) -> (Self, U64) {
        let (old, new) = rules;
        let (looked, in_force) = self.look(old, in_force, models.0, now);
        let model = models.1;
        if model <= in_force {
            return (Self::default(), model);
        }
        let ends = if looked.level.is_zero() || model > looked.level {
            now.saturating_add(i64::from(old.notice.max(new.notice)))
        } else {
            // A rise that is under way goes on from where it is.
            looked.announced.saturating_add(old.notice.into()).max(now)
        };
        (Self { level: model, from: in_force, announced: ends.saturating_sub(new.notice.into()) }, in_force)
    }

    /// How far the rise may have come: a share of where it began for every hour since the notice ran out.
    fn risen(&self, risk: &Risk, now: i64) -> U64 {
        let since = now.saturating_sub(self.announced).saturating_sub(risk.notice.into());
        let seconds = lit(u64::try_from(since).unwrap_or(0));
        let hourly = self.from.times(risk.rise.0).shifted_down(Ratio::BITS);
        let risen = hourly.saturating_mul(seconds.into()).checked_div(HOUR.into());
        self.from.saturating_add(risen.and_then(U64::narrow).unwrap_or(U64::MAX))
    }
}
