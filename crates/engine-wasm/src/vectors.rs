//! The reference vectors' runner in WebAssembly, for the comparison with the native one.

use plimsoll_vectors::Runner;
use wasm_bindgen::prelude::*;

/// Runs vectors one after another: some declare what later ones name.
#[wasm_bindgen]
#[derive(Default)]
pub struct Vectors {
    runner: Runner,
}

#[wasm_bindgen]
impl Vectors {
    /// A runner that has seen no vector.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs a vector, one line of the file. The answer is the line that the native runner writes for it.
    pub fn run(&mut self, line: &str) -> String {
        self.runner.line(line)
    }
}
