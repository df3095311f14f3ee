//! From the program's source to an IDL.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use anchor_lang_idl::{
    build::IdlBuilder,
    types::{Idl, IdlTypeDef},
};
use anyhow::{Context, Result, ensure};

/// Describes the program in a directory. Compiles it for the host, with its feature `idl-build`.
pub fn build(program: &Path) -> Result<Idl> {
    let program = program.canonicalize().with_context(|| program.display().to_string())?;
    let mut idl = IdlBuilder::new().program_path(program.clone()).cargo_args(vec!["--lib".into()]).build()?;
    crate::resolve(&mut idl, &definitions(&program)?);
    Ok(idl)
}

/// All type definitions. The builder keeps one of each name, whatever module it is from.
///
/// Runs what the builder has just compiled, so its arguments and environment must be the same.
fn definitions(program: &Path) -> Result<Vec<IdlTypeDef>> {
    let output = Command::new("cargo")
        .args(["test", "__anchor_private_print_idl", "--features", "idl-build", "--lib"])
        .args(["--", "--show-output", "--quiet"])
        .env("RUSTFLAGS", "-A warnings")
        .current_dir(program)
        .stderr(Stdio::null())
        .output()?;
    ensure!(output.status.success(), "the program's description could not be printed");
    let text = String::from_utf8(output.stdout)?;
    let printed = text.split("--- IDL begin program ---").nth(1);
    let printed = printed.and_then(|rest| rest.split("--- IDL end program ---").next());
    let idl: Idl = serde_json::from_str(printed.context("the program's description was not printed")?)?;
    Ok(idl.types)
}
