use anchor_lang::{pinocchio::cpi::Signer as CpiSigner, prelude::*};
use anchor_spl::token_interface::{Mint, TokenInterface};

use crate::{
    errors::PlimsollError,
    events::InsuranceFundCreated,
    seeds,
    state::{Exchange, InsuranceFund},
    token::create_vault,
};

/// Creates the insurance fund of an exchange and its own vault. Anyone may pay for it: there is one per exchange.
#[derive(Accounts)]
pub struct CreateInsuranceFund {
    #[account(mut)]
    pub payer: Signer,
    pub exchange: Account<Exchange>,
    #[account(init, payer = payer, seeds = [seeds::INSURANCE, exchange], bump)]
    pub fund: Account<InsuranceFund>,
    #[account(address = exchange.quote_mint @ PlimsollError::WrongMint)]
    pub quote_mint: InterfaceAccount<Mint>,
    /// CHECK: created here, at an address derived from the exchange.
    #[account(mut, seeds = [seeds::INSURANCE_VAULT, exchange], bump)]
    pub insurance_vault: UncheckedAccount,
    pub token_program: Interface<'static, TokenInterface>,
    pub system_program: Program<System>,
}

impl CreateInsuranceFund {
    pub fn handle(&mut self, bumps: &CreateInsuranceFundBumps) -> Result<()> {
        let bump = [bumps.insurance_vault];
        let seeds = [seeds::INSURANCE_VAULT.into(), self.exchange.address().as_ref().into(), bump.as_slice().into()];
        let signer = [CpiSigner::from(&seeds)];
        let (program, mint, payer) = (&self.token_program, self.quote_mint.account(), self.payer.account());
        create_vault(program, mint, &self.insurance_vault, payer, &signer)?;
        let fund = &mut self.fund;
        fund.exchange = *self.exchange.address();
        fund.vault = *self.insurance_vault.address();
        fund.bump = bumps.fund;
        fund.vault_bump = bumps.insurance_vault;
        emit!(InsuranceFundCreated { exchange: fund.exchange, fund: *fund.address() });
        Ok(())
    }
}
