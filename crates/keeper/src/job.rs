//! Something to be done by one transaction, and what became of it.

use std::time::Instant;

use plimsoll_client::{Address, explain::Refusal, transaction::Draft};
use solana_signature::Signature;

/// What kind of work it is: a label of metrics and of the profit account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Takes newer prices.
    Refresh,
    /// Flags accounts, or refreshes or removes their entries.
    Flag,
    /// Liquidates accounts in order.
    Liquidate,
    /// Executes orders at their updates.
    Execute,
    /// Fires triggers.
    Fire,
    /// Shrinks protected accounts.
    Protect,
    /// Moves profit and loss into cash.
    Mark,
    /// Sweeps, draws and collects between markets and insurance.
    Insurance,
    /// Deleverages, winds down, settles and pays claims.
    Waterfall,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Refresh,
        Self::Flag,
        Self::Liquidate,
        Self::Execute,
        Self::Fire,
        Self::Protect,
        Self::Mark,
        Self::Insurance,
        Self::Waterfall,
    ];

    /// Its name in metrics and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Refresh => "refresh",
            Self::Flag => "flag",
            Self::Liquidate => "liquidate",
            Self::Execute => "execute",
            Self::Fire => "fire",
            Self::Protect => "protect",
            Self::Mark => "mark",
            Self::Insurance => "insurance",
            Self::Waterfall => "waterfall",
        }
    }
}

/// What a job is about: while one is under way, an equal one is not begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Subject {
    /// The kind of work.
    pub kind: Kind,
    /// The account or market.
    pub account: Address,
    /// Tells several of one account apart: the place of an order, a publish time.
    pub number: u64,
}

/// One transaction to send.
#[derive(Clone, Debug)]
pub struct Job {
    /// The kind of work.
    pub kind: Kind,
    /// What it is about. A batch is about several.
    pub subjects: Vec<Subject>,
    /// Its instructions; their price per unit is chosen when it is sent.
    pub draft: Draft,
    /// What it earns if it succeeds, in atoms of the quote token: fees are bid up to a part of it.
    pub reward: u64,
    /// It is worth nothing after this slot.
    pub last_slot: u64,
    /// When it was decided.
    pub decided: Instant,
}

/// What became of a job.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It succeeded.
    Landed {
        /// In this slot.
        slot: u64,
        /// With these logs.
        logs: Vec<String>,
    },
    /// It was refused: by the simulation, or on chain for a fee.
    Refused {
        /// Why.
        refusal: Box<Refusal>,
        /// Whether the fee was paid.
        on_chain: bool,
    },
    /// It was simulated and would have succeeded: a dry run sends nothing.
    WouldLand,
    /// It was not sent: the queue was full, it came too late, or an equal one was under way.
    Dropped(&'static str),
    /// It was sent and nothing was heard of it while it could land.
    Expired,
    /// No node took it.
    Unsent(String),
}

/// A job that is over.
#[derive(Clone, Debug)]
pub struct Finished {
    /// The job.
    pub job: Job,
    /// What became of it.
    pub outcome: Outcome,
    /// Its last signature, if it was signed.
    pub signature: Option<Signature>,
    /// What it cost, in lamports.
    pub fee: u64,
}
