//! Collateral and orders.

use solana_instruction::AccountMeta;

use super::{Build, encode, read, read_signer, readable, write, write_optional};
use crate::wire::Address;

/// Adds collateral to a margin account.
#[derive(Clone, Debug)]
pub struct Deposit {
    /// Authority over the tokens.
    pub authority: Address,
    /// The exchange.
    pub exchange: Address,
    /// The margin account.
    pub margin: Address,
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

impl Build for Deposit {
    const NAME: &'static str = "deposit";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![
            read_signer(self.authority),
            write(self.exchange),
            write(self.margin),
            write(self.source),
            write(self.vault),
            read(self.quote_mint),
            read(self.token_program),
        ]
    }

    fn data(&self) -> Vec<u8> {
        encode(7, &self.amount)
    }
}

/// Takes free collateral out.
#[derive(Clone, Debug)]
pub struct Withdraw {
    /// Owner of the margin account.
    pub owner: Address,
    /// The exchange.
    pub exchange: Address,
    /// The margin account.
    pub margin: Address,
    /// Token account that is paid.
    pub destination: Address,
    /// The vault.
    pub vault: Address,
    /// Mint of the quote token.
    pub quote_mint: Address,
    /// Its token program.
    pub token_program: Address,
    /// In atoms.
    pub amount: u64,
    /// Markets of all legs, in their order.
    pub legs: Vec<Address>,
}

impl Build for Withdraw {
    const NAME: &'static str = "withdraw";

    fn accounts(&self) -> Vec<AccountMeta> {
        let mut accounts = vec![
            read_signer(self.owner),
            write(self.exchange),
            write(self.margin),
            write(self.destination),
            write(self.vault),
            read(self.quote_mint),
            read(self.token_program),
        ];
        accounts.extend(readable(&self.legs));
        accounts
    }

    fn data(&self) -> Vec<u8> {
        encode(8, &self.amount)
    }
}

/// Places an order.
#[derive(Clone, Debug)]
pub struct PlaceOrder {
    /// Owner or delegate.
    pub authority: Address,
    /// The margin account.
    pub margin: Address,
    /// The market.
    pub market: Address,
    /// Signed size in lots.
    pub lots: i64,
    /// Worst fill price in ticks.
    pub limit: u64,
    /// Whether it may only reduce.
    pub reduce_only: bool,
    /// Price in ticks that it waits for; zero for none.
    pub trigger: u64,
    /// Whether that price is reached from below.
    pub trigger_above: bool,
    /// Markets of the other legs, in their order.
    pub legs: Vec<Address>,
}

impl Build for PlaceOrder {
    const NAME: &'static str = "order";

    fn accounts(&self) -> Vec<AccountMeta> {
        let mut accounts = vec![read_signer(self.authority), write(self.margin), read(self.market)];
        accounts.extend(readable(&self.legs));
        accounts
    }

    fn data(&self) -> Vec<u8> {
        encode(10, &(self.lots, self.limit, self.reduce_only, self.trigger, self.trigger_above))
    }
}

/// Executes an order at its update.
#[derive(Clone, Debug)]
pub struct ExecuteOrder {
    /// The margin account.
    pub margin: Address,
    /// The market.
    pub market: Address,
    /// Oracle account with the update.
    pub oracle: Address,
    /// Margin account that earns the execution fee.
    pub executor: Option<Address>,
    /// Place of the order in the account.
    pub place: u8,
    /// Markets of the other legs, in their order.
    pub legs: Vec<Address>,
}

impl Build for ExecuteOrder {
    const NAME: &'static str = "execute";

    fn accounts(&self) -> Vec<AccountMeta> {
        let mut accounts =
            vec![write(self.margin), write(self.market), read(self.oracle), write_optional(self.executor)];
        accounts.extend(readable(&self.legs));
        accounts
    }

    fn data(&self) -> Vec<u8> {
        encode(11, &self.place)
    }
}

/// Ends an order that waits or has expired.
#[derive(Clone, Debug)]
pub struct CancelOrder {
    /// Owner or delegate while it waits, anyone after.
    pub authority: Address,
    /// The margin account.
    pub margin: Address,
    /// The market.
    pub market: Address,
    /// Place of the order in the account.
    pub place: u8,
}

impl Build for CancelOrder {
    const NAME: &'static str = "cancel";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![read_signer(self.authority), write(self.margin), write(self.market)]
    }

    fn data(&self) -> Vec<u8> {
        encode(12, &self.place)
    }
}
