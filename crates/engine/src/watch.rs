//! What a market remembers of its price sources: when they last agreed, since when they do not, and whether the market
//! resumes from an outage.
//!
//! An outage is a gap in the oracle's own series or a jump of the cluster's clock. That nobody posted is none: but
//! after such an interval liquidations wait a moment, in which anyone may prove a gap with the update that follows it.
//! Whoever resumes needs several fresh updates, and then a grace in which deposits work and liquidations do not.

use bytemuck::{Pod, Zeroable};

use crate::{price::Price, risk::Risk, units::Ticks};

/// Seconds for which liquidations wait for a proof after an interval in which nobody posted.
pub const PROOF_WAIT: i64 = 10;
/// Updates that must come after an outage before its grace begins.
pub const RESUME_UPDATES: u64 = 3;

/// The memory of one market.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Watch {
    /// The price at which all sources last agreed; zero before the first.
    pub agreed: Ticks,
    /// Cluster time of that.
    pub agreed_at: i64,
    /// Cluster time since when all are fresh and do not agree; zero while they do.
    pub disagreed_since: i64,
    /// Slot when a price was last taken.
    pub slot: u64,
    /// Cluster time of that slot; zero before the first.
    pub slot_at: i64,
    /// Publish times between which nobody posted. A gap of the oracle's within can be proved.
    pub quiet_from: i64,
    /// Their end.
    pub quiet_until: i64,
    /// Until then it can be.
    pub proof_until: i64,
    /// Updates that are still needed after an outage.
    pub updates_left: u64,
    /// Liquidations wait until then: for a proof, for updates that are needed, which have no end, or for the grace that
    /// follows them.
    pub waits_until: i64,
    /// First look at winding the market down; zero when none waits.
    pub winding_at: i64,
    /// Why it was looked at, as [`winding`](crate::winding) says.
    pub winding_reason: u64,
}

impl Watch {
    /// Whether liquidations wait.
    #[inline]
    pub fn is_resuming(&self, now: i64) -> bool {
        now < self.waits_until
    }

    /// Whether an older update proves a gap in the interval in which nobody posted.
    pub(crate) fn is_proof(&self, risk: &Risk, price: &Price, now: i64) -> bool {
        now < self.proof_until
            && price.previous_publish_time >= self.quiet_from
            && price.publish_time <= self.quiet_until
            && has_gap(risk, price)
    }

    /// After the cluster's clock was looked at. Slots last less than a second: time that so many of them do not explain is
    /// a jump. Where nobody looked for long, a jump can hide among slots; then nobody posted, and the other rules hold.
    #[must_use]
    pub(crate) fn ticked(&self, risk: &Risk, slot: u64, now: i64) -> Self {
        let passed = now.saturating_sub(self.slot_at).saturating_sub(i64::from(risk.outage_gap));
        let slots = i64::try_from(slot.saturating_sub(self.slot)).unwrap_or(i64::MAX);
        let jumped = self.slot_at != 0 && passed > slots;
        let next = if jumped { self.begun() } else { *self };
        Self { slot, slot_at: now, ..next }
    }

    /// After a newer price of the first source than `last`.
    #[must_use]
    pub(crate) fn taken(&self, risk: &Risk, last: &Price, price: &Price, now: i64) -> Self {
        if last.oracle.is_zero() {
            return *self;
        }
        if has_gap(risk, price) {
            return self.begun();
        }
        let mut next = *self;
        if price.publish_time.saturating_sub(last.publish_time) > i64::from(risk.outage_gap) {
            (next.quiet_from, next.quiet_until) = (last.publish_time, price.publish_time);
            next.proof_until = now.saturating_add(PROOF_WAIT);
            next.waits_until = next.waits_until.max(next.proof_until);
        }
        match self.updates_left {
            0 => {}
            1 => (next.updates_left, next.waits_until) = (0, now.saturating_add(i64::from(risk.outage_grace))),
            left => next.updates_left = left.saturating_sub(1),
        }
        next
    }

    /// After an outage was seen. What proved it proves nothing twice.
    #[must_use]
    pub(crate) fn begun(&self) -> Self {
        Self { updates_left: RESUME_UPDATES, waits_until: i64::MAX, proof_until: 0, ..*self }
    }

    /// After a look at all sources: at the price on which they agree, or at fresh ones that do not.
    #[must_use]
    pub(crate) fn compared(&self, agreed: Option<Ticks>, now: i64) -> Self {
        match agreed {
            Some(price) => Self { agreed: price, agreed_at: now, disagreed_since: 0, ..*self },
            None if self.disagreed_since == 0 => Self { disagreed_since: now, ..*self },
            None => *self,
        }
    }
}

/// Whether the oracle published nothing for longer than an outage's gap before an update.
fn has_gap(risk: &Risk, price: &Price) -> bool {
    price.publish_time.saturating_sub(price.previous_publish_time) > i64::from(risk.outage_gap)
}
