//! Oracle adapters: each turns an account into the engine's one observation.

pub mod programs;
mod pyth_legacy;
mod pyth_pull;
pub mod switchboard;

use anchor_lang::prelude::*;
use plimsoll_engine::price::Observation;

use crate::{
    errors::PlimsollError,
    state::{ORACLE_PYTH_LEGACY, ORACLE_PYTH_PULL, ORACLE_SWITCHBOARD, OracleSource},
};

/// Reads an oracle account as the market's source says.
pub fn read(source: &OracleSource, account: &AccountView) -> Result<Observation> {
    // Before anything is decoded: the decoders trust the bytes of the right owner.
    require!(account.owned_by(&source.program), PlimsollError::WrongOracleOwner);
    let data = account.try_borrow()?;
    match source.kind {
        ORACLE_PYTH_PULL => Ok(pyth_pull::observe(&source.feed, &data)?),
        ORACLE_PYTH_LEGACY => Ok(pyth_legacy::observe(&source.feed, account.address(), &data)?),
        ORACLE_SWITCHBOARD => Ok(switchboard::observe(&source.feed, account.address(), &data)?),
        _ => Err(PlimsollError::OracleMalformed.into()),
    }
}
