//! Accounts with an older layout: found by type and length, and brought to today's.

use std::time::Duration;

use plimsoll_client::{
    Address, ID,
    errors::PlimsollError,
    instructions::MigrateShares,
    rpc::{ReadError, Rpc, SendError},
    state::ShareAccount,
    transaction::Draft,
    wire::{AccountLayout, discriminator},
};
use solana_account_decoder_client_types::{UiAccountEncoding, UiDataSliceConfig};
use solana_rpc_client_api::{
    config::{RpcAccountInfoConfig, RpcProgramAccountsConfig},
    filter::{Memcmp, RpcFilterType},
};
use solana_signer::Signer;

use crate::{MigrationError, Step, chain::send};

/// Accounts in one transaction, which can make 64 calls: each takes the instruction and a transfer of its rent.
const AT_ONCE: usize = 30;
/// How often accounts are looked for anew where somebody else migrates them at the same time.
const ROUNDS: usize = 5;
/// How long to wait before that: what they did is to be seen.
const PAUSE: Duration = Duration::from_millis(800);

/// Accounts of shares from before there was an epoch.
pub async fn outdated(rpc: &Rpc) -> Result<Vec<Address>, ReadError> {
    let kind = Memcmp::new_raw_bytes(0, discriminator("account", ShareAccount::NAME).to_vec());
    let length = u64::try_from(ShareAccount::LEN_WITHOUT_EPOCH).unwrap_or(u64::MAX);
    let config = RpcProgramAccountsConfig {
        filters: Some(vec![RpcFilterType::DataSize(length), RpcFilterType::Memcmp(kind)]),
        account_config: RpcAccountInfoConfig {
            encoding: Some(UiAccountEncoding::Base64),
            // Addresses are enough.
            data_slice: Some(UiDataSliceConfig { offset: 0, length: 0 }),
            commitment: Some(rpc.client().commitment()),
            ..RpcAccountInfoConfig::default()
        },
        ..RpcProgramAccountsConfig::default()
    };
    let found = rpc.client().get_program_ui_accounts_with_config(&ID, config).await?;
    let mut addresses: Vec<Address> = found.into_iter().map(|(address, _)| address).collect();
    addresses.sort_unstable();
    Ok(addresses)
}

/// Brings all of them to today's layout, and says how many there were. Anyone may; the signer pays the rent of eight bytes
/// for each.
pub async fn migrate(rpc: &Rpc, payer: &dyn Signer, mut progress: impl FnMut(&Step)) -> Result<usize, MigrationError> {
    let mut migrated = 0;
    let mut addresses = outdated(rpc).await?;
    for _ in 0..ROUNDS {
        if addresses.is_empty() {
            return Ok(migrated);
        }
        let mut left = addresses.len();
        for batch in addresses.chunks(AT_ONCE) {
            let draft = batch.iter().fold(Draft::default(), |draft, shares| {
                draft.and(&MigrateShares { payer: payer.pubkey(), shares: *shares }, 0)
            });
            let sent = match send(rpc, "migrating shares", draft, &[payer]).await {
                Err(error) if is_done_already(&error) => {
                    tokio::time::sleep(PAUSE).await;
                    break;
                }
                sent => sent?,
            };
            let count = batch.len();
            migrated += count;
            left -= count;
            progress(&Step::Migrated { count, left, signature: sent.signature });
        }
        addresses = outdated(rpc).await?;
    }
    if addresses.is_empty() { Ok(migrated) } else { Err(MigrationError::Unfinished(addresses.len())) }
}

/// Whether somebody else migrated one of a batch first: the rest of it is looked for anew.
fn is_done_already(error: &MigrationError) -> bool {
    let MigrationError::Send { source: SendError::Refused(refusal), .. } = error else { return false };
    refusal.is(PlimsollError::NotOutdated)
}
