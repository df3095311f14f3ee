//! What became of a transaction.

use plimsoll_client::{errors::PlimsollError, explain::Refusal};
use solana_signature::Signature;
use solana_transaction_error::TransactionError;
use solana_transaction_status_client_types::TransactionStatus;

use super::{Desk, Failure, Finished, Outcome, Stage};
use crate::{
    job::Job,
    logging,
    send::blame::{Blame, label},
};

impl Desk {
    /// A node answered whether it took a transaction.
    pub(super) fn taken(&mut self, number: u64, signature: &Signature, result: Result<(), Failure>) {
        let Some(flight) = self.flights.get_mut(&number) else { return };
        // The answer may be to one that was signed before.
        if flight.signature != *signature {
            return;
        }
        flight.answered(result);
        let blame = flight.refusal.as_deref().map(Blame::of);
        match blame {
            Some(Blame::Landed) => {
                flight.perhaps_taken = true;
                flight.refusal = None;
                flight.asked_slot = 0;
            }
            // A node that is behind does not know new ones, and one that is restarted old ones: it is sent again.
            Some(Blame::Blockhash) => {
                flight.refusal = None;
                flight.fault = Some("it does not know the blockhash".into());
                self.hashes.distrust();
            }
            Some(_) if flight.is_untaken() => {
                if let Some(refusal) = flight.refusal.take() {
                    self.refused(number, refusal);
                }
            }
            _ => {}
        }
    }

    /// Every node refused it, or a simulation did: it was not sent, and costs nothing.
    pub(super) fn refused(&mut self, number: u64, refusal: Box<Refusal>) {
        self.emptied(&refusal);
        self.end(number, Outcome::Refused { refusal, on_chain: false }, 0);
    }

    /// The log stream, or a status and its logs, say that it was processed.
    pub(super) fn landed(&mut self, number: u64, slot: u64, error: Option<TransactionError>, logs: Vec<String>) {
        let Some(flight) = self.flights.get(&number) else { return };
        let (fee, slots) = (flight.fee, slot.saturating_sub(flight.sent_slot));
        self.prices.landed(slots);
        self.office.metrics.landed_after(slots);
        let outcome = match error {
            None => Outcome::Landed { slot, logs },
            Some(error) => {
                let refusal = Box::new(Refusal::of(&error, logs));
                self.emptied(&refusal);
                Outcome::Refused { refusal, on_chain: true }
            }
        };
        self.end(number, outcome, fee);
    }

    /// A node says what has become of a transaction, as of a slot.
    pub(super) fn status(&mut self, signature: &Signature, slot: u64, status: Option<TransactionStatus>) {
        let commitment = self.office.config.commitment.config();
        let settled = status.filter(|status| status.satisfies_commitment(commitment));
        if let Some(open) = self.earlier.get(signature) {
            let (last_block, fee) = (open.last_block, open.fee);
            if settled.is_some() {
                self.account(fee);
            }
            if settled.is_some() || self.hashes.over(last_block).is_some_and(|over| slot >= over) {
                self.forgive(signature);
            }
            return;
        }
        let Some(number) = self.by_signature.get(signature).copied() else { return };
        let Some(flight) = self.flights.get_mut(&number) else { return };
        match settled {
            Some(status) if flight.stage != Stage::Settled => {
                flight.stage = Stage::Settled;
                // Its logs say what it earned, or why it failed.
                self.errands.logs(*signature, status.slot, status.err);
            }
            Some(_) => {}
            None if flight.stage == Stage::Settled => {}
            None => {
                if self.hashes.over(flight.last_block).is_some_and(|over| slot >= over) {
                    self.expired(number);
                }
            }
        }
    }

    /// The logs of one that landed unheard.
    pub(super) fn fetched(
        &mut self,
        signature: &Signature,
        slot: u64,
        error: Option<TransactionError>,
        logs: Vec<String>,
    ) {
        if let Some(number) = self.by_signature.get(signature).copied() {
            self.landed(number, slot, error, logs);
        }
    }

    /// A transaction is over.
    pub(super) fn end(&mut self, number: u64, outcome: Outcome, fee: u64) {
        let Some(flight) = self.flights.remove(&number) else { return };
        self.forget(&flight.signature);
        self.free(&flight.job);
        self.finish(Finished { job: flight.job, outcome, signature: Some(flight.signature), fee });
    }

    /// A job is over that was never signed; its subjects are free again.
    pub(super) fn drop_job(&mut self, job: Job, why: &'static str) {
        self.free(&job);
        self.report(job, Outcome::Dropped(why));
    }

    /// A job is over that was never taken in.
    pub(super) fn report(&mut self, job: Job, outcome: Outcome) {
        self.finish(Finished { job, outcome, signature: None, fee: 0 });
    }

    /// An equal job may be begun again.
    pub(super) fn free(&mut self, job: &Job) {
        for subject in &job.subjects {
            self.busy.remove(subject);
        }
    }

    /// Nothing is heard of a signature any more.
    pub(super) fn forget(&mut self, signature: &Signature) {
        self.by_signature.remove(signature);
        self.office.awaited.set().remove(signature);
        self.office.journal.end(signature);
    }

    /// One of the last run is over.
    fn forgive(&mut self, signature: &Signature) {
        let Some(open) = self.earlier.remove(signature) else { return };
        self.office.journal.end(signature);
        for subject in &open.subjects {
            self.busy.remove(subject);
        }
        if self.earlier.is_empty() {
            tracing::info!("what became of all transactions of the last run is known");
        }
    }

    /// Counts a fee.
    fn account(&self, fee: u64) {
        self.office.journal.add("fees_lamports", fee);
    }

    fn emptied(&mut self, refusal: &Refusal) {
        if Blame::of(refusal) == Blame::Funds && !self.office.config.dry_run {
            let turn = self.purse.emptied();
            self.turned(turn);
            self.chores.ask_balance();
        }
    }

    fn finish(&mut self, finished: Finished) {
        let kind = finished.job.kind;
        self.office.metrics.job(kind, label(&finished.outcome));
        if finished.fee > 0 {
            self.office.metrics.fee(kind, finished.fee);
            self.account(finished.fee);
        }
        if let Outcome::Refused { refusal, .. } = &finished.outcome
            && refusal.is(PlimsollError::NotWorstFirst)
        {
            self.office.metrics.not_worst_first();
        }
        logging::finished(&finished);
        // Nobody may listen any more while the last ones end.
        let _ = self.office.report.send(finished);
    }
}
