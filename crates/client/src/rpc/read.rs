//! Accounts, decoded.

use solana_account::Account;
use solana_account_decoder_client_types::UiAccountEncoding;
use solana_rpc_client_api::{
    config::{RpcAccountInfoConfig, RpcProgramAccountsConfig},
    filter::{Memcmp, RpcFilterType},
};

use super::{ReadError, Rpc};
use crate::{
    ID,
    accounts::DecodeError,
    state::{Exchange, LiquidationQueue, Market},
    wire::{AccountLayout, Address, discriminator},
};

/// Accounts that one request may name.
const AT_ONCE: usize = 100;
/// Where the account that another belongs to stands in all of ours that belong to one.
const PARENT: usize = 8;

impl Rpc {
    /// An account of the program.
    pub async fn get<T: AccountLayout>(&self, address: &Address) -> Result<T, ReadError> {
        self.find(address).await?.ok_or(ReadError::Missing(*address))
    }

    /// An account of the program, if it exists.
    pub async fn find<T: AccountLayout>(&self, address: &Address) -> Result<Option<T>, ReadError> {
        self.raw(address).await?.map(|account| decode(address, &account)).transpose()
    }

    /// Any account, if it exists.
    pub async fn raw(&self, address: &Address) -> Result<Option<Account>, ReadError> {
        Ok(self.client.get_account_with_commitment(address, self.client.commitment()).await?.value)
    }

    /// Any accounts, in the order of their addresses.
    pub async fn raw_many(&self, addresses: &[Address]) -> Result<Vec<Option<Account>>, ReadError> {
        let mut accounts = Vec::with_capacity(addresses.len());
        for part in addresses.chunks(AT_ONCE) {
            accounts.extend(self.client.get_multiple_accounts(part).await?);
        }
        Ok(accounts)
    }

    /// All accounts of a type that belong to another: margin accounts and markets to an exchange, queues to a market, shares
    /// to a pool.
    pub async fn all<T: AccountLayout>(&self, parent: &Address) -> Result<Vec<(Address, T)>, ReadError> {
        self.program_accounts(vec![of_kind::<T>(), belongs_to(parent)]).await
    }

    /// All accounts of a type that another field of 32 bytes names, at this offset of the account's data.
    pub async fn all_where<T: AccountLayout>(
        &self,
        offset: usize,
        value: &Address,
    ) -> Result<Vec<(Address, T)>, ReadError> {
        let named = RpcFilterType::Memcmp(Memcmp::new_raw_bytes(offset, value.to_bytes().to_vec()));
        self.program_accounts(vec![of_kind::<T>(), named]).await
    }

    async fn program_accounts<T: AccountLayout>(
        &self,
        filters: Vec<RpcFilterType>,
    ) -> Result<Vec<(Address, T)>, ReadError> {
        let account_config = RpcAccountInfoConfig {
            encoding: Some(UiAccountEncoding::Base64),
            commitment: Some(self.client.commitment()),
            ..RpcAccountInfoConfig::default()
        };
        let config =
            RpcProgramAccountsConfig { filters: Some(filters), account_config, ..RpcProgramAccountsConfig::default() };
        let found = self.client.get_program_ui_accounts_with_config(&ID, config).await?;
        let mut accounts = Vec::with_capacity(found.len());
        for (address, account) in found {
            let account: Account = account
                .to_account()
                .ok_or_else(|| ReadError::Foreign(address, "the node sent data that cannot be decoded".into()))?;
            accounts.push((address, decode(&address, &account)?));
        }
        Ok(accounts)
    }

    /// All markets of an exchange in the order of their indices.
    pub async fn markets(&self, exchange: &Address) -> Result<Vec<(Address, Market)>, ReadError> {
        let mut markets = self.all::<Market>(exchange).await?;
        markets.sort_by_key(|(_, market)| market.index);
        Ok(markets)
    }

    /// The queue of a market.
    pub async fn queue(&self, market: &Market) -> Result<LiquidationQueue, ReadError> {
        self.get(&market.queue).await
    }

    /// An exchange and its markets.
    pub async fn exchange(&self, address: &Address) -> Result<(Exchange, Vec<(Address, Market)>), ReadError> {
        Ok((self.get(address).await?, self.markets(address).await?))
    }
}

/// What selects accounts of a type.
pub fn of_kind<T: AccountLayout>() -> RpcFilterType {
    RpcFilterType::Memcmp(Memcmp::new_raw_bytes(0, discriminator("account", T::NAME).to_vec()))
}

/// What selects accounts that belong to another.
pub fn belongs_to(parent: &Address) -> RpcFilterType {
    RpcFilterType::Memcmp(Memcmp::new_raw_bytes(PARENT, parent.to_bytes().to_vec()))
}

fn decode<T: AccountLayout>(address: &Address, account: &Account) -> Result<T, ReadError> {
    let foreign = |why: String| ReadError::Foreign(*address, why);
    if account.owner != ID {
        return Err(foreign(format!("belongs to the program {}, not to Plimsoll", account.owner)));
    }
    let short = DecodeError::Short { has: account.data.len(), needs: T::LEN };
    let is_of_type = account.data.starts_with(&discriminator("account", T::NAME));
    let other = if is_of_type { short.to_string() } else { format!("is no account of the type {}", T::NAME) };
    T::decode(&account.data).ok_or_else(|| foreign(other))
}
