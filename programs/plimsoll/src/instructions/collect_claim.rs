use anchor_lang::prelude::*;
use anchor_spl::token_interface::TokenInterface;

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::ClaimCollected,
    funding::accrue,
    state::{Exchange, InsuranceFund, Market},
    token::Vault,
};

/// Collects what a market's treasury owes for the profit of bankrupt accounts, as far as it has cash, into the market's own
/// part of the insurance vault. Anyone may.
#[derive(Accounts)]
pub struct CollectClaim {
    #[account(mut)]
    pub exchange: Account<Exchange>,
    #[account(mut, constraint(fund.exchange == *exchange.address() @ PlimsollError::WrongExchange))]
    pub fund: Account<InsuranceFund>,
    #[account(mut, constraint(market.exchange == *exchange.address() @ PlimsollError::WrongExchange))]
    pub market: Account<Market>,
    /// CHECK: the address says what it is.
    #[account(mut, address = exchange.vault @ PlimsollError::WrongVault)]
    pub vault: UncheckedAccount,
    /// CHECK: the address says what it is.
    #[account(mut, address = fund.vault @ PlimsollError::WrongVault)]
    pub insurance_vault: UncheckedAccount,
    /// CHECK: the address says what it is.
    #[account(address = exchange.quote_mint @ PlimsollError::WrongMint)]
    pub quote_mint: UncheckedAccount,
    #[account(constraint(*token_program.address() == exchange.token_program @ PlimsollError::WrongTokenProgram))]
    pub token_program: Interface<'static, TokenInterface>,
}

impl CollectClaim {
    pub fn handle(&mut self) -> Result<()> {
        let now = Clock::get()?.unix_timestamp;
        accrue(&mut self.market, now)?;
        let paid = self.fund.money.collect(&mut self.market.core, now).checked()?;
        self.exchange.accounted = self.exchange.accounted.minus(paid).checked()?;
        self.fund.accounted = self.fund.accounted.plus(paid).checked()?;
        let vault = Vault::of_exchange(&self.vault, self.exchange.address(), self.exchange.vault_bump);
        vault.pay(&self.token_program, &self.quote_mint, self.insurance_vault.account(), paid.0)?;
        let (market, left) = (*self.market.address(), self.market.core.book.insurance_claim.0);
        emit!(ClaimCollected { market, amount: paid.0, left });
        Ok(())
    }
}
