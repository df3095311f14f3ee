//! What the accounts hold. These files are also compiled by the client: they use the engine and `wire`, nothing else.

mod exchange;
mod insurance_fund;
mod liquidation_queue;
mod margin_account;
mod market;
mod share_account;

pub use exchange::{Exchange, MAX_MARKETS};
pub use insurance_fund::InsuranceFund;
pub use liquidation_queue::LiquidationQueue;
pub use margin_account::{Flag, Leg, MAX_ORDERS, MarginAccount, OrderSlot, same};
pub use market::{Market, ORACLE_NONE, ORACLE_PYTH_LEGACY, ORACLE_PYTH_PULL, ORACLE_SWITCHBOARD, OracleSource};
pub use share_account::ShareAccount;
