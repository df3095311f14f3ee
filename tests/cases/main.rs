//! Program tests, one file per subject.

mod cancel;
mod crash;
mod create_exchange;
mod create_insurance_fund;
mod create_market;
mod crowd;
mod deposit;
mod draw_insurance;
mod execute;
mod flag;
mod funding;
mod layouts;
mod liquidate;
mod lp_deposit;
mod mark;
mod matrix;
mod open_account;
mod open_shares;
mod order;
mod refresh_market;
mod stake;
mod sweep_fees;
mod two_legs;
mod units;
mod withdraw;
