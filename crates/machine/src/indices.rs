//! Funding and deleveraging reach every position of a side at once. The ledger carries each of them forward by itself, with
//! real numbers, and compares when the engine brings a position up to date.

use plimsoll_engine::{
    deleverage::{self, Look},
    funding,
    position::Position,
    side::Touched,
};

use crate::{
    action::Action,
    ledger::Shadow,
    world::{ACCOUNTS, MARKETS, Parties, World},
};

/// What a touch of each leg would move.
pub(crate) type Touches = [Touched; MARKETS];

impl World {
    /// Funding up to now; what every position owes or is owed.
    pub(crate) fn accrue(&mut self, market: usize) {
        let before = (self.pool(market), self.core.markets[market]);
        let done = self.call("accrue", Parties::market(market), |core| {
            let now = core.now;
            funding::accrue(&mut core.markets[market], now)
        });
        if done.is_some() {
            self.carry_funding(market, &before.1);
            let after = self.pool(market);
            // The two sides' fractions of an atom are dropped one by one.
            assert!(after.nav >= before.0.nav - 1, "I-10: funding cost the providers: {:?} {after:?}", before.0);
        }
        self.check();
    }

    /// Funding of all legs of an account, as every transaction begins.
    pub(crate) fn accrue_legs(&mut self, account: usize) {
        for market in 0..MARKETS {
            if !self.core.accounts[account].legs[market].is_empty() {
                self.accrue(market);
            }
        }
    }

    /// What an accrual does to the shadows, at the market as it was.
    pub(crate) fn carry_funding(&mut self, market: usize, before: &plimsoll_engine::market::Market) {
        let (now, p) = (self.core.now, &self.parameters[market]);
        let until = now.min(before.price.publish_time + i64::from(p.max_price_age_s));
        let seconds = (until - self.ledger.accrued[market]).max(0);
        self.ledger.accrued[market] = self.ledger.accrued[market].max(now);
        if before.status >= plimsoll_engine::market::status::SETTLING {
            return;
        }
        let skew = before.book.long.lots.0 as f64 - before.book.short.lots.0 as f64;
        let day = 86_400.0 * 1e6;
        let rate = (f64::from(p.funding_slope_ppm) / day * skew.abs() / p.side_cap as f64)
            .min(f64::from(p.funding_cap_ppm) / day);
        let per_lot = before.price.oracle.0 as f64 * rate * seconds as f64;
        for legs in &mut self.ledger.shadows {
            let shadow = &mut legs[market];
            // Longs pay a positive skew, and shorts are paid.
            shadow.cost += shadow.lots * per_lot * skew.signum() * f64::from(u8::from(skew != 0.0));
        }
    }

    /// What touching each leg of an account would move now.
    pub(crate) fn touches(&self, account: usize) -> Touches {
        std::array::from_fn(|market| {
            let (mut book, target) = (self.core.markets[market].book, &self.core.markets[market]);
            let mut position = self.core.accounts[account].legs[market];
            book.touch(&mut position, target.price.oracle).expect("a position that can be touched")
        })
    }

    /// A position as a touch would leave it.
    pub(crate) fn current(&self, account: usize, market: usize) -> Position {
        let target = &self.core.markets[market];
        let position = &self.core.accounts[account].legs[market];
        target.book.touched(position, target.price.oracle).expect("a position that can be touched")
    }

    /// The engine touched a leg: the ledger does what it reported, and compares with real numbers.
    pub(crate) fn book_touch(&mut self, account: usize, market: usize, touched: &Touched) {
        let price = self.core.markets[market].price.oracle.0;
        let holding = &mut self.ledger.holdings[account][market];
        let long = holding.lots > 0;
        let lots = i128::from(touched.lots.0);
        let value = i128::from(touched.proceeds.0) + i128::from(touched.fraction_value.0);
        holding.lots -= if long { lots } else { -lots };
        holding.cost += i128::from(touched.funding.0) + if long { -value } else { value };
        let shadow = self.ledger.shadows[account][market];
        let at = price as f64;
        let (engine, real) = (holding.lots as f64 * at - holding.cost as f64, shadow.lots * at - shadow.cost);
        // One part in 2^32 of what the position is worth, and what the real numbers themselves lose.
        let tiny = (holding.lots.abs() as f64 * at + holding.cost.abs() as f64 + lots as f64 * at) * 1e-9;
        assert!(
            engine <= real + 0.01 + tiny * 1e-3,
            "I-10: a touch favoured account {account} in {market}: {engine} over {real}"
        );
        // Funding, proceeds and the fraction of a lot are rounded, and proceeds twice across an epoch.
        assert!(engine >= real - 4.0 - 0.01 - tiny, "a touch cost account {account} in {market} {real} less {engine}");
        self.resync(account, market);
    }

    /// The shadow of a position that is up to date is the position.
    pub(crate) fn resync(&mut self, account: usize, market: usize) {
        let holding = &self.ledger.holdings[account][market];
        self.ledger.shadows[account][market] = Shadow { lots: holding.lots as f64, cost: holding.cost as f64 };
    }

    /// Books the touches of those legs that an action has changed.
    pub(crate) fn book_touches(&mut self, account: usize, before: &[Position; MARKETS], touches: &Touches) {
        for market in 0..MARKETS {
            if self.core.accounts[account].legs[market] != before[market] {
                self.book_touch(account, market, &touches[market]);
            }
        }
    }

    /// After an action is booked, its legs' shadows start from them.
    pub(crate) fn resync_changed(&mut self, account: usize, before: &[Position; MARKETS]) {
        for market in 0..MARKETS {
            if self.core.accounts[account].legs[market] != before[market] {
                self.resync(account, market);
            }
        }
    }

    pub(crate) fn deleverage(&mut self, market: usize, action: &Action) {
        if action.aux % 4 != 0 {
            self.accrue(market);
        }
        let before = (self.pool(market), self.core.markets[market], self.totals(market));
        let done = self.call("deleverage", Parties::market(market), |core| {
            let now = core.now;
            deleverage::look(&mut core.markets[market], now)
        });
        match done {
            Some(Look::Reduced(reduced)) => {
                self.tally.count(if reduced.new_epoch { "deleverage: epoch" } else { "deleverage: reduced" }, true);
                let side = usize::from(!reduced.long);
                let price = before.1.price.oracle.0 as f64;
                let (from, other) = (before.2.lots[side] as f64, before.2.lots[1 - side] as f64);
                let target = f64::from(self.parameters[market].adl_target_ppm) / 1e6;
                let keep = from.min(other + before.0.nav.max(0) as f64 / (target * price)).floor();
                assert!(before.2.lots[side] > before.2.lots[1 - side], "the lighter side was deleveraged");
                assert!(before.2.claims(side, i128::from(before.1.price.oracle.0)) > 0, "losers were deleveraged");
                let left = reduced.after.lots.0 as f64;
                assert!((left - keep).abs() <= 2.0 + from * 1e-9, "deleveraged from {from} to {left}, not {keep}");
                for account in 0..ACCOUNTS {
                    let shadow = &mut self.ledger.shadows[account][market];
                    if (shadow.lots > 0.0) == reduced.long && shadow.lots != 0.0 {
                        // The total's fraction decides by how much.
                        let all = |exact: &plimsoll_engine::indices::Exact| {
                            exact.lots.0 as f64 + exact.fraction as f64 / 4_294_967_296.0
                        };
                        let kept = shadow.lots * (all(&reduced.after) / all(&reduced.before));
                        shadow.cost -= (shadow.lots - kept) * reduced.price.0 as f64;
                        shadow.lots = kept;
                    }
                }
                self.ledger.deleveraged[market][side] = true;
                self.ledger.highest[market] = self.ledger.highest[market].max(reduced.price.0.into());
                let after = self.pool(market);
                // Reduced at the worse price for the holders, and with less premium: providers gain.
                assert!(after.nav >= before.0.nav - 1, "deleveraging cost the providers: {:?} {after:?}", before.0);
            }
            Some(_) => {
                let after = self.pool(market);
                assert_eq!(after, before.0, "a look at deleveraging moved money");
            }
            None => {}
        }
        self.check();
    }
}
