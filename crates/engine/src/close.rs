//! Which leg of an account is closed, and how much of it. The program decides both, never the keeper.

use core::borrow::Borrow;

use words::*;

use crate::{
    EngineError, Result,
    account::Health,
    margin::{LegHealth, maintenance},
    math,
    risk::Risk,
    units::{Atoms, Pnl, Ratio, Reciprocal, Size, Ticks},
};

/// What closing some of a leg costs over notional: the charge, and what is credited while its price is missing.
fn cost(charge: Ratio, leg: &LegHealth) -> Ratio {
    charge.saturating_plus(leg.favour)
}

/// Whether closing some of a leg raises `E / MM`: the requirement it frees outweighs what it costs.
pub fn close_helps(charge: Ratio, health: &Health, leg: &LegHealth) -> bool {
    let cost = cost(charge, leg);
    health.equity.is_positive() && health.equity.gain().0.times(leg.ratio.0) > cost.0.times(health.maintenance.0)
}

/// Whether the cash pays the loss of at least one lot: otherwise a profit has to be closed first.
pub fn is_payable(health: &Health, leg: &LegHealth) -> bool {
    let loss = leg.pnl.loss();
    // Nearly always the cash pays all of it.
    (loss <= health.cash && !leg.size.is_zero()) || health.cash.0.times(leg.size.0) >= U128::from(loss.0)
}

/// Index of the leg to close: the largest requirement among those whose closing helps, the payable ones before others.
///
/// Each leg comes with its market's charge. `None` when none helps: then all of them go. Ties go to the first.
pub fn choose_leg(health: &Health, legs: impl Iterator<Item = (Ratio, LegHealth)>) -> Option<usize> {
    best_leg(health, legs.enumerate().map(|(index, (charge, leg))| (index, charge, leg)))
}

/// The same of some legs only, each with its index.
pub(crate) fn best_leg<L: Borrow<LegHealth>>(
    health: &Health,
    legs: impl Iterator<Item = (usize, Ratio, L)>,
) -> Option<usize> {
    let mut chosen: Option<(usize, (bool, Atoms))> = None;
    for (index, charge, leg) in legs {
        let leg = leg.borrow();
        if leg.notional.is_zero() {
            continue;
        }
        let rank = (is_payable(health, leg), leg.maintenance);
        let larger = chosen.is_none_or(|(_, largest)| rank > largest);
        if larger && close_helps(charge, health, leg) {
            chosen = Some((index, rank));
        }
    }
    chosen.map(|(index, _)| index)
}

/// Index of the leg that an account is flagged for: the one to close or, when none helps, the largest. A debt without
/// lots, which deleveraging can leave, comes last: where it is all there is, the account is bankrupt or needs nothing.
pub fn leg_to_flag(health: &Health, legs: impl Iterator<Item = (Ratio, LegHealth)> + Clone) -> Option<usize> {
    choose_leg(health, legs.clone()).or_else(|| {
        let sized = legs.enumerate().filter(|(_, (_, leg))| !leg.notional.is_zero() || leg.pnl.is_negative());
        sized.max_by_key(|(index, (_, leg))| (leg.maintenance, core::cmp::Reverse(*index))).map(|(index, _)| index)
    })
}

/// Within one charge of bankruptcy: the account is closed whole and never waits for capacity.
pub fn is_urgent(risk: &Risk, health: &Health, leg: &LegHealth) -> Result<bool> {
    Ok(health.equity <= cost(risk.charge, leg).mul_ceil(leg.notional)?.signed()?)
}

/// The smallest size in whole lots that brings the account to its target, at least the minimum step, and all of the
/// leg when the account is within one charge of bankruptcy or less than a minimum position would remain.
pub fn close_size(risk: &Risk, health: &Health, leg: &LegHealth, held: Size, price: Ticks) -> Result<Size> {
    if is_urgent(risk, health, leg)? {
        return Ok(held);
    }
    let plan = Plan { risk, health, leg, held, price };
    let needed = plan.smallest()?.max(risk.minimum_step).min(held);
    Ok(if held.minus(needed)? < risk.minimum_position { held } else { needed })
}

/// The closed form of [`close_size`] before its bounds: within a lot or two of the size that reaches the target. Nothing
/// where no size reaches it.
pub fn estimate_size(risk: &Risk, health: &Health, leg: &LegHealth, held: Size, price: Ticks) -> Option<Size> {
    Plan { risk, health, leg, held, price }.estimate()
}

/// One leg's close as a function of its size.
struct Plan<'a> {
    risk: &'a Risk,
    health: &'a Health,
    leg: &'a LegHealth,
    held: Size,
    price: Ticks,
}

impl Plan<'_> {
    /// `phi`, and the credit that a close gives up.
    fn cost(&self) -> Ratio {
        cost(self.risk.charge, self.leg)
    }

    /// Whether closing `size` reaches the target, evaluated exactly.
    fn reaches(&self, size: Size) -> Result<bool> {
        let charge = self.cost().mul_ceil(size.at(self.price)?)?.signed()?;
        let left = maintenance(self.risk, self.held.minus(size)?.at(self.price)?)?;
        let required = self.health.maintenance.minus(self.leg.maintenance)?.plus(left)?;
        Ok(self.health.equity.minus(charge)? >= self.risk.target.mul_ceil(required)?.signed()?)
    }

    /// The smallest size that reaches the target, or all of it.
    ///
    /// The root of the quadratic is right to about one lot; galloping from it and bisecting makes it exact.
    fn smallest(&self) -> Result<Size> {
        let guess = self.estimate().unwrap_or(self.held).min(self.held);
        let (mut low, mut high) = if self.reaches(guess)? { self.gallop_down(guess)? } else { self.gallop_up(guess)? };
        loop {
            let between = high.minus(low)?;
            if between <= Size(lit(1)) {
                return Ok(high);
            }
            let middle = low.plus(Size(between.0.shifted_down(1)))?;
            if self.reaches(middle)? { high = middle } else { low = middle }
        }
    }

    /// A size that does not reach (or zero) and one that does, from one that does.
    fn gallop_down(&self, from: Size) -> Result<(Size, Size)> {
        let (mut high, mut stride) = (from, Size(lit(1)));
        loop {
            let low = Size(high.0.saturating_sub(stride.0));
            if low.is_zero() || !self.reaches(low)? {
                return Ok((low, high));
            }
            high = low;
            stride = Size(stride.0.saturating_mul(lit(2)));
        }
    }

    /// A size that does not reach and one that does (or all), from one that does not.
    fn gallop_up(&self, from: Size) -> Result<(Size, Size)> {
        let (mut low, mut stride) = (from, Size(lit(1)));
        loop {
            let high = Size(low.0.saturating_add(stride.0)).min(self.held);
            if high == self.held || self.reaches(high)? {
                return Ok((low, high));
            }
            low = high;
            stride = Size(stride.0.saturating_mul(lit(2)));
        }
    }

    /// The size that leaves the notional `n` with `T n mm(n) - phi n = E - phi N - T MM_other`.
    fn estimate(&self) -> Option<Size> {
        let rest = self.budget().ok().flatten()?;
        let remaining = self.quadratic(rest).or_else(|| self.linear(rest, self.risk.maintenance_cap))?;
        let ratio = self.risk.base.saturating_plus(self.risk.impact.ratio_ceil(remaining).ok()?);
        // The requirement is clamped, so outside the clamp the root is the one of the straight line.
        let bound = ratio.clamp(self.risk.maintenance_floor, self.risk.maintenance_cap);
        let remaining = if bound == ratio { remaining } else { self.linear(rest, bound)? };
        let closed = self.leg.notional.saturating_minus(remaining);
        closed.0.checked_div(self.price.0).map(Size)
    }

    /// `E - phi N - T MM_other`, when positive.
    fn budget(&self) -> Result<Option<Atoms>> {
        let other = self.health.maintenance.minus(self.leg.maintenance)?;
        let charge = self.cost().mul_ceil(self.leg.notional)?;
        let rest = self.health.equity.minus(charge.signed()?)?.minus(self.risk.target.mul_ceil(other)?.signed()?)?;
        Ok(Some(rest.gain()).filter(|r| !r.is_zero()))
    }

    /// The root without division by the small coefficient: `2 c / (b + sqrt(b^2 + 4 a c))`, for `b` of either sign.
    fn quadratic(&self, rest: Atoms) -> Option<Atoms> {
        let (scaled, charge) = (self.risk.target.times_ceil(self.risk.base).ok()?.0, self.cost().0);
        let (b, positive) = match scaled.checked_sub(charge) {
            Some(b) => (b, true),
            None => (charge.saturating_sub(scaled), false),
        };
        // a c with twice the fraction bits of a ratio, as b^2 has.
        let product = rest.0.times(self.risk.impact.0).shifted_down(Reciprocal::BITS - 2 * Ratio::BITS);
        let ac = product.checked_mul(self.risk.target.0.into())?.shifted_down(Ratio::BITS);
        let root = b.times(b).checked_add(ac.shifted_up(2)?)?.isqrt();
        let divisor = if positive { root.checked_add(b.into())? } else { root.checked_sub(b.into())? };
        quotient(rest.0.checked_mul(lit(2))?, divisor)
    }

    /// The root where the ratio is constant: `c / (T ratio - phi)`.
    fn linear(&self, rest: Atoms, ratio: Ratio) -> Option<Atoms> {
        quotient(rest.0, self.slope(ratio)?.into())
    }

    /// `T ratio - phi` with 32 fraction bits, when positive.
    fn slope(&self, ratio: Ratio) -> Option<U64> {
        self.risk.target.times_ceil(ratio).ok()?.0.checked_sub(self.cost().0)
    }
}

/// `amount / divisor` for a divisor with 32 fraction bits.
fn quotient(amount: U64, divisor: U128) -> Option<Atoms> {
    amount.times(Ratio::ONE.0).checked_div(divisor).and_then(U64::narrow).map(Atoms)
}

/// The largest size whose share of the leg's loss the cash can pay.
pub fn payable_size(pnl: Pnl, cash: Atoms, held: Size, wanted: Size) -> Result<Size> {
    let loss = pnl.loss();
    if loss <= cash {
        return Ok(wanted);
    }
    let payable = Size(math::mul_div_floor(cash.0, held.0, loss.0)?).min(wanted);
    if payable.is_zero() { Err(EngineError::NothingToClose) } else { Ok(payable) }
}
