//! Why a command did not do what it was asked, and the exit code that says so.

use std::process::ExitCode;

use plimsoll_client::{
    explain::Refusal,
    rpc::{ReadError, SendError},
};
use serde::Serialize;
use solana_rpc_client_api::client_error::Error as ClientError;

use crate::decimal::DecimalError;

/// What kind of failure it was. The numbers are the exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The program or the chain refused, or an order failed.
    Refused = 1,
    /// The command was not written as it must be.
    Usage = 2,
    /// The network cannot be reached, or does not answer.
    Unreachable = 3,
    /// There is no such account, market, order or file.
    NotFound = 4,
}

/// A failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Its kind.
    pub kind: Kind,
    /// By which a program tells one from another.
    pub name: String,
    /// What a person is told.
    pub sentence: String,
}

/// The same as it is printed with `--json`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Printed<'a> {
    error: &'a str,
    sentence: &'a str,
    exit_code: u8,
}

impl Failure {
    /// A failure of a kind.
    pub fn new(kind: Kind, name: &str, sentence: impl Into<String>) -> Self {
        Self { kind, name: name.into(), sentence: sentence.into() }
    }

    /// The command was not written as it must be.
    pub fn usage(sentence: impl Into<String>) -> Self {
        Self::new(Kind::Usage, "Usage", sentence)
    }

    /// There is no such thing.
    pub fn not_found(sentence: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, "NotFound", sentence)
    }

    /// The network does not answer.
    pub fn unreachable(sentence: impl Into<String>) -> Self {
        Self::new(Kind::Unreachable, "Unreachable", sentence)
    }

    /// A value of an option that is no amount.
    pub fn amount(option: &str, error: &DecimalError) -> Self {
        Self::usage(format!("{option}: {error}"))
    }

    /// Its exit code.
    pub fn code(&self) -> u8 {
        self.kind as u8
    }

    /// Prints it on standard error: one sentence, or one line of JSON.
    pub fn report(&self, json: bool) -> ExitCode {
        if json {
            let printed = Printed { error: &self.name, sentence: &self.sentence, exit_code: self.code() };
            eprintln!("{}", serde_json::to_string(&printed).unwrap_or_default());
        } else {
            eprintln!("plimsoll: {}", self.sentence);
        }
        ExitCode::from(self.code())
    }
}

impl core::fmt::Display for Failure {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl core::error::Error for Failure {}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self { kind: Kind::Refused, sentence: refusal.sentence, name: refusal.name }
    }
}

impl From<plimsoll_desk::Refusal> for Failure {
    fn from(refusal: plimsoll_desk::Refusal) -> Self {
        Self { kind: Kind::Refused, sentence: refusal.sentence, name: refusal.name }
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        match &error {
            ReadError::Node(_) => Self::unreachable(error.to_string()),
            ReadError::Missing(_) | ReadError::Foreign(..) => Self::not_found(error.to_string()),
        }
    }
}

impl From<SendError> for Failure {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Refused(refusal) => (*refusal).into(),
            SendError::Draft(error) => Self::new(Kind::Refused, "Draft", error.to_string()),
            SendError::Node(_) => Self::unreachable(error.to_string()),
            SendError::Expired(_) => Self::new(Kind::Refused, "Expired", error.to_string()),
        }
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        Self::unreachable(format!("the node does not answer: {error}"))
    }
}
