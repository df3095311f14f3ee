//! What is told while a network starts.

use std::{fmt, path::PathBuf};

use plimsoll_client::Address;

/// A step that was done. [`Display`](fmt::Display) says it in a sentence.
#[derive(Clone, Debug)]
pub enum Progress {
    /// The node answers.
    Answering {
        /// URL of JSON-RPC.
        rpc: String,
        /// URL of subscriptions.
        ws: String,
    },
    /// What was saved is back.
    Restored {
        /// The file.
        file: PathBuf,
        /// Accounts in it.
        accounts: usize,
        /// Seconds for which nothing ran.
        away: u64,
    },
    /// The program's binary is at its address.
    ProgramDeployed {
        /// Bytes of it.
        bytes: usize,
    },
    /// The quote token exists.
    MintCreated(Address),
    /// Something of the clearing house was deployed.
    Deployed(String),
    /// A market has liquidity.
    LiquidityProvided {
        /// Its name.
        market: String,
        /// Atoms.
        amount: u64,
    },
    /// The insurance fund has a stake.
    Staked(u64),
    /// More traders have their positions.
    Traders {
        /// How many.
        open: usize,
        /// How many there will be.
        wanted: usize,
    },
    /// The network is ready.
    Ready {
        /// Seconds that it took.
        seconds: f64,
    },
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answering { rpc, ws } => write!(f, "The node answers at {rpc} and {ws}."),
            Self::Restored { file, accounts, away } => write!(
                f,
                "{accounts} accounts are back from {}, {away} seconds after they were saved. If that is longer than a \
                 market's outage gap, its legs wait for updates and a grace period before they can be closed.",
                file.display()
            ),
            Self::ProgramDeployed { bytes } => write!(f, "The program is deployed: {bytes} bytes."),
            Self::MintCreated(mint) => write!(f, "The quote token's mint is {mint}."),
            Self::Deployed(what) => f.write_str(what),
            Self::LiquidityProvided { market, amount } => {
                write!(f, "{market} has {} of liquidity.", dollars(*amount))
            }
            Self::Staked(amount) => write!(f, "The insurance fund has a stake of {}.", dollars(*amount)),
            Self::Traders { open, wanted } => write!(f, "{open} of {wanted} traders have their positions."),
            Self::Ready { seconds } => write!(f, "Ready after {seconds:.1} seconds."),
        }
    }
}

fn dollars(atoms: u64) -> String {
    format!("${}", atoms / 1_000_000)
}
