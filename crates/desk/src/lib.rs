//! What people ask of accounts and markets, answered by the engine from account data as it is on chain.
//!
//! A [`Venue`] holds the accounts of an exchange as they arrive. Every answer is made of plain numbers: amounts in atoms,
//! sizes in lots, prices in ticks, shares in millionths. Whoever shows them shifts a decimal point and does no arithmetic.
//! The web app asks through `crates/engine-wasm`; native callers ask directly.

#[macro_use]
mod answer;

mod account;
mod insurance;
mod leg;
mod market;
mod order;
mod preview;
mod queue;
mod ratios;
mod refusal;
mod sizing;
mod status;
mod terms;
mod venue;
mod what_if;

pub use account::{AccountFigures, AccountState, WithdrawBound, Withdrawable};
pub use insurance::{InsuranceFigures, MarketInsurance};
pub use leg::LegFigures;
pub use market::MarketFigures;
pub use order::{OrderFigures, OrderStage};
pub use preview::{After, FillFigures, Preview, RefusedAt, Request};
pub use queue::{QueueFigures, QueueRow};
pub use ratios::price_of;
pub use refusal::Refusal;
pub use sizing::{AtRisk, SizeBound, SizeFigures};
pub use status::{MarketStatus, PriceCondition, Reason};
pub use terms::{InitialTerms, MaintenanceTerms};
pub use venue::{Kind, Moment, Venue};

/// An answer, or why there is none.
pub type Result<T> = core::result::Result<T, Refusal>;
