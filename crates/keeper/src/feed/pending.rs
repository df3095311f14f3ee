//! What was heard and not yet taken: one update per account, however slow the taker is.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use plimsoll_client::Address;
use tokio::sync::Notify;

use crate::{
    metrics::Metrics,
    update::{AccountUpdate, TransactionLogs, Update},
};

/// Updates in the order in which they were first heard.
pub(super) struct Pending {
    kept: Mutex<Kept>,
    heard: Notify,
    metrics: Metrics,
    most_logs: usize,
}

#[derive(Default)]
struct Kept {
    order: VecDeque<Entry>,
    accounts: HashMap<Address, AccountUpdate>,
    slot: Option<u64>,
    logs: usize,
}

enum Entry {
    /// The account's state is in the map.
    Account(Address),
    /// The newest slot is beside.
    Slot,
    Logs(TransactionLogs),
    Interrupted,
    Synced(Box<Update>),
}

impl Pending {
    /// Nothing heard yet. At most so many logs are kept; those that are dropped are asked for.
    pub(super) fn new(metrics: Metrics, most_logs: usize) -> Self {
        Self { kept: Mutex::default(), heard: Notify::new(), metrics, most_logs }
    }

    /// An account changed.
    pub(super) fn account(&self, update: AccountUpdate) {
        let mut kept = self.kept();
        match kept.accounts.get_mut(&update.address) {
            Some(before) if before.slot > update.slot => {}
            Some(before) => {
                *before = update;
                self.metrics.merged();
            }
            None => {
                kept.order.push_back(Entry::Account(update.address));
                kept.accounts.insert(update.address, update);
            }
        }
        self.done(kept);
    }

    /// A slot began.
    pub(super) fn slot(&self, slot: u64) {
        let mut kept = self.kept();
        if kept.slot.replace(slot).is_none() {
            kept.order.push_back(Entry::Slot);
        }
        self.done(kept);
    }

    /// A transaction was processed.
    pub(super) fn logs(&self, logs: TransactionLogs) {
        let mut kept = self.kept();
        if kept.logs >= self.most_logs {
            self.metrics.log_dropped();
            return;
        }
        kept.logs = kept.logs.saturating_add(1);
        kept.order.push_back(Entry::Logs(logs));
        self.done(kept);
    }

    /// The stream broke. That accounts had been complete before does not matter any more.
    pub(super) fn interrupted(&self) {
        let mut kept = self.kept();
        kept.order.retain(|entry| !matches!(entry, Entry::Interrupted | Entry::Synced(_)));
        kept.order.push_back(Entry::Interrupted);
        self.done(kept);
    }

    /// All accounts were sent: [`Update::Synced`].
    pub(super) fn synced(&self, update: Update) {
        let mut kept = self.kept();
        kept.order.retain(|entry| !matches!(entry, Entry::Synced(_)));
        kept.order.push_back(Entry::Synced(Box::new(update)));
        self.done(kept);
    }

    /// The next update, when there is one. May be abandoned while it waits.
    pub(super) async fn next(&self) -> Update {
        loop {
            let heard = self.heard.notified();
            if let Some(update) = self.take() {
                return update;
            }
            heard.await;
        }
    }

    fn take(&self) -> Option<Update> {
        let mut kept = self.kept();
        let update = match kept.order.pop_front()? {
            Entry::Account(address) => Update::Account(kept.accounts.remove(&address)?),
            Entry::Slot => Update::Slot(kept.slot.take()?),
            Entry::Logs(logs) => {
                kept.logs = kept.logs.saturating_sub(1);
                Update::Logs(logs)
            }
            Entry::Interrupted => Update::Interrupted,
            Entry::Synced(update) => *update,
        };
        self.metrics.updates_waiting(kept.order.len());
        Some(update)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn done(&self, kept: MutexGuard<'_, Kept>) {
        self.metrics.updates_waiting(kept.order.len());
        drop(kept);
        self.heard.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn update(name: u8, slot: u64, lamports: u64) -> AccountUpdate {
        let address = Address::new_from_array([name; 32]);
        AccountUpdate { address, owner: plimsoll_client::ID, lamports, data: Vec::new(), slot }
    }

    fn pending() -> Pending {
        Pending::new(Metrics::new(), 2)
    }

    fn drain(pending: &Pending) -> Vec<String> {
        let show = |update| match update {
            Update::Account(account) => {
                format!("{}@{}={}", account.address.to_bytes()[0], account.slot, account.lamports)
            }
            Update::Slot(slot) => format!("slot {slot}"),
            Update::Logs(logs) => format!("logs {}", logs.slot),
            Update::Interrupted => "interrupted".into(),
            Update::Synced { slot, .. } => format!("synced {slot}"),
        };
        std::iter::from_fn(|| pending.take()).map(show).collect()
    }

    #[test]
    fn the_newest_state_of_an_account_stays() {
        let pending = pending();
        pending.account(update(1, 5, 50));
        pending.account(update(2, 5, 51));
        pending.account(update(1, 6, 60));
        pending.account(update(1, 6, 61));
        pending.account(update(1, 4, 40));
        pending.slot(5);
        pending.slot(6);
        assert_eq!(drain(&pending), ["1@6=61", "2@5=51", "slot 6"]);
        pending.account(update(1, 7, 70));
        assert_eq!(drain(&pending), ["1@7=70"]);
    }

    #[test]
    fn an_interruption_revokes_a_sync_that_nobody_saw() {
        let pending = pending();
        let synced = |slot| Update::Synced { slot, existing: HashSet::new() };
        pending.interrupted();
        pending.account(update(1, 5, 50));
        pending.synced(synced(5));
        pending.interrupted();
        pending.account(update(1, 6, 60));
        pending.synced(synced(6));
        assert_eq!(drain(&pending), ["1@6=60", "interrupted", "synced 6"]);
    }

    #[test]
    fn logs_are_bounded() {
        let pending = pending();
        for slot in 1..5 {
            let signature = solana_signature::Signature::default();
            pending.logs(TransactionLogs { signature, slot, error: None, logs: Vec::new() });
        }
        assert_eq!(drain(&pending), ["logs 1", "logs 2"]);
    }
}
