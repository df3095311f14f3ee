//! The journal survives the process, and whatever is done to its file.

use std::{fs, io::Write as _, path::Path};

use plimsoll_client::Address;
use plimsoll_keeper::{
    job::{Kind, Subject},
    journal::{Journal, JournalError, Open},
};
use solana_signature::Signature;

fn signature(number: u8) -> Signature {
    Signature::from([number; 64])
}

fn open(number: u8) -> Open {
    let subject = |kind| Subject { kind, account: Address::new_from_array([number; 32]), number: number.into() };
    Open { subjects: vec![subject(Kind::Flag), subject(Kind::Mark)], last_block: 1_000 + u64::from(number), fee: 5_000 }
}

fn file(directory: &Path) -> std::path::PathBuf {
    directory.join("journal.jsonl")
}

/// Files that were put aside.
fn aside(directory: &Path) -> usize {
    let names = fs::read_dir(directory).expect("is a directory").map(|entry| entry.expect("is there").file_name());
    names.filter(|name| name.to_string_lossy().contains("corrupt")).count()
}

#[test]
fn what_is_under_way_survives_without_a_farewell() {
    let directory = tempfile::tempdir().expect("a directory");
    let journal = Journal::open(directory.path()).expect("opens");
    for number in 1..=3 {
        journal.begin(signature(number), open(number));
    }
    journal.end(&signature(2));
    journal.add("fees_lamports", 7);
    journal.add("fees_lamports", 5);
    // No flush: the process is killed.
    drop(journal);
    let journal = Journal::open(directory.path()).expect("opens");
    let mut under_way: Vec<_> = journal.under_way().into_iter().collect();
    under_way.sort_by_key(|(_, open)| open.last_block);
    assert_eq!(under_way, [(signature(1), open(1)), (signature(3), open(3))]);
    assert_eq!(journal.totals().get("fees_lamports"), Some(&12));
}

#[test]
fn a_line_that_was_being_written_is_forgotten() {
    let directory = tempfile::tempdir().expect("a directory");
    let journal = Journal::open(directory.path()).expect("opens");
    journal.begin(signature(1), open(1));
    drop(journal);
    let mut half = fs::OpenOptions::new().append(true).open(file(directory.path())).expect("is there");
    half.write_all(b"{\"line\":\"begin\",\"signa").expect("can be written");
    let journal = Journal::open(directory.path()).expect("opens");
    assert_eq!(journal.under_way().len(), 1);
    assert_eq!(aside(directory.path()), 0);
    // What follows stands on a line of its own.
    journal.begin(signature(2), open(2));
    drop(journal);
    assert_eq!(Journal::open(directory.path()).expect("opens").under_way().len(), 2);
}

#[test]
fn nonsense_is_put_aside_and_what_stood_before_it_counts() {
    let directory = tempfile::tempdir().expect("a directory");
    let journal = Journal::open(directory.path()).expect("opens");
    journal.begin(signature(1), open(1));
    drop(journal);
    let mut text = fs::read_to_string(file(directory.path())).expect("is text");
    text.push_str("{\"line\":\"begin\",\"signature\":\"no\",\"subjects\":[],\"last_block\":1,\"fee\":1}\n");
    text.push_str("{\"line\":\"total\",\"name\":\"x\",\"amount\":1}\n");
    fs::write(file(directory.path()), text).expect("can be written");
    let journal = Journal::open(directory.path()).expect("opens");
    assert_eq!(journal.under_way().len(), 1);
    assert!(journal.totals().is_empty());
    assert_eq!(aside(directory.path()), 1);
    drop(journal);
    for nonsense in [&[0xff_u8, 0, 1, b'\n'][..], b"{}\n", b"no line end", b"{\"line\":\"version\",\"version\":99}\n"] {
        fs::write(file(directory.path()), nonsense).expect("can be written");
        let journal = Journal::open(directory.path()).expect("opens");
        assert!(journal.under_way().is_empty());
        journal.add("works", 1);
        drop(journal);
        assert_eq!(Journal::open(directory.path()).expect("opens").totals().get("works"), Some(&1));
    }
}

#[test]
fn a_directory_has_one_keeper() {
    let directory = tempfile::tempdir().expect("a directory");
    let journal = Journal::open(directory.path()).expect("opens");
    let error = Journal::open(directory.path()).err().expect("is taken");
    assert!(matches!(error, JournalError::Taken(_)) && error.to_string().contains("its own"));
    drop(journal);
    assert!(Journal::open(directory.path()).is_ok());
}

#[test]
fn a_place_that_is_none_is_an_error() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("file");
    fs::write(&path, "x").expect("can be written");
    let error = Journal::open(&path).err().expect("is no directory");
    assert!(matches!(error, JournalError::Directory(..)), "{error}");
}

#[test]
fn the_file_does_not_grow_without_end() {
    let directory = tempfile::tempdir().expect("a directory");
    let journal = Journal::open(directory.path()).expect("opens");
    journal.begin(signature(1), open(1));
    for _ in 0..5_000 {
        journal.begin(signature(2), open(2));
        journal.end(&signature(2));
    }
    let lines = fs::read_to_string(file(directory.path())).expect("is text").lines().count();
    assert!(lines < 5_000, "{lines}");
    drop(journal);
    let journal = Journal::open(directory.path()).expect("opens");
    assert_eq!(journal.under_way().into_keys().collect::<Vec<_>>(), [signature(1)]);
}
