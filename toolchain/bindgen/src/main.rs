//! `plimsoll-bindgen <module.wasm> <web|nodejs> <directory>`: the module with its bindings and their types.

use std::{env, process::ExitCode};

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [module, target, directory] = arguments.as_slice() else {
        eprintln!("usage: plimsoll-bindgen <module.wasm> <web|nodejs> <directory>");
        return ExitCode::FAILURE;
    };
    let mut bindgen = Bindgen::new();
    bindgen.input_path(module).out_name("engine").typescript(true).remove_producers_section(true);
    let chosen = match target.as_str() {
        "web" => bindgen.web(true).map(|_| ()),
        "nodejs" => bindgen.nodejs(true).map(|_| ()),
        other => {
            eprintln!("plimsoll-bindgen: {other} is no target");
            return ExitCode::FAILURE;
        }
    };
    match chosen.and_then(|()| bindgen.generate(directory)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("plimsoll-bindgen: {error:#}");
            ExitCode::FAILURE
        }
    }
}
