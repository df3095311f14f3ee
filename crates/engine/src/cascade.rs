//! Cascades: liquidations that move the price that liquidates more. While one is measured, new risk needs more margin.

use bytemuck::{Pod, Zeroable};
use words::*;

use crate::{
    price::relative_move,
    risk::Risk,
    units::{Atoms, Ratio, Ticks},
};

/// 1 %, down: a smaller move counts as this much.
const SMALLEST_MOVE: Ratio = Ratio(lit(amounts::PERCENT));

/// What was liquidated within a window, and where the price was when it began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Cascade {
    /// Cluster time of the window's first liquidation.
    pub started: i64,
    /// The price of that liquidation.
    pub price: Ticks,
    /// Notional liquidated in the window; zero when there is none.
    pub liquidated: Atoms,
}

impl Cascade {
    /// The window at `now`: itself, or none when it has ended.
    #[must_use]
    pub fn at(&self, risk: &Risk, now: i64) -> Self {
        let ends = self.started.saturating_add(risk.cascade_window.into());
        if now < ends { *self } else { Self::default() }
    }

    /// The window after a close of `notional` at `price`.
    #[must_use]
    pub fn after(&self, risk: &Risk, notional: Atoms, price: Ticks, now: i64) -> Self {
        let window = self.at(risk, now);
        if window.liquidated.is_zero() {
            return if notional.is_zero() { window } else { Self { started: now, price, liquidated: notional } };
        }
        Self { liquidated: Atoms(window.liquidated.0.saturating_add(notional.0)), ..window }
    }

    /// The multiple of initial margin: how far the liquidations move the price by the model over how far it has moved,
    /// at least one and at most the cap.
    pub fn multiple(&self, risk: &Risk, price: Ticks) -> Ratio {
        if self.liquidated.is_zero() {
            return Ratio::ONE;
        }
        let impact = risk.impact_model.ratio_ceil(self.liquidated).unwrap_or(Ratio(U64::MAX));
        let moved = relative_move(self.price, price).max(SMALLEST_MOVE);
        let ratio = impact.0.times(Ratio::ONE.0).checked_div_ceil(moved.0.into()).and_then(U64::narrow);
        Ratio(ratio.unwrap_or(U64::MAX)).clamp(Ratio::ONE, risk.cascade_cap)
    }
}
