//! A job is over: one line, with everything that matters about it.

use std::{
    io::Write,
    sync::{Arc, Mutex},
    time::Instant,
};

use plimsoll_client::{Address, errors::PlimsollError, explain::Refusal, transaction::Draft};
use plimsoll_keeper::{
    job::{Finished, Job, Kind, Outcome, Subject},
    logging,
};
use serde_json::Value;
use solana_instruction::error::InstructionError;
use solana_signature::Signature;
use solana_transaction_error::TransactionError;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("nobody panicked").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The line of an outcome.
fn line(outcome: Outcome) -> Value {
    let account = Address::new_from_array([1; 32]);
    let subjects = vec![Subject { kind: Kind::Liquidate, account, number: 3 }];
    let (draft, decided) = (Draft::default(), Instant::now());
    let job = Job { kind: Kind::Liquidate, subjects, draft, reward: 77, last_slot: 9, decided };
    let finished = Finished { job, outcome, signature: Some(Signature::from([2; 64])), fee: 5_000 };
    let lines = Lines::default();
    let writer = lines.clone();
    let json = tracing_subscriber::fmt().json().flatten_event(true).with_max_level(tracing::Level::TRACE);
    let subscriber = json.with_writer(move || writer.clone()).finish();
    tracing::subscriber::with_default(subscriber, || logging::finished(&finished));
    let bytes = lines.0.lock().expect("nobody panicked").clone();
    let text = String::from_utf8(bytes).expect("is text");
    assert_eq!(text.lines().count(), 1, "{text}");
    serde_json::from_str(&text).expect("is JSON")
}

fn refused(error: PlimsollError) -> Outcome {
    let error = TransactionError::InstructionError(0, InstructionError::Custom(error.code()));
    Outcome::Refused { refusal: Box::new(Refusal::of(&error, Vec::new())), on_chain: true }
}

#[test]
fn a_job_is_one_line() {
    let landed = line(Outcome::Landed { slot: 5, logs: Vec::new() });
    assert_eq!(
        (&landed["kind"], &landed["outcome"], &landed["level"]),
        (&"liquidate".into(), &"landed".into(), &"INFO".into())
    );
    assert_eq!((&landed["fee"], &landed["reward"]), (&5_000.into(), &77.into()));
    assert_eq!(landed["signature"], Signature::from([2; 64]).to_string());
    assert_eq!(landed["subjects"], format!("{}#3", Address::new_from_array([1; 32])));
}

#[test]
fn how_loud_it_is_depends_on_what_became_of_it() {
    let level = |outcome| line(outcome)["level"].as_str().expect("has a level").to_owned();
    assert_eq!(level(refused(PlimsollError::NotQueued)), "INFO");
    assert_eq!(level(refused(PlimsollError::MissingLeg)), "WARN");
    assert_eq!(level(Outcome::Dropped("x")), "DEBUG");
    assert_eq!(level(Outcome::Expired), "WARN");
    let failed = line(refused(PlimsollError::MissingLeg));
    assert_eq!((&failed["outcome"], &failed["reward"]), (&"failed".into(), &0.into()));
    assert!(failed["message"].as_str().is_some_and(|text| text.contains("MissingLeg")), "{failed}");
}
