//! A server of the Geyser protocol.

use std::{
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::Stream;
use plimsoll_client::Address;
use solana_signature::Signature;
use solana_transaction_error::TransactionError;
use tokio::{net::TcpListener, sync::mpsc, task::JoinHandle};
use tokio_stream::wrappers::{TcpListenerStream, UnboundedReceiverStream};
use yellowstone_grpc_proto::{
    prelude::{
        self as proto, SubscribeRequest, SubscribeUpdate, SubscribeUpdateAccount, SubscribeUpdateAccountInfo,
        SubscribeUpdateSlot, SubscribeUpdateTransaction, SubscribeUpdateTransactionInfo,
        geyser_server::{Geyser, GeyserServer},
        subscribe_request_filter_accounts_filter::Filter,
        subscribe_request_filter_accounts_filter_memcmp::Data,
        subscribe_update::UpdateOneof,
    },
    tonic::{Request, Response, Status, Streaming, transport},
};

use crate::network::Network;

type Updates = Pin<Box<dyn Stream<Item = Result<SubscribeUpdate, Status>> + Send>>;
/// Where a stream's updates are said.
type Said = mpsc::UnboundedSender<Result<SubscribeUpdate, Status>>;
type Nothing<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

#[derive(Clone, Default)]
struct State {
    token: String,
    requests: Arc<Mutex<Vec<SubscribeRequest>>>,
    streams: Arc<Mutex<Vec<Said>>>,
}

/// The server. Ends when it is dropped.
pub struct Server {
    /// Where it is.
    pub url: String,
    state: State,
    task: JoinHandle<()>,
}

impl Server {
    /// Serves whoever has the token.
    pub async fn start(token: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("is bound"));
        let state = State { token: token.into(), ..State::default() };
        let service = GeyserServer::new(state.clone());
        let serving =
            transport::Server::builder().add_service(service).serve_with_incoming(TcpListenerStream::new(listener));
        let task = tokio::spawn(async move { serving.await.expect("serves") });
        Self { url, state, task }
    }

    /// How many requests to subscribe came, pings not counted.
    pub fn requests(&self) -> usize {
        self.state.requests.lock().expect("nobody panicked").len()
    }

    /// Whether the last one asks for a feed's accounts.
    pub fn watches(&self, program: &Address, feed: &[u8; 32]) -> bool {
        let requests = self.state.requests.lock().expect("nobody panicked");
        let Some(last) = requests.last() else { return false };
        last.accounts.values().any(|accounts| {
            accounts.owner == [program.to_string()]
                && accounts.filters.iter().any(|filter| match &filter.filter {
                    Some(Filter::Memcmp(memcmp)) => {
                        memcmp.offset == 41 && memcmp.data == Some(Data::Bytes(feed.to_vec()))
                    }
                    _ => false,
                })
        })
    }

    /// An account changed.
    pub fn account(&self, address: &Address, owner: &Address, lamports: u64, slot: u64) {
        let account = SubscribeUpdateAccountInfo {
            pubkey: address.to_bytes().to_vec(),
            owner: owner.to_bytes().to_vec(),
            lamports,
            ..SubscribeUpdateAccountInfo::default()
        };
        self.say(UpdateOneof::Account(SubscribeUpdateAccount { account: Some(account), slot, ..Default::default() }));
    }

    /// A transaction was processed.
    pub fn transaction(&self, signature: &Signature, error: &TransactionError, log: &str, slot: u64) {
        let meta = proto::TransactionStatusMeta {
            err: Some(proto::TransactionError { err: bincode::serialize(error).expect("can be written") }),
            log_messages: vec![log.into()],
            ..Default::default()
        };
        let info = SubscribeUpdateTransactionInfo {
            signature: signature.as_ref().to_vec(),
            meta: Some(meta),
            ..SubscribeUpdateTransactionInfo::default()
        };
        self.say(UpdateOneof::Transaction(SubscribeUpdateTransaction {
            transaction: Some(info),
            slot,
            ..Default::default()
        }));
    }

    /// Tells the slots of a network from now on.
    pub fn keep_slots(&self, network: &Network) -> JoinHandle<()> {
        let state = self.state.clone();
        let client = plimsoll_client::rpc::Rpc::new(network.rpc.url());
        tokio::spawn(async move {
            loop {
                if let Ok(slot) = client.client().get_slot().await {
                    say(&state, UpdateOneof::Slot(SubscribeUpdateSlot { slot, ..Default::default() }));
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        })
    }

    /// Ends all streams.
    pub fn end(&self) {
        self.state.streams.lock().expect("nobody panicked").clear();
    }

    fn say(&self, update: UpdateOneof) {
        say(&self.state, update);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn say(state: &State, update: UpdateOneof) {
    let update = SubscribeUpdate { update_oneof: Some(update), ..SubscribeUpdate::default() };
    for stream in state.streams.lock().expect("nobody panicked").iter() {
        let _ = stream.send(Ok(update.clone()));
    }
}

#[yellowstone_grpc_proto::tonic::async_trait]
impl Geyser for State {
    type SubscribeStream = Updates;
    type SubscribeDeshredStream = Nothing<proto::SubscribeUpdateDeshred>;
    type SubscribeGossipStream = Nothing<proto::SubscribeUpdateGossip>;

    async fn subscribe(&self, request: Request<Streaming<SubscribeRequest>>) -> Result<Response<Updates>, Status> {
        let token = request.metadata().get("x-token").map(|token| token.as_bytes().to_vec());
        if token.as_deref() != Some(self.token.as_bytes()) {
            return Err(Status::unauthenticated("no such token"));
        }
        let mut requests = request.into_inner();
        let asked = self.requests.clone();
        let (sender, receiver) = mpsc::unbounded_channel();
        self.streams.lock().expect("nobody panicked").push(sender);
        tokio::spawn(async move {
            while let Ok(Some(request)) = requests.message().await {
                if request.ping.is_none() {
                    asked.lock().expect("nobody panicked").push(request);
                }
            }
        });
        Ok(Response::new(Box::pin(UnboundedReceiverStream::new(receiver))))
    }

    async fn subscribe_deshred(
        &self,
        _: Request<Streaming<proto::SubscribeDeshredRequest>>,
    ) -> Result<Response<Self::SubscribeDeshredStream>, Status> {
        Err(Status::unimplemented("not needed"))
    }

    async fn subscribe_gossip(
        &self,
        _: Request<proto::SubscribeGossipRequest>,
    ) -> Result<Response<Self::SubscribeGossipStream>, Status> {
        Err(Status::unimplemented("not needed"))
    }

    async fn subscribe_replay_info(
        &self,
        _: Request<proto::SubscribeReplayInfoRequest>,
    ) -> Result<Response<proto::SubscribeReplayInfoResponse>, Status> {
        Err(Status::unimplemented("not needed"))
    }

    async fn ping(&self, _: Request<proto::PingRequest>) -> Result<Response<proto::PongResponse>, Status> {
        Err(Status::unimplemented("not needed"))
    }

    async fn get_latest_blockhash(
        &self,
        _: Request<proto::GetLatestBlockhashRequest>,
    ) -> Result<Response<proto::GetLatestBlockhashResponse>, Status> {
        Err(Status::unimplemented("not needed"))
    }

    async fn get_block_height(
        &self,
        _: Request<proto::GetBlockHeightRequest>,
    ) -> Result<Response<proto::GetBlockHeightResponse>, Status> {
        Err(Status::unimplemented("not needed"))
    }

    async fn get_slot(&self, _: Request<proto::GetSlotRequest>) -> Result<Response<proto::GetSlotResponse>, Status> {
        Err(Status::unimplemented("not needed"))
    }

    async fn is_blockhash_valid(
        &self,
        _: Request<proto::IsBlockhashValidRequest>,
    ) -> Result<Response<proto::IsBlockhashValidResponse>, Status> {
        Err(Status::unimplemented("not needed"))
    }

    async fn get_version(
        &self,
        _: Request<proto::GetVersionRequest>,
    ) -> Result<Response<proto::GetVersionResponse>, Status> {
        Err(Status::unimplemented("not needed"))
    }
}
