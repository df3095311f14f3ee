//! What happened lately, from the logs of transactions that touched an account.

use plimsoll_client::{Address, explain::events, wire::EventLayout};
use solana_rpc_client::rpc_client::GetConfirmedSignaturesForAddress2Config;
use solana_signature::Signature;

use crate::{failure::Failure, session::Session};

/// A transaction that succeeded.
#[derive(Clone, Debug)]
pub struct Past {
    /// Its signature.
    pub signature: Signature,
    /// When its block was made, where the node says so.
    pub time: Option<i64>,
    /// What it logged.
    pub logs: Vec<String>,
}

impl Past {
    /// Its events of a type.
    pub fn events<E: EventLayout>(&self) -> Vec<E> {
        events(&self.logs).collect()
    }
}

impl Session {
    /// The last transactions that touched an account and succeeded, the newest first, down to one that is known.
    pub async fn past(&self, address: &Address, until: Option<Signature>, most: usize) -> Result<Vec<Past>, Failure> {
        let config = GetConfirmedSignaturesForAddress2Config {
            before: None,
            until,
            limit: Some(most),
            commitment: Some(self.rpc.client().commitment()),
        };
        let found = self.rpc.client().get_signatures_for_address_with_config(address, config).await?;
        let mut past = Vec::new();
        for transaction in found.into_iter().filter(|transaction| transaction.err.is_none()) {
            let Ok(signature) = transaction.signature.parse::<Signature>() else { continue };
            let logs = self.rpc.logs_of(&signature).await;
            past.push(Past { signature, time: transaction.block_time, logs });
        }
        Ok(past)
    }
}
