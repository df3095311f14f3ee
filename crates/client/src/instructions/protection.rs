//! Shrinking an account before it is under maintenance.

use solana_instruction::AccountMeta;

use super::{Build, encode, read, read_signer, readable, write, write_optional};
use crate::wire::Address;

/// Sets the protection level of an account.
#[derive(Clone, Debug)]
pub struct SetProtection {
    /// Owner or delegate.
    pub authority: Address,
    /// The margin account.
    pub margin: Address,
    /// Equity over maintenance with 32 fraction bits; zero for none.
    pub level: u64,
}

impl Build for SetProtection {
    const NAME: &'static str = "set_protection";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![read_signer(self.authority), write(self.margin)]
    }

    fn data(&self) -> Vec<u8> {
        encode(33, &self.level)
    }
}

/// Places an order that shrinks an account below its level.
#[derive(Clone, Debug)]
pub struct ProtectAccount {
    /// The margin account.
    pub margin: Address,
    /// Market of the leg to shrink.
    pub market: Address,
    /// Margin account that earns half of the execution fee.
    pub keeper: Option<Address>,
    /// Markets of the other legs, in their order.
    pub legs: Vec<Address>,
}

impl Build for ProtectAccount {
    const NAME: &'static str = "protect";

    fn accounts(&self) -> Vec<AccountMeta> {
        let mut accounts = vec![write(self.margin), read(self.market), write_optional(self.keeper)];
        accounts.extend(readable(&self.legs));
        accounts
    }

    fn data(&self) -> Vec<u8> {
        encode(34, &())
    }
}
