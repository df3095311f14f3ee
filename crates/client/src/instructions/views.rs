//! Questions that the program answers by return data: [`views`](crate::views) decodes it.

use solana_instruction::AccountMeta;

use super::{Build, encode, read, readable};
use crate::{
    views::{AccountHealth, LiquidationPrice},
    wire::Address,
};

/// Asks how an account stands.
#[derive(Clone, Debug)]
pub struct ViewAccount {
    /// The margin account.
    pub margin: Address,
    /// Markets of all legs, in their order.
    pub legs: Vec<Address>,
}

impl ViewAccount {
    /// The answer in return data.
    pub fn decode(data: &[u8]) -> Option<AccountHealth> {
        decode(data)
    }
}

impl Build for ViewAccount {
    const NAME: &'static str = "view_account";

    fn accounts(&self) -> Vec<AccountMeta> {
        let mut accounts = vec![read(self.margin)];
        accounts.extend(readable(&self.legs));
        accounts
    }

    fn data(&self) -> Vec<u8> {
        encode(35, &())
    }
}

/// Asks at which price of one market an account becomes liquidatable.
#[derive(Clone, Debug)]
pub struct ViewLiquidationPrice {
    /// The margin account.
    pub margin: Address,
    /// The market.
    pub market: Address,
    /// Markets of the other legs, in their order.
    pub legs: Vec<Address>,
}

impl ViewLiquidationPrice {
    /// The answer in return data.
    pub fn decode(data: &[u8]) -> Option<LiquidationPrice> {
        decode(data)
    }
}

impl Build for ViewLiquidationPrice {
    const NAME: &'static str = "view_liquidation_price";

    fn accounts(&self) -> Vec<AccountMeta> {
        let mut accounts = vec![read(self.margin), read(self.market)];
        accounts.extend(readable(&self.legs));
        accounts
    }

    fn data(&self) -> Vec<u8> {
        encode(36, &())
    }
}

/// Return data as a value. A node may leave zeros out at its end: what is missing is zero.
fn decode<T: bytemuck::Pod>(data: &[u8]) -> Option<T> {
    let mut value = T::zeroed();
    bytemuck::bytes_of_mut(&mut value).get_mut(..data.len())?.copy_from_slice(data);
    Some(value)
}
