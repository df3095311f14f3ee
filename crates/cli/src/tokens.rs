//! The quote token in wallets: associated token accounts, and what they hold.

use plimsoll_client::Address;
use solana_instruction::Instruction;
use spl_associated_token_account_interface::{
    address::get_associated_token_address_with_program_id, instruction::create_associated_token_account_idempotent,
};

use crate::{failure::Failure, session::Session};

/// Compute units that creating a token account takes at most: its program finds the address by trial.
pub const CREATE_UNITS: u32 = 60_000;
/// Where a token account's amount stands, in both token programs.
const AMOUNT: core::ops::Range<usize> = 64..72;

/// An owner's account of a token.
pub fn associated(owner: &Address, mint: &Address, token_program: &Address) -> Address {
    get_associated_token_address_with_program_id(owner, mint, token_program)
}

/// Creates it where it does not exist.
pub fn create(payer: &Address, owner: &Address, mint: &Address, token_program: &Address) -> Instruction {
    create_associated_token_account_idempotent(payer, owner, mint, token_program)
}

/// What an account of a token holds; nothing where there is none.
pub async fn balance(session: &Session, account: &Address) -> Result<Option<u64>, Failure> {
    let Some(found) = session.rpc.raw(account).await? else { return Ok(None) };
    let amount = found.data.get(AMOUNT).and_then(|bytes| bytes.try_into().ok());
    amount
        .map(|bytes| Some(u64::from_le_bytes(bytes)))
        .ok_or_else(|| Failure::not_found(format!("{account} is no token account")))
}
