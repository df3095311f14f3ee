//! Sending, and waiting for what becomes of it.

use std::time::Duration;

use solana_hash::Hash;
use solana_rpc_client_api::{
    client_error::{Error as ClientError, ErrorKind},
    config::{RpcSendTransactionConfig, RpcSimulateTransactionConfig},
    request::{RpcError, RpcResponseErrorData},
};
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;

use super::Rpc;
use crate::{
    explain::Refusal,
    transaction::{Draft, DraftError},
    wire::Address,
};

/// How often the status of what was sent is asked for.
const POLL: Duration = Duration::from_millis(100);
/// How long a transaction can still land: 150 slots of 400 ms, and a little.
const EXPIRES: Duration = Duration::from_secs(70);
/// Which of the recent fees is bid, in per cent from below.
const PERCENTILE: usize = 75;

/// What became of a transaction that succeeded.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Its signature.
    pub signature: Signature,
    /// Its logs, where they were asked for.
    pub logs: Vec<String>,
    /// Compute units, where they are known.
    pub units: Option<u64>,
}

/// Why a transaction did not succeed.
#[derive(Debug)]
pub enum SendError {
    /// It could not be built.
    Draft(DraftError),
    /// A program or the runtime refused it.
    Refused(Box<Refusal>),
    /// The node did not answer: it may or may not have been sent.
    Node(Box<ClientError>),
    /// It was sent and did not land before it expired.
    Expired(Signature),
}

impl core::fmt::Display for SendError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Draft(error) => error.fmt(f),
            Self::Refused(refusal) => refusal.fmt(f),
            Self::Node(error) => write!(f, "the node does not answer: {error}"),
            Self::Expired(signature) => write!(f, "the transaction {signature} did not land before it expired"),
        }
    }
}

impl core::error::Error for SendError {}

impl From<DraftError> for SendError {
    fn from(error: DraftError) -> Self {
        Self::Draft(error)
    }
}

impl From<ClientError> for SendError {
    fn from(error: ClientError) -> Self {
        let refused = refusal_of(&error);
        refused.map_or_else(|| Self::Node(Box::new(error)), |refusal| Self::Refused(Box::new(refusal)))
    }
}

/// What the runtime refused, where that is why the node did.
fn refusal_of(error: &ClientError) -> Option<Refusal> {
    let failed = match error.kind() {
        ErrorKind::RpcError(RpcError::RpcResponseError {
            data: RpcResponseErrorData::SendTransactionPreflightFailure(failed),
            ..
        }) => failed,
        ErrorKind::TransactionError(error) => return Some(Refusal::of(error, Vec::new())),
        _ => return None,
    };
    let why = failed.err.clone()?;
    Some(Refusal::of(&why.into(), failed.logs.clone().unwrap_or_default()))
}

impl Rpc {
    /// Bid per compute unit that was enough lately for these written accounts, in micro-lamports, and at most `most`.
    pub async fn recent_price(&self, written: &[Address], most: u64) -> Result<u64, ClientError> {
        // The node takes at most 128 addresses.
        let asked = written.get(..written.len().min(128)).unwrap_or_default();
        let recent = self.client.get_recent_prioritization_fees(asked).await?;
        let mut fees: Vec<u64> = recent.iter().map(|fee| fee.prioritization_fee).collect();
        fees.sort_unstable();
        let place = fees.len().saturating_mul(PERCENTILE) / 100;
        Ok(fees.get(place.min(fees.len().saturating_sub(1))).copied().unwrap_or(0).min(most))
    }

    /// Signs a draft, has it simulated, sends it and waits until it is confirmed. The first signer pays.
    pub async fn send(&self, draft: &Draft, signers: &[&dyn Signer]) -> Result<Sent, SendError> {
        let blockhash = self.client.get_latest_blockhash().await?;
        let transaction = draft.sign(signers, blockhash)?;
        let simulated = self.simulate(&transaction).await?;
        let signature = self.submit(&transaction).await?;
        self.confirm(&signature, EXPIRES).await?;
        Ok(Sent { signature, ..simulated })
    }

    /// What a transaction would do.
    pub async fn simulate(&self, transaction: &VersionedTransaction) -> Result<Sent, SendError> {
        let commitment = Some(self.client.commitment());
        let config = RpcSimulateTransactionConfig { commitment, ..RpcSimulateTransactionConfig::default() };
        let done = self.client.simulate_transaction_with_config(transaction, config).await?.value;
        let logs = done.logs.unwrap_or_default();
        if let Some(error) = done.err {
            return Err(SendError::Refused(Box::new(Refusal::of(&error.into(), logs))));
        }
        let signature = transaction.signatures.first().copied().unwrap_or_default();
        Ok(Sent { signature, logs, units: done.units_consumed })
    }

    /// Hands a transaction to the node, which has not to simulate it.
    pub async fn submit(&self, transaction: &VersionedTransaction) -> Result<Signature, SendError> {
        let config = RpcSendTransactionConfig {
            skip_preflight: true,
            preflight_commitment: Some(self.client.commitment().commitment),
            ..RpcSendTransactionConfig::default()
        };
        Ok(self.client.send_transaction_with_config(transaction, config).await?)
    }

    /// Waits for a transaction as long as it can land.
    pub async fn confirm(&self, signature: &Signature, patience: Duration) -> Result<(), SendError> {
        let deadline = tokio::time::Instant::now() + patience;
        loop {
            let statuses = self.client.get_signature_statuses(&[*signature]).await?.value;
            if let Some(status) = statuses.into_iter().next().flatten() {
                if let Some(error) = status.err {
                    let logs = self.logs_of(signature).await;
                    return Err(SendError::Refused(Box::new(Refusal::of(&error, logs))));
                }
                if status.satisfies_commitment(self.client.commitment()) {
                    return Ok(());
                }
            }
            if tokio::time::Instant::now() >= deadline {
                return Err(SendError::Expired(*signature));
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// The logs of a transaction that landed; none where the node does not know them.
    pub async fn logs_of(&self, signature: &Signature) -> Vec<String> {
        use solana_rpc_client_api::config::RpcTransactionConfig;
        use solana_transaction_status_client_types::{UiTransactionEncoding, option_serializer::OptionSerializer};

        let config = RpcTransactionConfig {
            encoding: Some(UiTransactionEncoding::Base64),
            commitment: Some(self.client.commitment()),
            max_supported_transaction_version: Some(1),
        };
        let found = self.client.get_transaction_with_config(signature, config).await;
        let meta = found.ok().and_then(|transaction| transaction.transaction.meta);
        match meta.map(|meta| meta.log_messages) {
            Some(OptionSerializer::Some(logs)) => logs,
            _ => Vec::new(),
        }
    }

    /// The newest blockhash.
    pub async fn blockhash(&self) -> Result<Hash, SendError> {
        Ok(self.client.get_latest_blockhash().await?)
    }
}
