//! Accepting a price: the one action that moves price, volatility and what is in force.

use crate::{
    EngineError, Result,
    funding::accrue,
    market::{Market, status},
    price::Price,
    units::{Ratio, Reciprocal},
};

/// What an accepted price moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accepted {
    /// Whether it was a sample of volatility.
    pub sampled: bool,
    /// Whether that is all it was, because a newer price came before it.
    pub late: bool,
    /// Standard deviation over one hour now.
    pub volatility: Ratio,
    /// `m0` of the model now.
    pub base_model: Ratio,
    /// `m0` in force now.
    pub base: Ratio,
    /// `1 / (2 depth)` in force now.
    pub impact: Reciprocal,
    /// Smallest maintenance ratio in force now.
    pub floor: Ratio,
    /// Largest one in force now.
    pub cap: Ratio,
    /// Multiple of initial margin now.
    pub cascade: Ratio,
}

impl Market {
    /// Takes a newer price of the first source. Funding is accrued at the old one first; a settlement's stays.
    ///
    /// An older one is taken as a sample only, where it is the first after a boundary that has none: else whoever lands a
    /// later update first could keep it from being one.
    pub fn accept(&mut self, price: Price, now: i64) -> Result<Accepted> {
        if self.status >= status::SETTLING {
            return Err(EngineError::MarketNotOpen);
        }
        let late = price.publish_time <= self.price.publish_time && self.volatility.lacks(&self.risk, &price);
        if late {
            price.past(&self.risk, now)?;
            price.fresh(&self.risk, now)?;
        } else {
            price.supersedes(&self.risk, &self.price, now)?;
        }
        let kept = if late { self.price } else { price };
        let volatility = self.volatility.observed(&self.risk, &price);
        let model = volatility.coefficients(&self.risk)?;
        let (base_notice, base) = self.base_notice.look(&self.risk, self.risk.base.0, model.base.0, now);
        let (impact_notice, impact) = self.impact_notice.look(&self.risk, self.risk.impact.0, model.impact.0, now);
        let (floor_notice, floor) =
            self.floor_notice.look(&self.risk, self.risk.maintenance_floor.0, self.risk.maintenance_floor_model.0, now);
        let (cap_notice, cap) =
            self.cap_notice.look(&self.risk, self.risk.maintenance_cap.0, self.risk.maintenance_cap_model.0, now);
        let cascade = self.cascade.at(&self.risk, now);
        let accepted = Accepted {
            sampled: volatility.sampled_at != self.volatility.sampled_at,
            late,
            volatility: volatility.sigma(&self.risk),
            base_model: model.base,
            base: Ratio(base),
            impact: Reciprocal(impact),
            // Both rise by notices of their own.
            floor: Ratio(floor.min(cap)),
            cap: Ratio(cap),
            cascade: cascade.multiple(&self.risk, kept.oracle),
        };
        accrue(self, now)?;
        (self.price, self.volatility, self.cascade) = (kept, volatility, cascade);
        (self.base_notice, self.impact_notice) = (base_notice, impact_notice);
        (self.floor_notice, self.cap_notice) = (floor_notice, cap_notice);
        let risk = &mut self.risk;
        (risk.base_model, risk.impact_model, risk.key_scale) = (model.base, model.impact, model.key_scale);
        (risk.base, risk.impact, risk.cascade_multiple) = (accepted.base, accepted.impact, accepted.cascade);
        (risk.maintenance_floor, risk.maintenance_cap) = (accepted.floor, accepted.cap);
        Ok(accepted)
    }

    /// Takes a newer price of the second source. It is compared with the first and never measured.
    pub fn accept_second(&mut self, price: Price, now: i64) -> Result<()> {
        if !self.has_second() {
            return Err(EngineError::NoSecondSource);
        }
        price.supersedes(&self.risk, &self.second, now)?;
        self.second = price;
        Ok(())
    }
}
