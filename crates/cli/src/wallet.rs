//! The key that signs: a file as the Solana command line writes it. A secret is never an argument.

use std::path::{Path, PathBuf};

use solana_keypair::{Keypair, read_keypair_file};

use crate::failure::{Failure, Kind};

/// Where the Solana command line keeps its key.
pub fn default_path() -> Option<PathBuf> {
    let home = std::env::var_os("HOME").filter(|home| !home.is_empty())?;
    Some(Path::new(&home).join(".config/solana/id.json"))
}

/// Reads a key.
pub fn read(path: Option<&Path>) -> Result<Keypair, Failure> {
    let path = path.map(Path::to_path_buf).or_else(default_path);
    let path = path.ok_or_else(|| Failure::usage("there is no home directory: name a key by --keypair"))?;
    if !path.exists() {
        let advice = "make one with `solana-keygen new`, or with `plimsoll faucet --new-key` on a local network";
        return Err(Failure::not_found(format!("there is no key in {}: {advice}", path.display())));
    }
    read_keypair_file(&path).map_err(|_| {
        let sentence = format!("{} holds no key: 64 numbers in brackets are expected", path.display());
        Failure::new(Kind::Usage, "Keypair", sentence)
    })
}
