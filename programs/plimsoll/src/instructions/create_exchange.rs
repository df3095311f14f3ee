use anchor_lang::{pinocchio::cpi::Signer as CpiSigner, prelude::*};
use anchor_spl::token_interface::{Mint, TokenInterface};

use crate::{
    events::ExchangeCreated,
    seeds,
    state::{Exchange, TIMELOCK},
    token::{create_vault, require_supported},
};

/// Creates an exchange and its vault. Anyone may; the signer becomes its admin.
#[derive(Accounts)]
#[instruction(id: u32)]
pub struct CreateExchange {
    #[account(mut)]
    pub admin: Signer,
    #[account(init, payer = admin, seeds = [seeds::EXCHANGE, id.to_le_bytes()], bump)]
    pub exchange: Account<Exchange>,
    pub quote_mint: InterfaceAccount<Mint>,
    /// CHECK: created here, at an address derived from the exchange.
    #[account(mut, seeds = [seeds::VAULT, exchange], bump)]
    pub vault: UncheckedAccount,
    pub token_program: Interface<'static, TokenInterface>,
    pub system_program: Program<System>,
}

impl CreateExchange {
    pub fn validate(&self) -> Result<()> {
        require_supported(&self.quote_mint)
    }

    pub fn handle(&mut self, bumps: &CreateExchangeBumps, id: u32, guardian: Address) -> Result<()> {
        self.validate()?;
        let bump = [bumps.vault];
        let seeds = [seeds::VAULT.into(), self.exchange.address().as_ref().into(), bump.as_slice().into()];
        let signer = [CpiSigner::from(&seeds)];
        let (program, mint, admin) = (&self.token_program, self.quote_mint.account(), self.admin.account());
        create_vault(program, mint, &self.vault, admin, &signer)?;
        let exchange = &mut self.exchange;
        exchange.admin = *self.admin.address();
        exchange.guardian = guardian;
        exchange.quote_mint = *self.quote_mint.address();
        exchange.token_program = *self.token_program.address();
        exchange.vault = *self.vault.address();
        exchange.id = id;
        exchange.timelock = *TIMELOCK.start();
        exchange.created_at = Clock::get()?.unix_timestamp;
        exchange.bump = bumps.exchange;
        exchange.vault_bump = bumps.vault;
        emit!(ExchangeCreated {
            exchange: *exchange.address(),
            admin: exchange.admin,
            guardian,
            quote_mint: exchange.quote_mint,
        });
        Ok(())
    }
}
