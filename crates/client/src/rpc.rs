//! Reading accounts and sending transactions over JSON-RPC.

mod read;
mod send;

use std::time::Duration;

use solana_commitment_config::CommitmentConfig;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_rpc_client_api::client_error::Error as ClientError;

pub use send::{SendError, Sent};

/// How long a node may take to answer one request.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A node.
pub struct Rpc {
    client: RpcClient,
}

/// Why an account could not be read.
#[derive(Debug)]
pub enum ReadError {
    /// The node did not answer, or refused.
    Node(Box<ClientError>),
    /// There is no such account.
    Missing(crate::Address),
    /// There is one, and it is something else.
    Foreign(crate::Address, String),
}

impl core::fmt::Display for ReadError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Node(error) => write!(f, "the node does not answer: {error}"),
            Self::Missing(address) => write!(f, "there is no account {address}"),
            Self::Foreign(address, why) => write!(f, "{address}: {why}"),
        }
    }
}

impl core::error::Error for ReadError {}

impl From<ClientError> for ReadError {
    fn from(error: ClientError) -> Self {
        Self::Node(Box::new(error))
    }
}

impl Rpc {
    /// A node at a URL, read as of `confirmed`.
    pub fn new(url: impl ToString) -> Self {
        Self::with(url, CommitmentConfig::confirmed(), TIMEOUT)
    }

    /// A node that is read at another commitment, and given up after another time.
    pub fn with(url: impl ToString, commitment: CommitmentConfig, timeout: Duration) -> Self {
        Self { client: RpcClient::new_with_timeout_and_commitment(url.to_string(), timeout, commitment) }
    }

    /// The client that everything goes through.
    pub fn client(&self) -> &RpcClient {
        &self.client
    }

    /// Its URL.
    pub fn url(&self) -> String {
        self.client.url()
    }
}
