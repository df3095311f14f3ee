//! Program tests, one file per subject.

mod cancel;
mod create_exchange;
mod create_insurance_fund;
mod create_market;
mod deposit;
mod draw_insurance;
mod execute;
mod first;
mod flag;
mod liquidate;
mod lp_deposit;
mod mark;
mod open_account;
mod open_shares;
mod order;
mod refresh_market;
mod stake;
mod sweep_fees;
mod two_legs;
mod withdraw;
