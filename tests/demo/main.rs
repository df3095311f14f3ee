//! The main job on the real binary in the real runtime: a market falls, and its accounts are liquidated in order.
//!
//! `SCENARIO=crash` (default) is the hour of 10 October 2025 21:00 UTC of SOL; `SCENARIO=gap` jumps 40 % in one step.
//! `SCENARIO=adl` and `SCENARIO=settlement` are small markets that cannot pay their winners: [`waterfall`].
//! The run is the same every time: keys, sizes and prices come from fixed seeds. It fails, with a code that is not zero,
//! when a property does not hold: see [`summary::Summary::faults`]. It ends by itself, with or without `EXIT=1`.

mod accounts;
mod books;
mod chores;
mod keeper;
mod key;
mod market;
mod opening;
mod path;
mod population;
mod record;
mod report;
mod scenario;
mod screen;
mod summary;
mod survey;
mod tables;
mod waterfall;
mod winners;

use std::{path::Path, process::ExitCode, time::Instant};

use plimsoll_tests::chain::START;

use crate::{
    keeper::Keeper,
    market::Desk,
    report::Report,
    scenario::Scenario,
    screen::{Screen, Tone},
    summary::Summary,
};

#[tokio::main]
async fn main() -> ExitCode {
    let started = Instant::now();
    match run(started).await {
        Ok(faults) if faults.is_empty() => ExitCode::SUCCESS,
        Ok(faults) => {
            faults.iter().for_each(|fault| eprintln!("demo: FAILED: {fault}"));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("demo: {error}");
            ExitCode::from(2)
        }
    }
}

/// Plays the scenario and says what is wrong with the result.
async fn run(started: Instant) -> Result<Vec<String>, String> {
    let scenario = Scenario::from_environment()?;
    require_binary()?;
    let screen = Screen::new();
    screen.title(&format!("Plimsoll: {}", scenario.title()));
    screen.line(Tone::Quiet, scenario.note());
    match scenario {
        Scenario::Adl => waterfall::adl::play(&screen, started).await,
        Scenario::Settlement => waterfall::settlement::play(&screen, started).await,
        Scenario::Crash | Scenario::Gap => liquidate(scenario, screen, started).await,
    }
}

/// Two hundred traders and a keeper through a fall.
async fn liquidate(scenario: Scenario, screen: Screen, started: Instant) -> Result<Vec<String>, String> {
    let mut desk = Desk::open(scenario.staked()).await;
    let mut keeper = Keeper::new(desk.world.trader(0).await);
    let members = opening::open(&mut desk, &keeper).await;
    let mut report = Report::new(screen);
    report.opened(&desk, &members);

    for step in scenario.path(START.max(desk.world.chain.now() + 1)) {
        desk.publish(&step).await;
        if step.is_jump {
            desk.books.mark_jump();
        }
        keeper.act(&mut desk).await;
        report.step(&desk, &mut keeper);
    }
    keeper.finish(&mut desk).await;
    let winners = winners::leave(&mut desk, &members, &keeper).await;

    let summary = Summary::of(scenario, &desk, &keeper, started.elapsed());
    tables::print(&report.screen, &mut desk, &keeper, &members, &winners).await;
    let path = summary::write(scenario.name(), &summary)?;
    report.closing(&summary, &path);
    Ok(summary.faults())
}

/// Says what is missing before anything starts.
fn require_binary() -> Result<(), String> {
    let directory = std::env::var("BPF_OUT_DIR")
        .map_err(|_| "BPF_OUT_DIR is not set: it names the folder of plimsoll.so. `make demo` sets it.".to_owned())?;
    let binary = Path::new(&directory).join("plimsoll.so");
    if binary.is_file() { Ok(()) } else { Err(format!("{} does not exist: run `make build` first.", binary.display())) }
}
