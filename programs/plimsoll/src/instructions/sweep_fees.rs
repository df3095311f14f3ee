use anchor_lang::prelude::*;
use anchor_spl::token_interface::TokenInterface;

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::FeesSwept,
    state::{Exchange, InsuranceFund, Market},
    token::Vault,
};

/// Moves a market's accrued liquidation fees into its own part of the insurance vault. Anyone may.
#[derive(Accounts)]
pub struct SweepFees {
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

impl SweepFees {
    pub fn handle(&mut self) -> Result<()> {
        let fees = self.fund.money.sweep(&mut self.market.core).checked()?;
        require!(!fees.is_zero(), PlimsollError::ZeroAmount);
        self.exchange.accounted = self.exchange.accounted.minus(fees).checked()?;
        self.fund.accounted = self.fund.accounted.plus(fees).checked()?;
        let vault = Vault::of_exchange(&self.vault, self.exchange.address(), self.exchange.vault_bump);
        vault.pay(&self.token_program, &self.quote_mint, self.insurance_vault.account(), fees.0)?;
        emit!(FeesSwept { market: *self.market.address(), amount: fees.0 });
        Ok(())
    }
}
