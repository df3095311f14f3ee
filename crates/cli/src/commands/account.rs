//! `plimsoll account`: margin accounts, their health and their collateral.

mod deposit;
mod list;
mod open;
mod show;
mod withdraw;

use clap::Subcommand;
use plimsoll_client::{Address, wire::AccountLayout};
use solana_signer::Signer;

use crate::{failure::Failure, session::Session};

/// What can be done with margin accounts.
#[derive(Debug, Subcommand)]
pub enum Account {
    /// Open a margin account
    Open(open::Open),
    /// Health, positions, orders and what can be withdrawn
    Show(show::Show),
    /// All margin accounts of an owner
    List(list::List),
    /// Put collateral in
    Deposit(deposit::Deposit),
    /// Take free collateral out
    Withdraw(withdraw::Withdraw),
}

impl Account {
    /// Does it.
    pub async fn run(&self, session: &Session) -> Result<(), Failure> {
        match self {
            Self::Open(command) => command.run(session).await,
            Self::Show(command) => command.run(session).await,
            Self::List(command) => command.run(session).await,
            Self::Deposit(command) => command.run(session).await,
            Self::Withdraw(command) => command.run(session).await,
        }
    }
}

/// The margin account that a command is about: the one named, that of the owner named, or one's own.
pub(super) async fn named(session: &Session, address: Option<Address>) -> Result<Address, Failure> {
    let Some(address) = address else { return Ok(session.own_account(&session.signer()?.pubkey())) };
    let found = session.rpc.raw(&address).await?;
    let is_margin = found.is_some_and(|account| {
        account.owner == plimsoll_client::ID && plimsoll_client::state::MarginAccount::decode(&account.data).is_some()
    });
    Ok(if is_margin { address } else { session.own_account(&address) })
}
