//! What the accounts hold. These files are also compiled by the client: they use the engine and `wire`, nothing else.

mod exchange;
mod insurance_fund;
mod liquidation_queue;
mod margin_account;
mod market;
mod proposal;
mod share_account;
mod venue_grant;

pub use exchange::{Exchange, MAX_MARKETS, SETUP, TIMELOCK};
pub use insurance_fund::InsuranceFund;
pub use liquidation_queue::LiquidationQueue;
pub use margin_account::{Flag, Leg, MAX_ORDERS, MarginAccount, OrderSlot, same};
pub use market::{Market, ORACLE_NONE, ORACLE_PYTH_LEGACY, ORACLE_PYTH_PULL, ORACLE_SWITCHBOARD, OracleSource};
pub use proposal::{PROPOSAL_WINDOW, Proposal, change};
pub use share_account::ShareAccount;
pub use venue_grant::VenueGrant;
