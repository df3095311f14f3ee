//! How often each engine action was accepted and refused: what never happens tests nothing.

use std::collections::BTreeMap;

/// Accepted and refused calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Calls that were accepted.
    pub accepted: u64,
    /// Calls that were refused.
    pub refused: u64,
}

/// Counts by name.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    counts: BTreeMap<&'static str, Count>,
    errors: BTreeMap<(&'static str, String), u64>,
}

impl Tally {
    /// Counts one call.
    pub fn count(&mut self, name: &'static str, accepted: bool) {
        let count = self.counts.entry(name).or_default();
        if accepted {
            count.accepted += 1;
        } else {
            count.refused += 1;
        }
    }

    /// Counts why something was refused.
    pub fn refusal(&mut self, name: &'static str, reason: &impl std::fmt::Debug) {
        *self.errors.entry((name, format!("{reason:?}"))).or_default() += 1;
    }

    /// Adds another tally.
    pub fn add(&mut self, other: &Self) {
        for (name, count) in &other.counts {
            let sum = self.counts.entry(name).or_default();
            sum.accepted += count.accepted;
            sum.refused += count.refused;
        }
        for (name, count) in &other.errors {
            *self.errors.entry(name.clone()).or_default() += count;
        }
    }

    /// All calls.
    pub fn total(&self) -> u64 {
        self.counts.values().map(|count| count.accepted + count.refused).sum()
    }

    /// The count of one name.
    pub fn of(&self, name: &str) -> Count {
        self.counts.get(name).copied().unwrap_or_default()
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{:<24}{:>12}{:>12}", "engine action", "accepted", "refused")?;
        for (name, count) in &self.counts {
            writeln!(f, "{name:<24}{:>12}{:>12}", count.accepted, count.refused)?;
        }
        writeln!(f, "{:<24}{:>24}", "in all", self.total())?;
        write!(f, "refusals by reason")?;
        let mut last = "";
        for ((name, reason), count) in &self.errors {
            write!(f, "{}{reason} {count}", if *name == last { ", ".to_owned() } else { format!("\n  {name}: ") })?;
            last = name;
        }
        Ok(())
    }
}
