//! `plimsoll oracle`: what the sources of a local network say, and faults of them on command.

mod control;

use std::time::Duration;

use clap::{Args, Subcommand};
use control::{Control, Reading, Readings, Told};
use serde_json::{Value, json};

use crate::{arguments::Global, failure::Failure, page::print, session};

/// What can be done with the sources.
#[derive(Debug, Subcommand)]
pub enum Oracle {
    /// What every source says, and what is wrong with it
    #[command(after_help = "Examples:\n  plimsoll oracle show\n  plimsoll oracle show --json")]
    Show,
    /// Publish nothing, for a time or until it is resumed
    #[command(after_help = "Examples:\n  plimsoll oracle stall SOL 30s\n  plimsoll oracle stall BTC --source first")]
    Stall(Stall),
    /// Publish wrong prices at the first source
    #[command(
        after_help = "Examples:\n  plimsoll oracle bad-print SOL 0.5\n  plimsoll oracle bad-print SOL 1.2 --updates 3"
    )]
    BadPrint(BadPrint),
    /// Publish wrong prices at the second source, for a time or until it is resumed
    #[command(after_help = "Examples:\n  plimsoll oracle disagree SOL 0.8 1min\n  plimsoll oracle disagree SOL 1.1")]
    Disagree(Disagree),
    /// Let the price jump, and go on from there
    #[command(after_help = "Examples:\n  plimsoll oracle gap SOL 0.6")]
    Gap(Gap),
    /// End the faults of a market; a jump stays
    #[command(after_help = "Examples:\n  plimsoll oracle resume SOL")]
    Resume(Resume),
    /// Let the prices begin to move, where the network was started with them standing
    #[command(after_help = "Examples:\n  plimsoll oracle begin")]
    Begin,
}

/// A silence.
#[derive(Args, Debug)]
pub struct Stall {
    /// The market
    market: String,
    /// For how long, such as 30s or 2min
    #[arg(value_parser = humantime::parse_duration)]
    time: Option<Duration>,
    /// Which source
    #[arg(long, value_parser = ["first", "second", "both"], default_value = "both")]
    source: String,
}

/// Wrong prices.
#[derive(Args, Debug)]
pub struct BadPrint {
    /// The market
    market: String,
    /// By what the right price is multiplied
    #[arg(value_parser = factor)]
    factor: f64,
    /// For how many updates
    #[arg(long, value_name = "N", default_value_t = 1)]
    updates: u32,
}

/// Two sources that differ.
#[derive(Args, Debug)]
pub struct Disagree {
    /// The market
    market: String,
    /// By what the right price is multiplied
    #[arg(value_parser = factor)]
    factor: f64,
    /// For how long, such as 30s or 2min
    #[arg(value_parser = humantime::parse_duration)]
    time: Option<Duration>,
}

/// A jump.
#[derive(Args, Debug)]
pub struct Gap {
    /// The market
    market: String,
    /// By what the price is multiplied
    #[arg(value_parser = factor)]
    factor: f64,
}

/// The end of faults.
#[derive(Args, Debug)]
pub struct Resume {
    /// The market
    market: String,
}

/// A factor is no amount: what the oracle publishes is made of it.
fn factor(text: &str) -> Result<f64, String> {
    let factor = text.parse::<f64>().ok().filter(|factor| factor.is_finite() && *factor > 0.0);
    factor.ok_or_else(|| "write a factor above zero: 0.6 lets the price fall by 40 %".into())
}

impl Oracle {
    /// Does it.
    pub async fn run(&self, global: &Global) -> Result<(), Failure> {
        let network = session::description(global)?;
        let url = network.and_then(|network| network.control);
        let url = url.ok_or_else(|| Failure::usage("this needs a local network: start one with `plimsoll up`"))?;
        let control = Control::new(url);
        if let Self::Show = self {
            let readings: Vec<Reading> = control.get("oracles").await?;
            print(&Readings { readings }, global.json);
            return Ok(());
        }
        let (path, body, sentence) = self.command();
        if !global.dry_run {
            control.post(&path, &body).await?;
        }
        print(&Told { command: path, sentence }, global.json);
        Ok(())
    }

    /// Path, body and what a person is told.
    fn command(&self) -> (String, Value, String) {
        let fault = |market: &str| format!("oracles/{}/fault", market.to_uppercase());
        let lasts = |time: Option<Duration>| {
            time.map_or_else(
                || "until it is resumed".into(),
                |time| format!("for {}", humantime::format_duration(time)),
            )
        };
        let seconds = |time: Option<Duration>| time.map(|time| time.as_secs_f64());
        match self {
            Self::Show => ("oracles".into(), Value::Null, String::new()),
            Self::Stall(Stall { market, time, source }) => (
                fault(market),
                json!({ "fault": "stall", "sources": source, "seconds": seconds(*time) }),
                format!("{market} is silent {}.", lasts(*time)),
            ),
            Self::BadPrint(BadPrint { market, factor, updates }) => (
                fault(market),
                json!({ "fault": "badPrint", "factor": factor, "updates": updates }),
                format!("The next {updates} updates of {market} are wrong by {factor}."),
            ),
            Self::Disagree(Disagree { market, factor, time }) => (
                fault(market),
                json!({ "fault": "disagreement", "factor": factor, "seconds": seconds(*time) }),
                format!("The second source of {market} is wrong by {factor} {}.", lasts(*time)),
            ),
            Self::Gap(Gap { market, factor }) => (
                fault(market),
                json!({ "fault": "gap", "factor": factor }),
                format!("The price of {market} jumps to {factor} of itself."),
            ),
            Self::Resume(Resume { market }) => (
                format!("oracles/{}/resume", market.to_uppercase()),
                Value::Null,
                format!("The faults of {market} have ended."),
            ),
            Self::Begin => ("begin".into(), Value::Null, "The prices move.".into()),
        }
    }
}
