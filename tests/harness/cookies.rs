//! Handles for what a test has created.

use plimsoll_client::{Address, state::OracleSource};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// An exchange with its insurance fund.
#[derive(Debug)]
pub struct ExchangeCookie {
    pub admin: Keypair,
    pub guardian: Keypair,
    pub address: Address,
    pub vault: Address,
    pub fund: Address,
    pub insurance_vault: Address,
    pub mint: Address,
    pub token_program: Address,
}

/// A market and the oracle account that its prices are written to.
#[derive(Clone, Copy, Debug)]
pub struct MarketCookie {
    pub address: Address,
    pub queue: Address,
    pub oracle: Address,
    pub oracle_program: Address,
    pub feed: [u8; 32],
    pub index: u16,
    pub legacy: bool,
    /// The second source and the account its prices are written to.
    pub second: Option<(OracleSource, Address)>,
}

/// A person with tokens and a margin account.
#[derive(Debug)]
pub struct Trader {
    pub key: Keypair,
    pub tokens: Address,
    pub margin: Address,
}

impl Trader {
    /// The person's address.
    pub fn owner(&self) -> Address {
        self.key.pubkey()
    }
}

/// A person with tokens and shares of a pool.
#[derive(Debug)]
pub struct Holder {
    pub key: Keypair,
    pub tokens: Address,
    pub shares: Address,
}

impl Holder {
    /// A second handle for the same person.
    pub fn again(&self) -> Self {
        Self { key: self.key.insecure_clone(), tokens: self.tokens, shares: self.shares }
    }
}
