//! Time, prices and breakers: what happens to everybody.

use plimsoll_engine::{
    market::{Market, status},
    price::{Observation, Price},
    units::Ticks,
};

use crate::{
    action::Action,
    oracle::Move,
    world::{MARKETS, Parties, World},
};

impl World {
    /// Time passes: mostly seconds, sometimes hours. Mostly somebody posts prices then.
    pub(crate) fn advance(&mut self, action: &Action) {
        let seconds = match action.aux % 16 {
            0..=9 => i64::from(action.size % 5),
            10..=12 => i64::from(action.size % 40),
            13..=14 => i64::from(action.size % 3_600),
            _ => 3_600 + i64::from(action.size) * 12,
        };
        self.pass(seconds);
        if action.extra % 8 != 0 {
            for market in 0..MARKETS {
                self.publish(market, &Action { aux: 0, size: action.extra / 3, extra: action.size, ..*action });
                self.refresh_newer(market);
            }
        }
    }

    pub(crate) fn pass(&mut self, seconds: i64) {
        self.core.now += seconds;
        self.core.slot += 1 + u64::try_from(seconds).expect("time goes on") * 2;
    }

    /// The oracle signs an update, at most one second ahead of the cluster's clock.
    pub(crate) fn publish(&mut self, market: usize, action: &Action) {
        let at = self.core.now - i64::from(action.extra % 4) + 1;
        self.oracles[market].publish(Move { how: action.aux, far: action.size, sure: action.extra }, at);
    }

    /// Posts the newest update, or one that is `back` older.
    pub(crate) fn refresh(&mut self, market: usize, back: usize) {
        let seen = self.oracles[market].seen(back);
        self.post(market, &seen);
    }

    pub(crate) fn refresh_hostile(&mut self, market: usize, action: &Action) {
        if action.aux % 4 == 0 {
            let seen = self.oracles[market].broken(action.size);
            let posted = self.post(market, &seen);
            assert!(posted.is_none(), "a broken update was accepted: {seen:?}");
        } else {
            self.refresh(market, usize::from(action.size % 4));
        }
    }

    fn post(&mut self, market: usize, seen: &Observation) -> Option<()> {
        let (before, old) = (self.core.markets[market].price, self.core.markets[market]);
        let posted = self.call("refresh", Parties::market(market), |core| {
            let now = core.now;
            let target = &mut core.markets[market];
            target.accept(Price::convert(&target.risk, seen)?, now)
        });
        if let Some(accepted) = posted {
            self.require_notice(market);
            self.carry_funding(market, &old);
            let after = self.core.markets[market].price;
            if accepted.late {
                self.tally.count("refresh: late sample", true);
                assert!(accepted.sampled && after == before, "a late sample moved the price");
            } else {
                assert!(after.publish_time > before.publish_time, "an update that is not newer was accepted");
            }
            assert!(after.oracle > Ticks(0), "a price of zero was accepted");
        }
        self.check();
        posted.map(|_| ())
    }

    /// I-11: a coefficient of maintenance rises only when the model has been above it for as long as the notice.
    fn require_notice(&mut self, market: usize) {
        let (now, risk) = (self.core.now, &self.core.markets[market].risk);
        let coefficients = [(risk.base.0, risk.base_model.0), (risk.impact.0, risk.impact_model.0)];
        for (watch, (in_force, model)) in self.ledger.watches[market].iter_mut().zip(coefficients) {
            if in_force > watch.in_force && watch.in_force > 0 {
                let since = watch.above_since.unwrap_or(now);
                assert!(
                    now - since >= i64::from(risk.notice),
                    "I-11: maintenance rose {} s after its notice",
                    now - since
                );
            }
            let above = model > in_force;
            // Whatever was reached starts a new notice when the model is higher.
            let keep = watch.above_since.filter(|_| above && in_force < model);
            watch.above_since = if above { Some(keep.unwrap_or(now)) } else { None };
            watch.in_force = in_force;
        }
    }

    /// Small moves everywhere, posted at once.
    pub(crate) fn freshen(&mut self, action: &Action) {
        for market in 0..MARKETS {
            self.publish(market, &Action { aux: 0, extra: action.extra & !3, ..*action });
            self.refresh_newer(market);
            self.second_as_first(market);
        }
    }

    /// The second source says what the first does.
    pub(crate) fn second_as_first(&mut self, market: usize) {
        let target = &self.core.markets[market];
        if target.has_second() && self.oracles[market].last() > target.second.publish_time {
            let seen = self.oracles[market].seen(0);
            self.post_second(market, &seen);
        }
    }

    /// The second source says something else, by a little or a lot.
    pub(crate) fn second(&mut self, market: usize, action: &Action) {
        let seen = self.oracles[market].seen(usize::from(action.aux % 3));
        let off = seen.price / i64::from([100_000, 300, 20][usize::from(action.size % 3)]);
        let price = if action.extra % 2 == 0 { seen.price + off } else { seen.price - off };
        self.post_second(
            market,
            &Observation { price, publish_time: seen.publish_time + i64::from(action.aux % 2), ..seen },
        );
    }

    fn post_second(&mut self, market: usize, seen: &Observation) {
        let before = self.core.markets[market];
        let posted = self.call("refresh second", Parties::market(market), |core| {
            let now = core.now;
            let target = &mut core.markets[market];
            target.accept_second(Price::convert(&target.risk, seen)?, now)
        });
        if posted.is_some() {
            let Market { watch, breakers, .. } = before;
            let after = Market { second: before.second, watch, breakers, ..self.core.markets[market] };
            assert!(after == before, "the second source moved more than itself");
        }
        self.check();
    }

    /// Posts the newest update, if nobody has.
    fn refresh_newer(&mut self, market: usize) {
        if self.oracles[market].last() > self.core.markets[market].price.publish_time {
            self.refresh(market, 0);
        }
    }

    /// The guardian tightens a market, or its breaker ends.
    pub(crate) fn status(&mut self, market: usize, action: &Action) {
        if self.core.markets[market].status >= status::SETTLING {
            return;
        }
        self.tally.count("status", true);
        self.core.markets[market].status = match action.aux % 8 {
            0 => status::REDUCE_ONLY,
            1 => status::HALTED,
            _ => status::ACTIVE,
        };
        self.core.markets[market].note_halts();
        self.check();
    }
}
