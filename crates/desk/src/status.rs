//! A market's status and why it has it.

use plimsoll_client::{
    engine::{
        breakers::reason,
        market::{self, Market},
        valuation::{self, PriceState},
    },
    state,
};

use crate::Moment;

answer! {
    /// What a market takes.
    pub enum MarketStatus {
        /// Everything.
        Active,
        /// No new risk.
        ReduceOnly,
        /// Only reductions: no liquidation, and nothing to or from the pool.
        Halted,
        /// Positions are closed at one price.
        Settling,
        /// Claims are paid at one fraction.
        Settled,
    }

    /// How far a market's prices can be relied on.
    pub enum PriceCondition {
        /// All sources are fresh and agree.
        Normal,
        /// Both are fresh and further apart than the band.
        Disagreement,
        /// There is a price, but the market is halted.
        Halted,
        /// One of two sources is fresh.
        OneSource,
        /// None is fresh.
        Stale,
        /// There never was a price.
        None,
    }

    /// Why a market takes less than everything.
    pub enum Reason {
        /// It is new and has not opened.
        Opening,
        /// Its guardian holds it.
        Guardian,
        /// Its own status says so.
        Status,
        /// It resumes from an outage.
        Resuming,
        /// Its sources have disagreed for too long.
        SourcesDisagree,
        /// Breaker: the price is far from its average.
        PriceBreaker,
        /// Breaker: open interest has reached its cap.
        OpenInterestBreaker,
        /// Breaker: the skew has reached its cap.
        SkewBreaker,
        /// Breaker: two sources disagree.
        OracleBreaker,
        /// Breaker: insurance is below its target.
        InsuranceBreaker,
        /// Breaker: liquidations move the price.
        CascadeBreaker,
        /// The price is old.
        StalePrice,
    }
}

impl MarketStatus {
    /// The status of a byte of the engine.
    pub fn of(status: u8) -> Self {
        match status {
            market::status::ACTIVE => Self::Active,
            market::status::REDUCE_ONLY => Self::ReduceOnly,
            market::status::HALTED => Self::Halted,
            market::status::SETTLING => Self::Settling,
            _ => Self::Settled,
        }
    }
}

impl PriceCondition {
    /// The condition of a market's prices.
    pub fn of(market: &Market, at: Moment) -> Self {
        match valuation::quote(market, true, at.time, None).map(|quote| quote.state) {
            Ok(PriceState::Normal) => Self::Normal,
            Ok(PriceState::Disagreement) => Self::Disagreement,
            Ok(PriceState::Halted) => Self::Halted,
            Ok(PriceState::OneSource) => Self::OneSource,
            Ok(PriceState::Stale) => Self::Stale,
            Err(_) => Self::None,
        }
    }
}

/// All reasons that hold.
pub fn reasons(market: &state::Market, at: Moment) -> Vec<Reason> {
    let core = &market.core;
    let tripped = |bit| core.breakers.tripped & bit != 0;
    let all = [
        (at.time < core.guard.opens, Reason::Opening),
        (core.guard.is_held(at.time), Reason::Guardian),
        (core.status != market::status::ACTIVE, Reason::Status),
        (core.is_resuming(at.time), Reason::Resuming),
        (core.source_status(at.time) != market::status::ACTIVE, Reason::SourcesDisagree),
        (tripped(reason::PRICE), Reason::PriceBreaker),
        (tripped(reason::OPEN_INTEREST), Reason::OpenInterestBreaker),
        (tripped(reason::SKEW), Reason::SkewBreaker),
        (tripped(reason::ORACLE), Reason::OracleBreaker),
        (tripped(reason::INSURANCE), Reason::InsuranceBreaker),
        (tripped(reason::CASCADE), Reason::CascadeBreaker),
        (core.fresh_price(at.time).is_err(), Reason::StalePrice),
    ];
    all.into_iter().filter(|(holds, _)| *holds).map(|(_, reason)| reason).collect()
}
