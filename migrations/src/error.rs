//! Why something could not be migrated.

use plimsoll_client::{
    Address,
    rpc::{ReadError, SendError},
};

/// Why something could not be migrated.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// An account could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A transaction did not succeed.
    #[error("{what}: {source}")]
    Send {
        /// What it was for.
        what: String,
        /// Why not.
        source: SendError,
    },
    /// The program is not there.
    #[error("there is no program at {0}: deploy it first, migrations/README.md says how")]
    NoProgram(Address),
    /// The mint is not there, or belongs to another program.
    #[error("{0} is no mint of the token program {1}")]
    NoMint(Address, Address),
    /// Nothing of the plan is there to be changed.
    #[error("there is no exchange {0} yet: deploy it first")]
    NoExchange(u32),
    /// Somebody else decides about the exchange.
    #[error("the admin of exchange {id} is {admin}, not {signer}: sign with its key, or choose another exchange")]
    NotAdmin {
        /// The exchange.
        id: u32,
        /// Who may.
        admin: Address,
        /// Who wants to.
        signer: Address,
    },
    /// Others migrate the same accounts, again and again.
    #[error("{0} accounts are still outdated after several rounds: somebody else migrates them, or adds to them")]
    Unfinished(usize),
}

impl MigrationError {
    /// A transaction that was for something.
    pub(crate) fn sending(what: impl ToString) -> impl FnOnce(SendError) -> Self {
        let what = what.to_string();
        |source| Self::Send { what, source }
    }
}
