//! Deployment: what a plan has and the cluster has not is created, in order, and what is there is compared.

mod compare;

use plimsoll_client::{
    ID, addresses,
    instructions::{CreateExchange, CreateMarket},
    rpc::Rpc,
    state::LiquidationQueue,
    transaction::Draft,
    wire::AccountLayout,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

pub(crate) use compare::{compare, market_differences};

use crate::{
    MarketPlan, MigrationError, Plan, Report, Step,
    chain::{Found, require_ground, send},
};

/// Units that creating an account takes: one call of the system program.
const CREATE_ACCOUNT: u32 = 3_000;

/// Compares a cluster with a plan. Writes nothing.
pub async fn check(rpc: &Rpc, plan: &Plan, mut progress: impl FnMut(&Step)) -> Result<Report, MigrationError> {
    require_ground(rpc, plan).await?;
    Ok(compare(plan, &Found::of(rpc, plan).await?, &mut progress))
}

/// Creates what is missing and compares the rest. The signer pays, and becomes admin of a new exchange.
///
/// Runs again where it was interrupted. Nothing is created beside something that is there and cannot become what the plan
/// says: another token, another oracle.
pub async fn deploy(
    rpc: &Rpc,
    plan: &Plan,
    admin: &dyn Signer,
    mut progress: impl FnMut(&Step),
) -> Result<Report, MigrationError> {
    require_ground(rpc, plan).await?;
    let mut found = Found::of(rpc, plan).await?;
    let mut report = compare(plan, &found, &mut progress);
    if report.missing.is_empty() || report.is_hopeless() {
        return Ok(report);
    }
    require_admin(plan, &found, admin)?;
    let mut made = Vec::new();
    while let Some(step) = create_next(rpc, plan, &found, admin).await? {
        progress(&step);
        if let Step::Made { what, .. } = step {
            made.push(what);
        }
        found = Found::of(rpc, plan).await?;
    }
    // What was just made is compared too.
    report = compare(plan, &found, &mut |_| {});
    report.made = made;
    Ok(report)
}

/// Whoever came first with this number is its admin.
pub(crate) fn require_admin(plan: &Plan, found: &Found, signer: &dyn Signer) -> Result<(), MigrationError> {
    let (id, signer) = (plan.id, signer.pubkey());
    match &found.exchange {
        Some(exchange) if exchange.admin != signer => {
            Err(MigrationError::NotAdmin { id, admin: exchange.admin, signer })
        }
        _ => Ok(()),
    }
}

/// Creates the first thing that is not there, if there is one.
async fn create_next(
    rpc: &Rpc,
    plan: &Plan,
    found: &Found,
    admin: &dyn Signer,
) -> Result<Option<Step>, MigrationError> {
    let house = plan.house();
    if found.exchange.is_none() {
        let create = CreateExchange {
            admin: admin.pubkey(),
            exchange: house.exchange,
            quote_mint: house.quote_mint,
            vault: house.vault,
            token_program: house.token_program,
            id: plan.id,
            guardian: plan.guardian,
        };
        let what = format!("exchange {}", plan.id);
        let sent = send(rpc, &format!("creating {what}"), Draft::of(&create, 0), &[admin]).await?;
        return Ok(Some(Step::Made { what, address: house.exchange, signature: sent.signature }));
    }
    if found.fund.is_none() {
        let create = house.create_insurance_fund(admin.pubkey());
        let what = "insurance fund".to_owned();
        let sent = send(rpc, "creating the insurance fund", Draft::of(&create, 0), &[admin]).await?;
        return Ok(Some(Step::Made { what, address: house.fund, signature: sent.signature }));
    }
    let index = found.markets.len();
    match plan.markets.get(index) {
        Some(market) => create_market(rpc, plan, market, index, admin).await.map(Some),
        None => Ok(None),
    }
}

/// Creates a market with its queue, which is too large for the program to create.
async fn create_market(
    rpc: &Rpc,
    plan: &Plan,
    market: &MarketPlan,
    index: usize,
    admin: &dyn Signer,
) -> Result<Step, MigrationError> {
    let (exchange, queue) = (plan.exchange(), Keypair::new());
    // An exchange has far fewer markets than this can count.
    let address = addresses::market(&exchange, u16::try_from(index).unwrap_or(u16::MAX));
    let space = LiquidationQueue::LEN;
    let rent = rpc.client().get_minimum_balance_for_rent_exemption(space).await;
    let rent = rent.map_err(plimsoll_client::rpc::ReadError::from)?;
    let create_queue = solana_system_interface::instruction::create_account(
        &admin.pubkey(),
        &queue.pubkey(),
        rent,
        u64::try_from(space).unwrap_or(u64::MAX),
        &ID,
    );
    let create = CreateMarket {
        admin: admin.pubkey(),
        exchange,
        market: address,
        queue: queue.pubkey(),
        parameters: market.parameters,
        oracle_kind: market.oracle.kind,
        oracle_program: market.oracle.program,
        feed: market.oracle.feed,
        second: market.second,
    };
    let what = format!("market {}", market.name);
    let draft = Draft::default().with(create_queue, CREATE_ACCOUNT).and(&create, 0);
    let sent = send(rpc, &format!("creating {what}"), draft, &[admin, &queue]).await?;
    Ok(Step::Made { what, address, signature: sent.signature })
}
