//! Money and risk of a perpetuals clearing house, and nothing else.
//!
//! The crate knows no blockchain, no clock and no account model. The program, the clients, the keeper
//! and the web app all call it, so a quote, a liquidation price and the chain cannot disagree.
//!
//! Two rules hold everywhere:
//! - a size in lots times a price in ticks is an amount in atoms, exactly: notional and PnL never round;
//! - where rounding exists (ratios, share prices, oracle prices) it is in the operation's name and never
//!   favours the caller.
//!
//! An action checks first and writes last: an error leaves every argument as it was.
//!
//! Quantities are made of the integers of the crate `words`, and nothing is done with them that its traits do not
//! offer; times, counts and what people write stay the machine's. Where anything is done with them `words` is imported
//! whole: the machine's integers have most methods of the traits by themselves, so no compiler would miss an import.
#![no_std]

pub mod accept;
pub mod account;
pub mod bankruptcy;
pub mod book;
pub mod bounds;
pub mod breakers;
pub mod cascade;
pub mod change;
pub mod close;
mod closing;
pub mod deleverage;
pub mod error;
pub mod execution;
pub mod exit;
pub mod flag;
pub mod funding;
pub mod guard;
pub mod indices;
pub mod insurance;
pub mod key;
pub mod limiter;
pub mod liquidate;
pub mod liquidation;
pub mod liquidation_price;
pub mod margin;
pub mod mark;
pub mod market;
pub mod math;
mod normal_loss;
pub mod notice;
pub mod order;
pub mod parameters;
pub mod placing;
pub mod position;
pub mod price;
pub mod protection;
pub mod queue;
pub mod risk;
pub mod settlement;
pub mod shares;
pub mod side;
pub mod sizing;
pub mod survey;
pub mod throttle;
pub mod trade;
pub mod units;
pub mod valuation;
pub mod venue;
pub mod volatility;
pub mod watch;
pub mod winding;
pub mod withdraw;

pub use error::{EngineError, Result};
