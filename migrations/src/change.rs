//! Changes of what is there: proposed, and executed when they have waited.
//!
//! The admin proposes and anybody executes. Both ask the plan what differs, so neither does anything twice.

mod wanted;

use plimsoll_client::{
    Address, addresses,
    instructions::{ChangeAuthority, ChangeParameters, ProposeAuthority, ProposeParameters},
    rpc::Rpc,
    state::{Proposal, change},
    transaction::Draft,
};
use solana_signer::Signer;

pub use wanted::{State, Wanted};

use crate::{
    MigrationError, Plan, Report, Step,
    chain::{Found, now, send},
    deploy::{compare, require_admin},
};

/// A proposal that is there.
#[derive(Clone, Debug)]
pub struct Pending {
    /// Its address.
    pub address: Address,
    /// What it says.
    pub proposal: Proposal,
    /// Whether it can be executed.
    pub state: State,
    /// What it is for in words, where it is what the plan wants.
    pub planned: Option<String>,
}

/// All proposals of a plan's exchange, oldest first.
pub async fn pending(rpc: &Rpc, plan: &Plan) -> Result<Vec<Pending>, MigrationError> {
    let found = Found::of(rpc, plan).await?;
    let wanted = wanted::of(plan, &found);
    let all = proposals(rpc, plan, &found).await?;
    let planned = |proposal: &Proposal| wanted.iter().find(|wanted| wanted.is_in(proposal)).map(ToString::to_string);
    Ok(all.into_iter().map(|pending| Pending { planned: planned(&pending.proposal), ..pending }).collect())
}

/// Proposes whatever the plan has otherwise, and has not been proposed yet.
pub async fn propose(
    rpc: &Rpc,
    plan: &Plan,
    admin: &dyn Signer,
    mut progress: impl FnMut(&Step),
) -> Result<Report, MigrationError> {
    let found = Found::of(rpc, plan).await?;
    let exchange = found.exchange.as_ref().ok_or(MigrationError::NoExchange(plan.id))?;
    require_admin(plan, &found, admin)?;
    let there = proposals(rpc, plan, &found).await?;
    let mut sequence = exchange.proposals;
    for wanted in wanted::of(plan, &found) {
        if let Some(pending) = there.iter().find(|pending| pending.state.is_alive() && wanted.is_in(&pending.proposal))
        {
            progress(&Step::Waits {
                what: format!("{wanted}: proposal {} {}", pending.proposal.sequence, pending.state),
            });
            continue;
        }
        let proposal = addresses::proposal(&plan.exchange(), sequence);
        let what = format!("proposal {sequence}: {wanted}");
        let sent = send(rpc, &what, proposing(plan, &wanted, admin.pubkey(), proposal), &[admin]).await?;
        progress(&Step::Changed { what, signature: sent.signature });
        sequence += 1;
    }
    Ok(compare(plan, &Found::of(rpc, plan).await?, &mut |_| {}))
}

/// Executes proposals that are what the plan wants and have waited. The signer only pays the fee.
pub async fn execute(
    rpc: &Rpc,
    plan: &Plan,
    payer: &dyn Signer,
    mut progress: impl FnMut(&Step),
) -> Result<Report, MigrationError> {
    let found = Found::of(rpc, plan).await?;
    if found.exchange.is_none() {
        return Err(MigrationError::NoExchange(plan.id));
    }
    let there = proposals(rpc, plan, &found).await?;
    for wanted in wanted::of(plan, &found) {
        let alive = there.iter().filter(|pending| pending.state.is_alive());
        // Oldest first: it has waited longest.
        let Some(pending) = alive.into_iter().find(|pending| wanted.is_in(&pending.proposal)) else {
            progress(&Step::Waits { what: format!("{wanted}: nobody has proposed it") });
            continue;
        };
        let sequence = pending.proposal.sequence;
        if pending.state != State::Ready {
            progress(&Step::Waits { what: format!("{wanted}: proposal {sequence} {}", pending.state) });
            continue;
        }
        let what = format!("executing proposal {sequence}: {wanted}");
        let sent = send(rpc, &what, executing(plan, pending), &[payer]).await?;
        progress(&Step::Changed { what, signature: sent.signature });
    }
    Ok(compare(plan, &Found::of(rpc, plan).await?, &mut |_| {}))
}

fn proposing(plan: &Plan, wanted: &Wanted, admin: Address, proposal: Address) -> Draft {
    let exchange = plan.exchange();
    match wanted {
        Wanted::Parameters { market, parameters, .. } => {
            let (market, parameters) = (*market, **parameters);
            Draft::of(&ProposeParameters { admin, exchange, market, proposal, parameters }, 0)
        }
        _ => {
            let (what, key, seconds) = (wanted.what(), wanted.key(), wanted.seconds());
            Draft::of(&ProposeAuthority { admin, exchange, proposal, what, key, seconds }, 0)
        }
    }
}

fn executing(plan: &Plan, pending: &Pending) -> Draft {
    let (exchange, proposal, payer) = (plan.exchange(), pending.address, pending.proposal.payer);
    if pending.proposal.what == change::PARAMETERS {
        let market = pending.proposal.market;
        return Draft::of(&ChangeParameters { exchange, market, proposal, payer }, 0);
    }
    Draft::of(&ChangeAuthority { exchange, proposal, payer }, 0)
}

/// The exchange's proposals with their states, oldest first.
async fn proposals(rpc: &Rpc, plan: &Plan, found: &Found) -> Result<Vec<Pending>, MigrationError> {
    let Some(exchange) = &found.exchange else { return Ok(Vec::new()) };
    let now = now(rpc).await?;
    let mut all: Vec<Pending> = Vec::new();
    for (address, proposal) in rpc.all::<Proposal>(&plan.exchange()).await? {
        let state = State::of(&proposal, exchange, &found.markets, now);
        all.push(Pending { address, proposal, state, planned: None });
    }
    all.sort_by_key(|pending| pending.proposal.sequence);
    Ok(all)
}
