//! What liquidity providers and stakers do.

use plimsoll_engine::{exit, queue::Queue, shares, units::Atoms};

use crate::{
    action::Action,
    world::{MARKETS, Parties, Stake, World},
};

/// Seconds that a stake stays at risk.
const STAKE_COOLDOWN: i64 = exit::STAKE_COOLDOWN as i64;

fn pool_of(market: usize) -> Parties {
    Parties { shares: true, ..Parties::market(market) }
}

fn fund() -> Parties {
    Parties { shares: true, fund: true, ..Parties::default() }
}

impl World {
    /// Whether a market's queue holds an entry that counts.
    fn is_queued(&self, market: usize) -> bool {
        let (queue, ttl) = (&self.queues[market], self.core.markets[market].risk.entry_ttl);
        (0..queue.used as usize)
            .filter_map(|place| queue.get(place))
            .any(|entry| Queue::is_live(&entry, ttl, self.core.now))
    }

    /// Whether insurance knows of a loss to come.
    fn is_loss_known(&self) -> bool {
        (0..MARKETS).any(|market| self.ledger.money[market].deficit > 0 || self.is_queued(market))
    }

    pub(crate) fn provide(&mut self, pooler: usize, market: usize, amount: u64) {
        self.accrue(market);
        let before = self.pool(market);
        let done = self.call("provide", pool_of(market), |core| {
            let now = core.now;
            let issued = shares::provide(&mut core.markets[market], Atoms(amount), now)?;
            core.providers[pooler][market].shares += issued.shares;
            Ok(issued)
        });
        if let Some(issued) = done {
            self.ledger.cross(amount.into(), pooler == 0);
            self.ledger.money[market].treasury += i128::from(amount);
            self.ledger.money[market].shares += i128::from(issued.shares);
            self.ledger.provided[pooler][market] += i128::from(issued.shares);
            assert_eq!(i128::from(issued.value.0), before.nav, "what a deposit bought into");
            let after = self.pool(market);
            assert!(after.no_worse_than(&before), "I-10: a deposit cost the other providers: {before:?} {after:?}");
        }
        self.check();
    }

    pub(crate) fn request_exit(&mut self, pooler: usize, market: usize, action: &Action) {
        self.accrue(market);
        let held = self.core.providers[pooler][market].shares;
        let wanted = part(held, action);
        self.call("request exit", Parties { shares: true, ..Parties::default() }, |core| {
            let now = core.now;
            exit::request(&mut core.providers[pooler][market].exit, held, &core.markets[market], wanted, now)
        });
        let stake = &self.core.providers[pooler][market];
        assert!(stake.exit.invariant(stake.shares), "{stake:?}");
        self.check();
    }

    pub(crate) fn redeem(&mut self, pooler: usize, market: usize, action: &Action) {
        let comes_back = action.aux % 8 > 2;
        let (cooldown, before) = (self.core.markets[market].risk.lp_cooldown, self.core.providers[pooler][market].exit);
        if comes_back && before.is_expired(cooldown, self.core.now) {
            // What was not used in time is asked for anew.
            self.freshen(action);
            self.request_exit(pooler, market, action);
        }
        let stake = self.core.providers[pooler][market];
        let wanted = if action.aux % 4 == 0 { part(stake.exit.shares, action) } else { stake.exit.shares };
        if comes_back && !stake.exit.is_empty() {
            // Its owner comes back when it is due, and somebody posts a price.
            let due = stake.exit.time + i64::from(cooldown);
            self.pass((due - self.core.now - i64::from(action.extra % 8 == 0)).max(0));
            self.freshen(action);
        }
        self.redeem_shares(pooler, market, wanted);
    }

    pub(crate) fn redeem_shares(&mut self, pooler: usize, market: usize, wanted: u64) {
        self.accrue(market);
        let (stake, queued, before) = (self.core.providers[pooler][market], self.is_queued(market), self.pool(market));
        let done = self.call("redeem", pool_of(market), |core| {
            let now = core.now;
            let stake = &mut core.providers[pooler][market];
            exit::redeem(&mut stake.exit, &mut stake.shares, &mut core.markets[market], wanted, queued, now)
        });
        if let Some(redeemed) = done {
            let paid = i128::from(redeemed.paid.0);
            let cooldown = i64::from(self.core.markets[market].risk.lp_cooldown);
            assert!(!queued && before.deficit == 0, "an exit ahead of a loss");
            assert!(self.core.now >= stake.exit.time + cooldown, "an exit before its cooldown");
            assert!(self.core.now <= stake.exit.time + 2 * cooldown, "an exit long after it");
            self.require_worth(wanted, (stake.exit.value.0, stake.exit.supply), paid);
            self.require_worth(wanted, (before.nav as u64, before.shares as u64), paid);
            self.ledger.cross(-paid, false);
            self.ledger.money[market].treasury -= paid;
            self.ledger.money[market].shares -= i128::from(wanted);
            self.ledger.provided[pooler][market] -= i128::from(wanted);
            let after = self.pool(market);
            assert!(after.no_worse_than(&before), "I-10: an exit cost those who stay: {before:?} {after:?}");
            let settled = self.left_by_claims(market).is_some();
            assert!(settled || self.is_covered(market), "an exit leaves too little coverage");
        }
        self.check();
    }

    /// `shares` of a pool are never paid more than their exact fraction, with and without the virtual ones.
    fn require_worth(&self, shares: u64, (value, supply): (u64, u64), paid: i128) {
        let (shares, value, supply) = (i128::from(shares), i128::from(value), i128::from(supply));
        assert!(paid * supply <= shares * value, "I-10: {shares} of {supply} shares of {value} were paid {paid}");
        let (value, supply) = (value + 1_000_000, supply + 1_000_000);
        assert!(paid * supply <= shares * value, "I-10: {shares} of {supply} shares of {value} were paid {paid}");
    }

    pub(crate) fn cancel_exit(&mut self, pooler: usize, market: usize, action: &Action) {
        self.call("cancel exit", Parties { shares: true, ..Parties::default() }, |core| {
            let stake =
                if action.aux % 2 == 0 { &mut core.providers[pooler][market] } else { &mut core.stakers[pooler] };
            stake.exit.cancel()
        });
        self.check();
    }

    pub(crate) fn stake(&mut self, pooler: usize, amount: u64) {
        let before = (self.ledger.shared, self.ledger.stakes);
        self.core.stakers[pooler].catch_up(&self.core.fund);
        let done = self.call("stake", fund(), |core| {
            let issued = shares::stake(&mut core.fund, Atoms(amount))?;
            core.stakers[pooler].shares += issued.shares;
            Ok(issued)
        });
        if let Some(issued) = done {
            self.ledger.cross_insurance(amount.into(), pooler == 0);
            self.ledger.shared += i128::from(amount);
            self.ledger.stakes += i128::from(issued.shares);
            self.require_stakes(before);
        }
        self.check();
    }

    pub(crate) fn request_unstake(&mut self, pooler: usize, action: &Action) {
        self.core.stakers[pooler].catch_up(&self.core.fund);
        let held = self.core.stakers[pooler].shares;
        let wanted = part(held, action);
        self.call("request unstake", Parties { shares: true, ..Parties::default() }, |core| {
            let now = core.now;
            exit::request_unstake(&mut core.stakers[pooler].exit, held, &core.fund, wanted, now)
        });
        self.check();
    }

    pub(crate) fn unstake(&mut self, pooler: usize, action: &Action) {
        self.core.stakers[pooler].catch_up(&self.core.fund);
        let stake = self.core.stakers[pooler];
        let wanted = if action.aux % 4 == 0 { part(stake.exit.shares, action) } else { stake.exit.shares };
        if action.aux % 8 > 4 && !stake.exit.is_empty() {
            self.pass((stake.exit.time + STAKE_COOLDOWN - self.core.now).max(0));
            self.freshen(action);
        }
        self.unstake_shares(pooler, wanted);
    }

    pub(crate) fn unstake_shares(&mut self, pooler: usize, wanted: u64) {
        self.core.stakers[pooler].catch_up(&self.core.fund);
        let (stake, loss_known) = (self.core.stakers[pooler], self.is_loss_known());
        let before = (self.ledger.shared, self.ledger.stakes);
        let done = self.call("unstake", fund(), |core| {
            let now = core.now;
            let stake = &mut core.stakers[pooler];
            exit::unstake(&mut stake.exit, &mut stake.shares, &mut core.fund, wanted, loss_known, now)
        });
        if let Some(redeemed) = done {
            let paid = i128::from(redeemed.paid.0);
            assert!(!loss_known, "a staker left ahead of a loss");
            assert!(self.core.now >= stake.exit.time + STAKE_COOLDOWN, "an exit before its cooldown");
            assert!(self.core.now <= stake.exit.time + 2 * STAKE_COOLDOWN, "an exit long after it");
            self.require_worth(wanted, (stake.exit.value.0, stake.exit.supply), paid);
            self.require_worth(wanted, (before.0 as u64, before.1 as u64), paid);
            self.ledger.cross_insurance(-paid, false);
            self.ledger.shared -= paid;
            self.ledger.stakes -= i128::from(wanted);
            self.require_stakes(before);
        }
        self.check();
    }

    /// What a payment out of insurance does to shares that are worth next to nothing: 1,024 become one.
    pub(crate) fn consolidate(&mut self) {
        let ledger = &mut self.ledger;
        while ledger.stakes > 0 && ledger.stakes / 1_024 >= ledger.shared {
            ledger.stakes /= 1_024;
        }
        let current = |mut stake: Stake| {
            stake.catch_up(&self.core.fund);
            i128::from(stake.shares)
        };
        let held: i128 = self.core.stakers.map(current).iter().sum();
        assert!(held <= self.ledger.stakes, "more shares than there are");
    }

    /// A stake is worth at least what it was.
    fn require_stakes(&self, (value, supply): (i128, i128)) {
        let after = (self.ledger.shared + 1_000_000) * (supply + 1_000_000);
        let before = (value + 1_000_000) * (self.ledger.stakes + 1_000_000);
        assert!(
            after >= before,
            "I-10: a stake of {supply} in {value} became one of {} in {}",
            self.ledger.stakes,
            self.ledger.shared
        );
    }
}

/// Some of `held`, all of it, or one more.
fn part(held: u64, action: &Action) -> u64 {
    match action.extra % 8 {
        0..=3 => (u128::from(held) * u128::from(action.size) / 65_536) as u64,
        7 => held.saturating_add(1),
        _ => held,
    }
}
