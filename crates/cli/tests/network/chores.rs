//! What keepers do, as far as these tests need it: prices are refreshed and orders executed at their updates.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use plimsoll_client::{
    house,
    network::Network,
    rpc::Rpc,
    state::{MarginAccount, Market},
    transaction::Draft,
};
use plimsoll_localnet::{Localnet, Oracles};
use solana_keypair::Keypair;

/// Somebody who does them until the test ends.
pub struct Chores(Arc<AtomicBool>);

impl Chores {
    /// Begins when every market has a fresh price.
    pub async fn start(localnet: &Localnet) -> Self {
        let worker = Worker {
            rpc: localnet.rpc(),
            network: localnet.network().clone(),
            oracles: localnet.oracles().clone(),
            key: localnet.keys().faucet(),
        };
        while !worker.refresh().await {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let ended = Arc::new(AtomicBool::new(false));
        let end = ended.clone();
        // A thread of its own: signers are not shared among threads.
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                while !end.load(Ordering::Relaxed) {
                    worker.refresh().await;
                    worker.execute().await;
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
            });
        });
        Self(ended)
    }
}

impl Drop for Chores {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

struct Worker {
    rpc: Rpc,
    network: Network,
    oracles: Oracles,
    key: Keypair,
}

impl Worker {
    /// Whether there was something newer.
    async fn refresh(&self) -> bool {
        self.rpc.send(&Draft::of(&self.network.refresh(), 0), &[&self.key]).await.is_ok()
    }

    /// Executes what is due. What is not yet is tried again.
    async fn execute(&self) {
        let Ok(accounts) = self.rpc.all::<MarginAccount>(&self.network.exchange).await else { return };
        for (address, account) in &accounts {
            for (place, slot) in account.orders.iter().enumerate().filter(|(_, slot)| !slot.order.is_empty()) {
                let Some(market) = self.network.market_at(&slot.market) else { continue };
                let Ok(state) = self.rpc.get::<Market>(&slot.market).await else { continue };
                let Ok(at) = slot.order.execution_time(&state.core.risk) else { continue };
                let Some(update) = self.oracles.update_at(&market.name, at) else { continue };
                let place = u8::try_from(place).expect("there are eight");
                let execute = house::execute((*address, account), place, update.account, None).expect("an order");
                _ = self.rpc.send(&Draft::of(&execute, 8), &[&self.key]).await;
            }
        }
    }
}
