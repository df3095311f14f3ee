use anchor_lang::prelude::*;
use anchor_spl::token_interface::TokenInterface;
use plimsoll_engine::{shares::stake, units::Atoms};

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::SharesIssued,
    state::{Exchange, InsuranceFund, ShareAccount},
    token,
};

/// Puts money into the shared part of the insurance fund.
#[derive(Accounts)]
pub struct Stake {
    #[account(constraint(*owner.address() == shares.owner @ PlimsollError::NotAuthorised))]
    pub owner: Signer,
    pub exchange: Account<Exchange>,
    #[account(mut, constraint(fund.exchange == *exchange.address() @ PlimsollError::WrongExchange))]
    pub fund: Account<InsuranceFund>,
    #[account(mut, constraint(shares.pool == *fund.address() @ PlimsollError::WrongPool))]
    pub shares: Account<ShareAccount>,
    /// CHECK: the token program checks mint and owner.
    #[account(mut)]
    pub source: UncheckedAccount,
    /// CHECK: the address says what it is.
    #[account(mut, address = fund.vault @ PlimsollError::WrongVault)]
    pub insurance_vault: UncheckedAccount,
    /// CHECK: the address says what it is.
    #[account(address = exchange.quote_mint @ PlimsollError::WrongMint)]
    pub quote_mint: UncheckedAccount,
    #[account(constraint(*token_program.address() == exchange.token_program @ PlimsollError::WrongTokenProgram))]
    pub token_program: Interface<'static, TokenInterface>,
}

impl Stake {
    pub fn handle(&mut self, amount: u64) -> Result<()> {
        let issued = stake(&mut self.fund.money, Atoms(amount)).checked()?;
        self.shares.catch_up(&self.fund.money);
        self.shares.shares = self.shares.shares.checked_add(issued.shares).ok_or(PlimsollError::Overflow)?;
        self.fund.accounted = self.fund.accounted.plus(Atoms(amount)).checked()?;
        let (program, owner) = (&self.token_program, self.owner.account());
        token::transfer(program, &self.quote_mint, &self.source, self.insurance_vault.account(), owner, &[], amount)?;
        emit!(SharesIssued {
            pool: *self.fund.address(),
            owner: *self.owner.address(),
            amount,
            shares: issued.shares,
            value_before: issued.value.0,
        });
        Ok(())
    }
}
