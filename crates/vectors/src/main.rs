//! Runs the vectors of `tests/reference` on the engine. Every output must agree to the atom, every refusal by its name.
//!
//! `PLIMSOLL_VECTORS` names the file. It must exist, have enough vectors, and have some of every transition: a
//! comparison that did not happen is a failure. `PLIMSOLL_VECTORS_FOUND` names a file for what was found, line by line.

use std::{collections::BTreeMap, process::ExitCode};

use plimsoll_vectors::{Runner, TRANSITIONS, Verdict};

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
    let (mut runner, mut tallies, mut shown) = (Runner::default(), BTreeMap::<String, Tally>::new(), BTreeMap::new());
    let (mut total, mut found) = (0_usize, String::new());
    for line in text.lines() {
        let vector = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let ran = runner.run(&vector);
        found.push_str(&ran.line());
        found.push('\n');
        let tally = tallies.entry(ran.transition.clone()).or_default();
        total = total.saturating_add(1);
        tally.vectors = tally.vectors.saturating_add(1);
        tally.refused = tally.refused.saturating_add(usize::from(ran.refused));
        if let Verdict::Wrong(difference) = ran.verdict {
            tally.wrong = tally.wrong.saturating_add(1);
            let count = shown.entry(ran.transition).or_insert(0_usize);
            if *count < SHOWN {
                println!("{}: {difference}", ran.name);
            }
            *count = count.saturating_add(1);
        }
    }
    if let Ok(path) = std::env::var("PLIMSOLL_VECTORS_FOUND") {
        std::fs::write(&path, found).map_err(|error| format!("{path}: {error}"))?;
    }
    println!("{:<18} {:>8} {:>8} {:>8}", "transition", "vectors", "refused", "wrong");
    for (name, tally) in &tallies {
        println!("{name:<18} {:>8} {:>8} {:>8}", tally.vectors, tally.refused, tally.wrong);
    }
    let missing: Vec<_> = TRANSITIONS.iter().filter(|(name, _)| !tallies.contains_key(*name)).collect();
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
