//! The result as JSON, and what must be true of it.

use std::{collections::BTreeMap, fs, path::PathBuf, time::Duration};

use serde::Serialize;

use crate::{keeper::Keeper, market::Desk, record::End, scenario::Scenario};

/// What `target/demo/summary.json` says. Amounts are atoms.
#[derive(Serialize)]
pub struct Summary {
    pub scenario: &'static str,
    pub liquidations: usize,
    pub order_violations: u64,
    pub min_cash: i128,
    pub conservation_error_atoms: i128,
    pub insurance_paid: u64,
    pub bad_debt_to_lps: u64,
    /// Largest compute units of each instruction.
    pub max_cu: BTreeMap<String, u64>,
    pub mean_cu: BTreeMap<&'static str, u64>,
    pub seconds: f64,
    pub accounts_liquidated: usize,
    pub partial: usize,
    pub bankruptcies: usize,
    /// Attempts out of order that the program refused, and refusals that it should not have made.
    pub refusals_not_worst_first: u64,
    pub wrong_refusals: u64,
    pub refusals_other: BTreeMap<String, u64>,
    pub first_flags: u64,
    pub refreshed_flags: u64,
    pub removed_flags: u64,
    pub longest_queue: u64,
    /// Largest difference between net asset value and what the events explain of it.
    pub nav_error_atoms: i128,
    pub price_updates: u64,
    pub transactions: u64,
}

impl Summary {
    /// Of a finished run.
    pub fn of(scenario: Scenario, desk: &Desk, keeper: &Keeper, took: Duration) -> Self {
        let (books, log, costs) = (&desk.books, &keeper.log, &desk.costs);
        let mut accounts: Vec<_> = log.records.iter().map(|record| record.account).collect();
        accounts.sort_unstable();
        accounts.dedup();
        Self {
            scenario: scenario.name(),
            liquidations: log.records.len(),
            order_violations: log.violations,
            min_cash: books.min_cash,
            conservation_error_atoms: books.conservation_error,
            insurance_paid: books.insurance_paid,
            bad_debt_to_lps: books.bad_debt_to_lps,
            max_cu: desk.world.units.clone(),
            mean_cu: costs.iter().map(|(name, cost)| (*name, cost.mean())).collect(),
            seconds: (took.as_secs_f64() * 10.0).round() / 10.0,
            accounts_liquidated: accounts.len(),
            partial: log.count(|end| *end == End::Partial),
            bankruptcies: log.count(|end| matches!(end, End::Bankrupt { .. })),
            refusals_not_worst_first: log.refusals,
            wrong_refusals: log.wrong_refusals,
            refusals_other: log.others.clone(),
            first_flags: log.flags,
            refreshed_flags: log.refreshes,
            removed_flags: log.removals,
            longest_queue: log.longest,
            nav_error_atoms: books.bridge_error,
            price_updates: costs.get("refresh_market").map_or(0, |cost| cost.count),
            transactions: books.transactions,
        }
    }

    /// What is wrong: nothing, in a good run.
    pub fn faults(&self) -> Vec<String> {
        let gap = self.scenario == Scenario::Gap.name();
        let rules = [
            (self.liquidations == 0, "nobody was liquidated".to_owned()),
            (self.order_violations != 0, format!("{} liquidations out of order", self.order_violations)),
            (self.wrong_refusals != 0, format!("{} refusals of accounts that went first", self.wrong_refusals)),
            (self.min_cash < 0, format!("an account had {} atoms of cash", self.min_cash)),
            (self.conservation_error_atoms != 0, format!("{} atoms lost or made", self.conservation_error_atoms)),
            (self.nav_error_atoms != 0, format!("net asset value is off by {} atoms", self.nav_error_atoms)),
            (gap && self.insurance_paid == 0, "insurance paid nothing".to_owned()),
            (gap && self.bad_debt_to_lps == 0, "the liquidity providers paid nothing".to_owned()),
        ];
        rules.into_iter().filter(|(broken, _)| *broken).map(|(_, fault)| fault).collect()
    }
}

/// Writes `target/demo/summary.json` of the checkout, and a copy under the scenario's name.
pub fn write(scenario: &str, summary: &impl Serialize) -> Result<PathBuf, String> {
    let tests = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
    let checkout = PathBuf::from(tests).parent().map(PathBuf::from).unwrap_or_default();
    let directory = checkout.join("target").join("demo");
    let failed = |error: std::io::Error| format!("{} cannot be written: {error}", directory.display());
    let text = serde_json::to_string_pretty(summary).map_err(|error| format!("no summary: {error}"))? + "\n";
    fs::create_dir_all(&directory).map_err(failed)?;
    fs::write(directory.join(format!("summary-{scenario}.json")), &text).map_err(failed)?;
    let path = directory.join("summary.json");
    fs::write(&path, text).map_err(failed)?;
    Ok(path)
}
