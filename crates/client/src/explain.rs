//! What a failed transaction means, as a sentence.

use base64::Engine as _;
use solana_instruction::error::InstructionError;
use solana_transaction_error::TransactionError;

use crate::{errors::PlimsollError, wire::EventLayout};

/// Why a transaction was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The error's name, by which a program tells one from another.
    pub name: String,
    /// What a person is told.
    pub sentence: String,
    /// Which instruction of the transaction it was, from zero.
    pub instruction: Option<u8>,
    /// What was logged.
    pub logs: Vec<String>,
}

impl core::fmt::Display for Refusal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} ({})", self.sentence, self.name)
    }
}

impl core::error::Error for Refusal {}

impl Refusal {
    /// What an error of the runtime and the logs of its transaction mean.
    pub fn of(error: &TransactionError, logs: Vec<String>) -> Self {
        let (name, sentence, instruction) = match error {
            TransactionError::InstructionError(place, error) => {
                let (name, sentence) = instruction_error(error);
                (name, sentence, Some(*place))
            }
            TransactionError::InsufficientFundsForFee | TransactionError::AccountNotFound => {
                let sentence = "the wallet has not enough SOL for the transaction's fee";
                ("InsufficientFundsForFee".into(), sentence.into(), None)
            }
            TransactionError::BlockhashNotFound => {
                ("BlockhashNotFound".into(), "the transaction is too old: sign it anew".into(), None)
            }
            TransactionError::AlreadyProcessed => {
                ("AlreadyProcessed".into(), "this very transaction has been processed already".into(), None)
            }
            other => (format!("{other:?}"), other.to_string(), None),
        };
        Self { name, sentence, instruction, logs }
    }

    /// Whether the program refused with this error.
    pub fn is(&self, error: PlimsollError) -> bool {
        self.name == error.name()
    }

    /// The first event of a type among the logs, which a refusal may explain itself with.
    pub fn event<E: EventLayout>(&self) -> Option<E> {
        events(&self.logs).next()
    }
}

/// The events of a type in a transaction's logs.
pub fn events<E: EventLayout>(logs: &[String]) -> impl Iterator<Item = E> + '_ {
    let records = logs.iter().filter_map(|line| line.strip_prefix("Program data: "));
    let decoded = records.filter_map(|text| base64::engine::general_purpose::STANDARD.decode(text).ok());
    decoded.filter_map(|bytes| E::decode(&bytes))
}

/// Name and sentence of an instruction's error.
fn instruction_error(error: &InstructionError) -> (String, String) {
    match error {
        InstructionError::Custom(code) => custom(*code),
        InstructionError::ComputationalBudgetExceeded => {
            ("ComputationalBudgetExceeded".into(), "the transaction asked for too few compute units".into())
        }
        other => (format!("{other:?}"), other.to_string()),
    }
}

/// Name and sentence of a program's own error: this program's, the framework's, or a small number of another program.
fn custom(code: u32) -> (String, String) {
    if let Some(error) = PlimsollError::from_code(code) {
        return (error.name().into(), error.sentence().into());
    }
    let (name, sentence) = match code {
        1 => ("InsufficientFunds", "the account that pays holds too little"),
        2000 => ("ConstraintMut", "an account must be passed as writable"),
        2001 => ("ConstraintHasOne", "an account does not belong to another one that was passed"),
        2003 => ("ConstraintRaw", "an account does not meet a constraint of the instruction"),
        2005 => ("ConstraintRentExempt", "an account holds too little SOL for its rent"),
        2007 => ("ConstraintExecutable", "an account is no program"),
        2011 => ("ConstraintClose", "an account cannot be closed into itself"),
        2012 => ("ConstraintAddress", "an account is not the one that is expected"),
        2013 => ("ConstraintZero", "an account is not empty"),
        2019 => ("ConstraintSpace", "an account has the wrong size"),
        2020 => ("ConstraintAccountIsNone", "an account is missing"),
        2040 => ("ConstraintDuplicateMutableAccount", "one account was passed twice as writable"),
        _ => return (format!("Custom({code})"), format!("a program refused with its error {code}")),
    };
    (name.into(), sentence.into())
}
