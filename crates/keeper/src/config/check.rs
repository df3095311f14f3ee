//! Whether a configuration makes sense, in sentences.

use url::Url;

use super::{Config, Endpoint, secret};
use plimsoll_client::Address;

/// Why a configuration is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A file cannot be read.
    #[error("{0} cannot be read: {1}")]
    Unreadable(String, String),
    /// Something in it makes no sense.
    #[error("the configuration is wrong: {0}")]
    Invalid(String),
    /// A variable of the environment has no meaning.
    #[error("the environment's {0} is no setting of the keeper")]
    Unknown(String),
    /// A secret is in the wrong place.
    #[error("{0}")]
    Secret(String),
}

impl ConfigError {
    /// The same, of a file.
    pub(super) fn within(self, file: &str) -> Self {
        match self {
            Self::Invalid(what) => Self::Invalid(format!("{file}: {what}")),
            other => other,
        }
    }
}

impl Config {
    /// That it makes sense: the first thing that does not, as a sentence.
    pub fn check(&self) -> Result<(), ConfigError> {
        let fees = &self.fees;
        let refuse =
            |wrong: bool, sentence: &str| if wrong { Err(ConfigError::Invalid(sentence.into())) } else { Ok(()) };
        refuse(self.endpoints.is_empty(), "no endpoint is given")?;
        refuse(self.exchange == Address::default(), "no exchange is given")?;
        refuse(self.keypair.as_os_str().is_empty(), "no file of a key pair is given (keypair)")?;
        refuse(self.jobs.is_empty(), "no job is enabled")?;
        refuse(self.work.refresh_s < 1, "work.refresh_s must be at least 1")?;
        refuse(
            !(1..=40).contains(&self.work.flags_at_once),
            "work.flags_at_once must be 1 to 40: a transaction has 64 accounts",
        )?;
        let batch = (1..=20).contains(&self.work.liquidations_at_once);
        refuse(!batch, "work.liquidations_at_once must be 1 to 20: a transaction has 64 accounts")?;
        refuse(self.max_accounts == 0, "max_accounts must be above zero")?;
        refuse(fees.min_price > fees.max_price, "fees.min_price is above fees.max_price")?;
        refuse(fees.min_price > fees.unpaid_max_price, "fees.min_price is above fees.unpaid_max_price")?;
        refuse(fees.reward_share_percent > 100, "fees.reward_share_percent is above 100")?;
        refuse(fees.atoms_per_sol == 0, "fees.atoms_per_sol must be above zero")?;
        refuse(fees.stop_lamports > fees.floor_lamports, "fees.stop_lamports is above fees.floor_lamports")?;
        refuse(self.send.queue == 0, "send.queue must be above zero")?;
        refuse(self.send.in_flight == 0, "send.in_flight must be above zero")?;
        refuse(self.send.to == 0, "send.to must be above zero")?;
        refuse(self.send.rebroadcast_ms < 50, "send.rebroadcast_ms must be at least 50")?;
        refuse(self.feed.updates == 0, "feed.updates must be above zero")?;
        refuse(self.feed.stall_s == 0, "feed.stall_s must be above zero")?;
        refuse(self.feed.snapshot_timeout_s == 0, "feed.snapshot_timeout_s must be above zero")?;
        refuse(self.nodes.timeout_ms < 50, "nodes.timeout_ms must be at least 50")?;
        refuse(self.nodes.probe_ms < 50, "nodes.probe_ms must be at least 50")?;
        refuse(self.nodes.behind_slots == 0, "nodes.behind_slots must be above zero")?;
        refuse(self.nodes.backoff_s == 0, "nodes.backoff_s must be above zero")?;
        secret::is_path("keypair", &self.keypair)?;
        if let Some(geyser) = &self.geyser {
            checked("geyser.url", &geyser.url, &["http", "https"])?;
            geyser.token_path.as_ref().map_or(Ok(()), |path| secret::is_path("geyser.token_path", path))?;
            refuse(
                !cfg!(feature = "geyser"),
                "geyser.url is given, but this keeper was built without the feature geyser",
            )?;
        }
        for endpoint in &self.endpoints {
            checked("an endpoint's rpc", &endpoint.rpc, &["http", "https"])?;
            checked("an endpoint's ws", &endpoint.ws, &["ws", "wss"])?;
        }
        Ok(())
    }
}

impl Endpoint {
    /// Reads its addresses from its file, or derives the one that is not given.
    pub(super) fn complete(&mut self) -> Result<(), ConfigError> {
        if let Some(path) = &self.file {
            if !self.rpc.is_empty() || !self.ws.is_empty() {
                return Err(ConfigError::Invalid("an endpoint has both a file and an address".into()));
            }
            let text = secret::secret(path)?;
            let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            self.rpc = lines.next().unwrap_or_default().to_owned();
            self.ws = lines.next().unwrap_or_default().to_owned();
        } else if carries_key(&self.rpc) || carries_key(&self.ws) {
            let sentence = "an endpoint's address carries a key: put the address into a file and name that by `file`";
            return Err(ConfigError::Secret(sentence.into()));
        }
        if self.ws.is_empty() {
            self.ws = derived(&self.rpc)?;
        }
        Ok(())
    }

    /// Host and port: what may be logged. The rest of an address may be a key.
    pub fn label(&self) -> String {
        let url = Url::parse(&self.rpc).ok();
        let host = url.as_ref().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_else(|| "unknown".into());
        url.and_then(|url| url.port()).map_or(host.clone(), |port| format!("{host}:{port}"))
    }
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Endpoint").field(&self.label()).finish()
    }
}

/// Whether an address has a password, a query, or a long part of its path: that is how providers hand out keys.
fn carries_key(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let long = |part: &str| {
        part.len() >= 20 && part.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter))
    };
    url.password().is_some() || !url.username().is_empty() || url.query().is_some() || url.path().split('/').any(long)
}

/// The WebSocket address of a node by the custom of its kind: the next port, or the same host.
fn derived(rpc: &str) -> Result<String, ConfigError> {
    let wrong = || ConfigError::Invalid("an endpoint's rpc is no address that begins with http:// or https://".into());
    let mut url = Url::parse(rpc).map_err(|_| wrong())?;
    let scheme = match url.scheme() {
        "http" => "ws",
        "https" => "wss",
        _ => return Err(wrong()),
    };
    url.set_scheme(scheme).map_err(|()| wrong())?;
    let next = url.port().map(|port| port.checked_add(1).ok_or_else(wrong)).transpose()?;
    url.set_port(next).map_err(|()| wrong())?;
    Ok(url.into())
}

/// That a text is an address of one of these schemes. It is not repeated: it may carry a key.
fn checked(what: &str, text: &str, schemes: &[&str]) -> Result<(), ConfigError> {
    let fits = Url::parse(text).is_ok_and(|url| schemes.contains(&url.scheme()) && url.has_host());
    if fits {
        return Ok(());
    }
    Err(ConfigError::Invalid(format!("{what} is no address that begins with {}://", schemes.join(":// or "))))
}
