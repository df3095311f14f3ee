//! Runs the vectors of `tests/reference` on the engine. Every output must agree to the atom, every refusal by its name.
//!
//! `PLIMSOLL_VECTORS` names the file. It must exist, have enough vectors, and have some of every transition below: a
//! comparison that did not happen is a failure.

mod accounts;
mod actions;
mod changes;
mod exits;
mod indices;
mod input;
mod keepers;
mod limits;
mod liquidations;
mod measures;
mod output;
mod pools;
mod prices;
mod protection;
mod quotes;
mod run;
mod settlements;
mod states;
mod trades;
mod venues;

use std::{collections::BTreeMap, process::ExitCode};

use serde_json::Value;

use crate::{
    input::{In, Sets, field},
    run::{Failure, Verdict, judge},
};

/// Fewer vectors than this are a failure.
const LEAST: usize = 20_000;
/// Disagreements that are printed in full.
const SHOWN: usize = 6;

fn main() -> ExitCode {
    match compare() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("vectors: {error}");
            ExitCode::FAILURE
        }
    }
}

/// What became of a transition's vectors.
#[derive(Default)]
struct Tally {
    vectors: usize,
    refused: usize,
    wrong: usize,
}

fn compare() -> Result<bool, String> {
    let path = std::env::var("PLIMSOLL_VECTORS").map_err(|_| "PLIMSOLL_VECTORS does not name a file".to_owned())?;
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
    let (mut sets, mut tallies, mut shown) = (Sets::default(), BTreeMap::<String, Tally>::new(), BTreeMap::new());
    let mut total = 0_usize;
    for line in text.lines() {
        let vector: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let name = field(&vector, "transition").as_str().unwrap_or_default().to_owned();
        let verdict = judge(&vector, &mut sets);
        let tally = tallies.entry(name.clone()).or_default();
        total = total.saturating_add(1);
        tally.vectors = tally.vectors.saturating_add(1);
        tally.refused = tally.refused.saturating_add(usize::from(vector.get("error").is_some()));
        if let Verdict::Wrong(difference) = verdict {
            tally.wrong = tally.wrong.saturating_add(1);
            let count = shown.entry(name).or_insert(0_usize);
            if *count < SHOWN {
                println!("{} ({}): {difference}", field(&vector, "id"), field(&vector, "case"));
            }
            *count = count.saturating_add(1);
        }
    }
    println!("{:<18} {:>8} {:>8} {:>8}", "transition", "vectors", "refused", "wrong");
    for (name, tally) in &tallies {
        println!("{name:<18} {:>8} {:>8} {:>8}", tally.vectors, tally.refused, tally.wrong);
    }
    let missing: Vec<_> = run::TRANSITIONS.iter().filter(|(name, _)| !tallies.contains_key(*name)).collect();
    for (name, _) in &missing {
        println!("no vector of {name}");
    }
    if total < LEAST {
        println!("only {total} vectors, {LEAST} are needed");
    }
    let wrong: usize = tallies.values().map(|tally| tally.wrong).sum();
    println!("{total} vectors of {} transitions, {wrong} wrong", tallies.len());
    Ok(wrong == 0 && missing.is_empty() && total >= LEAST)
}
