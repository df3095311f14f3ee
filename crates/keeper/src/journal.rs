//! What must survive the process: transactions that may still land, and totals.
//!
//! Lines are appended as things happen and the file is written anew when it has grown. A line is in the hands of the
//! operating system before its transaction is in the hands of a node: a killed process loses nothing. A machine that loses
//! power may lose the last lines; by the time it runs again their transactions have expired.

mod line;

use std::{
    collections::{BTreeMap, HashMap},
    fs::{self, File, OpenOptions, TryLockError},
    io::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use solana_signature::Signature;

use crate::job::Subject;
use line::Line;

/// Lines after which the file is written anew.
const GROWN: usize = 4_096;
/// The file.
const NAME: &str = "journal.jsonl";
/// Held while a keeper uses the directory.
const LOCK: &str = "lock";

/// A transaction that may still land.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// What it is about.
    pub subjects: Vec<Subject>,
    /// It cannot land in a block above this.
    pub last_block: u64,
    /// What it costs if it lands, in lamports.
    pub fee: u64,
}

/// Why there is no journal.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The directory cannot be used.
    #[error("the state directory {0} cannot be used: {1}")]
    Directory(String, std::io::Error),
    /// Another process uses it.
    #[error("another keeper uses the state directory {0}: give each its own")]
    Taken(String),
}

/// The journal. Copies share it.
#[derive(Clone)]
pub struct Journal(Arc<Mutex<Kept>>);

struct Kept {
    path: PathBuf,
    file: Option<File>,
    lines: usize,
    open: HashMap<Signature, Open>,
    totals: BTreeMap<String, u64>,
    /// Unlocked when it is closed.
    _lock: File,
}

impl Journal {
    /// The journal in a directory, which is made if there is none.
    pub fn open(directory: &Path) -> Result<Self, JournalError> {
        let shown = directory.display().to_string();
        let unusable = |error| JournalError::Directory(shown.clone(), error);
        fs::create_dir_all(directory).map_err(unusable)?;
        let lock =
            OpenOptions::new().create(true).truncate(false).write(true).open(directory.join(LOCK)).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(JournalError::Taken(shown)),
            Err(TryLockError::Error(error)) => return Err(unusable(error)),
        }
        let path = directory.join(NAME);
        let (open, totals) = read(&path).map_err(unusable)?;
        let mut kept = Kept { path, file: None, lines: 0, open, totals, _lock: lock };
        kept.rewrite().map_err(unusable)?;
        Ok(Self(Arc::new(Mutex::new(kept))))
    }

    /// Transactions that may still land.
    pub fn under_way(&self) -> HashMap<Signature, Open> {
        self.kept().open.clone()
    }

    /// A transaction is about to be sent.
    pub fn begin(&self, signature: Signature, open: Open) {
        let mut kept = self.kept();
        kept.append(&Line::begin(&signature, &open));
        kept.open.insert(signature, open);
    }

    /// It landed, failed or expired.
    pub fn end(&self, signature: &Signature) {
        let mut kept = self.kept();
        if kept.open.remove(signature).is_some() {
            kept.append(&Line::End { signature: signature.to_string() });
        }
    }

    /// Adds to a total, which is kept from run to run.
    pub fn add(&self, total: &str, amount: u64) {
        if amount == 0 {
            return;
        }
        let mut kept = self.kept();
        let sum = kept.totals.get(total).copied().unwrap_or(0).saturating_add(amount);
        kept.totals.insert(total.into(), sum);
        kept.append(&Line::Total { name: total.into(), amount: sum });
    }

    /// The totals by name.
    pub fn totals(&self) -> BTreeMap<String, u64> {
        self.kept().totals.clone()
    }

    /// Writes it to the disk itself.
    pub fn flush(&self) {
        let mut kept = self.kept();
        if let Err(error) = kept.rewrite() {
            tracing::error!(path = %kept.path.display(), "the journal cannot be written: {error}");
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// Adds a line; a disk that fails is reported and does not stop the keeper.
    fn append(&mut self, line: &Line) {
        self.lines = self.lines.saturating_add(1);
        let written = match &mut self.file {
            Some(_) if self.lines > GROWN => self.rewrite(),
            Some(file) => file.write_all(line.text().as_bytes()),
            None => self.rewrite(),
        };
        if let Err(error) = written {
            self.file = None;
            tracing::error!(path = %self.path.display(), "the journal cannot be written: {error}");
        }
    }

    /// Writes the file anew, beside itself first: it is whole at any time.
    fn rewrite(&mut self) -> std::io::Result<()> {
        let mut text = Line::Version { version: line::VERSION }.text();
        for (signature, open) in &self.open {
            text.push_str(&Line::begin(signature, open).text());
        }
        for (name, amount) in &self.totals {
            text.push_str(&Line::Total { name: name.clone(), amount: *amount }.text());
        }
        let beside = self.path.with_extension("new");
        let mut file = File::create(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, &self.path)?;
        self.lines = 0;
        // The handle follows the renamed file; it stands at its end.
        self.file = Some(file);
        Ok(())
    }
}

/// What a file says.
type Read = (HashMap<Signature, Open>, BTreeMap<String, u64>);

/// Reads a file. One that makes no sense is put aside; what could be read before its first mistake counts.
fn read(path: &Path) -> std::io::Result<Read> {
    let (mut open, mut totals) = Read::default();
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok((open, totals)),
        Err(error) => return Err(error),
    };
    // What follows the last line end was being written when the process died.
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |place| place.saturating_add(1));
    let lines = bytes.get(..whole).unwrap_or_default().split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let mut wrong = whole == 0 && !bytes.is_empty();
    for (number, bytes) in lines.enumerate() {
        let line = Line::parse(bytes);
        match line {
            Some(Line::Version { version }) if number == 0 && version == line::VERSION => {}
            Some(line) if number > 0 => {
                if !line.apply(&mut open, &mut totals) {
                    wrong = true;
                    break;
                }
            }
            _ => {
                wrong = true;
                break;
            }
        }
    }
    if wrong {
        let seconds = std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs());
        let aside = path.with_extension(format!("corrupt-{seconds}"));
        fs::rename(path, &aside)?;
        tracing::warn!(aside = %aside.display(), kept = open.len(), "the journal makes no sense and was put aside");
    }
    Ok((open, totals))
}
