use anchor_lang::{pinocchio::cpi::Signer as CpiSigner, prelude::*};
use anchor_spl::token_interface::TokenInterface;

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::FeesSwept,
    seeds,
    state::{Exchange, InsuranceFund, Market},
    token,
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
        let bump = [self.exchange.vault_bump];
        let seeds = [seeds::VAULT.into(), self.exchange.address().as_ref().into(), bump.as_slice().into()];
        let (program, vault) = (&self.token_program, &self.vault);
        let signer = [CpiSigner::from(&seeds)];
        token::transfer(program, &self.quote_mint, vault, &self.insurance_vault, vault.account(), &signer, fees.0)?;
        emit!(FeesSwept { market: *self.market.address(), amount: fees.0 });
        Ok(())
    }
}
