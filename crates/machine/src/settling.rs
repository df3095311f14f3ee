//! Settlement: every position closed at one price, every winner paid the same fraction (I-9).

use plimsoll_engine::{
    market::status,
    settlement::{self, Look, stage},
};

use crate::{
    action::Action,
    ledger::Claim,
    trader::tidy,
    world::{ACCOUNTS, MARKETS, Parties, World},
};

impl World {
    pub(crate) fn look_settle(&mut self, market: usize, action: &Action) {
        self.accrue(market);
        let (before, earlier) = (self.pool(market), self.core.markets[market].book.is_withheld());
        let done = self.look_call(market);
        if done == Some(Look::First) && action.aux % 4 != 0 {
            // The second look, at a price that is far enough away in time.
            self.pass(i64::from(self.core.markets[market].risk.settle_wait));
            self.freshen(action);
            self.accrue(market);
            self.look_call(market);
        }
        if done == Some(Look::Cancelled) {
            assert!(earlier && before.nav >= 0, "a settlement was called off");
        }
        self.check();
    }

    /// The market itself, or another one that settles.
    pub(crate) fn settling(&self, market: usize) -> usize {
        let settles = |market: &usize| self.core.markets[*market].status >= status::SETTLING;
        (market..MARKETS).chain(0..market).find(settles).unwrap_or(market)
    }

    /// Settles an account that has something to settle, the next after `who`.
    pub(crate) fn settle_hostile(&mut self, who: usize, market: usize) {
        let market = self.settling(market);
        let open = |account: &usize| {
            let leg = &self.core.accounts[*account].legs[market];
            !leg.is_empty() && leg.stage == stage::OPEN
        };
        let account = (who..ACCOUNTS).chain(0..who).find(open).unwrap_or(who);
        self.settle(account, market);
    }

    /// Pays an account that has something left, the next after `who`.
    pub(crate) fn pay_hostile(&mut self, who: usize, market: usize) {
        let market = self.settling(market);
        let claims = |account: &usize| !self.core.accounts[*account].legs[market].is_empty();
        let account = (who..ACCOUNTS).chain(0..who).find(claims).unwrap_or(who);
        self.pay(account, market);
    }

    /// A leap in favour of the heavier side, and what the market can do about it.
    pub(crate) fn ruin(&mut self, market: usize, action: &Action) {
        let up = self.totals(market).skew() > 0;
        self.pass(2);
        let far = [action.size / 4, action.size / 2, action.size, action.size][usize::from(action.aux % 4)];
        self.publish(market, &Action { aux: 14, size: far, extra: action.extra & !5 | u16::from(!up), ..*action });
        self.freshen(&Action { size: action.size / 64, ..*action });
        self.draw(market);
        let calm = Action { size: action.size / 256, ..*action };
        if action.aux & 4 != 0 {
            self.deleverage(market, &calm);
            self.pass(2);
            self.freshen(&calm);
            self.deleverage(market, &Action { aux: 1, ..calm });
        }
        self.look_settle(market, &Action { aux: 1, ..calm });
    }

    fn look_call(&mut self, market: usize) -> Option<Look> {
        let before = self.pool(market);
        let done = self.call("look at settling", Parties::market(market), |core| {
            let now = core.now;
            settlement::look(&mut core.markets[market], now)
        });
        match done {
            Some(Look::Started { .. }) => {
                self.tally.count("settlement started", true);
                assert!(before.nav < 0 && before.deficit == 0, "a settlement of a pool that can pay: {before:?}");
                let target = &self.core.markets[market];
                assert!(target.status == status::SETTLING, "a settlement that started");
                assert_eq!(target.settlement.price, target.price.oracle, "the price of a settlement");
            }
            Some(Look::First) => assert!(before.nav < 0, "a first look at a pool that can pay: {before:?}"),
            _ => {}
        }
        done
    }

    pub(crate) fn settle(&mut self, account: usize, market: usize) {
        if self.core.markets[market].status >= status::SETTLING {
            // Whoever was not touched since owes funding up to the start only.
            assert_eq!(self.core.markets[market].settlement.price, self.core.markets[market].price.oracle);
        }
        let (touches, before) = (self.touches(account), self.core.accounts[account].legs);
        let parties = Parties::account(account).and(Parties::market(market));
        let done = self.call("settle", parties, |core| {
            let owner = &mut core.accounts[account];
            let settled = settlement::settle(&mut owner.cash, &mut owner.legs[market], &mut core.markets[market])?;
            tidy(&mut owner.legs[market]);
            Ok(settled)
        });
        if let Some(settled) = done {
            if settled.late {
                self.tally.count("settle: late", true);
            }
            if settled.claim.0 > 0 {
                self.tally.count("settle: claim", true);
            }
            assert_eq!(settled.touched, touches[market], "what a settlement caught up with");
            self.book_touch(account, market, &touches[market]);
            let price = i128::from(self.core.markets[market].settlement.price.0);
            let (lots, paid) = (i128::from(settled.lots.0), i128::from(settled.paid.0));
            let holding = &mut self.ledger.holdings[account][market];
            let loss = (-holding.pnl(price)).max(0);
            assert!(paid <= loss, "a settlement took {paid} for a loss of {loss}");
            holding.lots += lots;
            holding.cost += lots * price - paid;
            let registered = (-holding.cost).max(0);
            if settled.done {
                assert_eq!(i128::from(settled.claim.0), registered, "I-9: a claim");
                assert_eq!(holding.lots, 0, "a position settled with lots left");
                let claim = Claim { registered, late: settled.late, ..Claim::default() };
                let rounds = &mut self.ledger.rounds[market];
                if rounds.fixed[1].is_some() {
                    // Everything is shared: what comes now gets nothing.
                    holding.cost = 0;
                } else if registered > 0 {
                    assert!(rounds.claims[account].is_none(), "I-9: account {account} claims twice");
                    rounds.claims[account] = Some(claim);
                }
            } else {
                assert!(paid > 0, "a settlement that moved nothing");
            }
            self.ledger.money[market].treasury += paid;
            self.ledger.pay(account, -paid);
            self.resync_changed(account, &before);
        }
        self.check();
    }

    pub(crate) fn fix(&mut self, market: usize, action: &Action) {
        if action.aux % 4 == 0 && self.core.markets[market].status >= status::SETTLING {
            let due =
                self.core.markets[market].settlement.since + i64::from(self.core.markets[market].risk.settle_deadline);
            self.pass((due - self.core.now).max(0));
        }
        let done = self.call("fix", Parties::market(market), |core| {
            let now = core.now;
            settlement::fix(&mut core.markets[market], now)
        });
        if let Some(fixed) = done {
            let treasury = self.ledger.money[market].treasury;
            let rounds = &mut self.ledger.rounds[market];
            let of = |late: bool| -> i128 {
                rounds.claims.iter().flatten().filter(|claim| claim.late == late).map(|claim| claim.registered).sum()
            };
            let (claims, there) = match rounds.fixed[0] {
                None => (of(false), treasury),
                Some((claims, pot)) => (claims - pot + of(true), treasury - (pot - rounds.paid[0])),
            };
            let round = usize::from(fixed.round) - 1;
            assert_eq!(i128::from(fixed.claims.0), claims, "I-9: claims of round {}", fixed.round);
            assert_eq!(i128::from(fixed.pot.0), there.min(claims), "I-9: pot of round {}", fixed.round);
            rounds.fixed[round] = Some((claims, there.min(claims)));
        }
        self.check();
    }

    pub(crate) fn pay(&mut self, account: usize, market: usize) {
        let before = self.core.accounts[account].legs;
        let parties = Parties::account(account).and(Parties::market(market));
        let done = self.call("pay", parties, |core| {
            let owner = &mut core.accounts[account];
            let paid = settlement::pay(&mut owner.cash, &mut owner.legs[market], &mut core.markets[market])?;
            tidy(&mut owner.legs[market]);
            Ok(paid)
        });
        if let Some(paid) = done {
            let (first, second) = (i128::from(paid.first.0), i128::from(paid.second.0));
            let rounds = &mut self.ledger.rounds[market];
            let claim = rounds.claims[account].as_mut().expect("I-9: whoever is paid has a claim");
            let share = |amount: i128, (claims, pot): (i128, i128)| if amount == 0 { 0 } else { amount * pot / claims };
            let mut due = [0, 0];
            if !claim.late && !claim.first_done {
                due[0] = share(claim.registered, rounds.fixed[0].expect("I-9: a payment before round one"));
                (claim.first, claim.first_done) = (due[0], true);
            }
            let rest = claim.registered - claim.first;
            if let Some(round) = rounds.fixed[1] {
                due[1] = share(rest, round);
            }
            assert_eq!([first, second], due, "I-9: what account {account} is paid for {claim:?}");
            rounds.paid[0] += first;
            rounds.paid[1] += second;
            let holding = &mut self.ledger.holdings[account][market];
            holding.cost += first + second;
            if rounds.fixed[1].is_some() {
                assert_eq!(i128::from(paid.lost.0), -holding.cost, "I-9: what a claim loses");
                holding.cost = 0;
                rounds.claims[account] = Some(Claim { registered: 0, late: claim.late, first: 0, first_done: true });
            }
            for (name, amount) in [("pay: round one", first), ("pay: round two", second)] {
                if amount > 0 {
                    self.tally.count(name, true);
                }
            }
            self.ledger.money[market].treasury -= first + second;
            self.ledger.pay(account, first + second);
            self.resync_changed(account, &before);
        }
        self.check();
    }

    /// Everybody is settled and paid, as anyone may do it.
    pub(crate) fn settle_all(&mut self, market: usize) {
        for round in 0..2 {
            for account in 0..ACCOUNTS {
                if self.core.accounts[account].legs[market].stage == stage::OPEN {
                    self.settle(account, market);
                }
            }
            self.fix(market, &Action { aux: round * 4, ..crate::closing::CALM });
            for account in 0..ACCOUNTS {
                self.pay(account, market);
            }
        }
    }
}
