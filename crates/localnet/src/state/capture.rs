//! From a chain to what is kept of it, and back.

use std::collections::HashMap;

use plimsoll_client::Address;
use sha2::{Digest, Sha256};
use solana_account::{Account, ReadableAccount};
use solana_sdk_ids::{native_loader, sysvar};
use surfpool_core::{surfnet::svm::SurfnetSvm, types::SyntheticBlockhash};

use super::{SavedAccount, Snapshot};
use crate::{error::LocalnetError, node};

/// Blocks that are passed over at a restart: blockhashes follow from their numbers, and one that was used before must not be
/// valid again, or what was signed with it could be.
const BLOCKS_PASSED: u64 = 300;

/// The accounts that an empty chain has.
pub struct Baseline(HashMap<Address, [u8; 32]>);

impl Baseline {
    /// Those of a chain to which nothing happened.
    pub fn of(svm: &SurfnetSvm) -> Result<Self, LocalnetError> {
        let accounts = all(svm)?;
        Ok(Self(accounts.iter().map(|(address, account)| (*address, digest(account))).collect()))
    }

    fn has(&self, address: &Address, account: &impl ReadableAccount) -> bool {
        self.0.get(address).is_some_and(|known| *known == digest(account))
    }
}

fn all(svm: &SurfnetSvm) -> Result<Vec<(Address, impl ReadableAccount + use<>)>, LocalnetError> {
    svm.get_all_accounts().map_err(|error| LocalnetError::Node(error.to_string()))
}

fn digest(account: &impl ReadableAccount) -> [u8; 32] {
    let mut hash = Sha256::new_with_prefix(account.lamports().to_le_bytes());
    hash.update(account.owner());
    hash.update([u8::from(account.executable())]);
    hash.update(account.data());
    hash.finalize().into()
}

/// What is to be kept of a chain. The program's own accounts are not among it: the binary is deployed anew at each start.
pub fn capture(svm: &SurfnetSvm, baseline: &Baseline, program: &[Address]) -> Result<Snapshot, LocalnetError> {
    let mut accounts = Vec::new();
    for (address, account) in all(svm)? {
        let systems = *account.owner() == sysvar::ID || *account.owner() == native_loader::ID;
        if systems || account.lamports() == 0 || program.contains(&address) || baseline.has(&address, &account) {
            continue;
        }
        accounts.push(SavedAccount {
            address: address.to_bytes(),
            owner: account.owner().to_bytes(),
            lamports: account.lamports(),
            executable: account.executable(),
            rent_epoch: account.rent_epoch(),
            data: account.data().to_vec(),
        });
    }
    let clock = node::clock(svm);
    Ok(Snapshot {
        seed: 0,
        traders: 0,
        saved_at: node::now(),
        time: clock.unix_timestamp,
        slot: clock.slot,
        height: svm.chain_tip.index,
        network: String::new(),
        oracles: String::new(),
        accounts,
    })
}

/// Brings an empty chain to where the saved one was. Neither its slots nor its clock go back.
pub fn restore(svm: &mut SurfnetSvm, snapshot: &Snapshot) -> Result<(), LocalnetError> {
    let saved = u64::try_from(snapshot.time).unwrap_or(0).saturating_mul(1_000);
    let slot = snapshot.slot.saturating_add(1);
    let height = snapshot.height.saturating_add(BLOCKS_PASSED);
    svm.latest_epoch_info.absolute_slot = slot;
    svm.latest_epoch_info.block_height = height;
    svm.genesis_slot = slot;
    svm.updated_at = node::now().max(saved);
    svm.genesis_updated_at = svm.updated_at;
    svm.chain_tip.index = height;
    svm.chain_tip.hash = SyntheticBlockhash::new(height.saturating_sub(1)).to_string();
    svm.reconstruct_sysvars();
    // A program is loaded when its account is written: what it points at must be there.
    let (programs, others): (Vec<_>, Vec<_>) = snapshot.accounts.iter().partition(|account| account.executable);
    for saved in others.into_iter().chain(programs) {
        let account = Account {
            lamports: saved.lamports,
            data: saved.data.clone(),
            owner: saved.owner.into(),
            executable: saved.executable,
            rent_epoch: saved.rent_epoch,
        };
        node::put(svm, &saved.address.into(), account)?;
    }
    Ok(())
}
