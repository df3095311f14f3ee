//! Deploys, changes and migrates what a plan says. `migrations/README.md` has the steps.

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};
use plimsoll_client::{
    Address,
    oracle::{programs, switchboard},
    rpc::Rpc,
};
use plimsoll_migrations::{Inputs, Plan, PlanError, Report, Step, accounts, change, check, deploy, parameters};
use solana_keypair::Keypair;

type Failure = Box<dyn std::error::Error>;

/// What a difference from the plan exits with: something is there to be done.
const DIFFERS: u8 = 2;

/// Deploys, changes and migrates what a plan says.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Compares a cluster with a plan and writes nothing; exits with 2 where they differ.
    ///
    /// Example: plimsoll-migrate check --plan mainnet --input admin=... --input guardian=...
    Check(OfPlan),
    /// Creates what is missing, in order.
    ///
    /// Example: plimsoll-migrate deploy --plan mainnet --keypair deployer.json --input admin=...
    Deploy(Signed),
    /// Proposes what is otherwise and a proposal can change.
    ///
    /// Example: plimsoll-migrate propose --plan mainnet --keypair admin.json --input admin=...
    Propose(Signed),
    /// Lists the exchange's proposals, and how far they are.
    ///
    /// Example: plimsoll-migrate proposals --plan mainnet --input admin=...
    Proposals(OfPlan),
    /// Executes proposals that are what the plan says and have waited. Any key can pay.
    ///
    /// Example: plimsoll-migrate execute --plan mainnet --keypair payer.json --input admin=...
    Execute(Signed),
    /// Brings accounts with an older layout to today's. Any key can pay.
    ///
    /// Example: plimsoll-migrate accounts --keypair payer.json
    Accounts {
        #[command(flatten)]
        node: Node,
        /// File of the key that pays; without it the accounts are only listed.
        #[arg(long, env = "PLIMSOLL_KEYPAIR")]
        keypair: Option<PathBuf>,
    },
    /// Prints the digest of a Switchboard feed as it stands, by which a plan names it (ADR 37).
    ///
    /// Example: plimsoll-migrate digest FEED --url https://node.example
    Digest {
        #[command(flatten)]
        node: Node,
        /// The feed's account.
        feed: Address,
    },
    /// Reads a file of parameters and checks all hard bounds.
    ///
    /// Example: plimsoll-migrate parameters migrations/parameters/sol.toml
    Parameters {
        /// The file.
        file: PathBuf,
    },
}

#[derive(Args)]
struct Node {
    /// JSON-RPC address of a node.
    #[arg(long, env = "PLIMSOLL_RPC_URL", default_value = "http://127.0.0.1:8899")]
    url: String,
}

#[derive(Args)]
struct OfPlan {
    #[command(flatten)]
    node: Node,
    /// `local`, `mainnet`, or a file.
    #[arg(long)]
    plan: String,
    /// What only you know, as NAME=VALUE; once for each.
    #[arg(long = "input", value_parser = input)]
    inputs: Vec<(String, String)>,
}

#[derive(Args)]
struct Signed {
    #[command(flatten)]
    of: OfPlan,
    /// File of the key that signs and pays.
    #[arg(long, env = "PLIMSOLL_KEYPAIR")]
    keypair: PathBuf,
}

fn input(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').ok_or_else(|| format!("{text} is not NAME=VALUE"))?;
    Ok((pair.0.to_owned(), pair.1.to_owned()))
}

impl OfPlan {
    fn open(&self) -> Result<(Rpc, Plan), PlanError> {
        let inputs: Inputs = self.inputs.iter().cloned().collect();
        let is_file = self.plan.ends_with(".toml");
        let plan = if is_file { Plan::read(&self.plan, &inputs) } else { Plan::named(&self.plan, &inputs) };
        Ok((Rpc::new(&self.node.url), plan?))
    }
}

impl Signed {
    fn open(&self) -> Result<(Rpc, Plan, Keypair), Failure> {
        let (rpc, plan) = self.of.open()?;
        Ok((rpc, plan, key(&self.keypair)?))
    }
}

fn key(file: &PathBuf) -> Result<Keypair, Failure> {
    solana_keypair::read_keypair_file(file).map_err(|error| format!("{} is no key: {error}", file.display()).into())
}

fn say(step: &Step) {
    eprintln!("{step}");
}

fn done(report: &Report) -> ExitCode {
    print!("{report}");
    if report.is_as_planned() { ExitCode::SUCCESS } else { ExitCode::from(DIFFERS) }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Arguments::parse().command).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Check(of) => {
            let (rpc, plan) = of.open()?;
            Ok(done(&check(&rpc, &plan, say).await?))
        }
        Command::Deploy(signed) => {
            let (rpc, plan, key) = signed.open()?;
            Ok(done(&deploy(&rpc, &plan, &key, say).await?))
        }
        Command::Propose(signed) => {
            let (rpc, plan, key) = signed.open()?;
            Ok(done(&change::propose(&rpc, &plan, &key, say).await?))
        }
        Command::Execute(signed) => {
            let (rpc, plan, key) = signed.open()?;
            Ok(done(&change::execute(&rpc, &plan, &key, say).await?))
        }
        Command::Proposals(of) => {
            let (rpc, plan) = of.open()?;
            for pending in change::pending(&rpc, &plan).await? {
                let what = pending.planned.as_deref().unwrap_or("something that the plan does not say");
                println!("proposal {}, {what}, {}", pending.proposal.sequence, pending.state);
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Accounts { node, keypair: None } => {
            let outdated = accounts::outdated(&Rpc::new(&node.url)).await?;
            outdated.iter().for_each(|address| println!("{address}"));
            Ok(if outdated.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(DIFFERS) })
        }
        Command::Accounts { node, keypair: Some(file) } => {
            let count = accounts::migrate(&Rpc::new(&node.url), &key(&file)?, say).await?;
            println!("{count} accounts were migrated");
            Ok(ExitCode::SUCCESS)
        }
        Command::Digest { node, feed } => {
            let account = Rpc::new(&node.url).raw(&feed).await?.ok_or_else(|| format!("there is no account {feed}"))?;
            if account.owner != programs::SWITCHBOARD {
                return Err(format!("{feed} belongs to {}, not to Switchboard", account.owner).into());
            }
            let digest = switchboard::feed(&feed, &account.data).map_err(|error| error.sentence())?;
            // A market would refuse what cannot be read now, and nobody could say why.
            switchboard::observe(&digest, &feed, &account.data).map_err(|error| error.sentence())?;
            println!("{}", hex::encode(digest));
            Ok(ExitCode::SUCCESS)
        }
        Command::Parameters { file } => {
            parameters::read(&file)?;
            println!("{} is within all hard bounds", file.display());
            Ok(ExitCode::SUCCESS)
        }
    }
}
