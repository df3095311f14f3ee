//! What is kept between runs: one file, replaced as a whole.
//!
//! Sixteen bytes say what it is, four its version, eight its length, thirty-two are the digest of the rest, which is Borsh.
//! A file that is damaged or newer than this software is refused, and never overwritten.

mod capture;

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use borsh::{BorshDeserialize, BorshSerialize};
pub(crate) use capture::{Baseline, capture, restore};
use sha2::{Digest, Sha256};

/// Its name in the state directory.
pub const FILE: &str = "state.bin";
/// The version that this software writes, and the only one that it reads: there was none before.
pub const VERSION: u32 = 1;
const MAGIC: &[u8; 16] = b"plimsoll-net\r\n\x1a\0";
const HEADER: usize = MAGIC.len() + 4 + 8 + 32;

/// Why what was saved cannot be used, or could not be saved. Nothing was overwritten.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The file cannot be read or written.
    #[error("{path}: {source}", path = .0.display(), source = .1)]
    File(PathBuf, io::Error),
    /// It is something else.
    #[error("{path} is no saved state of a local network. Nothing was overwritten: move it away to begin anew", path = .0.display())]
    Foreign(PathBuf),
    /// Another version of this software wrote it.
    #[error("{path} has version {1}, and this software reads version {VERSION}. Nothing was overwritten: use the version that wrote it, or move it away to begin anew", path = .0.display())]
    Version(PathBuf, u32),
    /// It was cut off or changed.
    #[error("{path} is damaged: {1}. Nothing was overwritten: move it away to begin anew", path = .0.display())]
    Damaged(PathBuf, String),
}

/// An account as it is kept.
#[derive(Clone, BorshSerialize, BorshDeserialize)]
pub(crate) struct SavedAccount {
    pub address: [u8; 32],
    pub owner: [u8; 32],
    pub lamports: u64,
    pub executable: bool,
    pub rent_epoch: u64,
    pub data: Vec<u8>,
}

/// A network at a moment.
#[derive(Clone, BorshSerialize, BorshDeserialize)]
pub(crate) struct Snapshot {
    /// What everybody's keys follow from.
    pub seed: u64,
    /// How many traders there are.
    pub traders: u64,
    /// Milliseconds since 1970 by this machine.
    pub saved_at: u64,
    /// The cluster's clock in seconds.
    pub time: i64,
    /// The slot, and the number of blocks, from which blockhashes follow.
    pub slot: u64,
    pub height: u64,
    /// The network's description and what its oracles go on from, as JSON.
    pub network: String,
    pub oracles: String,
    /// Everything that the chain did not have when it was empty.
    pub accounts: Vec<SavedAccount>,
}

impl Snapshot {
    /// What was saved in a directory, if anything was.
    pub fn load(directory: &Path) -> Result<Option<Self>, StateError> {
        let path = directory.join(FILE);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StateError::File(path, error)),
        };
        Self::decode(&bytes, &path).map(Some)
    }

    fn decode(bytes: &[u8], path: &Path) -> Result<Self, StateError> {
        let damaged = |why: &str| StateError::Damaged(path.to_owned(), why.to_owned());
        if !bytes.starts_with(MAGIC) {
            return Err(StateError::Foreign(path.to_owned()));
        }
        let header = bytes.get(..HEADER).ok_or_else(|| damaged("it is cut off"))?;
        let number = |at: usize| header.get(at..).and_then(|rest| rest.first_chunk()).copied();
        let version = u32::from_le_bytes(number(16).unwrap_or_default());
        if version != VERSION {
            return Err(StateError::Version(path.to_owned(), version));
        }
        let length = header.get(20..28).and_then(|bytes| bytes.first_chunk()).copied().unwrap_or_default();
        let body = bytes.get(HEADER..).unwrap_or_default();
        if u64::from_le_bytes(length) != body.len() as u64 {
            return Err(damaged("its length is not the one that it says"));
        }
        if header.get(28..) != Some(&Sha256::digest(body)[..]) {
            return Err(damaged("its digest is not the one that it says"));
        }
        Self::try_from_slice(body).map_err(|error| damaged(&error.to_string()))
    }

    fn encode(&self) -> io::Result<Vec<u8>> {
        let body = borsh::to_vec(self)?;
        let mut bytes = Vec::with_capacity(HEADER + body.len());
        bytes.extend(MAGIC);
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend((body.len() as u64).to_le_bytes());
        bytes.extend(Sha256::digest(&body));
        bytes.extend(body);
        Ok(bytes)
    }

    /// Saves it in a directory: at any moment there is the old file or the new one, whole.
    pub fn store(&self, directory: &Path) -> Result<(), StateError> {
        let (path, aside) = (directory.join(FILE), directory.join(format!("{FILE}.new")));
        let write = || {
            let mut file = File::create(&aside)?;
            file.write_all(&self.encode()?)?;
            file.sync_all()?;
            fs::rename(&aside, &path)?;
            File::open(directory)?.sync_all()
        };
        write().map_err(|error| StateError::File(path.clone(), error))
    }
}
