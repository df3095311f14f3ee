//! Commands to the oracles of a network in another process.

use std::{fmt, time::Duration};

use serde::Deserialize;

use crate::{Fault, Reading};

/// How long a command may take. All of them are quick.
const PATIENCE: Duration = Duration::from_secs(10);

/// The oracles of a network that runs in another process, by the URL that its description gives as `control`.
#[derive(Clone, Debug)]
pub struct Remote {
    url: String,
    http: reqwest::Client,
}

/// Why a command was not obeyed.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// The network does not answer.
    #[error("the network does not answer at {0}: {1}. Is it running?")]
    Silent(String, reqwest::Error),
    /// It says why not.
    #[error("{0}")]
    Refused(String),
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}

impl Remote {
    /// The oracles at a URL.
    pub fn at(url: impl fmt::Display) -> Self {
        Self { url: url.to_string(), http: reqwest::Client::new() }
    }

    /// What every market's sources say, and what is wrong with them.
    pub async fn readings(&self) -> Result<Vec<Reading>, RemoteError> {
        let response = self.send(self.http.get(format!("{}/oracles", self.url))).await?;
        response.json().await.map_err(|error| self.silent(error))
    }

    /// Starts a fault of a market's sources.
    pub async fn fault(&self, market: &str, fault: Fault) -> Result<(), RemoteError> {
        let request = self.http.post(format!("{}/oracles/{market}/fault", self.url)).json(&fault);
        self.send(request).await.map(drop)
    }

    /// Ends a market's faults. A jump stays.
    pub async fn resume(&self, market: &str) -> Result<(), RemoteError> {
        self.send(self.http.post(format!("{}/oracles/{market}/resume", self.url))).await.map(drop)
    }

    /// Lets the path begin, if it stands.
    pub async fn begin(&self) -> Result<(), RemoteError> {
        self.send(self.http.post(format!("{}/begin", self.url))).await.map(drop)
    }

    /// Saves the network now.
    pub async fn save(&self) -> Result<(), RemoteError> {
        self.send(self.http.post(format!("{}/save", self.url))).await.map(drop)
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<reqwest::Response, RemoteError> {
        let response = request.timeout(PATIENCE).send().await.map_err(|error| self.silent(error))?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let said = response.json::<Refusal>().await.map(|refusal| refusal.error);
        Err(RemoteError::Refused(said.unwrap_or_else(|_| format!("the network answers with {status}"))))
    }

    fn silent(&self, error: reqwest::Error) -> RemoteError {
        RemoteError::Silent(self.url.clone(), error)
    }
}
