//! One instruction per file: accounts, `validate`, and a handler that calls the engine and applies its report.

#![allow(missing_docs, unused_variables, ambiguous_glob_reexports)] // derive(Accounts) emits undocumented items

pub mod cancel;
pub mod cancel_exit;
pub mod collect_claim;
pub mod create_exchange;
pub mod create_insurance_fund;
pub mod create_market;
pub mod deposit;
pub mod draw_insurance;
pub mod execute;
pub mod flag;
pub mod liquidate;
pub mod lp_deposit;
pub mod mark;
pub mod open_account;
pub mod open_shares;
pub mod order;
pub mod redeem;
pub mod refresh_market;
pub mod request_exit;
pub mod request_unstake;
pub mod stake;
pub mod sweep_excess;
pub mod sweep_fees;
pub mod unstake;
pub mod withdraw;

pub use cancel::*;
pub use cancel_exit::*;
pub use collect_claim::*;
pub use create_exchange::*;
pub use create_insurance_fund::*;
pub use create_market::*;
pub use deposit::*;
pub use draw_insurance::*;
pub use execute::*;
pub use flag::*;
pub use liquidate::*;
pub use lp_deposit::*;
pub use mark::*;
pub use open_account::*;
pub use open_shares::*;
pub use order::*;
pub use redeem::*;
pub use refresh_market::*;
pub use request_exit::*;
pub use request_unstake::*;
pub use stake::*;
pub use sweep_excess::*;
pub use sweep_fees::*;
pub use unstake::*;
pub use withdraw::*;
