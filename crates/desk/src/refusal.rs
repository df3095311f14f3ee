//! Why something is refused, in the words of the program.

use plimsoll_client::{engine::EngineError, errors::PlimsollError};

answer! {
    /// A refusal.
    pub struct Refusal {
        /// The number in a failed transaction.
        pub code: u32,
        /// The name that clients know it by.
        pub name: String,
        /// What a person is told.
        pub sentence: String,
    }
}

impl From<PlimsollError> for Refusal {
    fn from(error: PlimsollError) -> Self {
        Self { code: error.code(), name: error.name().to_owned(), sentence: error.sentence().to_owned() }
    }
}

impl From<EngineError> for Refusal {
    fn from(error: EngineError) -> Self {
        PlimsollError::from(error).into()
    }
}

impl Refusal {
    /// The refusal with a code, if the program has it.
    pub fn of_code(code: u32) -> Option<Self> {
        PlimsollError::from_code(code).map(Self::from)
    }

    /// Data that is not what it should be.
    pub fn unknown(what: &str) -> Self {
        Self { code: 0, name: "Unknown".to_owned(), sentence: format!("{what} is not known here.") }
    }
}
