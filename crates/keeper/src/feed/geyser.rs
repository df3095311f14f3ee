//! A Geyser gRPC server: the same news as a node's WebSocket, sooner and in binary.

use std::{collections::HashMap, time::Duration};

use futures_util::{SinkExt as _, StreamExt as _};
use plimsoll_client::{Address, ID};
use solana_signature::Signature;
use solana_transaction_error::TransactionError;
use yellowstone_grpc_client::{
    ClientTlsConfig, GeyserGrpcBuilderError, GeyserGrpcClient, GeyserGrpcClientError, GeyserStream,
    SubscribeRequestSink,
};
use yellowstone_grpc_proto::prelude::{
    CommitmentLevel, SubscribeRequest, SubscribeRequestFilterAccounts, SubscribeRequestFilterAccountsFilter,
    SubscribeRequestFilterAccountsFilterMemcmp, SubscribeRequestFilterSlots, SubscribeRequestFilterTransactions,
    SubscribeRequestPing, SubscribeUpdateAccount, SubscribeUpdateTransaction,
    subscribe_request_filter_accounts_filter::Filter, subscribe_request_filter_accounts_filter_memcmp::Data,
    subscribe_update::UpdateOneof,
};

use super::{CLOCK, Watched, malformed, message::FEED_AT, source::Heard};
use crate::{
    config::{self, Commitment, Geyser},
    endpoints::Fault,
    update::{AccountUpdate, TransactionLogs},
};

/// A message is no larger.
const LARGEST: usize = 32 << 20;

/// A subscription.
pub(super) struct Stream {
    requests: SubscribeRequestSink,
    updates: GeyserStream,
    commitment: Commitment,
    patience: Duration,
}

impl Stream {
    /// Connects and subscribes.
    pub(super) async fn connect(
        server: &Geyser,
        commitment: Commitment,
        patience: Duration,
        watched: &Watched,
    ) -> Result<Self, Fault> {
        let token = server.token_path.as_deref().map(config::secret).transpose();
        let token = token.map_err(|error| Fault::new("other", error.to_string()))?;
        let mut builder = GeyserGrpcClient::build_from_shared(server.url.clone()).map_err(unusable)?;
        if server.url.starts_with("https://") {
            builder = builder.tls_config(ClientTlsConfig::new().with_enabled_roots()).map_err(unusable)?;
        }
        let builder = builder.x_token(token).map_err(unusable)?;
        let builder = builder.connect_timeout(patience).max_decoding_message_size(LARGEST);
        let mut client = builder.connect().await.map_err(unusable)?;
        let request = request(watched, commitment);
        let subscribed = tokio::time::timeout(patience, client.subscribe_with_request(Some(request))).await;
        let (requests, updates) = subscribed.map_err(|_| Fault::stalled())?.map_err(broken)?;
        Ok(Self { requests, updates, commitment, patience })
    }

    /// Subscribes to what is watched now. The server goes on with what is watched already.
    pub(super) async fn watch(&mut self, watched: &Watched) -> Result<(), Fault> {
        let request = request(watched, self.commitment);
        self.send(request).await
    }

    /// The next thing that the server says.
    pub(super) async fn next(&mut self) -> Result<Heard, Fault> {
        let update = self.updates.next().await.ok_or_else(|| Fault::new("closed", "it closed the stream"))?;
        let update = update.map_err(|status| broken(status.into()))?;
        match update.update_oneof {
            Some(UpdateOneof::Account(update)) => account(update).map(Heard::Account),
            Some(UpdateOneof::Slot(update)) => Ok(Heard::Slot(update.slot)),
            Some(UpdateOneof::Transaction(update)) => logs(update).map(Heard::Logs),
            _ => Ok(Heard::Nothing),
        }
    }

    /// Keeps the stream open: servers end those that nobody answers on.
    pub(super) async fn ping(&mut self) -> Result<(), Fault> {
        self.send(SubscribeRequest { ping: Some(SubscribeRequestPing { id: 1 }), ..SubscribeRequest::default() }).await
    }

    async fn send(&mut self, request: SubscribeRequest) -> Result<(), Fault> {
        let sent = tokio::time::timeout(self.patience, self.requests.send(request)).await;
        sent.map_err(|_| Fault::stalled())?.map_err(|_| Fault::new("closed", "it closed the stream"))
    }
}

/// Everything that is subscribed to.
fn request(watched: &Watched, commitment: Commitment) -> SubscribeRequest {
    let owned = |owner: &Address, filters| SubscribeRequestFilterAccounts {
        owner: vec![owner.to_string()],
        filters,
        ..SubscribeRequestFilterAccounts::default()
    };
    let mut accounts = HashMap::from([("program".to_owned(), owned(&ID, Vec::new()))]);
    for (number, (program, feed)) in watched.feeds.iter().enumerate() {
        let memcmp = SubscribeRequestFilterAccountsFilterMemcmp {
            offset: u64::try_from(FEED_AT).unwrap_or(u64::MAX),
            data: Some(Data::Bytes(feed.to_vec())),
        };
        let filter = SubscribeRequestFilterAccountsFilter { filter: Some(Filter::Memcmp(memcmp)) };
        accounts.insert(format!("feed{number}"), owned(program, vec![filter]));
    }
    let single = [CLOCK].iter().chain(&watched.accounts).map(Address::to_string).collect();
    let single = SubscribeRequestFilterAccounts { account: single, ..SubscribeRequestFilterAccounts::default() };
    accounts.insert("accounts".to_owned(), single);
    let slots = SubscribeRequestFilterSlots { filter_by_commitment: Some(true), interslot_updates: None };
    let transactions = SubscribeRequestFilterTransactions {
        vote: Some(false),
        account_include: vec![ID.to_string()],
        ..SubscribeRequestFilterTransactions::default()
    };
    let level = match commitment {
        Commitment::Processed => CommitmentLevel::Processed,
        Commitment::Confirmed => CommitmentLevel::Confirmed,
    };
    SubscribeRequest {
        accounts,
        slots: HashMap::from([("slots".to_owned(), slots)]),
        transactions: HashMap::from([("transactions".to_owned(), transactions)]),
        commitment: Some(level.into()),
        ..SubscribeRequest::default()
    }
}

fn account(update: SubscribeUpdateAccount) -> Result<AccountUpdate, Fault> {
    let account = update.account.ok_or_else(|| malformed("an update of no account"))?;
    let address = |bytes: &[u8]| {
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| malformed("an address that is not 32 bytes long"))?;
        Ok::<_, Fault>(Address::new_from_array(bytes))
    };
    Ok(AccountUpdate {
        address: address(&account.pubkey)?,
        owner: address(&account.owner)?,
        lamports: account.lamports,
        data: account.data,
        slot: update.slot,
    })
}

fn logs(update: SubscribeUpdateTransaction) -> Result<TransactionLogs, Fault> {
    let transaction = update.transaction.ok_or_else(|| malformed("an update of no transaction"))?;
    let signature = Signature::try_from(transaction.signature.as_slice())
        .map_err(|_| malformed("a signature that is not 64 bytes long"))?;
    let meta = transaction.meta.unwrap_or_default();
    let error = meta.err.map(|error| bincode::deserialize::<TransactionError>(&error.err)).transpose();
    Ok(TransactionLogs { signature, slot: update.slot, error: error.map_err(malformed)?, logs: meta.log_messages })
}

/// Sentences of the library may repeat the address: only the cause is told.
fn unusable(error: GeyserGrpcBuilderError) -> Fault {
    match error {
        GeyserGrpcBuilderError::TonicError(_) => Fault::new("unreachable", "the Geyser server cannot be reached"),
        _ => Fault::new("other", "the address or the token of the Geyser server makes no sense"),
    }
}

fn broken(error: GeyserGrpcClientError) -> Fault {
    match error {
        GeyserGrpcClientError::TonicStatus(status) => {
            Fault::new("interrupted", format!("the Geyser server says {:?}: {}", status.code(), status.message()))
        }
        GeyserGrpcClientError::TransportError(_) => {
            Fault::new("interrupted", "the connection to the Geyser server broke")
        }
    }
}
