use anchor_lang::prelude::*;
use anchor_spl::token_interface::TokenInterface;
use plimsoll_engine::units::Atoms;

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::ExcessSwept,
    state::{Exchange, InsuranceFund},
    token::{Vault, balance},
};

/// Gives what strangers sent to the exchange's vault or to the insurance vault to the insurance stakers. Anyone may.
#[derive(Accounts)]
pub struct SweepExcess {
    pub exchange: Account<Exchange>,
    #[account(mut, constraint(fund.exchange == *exchange.address() @ PlimsollError::WrongExchange))]
    pub fund: Account<InsuranceFund>,
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

impl SweepExcess {
    pub fn handle(&mut self) -> Result<()> {
        let foreign = Atoms(balance(&self.vault)?).minus(self.exchange.accounted).checked()?;
        let own = Atoms(balance(&self.insurance_vault)?).minus(self.fund.accounted).checked()?;
        let both = foreign.plus(own).checked()?;
        require!(!both.is_zero(), PlimsollError::ZeroAmount);
        self.fund.money.receive(both).checked()?;
        self.fund.accounted = self.fund.accounted.plus(both).checked()?;
        if !foreign.is_zero() {
            let vault = Vault::of_exchange(&self.vault, self.exchange.address(), self.exchange.vault_bump);
            vault.pay(&self.token_program, &self.quote_mint, self.insurance_vault.account(), foreign.0)?;
        }
        let exchange = *self.exchange.address();
        emit!(ExcessSwept { exchange, from_vault: foreign.0, from_insurance_vault: own.0 });
        Ok(())
    }
}
