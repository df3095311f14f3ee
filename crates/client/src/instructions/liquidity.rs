//! Liquidity providers, stakers and the insurance vault.

use solana_instruction::AccountMeta;

use super::{Build, encode, read, read_signer, write};
use crate::wire::Address;

/// Provides liquidity to a market.
#[derive(Clone, Debug)]
pub struct LpDeposit {
    /// Owner of the shares and of the tokens.
    pub owner: Address,
    /// The exchange.
    pub exchange: Address,
    /// The market.
    pub market: Address,
    /// The shares.
    pub shares: Address,
    /// Token account that pays.
    pub source: Address,
    /// The vault.
    pub vault: Address,
    /// Mint of the quote token.
    pub quote_mint: Address,
    /// Its token program.
    pub token_program: Address,
    /// In atoms.
    pub amount: u64,
}

impl Build for LpDeposit {
    const NAME: &'static str = "lp_deposit";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![
            read_signer(self.owner),
            write(self.exchange),
            write(self.market),
            write(self.shares),
            write(self.source),
            write(self.vault),
            read(self.quote_mint),
            read(self.token_program),
        ]
    }

    fn data(&self) -> Vec<u8> {
        encode(4, &self.amount)
    }
}

/// Puts money into the insurance fund.
#[derive(Clone, Debug)]
pub struct Stake {
    /// Owner of the shares and of the tokens.
    pub owner: Address,
    /// The exchange.
    pub exchange: Address,
    /// The fund.
    pub fund: Address,
    /// The shares.
    pub shares: Address,
    /// Token account that pays.
    pub source: Address,
    /// The fund's vault.
    pub insurance_vault: Address,
    /// Mint of the quote token.
    pub quote_mint: Address,
    /// Its token program.
    pub token_program: Address,
    /// In atoms.
    pub amount: u64,
}

impl Build for Stake {
    const NAME: &'static str = "stake";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![
            read_signer(self.owner),
            read(self.exchange),
            write(self.fund),
            write(self.shares),
            write(self.source),
            write(self.insurance_vault),
            read(self.quote_mint),
            read(self.token_program),
        ]
    }

    fn data(&self) -> Vec<u8> {
        encode(5, &self.amount)
    }
}

/// Sends a market's deficit down the waterfall.
#[derive(Clone, Debug)]
pub struct DrawInsurance {
    /// The exchange.
    pub exchange: Address,
    /// The fund.
    pub fund: Address,
    /// The market.
    pub market: Address,
    /// The fund's vault.
    pub insurance_vault: Address,
    /// The vault.
    pub vault: Address,
    /// Mint of the quote token.
    pub quote_mint: Address,
    /// Its token program.
    pub token_program: Address,
}

impl Build for DrawInsurance {
    const NAME: &'static str = "draw_insurance";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![
            write(self.exchange),
            write(self.fund),
            write(self.market),
            write(self.insurance_vault),
            write(self.vault),
            read(self.quote_mint),
            read(self.token_program),
        ]
    }

    fn data(&self) -> Vec<u8> {
        encode(16, &())
    }
}

/// Moves a market's liquidation fees into the insurance vault.
#[derive(Clone, Debug)]
pub struct SweepFees {
    /// The exchange.
    pub exchange: Address,
    /// The fund.
    pub fund: Address,
    /// The market.
    pub market: Address,
    /// The vault.
    pub vault: Address,
    /// The fund's vault.
    pub insurance_vault: Address,
    /// Mint of the quote token.
    pub quote_mint: Address,
    /// Its token program.
    pub token_program: Address,
}

impl Build for SweepFees {
    const NAME: &'static str = "sweep_fees";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![
            write(self.exchange),
            write(self.fund),
            write(self.market),
            write(self.vault),
            write(self.insurance_vault),
            read(self.quote_mint),
            read(self.token_program),
        ]
    }

    fn data(&self) -> Vec<u8> {
        encode(17, &())
    }
}

/// Collects what a market owes for the profit of bankrupt accounts into the insurance vault.
#[derive(Clone, Debug)]
pub struct CollectClaim {
    /// The exchange.
    pub exchange: Address,
    /// The fund.
    pub fund: Address,
    /// The market.
    pub market: Address,
    /// The vault.
    pub vault: Address,
    /// The fund's vault.
    pub insurance_vault: Address,
    /// Mint of the quote token.
    pub quote_mint: Address,
    /// Its token program.
    pub token_program: Address,
}

impl Build for CollectClaim {
    const NAME: &'static str = "collect_claim";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![
            write(self.exchange),
            write(self.fund),
            write(self.market),
            write(self.vault),
            write(self.insurance_vault),
            read(self.quote_mint),
            read(self.token_program),
        ]
    }

    fn data(&self) -> Vec<u8> {
        encode(23, &())
    }
}

/// Gives what strangers sent to the vaults to the insurance stakers.
#[derive(Clone, Debug)]
pub struct SweepExcess {
    /// The exchange.
    pub exchange: Address,
    /// The fund.
    pub fund: Address,
    /// The vault.
    pub vault: Address,
    /// The fund's vault.
    pub insurance_vault: Address,
    /// Mint of the quote token.
    pub quote_mint: Address,
    /// Its token program.
    pub token_program: Address,
}

impl Build for SweepExcess {
    const NAME: &'static str = "sweep_excess";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![
            read(self.exchange),
            write(self.fund),
            write(self.vault),
            write(self.insurance_vault),
            read(self.quote_mint),
            read(self.token_program),
        ]
    }

    fn data(&self) -> Vec<u8> {
        encode(24, &())
    }
}
