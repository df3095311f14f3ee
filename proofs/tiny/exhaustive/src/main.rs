//! Every input of the engine of 8 bits.
//!
//! Each rule tries all values of the inputs that it is about, all combinations of them, and compares with plain wide
//! integers. `rules.txt` says which rules there are and how many cases each must at least accept: a rule that is
//! missing, or that holds because nothing was accepted, fails.

mod exact;
mod rules;
mod run;
mod world;

use std::{collections::BTreeMap, process::ExitCode, time::Instant};

/// `name minimum-accepted` a line.
const LIST: &str = include_str!("../../rules.txt");

fn main() -> ExitCode {
    let only = std::env::args().nth(1);
    let wanted = |name: &str| only.as_deref().is_none_or(|part| name.contains(part));
    let mut listed: BTreeMap<&str, u64> = list().filter(|(name, _)| wanted(name)).collect();
    let (start, mut sums, mut failures) = (Instant::now(), (0, 0, 0), Vec::new());
    println!("{:<44} {:>13} {:>13} {:>8}", "rule", "cases", "accepted", "seconds");
    for rule in rules::all().filter(|rule| wanted(rule.name)) {
        let (tally, took) = run::run(rule);
        println!("{:<44} {:>13} {:>13} {:>8.1}", rule.name, tally.cases, tally.accepted, took.as_secs_f32());
        sums = (sums.0 + 1, sums.1 + tally.cases, sums.2 + tally.accepted);
        if let Some(case) = tally.broken {
            failures.push(format!("{}: {case}", rule.name));
        }
        match listed.remove(rule.name) {
            None => failures.push(format!("{}: not in rules.txt", rule.name)),
            Some(least) if tally.accepted < least => {
                failures.push(format!("{}: {} accepted, at least {least} must be", rule.name, tally.accepted));
            }
            Some(_) => {}
        }
    }
    failures.extend(listed.keys().map(|name| format!("{name}: in rules.txt, but did not run")));
    let (rules, cases, accepted) = sums;
    println!("{:<44} {cases:>13} {accepted:>13} {:>8.1}", format!("{rules} rules"), start.elapsed().as_secs_f32());
    for failure in &failures {
        println!("FAILED {failure}");
    }
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn list() -> impl Iterator<Item = (&'static str, u64)> {
    LIST.lines()
        .filter_map(|line| line.split_once(char::is_whitespace))
        .filter_map(|(name, least)| Some((name, least.trim().replace('_', "").parse().ok()?)))
}
