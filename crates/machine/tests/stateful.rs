//! A short run of the state machine, and every scenario that ever failed.

use std::path::Path;

use plimsoll_machine::{
    runner::{SEED, run},
    scenario::Scenario,
};

#[test]
fn a_short_run_finds_nothing() {
    if let Err(failure) = run(SEED, 20_000) {
        let (scenario, why) = *failure;
        panic!("{}", scenario.text(&why));
    }
}

#[test]
fn scenarios_stay_solved() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut played = 0;
    for file in std::fs::read_dir(directory).expect("the directory of the scenarios") {
        let path = file.expect("its entries").path();
        if path.extension().is_some_and(|extension| extension == "json") {
            println!("{}", path.display());
            Scenario::read(&path).expect("a scenario").play();
            played += 1;
        }
    }
    println!("{played} scenarios");
}
