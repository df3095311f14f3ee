//! What the desk is told by its errands and by the stream.

use plimsoll_client::{Address, rpc::SendError};
use solana_hash::Hash;
use solana_signature::Signature;
use solana_transaction_error::TransactionError;
use solana_transaction_status_client_types::TransactionStatus;

use crate::{endpoints::Fault, update::TransactionLogs};

/// Something that the desk is told.
pub(super) enum Event {
    /// A transaction was processed.
    Heard(Box<TransactionLogs>),
    /// A slot began.
    Slot(u64),
    /// The wallet has so many lamports.
    Balance(u64),
    /// A blockhash, the block after which it is not valid, and the height of the chain at a slot.
    Chain { hash: Hash, last_block: u64, height: u64, slot: u64 },
    /// No node told any.
    NoChain(String),
    /// What a simulation said.
    Simulated { flight: u64, result: Result<(), Failure> },
    /// Whether a node took a transaction.
    Taken { flight: u64, signature: Signature, result: Result<(), Failure> },
    /// What has become of transactions, as of a slot.
    Statuses { slot: u64, statuses: Vec<(Signature, Option<TransactionStatus>)> },
    /// Nobody could say.
    NoStatuses,
    /// Logs of one that was not heard of.
    Logs { signature: Signature, slot: u64, error: Option<TransactionError>, logs: Vec<String> },
    /// What was bid lately for an account, or for anything at all.
    Bid(Option<Address>, u64),
    /// Nobody could say.
    NoBid,
}

/// Why a node did not do it.
#[derive(Debug)]
pub(super) enum Failure {
    /// The runtime refused, by the node's word.
    Refused(Box<plimsoll_client::explain::Refusal>),
    /// The node failed.
    Node(Fault),
}

impl From<SendError> for Failure {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Refused(refusal) => Self::Refused(refusal),
            SendError::Node(error) => Self::Node(crate::endpoints::fault(&error)),
            SendError::Draft(error) => Self::Node(Fault::new("other", error.to_string())),
            SendError::Expired(signature) => Self::Node(Fault::new("other", format!("{signature} has expired"))),
        }
    }
}
