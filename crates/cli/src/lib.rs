//! The command line: a local network, a keeper, accounts and trades.
//!
//! A command reads accounts at one moment, asks `plimsoll-desk` and so the engine for every number, and answers a person
//! with tables or a program with JSON. Nothing is computed here.

pub mod arguments;
pub mod commands;
pub mod constants;
pub mod decimal;
pub mod failure;
pub mod history;
pub mod json;
pub mod names;
pub mod outcome;
pub mod page;
pub mod session;
pub mod snapshot;
pub mod time;
pub mod tokens;
pub mod units;
pub mod wallet;
pub mod words;

use std::process::ExitCode;

use arguments::Cli;
use clap::Parser;
use failure::Failure;

/// Parses the arguments, does what they say, and answers with an exit code.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let json = cli.global.json;
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return Failure::unreachable(format!("no threads can be started: {error}")).report(json),
    };
    match runtime.block_on(cli.command.run(&cli.global)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(json),
    }
}
