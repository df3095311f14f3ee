//! The wallet's lamports, and what may be sent with so few.

use crate::config::Fees;

/// What is known of the wallet.
#[derive(Debug)]
pub(super) struct Purse {
    floor: u64,
    stop: u64,
    balance: Option<u64>,
    /// A transaction was refused for lack of lamports, when the wallet had so many.
    emptied: Option<Option<u64>>,
}

/// What a new balance changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Nothing is sent from now on.
    Stopped,
    /// Transactions are sent again.
    Resumed,
    /// It is as before.
    Same,
}

impl Purse {
    /// Nothing is known yet.
    pub(super) fn new(fees: &Fees) -> Self {
        Self { floor: fees.floor_lamports, stop: fees.stop_lamports, balance: None, emptied: None }
    }

    /// Whether nothing is sent.
    pub(super) fn is_stopped(&self) -> bool {
        self.emptied.is_some() || self.balance.is_some_and(|balance| balance < self.stop)
    }

    /// Why a job that earns something, or nothing, is not sent.
    pub(super) fn refuses(&self, earns: bool) -> Option<&'static str> {
        if self.is_stopped() {
            return Some("the wallet has not enough SOL for fees");
        }
        let low = self.balance.is_some_and(|balance| balance < self.floor);
        (low && !earns).then_some("the wallet is low on SOL, and this earns nothing")
    }

    /// The wallet has so many.
    pub(super) fn set(&mut self, balance: u64) -> Turn {
        let before = self.is_stopped();
        self.balance = Some(balance);
        self.emptied = match self.emptied {
            // The first word after a refusal: what was too little, unless it is plenty and the refusal was wrong.
            Some(None) if balance < self.floor => Some(Some(balance)),
            Some(Some(then)) if balance <= then => Some(Some(then)),
            _ => None,
        };
        match (before, self.is_stopped()) {
            (false, true) => Turn::Stopped,
            (true, false) => Turn::Resumed,
            _ => Turn::Same,
        }
    }

    /// A transaction was refused for lack of lamports.
    pub(super) fn emptied(&mut self) -> Turn {
        let before = self.is_stopped();
        if self.emptied.is_none() {
            self.emptied = Some(None);
        }
        if before { Turn::Same } else { Turn::Stopped }
    }

    /// How many it has, if that is known.
    pub(super) fn balance(&self) -> Option<u64> {
        self.balance
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn purse() -> Purse {
        Purse::new(&Fees { floor_lamports: 100, stop_lamports: 10, ..Fees::default() })
    }

    #[test]
    fn below_the_floor_only_paid_work_is_done() {
        let mut purse = purse();
        assert_eq!(purse.refuses(false), None);
        assert_eq!(purse.set(99), Turn::Same);
        assert!(purse.refuses(false).is_some() && purse.refuses(true).is_none());
        assert_eq!(purse.set(9), Turn::Stopped);
        assert!(purse.refuses(true).is_some());
        assert_eq!(purse.set(100), Turn::Resumed);
        assert_eq!(purse.refuses(false), None);
    }

    #[test]
    fn a_refusal_stops_until_there_is_more() {
        let mut purse = purse();
        purse.set(50);
        assert_eq!(purse.emptied(), Turn::Stopped);
        assert_eq!(purse.emptied(), Turn::Same);
        assert_eq!(purse.set(50), Turn::Same);
        assert!(purse.is_stopped());
        assert_eq!(purse.set(51), Turn::Resumed);
    }

    #[test]
    fn a_wrong_refusal_is_corrected_by_the_balance() {
        let mut purse = purse();
        purse.emptied();
        assert_eq!(purse.set(1_000), Turn::Resumed);
    }
}
