//! One command's connection: the node, the exchange and whoever signs.

use std::path::{Path, PathBuf};

use plimsoll_client::{
    Address, addresses,
    house::House,
    network::{self, Network},
    rpc::{Rpc, SendError, Sent},
    transaction::Draft,
};
use serde::Serialize;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{
    arguments::Global,
    failure::{Failure, Kind},
    names::Names,
    page::{Page, Tone},
    wallet,
};

/// Bid for a compute unit at most, in micro-lamports.
const MOST_PRICE: u64 = 1_000_000;

/// A connection.
pub struct Session {
    /// The node.
    pub rpc: Rpc,
    /// The exchange.
    pub exchange: Address,
    /// What its markets are called.
    pub names: Names,
    /// The network's description, where there is one.
    pub network: Option<Network>,
    /// What every command understands.
    pub global: Global,
}

/// What became of a transaction.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Done {
    /// Its signature; none where it was only simulated.
    pub signature: Option<String>,
    /// Whether it was only simulated.
    pub dry_run: bool,
    /// Compute units that it took.
    pub units: Option<u64>,
    /// What it logged.
    #[serde(skip)]
    pub logs: Vec<String>,
}

/// Where a local network keeps its state and writes its description, if it is not told.
pub fn state_dir() -> PathBuf {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let state = set("XDG_STATE_HOME").or_else(|| set("HOME").map(|home| home.join(".local/state")));
    state.unwrap_or_else(std::env::temp_dir).join("plimsoll/local")
}

/// The description of the network that a command is for, where there is one.
pub fn description(global: &Global) -> Result<Option<Network>, Failure> {
    let default = state_dir().join(network::FILE);
    match &global.network {
        Some(path) => read(path).map(Some),
        // Whoever names a node does not mean the local network.
        None if global.url.is_none() && default.exists() => read(&default).map(Some),
        None => Ok(None),
    }
}

fn read(path: &Path) -> Result<Network, Failure> {
    if !path.exists() {
        return Err(Failure::not_found(format!("there is no file {}", path.display())));
    }
    Network::read(path).map_err(|error| Failure::new(Kind::Usage, "Network", error.to_string()))
}

impl Session {
    /// Finds the network that a command is for.
    pub fn open(global: &Global) -> Result<Self, Failure> {
        let network = description(global)?;
        let url = global.url.clone().or_else(|| network.as_ref().map(|network| network.rpc.clone()));
        let url = url.ok_or_else(|| {
            Failure::unreachable("there is no network: start one with `plimsoll up`, or name a node by --url")
        })?;
        let named = network.iter().flat_map(|network| &network.markets);
        let names = Names::new(named.map(|market| (market.address, market.name.clone())));
        let described = network.as_ref().map(|network| network.exchange);
        let exchange = global.exchange.or(described).unwrap_or_else(|| addresses::exchange(0));
        Ok(Self { rpc: Rpc::new(url), exchange, names, network, global: global.clone() })
    }

    /// The network's description, which only a local network must have.
    pub fn local(&self) -> Result<&Network, Failure> {
        let described = self.network.as_ref();
        described.ok_or_else(|| Failure::usage("this needs a local network: start one with `plimsoll up`"))
    }

    /// The key that signs.
    pub fn signer(&self) -> Result<Keypair, Failure> {
        wallet::read(self.global.keypair.as_deref())
    }

    /// The margin account of the key that signs.
    pub fn own_account(&self, owner: &Address) -> Address {
        addresses::margin(&self.exchange, owner, self.global.index)
    }

    /// The accounts that all markets share.
    pub async fn house(&self) -> Result<House, Failure> {
        Ok(House::of(
            self.exchange,
            &self.rpc.get(&self.exchange).await.map_err(|error| self.no_exchange(error.into()))?,
        ))
    }

    /// A failure to read the exchange, said so that one can act on it.
    pub fn no_exchange(&self, failure: Failure) -> Failure {
        if failure.kind != Kind::NotFound {
            return failure;
        }
        let sentence = format!("there is no exchange {} at {}", self.exchange, self.rpc.url());
        Failure { sentence, ..failure }
    }

    /// Sends a transaction at the price of the day and waits for it, or only simulates it.
    pub async fn send(&self, draft: Draft, signers: &[&dyn Signer]) -> Result<Done, Failure> {
        let price = self.rpc.recent_price(&draft.written(), MOST_PRICE).await.unwrap_or_default();
        let draft = draft.at(price);
        let sent = match self.global.dry_run {
            true => {
                let blockhash = self.rpc.blockhash().await?;
                self.rpc.simulate(&draft.sign(signers, blockhash).map_err(SendError::from)?).await?
            }
            false => self.rpc.send(&draft, signers).await?,
        };
        let Sent { signature, logs, units } = sent;
        let dry_run = self.global.dry_run;
        Ok(Done { signature: (!dry_run).then(|| signature.to_string()), dry_run, units, logs })
    }
}

impl Done {
    /// Writes the signature under what was done.
    pub fn show_signature(&self, page: &mut Page) {
        if let Some(signature) = &self.signature {
            page.line(Tone::Quiet, &format!("  {signature}"));
        }
    }
}
