//! All accounts at once, as of a slot that is late enough.

use std::{collections::HashSet, time::Duration};

use plimsoll_client::{Address, ID};
use serde_json::{Value, json};
use solana_rpc_client_api::{
    filter::{Memcmp, RpcFilterType},
    request::RpcRequest,
    response::{Response, RpcKeyedAccount},
};

use super::{Watched, malformed, message, pending::Pending};
use crate::{
    config::Commitment,
    endpoints::{Endpoints, Fault, Node},
    update::AccountUpdate,
};
use solana_account_decoder_client_types::UiAccount;

/// Accounts that one request may name.
const AT_ONCE: usize = 100;
/// Where an address stands in all accounts of the program: its first byte divides them into parts.
const DIVIDED_AT: usize = 40;
/// How often a node that has not yet reached the slot is asked again.
const TRIES: u32 = 40;
/// How long it is waited for between two tries.
const PAUSE: Duration = Duration::from_millis(250);

/// What was read.
pub(super) struct Snapshot {
    /// All of it was so at this slot or later.
    pub(super) slot: u64,
    /// The accounts of the program.
    pub(super) existing: HashSet<Address>,
}

/// Reads accounts from a node that is at `floor` at least.
pub(super) struct Reader<'a> {
    pub(super) endpoints: &'a Endpoints,
    pub(super) node: &'a Node,
    pub(super) commitment: Commitment,
    pub(super) patience: Duration,
    pub(super) floor: u64,
    pub(super) pending: &'a Pending,
}

impl Reader<'_> {
    /// Everything: the accounts of the program and what is watched beside them.
    pub(super) async fn all(&self, watched: &Watched, split: bool) -> Result<Snapshot, Fault> {
        let mut snapshot = Snapshot { slot: u64::MAX, existing: HashSet::new() };
        for filters in parts(split) {
            let (slot, accounts) = self.of_program(&ID, filters).await?;
            snapshot.slot = snapshot.slot.min(slot);
            snapshot.existing.extend(accounts);
        }
        let slot = self.watched(watched).await?;
        snapshot.slot = snapshot.slot.min(slot);
        Ok(snapshot)
    }

    /// What is watched beside the program. Returns the slot before that it was read in.
    pub(super) async fn watched(&self, watched: &Watched) -> Result<u64, Fault> {
        let mut earliest = u64::MAX;
        for (program, feed) in &watched.feeds {
            let (slot, _) = self.of_program(program, vec![message::filter(feed)]).await?;
            earliest = earliest.min(slot);
        }
        let addresses: Vec<Address> = [super::CLOCK].into_iter().chain(watched.accounts.iter().copied()).collect();
        for part in addresses.chunks(AT_ONCE) {
            earliest = earliest.min(self.single(part).await?);
        }
        Ok(earliest)
    }

    /// Accounts of a program.
    async fn of_program(&self, program: &Address, filters: Vec<Value>) -> Result<(u64, Vec<Address>), Fault> {
        let mut config = self.config();
        config["withContext"] = json!(true);
        if !filters.is_empty() {
            config["filters"] = json!(filters);
        }
        let params = json!([program.to_string(), config]);
        let (slot, found) = self.read::<Vec<RpcKeyedAccount>>(RpcRequest::GetProgramAccounts, params).await?;
        let mut addresses = Vec::with_capacity(found.len());
        for keyed in found {
            let address = keyed.pubkey.parse().map_err(malformed)?;
            self.pending.account(message::account(address, slot, &keyed.account)?);
            addresses.push(address);
        }
        Ok((slot, addresses))
    }

    /// Single accounts. One that does not exist holds nothing.
    async fn single(&self, addresses: &[Address]) -> Result<u64, Fault> {
        let names: Vec<String> = addresses.iter().map(Address::to_string).collect();
        let params = json!([names, self.config()]);
        let (slot, found) = self.read::<Vec<Option<UiAccount>>>(RpcRequest::GetMultipleAccounts, params).await?;
        if found.len() != addresses.len() {
            return Err(malformed("fewer accounts than were asked for"));
        }
        for (address, account) in addresses.iter().zip(found) {
            let nothing =
                AccountUpdate { address: *address, owner: Address::default(), lamports: 0, data: Vec::new(), slot };
            let update = account.map(|account| message::account(*address, slot, &account)).transpose()?;
            self.pending.account(update.unwrap_or(nothing));
        }
        Ok(slot)
    }

    fn config(&self) -> Value {
        json!({ "encoding": "base64", "commitment": self.commitment.config().commitment, "minContextSlot": self.floor })
    }

    /// An answer and the slot before the one that it is of. A node that has not reached the floor is asked again.
    async fn read<T: serde::de::DeserializeOwned + Send>(
        &self,
        request: RpcRequest,
        params: Value,
    ) -> Result<(u64, T), Fault> {
        for _ in 0..TRIES {
            let asked = self.node.slow.client().send::<Response<T>>(request, params.clone());
            match self.endpoints.ask_one(self.node, asked, self.patience).await {
                Ok(Response { context, value }) if context.slot >= self.floor => {
                    return Ok((context.slot.saturating_sub(1), value));
                }
                // Some nodes do not heed the least slot that they are given.
                Ok(_) => {}
                Err(fault) if fault.cause == "early" => {}
                Err(fault) => return Err(fault),
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(Fault::new("behind", format!("it does not reach slot {}, at which it was subscribed to", self.floor)))
    }
}

/// The filters of each request.
fn parts(split: bool) -> Vec<Vec<Value>> {
    if !split {
        return vec![Vec::new()];
    }
    let part = |byte: u8| {
        let filter = RpcFilterType::Memcmp(Memcmp::new_raw_bytes(DIVIDED_AT, vec![byte]));
        vec![serde_json::to_value(filter).unwrap_or_default()]
    };
    (0..=u8::MAX).map(part).collect()
}
