//! `plimsoll-selftest-runner <program.so> [inputs per part]`: runs every part in the VM, interpreted and compiled,
//! and natively, on the same words. Prints `ok <part>` or `FAILED <part>`; the exit code is 1 if any part failed.

mod inputs;
mod vm;

use inputs::Inputs;
use plimsoll_selftest_parts::{run, Io, NAMES, WORDS};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::process::ExitCode;
use vm::Program;

/// Parts whose name says so must abort for some inputs, or they have not been tested.
const ABORTING: [&str; 3] = ["overflow_", "divide_by_zero", "divide_minimum"];

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(path) = arguments.next() else {
        eprintln!("usage: plimsoll-selftest-runner <program.so> [inputs per part]");
        return ExitCode::from(2);
    };
    let count = arguments.next().map_or(Ok(1500), |text| text.parse());
    let count: usize = count.expect("the number of inputs per part");
    let bytes = std::fs::read(&path).expect("the program file");
    let program = match Program::load(&bytes) {
        Ok(program) => program,
        Err(error) => {
            println!("FAILED load: {error}");
            return ExitCode::FAILURE;
        }
    };
    println!("ok load ({} bytes, sBPFv3)", bytes.len());

    // The native side of an aborting part panics, on purpose and thousands of times.
    std::panic::set_hook(Box::new(|_| {}));
    let mut failures = 0;
    for (number, name) in NAMES.iter().enumerate() {
        match check_part(&program, number as u64, name, count) {
            Ok(report) => println!("ok {name} ({report})"),
            Err(problem) => {
                println!("FAILED {name}: {problem}");
                failures += 1;
            }
        }
    }
    if failures > 0 {
        println!("{failures} of {} parts FAILED", NAMES.len());
        return ExitCode::FAILURE;
    }
    println!("all {} parts ok", NAMES.len());
    ExitCode::SUCCESS
}

fn check_part(program: &Program, number: u64, name: &str, count: usize) -> Result<String, String> {
    let mut inputs = Inputs::new(number);
    let (mut aborted, mut returned, mut units) = (0, 0, 0);
    for _ in 0..count {
        let input = inputs.next();
        let expected = native(number, input);
        for compiled in [false, true] {
            let outcome = program.call(number, input, compiled);
            if outcome.output != expected {
                return Err(format!(
                    "{} run\n  input    {input:x?}\n  native   {expected:x?}\n  program  {:x?} ({})",
                    if compiled { "compiled" } else { "interpreted" },
                    outcome.output,
                    outcome.ended,
                ));
            }
            units = units.max(outcome.units);
        }
        match expected {
            Some(_) => returned += 1,
            None => aborted += 1,
        }
    }
    if returned == 0 {
        return Err("no input gave a result".into());
    }
    if aborted == 0 && ABORTING.iter().any(|start| name.starts_with(start)) {
        return Err("no input made it abort".into());
    }
    Ok(format!("{returned} results, {aborted} aborts, at most {units} units"))
}

/// The same part on this machine; `None` if it panicked.
fn native(number: u64, input: [u64; WORDS]) -> Option<[u64; WORDS]> {
    let mut io = Io { input, output: [0; WORDS] };
    let ran = catch_unwind(AssertUnwindSafe(|| run(number, &mut io))).ok()?;
    assert!(ran, "part {number} is in the list");
    Some(io.output)
}
