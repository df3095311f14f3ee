//! An account: its cash and the sum of its legs.

use words::*;

use crate::{
    Result,
    key::{Stress, cost_of_waiting},
    margin::{LegHealth, LegInitial},
    units::{Atoms, Pnl, Ratio},
};

/// The most legs an account can have.
pub const MAX_LEGS: usize = 8;

/// Maintenance: equity at oracle prices against the requirement of all legs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Cash, which pays the losses of what is closed.
    pub cash: Atoms,
    /// `E`: cash and profits less losses, and what is credited for missing prices.
    pub equity: Pnl,
    /// That credit.
    pub credit: Atoms,
    /// `MM`: the sum of the legs' requirements.
    pub maintenance: Atoms,
    /// The legs' sizes in stressed moves.
    pub stress: Stress,
}

impl Health {
    /// An account that holds nothing but cash.
    pub fn of_cash(cash: Atoms) -> Result<Self> {
        Self::default().with_cash(cash)
    }

    /// Adds a leg.
    #[inline]
    pub fn add(&mut self, leg: &LegHealth) -> Result<()> {
        let equity = self.equity.plus(leg.counted)?;
        let maintenance = self.maintenance.plus(leg.maintenance)?;
        let credit = self.credit.plus(leg.credit)?;
        self.stress.add(leg.stress, leg.long)?;
        (self.equity, self.credit, self.maintenance) = (equity, credit, maintenance);
        Ok(())
    }

    /// The same account with more cash.
    pub fn with_cash(mut self, cash: Atoms) -> Result<Self> {
        self.cash = self.cash.plus(cash)?;
        self.equity = self.equity.plus(cash.signed()?)?;
        Ok(self)
    }

    /// Equity without credits: charges are paid from it.
    pub fn certain_equity(&self) -> Result<Pnl> {
        self.equity.minus(self.credit.signed()?)
    }

    /// `E < MM`: the account may be liquidated.
    pub fn is_liquidatable(&self) -> bool {
        self.equity.is_negative() || self.equity.gain() < self.maintenance
    }

    /// `E <= 0`: whatever is closed leaves nothing.
    pub fn is_bankrupt(&self) -> bool {
        !self.equity.is_positive()
    }

    /// The priority key with a market's stressed drift.
    pub fn key(&self, drift: Ratio) -> Result<Atoms> {
        cost_of_waiting(self.stress.total()?, drift, self.equity, self.maintenance)
    }

    /// Whether `E / MM` is at least that of `before`. Without positions there is nothing left to worsen.
    pub fn no_worse_than(&self, before: &Self) -> bool {
        if self.maintenance.is_zero() {
            return true;
        }
        if before.maintenance.is_zero() {
            return false;
        }
        let scaled = |equity: Pnl, other: Atoms| (!equity.is_negative(), equity.0.unsigned_abs().times(other.0));
        let (now, earlier) = (scaled(self.equity, before.maintenance), scaled(before.equity, self.maintenance));
        match (now.0, earlier.0) {
            (true, true) => now.1 >= earlier.1,
            (true, false) => true,
            (false, true) => false,
            (false, false) => now.1 <= earlier.1,
        }
    }
}

/// Initial margin: what an account needs to add risk or to withdraw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Initial {
    /// Equity as initial margin counts it.
    pub equity: Pnl,
    /// Sum of the legs' initial requirements.
    pub requirement: Atoms,
}

impl Initial {
    /// Adds a leg. A requirement that does not fit is one that nobody meets.
    pub fn add(&mut self, leg: &LegInitial) -> Result<()> {
        self.equity = self.equity.plus(leg.counted)?;
        self.requirement = self.requirement.saturating_plus(leg.requirement);
        Ok(())
    }

    /// The same account with more cash.
    pub fn with_cash(mut self, cash: Atoms) -> Result<Self> {
        self.equity = self.equity.plus(cash.signed()?)?;
        Ok(self)
    }

    /// `E >= IM`.
    pub fn is_met(&self) -> bool {
        !self.equity.is_negative() && self.equity.gain() >= self.requirement
    }

    /// The cash that could leave: what is above the requirement, and no more than there is.
    pub fn withdrawable(&self, cash: Atoms) -> Atoms {
        self.equity.gain().saturating_minus(self.requirement).min(cash)
    }
}
