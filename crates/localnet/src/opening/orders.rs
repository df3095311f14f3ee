//! Orders of traders who come in: placed, and executed at the one update that each waits for.

use std::collections::BTreeMap;

use plimsoll_client::{
    Address,
    house::legs_of,
    instructions::{ExecuteOrder, PlaceOrder},
    state::Market,
    transaction::Draft,
};
use solana_signer::Signer;

use super::{Member, Opening, Task, Waiting};
use crate::{
    error::LocalnetError,
    oracles::Update,
    population::Wish,
    sending::{Job, send_all},
};

/// Orders placed, and executed, by one transaction.
const PLACE: usize = 10;
const EXECUTE: usize = 30;
/// How often a position that is refused is tried again, each time smaller.
const TRIES: u32 = 12;

impl Opening<'_> {
    /// Places orders that accept two per cent, and says when each is due. One that is refused is tried again, smaller.
    pub(super) async fn place(
        &self,
        members: &[Member],
        markets: &[Market],
        tasks: Vec<Task>,
    ) -> Result<Vec<Waiting>, LocalnetError> {
        let mut jobs = Vec::new();
        for part in tasks.chunks(PLACE) {
            let (mut draft, mut signers) = (Draft::default(), vec![self.keys.faucet()]);
            for task in part {
                let member = &members[task.member];
                draft = draft.and(&self.order(member, markets, &task.wish), member.legs.len().max(1));
                signers.push(member.key.insecure_clone());
            }
            jobs.push(Job::new(draft, signers));
        }
        for sent in send_all(self.rpc, &jobs).await {
            sent.map_err(LocalnetError::refused("traders cannot place orders"))?;
        }
        let accounts = self.accounts(members, tasks.iter().map(|task| task.member)).await?;
        let mut waiting = Vec::new();
        for (task, account) in tasks.into_iter().zip(accounts) {
            let risk = &markets[task.wish.market].core.risk;
            let market = self.network.markets[task.wish.market].address;
            let slots = account.orders.iter().enumerate();
            let mut own = slots.filter(|(_, slot)| !slot.order.is_empty() && slot.market == market);
            let placed = own.next().and_then(|(place, slot)| Some((place, slot.order.execution_time(risk).ok()?)));
            let (place, at) =
                placed.ok_or_else(|| LocalnetError::Deploy("an order is not where it was placed".into()))?;
            waiting.push(Waiting { task, at, place: place as u8 });
        }
        Ok(waiting)
    }

    fn order(&self, member: &Member, markets: &[Market], wish: &Wish) -> PlaceOrder {
        let price = markets[wish.market].core.price.oracle.0;
        let market = self.network.markets[wish.market].address;
        PlaceOrder {
            authority: member.key.pubkey(),
            margin: member.margin,
            market,
            lots: wish.lots,
            limit: if wish.lots > 0 { price * 102 / 100 } else { price * 98 / 100 },
            reduce_only: false,
            trigger: 0,
            trigger_above: false,
            legs: member.legs.clone(),
        }
    }

    /// Orders whose update was published, with it; and the others.
    pub(super) fn split(&self, waiting: Vec<Waiting>) -> (Vec<(Waiting, Update)>, Vec<Waiting>) {
        let (mut due, mut rest) = (Vec::new(), Vec::new());
        for order in waiting {
            let name = &self.network.markets[order.task.wish.market].name;
            match self.oracles.update_at(name, order.at) {
                Some(update) => due.push((order, update)),
                None => rest.push(order),
            }
        }
        (due, rest)
    }

    /// Executes orders and says which positions are there, and which are to be tried again.
    pub(super) async fn execute(
        &self,
        members: &mut [Member],
        markets: &[Market],
        due: Vec<(Waiting, Update)>,
    ) -> Result<Vec<Result<Task, Task>>, LocalnetError> {
        let mut by_update: BTreeMap<Address, Vec<&Waiting>> = BTreeMap::new();
        for (order, update) in &due {
            by_update.entry(update.account).or_default().push(order);
        }
        let mut jobs = Vec::new();
        for (oracle, orders) in by_update {
            for part in orders.chunks(EXECUTE) {
                let draft = part.iter().fold(Draft::default(), |draft, order| {
                    let member = &members[order.task.member];
                    let market = self.network.markets[order.task.wish.market].address;
                    let (margin, legs) = (member.margin, member.legs.clone());
                    let execute = ExecuteOrder { margin, market, oracle, executor: None, place: order.place, legs };
                    draft.and(&execute, member.legs.len() + 1)
                });
                jobs.push(Job::new(draft, vec![self.keys.faucet()]));
            }
        }
        for sent in send_all(self.rpc, &jobs).await {
            sent.map_err(LocalnetError::refused("orders cannot be executed"))?;
        }
        let accounts = self.accounts(members, due.iter().map(|(order, _)| order.task.member)).await?;
        let mut results = Vec::new();
        for ((order, _), account) in due.into_iter().zip(accounts) {
            let market = self.network.markets[order.task.wish.market].address;
            members[order.task.member].legs = legs_of(&account, None);
            let Task { member, wish, tries } = order.task;
            let smaller = Wish { lots: wish.lots * 8 / 10, ..wish };
            let too_small = smaller.lots.unsigned_abs() < markets[wish.market].core.risk.minimum_position.0;
            // Whoever finds no room even so stays without.
            let is_done = account.leg_in(&market).is_some() || too_small || tries >= TRIES;
            results.push(if is_done { Ok(order.task) } else { Err(Task { member, wish: smaller, tries: tries + 1 }) });
        }
        Ok(results)
    }
}
