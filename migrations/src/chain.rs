//! What both deployment and changes ask of a cluster.

use plimsoll_client::{
    Address, ID,
    rpc::{ReadError, Rpc, Sent},
    state::{Exchange, InsuranceFund, Market},
    transaction::Draft,
};
use solana_signer::Signer;

use crate::{MigrationError, Plan};

/// Most that is bid per compute unit, in micro-lamports: nothing here is in a hurry.
const MOST: u64 = 200_000;
/// Where the clock's account has the time of the cluster.
const UNIX_TIMESTAMP: core::ops::Range<usize> = 32..40;

/// What there is of a plan.
pub(crate) struct Found {
    pub exchange: Option<Exchange>,
    pub fund: Option<InsuranceFund>,
    pub markets: Vec<(Address, Market)>,
}

impl Found {
    /// Looks.
    pub(crate) async fn of(rpc: &Rpc, plan: &Plan) -> Result<Self, ReadError> {
        let house = plan.house();
        let exchange = rpc.find(&house.exchange).await?;
        let fund = rpc.find(&house.fund).await?;
        let markets = if exchange.is_some() { rpc.markets(&house.exchange).await? } else { Vec::new() };
        Ok(Self { exchange, fund, markets })
    }
}

/// Sends a draft at what was enough lately.
pub(crate) async fn send(rpc: &Rpc, what: &str, draft: Draft, signers: &[&dyn Signer]) -> Result<Sent, MigrationError> {
    // A node that does not know the fees is no reason to stop.
    let price = rpc.recent_price(&draft.written(), MOST).await.unwrap_or(0);
    rpc.send(&draft.at(price), signers).await.map_err(MigrationError::sending(what))
}

/// Time of the cluster, by which programs decide.
pub(crate) async fn now(rpc: &Rpc) -> Result<i64, ReadError> {
    let clock = solana_sdk_ids::sysvar::clock::ID;
    let account = rpc.raw(&clock).await?.ok_or(ReadError::Missing(clock))?;
    let bytes = account.data.get(UNIX_TIMESTAMP).and_then(|bytes| bytes.try_into().ok());
    bytes.map(i64::from_le_bytes).ok_or_else(|| ReadError::Foreign(clock, "is no clock".into()))
}

/// Refuses a cluster without the program, or without the plan's mint.
pub(crate) async fn require_ground(rpc: &Rpc, plan: &Plan) -> Result<(), MigrationError> {
    if !rpc.raw(&ID).await?.is_some_and(|program| program.executable) {
        return Err(MigrationError::NoProgram(ID));
    }
    let mint = rpc.raw(&plan.quote_mint).await?;
    if mint.is_none_or(|mint| mint.owner != plan.token_program) {
        return Err(MigrationError::NoMint(plan.quote_mint, plan.token_program));
    }
    Ok(())
}
