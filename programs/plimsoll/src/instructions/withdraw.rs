use anchor_lang::prelude::*;
use anchor_spl::token_interface::TokenInterface;
use plimsoll_engine::{
    units::Atoms,
    withdraw::{require_allowed, withdraw},
};

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::Withdrawn,
    legs, outflow,
    state::{Exchange, MarginAccount},
    token::Vault,
};

/// Takes free collateral out. The markets of all legs follow, in the order of the legs.
#[derive(Accounts)]
pub struct Withdraw {
    #[account(constraint(*owner.address() == margin.owner @ PlimsollError::NotAuthorised))]
    pub owner: Signer,
    #[account(mut)]
    pub exchange: Account<Exchange>,
    #[account(mut, constraint(margin.exchange == *exchange.address() @ PlimsollError::WrongExchange))]
    pub margin: Account<MarginAccount>,
    /// CHECK: the token program checks the mint.
    #[account(mut)]
    pub destination: UncheckedAccount,
    /// CHECK: the address says what it is.
    #[account(mut, address = exchange.vault @ PlimsollError::WrongVault)]
    pub vault: UncheckedAccount,
    /// CHECK: the address says what it is.
    #[account(address = exchange.quote_mint @ PlimsollError::WrongMint)]
    pub quote_mint: UncheckedAccount,
    #[account(constraint(*token_program.address() == exchange.token_program @ PlimsollError::WrongTokenProgram))]
    pub token_program: Interface<'static, TokenInterface>,
}

impl Withdraw {
    pub fn handle(&mut self, amount: u64, others: &[AccountView]) -> Result<()> {
        let now = Clock::get()?.unix_timestamp;
        let (amount, flagged) = (Atoms(amount), self.margin.is_flagged(now));
        require_allowed(self.margin.cash, amount, flagged).checked()?;
        let initial = legs::initial(&self.margin, None, others, now)?;
        let report = withdraw(&mut self.margin.cash, &initial, amount, flagged).checked()?;
        outflow::withdraw(&mut self.exchange, &mut self.margin.quota, report.amount, now)?;
        let vault = Vault::of_exchange(&self.vault, self.exchange.address(), self.exchange.vault_bump);
        vault.pay(&self.token_program, &self.quote_mint, self.destination.account(), amount.0)?;
        emit!(Withdrawn { account: *self.margin.address(), amount: report.amount.0, cash: report.cash.0 });
        Ok(())
    }
}
