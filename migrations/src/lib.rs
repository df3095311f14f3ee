//! Brings a cluster from what is there to what a plan says: deployment, changes of parameters, layouts of accounts.
//!
//! Everything here can be run again: what is there is compared, what is missing is made, and nothing is done twice. Money
//! and risk are the engine's: whether parameters differ is asked of the constants that it makes of them.

pub mod accounts;
mod chain;
pub mod change;
pub mod deploy;
mod error;
pub mod parameters;
pub mod plan;
pub mod report;
mod risk;
pub mod sources;

pub use deploy::{check, deploy};
pub use error::MigrationError;
pub use plan::{Inputs, MarketPlan, Plan, PlanError};
pub use report::{Difference, Remedy, Report, Step};
