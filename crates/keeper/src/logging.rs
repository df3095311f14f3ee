//! Log lines, for people or as JSON.

use tracing_subscriber::{EnvFilter, filter::ParseError, util::TryInitError};

use crate::{
    config::{Log, LogFormat},
    job::{Finished, Outcome},
    send::label,
};

/// Why nothing can be logged.
#[derive(Debug, thiserror::Error)]
pub enum LoggingError {
    /// The level makes no sense.
    #[error("log.level is neither a level nor a filter: {0}")]
    Level(#[from] ParseError),
    /// Somebody else has begun already.
    #[error("logging has been set up already: {0}")]
    Already(#[from] TryInitError),
}

/// Logs to standard error from now on.
pub fn start(log: &Log) -> Result<(), LoggingError> {
    use tracing_subscriber::util::SubscriberInitExt as _;

    let filter = EnvFilter::try_new(&log.level)?;
    let plain = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match log.format {
        LogFormat::Text => plain.with_target(false).finish().try_init()?,
        LogFormat::Json => plain.json().flatten_event(true).with_current_span(false).finish().try_init()?,
    }
    Ok(())
}

/// The line of a job that is over.
pub fn finished(finished: &Finished) {
    let Finished { job, outcome, signature, fee } = finished;
    let kind = job.kind.name();
    let subjects: Vec<String> =
        job.subjects.iter().map(|subject| format!("{}#{}", subject.account, subject.number)).collect();
    let subjects = subjects.join(" ");
    let signature = signature.map(|signature| signature.to_string()).unwrap_or_default();
    let reward = if matches!(outcome, Outcome::Landed { .. }) { job.reward } else { 0 };
    let outcome_name = label(outcome);
    let why = sentence(outcome);
    match outcome_name {
        // That somebody else was first is usual where there are several keepers.
        "landed" | "would_land" | "taken" => {
            tracing::info!(kind, %subjects, outcome = outcome_name, fee, reward, %signature, "{why}");
        }
        "dropped" => {
            tracing::debug!(kind, %subjects, outcome = outcome_name, fee, reward, %signature, "{why}");
        }
        _ => tracing::warn!(kind, %subjects, outcome = outcome_name, fee, reward, %signature, "{why}"),
    }
}

/// An outcome as a sentence.
fn sentence(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Landed { slot, .. } => format!("landed in slot {slot}"),
        Outcome::Refused { refusal, on_chain: true } => format!("refused on chain: {refusal}"),
        Outcome::Refused { refusal, on_chain: false } => format!("refused: {refusal}"),
        Outcome::WouldLand => "would have landed; nothing is sent in a dry run".into(),
        Outcome::Dropped(why) => format!("not sent: {why}"),
        Outcome::Expired => "expired: nothing was heard of it while it could land".into(),
        Outcome::Unsent(why) => format!("no node took it: {why}"),
    }
}
