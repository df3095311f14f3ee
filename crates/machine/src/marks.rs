//! Variation margin, and quotes, which write nothing.

use plimsoll_engine::{
    liquidation_price,
    mark::mark,
    market::status,
    sizing,
    units::{Atoms, Ticks},
};

use crate::{
    action::Action,
    trader::{legs_of, rest_of, tidy},
    world::{MARKETS, Parties, World},
};

impl World {
    pub(crate) fn mark(&mut self, account: usize) {
        self.accrue_legs(account);
        let (touches, legs_before) = (self.touches(account), self.core.accounts[account].legs);
        let places: Vec<usize> =
            (0..MARKETS).filter(|market| !self.core.accounts[account].legs[*market].is_empty()).collect();
        let parties =
            places.iter().fold(Parties::account(account), |parties, market| parties.and(Parties::market(*market)));
        let before: Vec<_> = (0..MARKETS).map(|market| self.pool(market)).collect();
        let equity = self.standing(account);
        let done = self.call("mark", parties, |core| {
            for market in &places {
                core.markets[*market].fresh_price(core.now)?;
            }
            let owner = &mut core.accounts[account];
            let mut legs = legs_of(&mut owner.legs, &mut core.markets);
            let paid = mark(&mut owner.cash, &mut legs)?;
            owner.legs.iter_mut().for_each(tidy);
            Ok(paid)
        });
        if let Some(paid) = done {
            self.book_touches(account, &legs_before, &touches);
            let losses: i128 = places.iter().map(|market| (-self.pnl(account, *market)).max(0)).sum();
            let mut unpaid = losses;
            for (market, amount) in places.iter().zip(paid) {
                let amount = i128::from(amount.0);
                let pnl = self.pnl(account, *market);
                assert!(amount.abs() <= pnl.abs() && amount * pnl >= 0, "a mark paid {amount} of {pnl}");
                unpaid += amount.min(0);
                self.ledger.holdings[account][*market].cost += amount;
                self.ledger.money[*market].treasury -= amount;
                self.ledger.pay(account, amount);
            }
            assert!(unpaid == 0 || self.ledger.cash[account] == 0, "a loss stays unpaid beside cash");
            self.resync_changed(account, &legs_before);
            let after = self.standing(account);
            assert_eq!(after.worth, equity.worth, "I-10: a mark changed what an account is worth");
            for (market, before) in before.iter().enumerate() {
                if self.left_by_claims(market).is_some() {
                    // What losers pay after both rounds is the providers'.
                    continue;
                }
                // A touch rounds funding and the fraction of a lot towards the providers. Without that fraction the skew
                // may be a whole lot larger, whose premium nobody paid.
                let pool = self.pool(market);
                let steeper = if touches[market].fraction == 0 { 0 } else { (pool.premium - before.premium).max(0) };
                let more = pool.nav + steeper - before.nav;
                let slack = if touches[market] == Default::default() { 0 } else { 4 + before.premium };
                assert!((0..=slack).contains(&more), "I-10: a mark moved net asset value of {market} by {more}");
            }
        }
        self.check();
    }

    /// Profit or loss in full, from the ledger.
    pub(crate) fn pnl(&self, account: usize, market: usize) -> i128 {
        self.ledger.holdings[account][market].pnl(i128::from(self.core.markets[market].price.oracle.0))
    }

    /// Quotes write nothing; what they promise must be so.
    pub(crate) fn quote(&mut self, account: usize, market: usize, action: &Action) {
        let target = self.core.markets[market];
        let price = target.price.oracle.0;
        let gap = (price * u64::from(action.extra) / 131_072).max(1);
        let stop = Ticks(if action.aux % 2 == 0 { price - gap.min(price) } else { price + gap });
        let risk = Atoms(u64::from(action.size) * 100_000);
        let done = self.call("size_for_risk", Parties::default(), |core| {
            sizing::size_for_risk(&core.markets[market], risk, stop, core.now)
        });
        if let Some(sized) = done {
            assert!(sized.loss <= risk, "a size that loses more than the risk");
            assert_eq!(sized.lots.0 > 0, stop.0 < price, "a stop on the wrong side");
        }
        self.quote_liquidation(account, market);
    }

    fn quote_liquidation(&mut self, account: usize, market: usize) {
        self.accrue_legs(account);
        let position = self.current(account, market);
        if self.core.markets[market].status >= status::SETTLING {
            return;
        }
        let done = self.call("liquidation_price", Parties::default(), |core| {
            let rest = rest_of(core, account, market)?;
            let cash = core.accounts[account].cash;
            liquidation_price::liquidation_price(cash, &rest.health, &position, &core.markets[market])
        });
        let Some(ticks) = done.flatten().filter(|_| position.lots.0 != 0) else { return };
        let kept = self.core.markets[market];
        let standing = self.standing(account);
        // A leg that waits after an outage is credited, which a price for quotes is not. A fraction of a lot that a touch
        // closes is worth another atom at another price.
        let credited = !standing.is_normal || standing.credits.iter().any(|credit| *credit != 0);
        if credited || kept.is_resuming(self.core.now) || self.touches(account).iter().any(|touch| touch.fraction != 0)
        {
            return;
        }
        let mut under = |ticks: u64| {
            // Both sources say so.
            self.core.markets[market].price.oracle = Ticks(ticks);
            self.core.markets[market].second.oracle = Ticks(ticks);
            let standing = self.standing(account);
            standing.equity < standing.maintenance
        };
        let at = under(ticks.0);
        let away = if position.lots.0 > 0 { ticks.0 + 1 } else { ticks.0 - 1 };
        let already = ticks == kept.price.oracle;
        let earlier = !already && under(away);
        self.core.markets[market] = kept;
        assert!(at, "at its liquidation price an account is healthy");
        assert!(!earlier, "an account is liquidatable before its liquidation price");
    }
}
