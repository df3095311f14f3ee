//! What the keeper saw, for the tables and the summary.

use std::collections::BTreeMap;

use plimsoll_tests::{
    Address,
    events::{BankruptcyClosed, Liquidated},
};

/// How a liquidation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Some lots remain.
    Partial,
    /// All lots were closed and the charge paid.
    Whole,
    /// All lots were closed and this loss remained.
    Bankrupt { deficit: u64 },
}

/// One successful liquidation.
#[derive(Clone, Copy, Debug)]
pub struct Record {
    pub time: i64,
    pub account: Address,
    /// Its key when liquidated, and the largest of the others that counted.
    pub key: u64,
    pub largest: u64,
    pub lots: i64,
    pub price: u64,
    pub equity: i64,
    pub maintenance: u64,
    pub charge: u64,
    pub end: End,
    /// Seconds since the first flag.
    pub waited: i64,
}

impl Record {
    /// From a step on a solvent account.
    pub fn of_step(step: &Liquidated, largest: u64, left: i64, time: i64) -> Self {
        Self {
            time,
            account: step.account,
            key: step.key,
            largest,
            lots: step.lots,
            price: step.price,
            equity: step.equity_before,
            maintenance: step.maintenance_before,
            charge: step.to_treasury + step.to_flagger + step.to_liquidator + step.to_insurance,
            end: if left == 0 { End::Whole } else { End::Partial },
            waited: time - step.first_flagged,
        }
    }

    /// From the end of a bankrupt account.
    pub fn of_bankruptcy(closed: &BankruptcyClosed, largest: u64, before: (i64, u64), time: i64, first: i64) -> Self {
        Self {
            time,
            account: closed.account,
            key: closed.key,
            largest,
            lots: closed.lots,
            price: closed.price,
            equity: before.0,
            maintenance: before.1,
            charge: 0,
            end: End::Bankrupt { deficit: closed.deficit },
            waited: time - first,
        }
    }
}

/// Everything that the keeper counts.
#[derive(Default)]
pub struct Log {
    /// Successful liquidations, in order.
    pub records: Vec<Record>,
    /// Sentences for the live output that were not printed yet.
    pub notes: Vec<String>,
    /// Liquidations out of order: zero.
    pub violations: u64,
    /// Refusals of accounts that were not worst: right ones and wrong ones.
    pub refusals: u64,
    pub wrong_refusals: u64,
    /// Other refusals, by name.
    pub others: BTreeMap<String, u64>,
    /// First flags, refreshes of entries, removals of healthy ones.
    pub flags: u64,
    pub refreshes: u64,
    pub removals: u64,
    /// Largest queue.
    pub longest: u64,
}

impl Log {
    /// How many liquidations ended in this way.
    pub fn count(&self, wanted: impl Fn(&End) -> bool) -> usize {
        self.records.iter().filter(|record| wanted(&record.end)).count()
    }
}
