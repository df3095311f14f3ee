//! Pyth `PriceUpdateV2`, as the Pyth receiver program writes it. This file is also compiled by the client.

use borsh::BorshDeserialize;
use plimsoll_engine::price::Observation;

use crate::errors::PlimsollError;

type Result<T> = core::result::Result<T, PlimsollError>;

/// `sha256("account:PriceUpdateV2")[..8]`
const DISCRIMINATOR: [u8; 8] = [34, 241, 35, 99, 157, 126, 244, 205];

#[derive(BorshDeserialize)]
struct PriceUpdateV2 {
    _write_authority: [u8; 32],
    verification_level: VerificationLevel,
    message: PriceFeedMessage,
}

#[derive(BorshDeserialize, PartialEq)]
enum VerificationLevel {
    Partial { _signatures: u8 },
    Full,
}

#[derive(BorshDeserialize)]
struct PriceFeedMessage {
    feed_id: [u8; 32],
    price: i64,
    conf: u64,
    exponent: i32,
    publish_time: i64,
    prev_publish_time: i64,
    ema_price: i64,
    _ema_conf: u64,
}

/// The price of `feed` in a fully verified update.
pub fn observe(feed: &[u8; 32], data: &[u8]) -> Result<Observation> {
    let mut body = data.strip_prefix(&DISCRIMINATOR).ok_or(PlimsollError::OracleMalformed)?;
    let update = PriceUpdateV2::deserialize(&mut body).map_err(|_| PlimsollError::OracleMalformed)?;
    if update.message.feed_id != *feed {
        return Err(PlimsollError::WrongFeed);
    }
    if update.verification_level != VerificationLevel::Full {
        return Err(PlimsollError::OracleNotVerified);
    }
    Ok(Observation {
        price: update.message.price,
        confidence: update.message.conf,
        ema: update.message.ema_price,
        exponent: update.message.exponent,
        publish_time: update.message.publish_time,
        previous_publish_time: update.message.prev_publish_time,
    })
}
