//! One greedy keeper: it flags whatever is under maintenance and tries the largest fee first. The program refuses what is
//! out of order and names who goes first; so that one it does, whatever it pays.

use std::collections::BTreeSet;

use plimsoll_tests::{
    Address,
    cookies::Trader,
    events::{BankruptcyClosed, GoesFirst, Liquidated},
    instructions::Liquidate,
    parameters,
};

use crate::{
    key::{self, Verdict},
    market::Desk,
    record::{Log, Record},
    screen::{grouped, short, usd},
    survey::{self, Seen},
};

/// Refusals that are told as they happen.
const TOLD: u64 = 6;
/// Seconds between marks of everybody.
const MARK_EVERY: i64 = 900;

/// The keeper.
pub struct Keeper {
    /// Its account, which is paid.
    pub trader: Trader,
    /// What it saw.
    pub log: Log,
    /// When it last marked everybody.
    pub marked: i64,
    told: u64,
}

/// What became of one try.
enum Attempt {
    Done,
    Ahead(GoesFirst),
    Refused,
}

impl Keeper {
    /// A keeper that is paid into this account.
    pub fn new(trader: Trader) -> Self {
        Self { trader, log: Log::default(), marked: plimsoll_tests::chain::START, told: 0 }
    }

    /// Its margin account.
    pub fn account(&self) -> Address {
        self.trader.margin
    }

    /// Everything it does at one price: what was flagged before is liquidated, then what is under maintenance is flagged.
    pub async fn act(&mut self, desk: &mut Desk) {
        self.liquidate_all(desk).await;
        self.draw(desk).await;
        self.flag_all(desk).await;
        if desk.world.chain.now() - self.marked >= MARK_EVERY {
            self.mark_all(desk).await;
        }
        self.log.longest = self.log.longest.max(desk.queue().queue.count);
    }

    /// At the end: profits and losses become cash, fees go to insurance.
    pub async fn finish(&mut self, desk: &mut Desk) {
        self.mark_all(desk).await;
        self.sweep(desk).await;
    }

    async fn liquidate_all(&mut self, desk: &mut Desk) {
        let mut given_up = BTreeSet::new();
        while let Some(best) = survey::richest(desk, &given_up) {
            match self.attempt(desk, &best).await {
                Attempt::Done | Attempt::Refused => _ = given_up.insert(best.account),
                Attempt::Ahead(first) => {
                    self.tell(&best, &first);
                    self.obey(desk, best.account, first.account, &mut given_up).await;
                }
            }
        }
    }

    /// Does the account that the program named, or whoever it names then. If they name each other, entries are out of
    /// date: all of them are refreshed, and the largest fee is tried again.
    async fn obey(&mut self, desk: &mut Desk, wanted: Address, named: Address, given_up: &mut BTreeSet<Address>) {
        let (mut next, mut tried) = (named, BTreeSet::from([wanted, named]));
        while let Some(seen) = survey::look(desk, &next) {
            tried.insert(next);
            match self.attempt(desk, &seen).await {
                Attempt::Done | Attempt::Refused => {
                    given_up.insert(next);
                    return;
                }
                Attempt::Ahead(other) if !tried.contains(&other.account) => next = other.account,
                Attempt::Ahead(_) => break,
            }
        }
        for account in tried {
            self.flag(desk, &account).await;
        }
    }

    /// Tells the first few refusals.
    fn tell(&mut self, wanted: &Seen, first: &GoesFirst) {
        self.told += 1;
        if self.told <= TOLD {
            let (who, fee) = (short(&wanted.account), usd(wanted.reward));
            let (named, key) = (short(&first.account), grouped(i128::from(first.key)));
            self.log.notes.push(format!("keeper tries {who} for {fee}: refused, {named} goes first with key {key}"));
        }
    }

    async fn attempt(&mut self, desk: &mut Desk, seen: &Seen) -> Attempt {
        let verdict = self.judge(desk, &seen.account);
        let liquidate: Liquidate = desk.world.liquidate(&seen.account, &desk.market, &self.trader);
        let outcome = desk.send(&liquidate, &[]).await;
        if outcome.result.is_ok() {
            self.record(desk, seen, &verdict, &outcome);
            return Attempt::Done;
        }
        if outcome.error() != "NotWorstFirst" {
            *self.log.others.entry(outcome.error()).or_default() += 1;
            return Attempt::Refused;
        }
        let first: GoesFirst = outcome.event();
        self.log.refusals += 1;
        self.log.wrong_refusals += u64::from(verdict.forbids_refusal());
        Attempt::Ahead(first)
    }

    fn judge(&self, desk: &Desk, account: &Address) -> Verdict {
        let now = (desk.world.chain.slot(), desk.world.chain.now());
        let margin = &desk.world.ledger.margins[account];
        key::judge(&parameters::demo(), &desk.state().core, &desk.queue().queue, (account, margin), now)
    }

    fn record(&mut self, desk: &Desk, seen: &Seen, verdict: &Verdict, outcome: &plimsoll_tests::Outcome) {
        let time = desk.world.chain.now();
        let left = desk.world.ledger.margins[&seen.account].legs[0].position.lots.0;
        let steps = outcome.events::<Liquidated>();
        let steps = steps.iter().map(|step| Record::of_step(step, verdict.largest, left, time));
        let before = (seen.health.equity.0, seen.health.maintenance.0);
        let ends = outcome.events::<BankruptcyClosed>();
        let ends = ends.iter().map(|end| Record::of_bankruptcy(end, verdict.largest, before, time, seen.first_flagged));
        for record in steps.chain(ends) {
            self.log.violations += u64::from(verdict.is_broken_by(record.key));
            self.log.records.push(record);
        }
    }
}
