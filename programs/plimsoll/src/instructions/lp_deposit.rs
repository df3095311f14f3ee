use anchor_lang::prelude::*;
use anchor_spl::token_interface::TokenInterface;
use plimsoll_engine::{shares::provide, units::Atoms};

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::SharesIssued,
    funding::accrue,
    state::{Exchange, Market, ShareAccount},
    token,
};

/// Provides liquidity to a market at its net asset value.
#[derive(Accounts)]
pub struct LpDeposit {
    #[account(constraint(*owner.address() == shares.owner @ PlimsollError::NotAuthorised))]
    pub owner: Signer,
    #[account(mut)]
    pub exchange: Account<Exchange>,
    #[account(mut, constraint(market.exchange == *exchange.address() @ PlimsollError::WrongExchange))]
    pub market: Account<Market>,
    #[account(mut, constraint(shares.pool == *market.address() @ PlimsollError::WrongPool))]
    pub shares: Account<ShareAccount>,
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

impl LpDeposit {
    pub fn handle(&mut self, amount: u64) -> Result<()> {
        let now = Clock::get()?.unix_timestamp;
        accrue(&mut self.market, now)?;
        let issued = provide(&mut self.market.core, Atoms(amount), now).checked()?;
        self.shares.shares = self.shares.shares.checked_add(issued.shares).ok_or(PlimsollError::Overflow)?;
        let total = self.exchange.accounted;
        self.exchange.limiter.receive_for_shares(Atoms(amount), total, now);
        self.exchange.accounted = total.plus(Atoms(amount)).checked()?;
        let (program, owner) = (&self.token_program, self.owner.account());
        token::transfer(program, &self.quote_mint, &self.source, self.vault.account(), owner, &[], amount)?;
        emit!(SharesIssued {
            pool: *self.market.address(),
            owner: *self.owner.address(),
            amount,
            shares: issued.shares,
            value_before: issued.value.0,
        });
        Ok(())
    }
}
