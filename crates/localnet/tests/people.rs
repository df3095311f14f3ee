//! People with wallets on a network.

use plimsoll_client::{
    Address, addresses,
    instructions::{Build, OpenAccount, PlaceOrder},
    rpc::{Rpc, SendError, Sent},
    state::MarginAccount,
    transaction::Draft,
};
use plimsoll_localnet::{Localnet, faucet};
use solana_keypair::Keypair;
use solana_signer::Signer;

/// Atoms in a dollar.
pub const USD: u64 = 1_000_000;

/// Somebody with SOL, tokens and a margin account.
pub struct Person {
    pub key: Keypair,
    pub tokens: Address,
    pub margin: Address,
}

impl Person {
    /// With so much in the wallet, and an empty margin account.
    pub async fn new(localnet: &Localnet, atoms: u64) -> Self {
        let (rpc, network, key) = (localnet.rpc(), localnet.network(), Keypair::new());
        let owner = key.pubkey();
        let tokens = faucet::give(&rpc, network, &owner, 1_000_000_000, atoms).await.expect("the faucet gives");
        let margin = addresses::margin(&network.exchange, &owner, 0);
        let person = Self { key, tokens, margin };
        let open = OpenAccount { owner, exchange: network.exchange, margin, index: 0 };
        person.send(&rpc, &open).await.expect("it opens");
        person
    }

    /// Sends an instruction that this person signs.
    pub async fn send<B: Build>(&self, rpc: &Rpc, build: &B) -> Result<Sent, SendError> {
        rpc.send(&Draft::of(build, 1), &[&self.key]).await
    }

    /// Deposits.
    pub async fn deposit(&self, localnet: &Localnet, atoms: u64) -> Result<Sent, SendError> {
        let deposit = localnet.network().house().deposit(self.key.pubkey(), self.margin, self.tokens, atoms);
        self.send(&localnet.rpc(), &deposit).await
    }

    /// Places an order at any price.
    pub async fn order(&self, localnet: &Localnet, market: Address, lots: i64) -> Result<Sent, SendError> {
        let order = PlaceOrder {
            authority: self.key.pubkey(),
            margin: self.margin,
            market,
            lots,
            limit: if lots > 0 { 1 << 40 } else { 1 },
            reduce_only: false,
            trigger: 0,
            trigger_above: false,
            legs: vec![],
        };
        self.send(&localnet.rpc(), &order).await
    }

    /// The margin account.
    pub async fn account(&self, rpc: &Rpc) -> MarginAccount {
        rpc.get(&self.margin).await.expect("it is there")
    }
}

/// Refreshes all markets, as a keeper would, when there is something newer.
pub async fn refresh(localnet: &Localnet) {
    let keeper = localnet.keys().keeper();
    let draft = Draft::of(&localnet.network().refresh(), 0);
    crate::until("newer prices", async || localnet.rpc().send(&draft, &[&keeper]).await.ok()).await;
}
