//! Paying keepers into margin accounts of their choice.

use anchor_lang::prelude::*;
use plimsoll_engine::units::Atoms;

use crate::{checked::Checked, errors::PlimsollError, legs::load_mut, state::MarginAccount};

/// Adds `amount` to the cash of a margin account of the same exchange.
pub fn credit(view: &AccountView, exchange: &Address, amount: Atoms) -> Result<()> {
    let mut account = load_mut::<MarginAccount>(*view)?;
    require!(account.exchange == *exchange, PlimsollError::WrongExchange);
    account.cash = account.cash.plus(amount).checked()?;
    Ok(())
}
