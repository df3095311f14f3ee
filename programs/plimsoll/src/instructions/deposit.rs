use anchor_lang::prelude::*;
use anchor_spl::token_interface::TokenInterface;
use plimsoll_engine::units::Atoms;

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::Deposited,
    state::{Exchange, MarginAccount},
    token,
};

/// Adds collateral to a margin account. Anyone may, always: more collateral hurts nobody.
#[derive(Accounts)]
pub struct Deposit {
    pub authority: Signer,
    #[account(mut)]
    pub exchange: Account<Exchange>,
    #[account(mut, constraint(margin.exchange == *exchange.address() @ PlimsollError::WrongExchange))]
    pub margin: Account<MarginAccount>,
    /// CHECK: the token program checks mint and owner.
    #[account(mut)]
    pub source: UncheckedAccount,
    /// CHECK: the address says what it is.
    #[account(mut, address = exchange.vault @ PlimsollError::WrongVault)]
    pub vault: UncheckedAccount,
    /// CHECK: the address says what it is.
    #[account(address = exchange.quote_mint @ PlimsollError::WrongMint)]
    pub quote_mint: UncheckedAccount,
    #[account(constraint(*token_program.address() == exchange.token_program @ PlimsollError::WrongTokenProgram))]
    pub token_program: Interface<'static, TokenInterface>,
}

impl Deposit {
    pub fn validate(&self, amount: u64) -> Result<()> {
        require!(amount > 0, PlimsollError::ZeroAmount);
        Ok(())
    }

    pub fn handle(&mut self, amount: u64) -> Result<()> {
        self.validate(amount)?;
        let (program, authority) = (&self.token_program, self.authority.account());
        token::transfer(program, &self.quote_mint, &self.source, self.vault.account(), authority, &[], amount)?;
        let (now, total) = (Clock::get()?.unix_timestamp, self.exchange.accounted);
        self.exchange.limiter.receive(&mut self.margin.quota, Atoms(amount), total, now).checked()?;
        self.exchange.accounted = total.plus(Atoms(amount)).checked()?;
        self.margin.cash = self.margin.cash.plus(Atoms(amount)).checked()?;
        emit!(Deposited { account: *self.margin.address(), amount, cash: self.margin.cash.0 });
        Ok(())
    }
}
