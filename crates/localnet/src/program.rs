//! The program's binary, at its address, as the upgradeable loader keeps it.

use std::{fs, path::Path};

use plimsoll_client::{Address, ID};
use solana_account::Account;
use solana_loader_v3_interface::{get_program_data_address, state::UpgradeableLoaderState};
use solana_sdk_ids::bpf_loader_upgradeable;

use crate::{error::LocalnetError, node::Chain};

/// The accounts that hold the program.
pub fn accounts() -> [Address; 2] {
    [ID, get_program_data_address(&ID)]
}

/// Reads the binary.
pub fn read(path: &Path) -> Result<Vec<u8>, LocalnetError> {
    fs::read(path).map_err(|source| LocalnetError::Program { path: path.to_owned(), source })
}

/// Deploys a binary, which `authority` may upgrade.
pub fn deploy(chain: &mut Chain, binary: &[u8], authority: Address) -> Result<(), LocalnetError> {
    let [program, data] = accounts();
    let header = UpgradeableLoaderState::ProgramData { slot: 0, upgrade_authority_address: Some(authority) };
    let mut bytes = encode(&header)?;
    bytes.resize(UpgradeableLoaderState::size_of_programdata_metadata(), 0);
    bytes.extend(binary);
    put(chain, data, bytes, false)?;
    // The loader reads the binary when it sees this one.
    let pointer = encode(&UpgradeableLoaderState::Program { programdata_address: data })?;
    put(chain, program, pointer, true)
}

fn encode(state: &UpgradeableLoaderState) -> Result<Vec<u8>, LocalnetError> {
    bincode::serialize(state).map_err(|error| LocalnetError::Deploy(error.to_string()))
}

fn put(chain: &mut Chain, address: Address, data: Vec<u8>, executable: bool) -> Result<(), LocalnetError> {
    let lamports = chain.svm.inner.minimum_balance_for_rent_exemption(data.len());
    let owner = bpf_loader_upgradeable::ID;
    chain.put(&address, Account { lamports, data, owner, executable, rent_epoch: u64::MAX })
}
