//! Voluntary fills against the pool.

use plimsoll_engine::{
    EngineError,
    account::{Health, Initial},
    market::{Market, status},
    order::Order,
    position::Position,
    price::Price,
    trade::{Filled, Rest, fill},
};

use words::{amounts, bits};

use crate::{
    exact::*,
    run::{Rule, Tally},
    world::{self, *},
};

/// All of them.
pub const RULES: &[Rule] = &[
    Rule { name: "fill/at-the-market-price", parts: 256, run: at_market },
    Rule { name: "fill/at-another-update", parts: 256, run: at_update },
    Rule { name: "fill/there-and-back", parts: 256, run: there_and_back },
    Rule { name: "fill/in-parts", parts: 256, run: in_parts },
];

/// An account that trades, and the rest of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trader {
    pub(super) cash: i64,
    pub(super) position: Position,
    pub(super) market: Market,
    pub(super) rest: (i64, i64, i64, i64),
}

impl Trader {
    pub(super) fn rest(&self) -> Rest {
        let (equity, maintenance, initial_equity, requirement) = self.rest;
        let mut health = Health::default();
        (health.equity, health.maintenance) = (pnl(equity), atoms(maintenance));
        Rest {
            health,
            initial: Initial { equity: pnl(initial_equity), requirement: atoms(requirement) },
            lacking: None,
        }
    }

    fn fill(&self, order: &Order, update: &Price) -> plimsoll_engine::Result<Filled> {
        fill(atoms(self.cash), &self.rest(), &self.position, &self.market, order, update)
    }

    pub(super) fn money(&self) -> Money {
        Money::of(&self.market.book)
    }

    /// As it is after a fill.
    fn after(&self, filled: &Filled) -> Self {
        let mut market = self.market;
        market.book = filled.book;
        Self { cash: filled.cash.0.get(), position: filled.position, market, ..*self }
    }
}

/// Markets with others in them, and an account that holds anything from short to long.
fn traders(cash: i64, prices: &[i64], mut each: impl FnMut(Trader)) {
    for risk in risks() {
        for &price in prices {
            for treasury in [0, 45, 120] {
                for held in -3..=3 {
                    for entry in [-20, -3, 0, 2, 30] {
                        let mut market = market(risk, price, treasury);
                        hold(&mut market.book, true, 2, 2 * price + 1);
                        hold(&mut market.book, false, -1, 1 - price);
                        if held == 0 && entry > 0 {
                            continue;
                        }
                        let position = if held == 0 && entry == 0 {
                            Position::default()
                        } else {
                            let Some(position) = try_hold(&mut market.book, held >= 0, held, held * price + entry)
                            else {
                                continue;
                            };
                            position
                        };
                        for rest in [(0, 0, 0, 0), (-5, 6, -8, 9)] {
                            each(Trader { cash, position, market, rest });
                        }
                    }
                }
            }
        }
    }
}

fn order(n: i64, limit: i64, reduce_only: bool) -> Order {
    Order { lots: lots(n), limit: ticks(limit), reduce_only: reduce_only.into(), ..Order::default() }
}

/// The limit that any fill respects.
fn loosest(n: i64, price: i64) -> i64 {
    if n > 0 { (127 / n).min(4 * price + 20) } else { 0 }
}

fn at_market(part: usize, t: &mut Tally) {
    traders(part as i64, &[1, 3, 9, 20], |trader| {
        for n in -7..=7 {
            for reduce_only in [false, true] {
                check(
                    t,
                    &trader,
                    &order(n, loosest(n, trader.market.price.oracle.0.get()), reduce_only),
                    &trader.market.price,
                );
            }
        }
    });
}

/// Price, confidence and limit differ; the margin is judged at the market's price.
fn at_update(part: usize, t: &mut Tally) {
    traders(part as i64, &[4, 11], |mut trader| {
        let price = trader.market.price.oracle.0.get();
        for (change, confidence) in [(-2, 0), (0, 2), (3, 1)] {
            let update = Price { oracle: ticks(price + change), confidence: ticks(confidence), ..trader.market.price };
            trader.market.price.confidence = ticks(confidence);
            for n in [-4, -2, -1, 1, 3] {
                for limit in [price + change - 1, price + change + 2] {
                    check(t, &trader, &order(n, limit, false), &update);
                }
            }
        }
    });
}

/// Everything that must be so of one fill.
fn check(t: &mut Tally, before: &Trader, order: &Order, update: &Price) {
    let result = before.fill(order, update);
    t.count(result.is_ok());
    let (risk, at) = (&before.market.risk, update.oracle.0.get());
    let (held, cost) = (before.position.lots.0.get(), before.position.cost.0.get());
    let wanted = order.lots.0.get();
    let case = || format!("{wanted} lots, limit {:?}, at {at} for {before:?}: {result:?}", order.limit);
    let opposes = held.signum() * wanted.signum() < 0;
    if order.reduce_only == 1 && !opposes {
        t.require(result == Err(EngineError::ReduceOnly), case);
        return;
    }
    let n = if order.reduce_only == 1 { wanted.signum() * wanted.abs().min(held.abs()) } else { wanted };
    let Ok(filled) = result else { return };
    let (after, then, now) = (before.after(&filled), before.money(), Money::of(&filled.book));
    t.require(filled.lots.0.get() == n && filled.position.lots.0.get() == held + n, case);
    // Price: the premium is the difference of one function, the spread is at least the half spread, and the limit holds.
    let skew = then.skew();
    let moved = premium(risk, skew + n, at) - premium(risk, skew, at);
    let parts = if opposes && n.abs() > held.abs() { [held.abs(), n.abs() - held.abs()] } else { [n.abs(), 0] };
    let width = update.confidence.0.get();
    let spread: i64 =
        parts.iter().map(|n| mulc(risk.spread.0.get(), n * at) + mulc(risk.confidence_spread.0.get(), n * width)).sum();
    let paid = n * at + moved + spread;
    t.require((filled.premium.0.get(), filled.spread.0.get()) == (moved, spread), case);
    t.require(filled.cost.0.get() == paid && paid <= n * order.limit.0.get(), case);
    // Conservation: what the account's cash gained the treasury paid, and it is part of the position's profit or loss.
    let (cash, settled) = (after.cash, filled.settled.0.get());
    t.require(cash == before.cash + settled && now.treasury == then.treasury - settled, case);
    t.require(filled.position.cost.0.get() == cost + paid + settled, case);
    t.require((now.fees, now.deficit, now.insurance_claim) == (then.fees, then.deficit, then.insurance_claim), case);
    t.require(now.without(&filled.position) == then.without(&before.position), case);
    t.require(filled.position.invariant() || filled.position.is_empty(), case);
    // The providers gain the spread, at the price of the fill, and nothing else moves what they own.
    t.require(nav(risk, &now, at) == nav(risk, &then, at) + spread, case);
    // A closed position leaves no debt.
    t.require(filled.position.lots.0.get() != 0 || filled.position.cost.0.get() <= 0, case);
    check_margin(t, before, &after, n, case);
}

/// Size, capacity and margin of an account that has traded `n` lots.
pub(super) fn check_margin(t: &mut Tally, before: &Trader, after: &Trader, n: i64, case: impl Fn() -> String + Copy) {
    let (market, risk, price) = (&before.market, &before.market.risk, before.market.price.oracle.0.get());
    let (then, now, held) = (before.money(), after.money(), before.position.lots.0.get());
    let grows = held.signum() * (held + n) < 0 || (held + n).abs() > held.abs();
    let size = (held + n).abs();
    t.require(size == 0 || size >= risk.minimum_position.0.get(), case);
    t.require(!grows || size <= risk.position_cap.0.get(), case);
    let equity = after.cash + counted(risk, &now, price, &after.position) + before.rest.0;
    let required = world::maintenance(risk, size * price) + before.rest.1;
    t.require(equity >= 0, case);
    let initial = after.cash + initial_equity(after) + before.rest.2;
    let met = initial >= 0 && initial >= initial_requirement(after, size, price) + before.rest.3;
    if grows {
        let [longs, shorts] = [now.long.0, now.short.0].map(|lots| lots >> bits::LOT);
        let (skew, open) = (longs - shorts, longs + shorts);
        let side = if held + n > 0 { longs } else { shorts };
        let covered = mulc(risk.stress.0.get(), skew.abs() * price) + mulc(risk.coverage.0.get(), open * price);
        t.require(met && market.status == status::ACTIVE && price >= amounts::COARSE_PRICE as i64, case);
        t.require(side <= risk.side_cap.0.get() && nav(risk, &now, price) >= covered, case);
        let before = ((then.long.0 >> bits::LOT) - (then.short.0 >> bits::LOT)).abs();
        t.require(skew.abs() <= risk.skew_cap.0.get().max(before), case);
        let share = mulf(risk.position_share.0.get(), side).max(risk.position_floor.0.get());
        t.require(size <= share && size * price <= risk.depth_cap.0.get(), case);
    } else {
        let equity_then = before.cash + counted(risk, &then, price, &before.position) + before.rest.0;
        let required_then = world::maintenance(risk, held.abs() * price) + before.rest.1;
        let no_worse = required == 0 || (required_then > 0 && equity * required_then >= equity_then * required);
        t.require(met || no_worse, case);
    }
}

/// What initial equity counts of the position.
fn initial_equity(trader: &Trader) -> i64 {
    let (market, price) = (&trader.market, &trader.market.price);
    let (n, cost) = (trader.position.lots.0.get(), trader.position.cost.0.get());
    let [at_oracle, at_average] = [price.oracle, price.ema].map(|p| n * p.0.get() - cost);
    let cautious = at_oracle.min(at_average) - n.abs() * price.confidence.0.get();
    if cautious <= 0 {
        return cautious;
    }
    let counted = mulf(market.risk.profit_weight.0.get(), cautious).min(market.risk.profit_cap.0.get());
    if nav(&market.risk, &trader.money(), price.oracle.0.get()) < 0 { 0 } else { counted }
}

fn initial_requirement(trader: &Trader, size: i64, price: i64) -> i64 {
    let money = trader.money();
    let side = if trader.position.is_long() { money.long.0 } else { money.short.0 } >> bits::LOT;
    super::margin::exact_initial(&trader.market.risk, size, side, price)
}

/// Nothing is gained by a trade and its opposite at one price: what is lost is the spread, to the atom.
fn there_and_back(part: usize, t: &mut Tally) {
    traders(part as i64, &[3, 6, 15], |trader| {
        let price = trader.market.price.oracle.0.get();
        for n in [-6, -3, -1, 1, 2, 5] {
            let Ok(there) = trader.fill(&order(n, loosest(n, price), false), &trader.market.price) else { continue };
            let between = trader.after(&there);
            let back = between.fill(&order(-n, loosest(-n, price), false), &trader.market.price);
            t.count(back.is_ok());
            let Ok(back) = back else { continue };
            let lost = there.cost.0.get() + back.cost.0.get();
            let spread = there.spread.0.get() + back.spread.0.get();
            let value = |cash: i64, position: &Position| cash + position.lots.0.get() * price - position.cost.0.get();
            let (first, last) = (value(trader.cash, &trader.position), value(back.cash.0.get(), &back.position));
            t.require(lost == spread && first - last == spread && spread >= 0, || {
                format!("{n} at {price}: {trader:?}")
            });
        }
    });
}

/// A trade in two parts costs what it costs at once, but for the spread's rounding, which falls to the pool.
fn in_parts(part: usize, t: &mut Tally) {
    traders(part as i64, &[3, 6, 15], |trader| {
        let price = trader.market.price.oracle.0.get();
        for n in [-5, -2, 2, 5] {
            let fill = |trader: &Trader, n: i64| trader.fill(&order(n, loosest(n, price), false), &trader.market.price);
            let Ok(whole) = fill(&trader, n) else { continue };
            for first in 1..n.abs() {
                let Ok(one) = fill(&trader, first * n.signum()) else { continue };
                let Ok(two) = fill(&trader.after(&one), n - first * n.signum()) else { continue };
                t.count(true);
                let case = || format!("{n} after {first} at {price}: {trader:?}");
                let rounding = one.spread.0.get() + two.spread.0.get() - whole.spread.0.get();
                t.require(one.premium.0.get() + two.premium.0.get() == whole.premium.0.get(), case);
                t.require(one.cost.0.get() + two.cost.0.get() == whole.cost.0.get() + rounding, case);
                t.require((-1..=1).contains(&rounding) && two.position.lots == whole.position.lots, case);
            }
        }
    });
}
