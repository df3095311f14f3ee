//! Which programs' accounts are taken for prices, and how the program reads them.

#[path = "../../../programs/plimsoll/src/oracle/programs.rs"]
pub mod programs;
#[cfg(feature = "rpc")]
#[path = "../../../programs/plimsoll/src/oracle/pyth_legacy.rs"]
pub mod pyth_legacy;
#[path = "../../../programs/plimsoll/src/oracle/pyth_pull.rs"]
pub mod pyth_pull;
#[path = "../../../programs/plimsoll/src/oracle/switchboard.rs"]
pub mod switchboard;

#[cfg(feature = "rpc")]
pub use read::observe;

#[cfg(feature = "rpc")]
mod read {
    use plimsoll_engine::price::Observation;

    use super::{pyth_legacy, pyth_pull, switchboard};
    use crate::{
        errors::PlimsollError,
        state::{ORACLE_PYTH_LEGACY, ORACLE_PYTH_PULL, ORACLE_SWITCHBOARD, OracleSource},
        wire::Address,
    };

    /// What a market's source would take from an oracle account with this owner, address and data.
    pub fn observe(
        source: &OracleSource,
        owner: &Address,
        address: &Address,
        data: &[u8],
    ) -> Result<Observation, PlimsollError> {
        if *owner != source.program {
            return Err(PlimsollError::WrongOracleOwner);
        }
        match source.kind {
            ORACLE_PYTH_PULL => pyth_pull::observe(&source.feed, data),
            ORACLE_PYTH_LEGACY => pyth_legacy::observe(&source.feed, address, data),
            ORACLE_SWITCHBOARD => switchboard::observe(&source.feed, address, data),
            _ => Err(PlimsollError::OracleMalformed),
        }
    }
}
