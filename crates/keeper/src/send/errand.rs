//! Requests that run beside the desk and tell it what came of them.

use std::{sync::Arc, time::Instant};

use plimsoll_client::{Address, rpc::SendError};
use solana_signature::Signature;
use solana_transaction::versioned::VersionedTransaction;
use solana_transaction_error::TransactionError;
use tokio::sync::mpsc;

use super::event::{Event, Failure};
use crate::endpoints::{Endpoints, Fault, Node};

/// Signatures that one request may ask about.
pub(super) const AT_ONCE: usize = 256;
/// The most that a fee is believed to be: a bound beyond every configuration's.
const HIGHEST: u64 = u64::MAX;

/// Who runs them.
#[derive(Clone)]
pub(super) struct Errands {
    pub(super) endpoints: Endpoints,
    pub(super) events: mpsc::UnboundedSender<Event>,
}

impl Errands {
    /// Hands a transaction to nodes, to all of them at once.
    pub(super) fn submit(
        &self,
        flight: u64,
        signature: Signature,
        transaction: &Arc<VersionedTransaction>,
        nodes: Vec<Arc<Node>>,
    ) {
        for node in nodes {
            let (errands, transaction) = (self.clone(), transaction.clone());
            tokio::spawn(async move {
                let result = errands.heed(&node, node.rpc.submit(&transaction)).await.map(|_| ());
                errands.tell(Event::Taken { flight, signature, result });
            });
        }
    }

    /// Asks what a transaction would do.
    pub(super) fn simulate(&self, flight: u64, transaction: &Arc<VersionedTransaction>) {
        let (errands, transaction) = (self.clone(), transaction.clone());
        tokio::spawn(async move {
            let mut result = Err(Failure::Node(Fault::new("other", "there is no node")));
            for node in errands.endpoints.ranked() {
                result = errands.heed(&node, node.rpc.simulate(&transaction)).await.map(|_| ());
                if !matches!(result, Err(Failure::Node(_))) {
                    break;
                }
            }
            errands.tell(Event::Simulated { flight, result });
        });
    }

    /// Asks for a blockhash, and how far the chain is.
    pub(super) fn chain(&self) {
        let errands = self.clone();
        tokio::spawn(async move {
            let asked = errands.endpoints.ask(|node| async move {
                let client = node.rpc.client();
                let (hash, last_block) = client.get_latest_blockhash_with_commitment(client.commitment()).await?;
                let epoch = client.get_epoch_info().await?;
                Ok((hash, last_block, epoch.block_height, epoch.absolute_slot))
            });
            errands.tell(match asked.await {
                Ok((node, (hash, last_block, height, slot))) => {
                    errands.endpoints.saw(&node, slot);
                    Event::Chain { hash, last_block, height, slot }
                }
                Err(unreachable) => Event::NoChain(unreachable.to_string()),
            });
        });
    }

    /// Asks what became of transactions, of old ones too.
    pub(super) fn statuses(&self, signatures: Vec<Signature>, old: bool) {
        let errands = self.clone();
        tokio::spawn(async move {
            let asked = errands.endpoints.ask(|node| {
                let signatures = signatures.clone();
                async move {
                    let client = node.rpc.client();
                    if old {
                        client.get_signature_statuses_with_history(&signatures).await
                    } else {
                        client.get_signature_statuses(&signatures).await
                    }
                }
            });
            errands.tell(match asked.await {
                Ok((_, answer)) if answer.value.len() == signatures.len() => {
                    let statuses = signatures.into_iter().zip(answer.value).collect();
                    Event::Statuses { slot: answer.context.slot, statuses }
                }
                _ => Event::NoStatuses,
            });
        });
    }

    /// Fetches the logs of one that landed unheard.
    pub(super) fn logs(&self, signature: Signature, slot: u64, error: Option<TransactionError>) {
        let errands = self.clone();
        tokio::spawn(async move {
            let mut logs = Vec::new();
            for node in errands.endpoints.ranked() {
                let fetched = tokio::time::timeout(errands.endpoints.timeout(), node.rpc.logs_of(&signature)).await;
                logs = fetched.unwrap_or_default();
                if !logs.is_empty() {
                    break;
                }
            }
            errands.tell(Event::Logs { signature, slot, error, logs });
        });
    }

    /// Asks what was bid lately.
    pub(super) fn bids(&self, account: Option<Address>) {
        let errands = self.clone();
        tokio::spawn(async move {
            let written: Vec<Address> = account.into_iter().collect();
            let asked = errands.endpoints.ask(|node| {
                let written = written.clone();
                async move { node.rpc.recent_price(&written, HIGHEST).await }
            });
            errands.tell(asked.await.map_or(Event::NoBid, |(_, price)| Event::Bid(account, price)));
        });
    }

    /// Asks for the wallet's lamports.
    pub(super) fn balance(&self, wallet: Address) {
        let errands = self.clone();
        tokio::spawn(async move {
            let asked = errands.endpoints.ask(|node| async move { node.rpc.client().get_balance(&wallet).await });
            if let Ok((_, lamports)) = asked.await {
                errands.tell(Event::Balance(lamports));
            }
        });
    }

    /// Awaits a node's answer, no longer than is usual, and remembers how the node did.
    async fn heed<T>(&self, node: &Node, answer: impl Future<Output = Result<T, SendError>>) -> Result<T, Failure> {
        let began = Instant::now();
        let answer = tokio::time::timeout(self.endpoints.timeout(), answer).await;
        let answer =
            answer.map_or_else(|_| Err(Failure::Node(Fault::stalled())), |answer| answer.map_err(Failure::from));
        match &answer {
            Err(Failure::Node(fault)) if !fault.answered => self.endpoints.failed(node, fault),
            _ => self.endpoints.answered(node, began.elapsed()),
        }
        answer
    }

    fn tell(&self, event: Event) {
        // Nobody listens any more after the end.
        let _ = self.events.send(event);
    }
}
