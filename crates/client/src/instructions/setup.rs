//! Creating exchanges, markets and accounts.

use plimsoll_engine::parameters::Parameters;
use solana_instruction::AccountMeta;

use super::{Build, SYSTEM_PROGRAM, encode, read, write, write_signer};
use crate::{state::OracleSource, wire::Address};

/// Creates an exchange and its vault.
#[derive(Clone, Debug)]
pub struct CreateExchange {
    /// Pays, and becomes admin.
    pub admin: Address,
    /// The exchange.
    pub exchange: Address,
    /// Mint of the quote token.
    pub quote_mint: Address,
    /// The vault.
    pub vault: Address,
    /// Token program of the mint.
    pub token_program: Address,
    /// Number of the exchange, part of its address.
    pub id: u32,
    /// The guardian.
    pub guardian: Address,
}

impl Build for CreateExchange {
    const NAME: &'static str = "create_exchange";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![
            write_signer(self.admin),
            write(self.exchange),
            read(self.quote_mint),
            write(self.vault),
            read(self.token_program),
            read(SYSTEM_PROGRAM),
        ]
    }

    fn data(&self) -> Vec<u8> {
        encode(0, &(self.id, self.guardian))
    }
}

/// Creates an exchange's insurance fund.
#[derive(Clone, Debug)]
pub struct CreateInsuranceFund {
    /// Pays.
    pub payer: Address,
    /// The exchange.
    pub exchange: Address,
    /// The fund.
    pub fund: Address,
    /// Mint of the quote token.
    pub quote_mint: Address,
    /// The fund's vault.
    pub insurance_vault: Address,
    /// Token program of the mint.
    pub token_program: Address,
}

impl Build for CreateInsuranceFund {
    const NAME: &'static str = "create_insurance_fund";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![
            write_signer(self.payer),
            read(self.exchange),
            write(self.fund),
            read(self.quote_mint),
            write(self.insurance_vault),
            read(self.token_program),
            read(SYSTEM_PROGRAM),
        ]
    }

    fn data(&self) -> Vec<u8> {
        encode(1, &())
    }
}

/// Creates a market with a queue created before, zeroed and owned by the program.
#[derive(Clone, Debug)]
pub struct CreateMarket {
    /// Admin of the exchange; pays.
    pub admin: Address,
    /// The exchange.
    pub exchange: Address,
    /// The market.
    pub market: Address,
    /// The zeroed queue.
    pub queue: Address,
    /// Its parameters.
    pub parameters: Parameters,
    /// One of `ORACLE_*`.
    pub oracle_kind: u8,
    /// Owner of the oracle's accounts.
    pub oracle_program: Address,
    /// Feed id, or address of the legacy price account.
    pub feed: [u8; 32],
    /// The second source, or one of no kind.
    pub second: OracleSource,
}

impl Build for CreateMarket {
    const NAME: &'static str = "create_market";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![
            write_signer(self.admin),
            write(self.exchange),
            write(self.market),
            write(self.queue),
            read(SYSTEM_PROGRAM),
        ]
    }

    fn data(&self) -> Vec<u8> {
        let second = (self.second.kind, self.second.program, self.second.feed);
        encode(2, &(&self.parameters, self.oracle_kind, self.oracle_program, self.feed, second))
    }
}

/// Opens an account for shares in a pool.
#[derive(Clone, Debug)]
pub struct OpenShares {
    /// Owner; pays.
    pub owner: Address,
    /// A market or an insurance fund.
    pub pool: Address,
    /// The account of shares.
    pub shares: Address,
}

impl Build for OpenShares {
    const NAME: &'static str = "open_shares";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![write_signer(self.owner), read(self.pool), write(self.shares), read(SYSTEM_PROGRAM)]
    }

    fn data(&self) -> Vec<u8> {
        encode(3, &())
    }
}

/// Brings an account of shares from before there was an epoch to today's layout.
#[derive(Clone, Debug)]
pub struct MigrateShares {
    /// Pays the rent that is missing.
    pub payer: Address,
    /// The account of shares.
    pub shares: Address,
}

impl Build for MigrateShares {
    const NAME: &'static str = "migrate_shares";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![write_signer(self.payer), write(self.shares), read(SYSTEM_PROGRAM)]
    }

    fn data(&self) -> Vec<u8> {
        encode(51, &())
    }
}

/// Opens a margin account.
#[derive(Clone, Debug)]
pub struct OpenAccount {
    /// Owner; pays.
    pub owner: Address,
    /// The exchange.
    pub exchange: Address,
    /// The margin account.
    pub margin: Address,
    /// Which of the owner's accounts.
    pub index: u16,
}

impl Build for OpenAccount {
    const NAME: &'static str = "open_account";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![write_signer(self.owner), read(self.exchange), write(self.margin), read(SYSTEM_PROGRAM)]
    }

    fn data(&self) -> Vec<u8> {
        encode(6, &self.index)
    }
}
