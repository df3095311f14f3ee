//! How a plan names a price source.

use plimsoll_client::{
    Address,
    errors::PlimsollError,
    oracle::{programs::SWITCHBOARD, switchboard},
    rpc::{ReadError, Rpc},
};

/// Why an account is no second source.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It is another program's.
    #[error("{0} belongs to {1}, not to Switchboard")]
    Foreign(Address, Address),
    /// A market would not take its price as it stands.
    #[error("{0}: {sentence}", sentence = .1.sentence())]
    Refused(Address, PlimsollError),
}

/// The digest by which a plan names a Switchboard feed: its address and its terms as they stand (ADR 37). One whose price no
/// market would take now is refused.
pub async fn digest(rpc: &Rpc, feed: &Address) -> Result<[u8; 32], SourceError> {
    let account = rpc.raw(feed).await?.ok_or(ReadError::Missing(*feed))?;
    if account.owner != SWITCHBOARD {
        return Err(SourceError::Foreign(*feed, account.owner));
    }
    let refused = |error| SourceError::Refused(*feed, error);
    let digest = switchboard::feed(feed, &account.data).map_err(refused)?;
    switchboard::observe(&digest, feed, &account.data).map_err(refused)?;
    Ok(digest)
}
