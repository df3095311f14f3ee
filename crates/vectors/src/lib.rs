//! The vectors of `tests/reference` on the engine: every output must agree to the atom, every refusal by its name.
//!
//! A library, so that the same runner also runs in WebAssembly (`crates/engine-wasm`): what both find must be equal.

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

pub use crate::run::{TRANSITIONS, Verdict};
use crate::{
    input::{In, Sets, field},
    run::Failure,
};

use serde_json::{Value, json};

/// Runs vectors one after another: some declare parameter sets that later ones name.
#[derive(Default)]
pub struct Runner {
    sets: Sets,
}

/// What the engine made of a vector.
pub struct Ran {
    /// The transition.
    pub transition: String,
    /// What the vector is called, and its case.
    pub name: String,
    /// Whether a refusal is expected.
    pub refused: bool,
    /// Output or refusal as the engine gave it.
    pub found: Value,
    /// Whether it is the expected one.
    pub verdict: Verdict,
}

impl Runner {
    /// Runs a vector.
    pub fn run(&mut self, vector: &Value) -> Ran {
        let transition = field(vector, "transition").as_str().unwrap_or_default().to_owned();
        let (outcome, verdict) = run::judge(vector, &mut self.sets);
        let found = match outcome {
            Ok(output) => json!({"output": output}),
            Err(Failure::Engine(error)) => json!({"error": format!("{error:?}")}),
            Err(Failure::Input(failure)) => json!({"input": failure}),
        };
        let name = format!("{} ({})", field(vector, "id"), field(vector, "case"));
        Ran { transition, name, refused: vector.get("error").is_some(), found, verdict }
    }

    /// Runs a vector that is one line of the file. Says what was found and whether it was expected, in one line.
    pub fn line(&mut self, line: &str) -> String {
        match serde_json::from_str(line) {
            Ok(vector) => self.run(&vector).line(),
            Err(error) => error.to_string(),
        }
    }
}

impl Ran {
    /// Everything in one line, for comparison with another build of the engine.
    pub fn line(&self) -> String {
        let right = matches!(self.verdict, Verdict::Right);
        format!("{} {} {right} {}", self.transition, self.name, self.found)
    }
}
