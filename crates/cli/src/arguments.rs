//! What every command understands.

use std::path::PathBuf;

use clap::{Args, Parser};
use plimsoll_client::Address;

use crate::commands::Command;

/// What the exit codes mean, and where to begin, at the end of the help.
macro_rules! after_help {
    ($first:literal) => {
        concat!(
            "Exit codes:
  0  done
  1  the program or the chain refused, or the order failed
  2  the command is not written as it must be
  3  the network cannot be reached, or does not answer
  4  there is no such account, market, order or file

Examples:
",
            $first,
            "  plimsoll account deposit 1000
  plimsoll trade long SOL --risk 100 --stop 95
  plimsoll watch"
        )
    };
}

#[cfg(feature = "localnet")]
const AFTER_HELP: &str = after_help!("  plimsoll up\n  plimsoll faucet --new-key\n");
#[cfg(not(feature = "localnet"))]
const AFTER_HELP: &str = after_help!("  plimsoll market\n  plimsoll account open\n");

/// Trade, look and keep a Plimsoll clearing house from the command line.
#[derive(Debug, Parser)]
#[command(name = "plimsoll", version, after_help = AFTER_HELP, propagate_version = true, disable_help_subcommand = true)]
pub struct Cli {
    /// What every command understands.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Args, Clone, Debug, Default)]
pub struct Global {
    /// URL of the node's JSON-RPC, instead of the network's own
    #[arg(long, global = true, env = "PLIMSOLL_URL", help_heading = "Network", value_name = "URL")]
    pub url: Option<String>,
    /// URL of the node's WebSocket, instead of the network's own
    #[arg(long, global = true, env = "PLIMSOLL_WS", help_heading = "Network", value_name = "URL")]
    pub ws: Option<String>,
    /// Description of the network; else that of the local network, if one was started
    #[arg(long, global = true, env = "PLIMSOLL_NETWORK", help_heading = "Network", value_name = "FILE")]
    pub network: Option<PathBuf>,
    /// Address of the exchange, instead of the network's own
    #[arg(long, global = true, env = "PLIMSOLL_EXCHANGE", help_heading = "Network", value_name = "ADDRESS")]
    pub exchange: Option<Address>,
    /// Key that signs, in a file as the Solana command line writes it [default: ~/.config/solana/id.json]
    #[arg(long, global = true, env = "PLIMSOLL_KEYPAIR", help_heading = "Account", value_name = "FILE")]
    pub keypair: Option<PathBuf>,
    /// Which of the owner's margin accounts
    #[arg(
        long,
        global = true,
        env = "PLIMSOLL_INDEX",
        help_heading = "Account",
        default_value_t = 0,
        value_name = "N"
    )]
    pub index: u16,
    /// Answer in JSON, for programs
    #[arg(long, global = true, help_heading = "Output")]
    pub json: bool,
    /// Simulate what would be sent, and send nothing
    #[arg(long, global = true, help_heading = "Output")]
    pub dry_run: bool,
}
