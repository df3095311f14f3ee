//! Deleveraging and settlement.

use solana_instruction::AccountMeta;

use super::{Build, encode, readable, write};
use crate::wire::Address;

/// Looks at deleveraging a market, and does it at the second look.
#[derive(Clone, Debug)]
pub struct Deleverage {
    /// The market.
    pub market: Address,
}

impl Build for Deleverage {
    const NAME: &'static str = "deleverage";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![write(self.market)]
    }

    fn data(&self) -> Vec<u8> {
        encode(25, &())
    }
}

/// Looks at settling a market, and starts it at the second look.
#[derive(Clone, Debug)]
pub struct LookSettlement {
    /// The market.
    pub market: Address,
}

impl Build for LookSettlement {
    const NAME: &'static str = "look_settlement";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![write(self.market)]
    }

    fn data(&self) -> Vec<u8> {
        encode(26, &())
    }
}

/// Settles an account's position.
#[derive(Clone, Debug)]
pub struct SettlePosition {
    /// The margin account.
    pub margin: Address,
    /// The market that settles.
    pub market: Address,
    /// Markets of the other legs, in their order.
    pub legs: Vec<Address>,
}

impl Build for SettlePosition {
    const NAME: &'static str = "settle_position";

    fn accounts(&self) -> Vec<AccountMeta> {
        let mut accounts = vec![write(self.margin), write(self.market)];
        accounts.extend(readable(&self.legs));
        accounts
    }

    fn data(&self) -> Vec<u8> {
        encode(27, &())
    }
}

/// Fixes a round of a settlement.
#[derive(Clone, Debug)]
pub struct FixSettlement {
    /// The market.
    pub market: Address,
}

impl Build for FixSettlement {
    const NAME: &'static str = "fix_settlement";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![write(self.market)]
    }

    fn data(&self) -> Vec<u8> {
        encode(28, &())
    }
}

/// Pays an account's claim on a settled market.
#[derive(Clone, Debug)]
pub struct PayClaim {
    /// The margin account.
    pub margin: Address,
    /// The settled market.
    pub market: Address,
}

impl Build for PayClaim {
    const NAME: &'static str = "pay_claim";

    fn accounts(&self) -> Vec<AccountMeta> {
        vec![write(self.margin), write(self.market)]
    }

    fn data(&self) -> Vec<u8> {
        encode(29, &())
    }
}
