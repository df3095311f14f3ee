//! What traders do: collateral and orders.

use plimsoll_engine::{
    account::Initial,
    error::EngineError,
    execution::{self, Taker},
    mark::Leg,
    market::Market,
    order::{Order, Request, Stage, Trigger},
    placing::{self, Holder},
    position::Position,
    price::{Observation, Price},
    survey::initial_value,
    trade::Rest,
    units::{Atoms, Lots, Ticks},
    withdraw,
};

use crate::{
    action::Action,
    check::Standing,
    exact,
    world::{ACCOUNTS, Core, ORDERS, Parties, World},
};

/// A leg's position is forgotten when nothing of it is left.
pub(crate) fn tidy(position: &mut Position) {
    if position.is_empty() {
        *position = Position::default();
    }
}

impl World {
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
    pub(crate) fn size(&self, account: usize, market: usize, action: &Action) -> i64 {
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
        if after.is_normal && after.initial_equity >= after.initial {
            return;
        }
        let held = self.ledger.holdings[account][market].lots;
        let earlier = held - i128::from(filled.lots.0);
        assert!(held.abs() <= earlier.abs() && held * earlier >= 0, "I-4: new risk leaves {after:?}");
        // Legs that wait after an outage are credited here, and not where margin is judged.
        let resuming = self.core.markets.iter().any(|market| market.is_resuming(self.core.now));
        // Without a normal price margin is judged where the leg could be closed, which is the liquidation's affair.
        assert!(
            !after.is_normal || resuming || after.no_worse_than(before),
            "I-4: below initial margin a fill made {after:?} of {before:?}"
        );
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
