//! Orders that wait for a price.

use solana_instruction::AccountMeta;

use super::{Build, encode, read, read_signer, readable, write, write_optional};
use crate::wire::Address;

/// Fires the trigger of an order.
#[derive(Clone, Debug)]
pub struct FireOrder {
    /// The margin account.
    pub margin: Address,
    /// The market.
    pub market: Address,
    /// Oracle account with an update that reached the trigger.
    pub oracle: Address,
    /// Margin account that earns half of the execution fee.
    pub keeper: Option<Address>,
    /// Place of the order in the account.
    pub place: u8,
}

impl Build for FireOrder {
    const NAME: &'static str = "fire";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![write(self.margin), read(self.market), read(self.oracle), write_optional(self.keeper)]
    }

    fn data(&self) -> Vec<u8> {
        encode(31, &self.place)
    }
}

/// Opens a position by what it may lose, with its stop.
#[derive(Clone, Debug)]
pub struct OpenAtRisk {
    /// Owner or delegate.
    pub authority: Address,
    /// The margin account.
    pub margin: Address,
    /// The market.
    pub market: Address,
    /// Most that may be lost at the stop, in atoms.
    pub risk: u64,
    /// Price of the stop in ticks: below the market's for a long, above it for a short.
    pub stop: u64,
    /// Worst fill price of the opening order in ticks.
    pub limit: u64,
    /// Worst fill price of the stop in ticks.
    pub stop_limit: u64,
    /// Markets of the other legs, in their order.
    pub legs: Vec<Address>,
}

impl Build for OpenAtRisk {
    const NAME: &'static str = "open_at_risk";

    fn accounts(&self) -> Vec<AccountMeta> {
        let mut accounts = vec![read_signer(self.authority), write(self.margin), read(self.market)];
        accounts.extend(readable(&self.legs));
        accounts
    }

    fn data(&self) -> Vec<u8> {
        encode(32, &(self.risk, self.stop, self.limit, self.stop_limit))
    }
}
