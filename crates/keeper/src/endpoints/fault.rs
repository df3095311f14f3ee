//! Why a node did not do what it was asked, without repeating its address: that may carry a key.

use solana_rpc_client_api::{
    client_error::{Error as ClientError, ErrorKind},
    request::RpcError,
};

/// A failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Its class: a label of metrics.
    pub cause: &'static str,
    /// What happened.
    pub sentence: String,
    /// Whether the node answered, and refused: that is no fault of the node.
    pub answered: bool,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for Fault {}

impl Fault {
    /// Of a class.
    pub fn new(cause: &'static str, sentence: impl Into<String>) -> Self {
        Self { cause, sentence: sentence.into(), answered: false }
    }

    /// It did not answer in time.
    pub fn stalled() -> Self {
        Self::new("stalled", "it did not answer in time")
    }
}

/// Codes of a node that says it cannot answer now: it is unhealthy, or has no such block.
const UNABLE: [i64; 3] = [-32004, -32005, -32014];
/// Code of a node that has not reached the least slot that was asked for.
const EARLY: i64 = -32016;
/// Codes of requests that are refused for being too many.
const TOO_MANY: [i64; 2] = [429, -32429];

/// What an error of the client means.
pub fn fault(error: &ClientError) -> Fault {
    match error.kind() {
        ErrorKind::Reqwest(error) if error.is_timeout() => Fault::stalled(),
        ErrorKind::Reqwest(error) if error.is_connect() => Fault::new("unreachable", "it cannot be reached"),
        ErrorKind::Reqwest(error) => match error.status() {
            Some(status) if status.as_u16() == 429 => Fault::new("too_many", "it refuses so many requests"),
            Some(status) => Fault::new("http", format!("it answers with the HTTP status {}", status.as_u16())),
            None if error.is_decode() => Fault::new("malformed", "its answer is not JSON"),
            None => Fault::new("interrupted", "the connection broke"),
        },
        ErrorKind::SerdeJson(error) => Fault::new("malformed", format!("its answer makes no sense: {error}")),
        ErrorKind::Io(error) => Fault::new("interrupted", format!("the connection failed: {}", error.kind())),
        ErrorKind::RpcError(RpcError::RpcResponseError { code, message, .. }) => {
            let code = *code;
            let sentence = format!("it refuses: {message} ({code})");
            if TOO_MANY.contains(&code) {
                return Fault::new("too_many", sentence);
            }
            if code == EARLY {
                return Fault { answered: true, ..Fault::new("early", sentence) };
            }
            Fault { answered: !UNABLE.contains(&code), ..Fault::new("refused", sentence) }
        }
        ErrorKind::RpcError(error) => Fault::new("malformed", format!("its answer makes no sense: {error}")),
        ErrorKind::TransactionError(error) => {
            Fault { answered: true, ..Fault::new("refused", format!("it refuses: {error}")) }
        }
        ErrorKind::Middleware(_) | ErrorKind::SigningError(_) | ErrorKind::Custom(_) => {
            Fault::new("other", "the request failed")
        }
    }
}
