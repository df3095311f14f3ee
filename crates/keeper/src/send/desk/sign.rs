//! From the queue to the nodes.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use plimsoll_client::compute;

use super::{Desk, Flight, Open, Outcome, Stage};
use crate::{job::Job, send::prices::SIGNATURE};

/// A transaction is signed at most so often.
const SIGNINGS: u32 = 8;

impl Desk {
    /// Signs and sends what can be.
    pub(super) fn dispatch(&mut self) {
        for job in self.queue.late(self.slot) {
            self.drop_job(job, "it came too late");
        }
        let mut active = self.flights.values().filter(|flight| flight.is_active()).count();
        while active < self.office.config.send.in_flight {
            let Some(job) = self.queue.first() else { return };
            if self.hashes.choose(job.last_slot.saturating_sub(self.slot)).is_none() {
                return;
            }
            let Some(job) = self.queue.pop() else { return };
            let number = self.next_flight;
            self.next_flight = number.saturating_add(1);
            if self.sign(number, job, 1) {
                active = active.saturating_add(1);
            }
        }
    }

    /// Signs a job's transaction and sends it on its way.
    pub(super) fn sign(&mut self, number: u64, job: Job, signings: u32) -> bool {
        let now = Instant::now();
        let Some((hash, last_block)) = self.hashes.choose(job.last_slot.saturating_sub(self.slot)) else {
            self.drop_job(job, "no blockhash is known");
            return false;
        };
        let mut draft = job.draft.clone().at(self.prices.bid(&job, now));
        let transaction = loop {
            match draft.sign(&[&*self.office.wallet], hash) {
                Ok(transaction) => {
                    let signature = transaction.signatures.first().copied().unwrap_or_default();
                    if self.recent.is_new(signature) {
                        break transaction;
                    }
                    // An equal job was done with this blockhash: another limit makes this another transaction.
                    draft.limit =
                        if draft.limit < compute::MOST { draft.limit.saturating_add(1) } else { job.draft.limit / 2 };
                }
                Err(error) => {
                    self.free(&job);
                    self.report(job, Outcome::Unsent(error.to_string()));
                    return false;
                }
            }
        };
        if signings == 1 {
            self.office.metrics.signed(job.decided.elapsed());
        }
        self.office.metrics.price(draft.price);
        let signature = transaction.signatures.first().copied().unwrap_or_default();
        let signatures = u64::try_from(transaction.signatures.len()).unwrap_or(u64::MAX);
        let simulates = self.office.config.simulate || self.office.config.dry_run;
        let flight = Flight {
            job,
            transaction: Arc::new(transaction),
            signature,
            last_block,
            fee: SIGNATURE.saturating_mul(signatures).saturating_add(draft.priority_fee()),
            stage: if simulates { Stage::Simulated } else { Stage::Broadcast },
            sent_slot: self.slot,
            last_sent: now,
            last_asked: now,
            asked_slot: self.slot,
            signings,
            awaited: 0,
            perhaps_taken: false,
            refusal: None,
            fault: None,
        };
        let transaction = flight.transaction.clone();
        self.by_signature.insert(signature, number);
        self.flights.insert(number, flight);
        if simulates {
            self.errands.simulate(number, &transaction);
        } else {
            self.broadcast(number);
        }
        true
    }

    /// Hands a transaction to nodes, the first time or again.
    pub(super) fn broadcast(&mut self, number: u64) {
        let nodes = self.office.endpoints.senders(self.office.config.send.to);
        let slot = self.slot;
        let Some(flight) = self.flights.get_mut(&number) else { return };
        if self.office.awaited.set().insert(flight.signature) {
            let open = Open { subjects: flight.job.subjects.clone(), last_block: flight.last_block, fee: flight.fee };
            self.office.journal.begin(flight.signature, open);
            flight.sent_slot = slot;
            flight.asked_slot = slot;
            flight.last_asked = Instant::now();
        }
        flight.last_sent = Instant::now();
        flight.awaited = flight.awaited.saturating_add(nodes.len());
        self.errands.submit(number, flight.signature, &flight.transaction, nodes);
    }

    /// Sends again what has not landed, and goes silent about what is worth nothing any more.
    pub(super) fn rebroadcast(&mut self) {
        let every = Duration::from_millis(self.office.config.send.rebroadcast_ms);
        let slot = self.slot;
        let mut due = Vec::new();
        for (number, flight) in &mut self.flights {
            if flight.stage != Stage::Broadcast {
                continue;
            }
            if flight.job.last_slot < slot {
                flight.stage = Stage::Silent;
            } else if flight.last_sent.elapsed() >= every && flight.awaited == 0 {
                due.push(*number);
            }
        }
        for number in due {
            self.broadcast(number);
        }
        // No node took it, for certain, and none is to take it any more.
        let untaken = |flight: &Flight| flight.stage == Stage::Silent && flight.is_untaken();
        let numbers: Vec<u64> =
            self.flights.iter().filter(|(_, flight)| untaken(flight)).map(|(number, _)| *number).collect();
        for number in numbers {
            let why = self.flights.get_mut(&number).and_then(|flight| flight.fault.take());
            self.end(number, Outcome::Unsent(why.unwrap_or_else(|| "no node was healthy".into())), 0);
        }
    }

    /// A transaction can certainly not land any more: sign it anew while it is worth something.
    pub(super) fn expired(&mut self, number: u64) {
        self.prices.late();
        let worth = self.flights.get(&number).is_some_and(|flight| {
            flight.job.last_slot >= self.slot && flight.signings < SIGNINGS && !self.office.shutdown.is_cancelled()
        });
        let fresh = self.hashes.choose(0).is_some();
        if !(worth && fresh) {
            return self.end(number, Outcome::Expired, 0);
        }
        let Some(flight) = self.flights.remove(&number) else { return };
        self.forget(&flight.signature);
        self.office.metrics.resent();
        let signings = flight.signings.saturating_add(1);
        self.sign(number, flight.job, signings);
    }
}
