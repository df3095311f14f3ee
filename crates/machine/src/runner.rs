//! Many random scenarios, and what to do with one that fails.

use std::{cell::RefCell, path::Path};

use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner},
};

use crate::{action::Action, scenario::Scenario, setup::Setup, tally::Tally};

/// The seed, unless another is asked for.
pub const SEED: u64 = 0x506c_696d_736f_6c6c;

/// Actions in a scenario at most.
const LONGEST: usize = 400;

fn action() -> impl Strategy<Value = Action> {
    any::<[u8; Action::BYTES]>().prop_map(Action::decode)
}

fn scenario() -> impl Strategy<Value = Scenario> {
    let setup = any::<[u8; Setup::BYTES]>().prop_map(Setup::decode);
    (setup, vec(action(), 1..LONGEST)).prop_map(|(setup, actions)| Scenario { setup, actions })
}

/// Plays random scenarios until `calls` engine actions were made. A failing one is shrunk and given back with its reason.
pub fn run(seed: u64, calls: u64) -> Result<Tally, Box<(Scenario, String)>> {
    let tally = RefCell::new(Tally::default());
    let mut round = 0;
    while tally.borrow().total() < calls {
        let config = Config {
            cases: 50,
            rng_seed: RngSeed::Fixed(seed.wrapping_add(round)),
            failure_persistence: None,
            // Leaving actions out is quicker than what proptest does, which looks at each number of each action too.
            max_shrink_iters: 0,
            ..Config::default()
        };
        let outcome = TestRunner::new(config).run(&scenario(), |scenario| {
            let played = std::panic::catch_unwind(|| scenario.play());
            match played {
                Ok(world) => {
                    tally.borrow_mut().add(&world.tally);
                    Ok(())
                }
                Err(panic) => Err(TestCaseError::fail(reason(&*panic))),
            }
        });
        match outcome {
            Ok(()) => round += 1,
            Err(TestError::Fail(_, scenario)) => {
                return Err(Box::new(shrink(scenario).expect("it failed a moment ago")));
            }
            Err(TestError::Abort(why)) => panic!("{why}"),
        }
    }
    Ok(tally.into_inner())
}

/// Plays a scenario; says why it failed.
fn fails(scenario: &Scenario) -> Option<String> {
    std::panic::catch_unwind(|| scenario.play()).err().map(|panic| reason(&*panic))
}

/// Leaves out whatever a failing scenario does not need to fail, ever smaller parts of it.
pub fn shrink(mut scenario: Scenario) -> Option<(Scenario, String)> {
    let mut why = fails(&scenario)?;
    let mut part = scenario.actions.len().div_ceil(2);
    while part > 0 {
        let mut from = 0;
        while from < scenario.actions.len() {
            let mut shorter = scenario.clone();
            shorter.actions.drain(from..(from + part).min(scenario.actions.len()));
            match fails(&shorter) {
                Some(reason) => (scenario, why) = (shorter, reason),
                None => from += part,
            }
        }
        part /= 2;
    }
    Some((scenario, why))
}

/// What a panic said.
pub fn reason(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}

/// Writes a failing scenario where it becomes a regression test.
pub fn keep(scenario: &Scenario, why: &str, directory: &Path, seed: u64) -> std::io::Result<std::path::PathBuf> {
    let text = scenario.text(why);
    let name = text.bytes().fold(seed, |hash, byte| hash.wrapping_mul(0x100_0000_01b3) ^ u64::from(byte));
    let path = directory.join(format!("found-{name:016x}.json"));
    std::fs::write(&path, text)?;
    Ok(path)
}
