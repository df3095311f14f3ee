//! What was found, made and left to do.

use std::fmt;

use comfy_table::{ContentArrangement, Table, presets::ASCII_MARKDOWN};
use plimsoll_client::Address;
use solana_signature::Signature;

/// What a run finds and does, as it does it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Something of the plan is there.
    Found {
        /// What it is.
        what: String,
        /// Where it is.
        address: Address,
    },
    /// Something of the plan was not there, and is now.
    Made {
        /// What it is.
        what: String,
        /// Where it is.
        address: Address,
        /// The transaction.
        signature: Signature,
    },
    /// A change was proposed, or executed.
    Changed {
        /// In words.
        what: String,
        /// The transaction.
        signature: Signature,
    },
    /// A change waits, or cannot be executed yet.
    Waits {
        /// In words.
        what: String,
    },
    /// Accounts were brought to today's layout.
    Migrated {
        /// So many in this transaction.
        count: usize,
        /// So many are left.
        left: usize,
        /// The transaction.
        signature: Signature,
    },
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Found { what, address } => write!(f, "{what} is there: {address}"),
            Self::Made { what, address, signature } => write!(f, "{what} was created: {address} ({signature})"),
            Self::Changed { what, signature } => write!(f, "{what} ({signature})"),
            Self::Waits { what } => f.write_str(what),
            Self::Migrated { count, left, signature } => {
                write!(f, "{count} accounts were migrated, {left} are left ({signature})")
            }
        }
    }
}

/// How a difference goes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// By a proposal, after the timelock.
    Propose,
    /// It was decided on: the new admin has to accept.
    Accept,
    /// Not at all: it would be another exchange, or another market.
    Never,
}

impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Propose => "propose",
            Self::Accept => "accept",
            Self::Never => "cannot be changed",
        })
    }
}

/// Something that is otherwise than planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Of what.
    pub subject: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub chain: String,
    /// What it should be.
    pub plan: String,
    /// How it gets there.
    pub remedy: Remedy,
}

/// A market that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketReport {
    /// Its name in the plan.
    pub name: String,
    /// Its address.
    pub address: Address,
    /// Its queue.
    pub queue: Address,
    /// When it takes its first risk, in seconds since 1970; zero for at once.
    pub opens: i64,
}

/// How a cluster compares with a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The exchange's address.
    pub exchange: Address,
    /// The insurance fund's address.
    pub fund: Address,
    /// Markets of the plan that are there, in order.
    pub markets: Vec<MarketReport>,
    /// What was created by this run.
    pub made: Vec<String>,
    /// What the plan has and the cluster has not.
    pub missing: Vec<String>,
    /// What is otherwise.
    pub differences: Vec<Difference>,
}

impl Report {
    /// Whether the cluster is as the plan says.
    pub fn is_as_planned(&self) -> bool {
        self.missing.is_empty() && self.differences.is_empty()
    }

    /// Whether something is otherwise that cannot be changed: nothing is built on that.
    pub(crate) fn is_hopeless(&self) -> bool {
        self.differences.iter().any(|difference| difference.remedy == Remedy::Never)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for missing in &self.missing {
            writeln!(f, "{missing} is missing")?;
        }
        if !self.differences.is_empty() {
            writeln!(f, "{}", table(&self.differences))?;
        }
        if self.is_as_planned() {
            writeln!(f, "everything is as planned")?;
        }
        Ok(())
    }
}

/// Old and new, side by side.
pub fn table(differences: &[Difference]) -> Table {
    let mut table = Table::new();
    table.load_preset(ASCII_MARKDOWN).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(["of", "what", "now", "planned", "how"]);
    for difference in differences {
        let Difference { subject, name, chain, plan, remedy } = difference;
        table.add_row([subject, name, chain, plan, &remedy.to_string()]);
    }
    table
}

/// A number with its thousands apart.
pub(crate) fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
