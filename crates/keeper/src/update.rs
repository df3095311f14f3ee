//! What the keeper hears of the chain, from whichever source.

use plimsoll_client::Address;
use solana_signature::Signature;

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Update {
    /// An account is as follows.
    Account(AccountUpdate),
    /// A slot was begun.
    Slot(u64),
    /// A transaction of the program was processed.
    Logs(TransactionLogs),
    /// The stream was interrupted: accounts may have changed unseen. Whatever is decided now may be out of date; accounts
    /// follow, and [`Update::Synced`] when all of them were sent again.
    Interrupted,
    /// All accounts as of `slot` were sent. Accounts of the program that were not among them no longer exist.
    Synced {
        /// Slot of the snapshot.
        slot: u64,
        /// Every account of the program that there is.
        existing: std::collections::HashSet<Address>,
    },
}

/// An account.
#[derive(Clone, Debug)]
pub struct AccountUpdate {
    /// Where.
    pub address: Address,
    /// The program that owns it.
    pub owner: Address,
    /// What it holds; zero when it was closed.
    pub lamports: u64,
    /// Its data.
    pub data: Vec<u8>,
    /// Slot in which it was so: older news of the same account is no news.
    pub slot: u64,
}

/// What a transaction of the program logged.
#[derive(Clone, Debug)]
pub struct TransactionLogs {
    /// The transaction.
    pub signature: Signature,
    /// Slot in which it was processed.
    pub slot: u64,
    /// Why it failed, if it did.
    pub error: Option<solana_transaction_error::TransactionError>,
    /// The log lines.
    pub logs: Vec<String>,
}
