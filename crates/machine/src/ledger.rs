//! The shadow ledger: who owns what, in plain integers, moved only by what an action is supposed to do.

use crate::{
    exact::Holding,
    world::{ACCOUNTS, MARKETS, POOLERS},
};

/// One market's money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Money {
    /// Cash of the pool.
    pub treasury: i128,
    /// Charges for insurance, not swept yet.
    pub fees: i128,
    /// Loss that nobody has answered yet.
    pub deficit: i128,
    /// Profit of bankrupt accounts that the pool owes to insurance.
    pub insurance_claim: i128,
    /// The market's own part of insurance.
    pub own: i128,
    /// Shares of its providers.
    pub shares: i128,
}

/// A position as it would be with real numbers: what funding and deleveraging do to it before anybody touches it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Shadow {
    /// Signed lots.
    pub lots: f64,
    /// Signed cost.
    pub cost: f64,
}

/// A settled position's claim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// What it was registered for.
    pub registered: i128,
    /// Whether after round one was fixed.
    pub late: bool,
    /// Paid in round one.
    pub first: i128,
    /// Whether round one has paid it.
    pub first_done: bool,
}

/// A market's settlement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rounds {
    /// Claims of registered accounts.
    pub claims: [Option<Claim>; ACCOUNTS],
    /// Sum and pot of each round that is fixed.
    pub fixed: [Option<(i128, i128)>; 2],
    /// What of each pot is paid.
    pub paid: [i128; 2],
}

/// A coefficient of maintenance: what is in force, and since when the model is above it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watch {
    /// In force when last looked at.
    pub in_force: u64,
    /// Since when the model asks for more.
    pub above_since: Option<i64>,
}

/// All of it.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// Tokens in the exchange's vault.
    pub vault: i128,
    /// Tokens in the insurance vault.
    pub insurance_vault: i128,
    /// Accounts' cash.
    pub cash: [i128; ACCOUNTS],
    /// Fees held for accounts' orders.
    pub escrow: [i128; ACCOUNTS],
    /// Positions.
    pub holdings: [[Holding; MARKETS]; ACCOUNTS],
    /// Markets.
    pub money: [Money; MARKETS],
    /// The same with real numbers and everything that nobody touched yet.
    pub shadows: [[Shadow; MARKETS]; ACCOUNTS],
    /// When each market's funding was last accrued.
    pub accrued: [i64; MARKETS],
    /// Whether a market's side was ever deleveraged.
    pub deleveraged: [[bool; 2]; MARKETS],
    /// The highest price at which each market was deleveraged.
    pub highest: [i128; MARKETS],
    /// Settlements.
    pub rounds: [Rounds; MARKETS],
    /// The two coefficients of each market.
    pub watches: [[Watch; 2]; MARKETS],
    /// Insurance that every market may draw on.
    pub shared: i128,
    /// Stakers' shares.
    pub stakes: i128,
    /// Providers' shares by market.
    pub provided: [[i128; MARKETS]; POOLERS],
    /// Tokens that everybody but the honest provider and staker brought.
    pub brought: i128,
    /// Tokens that they took away.
    pub taken: i128,
}

impl Ledger {
    /// Moves cash of an account.
    pub fn pay(&mut self, account: usize, amount: i128) {
        self.cash[account] += amount;
    }

    /// Tokens that cross into the exchange's vault from outside; negative out of it.
    pub fn cross(&mut self, amount: i128, honest: bool) {
        self.vault += amount;
        self.note(amount, honest);
    }

    /// The same for the insurance vault.
    pub fn cross_insurance(&mut self, amount: i128, honest: bool) {
        self.insurance_vault += amount;
        self.note(amount, honest);
    }

    fn note(&mut self, amount: i128, honest: bool) {
        if honest {
            return;
        }
        if amount > 0 {
            self.brought += amount;
        } else {
            self.taken -= amount;
        }
    }
}
