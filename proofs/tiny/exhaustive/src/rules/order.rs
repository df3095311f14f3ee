//! Prices, orders and who goes first.

use plimsoll_engine::{
    EngineError,
    account::Initial,
    order::{Order, Request, Stage, Trigger, split_fee},
    placing::{self, Holder},
    price::{Observation, Price},
    queue::{Entry, Now, Queue},
    risk::Risk,
};

use crate::{
    exact::*,
    run::{Rule, Tally},
    world::*,
};

/// All of them.
pub const RULES: &[Rule] = &[
    Rule { name: "price/convert", parts: 256, run: convert },
    Rule { name: "price/supersede", parts: 64, run: supersede },
    Rule { name: "order/place", parts: 256, run: place },
    Rule { name: "order/fee-split", parts: 256, run: fee },
    Rule { name: "order/size-and-limit", parts: 256, run: size_and_limit },
    Rule { name: "order/stage-and-update", parts: 40, run: stage },
    Rule { name: "order/trigger", parts: 256, run: trigger },
    Rule { name: "order/prepare", parts: 256, run: prepare },
    Rule { name: "queue/worst-first", parts: 256, run: worst_first },
];

/// Nearest tick, confidence up, never zero, never above the largest price.
fn convert(part: usize, t: &mut Tally) {
    let seen = part as i64 - 128;
    let [plain, ..] = risks();
    for exponent in -3..=2i32 {
        for confidence in UNSIGNED {
            for average in [-1, 0, 1, 30, 126, 127] {
                let risk = Risk { tick_exponent: 1, max_price: ticks(120), ..plain };
                let observation = Observation {
                    price: pnl(seen).0,
                    confidence: atoms(confidence).0,
                    ema: pnl(average).0,
                    exponent,
                    publish_time: NOW,
                    previous_publish_time: NOW - 1,
                };
                let got = Price::convert(&risk, &observation);
                t.count(got.is_ok());
                let case = || format!("{observation:?}: {got:?}");
                // The tick is a tenth.
                let shift = exponent + 1;
                let (up, down) = (10i64.pow(shift.max(0).unsigned_abs()), 10i64.pow(shift.min(0).unsigned_abs()));
                let nearest = |v: i64| (2 * v * up + down).div_euclid(2 * down).max(1);
                let (oracle, ema, width) = (nearest(seen), nearest(average), ceil(confidence * up, down));
                let right = seen > 0 && average > 0 && oracle <= 120 && ema <= 120 && width <= mulf(4, oracle);
                t.require(got.is_ok() == right, case);
                if let Ok(price) = got {
                    t.require(
                        (price.oracle, price.ema, price.confidence) == (ticks(oracle), ticks(ema), ticks(width)),
                        case,
                    );
                }
            }
        }
    }
}

/// Newer, not from the future beyond the lag, and young enough.
fn supersede(part: usize, t: &mut Tally) {
    let [plain, ..] = risks();
    let published = NOW - 40 + part as i64;
    for last in NOW - 40..NOW + 24 {
        for now in NOW - 40..NOW + 24 {
            for oracle in [0, 5] {
                let of = |time| Price { oracle: ticks(oracle), publish_time: time, ..Price::default() };
                let got = of(published).supersedes(&plain, &of(last), now);
                t.count(got.is_ok());
                let right = published <= now + 1 && published > last && now - published <= 30 && oracle > 0;
                t.require(got.is_ok() == right, || format!("{published} after {last} at {now}: {got:?}"));
            }
        }
    }
}

/// The fee leaves cash for the order, and is known before.
fn place(part: usize, t: &mut Tally) {
    let cash = part as i64;
    for risk in risks() {
        for price in [0, 1, 3, 9, 40, 127, 255] {
            for (state, published) in [(0, 0), (1, -30), (1, 1), (2, 0), (0, -31)] {
                let mut market = market(risk, price, 10);
                (market.status, market.price.publish_time) = (state, NOW + published);
                for n in [-128, -40, -7, -1, 0, 1, 3, 14, 127] {
                    for limit in [0, 1, 9, 18, 127, 255] {
                        for reduce_only in [false, true] {
                            let mut purse = atoms(cash);
                            let request = Request { lots: lots(n), limit: ticks(limit), reduce_only, trigger: None };
                            let got = Order::place(&mut purse, &market, &request, 7, NOW);
                            t.count(got.is_ok());
                            let case = || format!("{request:?} at {price}, {cash}: {got:?}");
                            let value = n.abs() * price;
                            let fee = mulc(risk.fee.0.get(), value) + risk.execution_fee.0.get();
                            let right = n != 0
                                && limit > 0
                                && state <= 2
                                && n.abs() * limit <= 127
                                && price > 0
                                && published >= -30
                                && fits(value)
                                && fee <= cash;
                            t.require(got.is_ok() == right, case);
                            let Ok(order) = got else {
                                t.require(purse == atoms(cash), case);
                                continue;
                            };
                            t.require(order.fee == atoms(fee) && purse == atoms(cash - fee) && order.invariant(), case);
                            t.require(order.lots == lots(n) && order.limit == ticks(limit), case);
                            t.require(order.placed_at == NOW + published.max(0), case);
                        }
                    }
                }
            }
        }
    }
}

/// All of a fee goes to the treasury or the executor.
fn fee(part: usize, t: &mut Tally) {
    let all = part as i64;
    for tip in UNSIGNED {
        for executor in [false, true] {
            let order = Order { lots: lots(1), fee: atoms(all), execution_fee: atoms(tip), ..Order::default() };
            let got = split_fee(&order, executor);
            t.count(got.is_ok());
            let tip = if executor { tip } else { 0 };
            let expected = (tip <= all).then(|| (atoms(tip), atoms(all - tip)));
            t.require(got.ok() == expected, || format!("{order:?}, {executor}"));
            t.require(!order.invariant() || got.is_ok(), || format!("{order:?}"));
        }
    }
}

/// A reduce-only order never exceeds the position; one inequality is the limit of both sides.
fn size_and_limit(part: usize, t: &mut Tally) {
    let wanted = part as i64 - 128;
    for held in SIGNED {
        for reduce_only in [0, 1] {
            let order = Order { lots: lots(wanted), reduce_only, ..Order::default() };
            let got = order.size_against(lots(held)).map(|n| n.0.get());
            t.count(got.is_ok());
            let opposes = held.signum() * wanted.signum() < 0;
            let cut = wanted.signum() * wanted.abs().min(held.abs());
            let expected = if reduce_only == 0 { Some(wanted) } else { (opposes && cut.abs() < 128).then_some(cut) };
            t.require(got.ok() == expected, || format!("{wanted} against {held}, {reduce_only}: {got:?}"));
        }
        for limit in [0, 1, 3, 31, 127, 255] {
            // `held` serves as the cost.
            let order = Order { limit: ticks(limit), ..Order::default() };
            let got = order.require_limit(lots(wanted), pnl(held));
            let worst = wanted * limit;
            let fits = fits_signed(worst) && worst > -128;
            t.require(got.is_ok() == (fits && held <= worst), || format!("{wanted} for {held} at {limit}: {got:?}"));
        }
    }
}

/// An order never can be cancelled once its update may be known, and exactly one update executes it.
fn stage(part: usize, t: &mut Tally) {
    let [plain, ..] = risks();
    let placed = NOW + part as i64;
    let from = placed + 3;
    let order = Order { placed_at: placed, lots: lots(1), ..Order::default() };
    for now in NOW - 5..NOW + 70 {
        let expected = if now + 1 < from {
            Stage::Waiting
        } else if now <= from + 10 {
            Stage::Binding
        } else {
            Stage::Expired
        };
        t.require(order.stage(&plain, now) == Ok(expected), || format!("{placed} at {now}"));
        for previous in NOW - 5..NOW + 70 {
            let update = Price { publish_time: now, previous_publish_time: previous, ..Price::default() };
            let got = order.require_update(&plain, &update);
            t.count(got.is_ok());
            let right = previous < from && from <= now && now <= from + 5;
            t.require(got == if right { Ok(()) } else { Err(EngineError::WrongUpdate) }, || {
                format!("{placed}: {update:?}")
            });
        }
    }
}

/// A trigger fires with an update after the order whose price reaches it, and starts the order anew.
fn trigger(part: usize, t: &mut Tally) {
    let oracle = part as i64;
    let [plain, ..] = risks();
    for at in UNSIGNED {
        for above in [false, true] {
            for (published, now, newest, state) in
                [(1, 1, 0, 0), (0, 1, 0, 0), (4, 2, 0, 0), (3, 2, 9, 1), (1, 40, 0, 0), (5, 5, 2, 2)]
            {
                let mut market = market(plain, 9, 10);
                (market.price.publish_time, market.status) = (NOW + newest, state);
                let update = Price { oracle: ticks(oracle), publish_time: NOW + published, ..Price::default() };
                let mut before = Order { lots: lots(1), placed_at: NOW, trigger: ticks(at), ..Order::default() };
                before.trigger_above = above.into();
                let mut order = before;
                let got = order.fire(&market, &update, NOW + now);
                t.count(got.is_ok());
                let case = || format!("{oracle} published {published} at {now}, trigger {at} {above}: {got:?}");
                let reached = if above { oracle >= at } else { oracle <= at };
                let young = published > 0 && published <= now + 1 && now - published <= 30 && oracle > 0;
                let right = at > 0 && reached && young && state <= 2;
                t.require(got.is_ok() == right, case);
                let mut expected = before;
                if right {
                    (expected.trigger, expected.trigger_above) = (ticks(0), 0);
                    expected.placed_at = NOW + now.max(published).max(newest);
                }
                t.require(order == expected, case);
                t.require(
                    got.is_err() || got.is_ok_and(|fired| fired.trigger == Trigger { price: ticks(at), above }),
                    case,
                );
            }
        }
    }
}

/// Who may place an order, and when initial margin must remain after its fee.
fn prepare(part: usize, t: &mut Tally) {
    let cash = part as i64;
    let [plain, ..] = risks();
    for held in [-6, -1, 0, 2, 5] {
        for n in -9..=9 {
            for (waiting, flagged, reduce_only) in (0..8).map(|bits| (bits & 1 > 0, bits & 2 > 0, bits & 4 > 0)) {
                for (price, state) in [(2, 0), (5, 0), (5, 1), (9, 2)] {
                    for (equity, required) in [(0, 0), (20, 19), (20, 20), (4, 0), (-3, 0)] {
                        let mut market = market(plain, price, 50);
                        market.status = state;
                        let holder = Holder { held: lots(held), waiting, flagged };
                        let request = Request { lots: lots(n), limit: ticks(9), reduce_only, trigger: None };
                        let got = placing::prepare(atoms(cash), &market, &holder, &request, 1, NOW);
                        let case =
                            || format!("{n} lots on {holder:?}, {reduce_only}, {price}, {state}, {cash}: {got:?}");
                        let fee = mulc(plain.fee.0.get(), n.abs() * price) + 1;
                        let grows = held.signum() * (held + n) < 0 || (held + n).abs() > held.abs();
                        let open = reduce_only || !grows || (!flagged && state == 0 && price >= 3);
                        let right = n != 0 && n.abs() <= 8 && open && state <= 2 && fee <= cash;
                        t.require(got.is_ok() == right, case);
                        let Ok(placement) = got else {
                            t.count(false);
                            continue;
                        };
                        let reduces = held.signum() * n.signum() < 0 && n.abs() <= held.abs();
                        t.require(placement.needs_margin == (!reduces || waiting), case);
                        let initial = Initial { equity: pnl(equity), requirement: atoms(required) };
                        let mut purse = atoms(cash);
                        let accepted = placement.accept(&mut purse, Some(&initial));
                        t.count(accepted.is_ok());
                        let spare = equity - fee >= required;
                        t.require(accepted.is_ok() == (!placement.needs_margin || spare), case);
                        t.require(purse == atoms(if accepted.is_ok() { cash - fee } else { cash }), case);
                    }
                }
            }
        }
    }
}

/// Nobody is liquidated while an entry that counts outranks him by more than the tolerance, and the largest is named.
fn worst_first(part: usize, t: &mut Tally) {
    let own = part as i64;
    let id = |n: u8| [n; 32];
    let entry = |n: u8, key: i64, first_slot, refreshed, urgent| Entry {
        account: id(n),
        key: atoms(key),
        first_slot,
        refreshed,
        urgent,
        ..Entry::default()
    };
    let mut queue = <Queue as bytemuck::Zeroable>::zeroed();
    queue.insert(entry(1, own, 1, NOW, false), 30, NOW).expect("room");
    queue.insert(entry(2, 0, 1, NOW, false), 30, NOW).expect("room");
    queue.insert(entry(3, 0, 1, NOW, false), 30, NOW).expect("room");
    for key in UNSIGNED {
        for other in [0, 1, 40, 200, 255] {
            // Counts; was flagged in this slot; was not refreshed; at this price; waits for capacity; waits but is urgent.
            for state in 0..6 {
                let has_capacity = state < 4;
                queue.keys[1] = atoms(key).0;
                queue.keys[2] = atoms(other).0;
                queue.first_slots[1] = if state == 1 { 2 } else { 1 };
                queue.refreshed[1] = if state == 2 { NOW - 31 } else { NOW - 30 };
                queue.first_publish_times[1] = NOW - if state == 3 { 2 } else { 3 };
                queue.urgent[1] = if state == 5 { queue.refreshed[1] } else { 0 };
                let counts = [state == 0 || state == 5, has_capacity];
                let now = Now { slot: 2, time: NOW, published: NOW - 2, has_capacity };
                for tolerance in [8, 13, 16] {
                    let [mut risk, ..] = risks();
                    risk.tolerance = ratio(tolerance);
                    let got = queue.require_first(&risk, 0, atoms(own), &now);
                    t.count(got.is_ok());
                    let outranks = |key: i64, counts: bool| counts && tolerance * key > own * ONE;
                    let ahead = [outranks(key, counts[0]), outranks(other, counts[1])];
                    let case = || format!("{own} behind {key} ({state}) and {other}, {tolerance}: {got:?}");
                    match got {
                        Ok(()) => t.require(ahead == [false, false], case),
                        Err(first) => {
                            let largest = [(key, 2), (other, 3)]
                                .into_iter()
                                .zip(ahead)
                                .filter(|(_, is)| *is)
                                .map(|((k, n), _)| (k, n));
                            let largest = largest.fold((0, 0), |a, b| if b.0 > a.0 { b } else { a });
                            t.require((first.key, first.account) == (atoms(largest.0), id(largest.1)), case);
                        }
                    }
                }
            }
        }
    }
}
