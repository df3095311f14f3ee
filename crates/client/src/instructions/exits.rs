//! Leaving a market's liquidity or the insurance fund.

use solana_instruction::AccountMeta;

use super::{Build, encode, read, read_signer, write};
use crate::wire::Address;

/// Requests the exit of shares in a market's liquidity.
#[derive(Clone, Debug)]
pub struct RequestExit {
    /// Owner of the shares.
    pub owner: Address,
    /// The market.
    pub market: Address,
    /// The shares.
    pub shares: Address,
    /// How many of them.
    pub amount: u64,
}

impl Build for RequestExit {
    const NAME: &'static str = "request_exit";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![read_signer(self.owner), write(self.market), write(self.shares)]
    }

    fn data(&self) -> Vec<u8> {
        encode(18, &self.amount)
    }
}

/// Pays shares whose exit was requested out of a market's treasury.
#[derive(Clone, Debug)]
pub struct Redeem {
    /// Owner of the shares.
    pub owner: Address,
    /// The exchange.
    pub exchange: Address,
    /// The market.
    pub market: Address,
    /// Its queue.
    pub queue: Address,
    /// The shares.
    pub shares: Address,
    /// Token account that is paid.
    pub destination: Address,
    /// The vault.
    pub vault: Address,
    /// Mint of the quote token.
    pub quote_mint: Address,
    /// Its token program.
    pub token_program: Address,
    /// How many of them.
    pub amount: u64,
}

impl Build for Redeem {
    const NAME: &'static str = "redeem";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![
            read_signer(self.owner),
            write(self.exchange),
            write(self.market),
            read(self.queue),
            write(self.shares),
            write(self.destination),
            write(self.vault),
            read(self.quote_mint),
            read(self.token_program),
        ]
    }

    fn data(&self) -> Vec<u8> {
        encode(19, &self.amount)
    }
}

/// Requests the exit of shares in the insurance fund.
#[derive(Clone, Debug)]
pub struct RequestUnstake {
    /// Owner of the shares.
    pub owner: Address,
    /// The fund.
    pub fund: Address,
    /// The shares.
    pub shares: Address,
    /// How many of them.
    pub amount: u64,
}

impl Build for RequestUnstake {
    const NAME: &'static str = "request_unstake";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![read_signer(self.owner), read(self.fund), write(self.shares)]
    }

    fn data(&self) -> Vec<u8> {
        encode(20, &self.amount)
    }
}

/// Pays shares whose exit was requested out of the insurance fund.
#[derive(Clone, Debug)]
pub struct Unstake {
    /// Owner of the shares.
    pub owner: Address,
    /// The exchange.
    pub exchange: Address,
    /// The fund.
    pub fund: Address,
    /// The shares.
    pub shares: Address,
    /// Token account that is paid.
    pub destination: Address,
    /// The fund's vault.
    pub insurance_vault: Address,
    /// Mint of the quote token.
    pub quote_mint: Address,
    /// Its token program.
    pub token_program: Address,
    /// How many of them.
    pub amount: u64,
    /// All markets of the exchange in the order of their indices, each with its queue.
    pub markets: Vec<(Address, Address)>,
}

impl Build for Unstake {
    const NAME: &'static str = "unstake";

    fn accounts(&self) -> Vec<AccountMeta> {
        let mut accounts = vec![
            read_signer(self.owner),
            read(self.exchange),
            write(self.fund),
            write(self.shares),
            write(self.destination),
            write(self.insurance_vault),
            read(self.quote_mint),
            read(self.token_program),
        ];
        accounts.extend(self.markets.iter().flat_map(|(market, queue)| [read(*market), read(*queue)]));
        accounts
    }

    fn data(&self) -> Vec<u8> {
        encode(21, &self.amount)
    }
}

/// Withdraws the request of an exit, in a market or in the insurance fund.
#[derive(Clone, Debug)]
pub struct CancelExit {
    /// Owner of the shares.
    pub owner: Address,
    /// The shares.
    pub shares: Address,
}

impl Build for CancelExit {
    const NAME: &'static str = "cancel_exit";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![read_signer(self.owner), write(self.shares)]
    }

    fn data(&self) -> Vec<u8> {
        encode(22, &())
    }
}
