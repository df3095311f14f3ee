//! From the engine's errors to the program's: both sides of the usual conversion are foreign here.

use anchor_lang::prelude::Result;

use crate::errors::PlimsollError;

/// `engine_call()?` with a name.
pub trait Checked<T> {
    /// The value, or the engine's refusal as the program's error.
    fn checked(self) -> Result<T>;
}

impl<T> Checked<T> for plimsoll_engine::Result<T> {
    #[inline]
    fn checked(self) -> Result<T> {
        self.map_err(|error| PlimsollError::from(error).into())
    }
}
