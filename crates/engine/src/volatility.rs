//! Measured volatility: an average of squared returns in which older ones fade with time.

use bytemuck::{Pod, Zeroable};
use words::*;

use crate::{
    Result,
    price::{Price, relative_move},
    risk::{HOUR, Risk},
    units::{Ratio, Reciprocal, Ticks},
};

/// The average and the sample it was last brought up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Volatility {
    /// Variance of returns over one hour, [`bits::FINE`] fraction bits.
    pub variance: U64,
    /// The price of the last sample; zero before the first.
    pub sample: Ticks,
    /// When that price was published.
    pub sampled_at: i64,
}

/// What the model makes of a volatility.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coefficients {
    /// `m0 = z sigma sqrt(h) + close cost`.
    pub base: Ratio,
    /// `1 / (2 depth)`.
    pub impact: Reciprocal,
    /// `3 sigma sqrt(h0)`, for the priority key.
    pub key_scale: Ratio,
}

/// Whether an update is the first that was published after a fixed moment. The oracle says which was before it, so
/// whoever posts cannot make a sample of another.
pub fn is_sample(risk: &Risk, price: &Price) -> bool {
    let interval = i64::from(risk.sample_interval);
    price.publish_time.checked_div_euclid(interval) > price.previous_publish_time.checked_div_euclid(interval)
}

impl Volatility {
    /// Whether an update is a sample that is missing: of a boundary after the last one that has a sample.
    pub fn lacks(&self, risk: &Risk, price: &Price) -> bool {
        let interval = i64::from(risk.sample_interval);
        let later = price.publish_time.checked_div_euclid(interval) > self.sampled_at.checked_div_euclid(interval);
        is_sample(risk, price) && later
    }

    /// The average after an update. It changes with samples only, and the first gives no return yet.
    #[must_use]
    pub fn observed(&self, risk: &Risk, price: &Price) -> Self {
        if !is_sample(risk, price) {
            return *self;
        }
        let variance = if self.sample.is_zero() { self.variance } else { self.averaged(risk, price) };
        Self { variance, sample: price.oracle, sampled_at: price.publish_time }
    }

    /// `(variance tau + r^2 3600) / (tau + dt)`, up. The weight of a return is the time it took, so a gap between
    /// samples counts as one return over all of it.
    fn averaged(&self, risk: &Risk, price: &Price) -> U64 {
        let seconds = u64::try_from(price.publish_time.saturating_sub(self.sampled_at)).unwrap_or(0).max(1);
        let largest = Ratio(Ratio::ONE.0.saturating_sub(lit(1)));
        let r = relative_move(self.sample, price.oracle).min(largest).0;
        let kept = self.variance.times(risk.volatility_tau.into());
        let sum = kept.saturating_add(r.times(r).saturating_mul(HOUR.into()));
        let weight = U64::from(risk.volatility_tau).saturating_add(lit(seconds));
        let average = sum.checked_div_ceil(weight.into()).unwrap_or(U64::MAX.into());
        U64::narrow(average).unwrap_or(U64::MAX)
    }

    /// The standard deviation over one hour that is used, up and within its bounds.
    pub fn sigma(&self, risk: &Risk) -> Ratio {
        Ratio(self.variance.isqrt().saturating_add(lit(1))).clamp(risk.volatility_floor, risk.volatility_cap)
    }

    /// The model's coefficients. Depth is a parameter, so the impact is what it was.
    pub fn coefficients(&self, risk: &Risk) -> Result<Coefficients> {
        let sigma = self.sigma(risk);
        Ok(Coefficients {
            base: sigma.times_ceil(risk.deviations)?.plus(risk.close_cost)?,
            impact: risk.impact_model,
            key_scale: sigma.times_ceil(risk.key_deviations)?,
        })
    }

    /// Whether the stored state is possible.
    pub fn invariant(&self) -> bool {
        !self.sample.is_zero() || self.variance.is_zero()
    }
}
