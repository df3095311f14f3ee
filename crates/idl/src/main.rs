//! `plimsoll-idl <program directory> <out.json>` writes the IDL, `plimsoll-idl --check <file.json>` checks one.
//!
//! The program is compiled for the host, in cargo's target directory of the environment.

use std::{fs, path::Path, process::ExitCode};

use anchor_lang_idl::types::Idl;
use anyhow::{Context, Result, bail};

fn main() -> ExitCode {
    // With this variable, which rustup sets for everything it starts, `IdlBuilder` installs a toolchain and then
    // passes cargo a name that is none.
    // SAFETY: no other thread runs yet.
    unsafe { std::env::remove_var("RUSTUP_TOOLCHAIN") };

    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--check", file] => check(Path::new(file)),
        [program, out] if !program.starts_with('-') => write(Path::new(program), Path::new(out)),
        _ => Err(anyhow::anyhow!("usage: plimsoll-idl <program directory> <out.json> | --check <file.json>")),
    };
    match done {
        Ok(summary) => {
            println!("idl: {summary}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("idl: FAILED: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Writes an IDL, or nothing if it is not consistent.
fn write(program: &Path, out: &Path) -> Result<String> {
    let idl = plimsoll_idl::build(program)?;
    let summary = summary(&idl)?;
    if let Some(directory) = out.parent() {
        fs::create_dir_all(directory).with_context(|| directory.display().to_string())?;
    }
    let mut text = serde_json::to_string_pretty(&idl)?;
    text.push('\n');
    // Moved into place, so that nothing ever reads half of it.
    let new = out.with_extension("json.new");
    fs::write(&new, text).with_context(|| new.display().to_string())?;
    fs::rename(&new, out).with_context(|| out.display().to_string())?;
    Ok(format!("{}: {summary}", out.display()))
}

/// Checks an IDL in a file.
fn check(file: &Path) -> Result<String> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let idl: Idl = serde_json::from_str(&text).with_context(|| file.display().to_string())?;
    Ok(format!("{}: {}", file.display(), summary(&idl)?))
}

/// How much an IDL describes, or what is wrong with it.
fn summary(idl: &Idl) -> Result<String> {
    let faults = plimsoll_idl::check(idl);
    if !faults.is_empty() {
        bail!("{} faults:\n  {}", faults.len(), faults.join("\n  "));
    }
    let Idl { instructions, accounts, events, errors, types, .. } = idl;
    Ok(format!(
        "{} instructions, {} accounts, {} events, {} errors, {} types, consistent",
        instructions.len(),
        accounts.len(),
        events.len(),
        errors.len(),
        types.len()
    ))
}
