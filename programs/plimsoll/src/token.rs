//! SPL Token, classic and Token-2022: which mints are taken, and one transfer for both.

use anchor_lang::{pinocchio::cpi::Signer as CpiSigner, prelude::*};
use anchor_spl::token_interface::{Mint, TokenInterface};
use pinocchio_system::create_account_with_minimum_balance_signed;
use pinocchio_token_2022::instructions::{InitializeAccount3, TransferChecked};

use crate::{errors::PlimsollError, seeds};

/// Decimals of the quote token: an atom is one unit of it.
const DECIMALS: u8 = 6;
/// Length of a token account: supported mints need no extension in it.
const VAULT_LEN: usize = 165;
/// Where a token account keeps its authority, after the mint.
const AUTHORITY: usize = 32;
/// Where it keeps its balance.
const AMOUNT: usize = 64;
/// Where it keeps its state.
const STATE: usize = 108;
/// Initialised and not frozen.
const INITIALIZED: u8 = 1;
/// What follows in an associated account of Token-2022: the kind of account, and an owner that does not change.
const IMMUTABLE_OWNER: &[u8] = &[2, 7, 0, 0, 0];
/// Length of a mint without extensions.
const MINT_LEN: usize = 82;
/// Where a mint with extensions says that it is one; entries follow.
const ACCOUNT_TYPE: usize = 165;
/// The byte there.
const IS_MINT: u8 = 1;
/// Extensions that cannot move, withhold or freeze what the vault holds: metadata pointer, metadata, group pointer,
/// group, member pointer, member.
const HARMLESS: [u16; 6] = [18, 19, 20, 21, 22, 23];

/// Refuses a mint whose transfers can cost something, call something or be reversed.
pub fn require_supported(mint: &InterfaceAccount<Mint>) -> Result<()> {
    require!(mint.decimals() == DECIMALS, PlimsollError::UnsupportedMint);
    let data = mint.account().try_borrow()?;
    let supported =
        data.len() <= MINT_LEN || extensions(&data).is_some_and(|mut all| all.all(|e| HARMLESS.contains(&e)));
    require!(supported, PlimsollError::UnsupportedMint);
    Ok(())
}

/// The extension types of a mint; `None` when the data is not a mint with extensions.
fn extensions(data: &[u8]) -> Option<impl Iterator<Item = u16> + '_> {
    let mut rest = data.get(ACCOUNT_TYPE..)?.split_first().filter(|(kind, _)| **kind == IS_MINT)?.1;
    Some(core::iter::from_fn(move || {
        let (head, tail) = rest.split_first_chunk::<4>()?;
        let [kind_low, kind_high, length_low, length_high] = *head;
        let kind = u16::from_le_bytes([kind_low, kind_high]);
        rest = tail.get(usize::from(u16::from_le_bytes([length_low, length_high]))..).unwrap_or_default();
        (kind != 0).then_some(kind)
    }))
}

/// Creates a token account that is its own authority, at an address that `signers` hold the seeds of.
pub fn create_vault(
    program: &Interface<'static, TokenInterface>,
    mint: &AccountView,
    vault: &UncheckedAccount,
    payer: &AccountView,
    signers: &[CpiSigner],
) -> Result<()> {
    let mut account = *vault.account();
    // Works on an address that strangers sent lamports to, too.
    let (owner, token_program) = (vault.address(), program.address());
    create_account_with_minimum_balance_signed(&mut account, VAULT_LEN, token_program, payer, None, signers)?;
    InitializeAccount3 { account: &account, mint, owner, token_program }.invoke()
}

/// Moves the quote token. `signers` hold the seeds of a vault that pays, which is its own authority; empty when a user
/// signs. The token program checks mint, owner and balance; which accounts these are, the instruction's constraints.
///
/// Not Anchor's own call: it looks for aliases among all accounts, for thousands of compute units. Here no account of
/// the transfer is held by a typed wrapper, and the runtime checks the rest.
#[inline(never)]
pub fn transfer(
    program: &Interface<'static, TokenInterface>,
    mint: &UncheckedAccount,
    from: &UncheckedAccount,
    to: &AccountView,
    authority: &AccountView,
    signers: &[CpiSigner],
    amount: u64,
) -> Result<()> {
    TransferChecked {
        from: from.account(),
        mint: mint.account(),
        to,
        authority,
        amount,
        decimals: DECIMALS,
        token_program: program.address(),
    }
    .invoke_signed(signers)
}

/// A vault that pays: a token account that is its own authority.
pub struct Vault<'a> {
    account: &'a UncheckedAccount,
    seed: &'static [u8],
    exchange: &'a Address,
    bump: u8,
}

impl<'a> Vault<'a> {
    /// The vault of all collateral.
    pub fn of_exchange(account: &'a UncheckedAccount, exchange: &'a Address, bump: u8) -> Self {
        Self { account, seed: seeds::VAULT, exchange, bump }
    }

    /// The vault of the insurance fund.
    pub fn of_insurance(account: &'a UncheckedAccount, exchange: &'a Address, bump: u8) -> Self {
        Self { account, seed: seeds::INSURANCE_VAULT, exchange, bump }
    }

    /// Pays.
    #[inline(never)]
    pub fn pay(
        &self,
        program: &Interface<'static, TokenInterface>,
        mint: &UncheckedAccount,
        to: &AccountView,
        amount: u64,
    ) -> Result<()> {
        let bump = [self.bump];
        let seeds = [self.seed.into(), self.exchange.as_ref().into(), bump.as_slice().into()];
        let signer = [CpiSigner::from(&seeds)];
        transfer(program, mint, self.account, to, self.account.account(), &signer, amount)
    }
}

/// Whether an account is a token account that can be paid whatever its owner wishes: initialised and not frozen, without
/// an extension that could refuse, and no vault, which is its own authority.
#[inline(never)]
pub fn is_payable(view: &AccountView) -> bool {
    let Ok(data) = view.try_borrow() else { return false };
    let known = TokenInterface::ids().iter().any(|program| view.owned_by(program));
    let plain = matches!(data.get(VAULT_LEN..), Some([] | IMMUTABLE_OWNER));
    let own = data.get(AUTHORITY..AMOUNT) == Some(view.address().as_ref());
    known && plain && !own && data.get(STATE) == Some(&INITIALIZED)
}

/// Whether a token account is of this mint.
pub fn is_of(view: &AccountView, mint: &Address) -> bool {
    view.try_borrow().is_ok_and(|data| data.get(..AUTHORITY) == Some(mint.as_ref()))
}

/// What a token account holds. Both token programs store it at the same place.
pub fn balance(account: &UncheckedAccount) -> Result<u64> {
    let data = account.account().try_borrow()?;
    let amount = data.get(AMOUNT..).and_then(|rest| rest.first_chunk::<8>());
    Ok(u64::from_le_bytes(*amount.ok_or(ProgramError::InvalidAccountData)?))
}
