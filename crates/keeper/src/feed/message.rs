//! What a node says over its WebSocket.

use serde::Deserialize;
use serde_json::{Value, json};
use solana_account_decoder_client_types::UiAccount;
use solana_rpc_client_api::response::{Response, RpcKeyedAccount, RpcLogsResponse, SlotInfo};

use super::{Watched, malformed, source::Heard};
use crate::{
    config::Commitment,
    endpoints::Fault,
    update::{AccountUpdate, TransactionLogs},
};
use plimsoll_client::Address;

/// Where the feed stands in an account of the Pyth receiver: after discriminator, write authority, and the verification
/// level, which is one byte where an update is fully verified. Others are not taken for prices anyway.
pub(super) const FEED_AT: usize = 8 + 32 + 1;

/// Something to subscribe to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Subject {
    /// All accounts of the program.
    Program,
    /// The transactions that name it.
    Logs,
    /// Slots.
    Slots,
    /// Prices of a feed.
    Feed(Address, [u8; 32]),
    /// One account.
    Account(Address),
}

impl Subject {
    /// Everything that is subscribed to.
    pub(super) fn all(watched: &Watched) -> Vec<Self> {
        let fixed = [Self::Slots, Self::Program, Self::Logs, Self::Account(super::CLOCK)];
        let feeds = watched.feeds.iter().map(|(program, feed)| Self::Feed(*program, *feed));
        let accounts = watched.accounts.iter().map(|address| Self::Account(*address));
        fixed.into_iter().chain(feeds).chain(accounts).collect()
    }

    /// The request that subscribes to it.
    pub(super) fn request(&self, id: u64, commitment: Commitment) -> String {
        let config = json!({ "encoding": "base64", "commitment": commitment.config().commitment });
        let (method, params) = match self {
            Self::Program => ("programSubscribe", json!([plimsoll_client::ID.to_string(), config])),
            Self::Logs => {
                let mentions = json!({ "mentions": [plimsoll_client::ID.to_string()] });
                ("logsSubscribe", json!([mentions, { "commitment": commitment.config().commitment }]))
            }
            Self::Slots => ("slotSubscribe", json!([])),
            Self::Feed(program, feed) => {
                let mut config = config;
                config["filters"] = json!([filter(feed)]);
                ("programSubscribe", json!([program.to_string(), config]))
            }
            Self::Account(address) => ("accountSubscribe", json!([address.to_string(), config])),
        };
        json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }).to_string()
    }
}

/// What selects a feed's accounts.
pub(super) fn filter(feed: &[u8; 32]) -> Value {
    use solana_rpc_client_api::filter::{Memcmp, RpcFilterType};

    let filter = RpcFilterType::Memcmp(Memcmp::new_raw_bytes(FEED_AT, feed.to_vec()));
    serde_json::to_value(filter).unwrap_or_default()
}

/// The parts of a message that say what it is.
#[derive(Deserialize)]
struct Envelope<'a> {
    id: Option<u64>,
    #[serde(borrow)]
    method: Option<std::borrow::Cow<'a, str>>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Answer {
    result: u64,
}

#[derive(Deserialize)]
struct Notification<T> {
    params: Params<T>,
}

#[derive(Deserialize)]
struct Params<T> {
    subscription: u64,
    result: T,
}

/// A message, read.
#[derive(Debug)]
pub(super) enum Message {
    /// The request was granted under a number.
    Subscribed { id: u64, subscription: u64 },
    /// The request was refused.
    Refused { id: u64, why: String },
    /// Something happened.
    Heard(Heard),
    /// The account of a subscription changed; its address is not in the message.
    Account { subscription: u64, slot: u64, account: UiAccount },
}

/// Reads a message.
pub(super) fn read(text: &str) -> Result<Message, Fault> {
    let envelope: Envelope<'_> = parse(text)?;
    if let Some(error) = envelope.error {
        let why = error.get("message").and_then(Value::as_str).unwrap_or("it does not say why").to_owned();
        let id = envelope.id.ok_or_else(|| malformed(&why))?;
        return Ok(Message::Refused { id, why });
    }
    if let Some(id) = envelope.id {
        return Ok(Message::Subscribed { id, subscription: parse::<Answer>(text)?.result });
    }
    let heard = match envelope.method.as_deref() {
        Some("slotNotification") => Heard::Slot(parse::<Notification<SlotInfo>>(text)?.params.result.slot),
        Some("programNotification") => {
            let Response { context, value } = parse::<Notification<Response<RpcKeyedAccount>>>(text)?.params.result;
            let address = value.pubkey.parse().map_err(malformed)?;
            Heard::Account(account(address, context.slot, &value.account)?)
        }
        Some("accountNotification") => {
            let Params { subscription, result } = parse::<Notification<Response<UiAccount>>>(text)?.params;
            return Ok(Message::Account { subscription, slot: result.context.slot, account: result.value });
        }
        Some("logsNotification") => {
            let Response { context, value } = parse::<Notification<Response<RpcLogsResponse>>>(text)?.params.result;
            let signature = value.signature.parse().map_err(malformed)?;
            let error = value.err.map(Into::into);
            Heard::Logs(TransactionLogs { signature, slot: context.slot, error, logs: value.logs })
        }
        Some(_) => Heard::Nothing,
        None => return Err(malformed("a message that is neither an answer nor a notification")),
    };
    Ok(Message::Heard(heard))
}

/// An account as nodes write it.
pub(super) fn account(address: Address, slot: u64, account: &UiAccount) -> Result<AccountUpdate, Fault> {
    let data = account.data.decode().ok_or_else(|| malformed("data that cannot be decoded"))?;
    let owner = account.owner.parse().map_err(malformed)?;
    Ok(AccountUpdate { address, owner, lamports: account.lamports, data, slot })
}

fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Fault> {
    serde_json::from_str(text).map_err(malformed)
}
