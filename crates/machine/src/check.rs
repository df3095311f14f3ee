//! What must be true after every call.

use plimsoll_engine::{market::status, units::Ticks};

use crate::{
    exact,
    exact::{Holding, Totals},
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
    /// Cash, escrow, and profits and losses in full, at the first source's price.
    pub worth: i128,
    /// What is credited for missing prices, by leg; part of equity.
    pub credits: [i128; MARKETS],
    /// Legs without a price at which they could be closed.
    pub stale: [bool; MARKETS],
    /// Whether all legs have prices that are fresh and agree.
    pub is_normal: bool,
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
            self.check_sides(market);
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

    /// I-3: with everybody touched, sides are the sums of their positions, and net asset value is what the ledger has
    /// less what they are worth. After deleveraging a side may have a lot more per position, which falls to the providers.
    fn check_sides(&self, market: usize) {
        let target = &self.core.markets[market];
        let price = i128::from(target.price.oracle.0);
        let mut book = target.book;
        let (mut sums, mut worth, mut held) = (Totals::default(), 0, [0i128; 2]);
        for account in 0..ACCOUNTS {
            let mut position = self.core.accounts[account].legs[market];
            book.touch(&mut position, target.price.oracle).expect("a position that can be touched");
            let side = usize::from(!position.is_long());
            let (lots, cost) = (i128::from(position.lots.0), i128::from(position.cost.0));
            sums.lots[side] += lots.abs();
            sums.cost[side] += cost;
            worth += lots * price - cost;
            held[side] += i128::from(!position.is_empty());
        }
        let sides = [&book.long, &book.short];
        for (side, totals) in sides.into_iter().enumerate() {
            let name = format!("I-3: side {side} of market {market} against its positions");
            let above = i128::from(totals.lots.0) - sums.lots[side];
            assert_eq!(i128::from(totals.attached), held[side], "{name}: how many");
            if self.ledger.deleveraged[market][side] {
                assert!(above >= 0 && above <= held[side], "{name}: {above} lots more");
            } else {
                assert_eq!((above, totals.lots_fraction), (0, 0), "{name}: lots");
                assert_eq!(i128::from(totals.cost.0), sums.cost[side], "{name}: cost");
            }
        }
        let nav = i128::from(target.nav().expect("a net asset value").0);
        let money = &self.ledger.money[market];
        let premium = exact::premium(&self.parameters[market], &target.risk, self.totals(market).skew(), price);
        let due = money.treasury - worth - premium - money.insurance_claim;
        let positions = held[0] + held[1];
        let slack = if self.ledger.deleveraged[market].contains(&true) {
            positions * (2 + price.max(self.ledger.highest[market])) + premium / 1_000_000
        } else {
            // Each position rounds what it owes against its holder.
            positions
        };
        assert!((due - nav).abs() <= slack, "net asset value of market {market}: {nav}, positions leave {due}");
        assert!(slack > positions || due >= nav, "I-10: net asset value of market {market}: {nav} above {due}");
    }

    /// The sides as the engine has them; [`World::check_sides`] compares them with the positions.
    pub(crate) fn totals(&self, market: usize) -> Totals {
        let book = &self.core.markets[market].book;
        Totals {
            lots: [book.long.lots.0, book.short.lots.0].map(i128::from),
            cost: [book.long.cost.0, book.short.cost.0].map(i128::from),
        }
    }

    /// What the providers of a settled market share, once both rounds are fixed.
    pub(crate) fn left_by_claims(&self, market: usize) -> Option<i128> {
        let (rounds, money) = (&self.ledger.rounds[market], &self.ledger.money[market]);
        let [Some((_, first)), Some((_, second))] = rounds.fixed else { return None };
        // What rounding left in the pots is released when the last position is gone.
        let book = &self.core.markets[market].book;
        let gone = book.long.attached == 0 && book.short.attached == 0;
        let reserved = if gone { 0 } else { first + second - rounds.paid[0] - rounds.paid[1] };
        Some((money.treasury - reserved - money.insurance_claim).max(0))
    }

    /// A market's pool; [`World::check_sides`] compares its net asset value with the positions.
    pub(crate) fn pool(&self, market: usize) -> Pool {
        let (engine, money) = (&self.core.markets[market], &self.ledger.money[market]);
        let price = i128::from(engine.price.oracle.0);
        Pool {
            nav: self.left_by_claims(market).unwrap_or(engine.nav().expect("a net asset value").0.into()),
            premium: exact::premium(&self.parameters[market], &engine.risk, self.totals(market).skew(), price),
            deficit: money.deficit,
            shares: money.shares,
        }
    }

    /// An account as it is now.
    pub(crate) fn standing(&self, account: usize) -> Standing {
        self.standing_at(account, None)
    }

    /// An account, legs without a price newer than `seen` valued as stale.
    pub(crate) fn standing_at(&self, account: usize, seen: Option<i64>) -> Standing {
        let cash = self.ledger.cash[account];
        let escrow = self.ledger.escrow[account];
        let mut standing = Standing {
            equity: cash,
            initial_equity: cash,
            worth: cash + escrow,
            is_normal: true,
            ..Standing::default()
        };
        for market in 0..MARKETS {
            // What a touch makes of it was compared with real numbers, or will be.
            let position = self.current(account, market);
            let holding = &Holding { lots: position.lots.0.into(), cost: position.cost.0.into() };
            if holding.is_empty() {
                continue;
            }
            let engine = &self.core.markets[market];
            let settles = engine.status >= status::SETTLING;
            let (risk, oracle, size) = (&engine.risk, i128::from(engine.price.oracle.0), holding.lots.abs());
            let value = exact::value(engine, position.is_long(), self.core.now, seen);
            let notional = size * value.price;
            let maintenance = if settles { 0 } else { exact::maintenance(risk, notional) };
            let credit = if settles { 0 } else { maintenance.min(exact::mulc(value.favour, notional)) };
            standing.equity += self.collectable(market, holding.pnl(value.price), value.price) + credit;
            standing.maintenance += maintenance;
            standing.credits[market] = credit;
            standing.stale[market] = value.stale || engine.status == status::HALTED;
            standing.is_normal &= value.normal;

            let nav = i128::from(engine.nav().expect("a net asset value").0);
            let unpayable = nav < 0 || engine.book.is_withheld();
            standing.initial_equity += exact::counted_initially(risk, holding, &engine.price, unpayable);
            let lots = self.totals(market).lots[usize::from(holding.lots < 0)];
            standing.initial += exact::initial(risk, size, lots, oracle);
            standing.worth += holding.pnl(oracle);
        }
        standing
    }

    /// What maintenance counts of a profit or loss at a price.
    fn collectable(&self, market: usize, pnl: i128, price: i128) -> i128 {
        let (engine, ticks) = (&self.core.markets[market], Ticks(u64::try_from(price).expect("a price")));
        let nav = i128::from(engine.book.nav(&engine.risk, ticks).expect("a net asset value").0);
        let missing = (-(nav + self.ledger.money[market].deficit)).max(0);
        let claims = |long| i128::from(engine.book.claims(long, ticks).expect("claims").0).max(0);
        exact::counted(pnl, missing, claims(true) + claims(false))
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
