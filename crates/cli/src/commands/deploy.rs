//! `plimsoll deploy`: makes a cluster what a plan says.

use clap::Args;
use plimsoll_client::rpc::Rpc;
use plimsoll_migrations::{MigrationError, Plan, PlanError, Report, check, deploy, plan::Inputs};
use serde::Serialize;

use crate::{
    arguments::Global,
    failure::{Failure, Kind},
    page::{Answer, Page, Tone, print},
    session, wallet,
};

/// A plan and what only you know of it.
#[derive(Args, Debug)]
pub struct OfPlan {
    /// `local`, `mainnet`, or a file
    plan: String,
    /// What only you know, as NAME=VALUE; once for each
    #[arg(long = "input", value_name = "NAME=VALUE", value_parser = input)]
    inputs: Vec<(String, String)>,
}

/// Creates what a plan has and the cluster has not, and compares the rest. Safe to run again.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  plimsoll deploy local --check\n  plimsoll deploy mainnet --keypair deployer.json --input admin=7Yh3dJqUqJkq1fmk4bHF5n8jVHYMxGpi7oJbBqZKSFqX"
)]
pub struct Deploy {
    #[command(flatten)]
    of: OfPlan,
    /// Only compare, and write nothing; fails where they differ
    #[arg(long)]
    check: bool,
}

fn input(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').ok_or_else(|| format!("{text} is not NAME=VALUE"))?;
    Ok((pair.0.to_owned(), pair.1.to_owned()))
}

impl OfPlan {
    /// The node and the plan.
    pub fn open(&self, global: &Global) -> Result<(Rpc, Plan), Failure> {
        let inputs: Inputs = self.inputs.iter().cloned().collect();
        let is_file = self.plan.ends_with(".toml");
        let plan = if is_file { Plan::read(&self.plan, &inputs) } else { Plan::named(&self.plan, &inputs) };
        Ok((node(global)?, plan?))
    }
}

/// The node that a command is for, whether there is an exchange or not.
pub fn node(global: &Global) -> Result<Rpc, Failure> {
    let described = session::description(global)?.map(|network| network.rpc);
    let url = global.url.clone().or(described);
    url.map(Rpc::new).ok_or_else(|| Failure::unreachable("there is no network: name a node by --url"))
}

impl From<PlanError> for Failure {
    fn from(error: PlanError) -> Self {
        let kind =
            if matches!(error, PlanError::File(..) | PlanError::NoSuchPlan(_)) { Kind::NotFound } else { Kind::Usage };
        Self::new(kind, "Plan", error.to_string())
    }
}

impl From<MigrationError> for Failure {
    fn from(error: MigrationError) -> Self {
        match error {
            MigrationError::Read(source) => source.into(),
            MigrationError::Send { what, source } => {
                let failure = Self::from(source);
                Self { sentence: format!("{what}: {}", failure.sentence), ..failure }
            }
            other => Self::new(Kind::Refused, "Migration", other.to_string()),
        }
    }
}

impl Deploy {
    /// Does it.
    pub async fn run(&self, global: &Global) -> Result<(), Failure> {
        let (rpc, plan) = self.of.open(global)?;
        let say = progress(global.json);
        let report = if self.check || global.dry_run {
            check(&rpc, &plan, say).await?
        } else {
            deploy(&rpc, &plan, &wallet::read(global.keypair.as_deref())?, say).await?
        };
        conclude(&report, global)
    }
}

/// Says what is done as it is done, to people.
pub fn progress(json: bool) -> impl FnMut(&plimsoll_migrations::Step) {
    move |step| {
        if !json {
            eprintln!("{step}");
        }
    }
}

/// Prints a report, and fails where the cluster is not as planned.
pub fn conclude(report: &Report, global: &Global) -> Result<(), Failure> {
    print(&Compared::of(report), global.json);
    if report.is_as_planned() {
        return Ok(());
    }
    Err(Failure::new(Kind::Refused, "NotAsPlanned", "the cluster is not what the plan says"))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Compared {
    exchange: String,
    insurance_fund: String,
    markets: Vec<Market>,
    made: Vec<String>,
    missing: Vec<String>,
    differences: Vec<Difference>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Market {
    name: String,
    address: String,
    queue: String,
    /// When it takes its first risk; zero for at once.
    opens: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Difference {
    subject: String,
    name: String,
    chain: String,
    plan: String,
    remedy: String,
}

impl Compared {
    fn of(report: &Report) -> Self {
        let markets = report.markets.iter().map(|market| Market {
            name: market.name.clone(),
            address: market.address.to_string(),
            queue: market.queue.to_string(),
            opens: market.opens,
        });
        let differences = report.differences.iter().map(|difference| Difference {
            subject: difference.subject.clone(),
            name: difference.name.clone(),
            chain: difference.chain.clone(),
            plan: difference.plan.clone(),
            remedy: difference.remedy.to_string(),
        });
        Self {
            exchange: report.exchange.to_string(),
            insurance_fund: report.fund.to_string(),
            markets: markets.collect(),
            made: report.made.clone(),
            missing: report.missing.clone(),
            differences: differences.collect(),
        }
    }
}

impl Answer for Compared {
    fn show(&self, page: &mut Page) {
        page.facts([("exchange", &self.exchange), ("insurance fund", &self.insurance_fund)]);
        page.table(
            &["market", "address", "queue"],
            self.markets.iter().map(|market| vec![market.name.clone(), market.address.clone(), market.queue.clone()]),
        );
        for missing in &self.missing {
            page.line(Tone::Bad, &format!("{missing} is missing"));
        }
        if !self.differences.is_empty() {
            let rows = self.differences.iter().map(|difference| {
                let Difference { subject, name, chain, plan, remedy } = difference;
                [subject, name, chain, plan, remedy].map(String::clone).to_vec()
            });
            page.table(&["of", "what", ">now", ">planned", "how"], rows);
        }
        if self.missing.is_empty() && self.differences.is_empty() {
            page.line(Tone::Good, "Everything is as planned.");
        }
    }
}
