//! Liquidation capacity: a bucket that refills, so that a market's depth is not spent in one instant.

use bytemuck::{Pod, Zeroable};
use words::*;

use crate::{
    Result,
    risk::Risk,
    units::{Atoms, Pnl, Ticks},
};

/// Four times the largest notional.
const MAX_GAIN: U64 = lit(1 << (bits::NOTIONAL + 2));

/// The bucket. A full close may overdraw it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Throttle {
    /// Notional that can be liquidated, as of `updated`.
    pub capacity: Pnl,
    /// Cluster time of the last change.
    pub updated: i64,
}

impl Throttle {
    /// A full bucket.
    pub fn full(risk: &Risk, now: i64) -> Result<Self> {
        Ok(Self { capacity: risk.throttle_capacity.signed()?, updated: now })
    }

    /// The bucket as it stands at `now`.
    pub fn refilled(&self, risk: &Risk, now: i64) -> Result<Self> {
        let seconds = u64::try_from(now.saturating_sub(self.updated)).unwrap_or(0);
        let full = risk.throttle_capacity.signed()?;
        // More than twice the largest bucket is never missing, so the gain is bounded before it is added.
        let gained = Atoms(risk.throttle_refill.0.saturating_mul(lit(seconds)).min(MAX_GAIN));
        let capacity = self.capacity.plus(gained.signed()?)?.min(full);
        Ok(Self { capacity, updated: now.max(self.updated) })
    }

    /// The bucket with the bounds of other parameters.
    pub fn resized(&self, risk: &Risk) -> Result<Self> {
        let full = risk.throttle_capacity.signed()?;
        Ok(Self { capacity: self.capacity.min(full).max(full.negated()?), ..*self })
    }

    /// Takes the notional of a close. Full closes overdraw the bucket by at most what it holds, so that those who wait
    /// after many of them wait for a bounded time.
    pub fn take(&mut self, risk: &Risk, notional: Atoms) -> Result<()> {
        let deepest = risk.throttle_capacity.signed()?.negated()?;
        self.capacity = Pnl(self.capacity.0.saturating_sub(notional.signed()?.0)).max(deepest);
        Ok(())
    }

    /// The notional that a throttled close may take.
    pub fn available(&self) -> Atoms {
        self.capacity.gain()
    }

    /// Whether a minimum step may be taken. A full bucket always allows one, however large the price has grown.
    pub fn allows_step(&self, risk: &Risk, price: Ticks) -> Result<bool> {
        Ok(self.available() >= risk.minimum_step.at(price)?.min(risk.throttle_capacity))
    }

    /// Whether the stored state is possible.
    pub fn invariant(&self, risk: &Risk) -> bool {
        self.updated >= 0 && self.capacity.gain() <= risk.throttle_capacity
    }
}
