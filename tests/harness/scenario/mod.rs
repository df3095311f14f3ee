//! What really happened, as data: one market, its people, and what everybody does in order. Files in `tests/scenarios`.
//!
//! Prices and money are in quote units, sizes in base units, times in seconds.

mod bounds;
mod keeper;
mod stage;
mod steps;

use std::{collections::BTreeMap, path::PathBuf};

use serde::Deserialize;

pub use stage::Stage;

/// One file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What happened, where and when.
    pub source: String,
    pub market: MarketPlan,
    /// Staked in the insurance fund.
    #[serde(default)]
    pub insurance: u64,
    pub accounts: BTreeMap<String, AccountPlan>,
    pub steps: Vec<Step>,
}

/// The market, and its price when the accounts come.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarketPlan {
    pub price: f64,
    pub second: Option<Second>,
    pub liquidity: u64,
    /// Over those that the tests use.
    #[serde(default)]
    pub parameters: BTreeMap<String, u64>,
}

/// Whose the second source is.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Second {
    Pyth,
    Switchboard,
}

/// An account, or several that do the same.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountPlan {
    pub deposit: f64,
    /// Opened at the market's first price.
    #[serde(default)]
    pub units: f64,
    #[serde(default = "one")]
    pub count: u32,
}

/// What somebody does, and what comes of it: success unless an error is named.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    #[serde(rename = "do")]
    pub act: Act,
    pub fails: Option<String>,
    /// Events that must have been logged.
    #[serde(default)]
    pub events: Vec<String>,
}

/// What can be done. A name that stands for several accounts means each of them.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Act {
    /// Time passes.
    Wait(i64),
    /// Sources publish, and the market is refreshed with those that do.
    Price(Print),
    /// Every source goes to a price in equal steps.
    Walk {
        to: f64,
        steps: u32,
        seconds: i64,
        keeper: bool,
    },
    /// An order at any price is placed.
    Order {
        account: String,
        units: f64,
    },
    /// The same, executed at an unchanged price.
    Trade {
        account: String,
        units: f64,
    },
    /// A position is closed by its owner.
    Close(String),
    Deposit {
        account: String,
        amount: f64,
    },
    /// All cash, where no amount is given.
    Withdraw {
        account: String,
        amount: Option<f64>,
    },
    Mark(String),
    Flag(String),
    Liquidate(String),
    /// A keeper flags and liquidates whomever it can, in the order that the program asks for, has insurance answer what was
    /// lost, and looks at deleveraging.
    Keeper,
    /// Insurance answers the market's deficit.
    Draw,
    WindDown,
    LookSettlement,
    Settle(String),
    FixSettlement,
    PayClaim(String),
    /// The admin proposes these parameters.
    Propose(BTreeMap<String, u64>),
    /// Time passes until a second before the proposal is ready.
    AlmostReady,
    /// Anybody executes what was proposed.
    Change,
    /// A pool's holder asks for all of his shares.
    Ask(Pool),
    /// He takes what he asked for.
    Take(Pool),
    Expect(Expectation),
}

/// A pool of the exchange, each with one holder.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pool {
    Liquidity,
    Insurance,
}

/// What sources say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Print {
    pub first: Option<f64>,
    pub second: Option<f64>,
    /// Time that passes before.
    #[serde(default = "second")]
    pub after: i64,
    /// Between this update and the one before it.
    #[serde(default = "second")]
    pub gap: i64,
    #[serde(default = "quiet")]
    pub confidence_ppm: u64,
}

/// What must be so. Ranges include their ends.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Expectation {
    /// `active`, `reduce_only`, `halted`, `settling` or `settled`.
    Status(String),
    Units {
        account: String,
        units: f64,
    },
    Cash {
        account: String,
        from: f64,
        to: f64,
    },
    /// Size of both sides.
    OpenInterest {
        from: f64,
        to: f64,
    },
    /// What accounts took out of the exchange beyond what they brought, never more than the parameters allow.
    Extracted {
        accounts: Vec<String>,
        from: f64,
        to: f64,
    },
    /// What insurance paid, never more than its cap for a window.
    InsurancePaid {
        from: f64,
        to: f64,
    },
    /// Net asset value of the market's pool.
    Nav {
        from: f64,
        to: f64,
    },
    /// What a pool's holder has outside.
    Returned {
        pool: Pool,
        from: f64,
        to: f64,
    },
}

fn one() -> u32 {
    1
}

fn second() -> i64 {
    1
}

fn quiet() -> u64 {
    200
}

/// The folder of the files.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

impl Scenario {
    /// Reads a file by its name without the extension.
    pub fn read(name: &str) -> Self {
        let path = folder().join(name).with_extension("json");
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Plays it on the program's binary, to the end.
    pub async fn play(name: &str) {
        let scenario = Self::read(name);
        assert!(scenario.source.split_whitespace().count() > 10, "{name}: say what happened");
        let mut stage = Stage::set(&scenario).await;
        for (number, step) in scenario.steps.iter().enumerate() {
            stage.step(step, &format!("{name}, step {number}: {:?}", step.act)).await;
        }
    }
}
