//! Paying keepers into accounts of their choice: margin accounts of the exchange, or token accounts of its quote token.

use anchor_lang::prelude::*;
use plimsoll_engine::units::Atoms;

use crate::{checked::Checked, errors::PlimsollError, legs::load_mut, state::MarginAccount, token};

/// Refuses an account into which keepers of this exchange cannot be paid. Whether a token account is of the quote token
/// is seen when it is paid.
pub fn require_payable(view: &AccountView, exchange: &Address) -> Result<()> {
    if !view.owned_by(&crate::ID) {
        require!(token::is_payable(view), PlimsollError::WrongReward);
        return Ok(());
    }
    let account = Account::<MarginAccount>::load(*view)?;
    require!(account.exchange == *exchange, PlimsollError::WrongExchange);
    Ok(())
}

/// Whether it is still an account of a kind that can be paid: one of the program must be a margin account of this exchange.
/// Whoever closed a token account can have its address made any account of the program.
pub fn is_ours_if_any(view: &AccountView, exchange: &Address) -> bool {
    !view.owned_by(&crate::ID)
        || Account::<MarginAccount>::load(*view).is_ok_and(|account| account.exchange == *exchange)
}

/// Adds `amount` to the cash of a margin account of the same exchange.
pub fn credit(view: &AccountView, exchange: &Address, amount: Atoms) -> Result<()> {
    let mut account = load_mut::<MarginAccount>(*view)?;
    require!(account.exchange == *exchange, PlimsollError::WrongExchange);
    account.cash = account.cash.plus(amount).checked()?;
    Ok(())
}
