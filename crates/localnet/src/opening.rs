//! Traders come in: accounts, deposits and positions, by real transactions. An order executes at the one update that it
//! waits for, which a ring account still has.

mod enter;
mod orders;

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use plimsoll_client::{
    Address, addresses,
    house::House,
    network::Network,
    rpc::Rpc,
    state::{MarginAccount, Market},
    transaction::Draft,
    wire::AccountLayout,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{
    error::LocalnetError,
    keys::Keys,
    oracles::Oracles,
    population::{Plan, Wish, plans},
    sending::{Job, send},
};

/// Orders that wait at the same time. More could not all be executed before they expire.
const WAITING: usize = 400;
/// Traders who come in at the same time.
const NEWCOMERS: usize = 160;
/// How old a market's price may get before it is refreshed.
const REFRESH: Duration = Duration::from_secs(3);
/// How often that is tried again, when no update came in between or a price did not arrive yet.
const REFRESH_TRIES: u32 = 20;
/// Time that everybody has to come in, beside a second for every ten traders.
const PATIENCE: u64 = 120;

/// A trader who comes in.
struct Member {
    key: Keypair,
    margin: Address,
    plan: Plan,
    /// Markets of the legs, in the account's order.
    legs: Vec<Address>,
}

/// A position that is still to come.
#[derive(Clone, Copy)]
struct Task {
    member: usize,
    wish: Wish,
    tries: u32,
}

/// An order that waits for its update.
struct Waiting {
    task: Task,
    at: i64,
    place: u8,
}

/// Opens positions of traders.
pub struct Opening<'a> {
    pub rpc: &'a Rpc,
    pub network: &'a Network,
    pub oracles: &'a Oracles,
    pub keys: Keys,
    /// Rent of a margin account in lamports.
    pub rent: u64,
}

impl Opening<'_> {
    /// Lets so many traders come in; `report` hears how many have all their positions.
    pub async fn run(&self, traders: usize, mut report: impl FnMut(usize)) -> Result<(), LocalnetError> {
        let markets = self.markets().await?;
        let mut members: Vec<_> = plans(&markets, traders, self.keys.seed())
            .into_iter()
            .enumerate()
            .map(|(number, plan)| self.member(number, plan))
            .collect();
        let mut entering: VecDeque<usize> = (0..members.len()).collect();
        let mut tasks: VecDeque<Task> = VecDeque::new();
        let mut waiting: Vec<Waiting> = Vec::new();
        let mut left: Vec<usize> = members.iter().map(|member| member.plan.wishes.len()).collect();
        let (began, seconds) = (Instant::now(), PATIENCE + traders as u64 / 10);
        // Reading the markets has refreshed them.
        let mut refreshed = Instant::now();
        let mut reported = 0;
        while left.iter().any(|left| *left > 0) {
            if began.elapsed().as_secs() > seconds {
                let open = left.iter().filter(|left| **left == 0).count();
                return Err(LocalnetError::TooSlow { open, wanted: traders, seconds });
            }
            if refreshed.elapsed() > REFRESH {
                refresh(self.rpc, self.network, self.keys).await?;
                refreshed = Instant::now();
            }
            let (due, rest) = self.split(waiting);
            waiting = rest;
            for task in self.execute(&mut members, &markets, due).await? {
                match task {
                    Ok(done) => {
                        left[done.member] -= 1;
                        let next = members[done.member].plan.wishes.len() - left[done.member];
                        let wish = members[done.member].plan.wishes.get(next).copied();
                        tasks.extend(wish.map(|wish| Task { member: done.member, wish, tries: 0 }));
                    }
                    Err(again) => tasks.push_back(again),
                }
            }
            let room = WAITING.saturating_sub(waiting.len() + tasks.len()).min(NEWCOMERS);
            let newcomers: Vec<usize> = entering.drain(..room.min(entering.len())).collect();
            self.enter(&members, &newcomers).await?;
            tasks.extend(newcomers.iter().filter_map(|member| {
                let wish = *members[*member].plan.wishes.first()?;
                Some(Task { member: *member, wish, tries: 0 })
            }));
            let now: Vec<Task> = tasks.drain(..WAITING.saturating_sub(waiting.len()).min(tasks.len())).collect();
            waiting.extend(self.place(&members, &markets, now).await?);
            let open = left.iter().filter(|left| **left == 0).count();
            if open > reported {
                reported = open;
                report(open);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    fn house(&self) -> House {
        self.network.house()
    }

    fn member(&self, number: usize, plan: Plan) -> Member {
        let key = self.keys.trader(number);
        let margin = addresses::margin(&self.network.exchange, &key.pubkey(), 0);
        Member { key, margin, plan, legs: Vec::new() }
    }

    async fn markets(&self) -> Result<Vec<Market>, LocalnetError> {
        refresh(self.rpc, self.network, self.keys).await?;
        let mut markets = Vec::new();
        for market in &self.network.markets {
            markets.push(self.rpc.get::<Market>(&market.address).await?);
        }
        Ok(markets)
    }

    async fn accounts(
        &self,
        members: &[Member],
        who: impl Iterator<Item = usize>,
    ) -> Result<Vec<MarginAccount>, LocalnetError> {
        let addresses: Vec<Address> = who.map(|member| members[member].margin).collect();
        let found = self.rpc.raw_many(&addresses).await?;
        let missing = |address| plimsoll_client::rpc::ReadError::Missing(address);
        let decoded = addresses.iter().zip(found).map(|(address, account)| {
            account.and_then(|account| MarginAccount::decode(&account.data)).ok_or(missing(*address))
        });
        Ok(decoded.collect::<Result<_, _>>()?)
    }
}

/// Refreshes all markets from what their oracles published last, as soon as that is newer than what the markets have.
pub async fn refresh(rpc: &Rpc, network: &Network, keys: Keys) -> Result<(), LocalnetError> {
    let job = Job::new(Draft::of(&network.refresh(), 0), vec![keys.faucet()]);
    let mut tries = 0;
    loop {
        match send(rpc, &job).await {
            Ok(()) => return Ok(()),
            Err(error) if tries == REFRESH_TRIES => {
                return Err(LocalnetError::refused("prices cannot be refreshed")(error));
            }
            Err(_) => tries += 1,
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
