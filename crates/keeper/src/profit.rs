//! What the keeper earned and spent, by kind of work: from the events of its transactions and what they cost.

use std::collections::HashMap;

use plimsoll_client::{
    Address,
    events::{
        AccountProtected, Flagged, KeepersPaid, Liquidated, OrderExecuted, OrderExpired, OrderFailed, OrderFired,
        Unflagged,
    },
    explain::events,
    state::MarginAccount,
    wire::AccountLayout,
};

use crate::{
    job::{Finished, Kind, Outcome},
    journal::Journal,
    metrics::Metrics,
    update::AccountUpdate,
    view::View,
};

/// The account of profit.
pub struct Profit {
    journal: Journal,
    metrics: Metrics,
    reward: Address,
    /// Accounts that this keeper flagged first and that are still queued: a part of their charge is its.
    flagged: HashMap<Address, ()>,
    balance: Option<u64>,
}

impl Profit {
    /// Of a keeper that is paid into `reward`.
    pub fn new(journal: Journal, metrics: Metrics, reward: Address) -> Self {
        Self { journal, metrics, reward, flagged: HashMap::new(), balance: None }
    }

    /// A job is over.
    pub fn finish(&mut self, finished: &Finished, view: &View) {
        let kind = finished.job.kind;
        let Outcome::Landed { logs, .. } = &finished.outcome else { return };
        for event in events::<Flagged>(logs).filter(|event| event.first) {
            self.flagged.insert(event.account, ());
        }
        self.earn(
            kind,
            called(logs, |market| view.market_at(market).map_or(0, |market| market.state.core.risk.execution_fee.0)),
        );
    }

    /// A transaction of the program: others liquidate what this keeper flagged.
    pub fn heard(&mut self, logs: &[String]) {
        let liquidated = events::<Liquidated>(logs).map(|event| (event.account, event.to_flagger));
        let closed = events::<KeepersPaid>(logs).map(|event| (event.account, event.to_flagger));
        let parts: Vec<_> =
            liquidated.chain(closed).filter(|(account, _)| self.flagged.contains_key(account)).collect();
        parts.into_iter().for_each(|(_, part)| self.earn(Kind::Flag, part));
        for event in events::<Unflagged>(logs) {
            self.flagged.remove(&event.account);
        }
    }

    /// The rewarded account changed: what it holds is what counts in the end.
    pub fn account(&mut self, update: &AccountUpdate, _view: &View) {
        if update.address != self.reward {
            return;
        }
        if let Some(state) = MarginAccount::decode(&update.data) {
            self.balance = Some(state.cash.0);
        }
    }

    fn earn(&self, kind: Kind, atoms: u64) {
        if atoms > 0 {
            self.metrics.reward(kind, atoms);
            self.journal.add(&format!("atoms.{}", kind.name()), atoms);
        }
    }

    /// Says what it comes to, and keeps it.
    pub fn close(&self) {
        let totals = self.journal.totals();
        let earned: u64 = totals.iter().filter(|(key, _)| key.starts_with("atoms.")).map(|(_, value)| value).sum();
        let spent = totals.get("fees_lamports").copied().unwrap_or(0);
        tracing::info!(earned_atoms = earned, spent_lamports = spent, cash = self.balance, "accounts closed");
        self.journal.flush();
    }
}

/// Atoms that events say went to whoever called.
fn called(logs: &[String], execution_fee: impl Fn(&Address) -> u64) -> u64 {
    let liquidated: u64 = events::<Liquidated>(logs).map(|event| event.to_liquidator).sum();
    let floor: u64 = events::<KeepersPaid>(logs).map(|event| event.to_liquidator).sum();
    let fired: u64 = events::<OrderFired>(logs).map(|event| event.paid).sum();
    let protected: u64 = events::<AccountProtected>(logs).map(|event| event.paid).sum();
    let executed = events::<OrderExecuted>(logs).map(|event| event.market);
    let failed = events::<OrderFailed>(logs).map(|event| event.market);
    let expired = events::<OrderExpired>(logs).map(|event| event.market);
    let executed: u64 = executed.chain(failed).chain(expired).map(|market| execution_fee(&market)).sum();
    liquidated + floor + fired + protected + executed
}
