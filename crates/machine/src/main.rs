//! `plimsoll-machine [engine actions] [seed]`: plays random scenarios on all cores and counts what happened.
//! `plimsoll-machine keep <file>`: shrinks what the fuzzer found and keeps it as a scenario.

use std::{path::Path, process::ExitCode, thread};

use plimsoll_machine::{
    runner::{SEED, keep, run, shrink},
    scenario::Scenario,
    tally::Tally,
};

/// What must have been accepted at least, for every million of engine actions: what never happens tests nothing.
const LEAST: &[(&str, u64)] = &[
    ("accrue", 100_000),
    ("bankrupt: a leg in profit", 60),
    ("bankrupt: several legs", 150),
    ("cancel", 500),
    ("cancel exit", 40),
    ("deleverage: epoch", 10),
    ("deleverage: reduced", 10),
    ("deposit", 1_000),
    ("draw", 250),
    ("execute", 15_000),
    ("fill", 6_000),
    ("fire", 25),
    ("fix", 50),
    ("flag: again", 60),
    ("flag: first", 500),
    ("liquidate: all legs", 10),
    ("liquidate: bankrupt", 300),
    ("liquidate: left", 10),
    ("liquidate: step", 150),
    ("liquidation_price", 1_000),
    ("look at settling", 100),
    ("mark", 8_000),
    ("pay: round one", 20),
    ("pay: round two", 4),
    ("place", 15_000),
    ("provide", 700),
    ("redeem", 200),
    ("refresh", 100_000),
    ("refresh second", 15_000),
    ("request exit", 300),
    ("request unstake", 400),
    ("settle: claim", 70),
    ("settle: late", 20),
    ("settlement started", 60),
    ("size_for_risk", 1_000),
    ("stake", 1_000),
    ("sweep", 1_000),
    ("unstake", 200),
    ("venue_fill", 1_000),
    ("withdraw", 1_500),
];

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).peekable();
    if arguments.next_if(|first| first == "keep").is_some() {
        let path = arguments.next().expect("a file that the fuzzer wrote");
        let bytes = std::fs::read(path).expect("the file");
        return found(0, shrink(Scenario::decode(&bytes).expect("a scenario")));
    }
    let calls: u64 = arguments.next().map_or(1_000_000, |text| text.parse().expect("a number of engine actions"));
    let seed: u64 = arguments.next().map_or(SEED, |text| text.parse().expect("a seed"));
    println!("stateful: {calls} engine actions, seed {seed} (again with: make stateful SEED={seed})");
    // Only the shrunk failure is shown, not each of those on the way to it.
    std::panic::set_hook(Box::new(|_| {}));
    let workers = thread::available_parallelism().map_or(1, usize::from) as u64;
    let runs: Vec<_> = (0..workers)
        .map(|worker| thread::spawn(move || run(seed.wrapping_add(worker << 32), calls.div_ceil(workers))))
        .collect();
    let mut tally = Tally::default();
    let mut failed = false;
    for run in runs {
        match run.join().expect("a worker") {
            Ok(counts) => tally.add(&counts),
            Err(failure) => {
                found(seed, Some(*failure));
                failed = true;
            }
        }
    }
    println!("{tally}");
    for (name, per_million) in LEAST {
        let least = per_million * calls / 1_000_000;
        let accepted = tally.of(name).accepted;
        if !failed && accepted < least {
            println!("stateful: FAILED: {name} was accepted {accepted} times and should be {least} times");
            failed = true;
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Keeps a failing scenario and says where.
fn found(seed: u64, failure: Option<(Scenario, String)>) -> ExitCode {
    let Some((scenario, why)) = failure else {
        println!("the scenario does not fail");
        return ExitCode::SUCCESS;
    };
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let path = keep(&scenario, &why, &directory, seed).expect("a file for the scenario");
    println!("FAILED: {why}\nshrunk to {} actions: {}", scenario.actions.len(), path.display());
    ExitCode::FAILURE
}
