//! Changing a market's parameters, with positions open in it.
//!
//! Whoever executes a change chooses the moment, and whoever proposed it may be a thief. So a change moves nobody's health, no
//! order's update and no request's cooldown; what costs more than before costs twice as much at most; and whoever does not
//! like it has been able to leave before (ADR 34).

use words::*;

use crate::{
    EngineError, Result,
    book::premium,
    deleverage::Deleveraging,
    exit::STAKE_COOLDOWN,
    funding::require_accrued,
    market::{Market, status},
    math,
    parameters::Parameters,
    risk::{Past, Risk, per_second},
    units::{Atoms, Ratio, Reciprocal},
};

/// Least seconds between two changes of a market. Twice is at most twice a day.
pub const SPACING: i64 = 86_400;
/// Seconds that whoever leaves a pool has to ask for it, beside the cooldown.
pub const TO_ASK: i64 = 86_400;
/// A thousand weeks in seconds, to be divided by a window.
const WEEK: u64 = 604_800_000;
/// How many times the present price a lower largest price must leave room for.
const ROOM: U64 = lit(8);
/// Most that the premium of the present skew may move: a unit of the quote token.
const FLAT: Atoms = Atoms(lit(amounts::UNIT));

/// What a change moved at once: the rest was announced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// `m0` in force now.
    pub base: Ratio,
    /// `1 / (2 depth)` in force now.
    pub impact: Reciprocal,
    /// Smallest maintenance ratio in force now.
    pub floor: Ratio,
    /// Largest one in force now.
    pub cap: Ratio,
    /// Whether any of them is to rise.
    pub announced: bool,
}

impl Market {
    /// Seconds for which a change must have been public: a maintenance notice, and time to leave the pool and, where it may
    /// draw more on insurance, the insurance fund.
    pub fn notice_of(&self, next: &Parameters) -> i64 {
        let risk = &self.risk;
        let draws_more =
            lit(next.insurance_cap) > risk.insurance_cap.0 || next.insurance_window_s < risk.insurance_window;
        let stakers = if draws_more { i64::from(STAKE_COOLDOWN) } else { 0 };
        let leave = i64::from(risk.lp_cooldown).max(stakers).saturating_add(TO_ASK);
        leave.max(risk.notice.into())
    }

    /// Puts other parameters in force. Funding must have been accrued. Nothing is written where it is refused.
    pub fn reparametrise(&mut self, next: &Parameters, now: i64) -> Result<Changed> {
        self.require_quiet(now)?;
        let mut risk = Risk::new(next)?;
        self.require_step(&risk)?;
        self.require_prices(&risk, now)?;

        let model = self.volatility.coefficients(&risk)?;
        let (old, new) = (&self.risk, &risk);
        let rules = (old, new);
        let (base_notice, base) = self.base_notice.changed(rules, old.base.0, (old.base_model.0, model.base.0), now);
        let (impact_notice, impact) =
            self.impact_notice.changed(rules, old.impact.0, (old.impact_model.0, new.impact_model.0), now);
        let floors = (old.maintenance_floor_model.0, new.maintenance_floor_model.0);
        let (floor_notice, floor) = self.floor_notice.changed(rules, old.maintenance_floor.0, floors, now);
        let caps = (old.maintenance_cap_model.0, new.maintenance_cap_model.0);
        let (cap_notice, cap) = self.cap_notice.changed(rules, old.maintenance_cap.0, caps, now);
        let changed = Changed {
            base: Ratio(base),
            impact: Reciprocal(impact),
            floor: Ratio(floor.min(cap)),
            cap: Ratio(cap),
            announced: [base_notice, impact_notice, floor_notice, cap_notice].iter().any(|n| !n.level.is_zero()),
        };
        let throttle = self.throttle.refilled(old, now)?.resized(new)?;
        let past = Past {
            changed_at: now,
            order_delay: old.order_delay,
            order_window: old.order_window,
            clock_lag: old.clock_lag,
            lp_cooldown: old.lp_cooldown,
        };
        (risk.base_model, risk.impact_model, risk.key_scale) = (model.base, model.impact, model.key_scale);
        (risk.base, risk.impact, risk.past) = (changed.base, changed.impact, past);
        (risk.maintenance_floor, risk.maintenance_cap) = (changed.floor, changed.cap);
        let cascade = self.cascade.at(&risk, now);
        risk.cascade_multiple = cascade.multiple(&risk, self.price.oracle);
        // What is in force must agree with what was chosen: a charge is raised after the floor has risen.
        risk.check()?;

        (self.base_notice, self.impact_notice) = (base_notice, impact_notice);
        (self.floor_notice, self.cap_notice) = (floor_notice, cap_notice);
        (self.risk, self.throttle, self.cascade) = (risk, throttle, cascade);
        // Both looks are to be taken under the same rules.
        self.deleveraging = Deleveraging::default();
        Ok(changed)
    }

    /// Refuses a change while something is under way that it would reach into, and one too soon after another: what a change
    /// remembers of the times before it must outlast the orders and requests of that time.
    fn require_quiet(&self, now: i64) -> Result<()> {
        if self.status >= status::SETTLING {
            return Err(EngineError::MarketNotOpen);
        }
        if self.book.is_withheld() {
            return Err(EngineError::NavNotPositive);
        }
        if !self.book.deficit.is_zero() {
            return Err(EngineError::DeficitPending);
        }
        require_accrued(self, now)?;
        let past = &self.risk.past;
        let spacing = i64::from(past.lp_cooldown.max(self.risk.lp_cooldown)).max(SPACING);
        let early = past.changed_at != 0 && now < past.changed_at.saturating_add(spacing);
        if early { Err(EngineError::ChangeTooSoon) } else { Ok(()) }
    }

    /// Refuses what takes money from those who stay: costs more than doubled, a premium that moves, and a skew that would be
    /// steeper than the treasury is paid for.
    fn require_step(&self, new: &Risk) -> Result<()> {
        let old = &self.risk;
        if new.tick_exponent != old.tick_exponent {
            return Err(EngineError::ChangeTooLarge);
        }
        let doubled =
            |((value, free), (before, _)): ((U64, U64), (U64, U64))| value <= free.max(before.saturating_add(before));
        let costs = costs(new)?.into_iter().zip(costs(old)?).all(doubled);
        let (skew, price) = (self.book.skew()?, self.price.oracle);
        let (before, after) = (premium(old, skew, price)?, premium(new, skew, price)?);
        let flat = before.max(after).minus(before.min(after))? <= FLAT;
        let largest = self.book.long.lots.max(self.book.short.lots);
        if !costs || !flat || new.steepness(largest)? > new.charge_treasury {
            return Err(EngineError::ChangeTooLarge);
        }
        if self.book.nav(new, price)?.is_negative() { Err(EngineError::NavNotPositive) } else { Ok(()) }
    }

    /// Refuses unless the prices serve before and after alike: no leg's price may come to count as fresh, stale or disputed
    /// by a change, and there must be room above it.
    fn require_prices(&self, new: &Risk, now: i64) -> Result<()> {
        let highest = self.price.oracle.max(self.second.oracle);
        if highest.is_zero() {
            return Ok(());
        }
        self.fresh_price(now)?;
        self.price.fresh(new, now)?;
        if self.has_second() {
            self.second.fresh(new, now)?;
            let (one, other) = (self.price.oracle, self.second.oracle);
            if one.max(other).minus(one.min(other))? > new.band.of_price_floor(one)? {
                return Err(EngineError::PricesDisagree);
            }
        }
        let room = new.max_price >= self.risk.max_price || highest.0.saturating_mul(ROOM) <= new.max_price.0;
        if room { Ok(()) } else { Err(EngineError::ChangeTooLarge) }
    }
}

/// What may at most double in a change, and up to what it may be more: the rows that [`bounds`](crate::bounds) says so of, and the
/// inverse of those that at most halve.
#[inline(never)]
fn costs(risk: &Risk) -> Result<[(U64, U64); 25]> {
    let ratio = |ratio: Ratio, ppm| Ok((ratio.0, Ratio::from_ppm_ceil(ppm)?.0));
    let paid = risk.charge_treasury.plus(risk.charge_flagger)?.plus(risk.charge_liquidator)?;
    let insurance = Ratio(math::minus(risk.charge.0, paid.0)?);
    Ok([
        ratio(risk.charge_treasury, 500)?,
        ratio(risk.charge_flagger, 500)?,
        ratio(risk.charge_liquidator, 500)?,
        ratio(insurance, 500)?,
        (risk.minimum_position.0, lit(1)),
        ratio(risk.spread, 200)?,
        ratio(risk.confidence_spread, 250_000)?,
        ratio(risk.fee, 500)?,
        (risk.execution_fee.0, lit(50_000)),
        (risk.max_price_age.into(), lit(30)),
        (risk.funding_slope, per_second(10_000)?),
        (risk.funding_cap, per_second(10_000)?),
        ratio(risk.adl_trigger, 10_000)?,
        ratio(risk.adl_target, 10_000)?,
        (risk.insurance_cap.0, lit(1_000_000_000)),
        ratio(risk.venue_fee, 500)?,
        // Liquidations that wait for longer, or an end that comes later.
        (risk.outage_gap.into(), lit(300)),
        (risk.disagreement.into(), lit(3_600)),
        (risk.silence.into(), lit(604_800)),
        // And one that comes sooner.
        (inverse(lit(36_000), risk.disagreement.into()), lit(600)),
        (inverse(lit(WEEK), risk.silence.into()), lit(7_000)),
        // Prices that are never good enough would close every exit but deposits.
        (inverse(lit(600), risk.max_price_age.into()), lit(40)),
        (inverse(Ratio::ONE.0, risk.max_confidence.0), lit(200)),
        (inverse(Ratio::ONE.0, risk.band.0), lit(500)),
        // A window of half the length draws twice as often; one of a day or more is free.
        (inverse(lit(WEEK), risk.insurance_window.into()), lit(7_000)),
    ])
}

/// How often a value goes into another, down.
fn inverse(whole: U64, value: U64) -> U64 {
    whole.checked_div(value).unwrap_or(U64::MAX)
}
