//! A transaction on its way.

use std::{sync::Arc, time::Instant};

use plimsoll_client::explain::Refusal;
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;

use super::event::Failure;
use crate::job::Job;

/// Causes after which a node certainly has not taken a transaction. After any other it may have.
const CERTAIN: [&str; 4] = ["unreachable", "refused", "too_many", "early"];

/// What is known of a transaction.
pub(super) struct Flight {
    pub(super) job: Job,
    pub(super) transaction: Arc<VersionedTransaction>,
    pub(super) signature: Signature,
    /// It cannot land in a block above this.
    pub(super) last_block: u64,
    /// What it costs if it lands.
    pub(super) fee: u64,
    pub(super) stage: Stage,
    /// Slot in which it was sent.
    pub(super) sent_slot: u64,
    /// When it was last sent, or asked about.
    pub(super) last_sent: Instant,
    pub(super) last_asked: Instant,
    pub(super) asked_slot: u64,
    /// How often it was signed.
    pub(super) signings: u32,
    /// Answers of nodes that are still awaited.
    pub(super) awaited: usize,
    /// A node took it, or may have.
    pub(super) perhaps_taken: bool,
    /// What the nodes said that did not.
    pub(super) refusal: Option<Box<Refusal>>,
    pub(super) fault: Option<String>,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// A node is asked what it would do.
    Simulated,
    /// It is sent again and again.
    Broadcast,
    /// It is worth nothing any more, and may still land.
    Silent,
    /// It landed; its logs are fetched.
    Settled,
}

impl Flight {
    /// Takes in what a node answered.
    pub(super) fn answered(&mut self, result: Result<(), Failure>) {
        self.awaited = self.awaited.saturating_sub(1);
        match result {
            Ok(()) => self.perhaps_taken = true,
            Err(Failure::Refused(refusal)) => self.refusal = Some(refusal),
            Err(Failure::Node(fault)) => {
                self.perhaps_taken |= !CERTAIN.contains(&fault.cause);
                self.fault = Some(fault.sentence);
            }
        }
    }

    /// Whether every node that was asked has answered, and none has taken it.
    pub(super) fn is_untaken(&self) -> bool {
        self.awaited == 0 && !self.perhaps_taken
    }

    /// Whether it counts among those that are broadcast.
    pub(super) fn is_active(&self) -> bool {
        matches!(self.stage, Stage::Simulated | Stage::Broadcast)
    }
}
