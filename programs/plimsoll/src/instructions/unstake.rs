use anchor_lang::prelude::*;
use anchor_spl::token_interface::TokenInterface;
use plimsoll_engine::exit::unstake;

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::SharesRedeemed,
    losses::require_none_known,
    state::{Exchange, InsuranceFund, ShareAccount},
    token::Vault,
};

/// Pays shares of a request out of the shared part of the insurance fund, unless a loss is known. All markets of the
/// exchange follow in the order of their indices, each with its queue.
#[derive(Accounts)]
pub struct Unstake {
    #[account(constraint(*owner.address() == shares.owner @ PlimsollError::NotAuthorised))]
    pub owner: Signer,
    pub exchange: Account<Exchange>,
    #[account(mut, constraint(fund.exchange == *exchange.address() @ PlimsollError::WrongExchange))]
    pub fund: Account<InsuranceFund>,
    #[account(mut, constraint(shares.pool == *fund.address() @ PlimsollError::WrongPool))]
    pub shares: Account<ShareAccount>,
    /// CHECK: the token program checks the mint.
    #[account(mut)]
    pub destination: UncheckedAccount,
    /// CHECK: the address says what it is.
    #[account(mut, address = fund.vault @ PlimsollError::WrongVault)]
    pub insurance_vault: UncheckedAccount,
    /// CHECK: the address says what it is.
    #[account(address = exchange.quote_mint @ PlimsollError::WrongMint)]
    pub quote_mint: UncheckedAccount,
    #[account(constraint(*token_program.address() == exchange.token_program @ PlimsollError::WrongTokenProgram))]
    pub token_program: Interface<'static, TokenInterface>,
}

impl Unstake {
    pub fn handle(&mut self, amount: u64, markets: &[AccountView]) -> Result<()> {
        let now = Clock::get()?.unix_timestamp;
        require_none_known(&self.exchange, markets, now)?;
        self.shares.catch_up(&self.fund.money);
        let (holding, money) = (&mut *self.shares, &mut self.fund.money);
        let done = unstake(&mut holding.exit, &mut holding.shares, money, amount, false, now).checked()?;
        self.fund.accounted = self.fund.accounted.minus(done.paid).checked()?;
        let vault = Vault::of_insurance(&self.insurance_vault, self.exchange.address(), self.fund.vault_bump);
        vault.pay(&self.token_program, &self.quote_mint, self.destination.account(), done.paid.0)?;
        emit!(SharesRedeemed {
            pool: *self.fund.address(),
            owner: *self.owner.address(),
            shares: done.shares,
            paid: done.paid.0,
            at_request: done.at_request.0,
            at_exit: done.at_exit.0,
            value_before: done.value.0,
        });
        Ok(())
    }
}
