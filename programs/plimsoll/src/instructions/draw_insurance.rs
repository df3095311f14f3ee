use anchor_lang::prelude::*;
use anchor_spl::token_interface::TokenInterface;

use crate::{
    breaking::log_breakers,
    checked::Checked,
    errors::PlimsollError,
    events::DeficitPaid,
    state::{Exchange, InsuranceFund, Market},
    token::Vault,
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
            let vault = Vault::of_insurance(&self.insurance_vault, self.exchange.address(), self.fund.vault_bump);
            vault.pay(&self.token_program, &self.quote_mint, self.vault.account(), paid.0)?;
        }
        emit!(DeficitPaid {
            market: *self.market.address(),
            from_own: draw.own.0,
            from_shared: draw.shared.0,
            by_providers: draw.providers.0,
        });
        let tripped = self.market.core.breakers.tripped;
        self.market.core.look_insurance(self.fund.money.shared, now);
        log_breakers(&self.market, tripped);
        Ok(())
    }
}
