//! What keepers do, in any order and to anybody: flag and liquidate.

use plimsoll_engine::{
    error::EngineError,
    flag::{self, Queued},
    liquidate::{Holdings, Report, liquidate},
    position::Position,
    queue::{Entry, Queue},
    survey::{Case, Survey},
    units::Atoms,
};

use crate::{
    action::Action,
    check::{Pool, Standing},
    exact,
    trader::{legs_of, tidy},
    world::{ACCOUNTS, Core, Flagged, MARKETS, Parties, World, account_of, id},
};

/// The account as flagging and liquidating look at it.
fn survey_of(core: &Core, account: usize, seen: Option<i64>) -> Result<Survey, EngineError> {
    let owner = &core.accounts[account];
    let survey = Survey::of_cash(owner.cash, core.now)?;
    let mut survey = seen.map_or(survey, |seen| survey.newer_than(seen));
    for (place, position) in owner.legs.iter().enumerate().filter(|(_, leg)| !leg.is_empty()) {
        survey.add(place, position, &core.markets[place])?;
    }
    let escrow = owner.orders.iter().flatten().try_fold(Atoms::ZERO, |sum, (_, order)| sum.plus(order.fee))?;
    survey.count_fees(escrow)?;
    Ok(survey)
}

/// The account in a market's queue.
fn case_of<'a>(core: &Core, account: usize, market: usize, address: &'a [u8; 32]) -> Case<'a> {
    let owner = &core.accounts[account];
    Case {
        account: address,
        leg: (!owner.legs[market].is_empty()).then_some(market),
        place: owner.flag.filter(|flag| flag.market == market).map(|flag| flag.place),
        slot: core.slot,
    }
}

impl World {
    pub(crate) fn flag(&mut self, account: usize, market: usize, flagger: usize) {
        self.accrue_legs(account);
        let mut queue = self.queues[market];
        let (before, address) = (queue, id(account));
        let elsewhere =
            self.is_flagged(account) && self.core.accounts[account].flag.is_some_and(|flag| flag.market != market);
        let done = self.call("flag", Parties::account(account), |core| {
            let survey = survey_of(core, account, None)?;
            let case = case_of(core, account, market, &address);
            let risk = &core.markets[market].risk;
            let report = flag::flag(&mut queue, &survey, risk, &case, &id(flagger), elsewhere)?;
            core.accounts[account].flag = match report {
                flag::Report::Removed => None,
                flag::Report::Queued(Queued { place, until, .. }) => Some(Flagged { market, place, until }),
            };
            Ok((report, survey.order_fees))
        });
        let Some((report, order_fees)) = done else {
            assert!(same(&queue, &before), "a refused flag wrote to the queue");
            return self.check();
        };
        assert!(queue.invariant(), "the queue's counters");
        self.queues[market] = queue;
        let standing = self.with_fees(account, self.standing(account), order_fees);
        match report {
            flag::Report::Removed => self.tally.count("flag: removed", true),
            flag::Report::Queued(queued) => {
                self.tally.count(if queued.first { "flag: first" } else { "flag: again" }, true);
                assert!(standing.equity < standing.maintenance, "I-5: a healthy account was flagged: {standing:?}");
                assert_eq!(i128::from(queued.equity.0), standing.equity, "the equity that a flag reports");
                assert_eq!(
                    i128::from(queued.maintenance.0),
                    standing.maintenance,
                    "the maintenance that a flag reports"
                );
                if !queued.first {
                    let old = before.get(queued.place).expect("it was there");
                    let new = queue.get(queued.place).expect("it is there");
                    let kept = (old.flagger, old.first_slot, old.first_time, old.first_publish_time);
                    assert_eq!(
                        (new.flagger, new.first_slot, new.first_time, new.first_publish_time),
                        kept,
                        "a refresh changed the first flag"
                    );
                }
            }
        }
        self.check();
    }

    /// Fees of orders count where an account would be bankrupt without them.
    fn with_fees(&self, account: usize, standing: Standing, counted: Atoms) -> Standing {
        let due = if standing.equity <= 0 { self.ledger.escrow[account] } else { 0 };
        assert_eq!(i128::from(counted.0), due, "the fees that a survey counts");
        Standing { equity: standing.equity + due, ..standing }
    }

    pub(crate) fn liquidate(&mut self, account: usize, market: usize, liquidator: usize) {
        self.accrue_legs(account);
        let (touches, legs) = (self.touches(account), self.core.accounts[account].legs);
        let mut queue = self.queues[market];
        let (queued, address) = (queue, id(account));
        let case = case_of(&self.core, account, market, &address);
        let Some((_, entry)) = case.entry(&queued) else {
            // Without an entry there is no flagger to pay: the engine is asked all the same.
            return self.liquidate_unqueued(account, market);
        };
        let flagger = account_of(&entry.flagger);
        let seen = Some(entry.first_publish_time);
        let standing = self.standing_at(account, seen);
        let pools: [Pool; MARKETS] = std::array::from_fn(|market| self.pool(market));
        let parties = [account, flagger, liquidator].into_iter().map(Parties::account);
        let markets =
            (0..MARKETS).filter(|other| *other == market || !self.core.accounts[account].legs[*other].is_empty());
        let parties = parties.chain(markets.map(Parties::market)).fold(Parties::default(), Parties::and);
        let parties = Parties { fund: true, ..parties };
        let (before, now) = (self.core.clone(), self.core.now);
        let done = self.call("liquidate", parties, |core| {
            let survey = survey_of(core, account, seen)?;
            let key = survey.health.key(core.markets[market].risk.key_drift)?;
            let report = run(core, &survey, &mut queue, &case, market)?;
            let owner = &mut core.accounts[account];
            owner.legs.iter_mut().for_each(tidy);
            if report.order_fees > Atoms::ZERO {
                owner.orders = Default::default();
            }
            owner.flag = report.until.and_then(|until| owner.flag.map(|flag| Flagged { until, ..flag }));
            for (to, amount) in [(flagger, report.charge.flagger), (liquidator, report.charge.liquidator)] {
                core.accounts[to].cash = core.accounts[to].cash.plus(amount)?;
            }
            let floor = if report.bankrupt {
                let floor = core.fund.keepers_floor(&mut core.markets[market], now)?;
                for (to, amount) in [(flagger, floor.flagger), (liquidator, floor.liquidator)] {
                    core.accounts[to].cash = core.accounts[to].cash.plus(amount)?;
                }
                floor
            } else {
                Default::default()
            };
            Ok((report, key, floor, survey.order_fees))
        });
        let Some((report, key, floor, order_fees)) = done else {
            assert!(same(&queue, &queued), "a refused liquidation wrote to the queue");
            return self.check();
        };
        assert!(queue.invariant(), "the queue's counters");
        self.queues[market] = queue;
        if report.count == 0 {
            self.tally.count("liquidate: left", true);
            assert!(before.accounts[account].cash == self.core.accounts[account].cash, "leaving the queue moved cash");
            return self.check();
        }
        let name = match () {
            () if report.bankrupt => "liquidate: bankrupt",
            () if report.count > 1 => "liquidate: all legs",
            () => "liquidate: step",
        };
        self.tally.count(name, true);
        if report.bankrupt && report.count > 1 {
            self.tally.count("bankrupt: several legs", true);
        }
        if report.bankrupt && report.legs().any(|closed| closed.settled.0 > 0) {
            self.tally.count("bankrupt: a leg in profit", true);
        }
        if report.legs().any(|closed| closed.claim.0 > 0) {
            self.tally.count("bankrupt: claim of insurance", true);
        }
        let standing = self.with_fees(account, standing, order_fees);
        assert!(standing.equity < standing.maintenance, "I-5: a healthy account was liquidated: {standing:?}");
        assert_eq!(report.bankrupt, standing.equity <= 0, "bankrupt or not: {standing:?}");
        self.require_first(&queued, &entry, market, account, key, &before);
        self.require_observed(&entry, &report, market, &before, &legs);
        self.book_touches(account, &legs, &touches);
        self.book_liquidation(account, market, (&legs, seen), (flagger, liquidator), &report);
        self.resync_changed(account, &legs);
        self.book_floor(market, (flagger, liquidator), &floor);
        let pays_itself = flagger == account || liquidator == account;
        self.require_liquidation(account, &standing, (&legs, seen, market), &report, &pools, pays_itself);
        self.check();
    }

    fn liquidate_unqueued(&mut self, account: usize, market: usize) {
        let (mut queue, address) = (self.queues[market], id(account));
        let before = queue;
        let case = case_of(&self.core, account, market, &address);
        let done = self.call("liquidate", Parties::default(), |core| {
            let survey = survey_of(core, account, None)?;
            run(core, &survey, &mut queue, &case, market)
        });
        assert!(done.is_none(), "an account that is not queued was liquidated");
        assert!(same(&queue, &before), "a refused liquidation wrote to the queue");
        self.check();
    }

    /// I-6, by a scan of its own.
    fn require_first(&self, queue: &Queue, entry: &Entry, market: usize, account: usize, key: Atoms, before: &Core) {
        let core = &before.markets[market];
        let (risk, price) = (&core.risk, i128::from(core.price.oracle.0));
        let published =
            core.price.publish_time.max(if core.has_second() { core.second.publish_time } else { i64::MIN });
        let refill = i128::from(risk.throttle_refill.0) * i128::from((before.now - core.throttle.updated).max(0));
        let capacity = (i128::from(core.throttle.capacity.0) + refill).min(risk.throttle_capacity.0.into());
        let step = (i128::from(risk.minimum_step.0) * price).min(risk.throttle_capacity.0.into());
        let largest = (0..queue.used as usize)
            .filter_map(|place| queue.get(place))
            .filter(|other| other.account != id(account))
            .filter(|other| other.first_slot < before.slot && other.refreshed + i64::from(risk.entry_ttl) >= before.now)
            .filter(|other| other.first_publish_time < published)
            .filter(|other| other.urgent || capacity.max(0) >= step)
            .map(|other| i128::from(other.key.0))
            .max();
        let tolerated = largest.map_or(0, |largest| exact::mulf(risk.tolerance.0, largest));
        assert!(i128::from(key.0) >= tolerated, "I-6: key {key:?} went before {largest:?}");
        assert!(entry.first_slot < before.slot, "liquidated in the slot of its flag");
        assert!(entry.refreshed + i64::from(risk.entry_ttl) >= before.now, "liquidated on an expired entry");
    }

    /// Two observations of whatever is closed: a price newer than all that the flag has seen.
    fn require_observed(
        &self,
        entry: &Entry,
        report: &Report,
        named: usize,
        before: &Core,
        legs: &[Position; MARKETS],
    ) {
        let places = places_of(named, legs);
        for closed in report.legs() {
            let market = &before.markets[places[closed.leg]];
            let value =
                exact::value(market, legs[places[closed.leg]].is_long(), before.now, Some(entry.first_publish_time));
            assert_eq!(i128::from(closed.price.0), value.price, "the price of a close");
            // All legs of a bankrupt go, the stale ones too, but never on the strength of those alone.
            assert!(report.bankrupt && closed.leg > 0 || !value.stale, "one observation liquidated {closed:?}");
        }
    }

    /// What a liquidation should have moved.
    fn book_liquidation(
        &mut self,
        account: usize,
        named: usize,
        (legs, seen): (&[Position; MARKETS], Option<i64>),
        (flagger, liquidator): (usize, usize),
        report: &Report,
    ) {
        let fees = i128::from(report.order_fees.0);
        if fees > 0 {
            assert_eq!(fees, self.ledger.escrow[account], "the fees of an account whose orders end");
            self.ledger.escrow[account] = 0;
            self.ledger.pay(account, fees);
        }
        let places = places_of(named, legs);
        for closed in report.legs() {
            let market = places[closed.leg];
            let (lots, price) = (i128::from(closed.lots.0), i128::from(closed.price.0));
            let settled = i128::from(closed.settled.0);
            let (deficit, claim) = (i128::from(closed.deficit.0), i128::from(closed.claim.0));
            let holding = &mut self.ledger.holdings[account][market];
            assert!(lots * holding.lots <= 0 && lots.abs() <= holding.lots.abs(), "a close of {lots} of {holding:?}");
            assert_eq!(i128::from(closed.notional.0), lots.abs() * price, "the notional of a close");
            holding.lots += lots;
            holding.cost += lots * price + settled;
            let money = &mut self.ledger.money[market];
            money.treasury += i128::from(closed.charge.treasury.0) - settled;
            money.fees += i128::from(closed.charge.insurance.0);
            money.deficit += deficit;
            money.insurance_claim += claim;
            if report.bankrupt {
                // The account leaves nothing: what it could not pay is a deficit, what it was not paid a claim.
                let left: i128 = holding.cost;
                let target = &self.core.markets[market];
                let normal = exact::value(target, legs[market].is_long(), self.core.now, seen).normal;
                assert!(
                    left == deficit - claim || (!normal && deficit == 0 && left <= -claim),
                    "a bankrupt leg leaves {left}"
                );
                *holding = Default::default();
            }
            let charge = closed.charge.total().expect("a charge");
            self.ledger.pay(account, settled - i128::from(charge.0));
            self.ledger.pay(flagger, closed.charge.flagger.0.into());
            self.ledger.pay(liquidator, closed.charge.liquidator.0.into());
        }
    }

    fn book_floor(
        &mut self,
        market: usize,
        (flagger, liquidator): (usize, usize),
        floor: &plimsoll_engine::insurance::Floor,
    ) {
        let (own, shared) = (i128::from(floor.own.0), i128::from(floor.shared.0));
        let risk = &self.core.markets[market].risk;
        let least = i128::from(risk.minimum_position.0) * i128::from(self.core.markets[market].price.oracle.0);
        assert!(own + shared <= exact::mulc(risk.charge.0, least), "keepers were paid more than the floor");
        assert!(
            shared == 0 || self.ledger.money[market].own == own,
            "I-8: shared insurance paid before the market's own"
        );
        self.ledger.money[market].own -= own;
        self.ledger.shared -= shared;
        self.consolidate();
        self.ledger.insurance_vault -= own + shared;
        self.ledger.vault += own + shared;
        self.ledger.pay(flagger, floor.flagger.0.into());
        self.ledger.pay(liquidator, floor.liquidator.0.into());
    }

    /// I-7 and I-10, for a liquidation that is booked.
    fn require_liquidation(
        &self,
        account: usize,
        before: &Standing,
        (legs, seen, named): (&[Position; MARKETS], Option<i64>, usize),
        report: &Report,
        pools: &[Pool; MARKETS],
        pays_itself: bool,
    ) {
        let charge = i128::from(report.charge.total().expect("a charge").0);
        let certain = before.equity - before.credits.iter().sum::<i128>();
        assert!(charge <= certain.max(0), "I-7: a charge of {charge} on {before:?}");
        let after = self.standing_at(account, seen);
        if report.bankrupt {
            let empty = self.ledger.holdings[account].iter().all(exact::Holding::is_empty);
            assert!(empty, "a bankrupt account keeps a position");
            assert!(pays_itself || self.ledger.cash[account] == 0, "a bankrupt account keeps cash");
        } else {
            // But for the credit that what was closed gives up.
            let places = places_of(named, legs);
            let all = report.count > 1 || places.iter().all(|place| before.stale[*place] || *place == named);
            let gone: i128 = if all {
                (0..MARKETS).filter(|market| !before.stale[*market]).map(|market| before.credits[market]).sum()
            } else {
                before.credits[named]
            };
            let less = Standing { equity: before.equity - gone, ..*before };
            let kept = if less.equity < 0 { after.equity >= less.equity } else { after.no_worse_than(&less) };
            assert!(kept, "I-7: {after:?} after {before:?}");
        }
        for (market, old) in pools.iter().enumerate() {
            let oracle = self.core.markets[market].price.oracle;
            let places = places_of(named, legs);
            let elsewhere = report.legs().any(|closed| places[closed.leg] == market && closed.price != oracle);
            // Closed at the other source's price it is worth something else at the first's.
            if self.left_by_claims(market).is_some() || elsewhere {
                continue;
            }
            // A close at the oracle's price moves the premium; the treasury's part of the charge covers that where it
            // was charged in full.
            let new = self.pool(market);
            let steeper = (new.premium - old.premium).max(0);
            let claims = new.nav + new.deficit + steeper - old.nav - old.deficit;
            assert!(claims >= 0, "I-10: a liquidation cost the providers of market {market}: {old:?} {new:?}");
        }
    }

    /// A leap, and keepers at work behind it.
    pub(crate) fn crash(&mut self, market: usize, action: &Action) {
        // Mostly against the heavier side, and not always back.
        let up = if action.aux & 0x30 != 0 { self.totals(market).skew() < 0 } else { action.aux & 0x40 != 0 };
        let how = [9, 10, 11, 12, 12, 13, 14, 15][usize::from(action.aux % 8)];
        self.pass(2);
        self.publish(market, &Action { aux: how, extra: action.extra & !5 | u16::from(!up), ..*action });
        if action.who & 3 != 0 {
            // Another market goes with it, or against it.
            let other = (market + 1 + usize::from(action.who & 1)) % MARKETS;
            self.publish(
                other,
                &Action { aux: 12, extra: action.extra & !3 | u16::from(action.who >> 2 & 1), ..*action },
            );
        }
        self.freshen(&Action { size: action.size / 16, ..*action });
        if action.aux & 0x80 != 0 {
            // Winners take what the treasury has before losers have paid.
            for account in 0..ACCOUNTS {
                if self.standing(account).worth > self.ledger.cash[account] + self.ledger.escrow[account] {
                    self.mark(account);
                }
            }
        }
        for account in 0..ACCOUNTS {
            let chosen = survey_of(&self.core, account, None).ok().filter(|survey| survey.health.is_liquidatable());
            if let Some(leg) = chosen.and_then(|survey| survey.leg_to_flag()) {
                self.flag(account, leg, ACCOUNTS - 2);
            }
        }
        self.pass(1 + i64::from(action.extra % 3));
        self.freshen(&Action { size: action.size / 64, ..*action });
        let turn = usize::from(action.who);
        for round in 0..ACCOUNTS * 2 {
            let account = (turn + round) % ACCOUNTS;
            if let Some(flag) = self.core.accounts[account].flag {
                self.liquidate(account, flag.market, ACCOUNTS - 2);
            }
        }
    }
}

/// Liquidates with all legs at hand, the queue's first.
fn run(
    core: &mut Core,
    survey: &Survey,
    queue: &mut Queue,
    case: &Case<'_>,
    market: usize,
) -> Result<Report, EngineError> {
    let account = account_of(case.account);
    let owner = &mut core.accounts[account];
    let mut places: Vec<usize> = (0..MARKETS).filter(|place| !owner.legs[*place].is_empty()).collect();
    let mut legs = legs_of(&mut owner.legs, &mut core.markets);
    if let Some(first) = places.iter().position(|place| *place == market) {
        let (leg, place) = (legs.remove(first), places.remove(first));
        legs.insert(0, leg);
        places.insert(0, place);
    }
    let mut holdings = Holdings { cash: &mut owner.cash, legs: &mut legs, places: &places };
    liquidate(&mut holdings, survey, queue, case).map_err(|refusal| refusal.error())
}

/// The leg of the queue comes first, then the others by their place.
fn places_of(named: usize, legs: &[Position; MARKETS]) -> Vec<usize> {
    let others = (0..MARKETS).filter(|market| *market != named && !legs[*market].is_empty());
    std::iter::once(named).chain(others).collect()
}

fn same(queue: &Queue, other: &Queue) -> bool {
    bytemuck::bytes_of(queue) == bytemuck::bytes_of(other)
}
