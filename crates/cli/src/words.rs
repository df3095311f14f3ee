//! What the engine's states are called, for people.

use plimsoll_desk::{AccountState, MarketStatus, OrderStage, PriceCondition, Reason, SizeBound, WithdrawBound};

use crate::page::Tone;

/// A market's status.
pub fn status(status: &MarketStatus) -> &'static str {
    match status {
        MarketStatus::Active => "active",
        MarketStatus::ReduceOnly => "reduce only",
        MarketStatus::Halted => "halted",
        MarketStatus::Settling => "settling",
        MarketStatus::Settled => "settled",
    }
}

/// Why a market takes less than everything.
pub fn reason(reason: &Reason) -> &'static str {
    match reason {
        Reason::Opening => "it is new and has not opened yet",
        Reason::Guardian => "its guardian holds it",
        Reason::Status => "its own status",
        Reason::Resuming => "it resumes from an outage of its prices",
        Reason::SourcesDisagree => "its sources have disagreed for too long",
        Reason::PriceBreaker => "breaker: the price is far from its average",
        Reason::OpenInterestBreaker => "breaker: open interest has reached its cap",
        Reason::SkewBreaker => "breaker: the skew has reached its cap",
        Reason::OracleBreaker => "breaker: its sources disagree",
        Reason::InsuranceBreaker => "breaker: insurance is below its target",
        Reason::CascadeBreaker => "breaker: liquidations outrun the market",
        Reason::StalePrice => "there is no price that is fresh enough",
    }
}

/// How far prices can be relied on.
pub fn condition(condition: &PriceCondition) -> &'static str {
    match condition {
        PriceCondition::Normal => "fresh",
        PriceCondition::Disagreement => "its sources disagree",
        PriceCondition::Halted => "the market is halted",
        PriceCondition::OneSource => "one of two sources is fresh",
        PriceCondition::Stale => "stale",
        PriceCondition::None => "there never was one",
    }
}

/// How an account stands.
pub fn account(state: &AccountState) -> (Tone, &'static str) {
    match state {
        AccountState::Healthy => (Tone::Good, "healthy"),
        AccountState::BelowInitial => (Tone::Warn, "below initial margin: it can only reduce"),
        AccountState::Liquidatable => (Tone::Bad, "under maintenance: anybody may liquidate it"),
        AccountState::Bankrupt => (Tone::Bad, "bankrupt: all of its positions go"),
    }
}

/// Where an order stands.
pub fn stage(stage: &OrderStage) -> &'static str {
    match stage {
        OrderStage::Armed => "waits for its trigger",
        OrderStage::Requested => "requested",
        OrderStage::Binding => "executing",
        OrderStage::Expired => "expired",
    }
}

/// What keeps a size from being larger.
pub fn size_bound(bound: &SizeBound) -> &'static str {
    match bound {
        SizeBound::Risk => "one lot more could lose more than the risk",
        SizeBound::PositionCap => "the market's cap for one account",
        SizeBound::SideCap => "what is left of the cap for this side's open interest",
    }
}

/// What keeps a withdrawal from being larger.
pub fn withdraw_bound(bound: &WithdrawBound) -> &'static str {
    match bound {
        WithdrawBound::Cash => "all of its cash",
        WithdrawBound::Margin => "its positions need the rest as initial margin",
        WithdrawBound::Limiter => "the exchange lets no more out for now",
        WithdrawBound::Flagged => "the account is flagged for liquidation",
        WithdrawBound::Price => "a position's market has no fresh price",
    }
}

/// The first and last characters of an address.
pub fn short(address: &str) -> String {
    match (address.get(..4), address.get(address.len().saturating_sub(4)..)) {
        (Some(first), Some(last)) if address.len() > 12 => format!("{first}..{last}"),
        _ => address.into(),
    }
}
