//! What must be true after every call.

use crate::{
    exact,
    exact::Totals,
    world::{ACCOUNTS, MARKETS, POOLERS, World},
};

/// An account at the markets' prices, in exact arithmetic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Maintenance equity.
    pub equity: i128,
    /// Maintenance requirement.
    pub maintenance: i128,
    /// Initial equity.
    pub initial_equity: i128,
    /// Initial requirement.
    pub initial: i128,
    /// Cash, escrow, and profits and losses in full.
    pub worth: i128,
}

impl Standing {
    /// `E / MM` is at least that of `before`.
    pub fn no_worse_than(&self, before: &Self) -> bool {
        let product = |a: i128, b: i128| a.checked_mul(b).expect("equity and margin of 64 bits");
        self.maintenance == 0
            || (before.maintenance != 0
                && product(self.equity, before.maintenance) >= product(before.equity, self.maintenance))
    }
}

/// The pool of a market at its price, in exact arithmetic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pool {
    /// Net asset value.
    pub nav: i128,
    /// The skew's premium, part of it.
    pub premium: i128,
    /// Deficit not answered yet.
    pub deficit: i128,
    /// Shares.
    pub shares: i128,
}

impl Pool {
    /// Whether a share is worth at least what it was before, a deficit that is not answered yet set aside.
    pub fn no_worse_than(&self, before: &Self) -> bool {
        let value = |pool: &Self| pool.nav + pool.deficit + 1_000_000;
        let supply = |pool: &Self| pool.shares + 1_000_000;
        value(self) * supply(before) >= value(before) * supply(self)
    }
}

impl World {
    /// Everything that holds between calls.
    pub(crate) fn check(&self) {
        let (core, ledger) = (&self.core, &self.ledger);
        let mut tokens = 0;
        for account in 0..ACCOUNTS {
            let engine = &core.accounts[account];
            let (cash, escrow) = (ledger.cash[account], ledger.escrow[account]);
            assert!(cash >= 0 && escrow >= 0, "I-2: account {account} has cash {cash}, escrow {escrow}");
            assert_eq!(i128::from(engine.cash.0), cash, "cash of account {account}");
            let held: i128 = engine.orders.iter().flatten().map(|(_, order)| i128::from(order.fee.0)).sum();
            assert_eq!(held, escrow, "escrow of account {account}");
            for market in 0..MARKETS {
                let position = &engine.legs[market];
                let holding = &ledger.holdings[account][market];
                assert_eq!(i128::from(position.lots.0), holding.lots, "lots of account {account} in {market}");
                assert_eq!(i128::from(position.cost.0), holding.cost, "cost of account {account} in {market}");
                assert!(position.invariant(), "{position:?}");
            }
            tokens += cash + escrow;
        }
        let mut own = 0;
        for market in 0..MARKETS {
            let (engine, money) = (&core.markets[market], &ledger.money[market]);
            assert!(engine.invariant(), "market {market}: {engine:?}");
            let book = &engine.book;
            let stored = [book.treasury, book.fees, book.deficit, book.insurance_claim, engine.insurance_own];
            let due = [money.treasury, money.fees, money.deficit, money.insurance_claim, money.own];
            assert!(due.iter().all(|amount| *amount >= 0), "I-2: market {market} has {money:?}");
            assert_eq!(stored.map(|amount| i128::from(amount.0)), due, "money of market {market}");
            assert_eq!(i128::from(engine.lp_shares), money.shares, "shares of market {market}");
            let provided: i128 = (0..POOLERS).map(|pooler| ledger.provided[pooler][market]).sum();
            assert_eq!(provided, money.shares, "shares of market {market} against their holders'");
            let totals = self.totals(market);
            let stored = Totals {
                lots: [book.long.lots.0, book.short.lots.0].map(i128::from),
                cost: [book.long.cost.0, book.short.cost.0].map(i128::from),
            };
            assert_eq!(stored, totals, "I-3: sides of market {market} against its positions");
            let price = i128::from(engine.price.oracle.0);
            let nav = engine.nav().expect("a net asset value");
            assert_eq!(i128::from(nav.0), self.pool(market).nav, "net asset value of market {market} at {price}");
            tokens += money.treasury + money.fees;
            own += money.own;
        }
        assert_eq!(tokens, ledger.vault, "I-1: the exchange's vault");
        assert_eq!(ledger.shared + own, ledger.insurance_vault, "I-1: the insurance vault");
        assert_eq!(i128::from(core.fund.shared.0), ledger.shared, "shared insurance");
        assert_eq!(i128::from(core.fund.own.0), own, "markets' own insurance");
        assert_eq!(i128::from(core.fund.shares), ledger.stakes, "stakers' shares");
        if self.setup.flat {
            assert!(
                ledger.taken <= ledger.brought,
                "I-10: at one constant price {} atoms were taken and only {} brought",
                ledger.taken,
                ledger.brought,
            );
        }
    }

    /// Sides summed up from the ledger's positions.
    pub(crate) fn totals(&self, market: usize) -> Totals {
        self.ledger.totals(market, |account| self.core.accounts[account].legs[market].is_long())
    }

    /// A market's pool, from the ledger.
    pub(crate) fn pool(&self, market: usize) -> Pool {
        let (engine, money, totals) = (&self.core.markets[market], &self.ledger.money[market], self.totals(market));
        let price = i128::from(engine.price.oracle.0);
        let premium = exact::premium(&self.parameters[market], &engine.risk, totals.skew(), price);
        let claims = totals.claims(0, price) + totals.claims(1, price);
        Pool {
            nav: money.treasury - claims - premium - money.insurance_claim,
            premium,
            deficit: money.deficit,
            shares: money.shares,
        }
    }

    /// An account, from the ledger.
    pub(crate) fn standing(&self, account: usize) -> Standing {
        let cash = self.ledger.cash[account];
        let mut standing =
            Standing { equity: cash, initial_equity: cash, worth: cash + self.ledger.escrow[account], ..Standing::default() };
        for market in 0..MARKETS {
            let holding = &self.ledger.holdings[account][market];
            if holding.is_empty() {
                continue;
            }
            let engine = &self.core.markets[market];
            let (risk, price, pool, totals) =
                (&engine.risk, i128::from(engine.price.oracle.0), self.pool(market), self.totals(market));
            let pnl = holding.pnl(price);
            let missing = (-(pool.nav + pool.deficit)).max(0);
            let positive = totals.claims(0, price).max(0) + totals.claims(1, price).max(0);
            let size = holding.lots.abs();
            standing.equity += exact::counted(pnl, missing, positive);
            standing.maintenance += exact::maintenance(risk, size * price);
            standing.initial_equity += exact::counted_initially(risk, holding, &engine.price, pool.nav < 0);
            standing.initial += exact::initial(risk, size, totals.lots[usize::from(holding.lots < 0)], price);
            standing.worth += pnl;
        }
        standing
    }

    /// Coverage for new risk, from the ledger.
    pub(crate) fn is_covered(&self, market: usize) -> bool {
        let (engine, totals) = (&self.core.markets[market], self.totals(market));
        let price = i128::from(engine.price.oracle.0);
        let skew = exact::mulc(engine.risk.stress.0, totals.skew().abs() * price);
        let open_interest = exact::mulc(engine.risk.coverage.0, (totals.lots[0] + totals.lots[1]) * price);
        self.pool(market).nav >= skew + open_interest
    }

    /// All legs' prices are fresh.
    pub(crate) fn is_fresh(&self, account: usize) -> bool {
        let markets = self.core.markets.iter().zip(&self.core.accounts[account].legs);
        markets.filter(|(_, leg)| !leg.is_empty()).all(|(market, _)| market.fresh_price(self.core.now).is_ok())
    }
}
