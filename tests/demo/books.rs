//! What is checked after every transaction, apart from the ledger's own checks: no cash below zero, nothing lost, and
//! the net asset value of the liquidity providers explained to the atom from the events alone.

use plimsoll_tests::{
    Address, Outcome,
    engine::{book::premium, market::Market},
    events::{
        BankruptcyClosed, DeficitPaid, FundingAccrued, Liquidated, OrderExecuted, OrderExpired, OrderFailed,
        SharesIssued,
    },
    ledger::Ledger,
};

/// Where net asset value comes from and goes to, in atoms.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bridge {
    /// Deposits of providers.
    pub deposits: i128,
    /// Order fees and spreads.
    pub trading: i128,
    /// Moves of the price on the net size of all traders.
    pub price: i128,
    /// Premium for the skew: paid by those who build it, owed to those who close it.
    pub premium: i128,
    /// Funding: what the heavier side pays and the lighter one is not paid.
    pub funding: i128,
    /// The treasury's part of liquidation charges.
    pub charges: i128,
    /// Losses of bankrupt accounts beyond their cash.
    pub deficits: i128,
    /// What insurance paid of them.
    pub insurance: i128,
}

impl Bridge {
    /// All of it.
    pub fn total(&self) -> i128 {
        let Self { deposits, trading, price, premium, funding, charges, deficits, insurance } = self;
        deposits + trading + price + premium + funding + charges + deficits + insurance
    }

    fn plus(&self, other: &Self, sign: i128) -> Self {
        Self {
            deposits: self.deposits + sign * other.deposits,
            trading: self.trading + sign * other.trading,
            price: self.price + sign * other.price,
            premium: self.premium + sign * other.premium,
            funding: self.funding + sign * other.funding,
            charges: self.charges + sign * other.charges,
            deficits: self.deficits + sign * other.deficits,
            insurance: self.insurance + sign * other.insurance,
        }
    }
}

/// Running totals over the whole run.
#[derive(Default)]
pub struct Books {
    /// Smallest cash any account ever had, read as a signed number.
    pub min_cash: i128,
    /// Largest difference between a vault and what is owed from it.
    pub conservation_error: i128,
    /// Largest difference between net asset value and the bridge.
    pub bridge_error: i128,
    /// Net asset value explained.
    pub bridge: Bridge,
    /// The bridge at the scenario's jump, before any account was touched.
    pub at_jump: Option<Bridge>,
    /// What insurance paid, and what it left to the providers.
    pub insurance_paid: u64,
    pub bad_debt_to_lps: u64,
    /// Transactions, refused ones included.
    pub transactions: u64,
}

impl Books {
    /// Takes in what one transaction did.
    pub fn account(&mut self, ledger: &Ledger, pool: &Address, before: &Market, after: &Market, outcome: &Outcome) {
        self.transactions += 1;
        let cash = ledger.margins.values().map(|margin| i128::from(margin.cash.0.cast_signed()));
        self.min_cash = cash.fold(self.min_cash, i128::min);
        self.conservation_error = self.conservation_error.max(ledger.conservation_error() + ledger.insurance_error());
        if outcome.result.is_err() {
            return;
        }
        for paid in outcome.events::<DeficitPaid>() {
            self.insurance_paid += paid.from_own + paid.from_shared;
            self.bad_debt_to_lps += paid.by_providers;
        }
        let change = explain(pool, before, after, outcome);
        self.bridge = self.bridge.plus(&change, 1);
        let nav = i128::from(after.nav().expect("fits").0);
        self.bridge_error = self.bridge_error.max((nav - self.bridge.total()).abs());
    }

    /// Remembers the bridge as it is now.
    pub fn mark_jump(&mut self) {
        self.at_jump = Some(self.bridge);
    }

    /// The bridge since the jump.
    pub fn since_jump(&self) -> Option<Bridge> {
        self.at_jump.map(|jump| self.bridge.plus(&jump, -1))
    }
}

/// The change of net asset value by what the transaction's events say, and by price and skew.
fn explain(pool: &Address, before: &Market, after: &Market, outcome: &Outcome) -> Bridge {
    let sum = |values: Vec<u64>| values.into_iter().map(i128::from).sum::<i128>();
    let fills = outcome.events::<OrderExecuted>();
    // The tip for the executor does not reach the treasury.
    let kept = |fee: u64| fee - after.risk.execution_fee.0.min(fee);
    let mut trading: Vec<u64> = fills.iter().flat_map(|fill| [kept(fill.fee), fill.spread]).collect();
    trading.extend(outcome.events::<OrderFailed>().iter().map(|order| kept(order.fee)));
    trading.extend(outcome.events::<OrderExpired>().iter().map(|order| kept(order.fee)));
    let skew = i128::from(before.book.skew().expect("fits").0);
    let ticks = i128::from(after.price.oracle.0) - i128::from(before.price.oracle.0);
    // Who trades pays or is paid the change of the premium, so net asset value moves by it only otherwise.
    let traded: i128 = fills.iter().map(|fill| i128::from(fill.premium)).sum();
    let issued = outcome.events::<SharesIssued>();
    Bridge {
        deposits: sum(issued.iter().filter(|issued| issued.pool == *pool).map(|issued| issued.amount).collect()),
        trading: sum(trading),
        price: -skew * ticks,
        premium: premium_of(before) - premium_of(after) + traded,
        funding: funding(before, after, &outcome.events::<FundingAccrued>()),
        charges: sum(outcome.events::<Liquidated>().iter().map(|step| step.to_treasury).collect()),
        deficits: -sum(outcome.events::<BankruptcyClosed>().iter().map(|closed| closed.deficit).collect()),
        insurance: sum(outcome.events::<DeficitPaid>().iter().map(|paid| paid.from_own + paid.from_shared).collect()),
    }
}

/// What funding changed of net asset value: what accrued, and what rounding took from whoever was charged.
///
/// A transaction accrues first, then charges at most one position of each side.
fn funding(before: &Market, after: &Market, accrued: &[FundingAccrued]) -> i128 {
    let mut total = 0;
    for long in [true, false] {
        let (old, new) = (before.book.side(long), after.book.side(long));
        let owed: i128 = accrued.iter().map(|event| accrual(event, long, old.lots.0)).sum();
        let charged = old.owed.get() + owed - new.owed.get();
        total += (new.owed.get() >> 32) - (old.owed.get() >> 32) + (charged + (1 << 32) - 1).div_euclid(1 << 32);
    }
    total
}

/// What a side of so many lots owes for an accrual, in 2^-32 atoms: a payer's share rounds up, a receiver's down.
fn accrual(event: &FundingAccrued, long: bool, lots: u64) -> i128 {
    let product = u128::from(event.price) * u128::from(event.rate) * u128::from(event.seconds);
    let (up, down) = (product.div_ceil(1 << 32), product >> 32);
    let pays = (event.skew > 0) == long;
    i128::from(lots) * if pays { up.cast_signed() } else { -down.cast_signed() }
}

/// What is owed to those who will close the skew.
pub fn premium_of(market: &Market) -> i128 {
    let skew = market.book.skew().expect("fits");
    i128::from(premium(&market.risk, skew, market.price.oracle).expect("fits").0)
}
