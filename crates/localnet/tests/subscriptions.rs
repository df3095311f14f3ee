//! What a keeper hears over WebSocket.

use futures_util::StreamExt;
use plimsoll_client::{
    state::MarginAccount,
    wire::{AccountLayout, discriminator},
};
use solana_account_decoder_client_types::UiAccountEncoding;
use solana_commitment_config::CommitmentConfig;
use solana_pubsub_client::nonblocking::pubsub_client::PubsubClient;
use solana_rpc_client_api::{
    config::{RpcAccountInfoConfig, RpcProgramAccountsConfig, RpcTransactionLogsConfig, RpcTransactionLogsFilter},
    filter::{Memcmp, RpcFilterType},
};

use crate::{
    PATIENCE,
    people::{Person, USD},
    start,
};

#[tokio::test]
async fn a_keeper_hears_of_accounts_logs_slots_and_prices() {
    let localnet = start().await;
    let network = localnet.network();
    let client = PubsubClient::new(localnet.ws_url()).await.expect("it connects");
    let account_config = RpcAccountInfoConfig {
        encoding: Some(UiAccountEncoding::Base64),
        commitment: Some(CommitmentConfig::confirmed()),
        ..RpcAccountInfoConfig::default()
    };
    let kind = Memcmp::new_raw_bytes(0, discriminator("account", MarginAccount::NAME).to_vec());
    let ours = Memcmp::new_raw_bytes(8, network.exchange.to_bytes().to_vec());
    let filters = Some(vec![RpcFilterType::Memcmp(kind), RpcFilterType::Memcmp(ours)]);
    let margins = RpcProgramAccountsConfig {
        filters,
        account_config: account_config.clone(),
        ..RpcProgramAccountsConfig::default()
    };
    let (mut margins, _) = client.program_subscribe(&network.program, Some(margins)).await.expect("programs");
    let (mut prices, _) =
        client.account_subscribe(&network.markets[0].oracle, Some(account_config.clone())).await.expect("accounts");
    let posted = RpcProgramAccountsConfig { account_config, ..RpcProgramAccountsConfig::default() };
    let (mut posted, _) = client.program_subscribe(&network.oracle_program, Some(posted)).await.expect("programs");
    let (mut slots, _) = client.slot_subscribe().await.expect("slots");
    let mentions = RpcTransactionLogsFilter::Mentions(vec![network.program.to_string()]);
    let config = RpcTransactionLogsConfig { commitment: Some(CommitmentConfig::confirmed()) };
    let (mut logs, _) = client.logs_subscribe(mentions, config).await.expect("logs");

    let person = Person::new(&localnet, 10 * USD).await;
    person.deposit(&localnet, 4 * USD).await.expect("it deposits");
    // Written by transactions: the account with what was deposited, past the one that was just opened.
    let heard = async {
        loop {
            let found = margins.next().await.expect("it goes on").value;
            let data = found.account.data.decode().expect("base64");
            let account = MarginAccount::decode(&data).expect("filtered");
            if found.pubkey == person.margin.to_string() && account.cash.0 == 4 * USD {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, heard).await.expect("the deposit is heard of");
    let deposited = async {
        while !logs.next().await.expect("it goes on").value.logs.iter().any(|l| l.contains("Program data: ")) {}
    };
    tokio::time::timeout(PATIENCE, deposited).await.expect("an event is heard of");
    // Written without a transaction.
    for _ in 0..2 {
        let update =
            tokio::time::timeout(PATIENCE, prices.next()).await.expect("a price is heard of").expect("it goes on");
        assert_eq!(update.value.owner, network.oracle_program.to_string());
        tokio::time::timeout(PATIENCE, posted.next()).await.expect("ring accounts too").expect("it goes on");
        tokio::time::timeout(PATIENCE, slots.next()).await.expect("slots").expect("they go on");
    }
    localnet.stop().await.expect("it stops");
}

#[tokio::test]
async fn what_a_keeper_asks_for_is_answered() {
    let localnet = start().await;
    let (rpc, network) = (localnet.rpc(), localnet.network());
    let person = Person::new(&localnet, USD).await;
    let found = rpc.all::<MarginAccount>(&network.exchange).await.expect("memcmp filters work");
    assert!(found.iter().any(|(address, account)| *address == person.margin && account.owner != Default::default()));
    let own = rpc.all_where::<MarginAccount>(40, &found[0].1.owner).await.expect("at other places too");
    assert_eq!(own.len(), 1);
    rpc.recent_price(&[person.margin], 1_000).await.expect("recent fees");
    let sent = person.deposit(&localnet, USD / 2).await.expect("it deposits");
    assert!(sent.units.is_some_and(|units| units > 0));
    let logs = rpc.logs_of(&sent.signature).await;
    assert!(logs.iter().any(|line| line.contains("success")), "{logs:?}");
    localnet.stop().await.expect("it stops");
}
