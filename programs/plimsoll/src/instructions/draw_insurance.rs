use anchor_lang::{pinocchio::cpi::Signer as CpiSigner, prelude::*};
use anchor_spl::token_interface::TokenInterface;

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::DeficitPaid,
    seeds,
    state::{Exchange, InsuranceFund, Market},
    token,
};

/// Sends a market's deficit down the waterfall: insurance pays what it may, providers bear the rest. Anyone may.
#[derive(Accounts)]
pub struct DrawInsurance {
    #[account(mut)]
    pub exchange: Account<Exchange>,
    #[account(mut, constraint(fund.exchange == *exchange.address() @ PlimsollError::WrongExchange))]
    pub fund: Account<InsuranceFund>,
    #[account(mut, constraint(market.exchange == *exchange.address() @ PlimsollError::WrongExchange))]
    pub market: Account<Market>,
    /// CHECK: the address says what it is.
    #[account(mut, address = fund.vault @ PlimsollError::WrongVault)]
    pub insurance_vault: UncheckedAccount,
    /// CHECK: the address says what it is.
    #[account(mut, address = exchange.vault @ PlimsollError::WrongVault)]
    pub vault: UncheckedAccount,
    /// CHECK: the address says what it is.
    #[account(address = exchange.quote_mint @ PlimsollError::WrongMint)]
    pub quote_mint: UncheckedAccount,
    #[account(constraint(*token_program.address() == exchange.token_program @ PlimsollError::WrongTokenProgram))]
    pub token_program: Interface<'static, TokenInterface>,
}

impl DrawInsurance {
    pub fn handle(&mut self) -> Result<()> {
        let now = Clock::get()?.unix_timestamp;
        let draw = self.fund.money.draw(&mut self.market.core, now).checked()?;
        let paid = draw.paid().checked()?;
        self.fund.accounted = self.fund.accounted.minus(paid).checked()?;
        self.exchange.accounted = self.exchange.accounted.plus(paid).checked()?;
        if !paid.is_zero() {
            let bump = [self.fund.vault_bump];
            let seeds =
                [seeds::INSURANCE_VAULT.into(), self.exchange.address().as_ref().into(), bump.as_slice().into()];
            let (program, vault) = (&self.token_program, &self.insurance_vault);
            let signer = [CpiSigner::from(&seeds)];
            token::transfer(program, &self.quote_mint, vault, &self.vault, vault.account(), &signer, paid.0)?;
        }
        emit!(DeficitPaid {
            market: *self.market.address(),
            from_own: draw.own.0,
            from_shared: draw.shared.0,
            by_providers: draw.providers.0,
        });
        Ok(())
    }
}
