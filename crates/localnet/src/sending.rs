//! Many transactions at once. The node runs them one after the other: what is saved is waiting for each.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use plimsoll_client::{
    rpc::{Rpc, SendError},
    transaction::Draft,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Transactions that wait for their confirmation at the same time.
const AT_ONCE: usize = 12;
/// How long one may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A draft and who signs it. The first one pays.
pub struct Job {
    pub draft: Draft,
    pub signers: Vec<Keypair>,
}

impl Job {
    pub fn new(draft: Draft, signers: Vec<Keypair>) -> Self {
        Self { draft, signers }
    }
}

/// Sends a draft without a simulation and waits until it is confirmed.
pub async fn send(rpc: &Rpc, job: &Job) -> Result<(), SendError> {
    let signers: Vec<&dyn Signer> = job.signers.iter().map(|key| key as &dyn Signer).collect();
    let transaction = job.draft.sign(&signers, rpc.blockhash().await?)?;
    let signature = rpc.submit(&transaction).await?;
    rpc.confirm(&signature, PATIENCE).await
}

/// Sends drafts that do not depend on each other; says what became of each, in their order.
pub async fn send_all(rpc: &Rpc, jobs: &[Job]) -> Vec<Result<(), SendError>> {
    stream::iter(jobs).map(|job| send(rpc, job)).buffered(AT_ONCE).collect().await
}
