//! What becomes of an order: it is requested, then executed, expired or failed, and each of them is said.

use std::time::Duration;

use plimsoll_client::{
    Address,
    engine::{execution::stage, order::Stage},
    errors::PlimsollError,
    events::{OrderCancelled, OrderExecuted, OrderExpired, OrderFailed},
    state::{MarginAccount, OrderSlot},
};
use plimsoll_desk::price_of;
use serde::Serialize;
use solana_signature::Signature;

use crate::{
    failure::{Failure, Kind},
    history::Past,
    session::Session,
    snapshot::Snapshot,
};

/// How often the account is looked at.
const POLL: Duration = Duration::from_millis(300);
/// How often the history is asked for an order that is gone: a node writes it a moment later than the account.
const ASKED: usize = 20;
/// Transactions of an account that are looked through.
const DEPTH: usize = 50;

/// Where an order is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "state")]
pub enum Outcome {
    /// It waits for its price.
    Requested,
    /// It waits for its trigger.
    Armed,
    /// It was filled.
    Executed {
        /// Lots traded.
        lots: i64,
        /// Price per lot with premium and spread, in ticks.
        fill_price: Option<u64>,
        /// The oracle's price at its update, in ticks.
        oracle_price: u64,
        /// What the lots cost.
        cost: i64,
        /// The part of it that is the skew's premium.
        premium: i64,
        /// The part of it that is the spread.
        spread: u64,
        /// Profit paid to the account, or loss paid by it.
        settled: i64,
        /// Its fee.
        fee: u64,
    },
    /// It failed at its update, and its fee was kept.
    Failed {
        /// The program's error.
        error: String,
        /// What a person is told.
        sentence: String,
        /// Its fee.
        fee: u64,
    },
    /// Nobody executed it in time, and its fee is kept. `closed` says whether somebody has ended it.
    Expired {
        /// Whether it is gone from the account.
        closed: bool,
        /// Its fee.
        fee: u64,
    },
    /// It was cancelled, and its fee came back.
    Cancelled {
        /// Its fee.
        fee: u64,
    },
    /// It has ended, and the node does not know how.
    Unknown,
}

impl Outcome {
    /// The failure that a command ends with, where the order did not do what it was for.
    pub fn failure(&self) -> Option<Failure> {
        match self {
            Self::Failed { error, sentence, .. } => {
                Some(Failure::new(Kind::Refused, error, format!("the order failed: {sentence}")))
            }
            Self::Expired { .. } => {
                let sentence = "the order expired: nobody executed it in time, and its fee is kept";
                Some(Failure::new(Kind::Refused, "OrderExpired", sentence))
            }
            _ => None,
        }
    }
}

/// The order of an account with a sequence, and its slot.
pub fn slot_of(account: &MarginAccount, sequence: u64) -> Option<&OrderSlot> {
    account.orders.iter().find(|slot| !slot.order.is_empty() && slot.order.sequence == sequence)
}

/// Where an order that has not ended is.
pub fn waiting(snapshot: &Snapshot, slot: &OrderSlot) -> Result<Outcome, Failure> {
    let market = snapshot.markets.iter().find(|(address, _)| *address == slot.market);
    let Some((_, market)) = market else { return Ok(Outcome::Requested) };
    let at = stage(&market.core, &slot.order, snapshot.at.time).map_err(plimsoll_desk::Refusal::from)?;
    Ok(match at {
        Stage::Expired => Outcome::Expired { closed: false, fee: slot.order.fee.0 },
        _ if slot.order.trigger().is_some() => Outcome::Armed,
        _ => Outcome::Requested,
    })
}

/// Waits until an order has ended, or cannot be executed any more. One that waits for its trigger is not waited for.
pub async fn wait(session: &Session, account: &Address, sequence: u64, placed: Signature) -> Result<Outcome, Failure> {
    loop {
        let (snapshot, state) = session.look_at_account(account).await?;
        let Some(slot) = slot_of(&state, sequence) else { break };
        match waiting(&snapshot, slot)? {
            Outcome::Requested => tokio::time::sleep(POLL).await,
            other => return Ok(other),
        }
    }
    for _ in 0..ASKED {
        let past = session.past(account, Some(placed), DEPTH).await?;
        if let Some(outcome) = past.iter().find_map(|past| ended(past, account, sequence)) {
            return Ok(outcome);
        }
        tokio::time::sleep(POLL).await;
    }
    Ok(Outcome::Unknown)
}

/// How a transaction ended an order, if it did.
pub fn ended(past: &Past, account: &Address, sequence: u64) -> Option<Outcome> {
    let ours = |of: &Address, number: u64| of == account && number == sequence;
    let executed = past.events::<OrderExecuted>().into_iter().find(|event| ours(&event.account, event.sequence));
    if let Some(event) = executed {
        return Some(Outcome::Executed {
            lots: event.lots,
            fill_price: price_of(event.cost, event.lots),
            oracle_price: event.price,
            cost: event.cost,
            premium: event.premium,
            spread: event.spread,
            settled: event.settled,
            fee: event.fee,
        });
    }
    let failed = past.events::<OrderFailed>().into_iter().find(|event| ours(&event.account, event.sequence));
    if let Some(event) = failed {
        let known = PlimsollError::from_code(event.error);
        let error = known.map_or_else(|| format!("Custom({})", event.error), |error| error.name().into());
        let sentence = known.map_or_else(|| "a program's error".into(), |error| error.sentence().into());
        return Some(Outcome::Failed { error, sentence, fee: event.fee });
    }
    let expired = past.events::<OrderExpired>().into_iter().find(|event| ours(&event.account, event.sequence));
    if let Some(event) = expired {
        return Some(Outcome::Expired { closed: true, fee: event.fee });
    }
    let cancelled = past.events::<OrderCancelled>().into_iter().find(|event| ours(&event.account, event.sequence));
    cancelled.map(|event| Outcome::Cancelled { fee: event.fee })
}
