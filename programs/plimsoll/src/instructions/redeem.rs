use anchor_lang::prelude::*;
use anchor_spl::token_interface::TokenInterface;
use plimsoll_engine::exit::redeem;

use crate::{
    checked::Checked,
    errors::PlimsollError,
    events::SharesRedeemed,
    funding::accrue,
    outflow,
    state::{Exchange, LiquidationQueue, Market, ShareAccount},
    token::Vault,
};

/// Pays shares of a request out of a market's treasury, unless an account waits in the market's queue: its loss is not in
/// net asset value yet.
#[derive(Accounts)]
pub struct Redeem {
    #[account(constraint(*owner.address() == shares.owner @ PlimsollError::NotAuthorised))]
    pub owner: Signer,
    #[account(mut)]
    pub exchange: Account<Exchange>,
    #[account(mut, constraint(market.exchange == *exchange.address() @ PlimsollError::WrongExchange))]
    pub market: Account<Market>,
    #[account(address = market.queue @ PlimsollError::WrongQueue)]
    pub queue: Account<LiquidationQueue>,
    #[account(mut, constraint(shares.pool == *market.address() @ PlimsollError::WrongPool))]
    pub shares: Account<ShareAccount>,
    /// CHECK: the token program checks the mint.
    #[account(mut)]
    pub destination: UncheckedAccount,
    /// CHECK: the address says what it is.
    #[account(mut, address = exchange.vault @ PlimsollError::WrongVault)]
    pub vault: UncheckedAccount,
    /// CHECK: the address says what it is.
    #[account(address = exchange.quote_mint @ PlimsollError::WrongMint)]
    pub quote_mint: UncheckedAccount,
    #[account(constraint(*token_program.address() == exchange.token_program @ PlimsollError::WrongTokenProgram))]
    pub token_program: Interface<'static, TokenInterface>,
}

impl Redeem {
    pub fn handle(&mut self, amount: u64) -> Result<()> {
        let now = Clock::get()?.unix_timestamp;
        accrue(&mut self.market, now)?;
        let queued = self.queue.queue.any_live(self.market.core.risk.entry_ttl, now);
        let (holding, core) = (&mut *self.shares, &mut self.market.core);
        let done = redeem(&mut holding.exit, &mut holding.shares, core, amount, queued, now).checked()?;
        outflow::pay_for_shares(&mut self.exchange, done.paid, now)?;
        let vault = Vault::of_exchange(&self.vault, self.exchange.address(), self.exchange.vault_bump);
        vault.pay(&self.token_program, &self.quote_mint, self.destination.account(), done.paid.0)?;
        emit!(SharesRedeemed {
            pool: *self.market.address(),
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
