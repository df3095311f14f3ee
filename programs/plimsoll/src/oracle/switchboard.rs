//! Switchboard On-Demand pull feeds, read from their documented places. This file is also compiled by the client.
//!
//! A feed has an owner, who may change at any time what its oracles fetch, how many of them must answer and how old
//! their answers may be. So a market does not store the feed's address alone but a digest of it and of all that
//! ([`feed`]): a feed that was changed is another feed. It must belong to Switchboard's own queue of oracles, and its
//! owner must not be allowed to write values.
//!
//! Nothing in it proves that an update is the first after a moment, and it has no average: it is a second source only.

use plimsoll_engine::price::Observation;

use super::programs::SWITCHBOARD_QUEUE;
use crate::{errors::PlimsollError, wire::*};

type Result<T> = core::result::Result<T, PlimsollError>;

/// `sha256("account:PullFeedAccountData")[..8]`
const DISCRIMINATOR: [u8; 8] = [196, 27, 108, 196, 10, 215, 219, 40];
/// Length of a feed's account.
const LENGTH: usize = 3_208;
/// Answers that it keeps.
const SUBMISSIONS: usize = 32;

// Places in the account. Each answer has 64 bytes, its value in the last 16.
const ANSWERS: usize = 8;
const ANSWER_LENGTH: usize = 64;
const ANSWER_VALUE: usize = 48;
const QUEUE: usize = 2_088;
const OWNER_MAY_WRITE: usize = 2_213;
const MINIMUM_SAMPLES: usize = 2_215;
const LAST_UPDATE: usize = 2_216;
const VALUE: usize = 2_264;
const DEVIATION: usize = 2_280;
const SAMPLES: usize = 2_360;
const CHOSEN: usize = 2_361;
const SLOT: usize = 2_368;
const MAXIMUM_STALENESS: usize = 2_392;
const SIGNED_AT: usize = 2_952;

/// Values have 18 decimals. Where that does not fit they are cut to 8, as Pyth's have: a price that large has more than
/// enough digits left.
const FINE: i32 = -18;
const COARSE: i32 = -8;
const FINE_IN_COARSE: u128 = 10_000_000_000;

/// What a feed's owner may change and what it means for the price, with whose feed it is.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C)]
struct Terms {
    address: [u8; 32],
    /// Queue, hash of the jobs, time of creation, permissions, largest variance of an answer, least responses to a job.
    contract: [u8; 92],
    minimum_samples: u8,
    maximum_staleness: [u8; 4],
}

/// What a market stores as its feed.
pub fn feed(address: &Address, data: &[u8]) -> Result<[u8; 32]> {
    let terms = Terms {
        address: *address.as_array(),
        contract: bytes(data, QUEUE)?,
        minimum_samples: byte(data, MINIMUM_SAMPLES)?,
        maximum_staleness: bytes(data, MAXIMUM_STALENESS)?,
    };
    Ok(sha256(bytemuck::bytes_of(&terms)))
}

/// The result of the feed with this digest.
///
/// It is as old as the answer that was chosen, by the time that its oracle signed; an oracle whose clock is fast makes it
/// no younger than its landing. The feed's last update alone would not do: an answer may land long after it was signed,
/// and a result may choose one that landed long ago.
pub fn observe(expected: &[u8; 32], address: &Address, data: &[u8]) -> Result<Observation> {
    if !data.starts_with(&DISCRIMINATOR) || data.len() < LENGTH {
        return Err(PlimsollError::OracleMalformed);
    }
    if feed(address, data)? != *expected {
        return Err(PlimsollError::WrongFeed);
    }
    let enough = byte(data, SAMPLES)? >= byte(data, MINIMUM_SAMPLES)?.max(1);
    let foreign = bytes(data, QUEUE)? != *SWITCHBOARD_QUEUE.as_array();
    if !enough || foreign || byte(data, OWNER_MAY_WRITE)? != 0 {
        return Err(PlimsollError::OracleNotVerified);
    }
    if u64::from_le_bytes(bytes(data, SLOT)?) == 0 {
        return Err(PlimsollError::OracleNotTrading);
    }
    let value = i128::from_le_bytes(bytes(data, VALUE)?);
    let time = signed_at(data, value)?.min(i64::from_le_bytes(bytes(data, LAST_UPDATE)?));
    let value = u128::try_from(value).ok().filter(|value| *value > 0).ok_or(PlimsollError::PriceNotPositive)?;
    let deviation = u128::try_from(i128::from_le_bytes(bytes(data, DEVIATION)?));
    let deviation = deviation.map_err(|_| PlimsollError::OracleMalformed)?;
    let (price, confidence, exponent) = scaled(value, deviation)?;
    Ok(Observation { price, confidence, ema: price, exponent, publish_time: time, previous_publish_time: time })
}

/// When the answer that the result chose was signed. One that is not there any more has no time.
fn signed_at(data: &[u8], value: i128) -> Result<i64> {
    let place = usize::from(byte(data, CHOSEN)?);
    if place >= SUBMISSIONS {
        return Err(PlimsollError::OracleMalformed);
    }
    let answer = place.saturating_mul(ANSWER_LENGTH).saturating_add(ANSWERS);
    if i128::from_le_bytes(bytes(data, answer.saturating_add(ANSWER_VALUE))?) != value {
        return Err(PlimsollError::OracleMalformed);
    }
    Ok(i64::from_le_bytes(bytes(data, place.saturating_mul(8).saturating_add(SIGNED_AT))?))
}

/// Value down and deviation up in the finest unit in which the value fits.
fn scaled(value: u128, deviation: u128) -> Result<(i64, u64, i32)> {
    let uncertain = PlimsollError::PriceTooUncertain;
    if let Ok(price) = i64::try_from(value) {
        return Ok((price, u64::try_from(deviation).map_err(|_| uncertain)?, FINE));
    }
    let price = value.checked_div(FINE_IN_COARSE).and_then(|price| i64::try_from(price).ok());
    let up = deviation.checked_add(FINE_IN_COARSE.saturating_sub(1)).and_then(|d| d.checked_div(FINE_IN_COARSE));
    let confidence = up.and_then(|confidence| u64::try_from(confidence).ok());
    Ok((price.ok_or(PlimsollError::PriceTooHigh)?, confidence.ok_or(uncertain)?, COARSE))
}

fn bytes<const N: usize>(data: &[u8], place: usize) -> Result<[u8; N]> {
    data.get(place..).and_then(|rest| rest.first_chunk()).copied().ok_or(PlimsollError::OracleMalformed)
}

fn byte(data: &[u8], place: usize) -> Result<u8> {
    data.get(place).copied().ok_or(PlimsollError::OracleMalformed)
}
