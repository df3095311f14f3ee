//! One instruction per file: accounts, `validate`, and a handler that calls the engine and applies its report.

#![allow(missing_docs, unused_variables, ambiguous_glob_reexports)] // derive(Accounts) emits undocumented items

pub mod cancel;
pub mod create_exchange;
pub mod create_insurance_fund;
pub mod create_market;
pub mod deposit;
pub mod draw_insurance;
pub mod execute;
pub mod fire;
pub mod flag;
pub mod liquidate;
pub mod lp_deposit;
pub mod mark;
pub mod open_account;
pub mod open_at_risk;
pub mod open_shares;
pub mod order;
pub mod protect;
pub mod refresh_market;
pub mod set_protection;
pub mod stake;
pub mod sweep_fees;
pub mod view_account;
pub mod view_liquidation_price;
pub mod withdraw;

pub use cancel::*;
pub use create_exchange::*;
pub use create_insurance_fund::*;
pub use create_market::*;
pub use deposit::*;
pub use draw_insurance::*;
pub use execute::*;
pub use fire::*;
pub use flag::*;
pub use liquidate::*;
pub use lp_deposit::*;
pub use mark::*;
pub use open_account::*;
pub use open_at_risk::*;
pub use open_shares::*;
pub use order::*;
pub use protect::*;
pub use refresh_market::*;
pub use set_protection::*;
pub use stake::*;
pub use sweep_fees::*;
pub use view_account::*;
pub use view_liquidation_price::*;
pub use withdraw::*;
