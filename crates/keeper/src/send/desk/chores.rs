//! What is asked for in the background: blockhashes, statuses, fees, the balance.

use std::time::{Duration, Instant};

use solana_signature::Signature;

use super::{Desk, Flight};
use crate::send::errand::AT_ONCE;

/// How old the newest blockhash may be.
const CHAIN: Duration = Duration::from_millis(1_000);
/// How often somebody is told that there is none.
const COMPLAINT: Duration = Duration::from_secs(30);
/// How often fees are asked for, one account at a time.
const BIDS: Duration = Duration::from_millis(500);
/// How often the balance is asked for: the stream tells it too.
const BALANCE: Duration = Duration::from_secs(30);
/// How often while nothing can be sent.
const BALANCE_EMPTY: Duration = Duration::from_secs(5);
/// How often transactions of the last run are asked about.
const EARLIER: Duration = Duration::from_secs(1);
/// Slots may not be heard of at all: then statuses are asked for after so long.
const QUIET: Duration = Duration::from_secs(4);

/// What is being asked for, and when it was last.
#[derive(Default)]
pub(super) struct Chores {
    chain: Errand,
    statuses: Errand,
    bids: Errand,
    balance: Option<Instant>,
    earlier: Option<Instant>,
    complained: Option<Instant>,
}

/// One request at a time.
#[derive(Default)]
struct Errand {
    runs: bool,
    began: Option<Instant>,
}

/// Whether it is time again.
fn due(last: Option<Instant>, every: Duration) -> bool {
    last.is_none_or(|last| last.elapsed() >= every)
}

impl Errand {
    /// Begins if it does not run and it is time.
    fn begins(&mut self, every: Duration) -> bool {
        let begins = !self.runs && due(self.began, every);
        if begins {
            self.runs = true;
            self.began = Some(Instant::now());
        }
        begins
    }
}

impl Chores {
    /// Returns whether somebody should be told that it failed.
    pub(super) fn chain_done(&mut self, learned: bool) -> bool {
        self.chain.runs = false;
        let complain = !learned && due(self.complained, COMPLAINT);
        if complain {
            self.complained = Some(Instant::now());
        }
        complain
    }

    pub(super) fn statuses_done(&mut self) {
        self.statuses.runs = false;
    }

    pub(super) fn bids_done(&mut self) {
        self.bids.runs = false;
    }

    /// The balance is asked for at the next tick.
    pub(super) fn ask_balance(&mut self) {
        self.balance = None;
    }
}

impl Desk {
    /// Does what is due.
    pub(super) fn tick(&mut self) {
        self.slot = self.now.believed(self.office.endpoints.slot());
        if self.chores.chain.begins(CHAIN) {
            self.errands.chain();
        }
        self.rebroadcast();
        self.ask_statuses();
        if !self.chores.bids.runs
            && due(self.chores.bids.began, BIDS)
            && let Some(account) = self.prices.due(Instant::now())
        {
            self.chores.bids.begins(BIDS);
            self.errands.bids(account);
        }
        let every = if self.purse.is_stopped() { BALANCE_EMPTY } else { BALANCE };
        if due(self.chores.balance, every) {
            self.chores.balance = Some(Instant::now());
            self.errands.balance(self.wallet());
        }
    }

    /// Asks about those that were not heard of for a while, and about those of the last run.
    fn ask_statuses(&mut self) {
        if self.chores.statuses.runs {
            return;
        }
        if !self.earlier.is_empty() && due(self.chores.earlier, EARLIER) {
            self.chores.earlier = Some(Instant::now());
            let signatures: Vec<Signature> = self.earlier.keys().take(AT_ONCE).copied().collect();
            self.chores.statuses.begins(Duration::ZERO);
            return self.errands.statuses(signatures, true);
        }
        let slot = self.slot;
        let quiet = self.office.config.send.quiet_slots;
        let wanted = |flight: &Flight| {
            let sent = flight.stage != super::Stage::Simulated && flight.stage != super::Stage::Settled;
            sent && (slot.saturating_sub(flight.asked_slot) >= quiet || flight.last_asked.elapsed() >= QUIET)
        };
        let mut signatures = Vec::new();
        for flight in self.flights.values_mut().filter(|flight| wanted(flight)).take(AT_ONCE) {
            flight.asked_slot = slot;
            flight.last_asked = Instant::now();
            signatures.push(flight.signature);
        }
        if !signatures.is_empty() {
            self.chores.statuses.begins(Duration::ZERO);
            self.errands.statuses(signatures, false);
        }
    }
}
