//! `plimsoll migrate`: changes of parameters through the timelock, and accounts with an older layout.

use clap::{Args, Subcommand};
use plimsoll_migrations::{accounts, change};
use serde::Serialize;

use super::deploy::{OfPlan, conclude, node, progress};
use crate::{
    arguments::Global,
    failure::Failure,
    page::{Answer, Page, print},
    wallet,
};

/// What can be changed.
#[derive(Debug, Subcommand)]
pub enum Migrate {
    /// Propose what is otherwise than planned and a proposal can change
    #[command(
        after_help = "Examples:\n  plimsoll migrate propose mainnet --keypair admin.json --input guardian=7Yh3dJqUqJkq1fmk4bHF5n8jVHYMxGpi7oJbBqZKSFqX"
    )]
    Propose(OfPlan),
    /// Execute proposals that are what the plan says and have waited; any key can pay
    #[command(after_help = "Examples:\n  plimsoll migrate execute mainnet")]
    Execute(OfPlan),
    /// List the exchange's proposals, and how far they are
    #[command(after_help = "Examples:\n  plimsoll migrate proposals mainnet --json")]
    Proposals(OfPlan),
    /// Bring accounts with an older layout to today's; any key can pay
    #[command(after_help = "Examples:\n  plimsoll migrate accounts --list\n  plimsoll migrate accounts")]
    Accounts(Accounts),
}

/// Accounts with an older layout.
#[derive(Args, Debug)]
pub struct Accounts {
    /// Only list them
    #[arg(long)]
    list: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Pending {
    proposals: Vec<Proposal>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Proposal {
    address: String,
    sequence: u64,
    planned: Option<String>,
    state: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Migrated {
    outdated: Vec<String>,
    migrated: u32,
}

impl Migrate {
    /// Does it.
    pub async fn run(&self, global: &Global) -> Result<(), Failure> {
        let key = || wallet::read(global.keypair.as_deref());
        match self {
            Self::Propose(of) => {
                let (rpc, plan) = of.open(global)?;
                let report = change::propose(&rpc, &plan, &key()?, progress(global.json)).await?;
                // What was proposed differs until it is executed: that is no failure.
                _ = conclude(&report, global);
                Ok(())
            }
            Self::Execute(of) => {
                let (rpc, plan) = of.open(global)?;
                conclude(&change::execute(&rpc, &plan, &key()?, progress(global.json)).await?, global)
            }
            Self::Proposals(of) => {
                let (rpc, plan) = of.open(global)?;
                let pending = change::pending(&rpc, &plan).await?;
                let proposals = pending.into_iter().map(|pending| Proposal {
                    address: pending.address.to_string(),
                    sequence: pending.proposal.sequence,
                    planned: pending.planned,
                    state: pending.state.to_string(),
                });
                print(&Pending { proposals: proposals.collect() }, global.json);
                Ok(())
            }
            Self::Accounts(command) => command.run(global).await,
        }
    }
}

impl Accounts {
    async fn run(&self, global: &Global) -> Result<(), Failure> {
        let rpc = node(global)?;
        let outdated: Vec<_> = accounts::outdated(&rpc).await?.iter().map(ToString::to_string).collect();
        let migrated = if self.list || global.dry_run {
            0
        } else {
            accounts::migrate(&rpc, &wallet::read(global.keypair.as_deref())?, progress(global.json)).await?
        };
        print(&Migrated { outdated, migrated: u32::try_from(migrated).unwrap_or(u32::MAX) }, global.json);
        Ok(())
    }
}

impl Answer for Pending {
    fn show(&self, page: &mut Page) {
        if self.proposals.is_empty() {
            return page.say("The exchange has no proposals.");
        }
        let rows = self.proposals.iter().map(|proposal| {
            let planned = proposal.planned.clone().unwrap_or_else(|| "something that the plan does not say".into());
            vec![proposal.sequence.to_string(), planned, proposal.state.clone()]
        });
        page.table(&["#", "what", "state"], rows);
    }
}

impl Answer for Migrated {
    fn show(&self, page: &mut Page) {
        if self.outdated.is_empty() {
            return page.say("Every account has today's layout.");
        }
        for address in &self.outdated {
            page.say(format!("  {address}"));
        }
        page.say(format!("{} had an older layout, {} were migrated.", self.outdated.len(), self.migrated));
    }
}
