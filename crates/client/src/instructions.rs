//! One struct per instruction: its accounts and arguments by name, and how they are laid out.
//!
//! Every account is a field: [`addresses`](crate::addresses) derives the right ones.

mod authorities;
mod exits;
mod liquidity;
mod protection;
mod risk;
mod settlement;
mod setup;
mod trading;
mod triggers;
mod venues;
mod views;

pub use authorities::{
    AcceptAdmin, CancelProposal, ChangeAuthority, ChangeParameters, ProposeAuthority, ProposeParameters, TightenMarket,
};
pub use exits::{CancelExit, Redeem, RequestExit, RequestUnstake, Unstake};
pub use liquidity::{CollectClaim, DrawInsurance, LpDeposit, Stake, SweepExcess, SweepFees};
pub use protection::{ProtectAccount, SetProtection};
pub use risk::{
    FlagAccount, KeepersFloor, Liquidate, LookInsurance, MarkAccount, RefreshMarket, RefreshMarkets, WindDown,
};
pub use settlement::{Deleverage, FixSettlement, LookSettlement, PayClaim, SettlePosition};
pub use setup::{CreateExchange, CreateInsuranceFund, CreateMarket, MigrateShares, OpenAccount, OpenShares};
use solana_instruction::{AccountMeta, Instruction};
pub use trading::{CancelOrder, Deposit, ExecuteOrder, PlaceOrder, Withdraw};
pub use triggers::{FireOrder, OpenAtRisk};
pub use venues::{FillVenue, GrantVenue, RevokeVenue, SetDelegate};
pub use views::{ViewAccount, ViewLiquidationPrice};

use crate::{ID, wire::Address};

/// The system program.
pub const SYSTEM_PROGRAM: Address = Address::new_from_array([0; 32]);

/// An instruction of the program.
pub trait Build {
    /// The name in the interface file.
    const NAME: &'static str;

    /// Its accounts, in order.
    fn accounts(&self) -> Vec<AccountMeta>;

    /// Its discriminator and arguments.
    fn data(&self) -> Vec<u8>;

    /// The instruction.
    fn instruction(&self) -> Instruction {
        Instruction { program_id: ID, accounts: self.accounts(), data: self.data() }
    }
}

fn write(address: Address) -> AccountMeta {
    AccountMeta::new(address, false)
}

fn read(address: Address) -> AccountMeta {
    AccountMeta::new_readonly(address, false)
}

fn write_signer(address: Address) -> AccountMeta {
    AccountMeta::new(address, true)
}

fn read_signer(address: Address) -> AccountMeta {
    AccountMeta::new_readonly(address, true)
}

/// An optional account that is absent is the program itself.
fn write_optional(address: Option<Address>) -> AccountMeta {
    address.map_or_else(|| read(ID), write)
}

fn readable(markets: &[Address]) -> impl Iterator<Item = AccountMeta> + '_ {
    markets.iter().copied().map(read)
}

fn writable(markets: &[Address]) -> impl Iterator<Item = AccountMeta> + '_ {
    markets.iter().copied().map(write)
}

/// The discriminator and Borsh-encoded arguments.
fn encode(discriminator: u8, arguments: &impl borsh::BorshSerialize) -> Vec<u8> {
    let mut data = vec![discriminator];
    // Writing into a vector cannot fail.
    let _ = arguments.serialize(&mut data);
    data
}
