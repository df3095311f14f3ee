//! Taking free collateral out of an account.

use crate::{EngineError, Result, account::Initial, units::Atoms};

/// What left an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// The amount.
    pub amount: Atoms,
    /// Its cash afterwards.
    pub cash: Atoms,
}

/// What can be refused before any leg is looked at.
pub fn require_allowed(cash: Atoms, amount: Atoms, flagged: bool) -> Result<()> {
    if amount.is_zero() {
        return Err(EngineError::ZeroAmount);
    }
    if amount > cash {
        return Err(EngineError::InsufficientCash);
    }
    if flagged { Err(EngineError::AccountFlagged) } else { Ok(()) }
}

/// Takes `amount` out, if what remains meets the initial margin of all legs. `initial` is the account's before.
pub fn withdraw(cash: &mut Atoms, initial: &Initial, amount: Atoms, flagged: bool) -> Result<Report> {
    require_allowed(*cash, amount, flagged)?;
    if amount > initial.withdrawable(*cash) {
        return Err(EngineError::BelowInitialMargin);
    }
    *cash = cash.minus(amount)?;
    Ok(Report { amount, cash: *cash })
}
