//! What there is to do, one file for each command.

mod account;
mod completions;
#[cfg(feature = "migrations")]
mod deploy;
mod faucet;
mod insurance;
#[cfg(feature = "keeper")]
mod keeper;
mod liquidations;
mod market;
#[cfg(feature = "migrations")]
mod migrate;
mod oracle;
mod params;
mod quote;
mod size;
mod trade;
#[cfg(feature = "localnet")]
mod up;
mod watch;

use clap::Subcommand;

use crate::{arguments::Global, failure::Failure, session::Session};

/// A command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start a whole venue on this machine: node, program, markets, traders, prices and keepers
    #[cfg(feature = "localnet")]
    Up(up::Up),
    /// Refresh prices, execute orders, flag and liquidate, and be paid for it
    #[cfg(feature = "keeper")]
    Keeper(Box<keeper::Keeper>),
    /// Markets: price, funding, open interest, liquidity, status and why
    Market(market::Market),
    /// A market's parameters
    Params(params::Params),
    /// Margin accounts: open, show, deposit, withdraw
    #[command(
        subcommand,
        after_help = "Examples:\n  plimsoll account open\n  plimsoll account deposit 1000\n  plimsoll account show"
    )]
    Account(account::Account),
    /// Orders: long, short, close, reduce, stop, take-profit, cancel
    #[command(
        subcommand,
        after_help = "Examples:\n  plimsoll trade long SOL --size 2.5\n  plimsoll trade long SOL --risk 100 --stop 95\n  plimsoll trade close SOL"
    )]
    Trade(trade::Trade),
    /// What an order would cost, and how the account would stand afterwards
    Quote(quote::Quote),
    /// The size that loses no more than a risk at a stop
    Size(size::Size),
    /// Liquidation queues in their order, who is next, and recent liquidations
    Liquidations(liquidations::Liquidations),
    /// The insurance fund, and who pays a loss in which order
    Insurance(insurance::Insurance),
    /// Markets, an account and the liquidation queues, live
    Watch(watch::Watch),
    /// Create what a plan has and the cluster has not
    #[cfg(feature = "migrations")]
    Deploy(deploy::Deploy),
    /// Change parameters through the timelock, and bring old accounts to today's layout
    #[cfg(feature = "migrations")]
    #[command(
        subcommand,
        after_help = "Examples:\n  plimsoll migrate propose mainnet --keypair admin.json\n  plimsoll migrate accounts --list"
    )]
    Migrate(migrate::Migrate),
    /// Price sources of a local network, and faults of them on command
    #[command(
        subcommand,
        after_help = "Examples:\n  plimsoll oracle show\n  plimsoll oracle stall SOL 30s\n  plimsoll oracle gap SOL 0.6"
    )]
    Oracle(oracle::Oracle),
    /// SOL and quote tokens, on a local network
    Faucet(faucet::Faucet),
    /// Completions for a shell
    Completions(completions::Completions),
}

impl Command {
    /// Does it.
    pub async fn run(&self, global: &Global) -> Result<(), Failure> {
        let session = || Session::open(global);
        match self {
            #[cfg(feature = "localnet")]
            Self::Up(command) => command.run(global).await,
            #[cfg(feature = "keeper")]
            Self::Keeper(command) => command.run(global).await,
            Self::Market(command) => command.run(&session()?).await,
            Self::Params(command) => command.run(&session()?).await,
            Self::Account(command) => command.run(&session()?).await,
            Self::Trade(command) => command.run(&session()?).await,
            Self::Quote(command) => command.run(&session()?).await,
            Self::Size(command) => command.run(&session()?).await,
            Self::Liquidations(command) => command.run(&session()?).await,
            Self::Insurance(command) => command.run(&session()?).await,
            Self::Watch(command) => command.run(&session()?).await,
            #[cfg(feature = "migrations")]
            Self::Deploy(command) => command.run(global).await,
            #[cfg(feature = "migrations")]
            Self::Migrate(command) => command.run(global).await,
            Self::Oracle(command) => command.run(global).await,
            Self::Faucet(command) => command.run(&session()?).await,
            Self::Completions(command) => {
                command.run();
                Ok(())
            }
        }
    }
}

/// Waits for whoever wants a command that runs on to stop.
#[cfg(feature = "keeper")]
async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminated) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated.recv() => {}
    }
}
