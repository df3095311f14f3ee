//! What is printed when a network runs: all addresses, and what to do next.

use std::path::Path;

use plimsoll_client::{Address, network::Network};
use plimsoll_localnet::Localnet;
use serde::Serialize;

use crate::page::{Answer, Page, Tone};

/// A network that runs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Running {
    /// The file that describes it.
    file: String,
    /// The same that is in the file.
    network: Network,
    /// How many traders came in at the beginning.
    traders: u32,
    /// Wallets of the keepers in this process.
    keepers: Vec<String>,
    /// Whether commands have to be told which file it is.
    #[serde(skip)]
    elsewhere: bool,
}

impl Running {
    /// That of a local network.
    pub fn of(localnet: &Localnet, file: &Path, keepers: &[Address], elsewhere: bool) -> Self {
        Self {
            file: file.display().to_string(),
            network: localnet.network().clone(),
            traders: u32::try_from(localnet.traders()).unwrap_or(u32::MAX),
            keepers: keepers.iter().map(ToString::to_string).collect(),
            elsewhere,
        }
    }
}

impl Answer for Running {
    fn show(&self, page: &mut Page) {
        let network = &self.network;
        page.title("The network runs");
        page.facts([
            ("JSON-RPC", network.rpc.clone()),
            ("subscriptions", network.ws.clone()),
            ("oracles", network.control.clone().unwrap_or_default()),
            ("description", self.file.clone()),
            ("program", network.program.to_string()),
            ("exchange", network.exchange.to_string()),
            ("insurance fund", network.insurance_fund.to_string()),
            ("quote token", network.quote_mint.to_string()),
            ("traders", self.traders.to_string()),
            ("keepers", self.keepers.join(", ")),
        ]);
        let rows = network.markets.iter().map(|market| {
            vec![market.name.clone(), market.address.to_string(), market.oracle.to_string(), market.queue.to_string()]
        });
        page.table(&["market", "address", "oracle", "queue"], rows);
        page.title("In another terminal");
        if self.elsewhere {
            page.say(format!("  export PLIMSOLL_NETWORK={}", self.file));
        }
        for next in
            ["faucet --new-key", "account open", "account deposit 1000", "trade long SOL --risk 50 --stop 150", "watch"]
        {
            page.say(format!("  plimsoll {next}"));
        }
        page.line(Tone::Quiet, "Keys and tokens of this network are public and worth nothing. Ctrl-C ends it.");
    }
}
