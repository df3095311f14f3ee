//! Binary constants of a market, derived once from its [`Parameters`].

use bytemuck::{Pod, Zeroable};
use words::*;

use crate::{
    EngineError, Result, bounds, math,
    parameters::Parameters,
    units::{Atoms, PPM, Ratio, Reciprocal, Size, Ticks},
};

/// The notional of one side never exceeds `2^59` atoms, so that eight legs and their cash fit 64 bits.
pub const MAX_NOTIONAL: U64 = lit(1 << bits::NOTIONAL);
/// Fraction bits of [`Risk::open_interest_ramp`].
pub const RAMP_BITS: u32 = bits::FINE;
/// Seconds in the hour that volatility is quoted over.
pub(crate) const HOUR: u32 = 3_600;

/// Times that orders and requests from before the last change of parameters keep.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Past {
    /// When the last change was; zero when there was none.
    pub changed_at: i64,
    /// `d` until then.
    pub order_delay: u32,
    /// `w` until then.
    pub order_window: u32,
    /// The clock's lag until then.
    pub clock_lag: u32,
    /// The cooldown until then.
    pub lp_cooldown: u32,
}

/// What the engine multiplies with. Made from [`Parameters`]; between changes of these only the coefficients of maintenance (of the
/// model and in force), `key_scale` and `cascade_multiple` move, by what is measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Risk {
    /// `m0 = z sigma sqrt(h) + close cost`, as the model gives it now.
    pub base_model: Ratio,
    /// `m0` in force: follows the model down at once, up after notice.
    pub base: Ratio,
    /// `1 / (2 depth)` as the model gives it now.
    pub impact_model: Reciprocal,
    /// `1 / (2 depth)` in force.
    pub impact: Reciprocal,
    /// Smallest maintenance ratio in force: follows a change down at once, up after notice.
    pub maintenance_floor: Ratio,
    /// The same as it was chosen.
    pub maintenance_floor_model: Ratio,
    /// Largest maintenance ratio in force.
    pub maintenance_cap: Ratio,
    /// The same as it was chosen.
    pub maintenance_cap_model: Ratio,
    /// `1 / rho`.
    pub initial_multiple: Ratio,
    /// `alpha`, the share of side open interest in the impact term of initial margin.
    pub crowd: Ratio,
    /// Growth of initial margin per lot of its side's open interest, [`RAMP_BITS`] fraction bits.
    pub open_interest_ramp: U64,
    /// Growth of initial margin while a cascade is measured; one when none is.
    pub cascade_multiple: Ratio,
    /// Weight of positive unrealised profit in initial equity.
    pub profit_weight: Ratio,
    /// Cap of positive unrealised profit in initial equity.
    pub profit_cap: Atoms,
    /// `z sqrt(h)`: maintenance covers this many hourly standard deviations.
    pub deviations: Ratio,
    /// `3 sqrt(h0)`: the same for the priority key.
    pub key_deviations: Ratio,
    /// Cost of a close inside maintenance.
    pub close_cost: Ratio,
    /// Smallest standard deviation of returns over one hour.
    pub volatility_floor: Ratio,
    /// Largest one that is used.
    pub volatility_cap: Ratio,
    /// How much maintenance may rise within an hour, after notice.
    pub rise: Ratio,
    /// Largest difference at which two sources agree.
    pub band: Ratio,
    /// How far a price may have moved for each second of its age.
    pub stale: Ratio,
    /// Largest multiple of initial margin in a cascade.
    pub cascade_cap: Ratio,
    /// Funding per second when the skew fills a side, [`bits::FINE`] fraction bits.
    pub funding_slope: U64,
    /// Largest funding per second, [`bits::FINE`] fraction bits.
    pub funding_cap: U64,
    /// Net asset value over skew below which the heavier side is reduced.
    pub adl_trigger: Ratio,
    /// Net asset value over skew that this aims at.
    pub adl_target: Ratio,
    /// `3 sigma sqrt(h0)`: notional times this is a leg's size in the priority key.
    pub key_scale: Ratio,
    /// `a`, the stressed drift in the priority key.
    pub key_drift: Ratio,
    /// The liquidation charge `phi`: the sum of its four parts.
    pub charge: Ratio,
    /// The treasury's part of `phi`, paid first.
    pub charge_treasury: Ratio,
    /// The flagger's part of `phi`.
    pub charge_flagger: Ratio,
    /// The liquidator's part of `phi`.
    pub charge_liquidator: Ratio,
    /// `T`, equity over maintenance that a partial close aims at.
    pub target: Ratio,
    /// Smallest partial close.
    pub minimum_step: Size,
    /// Smallest position.
    pub minimum_position: Size,
    /// `1 / (2 skew_scale)`.
    pub skew: Reciprocal,
    /// Largest open interest of a side.
    pub side_cap: Size,
    /// Largest position of an account.
    pub position_cap: Size,
    /// Above this price a side's notional could exceed [`MAX_NOTIONAL`]: such a price is refused.
    pub max_price: Ticks,
    /// The pool's half spread.
    pub spread: Ratio,
    /// Share of the confidence interval added to the spread.
    pub confidence_spread: Ratio,
    /// Fee of an order over its notional.
    pub fee: Ratio,
    /// Part of every order's fee for its executor.
    pub execution_fee: Atoms,
    /// Move that net asset value must cover on the skew.
    pub stress: Ratio,
    /// Share of open interest that net asset value must cover.
    pub coverage: Ratio,
    /// How close to the largest key a liquidated account must be.
    pub tolerance: Ratio,
    /// Widest confidence interval over price.
    pub max_confidence: Ratio,
    /// Largest liquidation capacity.
    pub throttle_capacity: Atoms,
    /// Liquidation capacity that comes back each second.
    pub throttle_refill: Atoms,
    /// Largest draw on shared insurance in a window.
    pub insurance_cap: Atoms,
    /// Smallest deposit of a liquidity provider.
    pub minimum_lp_deposit: Atoms,
    /// Largest difference between a venue's price and the market's; zero for no venue fills.
    pub venue_band: Ratio,
    /// Fee of each side of a venue fill over its notional.
    pub venue_fee: Ratio,
    /// How far the price may be from its average before new risk stops.
    pub ema_band: Ratio,
    /// Multiple of initial margin in a cascade at which new risk stops.
    pub cascade_limit: Ratio,
    /// Skew that new risk may not exceed, and at which it stops.
    pub skew_cap: Size,
    /// Insurance below which new risk stops.
    pub insurance_target: Atoms,
    /// Largest share of its side's open interest that one account may grow to.
    pub position_share: Ratio,
    /// Size up to which that share does not count.
    pub position_floor: Size,
    /// Largest notional that one account may grow to, by the market's depth.
    pub depth_cap: Atoms,
    /// What was in force before the last change, for what began before it.
    pub past: Past,
    /// Oldest price that margin may use, in seconds.
    pub max_price_age: u32,
    /// Seconds by which the cluster's clock may lag behind the oracle's.
    pub clock_lag: u32,
    /// Seconds between an order and its update.
    pub order_delay: u32,
    /// Seconds within which that update must be published.
    pub order_window: u32,
    /// Seconds for which a queue entry counts.
    pub entry_ttl: u32,
    /// Seconds of the insurance window.
    pub insurance_window: u32,
    /// Time constant of the volatility average, in seconds.
    pub volatility_tau: u32,
    /// Seconds between the moments after which an update is a sample.
    pub sample_interval: u32,
    /// Notice before maintenance may rise, in seconds.
    pub notice: u32,
    /// Seconds of the window in which a cascade is measured.
    pub cascade_window: u32,
    /// Seconds between the two looks that start a settlement.
    pub settle_wait: u32,
    /// Seconds until a round of claims is fixed.
    pub settle_deadline: u32,
    /// Seconds that shares stay at risk after a request.
    pub lp_cooldown: u32,
    /// Gap between two updates beyond which it was an outage, in seconds.
    pub outage_gap: u32,
    /// Seconds without liquidations after an outage.
    pub outage_grace: u32,
    /// Seconds of disagreement after which the market halts.
    pub disagreement: u32,
    /// Seconds without an agreed price after which the market can be wound down.
    pub silence: u32,
    /// `t`: a tick is `10^-t` quote per base unit.
    pub tick_exponent: u32,
}

impl Risk {
    /// Checks every hard bound and derives the constants.
    pub fn new(p: &Parameters) -> Result<Self> {
        check(p)?;
        let volatility_floor = Ratio::from_ppm_ceil(p.volatility_floor_ppm)?;
        let deviations = deviations(p.confidence_milli, p.horizon_s)?;
        let key_deviations = self::deviations(3_000, p.key_horizon_s)?;
        let close_cost = Ratio::from_ppm_ceil(p.close_cost_ppm)?;
        let base = volatility_floor.times_ceil(deviations)?.plus(close_cost)?;
        let impact = Reciprocal::of_twice(lit(p.depth))?;
        let part = |ppm| Ratio::from_ppm_ceil(ppm);
        let charge = part(p.charge_treasury_ppm)?
            .plus(part(p.charge_flagger_ppm)?)?
            .plus(part(p.charge_liquidator_ppm)?)?
            .plus(part(p.charge_insurance_ppm)?)?;
        let risk = Self {
            base_model: base,
            base,
            impact_model: impact,
            impact,
            maintenance_floor: Ratio::from_ppm_ceil(p.maintenance_floor_ppm)?,
            maintenance_floor_model: Ratio::from_ppm_ceil(p.maintenance_floor_ppm)?,
            maintenance_cap: Ratio::from_ppm_ceil(p.maintenance_cap_ppm)?,
            maintenance_cap_model: Ratio::from_ppm_ceil(p.maintenance_cap_ppm)?,
            past: Past::default(),
            initial_multiple: Ratio::of_ceil(PPM, U64::from(p.rho_ppm))?,
            crowd: Ratio::from_ppm_ceil(p.crowd_ppm)?,
            open_interest_ramp: ramp_per_lot(p)?,
            cascade_multiple: Ratio::ONE,
            profit_weight: Ratio::from_ppm_floor(p.profit_weight_ppm)?,
            profit_cap: Atoms(lit(p.profit_cap)),
            deviations,
            key_deviations,
            close_cost,
            volatility_floor,
            volatility_cap: Ratio::from_ppm_ceil(p.volatility_cap_ppm)?,
            rise: Ratio::from_ppm_floor(p.rise_ppm)?,
            band: Ratio::from_ppm_floor(p.band_ppm)?,
            stale: Ratio::from_ppm_ceil(p.stale_ppm)?,
            cascade_cap: Ratio::from_ppm_ceil(p.cascade_cap_ppm)?,
            funding_slope: per_second(p.funding_slope_ppm)?,
            funding_cap: per_second(p.funding_cap_ppm)?,
            adl_trigger: Ratio::from_ppm_ceil(p.adl_trigger_ppm)?,
            adl_target: Ratio::from_ppm_ceil(p.adl_target_ppm)?,
            key_scale: volatility_floor.times_ceil(key_deviations)?,
            key_drift: Ratio::from_ppm_ceil(p.key_drift_ppm)?,
            charge,
            charge_treasury: part(p.charge_treasury_ppm)?,
            charge_flagger: part(p.charge_flagger_ppm)?,
            charge_liquidator: part(p.charge_liquidator_ppm)?,
            target: Ratio::from_ppm_ceil(p.target_ppm)?,
            minimum_step: Size(lit(p.minimum_step)),
            minimum_position: Size(lit(p.minimum_position)),
            skew: Reciprocal::of_twice(lit(p.skew_scale))?,
            side_cap: Size(lit(p.side_cap)),
            position_cap: Size(lit(p.position_cap)),
            max_price: Ticks(MAX_NOTIONAL.checked_div(lit(p.side_cap)).ok_or(EngineError::ParameterOutOfBounds)?),
            spread: Ratio::from_ppm_ceil(p.spread_ppm)?,
            confidence_spread: Ratio::from_ppm_ceil(p.confidence_spread_ppm)?,
            fee: Ratio::from_ppm_ceil(p.fee_ppm)?,
            execution_fee: Atoms(lit(p.execution_fee)),
            stress: Ratio::from_ppm_ceil(p.stress_ppm)?,
            coverage: Ratio::from_ppm_ceil(p.coverage_ppm)?,
            tolerance: Ratio::from_ppm_ceil(p.tolerance_ppm)?,
            max_confidence: Ratio::from_ppm_floor(p.max_confidence_ppm)?,
            throttle_capacity: Atoms(lit(p.throttle_capacity)),
            throttle_refill: Atoms(lit(p.throttle_refill)),
            insurance_cap: Atoms(lit(p.insurance_cap)),
            minimum_lp_deposit: Atoms(lit(p.minimum_lp_deposit)),
            venue_band: Ratio::from_ppm_floor(p.venue_band_ppm)?,
            venue_fee: Ratio::from_ppm_ceil(p.venue_fee_ppm)?,
            ema_band: Ratio::from_ppm_floor(p.ema_band_ppm)?,
            cascade_limit: Ratio::from_ppm_ceil(p.cascade_limit_ppm)?,
            skew_cap: Size(lit(p.skew_cap)),
            insurance_target: Atoms(lit(p.insurance_target)),
            position_share: Ratio::from_ppm_floor(p.position_share_ppm)?,
            position_floor: Size(lit(p.position_floor)),
            depth_cap: depth_cap(p)?,
            max_price_age: p.max_price_age_s,
            clock_lag: p.clock_lag_s,
            order_delay: p.order_delay_s,
            order_window: p.order_window_s,
            entry_ttl: p.entry_ttl_s,
            insurance_window: p.insurance_window_s,
            volatility_tau: p.volatility_tau_s,
            sample_interval: p.sample_interval_s,
            notice: p.notice_s,
            cascade_window: p.cascade_window_s,
            settle_wait: p.settle_wait_s,
            settle_deadline: p.settle_deadline_s,
            lp_cooldown: p.lp_cooldown_s,
            outage_gap: p.outage_gap_s,
            outage_grace: p.outage_grace_s,
            disagreement: p.disagreement_s,
            silence: p.silence_s,
            tick_exponent: u32::from(p.tick_exponent),
        };
        risk.check()?;
        Ok(risk)
    }

    /// A skew over the skew scale: what closing into it earns at most over notional.
    pub(crate) fn steepness(&self, skew: Size) -> Result<Ratio> {
        // A fraction of twice the skew scale has all bits of a word; doubled, it is a ratio of the skew scale.
        Ok(Ratio(self.skew.fraction_ceil(skew)?.shifted_down(bits::WORD - Ratio::BITS - 1)))
    }

    /// The bounds that tie constants together: they keep a liquidation from being worth provoking.
    pub fn check(&self) -> Result<()> {
        // The premium of closing into the fullest skew is covered by what the treasury is paid first.
        let tied = self.steepness(self.side_cap).is_ok_and(|steepness| steepness <= self.charge_treasury)
            && self.charge.saturating_plus(self.charge) <= self.maintenance_floor
            && self.venue_band.saturating_plus(self.venue_band) <= self.maintenance_floor
            && self.maintenance_floor <= self.maintenance_cap
            && self.maintenance_floor_model <= self.maintenance_cap_model
            && self.target >= Ratio::ONE
            && self.tolerance <= Ratio::ONE
            && self.initial_multiple > Ratio::ONE
            && self.cascade_multiple >= Ratio::ONE
            && self.position_cap <= self.side_cap
            && self.minimum_step <= self.minimum_position
            && self.minimum_position <= self.position_cap;
        if tied { Ok(()) } else { Err(EngineError::ParameterOutOfBounds) }
    }
}

/// `deviations x sqrt(seconds / hour)`, up.
fn deviations(milli: u32, seconds: u32) -> Result<Ratio> {
    // Under 2^17 hours, so the radicand stays below 2^96 and its root is a ratio with 32 bits.
    let seconds = U128::from(seconds).shifted_up(2 * Ratio::BITS).ok_or(EngineError::Overflow)?;
    let hours = seconds.checked_div_ceil(HOUR.into()).ok_or(EngineError::Overflow)?;
    let root = math::narrow::<U64>(hours.isqrt())?.checked_add(lit(1)).ok_or(EngineError::Overflow)?;
    math::mul_div_ceil(root, milli.into(), lit(1_000)).map(Ratio)
}

/// A rate per day as one per second, down.
pub(crate) fn per_second(ppm_per_day: u32) -> Result<U64> {
    let day = PPM.checked_mul(lit(86_400)).ok_or(EngineError::Overflow)?;
    let scaled = U128::from(ppm_per_day).shifted_up(bits::FINE).ok_or(EngineError::Overflow)?;
    math::narrow(scaled.checked_div(day.into()).ok_or(EngineError::Overflow)?)
}

/// The ramp from an empty side to a full one, per lot, up.
fn ramp_per_lot(p: &Parameters) -> Result<U64> {
    let full = Ratio::from_ppm_ceil(p.open_interest_ramp_ppm)?;
    math::mul_div_ceil(full.0, lit(1 << (RAMP_BITS - Ratio::BITS)), lit(p.side_cap))
}

/// The share of the depth, down, as far as a side's notional reaches.
fn depth_cap(p: &Parameters) -> Result<Atoms> {
    let share = U64::from(p.depth_share_ppm).times(lit(p.depth));
    let cap = share.checked_div(PPM.into()).ok_or(EngineError::Overflow)?;
    Ok(Atoms(U64::narrow(cap).unwrap_or(MAX_NOTIONAL).min(MAX_NOTIONAL)))
}

/// The bounds of parameters that depend on others.
fn check(p: &Parameters) -> Result<()> {
    bounds::check(p)?;
    let ordered = p.volatility_floor_ppm <= p.volatility_cap_ppm
        && p.sample_interval_s <= p.volatility_tau_s
        && p.adl_trigger_ppm <= p.adl_target_ppm
        && p.adl_target_ppm <= p.stress_ppm
        && p.clock_lag_s < p.order_delay_s
        && p.throttle_refill <= p.throttle_capacity;
    if ordered { Ok(()) } else { Err(EngineError::ParameterOutOfBounds) }
}
