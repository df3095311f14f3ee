//! The quote token, by the real token program.

use plimsoll_client::Address;
use solana_instruction::Instruction;
use solana_program_pack::Pack;
use spl_associated_token_account_interface::{
    address::get_associated_token_address_with_program_id, instruction::create_associated_token_account_idempotent,
};
use spl_token_interface::state::Mint;

use crate::error::LocalnetError;

/// The token program.
pub const PROGRAM: Address = spl_token_interface::ID;
/// Decimals of the quote token.
pub const DECIMALS: u8 = 6;
/// Compute units that creating an associated account takes at most, and minting.
pub const CREATE_UNITS: u32 = 40_000;
pub const MINT_UNITS: u32 = 10_000;
/// What a plain transfer of lamports, or the creation of an account, takes at most.
pub const SYSTEM_UNITS: u32 = 1_000;

/// The token account that a wallet has for a mint.
pub fn account_of(wallet: &Address, mint: &Address) -> Address {
    get_associated_token_address_with_program_id(wallet, mint, &PROGRAM)
}

/// Creates a wallet's token account if it is not there.
pub fn create(payer: &Address, wallet: &Address, mint: &Address) -> Instruction {
    create_associated_token_account_idempotent(payer, wallet, mint, &PROGRAM)
}

/// Creates the mint.
pub fn create_mint(
    payer: &Address,
    mint: &Address,
    authority: &Address,
    rent: u64,
) -> Result<[Instruction; 2], LocalnetError> {
    let space = Mint::LEN as u64;
    let account = solana_system_interface::instruction::create_account(payer, mint, rent, space, &PROGRAM);
    let begin = spl_token_interface::instruction::initialize_mint2(&PROGRAM, mint, authority, None, DECIMALS);
    Ok([account, begin.map_err(|error| LocalnetError::Deploy(error.to_string()))?])
}

/// Bytes of a mint's account.
pub const MINT_LENGTH: usize = Mint::LEN;

/// Mints into a wallet's token account.
pub fn mint_to(
    mint: &Address,
    wallet: &Address,
    authority: &Address,
    amount: u64,
) -> Result<Instruction, LocalnetError> {
    let account = account_of(wallet, mint);
    let minted = spl_token_interface::instruction::mint_to(&PROGRAM, mint, &account, authority, &[], amount);
    minted.map_err(|error| LocalnetError::Deploy(error.to_string()))
}
