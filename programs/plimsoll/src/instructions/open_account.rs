use anchor_lang::prelude::*;

use crate::{
    events::AccountOpened,
    seeds,
    state::{Exchange, MarginAccount},
};

/// Opens a margin account. An owner may have many, by index.
#[derive(Accounts)]
#[instruction(index: u16)]
pub struct OpenAccount {
    #[account(mut)]
    pub owner: Signer,
    pub exchange: Account<Exchange>,
    #[account(init, payer = owner, seeds = [seeds::MARGIN, exchange, owner, index.to_le_bytes()], bump)]
    pub margin: Account<MarginAccount>,
    pub system_program: Program<System>,
}

impl OpenAccount {
    pub fn handle(&mut self, bumps: &OpenAccountBumps, index: u16) -> Result<()> {
        let margin = &mut self.margin;
        margin.exchange = *self.exchange.address();
        margin.owner = *self.owner.address();
        margin.index = index;
        margin.bump = bumps.margin;
        emit!(AccountOpened { exchange: margin.exchange, account: *margin.address(), owner: margin.owner, index });
        Ok(())
    }
}
