//! Migrations over JSON-RPC, on an embedded network with the real program.

mod accounts;
mod changes;
mod deployment;

use std::{path::Path, time::Duration};

use plimsoll_client::{Address, rpc::Rpc};
use plimsoll_localnet::{Localnet, Options};
use plimsoll_migrations::{Inputs, Plan};
use solana_account::Account;
use solana_signer::Signer;

/// A network without traders.
async fn network() -> Localnet {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/deploy/plimsoll.so");
    assert!(program.exists(), "{} is missing: `make build`", program.display());
    let options = Options { program, slot: Duration::from_millis(100), ..Options::default() };
    Localnet::start(options).await.expect("it starts")
}

/// The local plan for an exchange beside that of the network, which has the token and the admin already.
fn plan(network: &Localnet, id: u32) -> Plan {
    let (guardian, mint) = (network.keys().guardian().pubkey(), network.network().quote_mint);
    let inputs = Inputs::default().with("guardian", guardian).with("quote_mint", mint);
    Plan { id, ..Plan::named("local", &inputs).expect("is a plan") }
}

async fn raw(rpc: &Rpc, address: &Address) -> Account {
    rpc.raw(address).await.expect("the node answers").unwrap_or_else(|| panic!("{address} is there"))
}

/// What a wallet has: every transaction that it signs costs some of it.
async fn lamports(rpc: &Rpc, wallet: &impl Signer) -> u64 {
    raw(rpc, &wallet.pubkey()).await.lamports
}
