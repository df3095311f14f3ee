//! What became of a transaction.

use plimsoll_client::{
    errors::PlimsollError,
    wire::{EventLayout, discriminator},
};
use solana_banks_interface::BanksTransactionResultWithMetadata;
use solana_instruction::error::InstructionError;
use solana_transaction_error::TransactionError;

/// Result, cost and logs of one transaction.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The runtime's verdict.
    pub result: Result<(), TransactionError>,
    /// Compute units of the whole transaction.
    pub units: u64,
    /// Log lines.
    pub logs: Vec<String>,
}

/// Units that the compute-budget instruction of every transaction costs.
const BUDGET_INSTRUCTION: u64 = 150;

impl Outcome {
    pub(crate) fn new(done: BanksTransactionResultWithMetadata) -> Self {
        let (units, logs) = done.metadata.map_or((0, vec![]), |m| (m.compute_units_consumed, m.log_messages));
        Self { result: done.result, units: units.saturating_sub(BUDGET_INSTRUCTION), logs }
    }

    /// It succeeded.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert!(self.result.is_ok(), "failed: {}\n{}", self.error(), self.logs.join("\n"));
        self
    }

    /// The program refused with this error.
    #[track_caller]
    pub fn fails(self, error: PlimsollError) -> Self {
        assert_eq!(self.error(), error.name(), "\n{}", self.logs.join("\n"));
        self
    }

    /// It failed with the error of this name, the program's or the framework's.
    #[track_caller]
    pub fn fails_as(self, name: &str) -> Self {
        assert_eq!(self.error(), name, "\n{}", self.logs.join("\n"));
        self
    }

    /// The error's name; empty when it succeeded.
    pub fn error(&self) -> String {
        match &self.result {
            Ok(()) => String::new(),
            Err(TransactionError::InstructionError(_, InstructionError::Custom(code))) => custom(*code),
            Err(TransactionError::InstructionError(_, error)) => format!("{error:?}"),
            Err(error) => format!("{error:?}"),
        }
    }

    /// What the program returned.
    pub fn return_data(&self) -> Option<Vec<u8>> {
        let line = self.logs.iter().find_map(|line| line.strip_prefix("Program return: "))?;
        Some(from_base64(line.split(' ').nth(1)?))
    }

    /// The number that it returned.
    pub fn returned(&self) -> Option<u64> {
        self.return_data()?.try_into().ok().map(u64::from_le_bytes)
    }

    /// The events of one type, in order.
    pub fn events<E: EventLayout>(&self) -> Vec<E> {
        let records = self.logs.iter().filter_map(|line| line.strip_prefix("Program data: "));
        records.filter_map(|text| E::decode(&from_base64(text))).collect()
    }

    /// Whether there is an event of this name.
    pub fn has_event(&self, name: &str) -> bool {
        let mut records = self.logs.iter().filter_map(|line| line.strip_prefix("Program data: "));
        records.any(|text| from_base64(text).starts_with(&discriminator("event", name)))
    }

    /// The one event of a type.
    #[track_caller]
    pub fn event<E: EventLayout>(&self) -> E {
        let mut events = self.events::<E>();
        assert_eq!(events.len(), 1, "one {} expected\n{}", E::NAME, self.logs.join("\n"));
        events.remove(0)
    }
}

/// Compute units of one kind of instruction.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// How often it succeeded.
    pub count: u64,
    /// The most that one took.
    pub max: u64,
    /// What all of them took.
    pub total: u64,
}

impl Cost {
    /// Counts one more.
    pub fn add(&mut self, units: u64) {
        *self = Self { count: self.count + 1, max: self.max.max(units), total: self.total + units };
    }

    /// The mean, rounded to whole units.
    pub fn mean(&self) -> u64 {
        (self.total + self.count / 2).checked_div(self.count).unwrap_or(0)
    }
}

/// Framework errors by the names that Anchor gives them.
fn custom(code: u32) -> String {
    let framework = match code {
        2000 => "ConstraintMut",
        2001 => "ConstraintHasOne",
        2003 => "ConstraintRaw",
        2005 => "ConstraintRentExempt",
        2007 => "ConstraintExecutable",
        2011 => "ConstraintClose",
        2012 => "ConstraintAddress",
        2013 => "ConstraintZero",
        2019 => "ConstraintSpace",
        2020 => "ConstraintAccountIsNone",
        2040 => "ConstraintDuplicateMutableAccount",
        _ => "",
    };
    match PlimsollError::from_code(code) {
        Some(error) => error.name().to_owned(),
        None if framework.is_empty() => format!("Custom({code})"),
        None => framework.to_owned(),
    }
}

fn from_base64(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).expect("the runtime writes base64")
}
