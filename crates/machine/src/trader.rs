//! What traders do: collateral, orders, marks; and time and prices, which happen to everybody.

use plimsoll_engine::{
    account::Initial,
    error::EngineError,
    execution::{self, Taker},
    liquidation_price,
    mark::{Leg, mark},
    market::{Market, status},
    order::{Order, Request, Stage, Trigger},
    placing::{self, Holder},
    position::Position,
    price::{Observation, Price},
    sizing,
    survey::initial_value,
    trade::Rest,
    units::{Atoms, Lots, Ticks},
    withdraw,
};

use crate::{
    action::Action,
    check::Standing,
    exact,
    oracle::Move,
    world::{ACCOUNTS, Core, MARKETS, ORDERS, Parties, World},
};

/// A leg's position is forgotten when nothing of it is left.
pub(crate) fn tidy(position: &mut Position) {
    if position.is_empty() {
        *position = Position::default();
    }
}

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
            target.accept(Price::convert(&target.risk, seen)?, now).map(|_| ())
        });
        if posted.is_some() {
            self.require_notice(market);
            self.carry_funding(market, &old);
            let after = self.core.markets[market].price;
            assert!(after.publish_time > before.publish_time, "an update that is not newer was accepted");
            assert!(after.oracle > Ticks(0), "a price of zero was accepted");
        }
        self.check();
        posted
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

    pub(crate) fn deposit(&mut self, account: usize, amount: u64) {
        let done = self.call("deposit", Parties::account(account), |core| {
            let cash = &mut core.accounts[account].cash;
            *cash = cash.plus(Atoms(amount))?;
            Ok(())
        });
        if done.is_some() {
            self.ledger.pay(account, amount.into());
            self.ledger.cross(amount.into(), false);
        }
        self.check();
    }

    pub(crate) fn withdraw(&mut self, account: usize, action: &Action) {
        let free = self.initial(account).map(|initial| initial.withdrawable(self.core.accounts[account].cash));
        let free = free.unwrap_or_default().0;
        // A part of what is free, all of it, an atom more, or all there is.
        let amount = match action.aux % 8 {
            0..=3 => (u128::from(free) * u128::from(action.size) / 65_536) as u64,
            4..=5 => free,
            6 => free + 1,
            _ => self.core.accounts[account].cash.0,
        };
        self.withdraw_amount(account, amount);
    }

    pub(crate) fn withdraw_amount(&mut self, account: usize, amount: u64) -> bool {
        self.accrue_legs(account);
        let flagged = self.is_flagged(account);
        let fresh = self.is_fresh(account);
        let done = self.call("withdraw", Parties::account(account), |core| {
            let initial = initial_of(core, account)?;
            withdraw::withdraw(&mut core.accounts[account].cash, &initial, Atoms(amount), flagged)
        });
        if let Some(report) = done {
            assert_eq!(report.amount.0, amount, "another amount was withdrawn");
            assert!(fresh && !flagged, "a withdrawal at a stale price, or of a flagged account");
            self.ledger.pay(account, -i128::from(amount));
            self.ledger.cross(-i128::from(amount), false);
            let after = self.standing(account);
            assert!(after.initial_equity >= after.initial, "I-4: a withdrawal leaves {after:?}");
        }
        self.check();
        done.is_some()
    }

    /// Initial margin as the program adds it up.
    pub(crate) fn initial(&self, account: usize) -> Result<Initial, EngineError> {
        initial_of(&self.core, account)
    }

    pub(crate) fn place(&mut self, account: usize, market: usize, action: &Action) -> Option<usize> {
        let lots = self.size(account, market, action);
        let price = self.core.markets[market].price.oracle.0;
        // Generous, tight, or hopeless.
        let slack = [price / 4, price / 4, price / 50, 0][usize::from(action.aux >> 4 & 3)];
        let limit = if lots > 0 { price + slack } else { price - slack };
        let trigger = (action.aux >> 6 == 3).then(|| Trigger {
            price: Ticks(if action.extra % 2 == 0 { price + price / 200 } else { price - price / 200 }),
            above: action.extra % 2 == 0,
        });
        let request = Request {
            lots: Lots(lots),
            limit: Ticks(limit),
            reduce_only: action.aux & 8 != 0 && action.extra % 3 == 0,
            trigger,
        };
        self.place_request(account, market, &request)
    }

    pub(crate) fn place_request(&mut self, account: usize, market: usize, request: &Request) -> Option<usize> {
        let slot = self.core.accounts[account].orders.iter().position(Option::is_none)?;
        self.accrue_legs(account);
        let flagged = self.is_flagged(account);
        let done = self.call("place", Parties::account(account), |core| {
            let now = core.now;
            let owner = core.accounts[account];
            let waiting = owner.orders.iter().flatten().any(|(other, _)| *other == market);
            let target = &core.markets[market];
            let held = target.book.touched(&owner.legs[market], target.price.oracle)?.lots;
            let holder = Holder { held, waiting, flagged };
            let placement = placing::prepare(owner.cash, &core.markets[market], &holder, request, owner.sequence, now)?;
            let initial = if placement.needs_margin { Some(initial_of(core, account)?) } else { None };
            let owner = &mut core.accounts[account];
            let order = placement.accept(&mut owner.cash, initial.as_ref())?;
            assert!(order.invariant(), "{order:?}");
            owner.orders[slot] = Some((market, order));
            owner.sequence += 1;
            Ok(order)
        });
        if let Some(order) = done {
            let fee = i128::from(order.fee.0);
            let (parameters, price) = (&self.parameters[market], self.core.markets[market].price.oracle.0);
            let share = request.lots.0.unsigned_abs() as i128 * i128::from(price) * i128::from(parameters.fee_ppm);
            let rest = fee - i128::from(parameters.execution_fee);
            assert!(rest * 1_000_000 >= share, "I-10: a fee below its share");
            assert!((rest - 2) * 1_000_000 <= share + share / 1_000, "a fee above its share");
            self.ledger.pay(account, -fee);
            self.ledger.escrow[account] += fee;
        }
        self.check();
        done.map(|_| slot)
    }

    /// A signed size that is of interest: against equity, against what is held, or against caps.
    fn size(&self, account: usize, market: usize, action: &Action) -> i64 {
        let target = &self.core.markets[market];
        let price = i128::from(target.price.oracle.0).max(1);
        let held = i128::from(self.current(account, market).lots.0);
        let worth = self.standing(account).worth.max(1_000_000);
        let part = |amount: i128| amount * (i128::from(action.size) + 1) / 65_536;
        let size = match action.aux & 7 {
            0 | 1 if held == 0 => part(worth * 3 / price),
            0 => return i64::try_from(-held).expect("lots"),
            1 => part(held.abs() * 2),
            2 => i128::from(target.risk.minimum_position.0) + i128::from(action.extra % 4) - 1,
            3 => part(i128::from(target.risk.position_cap.0) * 2),
            // Up to so many times equity.
            4 => part(worth * 6 / price),
            5 | 6 => part(worth * 20 / price),
            _ => part(worth * 45 / price),
        };
        let size = i64::try_from(size.clamp(1, 1 << 60)).expect("clamped");
        // Mostly further on the side that is held, so that positions grow until they break, and both sides are held.
        let usual = (account + market) % 2 == 0;
        let long = if held == 0 || action.extra % 4 == 0 { (action.extra & 12 != 0) == usual } else { held > 0 };
        if long { size } else { -size }
    }

    /// Executes at the right update if there is one, or at a wrong one.
    pub(crate) fn execute_hostile(&mut self, account: usize, action: &Action) {
        let slot = usize::from(action.aux) % ORDERS;
        let executor = (action.aux & 64 == 0).then_some(usize::from(action.what) % ACCOUNTS);
        let Some((market, order)) = self.core.accounts[account].orders[slot] else { return };
        let from = order.placed_at + i64::from(self.core.markets[market].risk.order_delay);
        let right = self.oracles[market].first_from(from);
        let seen = match (action.aux >> 3 & 3, right) {
            (0, _) | (_, None) => self.oracles[market].seen(usize::from(action.size)),
            (_, Some(right)) => right,
        };
        self.execute(account, slot, &seen, executor);
    }

    pub(crate) fn execute(&mut self, account: usize, slot: usize, seen: &Observation, executor: Option<usize>) {
        let Some((market, order)) = self.core.accounts[account].orders[slot] else { return };
        // Funding that nobody accrued is refused; now and then nobody does.
        if order.sequence % 16 != 7 {
            self.accrue(market);
        }
        self.accrue_legs(account);
        let flagged = self.is_flagged(account);
        let before = (self.standing(account), self.pool(market));
        let (touches, legs) = (self.touches(account), self.core.accounts[account].legs);
        let skew = self.skew_for(account, market);
        let parties = Parties::account(account).and(Parties::market(market));
        let parties = executor.map_or(parties, |executor| parties.and(Parties::account(executor)));
        let done = self.call("execute", parties, |core| {
            let now = core.now;
            let update = Price::convert(&core.markets[market].risk, seen)?;
            let rest = rest_of(core, account, market)?;
            let owner = &core.accounts[account];
            let taker = Taker { cash: owner.cash, rest: &rest, position: Some(&owner.legs[market]), flagged };
            let outcome = execution::execute(&taker, &core.markets[market], &order, &update, now)?;
            if let Ok(filled) = &outcome {
                let owner = &mut core.accounts[account];
                owner.cash = filled.cash;
                owner.legs[market] = filled.position;
                tidy(&mut owner.legs[market]);
                core.markets[market].book = filled.book;
            }
            let mut tip = executor.map(|executor| core.accounts[executor].cash);
            execution::pay_fee(&order, tip.as_mut(), &mut core.markets[market].book)?;
            if let (Some(executor), Some(cash)) = (executor, tip) {
                core.accounts[executor].cash = cash;
            }
            core.accounts[account].orders[slot] = None;
            Ok((outcome, update))
        });
        let Some((outcome, update)) = done else { return self.check() };
        let from = order.placed_at + i64::from(self.core.markets[market].risk.order_delay);
        assert!(
            update.previous_publish_time < from && from <= update.publish_time,
            "an order was executed at an update of the wrong time"
        );
        let (fee, tip) = (i128::from(order.fee.0), executor.map_or(0, |_| i128::from(order.execution_fee.0)));
        self.ledger.escrow[account] -= fee;
        self.ledger.money[market].treasury += fee - tip;
        if let Some(executor) = executor {
            self.ledger.pay(executor, tip);
        }
        match outcome {
            Err(error) => {
                self.tally.count("fill", false);
                self.tally.refusal("fill", &error);
            }
            Ok(filled) => {
                self.tally.count("fill", true);
                self.book_touches(account, &legs, &touches);
                self.book_fill(account, market, skew, (&order, &update), &filled);
                self.require_fill(account, market, &before.0, &filled, if executor == Some(account) { tip } else { 0 });
            }
        }
        self.resync_changed(account, &legs);
        let after = self.pool(market);
        // At the market's own price a fill never costs the providers anything; the update's may differ.
        if update.oracle == self.core.markets[market].price.oracle {
            assert!(after.no_worse_than(&before.1), "I-10: an execution cost the providers: {:?} {after:?}", before.1);
        }
        self.check();
    }

    /// The skew that a fill meets: a touch closes the fraction of a lot that deleveraging left.
    fn skew_for(&self, account: usize, market: usize) -> i128 {
        let target = &self.core.markets[market];
        let (mut book, mut position) = (target.book, self.core.accounts[account].legs[market]);
        book.touch(&mut position, target.price.oracle).expect("a position that can be touched");
        i128::from(book.long.lots.0) - i128::from(book.short.lots.0)
    }

    /// What a fill should have moved, from the update and the exact premium.
    fn book_fill(
        &mut self,
        account: usize,
        market: usize,
        skew: i128,
        (order, update): (&Order, &Price),
        filled: &plimsoll_engine::trade::Filled,
    ) {
        let (parameters, risk) = (&self.parameters[market], &self.core.markets[market].risk);
        let price = i128::from(update.oracle.0);
        let lots = i128::from(filled.lots.0);
        let premium = |skew| exact::premium(parameters, risk, skew, price);
        let moved = premium(skew + lots) - premium(skew);
        let (spread, cost) = (i128::from(filled.spread.0), i128::from(filled.cost.0));
        assert_eq!(i128::from(filled.premium.0), moved, "the premium of {lots} lots at a skew of {skew}");
        assert_eq!(cost, lots * price + moved + spread, "the cost of {lots} lots");
        let share = lots.abs()
            * (price * i128::from(parameters.spread_ppm)
                + i128::from(update.confidence.0) * i128::from(parameters.confidence_spread_ppm));
        assert!(spread * 1_000_000 >= share, "I-10: a spread below its share");
        assert!((spread - 6) * 1_000_000 <= share + share / 1_000, "a spread above its share");
        assert!(cost <= lots * i128::from(order.limit.0), "a fill beyond the limit");
        if order.reduce_only == 1 {
            let held = self.ledger.holdings[account][market].lots;
            assert!(
                (held + lots).abs() < held.abs() && (held + lots) * held >= 0,
                "a reduce-only order grew a position"
            );
        } else {
            assert_eq!(filled.lots, order.lots, "another size was filled");
        }
        let holding = &mut self.ledger.holdings[account][market];
        let settled = i128::from(filled.settled.0);
        holding.lots += lots;
        holding.cost += cost + settled;
        self.ledger.money[market].treasury -= settled;
        self.ledger.pay(account, settled);
    }

    /// I-4, for a fill that is booked.
    fn require_fill(
        &self,
        account: usize,
        market: usize,
        before: &Standing,
        filled: &plimsoll_engine::trade::Filled,
        tip: i128,
    ) {
        let mut after = self.standing(account);
        // The order's own fee went to its executor after the fill was judged.
        after.equity -= tip;
        after.initial_equity -= tip;
        assert!(after.equity >= 0, "I-4: a fill leaves {after:?}");
        if after.initial_equity >= after.initial {
            return;
        }
        let held = self.ledger.holdings[account][market].lots;
        let earlier = held - i128::from(filled.lots.0);
        assert!(held.abs() <= earlier.abs() && held * earlier >= 0, "I-4: new risk leaves {after:?}");
        assert!(after.no_worse_than(before), "I-4: below initial margin a fill made {after:?} of {before:?}");
    }

    pub(crate) fn cancel(&mut self, account: usize, action: &Action) {
        let slot = usize::from(action.aux) % ORDERS;
        let owner = action.size % 4 != 0;
        self.cancel_slot(account, slot, owner);
    }

    pub(crate) fn cancel_slot(&mut self, account: usize, slot: usize, owner: bool) {
        let Some((market, order)) = self.core.accounts[account].orders[slot] else { return };
        let done = self.call("cancel", Parties::account(account).and(Parties::market(market)), |core| {
            let now = core.now;
            let target = &mut core.markets[market];
            let stage = execution::cancel(&mut core.accounts[account].cash, target, &order, owner, now)?;
            core.accounts[account].orders[slot] = None;
            Ok(stage)
        });
        if let Some(stage) = done {
            let fee = i128::from(order.fee.0);
            self.ledger.escrow[account] -= fee;
            if stage == Stage::Waiting {
                assert!(owner, "somebody else cancelled an order");
                self.ledger.pay(account, fee);
            } else {
                self.ledger.money[market].treasury += fee;
            }
        }
        self.check();
    }

    pub(crate) fn fire(&mut self, account: usize, action: &Action) {
        let triggered = |slot: &Option<(usize, Order)>| slot.is_some_and(|(_, order)| order.trigger().is_some());
        let slot = self.core.accounts[account].orders.iter().position(triggered);
        let slot = slot.unwrap_or(usize::from(action.aux) % ORDERS);
        let Some((market, _)) = self.core.accounts[account].orders[slot] else { return };
        let seen = self.oracles[market].seen(usize::from(action.size % 4));
        let done = self.call("fire", Parties::account(account), |core| {
            let now = core.now;
            let target = &core.markets[market];
            let update = Price::convert(&target.risk, &seen)?;
            let Some((_, order)) = &mut core.accounts[account].orders[slot] else {
                return Err(EngineError::WrongTrigger);
            };
            let earlier = order.placed_at;
            let fired = order.fire(target, &update, now)?;
            Ok((fired, earlier, update))
        });
        if let Some((fired, earlier, update)) = done {
            let reached = if fired.trigger.above {
                update.oracle >= fired.trigger.price
            } else {
                update.oracle <= fired.trigger.price
            };
            assert!(reached && update.publish_time > earlier, "a trigger fired at {update:?}");
            assert!(fired.placed_at >= update.publish_time, "an order could execute at the update that fired it");
        }
        self.check();
    }

    /// An order from beginning to end, with nobody in its way.
    pub(crate) fn trade(&mut self, account: usize, market: usize, action: &Action) {
        self.freshen(action);
        let Some(slot) = self.place(account, market, &Action { aux: action.aux & 0x3f, ..*action }) else { return };
        let Some((_, order)) = self.core.accounts[account].orders[slot] else { return };
        self.pass(i64::from(self.core.markets[market].risk.order_delay));
        self.freshen(action);
        let from = order.placed_at + i64::from(self.core.markets[market].risk.order_delay);
        if let Some(seen) = self.oracles[market].first_from(from) {
            self.execute(account, slot, &seen, Some(ACCOUNTS - 1));
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
            let after = Market { second: before.second, ..self.core.markets[market] };
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
        let kept = self.core.markets[market].price;
        let mut under = |ticks: u64| {
            self.core.markets[market].price.oracle = Ticks(ticks);
            let standing = self.standing(account);
            standing.equity < standing.maintenance
        };
        let at = under(ticks.0);
        let away = if position.lots.0 > 0 { ticks.0 + 1 } else { ticks.0 - 1 };
        let already = ticks == kept.oracle;
        let earlier = !already && under(away);
        self.core.markets[market].price = kept;
        assert!(at, "at its liquidation price an account is healthy");
        assert!(!earlier, "an account is liquidatable before its liquidation price");
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
        self.check();
    }
}

/// Initial margin of all legs at fresh prices.
fn initial_of(core: &Core, account: usize) -> Result<Initial, EngineError> {
    let owner = &core.accounts[account];
    let mut initial = Initial::default().with_cash(owner.cash)?;
    for (position, market) in owner.legs.iter().zip(&core.markets).filter(|(leg, _)| !leg.is_empty()) {
        initial.add(&initial_value(position, market, core.now)?)?;
    }
    Ok(initial)
}

/// The other legs of an account.
pub(crate) fn rest_of(core: &Core, account: usize, market: usize) -> Result<Rest, EngineError> {
    let mut rest = Rest::default();
    for (other, position) in core.accounts[account].legs.iter().enumerate() {
        if other != market && !position.is_empty() {
            rest.add(position, &core.markets[other], core.now)?;
        }
    }
    Ok(rest)
}

/// The legs in use, by market.
pub(crate) fn legs_of<'a>(positions: &'a mut [Position], markets: &'a mut [Market]) -> Vec<Leg<'a>> {
    let legs = positions.iter_mut().zip(markets).filter(|(position, _)| !position.is_empty());
    legs.map(|(position, market)| Leg { position, market }).collect()
}
