//! A line of the journal.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use solana_signature::Signature;

use super::Open;
use crate::job::{Kind, Subject};

/// Version of the format.
pub(super) const VERSION: u32 = 1;

/// One thing that happened.
#[derive(Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Line {
    /// The format: always the first line.
    Version { version: u32 },
    /// A transaction is about to be sent.
    Begin { signature: String, subjects: Vec<Written>, last_block: u64, fee: u64 },
    /// It is over.
    End { signature: String },
    /// A total is now so much.
    Total { name: String, amount: u64 },
}

/// A subject.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    kind: String,
    account: String,
    number: u64,
}

impl Line {
    /// The line of a transaction that is about to be sent.
    pub(super) fn begin(signature: &Signature, open: &Open) -> Self {
        let written = |subject: &Subject| Written {
            kind: subject.kind.name().into(),
            account: subject.account.to_string(),
            number: subject.number,
        };
        Self::Begin {
            signature: signature.to_string(),
            subjects: open.subjects.iter().map(written).collect(),
            last_block: open.last_block,
            fee: open.fee,
        }
    }

    /// As it stands in the file.
    pub(super) fn text(&self) -> String {
        let mut text = serde_json::to_string(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// From the file.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// Does it again. False if it makes no sense.
    pub(super) fn apply(self, open: &mut HashMap<Signature, Open>, totals: &mut BTreeMap<String, u64>) -> bool {
        match self {
            Self::Version { .. } => return false,
            Self::Begin { signature, subjects, last_block, fee } => {
                let Ok(signature) = signature.parse() else { return false };
                let subjects: Option<Vec<Subject>> = subjects.iter().map(Written::subject).collect();
                let Some(subjects) = subjects else { return false };
                open.insert(signature, Open { subjects, last_block, fee });
            }
            Self::End { signature } => {
                let Ok(signature) = signature.parse() else { return false };
                open.remove(&signature);
            }
            Self::Total { name, amount } => {
                totals.insert(name, amount);
            }
        }
        true
    }
}

impl Written {
    fn subject(&self) -> Option<Subject> {
        let kind = Kind::ALL.into_iter().find(|kind| kind.name() == self.kind)?;
        Some(Subject { kind, account: self.account.parse().ok()?, number: self.number })
    }
}
