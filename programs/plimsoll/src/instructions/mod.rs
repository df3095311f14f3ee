//! One instruction per file: accounts, `validate`, and a handler that calls the engine and applies its report.

#![allow(missing_docs, unused_variables, ambiguous_glob_reexports)] // derive(Accounts) emits undocumented items

pub mod cancel;
pub mod create_exchange;
pub mod create_insurance_fund;
pub mod create_market;
pub mod deleverage;
pub mod deposit;
pub mod draw_insurance;
pub mod execute;
pub mod fix_settlement;
pub mod flag;
pub mod liquidate;
pub mod look_settlement;
pub mod lp_deposit;
pub mod mark;
pub mod open_account;
pub mod open_shares;
pub mod order;
pub mod pay_claim;
pub mod refresh_market;
pub mod settle_position;
pub mod stake;
pub mod sweep_fees;
pub mod withdraw;

pub use cancel::*;
pub use create_exchange::*;
pub use create_insurance_fund::*;
pub use create_market::*;
pub use deleverage::*;
pub use deposit::*;
pub use draw_insurance::*;
pub use execute::*;
pub use fix_settlement::*;
pub use flag::*;
pub use liquidate::*;
pub use look_settlement::*;
pub use lp_deposit::*;
pub use mark::*;
pub use open_account::*;
pub use open_shares::*;
pub use order::*;
pub use pay_claim::*;
pub use refresh_market::*;
pub use settle_position::*;
pub use stake::*;
pub use sweep_fees::*;
pub use withdraw::*;
