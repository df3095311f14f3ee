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
    /// Whether that is all it was, or it proved an outage, because a newer price came before it.
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
    /// later update first could keep it from being one. Or as the proof of an outage in an interval in which nobody
    /// posted, however old.
    pub fn accept(&mut self, price: Price, now: i64) -> Result<Accepted> {
        if self.status >= status::SETTLING {
            return Err(EngineError::MarketNotOpen);
        }
        let older = price.publish_time <= self.price.publish_time;
        let proves = older && self.watch.is_proof(&self.risk, &price, now);
        let samples = older && self.volatility.lacks(&self.risk, &price) && price.fresh(&self.risk, now).is_ok();
        let late = proves || samples;
        if late {
            price.past(&self.risk, now)?;
        } else {
            price.supersedes(&self.risk, &self.price, now)?;
        }
        let kept = if late { self.price } else { price };
        let volatility = if late && !samples { self.volatility } else { self.volatility.observed(&self.risk, &price) };
        let watch = match (proves, late) {
            (true, _) => self.watch.begun(),
            (false, true) => self.watch,
            (false, false) => self.watch.taken(&self.risk, &self.price, &price, now),
        };
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
        (self.price, self.volatility, self.cascade, self.watch) = (kept, volatility, cascade, watch);
        (self.base_notice, self.impact_notice) = (base_notice, impact_notice);
        (self.floor_notice, self.cap_notice) = (floor_notice, cap_notice);
        let risk = &mut self.risk;
        (risk.base_model, risk.impact_model, risk.key_scale) = (model.base, model.impact, model.key_scale);
        (risk.base, risk.impact, risk.cascade_multiple) = (accepted.base, accepted.impact, accepted.cascade);
        (risk.maintenance_floor, risk.maintenance_cap) = (accepted.floor, accepted.cap);
        if !late {
            self.compare_sources(now);
        }
        Ok(accepted)
    }

    /// Whether an update of the first source can be anything new, by its times alone: what is not need not be converted.
    pub fn is_news(&self, times: &Price, now: i64) -> bool {
        times.publish_time > self.price.publish_time
            || self.watch.is_proof(&self.risk, times, now)
            || self.volatility.lacks(&self.risk, times)
    }

    /// Takes a newer price of the second source. It is compared with the first and never measured.
    pub fn accept_second(&mut self, price: Price, now: i64) -> Result<()> {
        if !self.has_second() {
            return Err(EngineError::NoSecondSource);
        }
        if self.status >= status::SETTLING {
            return Err(EngineError::MarketNotOpen);
        }
        price.supersedes(&self.risk, &self.second, now)?;
        self.second = price;
        self.compare_sources(now);
        Ok(())
    }
}
