//! Legacy Pyth price accounts, through Pyth's own SDK. This file is also compiled by the client.

use plimsoll_engine::price::Observation;
use pyth_sdk_solana::state::{PriceStatus, SolanaPriceAccount, load_price_account};

use crate::{errors::PlimsollError, wire::*};

type Result<T> = core::result::Result<T, PlimsollError>;

/// The aggregate price of the account `feed`, while it trades.
pub fn observe(feed: &[u8; 32], address: &Address, data: &[u8]) -> Result<Observation> {
    if address.as_ref() != feed {
        return Err(PlimsollError::WrongOracleAccount);
    }
    let account: &SolanaPriceAccount =
        load_price_account::<32, ()>(data).map_err(|_| PlimsollError::OracleMalformed)?;
    if account.agg.status != PriceStatus::Trading {
        return Err(PlimsollError::OracleNotTrading);
    }
    Ok(Observation {
        price: account.agg.price,
        confidence: account.agg.conf,
        ema: account.ema_price.val,
        exponent: account.expo,
        publish_time: account.timestamp,
        previous_publish_time: account.prev_timestamp,
    })
}
