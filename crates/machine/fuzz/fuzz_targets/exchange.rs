//! Any bytes are a scenario: the machine plays it and panics where something is not as it should be.
#![no_main]

use libfuzzer_sys::fuzz_target;
use plimsoll_machine::scenario::Scenario;

fuzz_target!(|bytes: &[u8]| {
    if let Some(scenario) = Scenario::decode(bytes) {
        scenario.play();
    }
});
