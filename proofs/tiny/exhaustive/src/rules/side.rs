//! Sides that reach all of their positions through indices: funding, deleveraging, and positions that catch up.

use plimsoll_engine::{
    EngineError,
    deleverage::{self, Look, reduce},
    funding::{accrue, rate},
    indices::Indices,
    market::Market,
    position::{LONG, Position, SHORT},
    side::Side,
    units::Wide,
};
use words::{I128, bits};

use crate::{
    exact::*,
    run::{Rule, Tally},
    world::*,
};

/// All of them.
pub const RULES: &[Rule] = &[
    Rule { name: "funding/accrual", parts: 256, run: accrual },
    Rule { name: "side/touch", parts: 65, run: touch },
    Rule { name: "deleverage/reduce", parts: 65, run: reduction },
    Rule { name: "deleverage/all-positions", parts: 8, run: all_positions },
    Rule { name: "deleverage/two-looks", parts: 256, run: looks },
];

const LOT: i64 = 1 << bits::LOT;
const ATOM: i64 = 1 << bits::FUNDING;
const FACTOR: i64 = 1 << bits::FACTOR;

fn wide(value: i64) -> Wide {
    Wide::of(I128::new(value).unwrap_or_else(|| panic!("{value} does not fit")))
}

fn indices(factor: i64, value: i64, funding: i64) -> Indices {
    Indices { factor: atoms(factor).0, value: wide(value), funding: wide(funding) }
}

/// A market whose sides have these sizes, in parts of a lot.
fn sides(market: &mut Market, long: i64, short: i64) {
    for (side, total) in [(&mut market.book.long, long), (&mut market.book.short, short)] {
        (side.lots, side.lots_fraction) = (size(total / LOT), atoms(total % LOT).0);
        (side.attached, side.sized) = (2, 2);
    }
}

/// The formulas. The pool takes the net, which is never negative.
fn accrual(part: usize, t: &mut Tally) {
    let price = part as i64;
    let [plain, ..] = risks();
    for (slope, cap) in [(40, 9), (255, 255), (3, 1), (90, 200)] {
        for long in [0, 16, 33, 96, 127] {
            for short in [0, 16, 24, 80] {
                for factors in [(FACTOR, FACTOR), (40, FACTOR), (FACTOR, 17)] {
                    for (now, published) in [(0, 0), (1, 0), (3, 3), (31, 0), (40, 9), (-2, 0)] {
                        for owed in [0, 21, -21] {
                            let mut risk = plain;
                            (risk.funding_slope, risk.funding_cap) = (atoms(slope).0, atoms(cap).0);
                            let mut before = market(risk, price, 50);
                            sides(&mut before, long, short);
                            before.book.long.indices = indices(factors.0, 5, 30);
                            before.book.short.indices = indices(factors.1, 0, -30);
                            (before.book.long.owed, before.book.short.owed) = (wide(owed), wide(-2 * owed));
                            before.price.publish_time = NOW + published;
                            check_accrual(t, &before, now, factors);
                        }
                    }
                }
            }
        }
    }
}

fn check_accrual(t: &mut Tally, before: &Market, now: i64, factors: (i64, i64)) {
    let mut after = *before;
    let result = accrue(&mut after, NOW + now);
    t.count(result.is_ok());
    let (risk, then) = (&before.risk, Money::of(&before.book));
    let (price, skew) = (before.price.oracle.0.get(), then.skew());
    let case = || format!("{now} s at {price}, {then:?}, {factors:?}: {result:?}");
    if result.is_err() {
        t.require(after == *before, case);
        return;
    }
    let fresh_until = before.price.publish_time - NOW + i64::from(risk.max_price_age);
    let seconds = if price == 0 { 0 } else { plus(now.min(fresh_until)) };
    let speed = (risk.funding_slope.get() * skew.abs() / risk.side_cap.0.get()).min(risk.funding_cap.get());
    t.require(rate(risk, lots(skew)).is_ok_and(|rate| rate.get() == speed), case);
    let shift = 1 << (bits::FINE - bits::FUNDING);
    let (up, down) = (ceil(price * speed * seconds, shift), floor(price * speed * seconds, shift));
    let [pays, receives] = if skew > 0 { [then.long.0, then.short.0] } else { [then.short.0, then.long.0] };
    let [payer, receiver] = if skew > 0 { [factors.0, factors.1] } else { [factors.1, factors.0] };
    let (paid, received) = (ceil(pays * up, LOT), floor(receives * down, LOT));
    let (risen, fallen) = (ceil(up * payer, FACTOR), floor(down * receiver, FACTOR));
    let now_owed = Money::of(&after.book).owed;
    let (long, short) = if skew > 0 { (paid, -received) } else { (-received, paid) };
    t.require(now_owed == (then.owed.0 + long, then.owed.1 + short), case);
    let (long, short) = if skew > 0 { (risen, -fallen) } else { (-fallen, risen) };
    let index = |side: &Side| side.indices.funding.get().get();
    t.require(index(&after.book.long) == 30 + long && index(&after.book.short) == -30 + short, case);
    t.require(paid >= received && after.funding.accrued == NOW + plus(now), case);
    // Net asset value counts whole atoms of each side, so it may show what came in later than what goes out.
    t.require(nav(risk, &Money::of(&after.book), price) >= nav(risk, &then, price) - 1, case);
    t.require(now_owed.0 + now_owed.1 >= then.owed.0 + then.owed.1, case);
    // Nothing else moves.
    let mut expected = *before;
    (expected.book.long.owed, expected.book.short.owed) = (after.book.long.owed, after.book.short.owed);
    expected.book.long.indices.funding = after.book.long.indices.funding;
    expected.book.short.indices.funding = after.book.short.indices.funding;
    expected.funding = after.funding;
    t.require(after == expected, case);
}

/// Every factor that a position was last touched at and every one it may find.
fn touch(part: usize, t: &mut Tally) {
    let from = part as i64;
    if from == 0 {
        return;
    }
    for factor in 0..=from {
        for at in [0, 1, 4, 9, 30] {
            for moved in [0, 1, 7, 16, 40, -1, -9, -40] {
                for n in 1..=6 {
                    for price in [1, 4, 11] {
                        for long in [true, false] {
                            touch_one(t, (from, factor, at), moved, if long { n } else { -n }, price);
                        }
                    }
                }
            }
        }
    }
}

fn touch_one(t: &mut Tally, (from, factor, at): (i64, i64, i64), moved: i64, n: i64, price: i64) {
    let long = n > 0;
    let side_of = |long| if long { LONG } else { SHORT };
    let cost = if long { 20 } else { -20 };
    let risen = (from - factor) * at;
    let before = Position {
        lots: lots(n),
        cost: pnl(cost),
        indices: indices(from, 7, -3),
        side: side_of(long),
        ..Position::default()
    };
    let totals = Side {
        lots: size(12),
        lots_fraction: atoms(3).0,
        cost: pnl(cost * 2),
        indices: indices(factor, 7 + risen, moved - 3),
        owed: wide(moved * 20),
        attached: 3,
        sized: 3,
        ..Side::default()
    };
    let (mut position, mut side) = (before, totals);
    let result = side.touch(&mut position, ticks(price));
    t.count(result.is_ok());
    let case = || {
        format!("{n} lots from {from} to {factor} at {at}, funding {moved}, price {price}: {result:?}, {position:?}")
    };
    if result.is_err() {
        t.require((position, side) == (before, totals), case);
        return;
    }
    let held = n.abs();
    let owed_fine = ceil(held * moved * FACTOR, from);
    let owed = ceil(owed_fine, ATOM);
    let left = floor(held * LOT * factor, from);
    let (whole, rest) = (left / LOT, left % LOT);
    let rounded = |a: i64, b: i64| if long { floor(a, b) } else { ceil(a, b) };
    // A short pays for what rounding takes from its size too.
    let taken = i64::from(!long && held * LOT * factor % from != 0);
    let closed = rounded((rest + taken) * price, LOT);
    let proceeds = if factor == from { 0 } else { rounded(held * risen, from) };
    let sign = n.signum();
    t.require(position.lots.0.get() == sign * whole, case);
    t.require(position.cost.0.get() == cost + owed - sign * (proceeds + closed), case);
    t.require(position.indices == totals.indices, case);
    // The totals: what is closed for its fraction leaves them, what deleveraging took had left before.
    let fine = |side: &Side| side.lots.0.get() * LOT + side.lots_fraction.get();
    t.require(fine(&side) == fine(&totals) - rest, case);
    t.require(side.cost.0.get() == totals.cost.0.get() + owed - sign * closed, case);
    t.require(side.owed.get().get() == totals.owed.get().get() - owed_fine, case);
    // Never in the holder's favour: value, proceeds and funding as they exactly are.
    let scale = from * ATOM;
    let exact = sign * held * factor * price * ATOM - cost * scale + sign * held * risen * ATOM - held * moved * FACTOR;
    let now = (position.lots.0.get() * price - position.cost.0.get()) * scale;
    t.require(now <= exact, case);
    t.require((exact - now) * LOT < (4 * LOT + price) * scale, case);
    // The pool never loses by it.
    let claims = |side: &Side| if long { ceil(fine(side) * price, LOT) } else { -floor(fine(side) * price, LOT) } - side.cost.0.get();
    let pool = |side: &Side| floor(side.owed.get().get(), ATOM) - claims(side);
    t.require(pool(&side) >= pool(&totals), case);
    // A second touch finds nothing.
    let (again, stays) = (side.touched(&position, ticks(price)), position);
    t.require(again == Ok(stays), case);
}

/// The formulas for every factor, every size and every size that is kept.
fn reduction(part: usize, t: &mut Tally) {
    let factor = part as i64;
    for total in (1..=127).map(|lots| lots * 2 + 1) {
        for keep in 0..=9 {
            for price in [1, 3, 9, 60] {
                for long in [true, false] {
                    for previous in [0, 1] {
                        let mut before = Side {
                            indices: indices(factor, 40, 9),
                            cost: pnl(if long { 11 } else { -11 }),
                            ..Side::default()
                        };
                        (before.lots, before.lots_fraction) = (size(total / LOT), atoms(total % LOT).0);
                        (before.attached, before.sized, before.previous, before.epoch) = (2, 2, previous, 3);
                        let mut side = before;
                        let result = reduce(&mut side, long, size(keep), ticks(price));
                        t.count(result.is_ok());
                        let case = || {
                            format!("{total} to {keep} at {price}, factor {factor}, {previous}: {result:?}, {side:?}")
                        };
                        let Ok(reduced) = result else {
                            t.require(side == before, case);
                            continue;
                        };
                        let whole = total / LOT;
                        let next = ceil(factor * keep.min(whole), whole);
                        let left = ceil(total * next, factor);
                        let gone = total - left;
                        let value = if long { ceil(gone * price, LOT) } else { floor(gone * price, LOT) };
                        let fine = side.lots.0.get() * LOT + side.lots_fraction.get();
                        t.require(fine == left && reduced.factor == atoms(next).0, case);
                        t.require(side.cost.0.get() == if long { 11 - value } else { -11 + value }, case);
                        let reached = indices(next, 40 + (factor - next) * price, 9);
                        let anew = next < 1 << bits::FACTOR_LOW && previous == 0;
                        t.require(anew || next >= 1 << bits::FACTOR_LEAST, case);
                        let (present, ended) =
                            if anew { (indices(FACTOR, 0, 9), reached) } else { (reached, before.ended) };
                        t.require((side.indices, side.ended) == (present, ended), case);
                        t.require((side.epoch, side.previous) == if anew { (4, 2) } else { (3, previous) }, case);
                        t.require(reduced.new_epoch == anew && left <= total, case);
                    }
                }
            }
        }
    }
}

/// Three positions of a side that is reduced twice, caught up with in any order: together they never have more than the
/// totals say, and when they leave nothing is missing.
fn all_positions(part: usize, t: &mut Tally) {
    let first = 1 + part as i64;
    for long in [true, false] {
        for second in 1..=5 {
            for third in [1, 4, 7] {
                for keeps in [[0, 0], [5, 3], [2, 1], [9, 1], [7, 7], [1, 1], [4, 0]] {
                    for (p, q, r) in [(3, 4, 2), (5, 5, 5), (2, 7, 4), (1, 1, 6)] {
                        for funding in [0, 5, -5] {
                            for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
                                let held = [first, second, third].map(|n| if long { n } else { -n });
                                reduce_all(t, held, keeps, (p, q, r), funding, order);
                            }
                        }
                    }
                }
            }
        }
    }
}

fn reduce_all(
    t: &mut Tally,
    held: [i64; 3],
    keeps: [i64; 2],
    (p, q, r): (i64, i64, i64),
    funding: i64,
    order: [usize; 3],
) {
    let (long, [risk, ..]) = (held[0] > 0, risks());
    let mut market = market(risk, r, 100);
    let mut positions = [Position::default(); 3];
    for (position, n) in positions.iter_mut().zip(held) {
        let Some(held) = try_hold(&mut market.book, long, n, n * 3 - 2) else { return };
        *position = held;
    }
    let side = market.book.side_mut(long);
    for (keep, price) in keeps.into_iter().zip([p, q]) {
        if side.lots.is_zero() || reduce(side, long, size(keep), ticks(price)).is_err() {
            t.count(false);
            return;
        }
    }
    // Funding that all of them owe, as an accrual would have it.
    let all = side.lots.0.get() * LOT + side.lots_fraction.get();
    side.owed = wide(ceil(all * funding, LOT));
    side.indices.funding = wide(ceil(funding * side.indices.factor.get(), FACTOR));
    let case = |what: &str| {
        format!("{what}: {held:?} to {keeps:?} at {p}, {q}, touched at {r} in {order:?}, funding {funding}")
    };
    let pool = |market: &Market| {
        let money = Money::of(&market.book);
        money.treasury - money.claims(r).iter().sum::<i64>() + floor(money.owed.0, ATOM) + floor(money.owed.1, ATOM)
    };
    for place in order {
        let before = pool(&market);
        if market.book.touch(&mut positions[place], ticks(r)).is_err() {
            t.count(false);
            return;
        }
        // When the last short leaves, the parts of lots that rounding took from each go with it.
        let last = if market.book.side(long).sized == 0 && !long { ceil(5 * r, LOT) } else { 0 };
        t.require(pool(&market) + last >= before, || case("the pool lost by a touch"));
        t.require(market.book.side(long).invariant(), || case("the side's invariant"));
    }
    t.count(true);
    let money = Money::of(&market.book);
    let (total, cost) = if long { money.long } else { money.short };
    let sum: i64 = positions.iter().map(|held| held.lots.0.get().abs()).sum();
    t.require(sum * LOT <= total || sum == 0, || case("more lots than in the totals"));
    t.require(total - sum * LOT < 3 * LOT, || case("more than a lot per position is left"));
    let worth: i64 = positions.iter().map(|held| held.lots.0.get() * r - held.cost.0.get()).sum();
    let rounded_away = if long { 0 } else { ceil(5 * r, LOT) };
    t.require(worth <= money.claims(r)[usize::from(!long)] + rounded_away, || {
        case("worth more than the side's claims")
    });
    // All leave, at no gain: what is left of the totals is nobody's.
    for position in &mut positions {
        let before = pool(&market);
        let paid = position.lots.0.get() * r - position.cost.0.get();
        let done = market.book.settle(position, pnl(paid)).and_then(|()| {
            market.book.novate(position, position.lots.negated()?, position.lots.negated()?.at(ticks(r))?)
        });
        if done.is_err() {
            return;
        }
        t.require(pool(&market) + rounded_away >= before, || case("the pool lost by a close"));
    }
    let left = Money::of(&market.book);
    let gone = if long { left.long } else { left.short };
    t.require(gone == (0, 0), || format!("{}: {gone:?} of {cost}", case("something is left")));
}

/// Two looks, the second at a newer price and within the time to live; the heavier side is reduced at the worse price for
/// it, cash does not move, and the providers do not lose.
fn looks(part: usize, t: &mut Tally) {
    let treasury = part as i64;
    let [plain, ..] = risks();
    for (trigger, target) in [(2, 4), (1, 1), (6, 9), (16, 40)] {
        for (long, short) in [(6, 1), (5, 0), (1, 4), (2, 2), (0, 3)] {
            for (first, second) in [(9, 9), (9, 14), (12, 7), (3, 5), (7, 8), (4, 3), (2, 1), (6, 6)] {
                for (after, newer, deficit) in [(5, 5, 0), (0, 0, 0), (31, 31, 0), (5, 5, 1), (30, 30, 0)] {
                    let mut risk = plain;
                    (risk.adl_trigger, risk.adl_target, risk.max_price_age) = (ratio(trigger), ratio(target), 60);
                    let mut before = market(risk, first, treasury);
                    for (is_long, n) in [(true, long), (false, -short)] {
                        if n != 0 {
                            let entry = if (long + short) % 2 == 0 { 5 } else { 2 };
                            if try_hold(&mut before.book, is_long, n, n * entry).is_none() {
                                return;
                            }
                        }
                    }
                    before.book.deficit = atoms(deficit);
                    check_looks(t, &before, (second, after, newer));
                }
            }
        }
    }
}

fn needed(market: &Market, price: i64) -> bool {
    let money = Money::of(&market.book);
    let (skew, value) = (money.skew(), nav(&market.risk, &money, price));
    let claims = money.claims(price)[usize::from(skew < 0)];
    skew != 0 && claims > 0 && value < mulc(market.risk.adl_trigger.0.get(), skew.abs() * price)
}

fn check_looks(t: &mut Tally, before: &Market, (second, after, newer): (i64, i64, i64)) {
    let price = before.price.oracle.0.get();
    let mut market = *before;
    let first = deleverage::look(&mut market, NOW);
    let case = || format!("{price}, then {second}: {first:?}, {:?}", Money::of(&before.book));
    t.require(first.is_ok() || market == *before, case);
    let deficit = !before.book.deficit.is_zero();
    t.require(
        first == Ok(Look::First) || deficit || !needed(before, price) || first == Err(EngineError::Overflow),
        case,
    );
    if first != Ok(Look::First) {
        t.count(false);
        return;
    }
    t.require(needed(before, price) && !deficit, case);
    market.price.oracle = ticks(second);
    market.price.publish_time = NOW + newer;
    market.funding.accrued = NOW + after;
    let waiting = market;
    let look = deleverage::look(&mut market, NOW + after);
    t.count(matches!(look, Ok(Look::Reduced(_))));
    let case = || format!("{price}, then {second} after {after} s: {look:?}, {:?}", Money::of(&before.book));
    let (then, now) = (Money::of(&waiting.book), Money::of(&market.book));
    match look {
        Err(_) => t.require(market == waiting, case),
        Ok(Look::First) => t.require(after > 30 && now == then, case),
        Ok(Look::Cancelled) => t.require(!needed(&waiting, second) && now == then, case),
        Ok(Look::Reduced(reduced)) => {
            t.require(needed(&waiting, second) && newer > 0 && after <= 30, case);
            let long = then.skew() > 0;
            let worse = if long { price.min(second) } else { price.max(second) };
            t.require(reduced.long == long && reduced.price == ticks(worse), case);
            let other = if long { then.short.0 } else { then.long.0 } / LOT;
            let value = plus(nav(&before.risk, &then, second));
            let keep = other + value * ONE / (before.risk.adl_target.0.get() * second);
            let (had, has) = if long { (then.long.0, now.long.0) } else { (then.short.0, now.short.0) };
            // What is kept, and less than a factor's last bit of every lot more.
            let least = had.min(keep * LOT);
            t.require(has >= least && (has - least) * FACTOR <= had * 2 + 2 * FACTOR, case);
            t.require((now.treasury, now.fees, now.deficit) == (then.treasury, then.fees, then.deficit), case);
            // The side's value is rounded up, so that its positions together are never worth more.
            t.require(nav(&before.risk, &now, second) >= nav(&before.risk, &then, second) - 1, case);
        }
    }
}
