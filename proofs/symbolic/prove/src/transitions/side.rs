//! What a side does to all of its positions at once: funding, deleveraging, and the touch that catches up with them.

use plimsoll_engine::{deleverage::reduce, funding::accrue, indices::Indices, side::Touched};

use super::prelude::*;

/// What is explored here.
pub const LIST: &[Transition] = &[
    Transition { name: "touch-funding", run: touch_funding },
    Transition { name: "touch-deleveraged", run: touch_deleveraged },
    Transition { name: "accrue", run: accrued },
    Transition { name: "deleverage", run: deleverage },
];

/// A signed value of at most `2^bits` either way.
fn wide(name: &str, bits: u32, typical: i64) -> plimsoll_engine::units::Wide {
    let most = terms::BigInt::from(1) << if capped() { bits } else { 127 };
    given::wide(given::input(name, -most.clone(), most - 1, typical))
}

/// What the positions of a side are worth to their holders, and what they owe in funding: what providers owe for it.
fn owed(side: &Side, long: bool, price: Ticks) -> Option<Expr> {
    Some(e(fitting(side.claims(long, price))?) - e(fitting(side.owed_floor())?))
}

fn touch_funding() {
    let price = ticks("price", 50_000);
    let long = either();
    let mut book = given::book(&[price]);
    let mut position = given::position(&book, long, "held");
    let side = book.side_mut(long);
    side.owed = wide("owed", 91, 1 << 40);
    side.indices.funding = wide("funding", 100, 1 << 39);
    position.indices.funding = wide("entered", 100, 1 << 38);
    let size = if long { e(position.lots) } else { -e(position.lots) };
    let moved = e(side.indices.funding) - e(position.indices.funding);
    // Less than a token cap of funding since the last touch.
    let due = size * moved;
    cap(all([le(&due, power(91)), le(-due.clone(), power(91))]));
    let (before, held) = (*side, position);
    let mut after = before;
    let Some(touched) = fitting(after.touch(&mut position, price)) else { return };
    claim(
        Of::I1,
        "totals-follow",
        all([
            eq(e(after.cost) - e(before.cost), e(position.cost) - e(held.cost)),
            eq(after.lots, before.lots),
            eq(e(before.owed) - e(after.owed), &due),
        ]),
        eq(after.cost, before.cost),
    );
    claim(
        Of::I10,
        "charged-up",
        all([le(&due, e(touched.funding) * power(32)), lt(e(touched.funding) * power(32), due.clone() + power(32))]),
        le(e(touched.funding) * power(32), &due),
    );
    let (Some(then), Some(now)) = (owed(&before, long, price), owed(&after, long, price)) else { return };
    claim(Of::I10, "providers-lose-nothing", le(now.clone(), then.clone()), lt(now, then));
}

/// A side that was deleveraged, with a position from before.
fn touch_deleveraged() {
    let price = ticks("price", 50_000);
    let long = either();
    let mut book = given::book(&[price]);
    let mut position = given::position(&book, long, "held");
    let side = book.side_mut(long);
    let factor = |name, typical| bounded(name, 1 << 30, 1 << 62, typical);
    (side.indices.factor, position.indices.factor) = (factor("factor", 1 << 61), factor("factor_before", 1 << 62));
    assume(lt(side.indices.factor, position.indices.factor));
    side.lots_fraction = bounded("fraction", 0, (1 << 32) - 1, 1 << 31);
    // What lots were paid since is at most their factor at the largest price.
    let risen = word("risen", 63, 1 << 62);
    side.indices.value = given::wide(e(risen).0);
    let size = if long { e(position.lots) } else { -e(position.lots) };
    cap(le(size.clone() * e(risen), power(58) * e(position.indices.factor)));
    // I-3: the side's totals are at least what its positions catch up with.
    let exact = e(side.lots) * power(32) + e(side.lots_fraction);
    let left = size.clone() * power(32) * e(side.indices.factor);
    assume(le(left.clone(), exact.clone() * e(position.indices.factor)));
    let (before, held) = (*side, position);
    let mut after = before;
    let Some(touched) = fitting(after.touch(&mut position, price)) else { return };
    let Touched { fraction, fraction_value, .. } = touched;
    let kept = (if long { e(position.lots) } else { -e(position.lots) }) * power(32) + e(fraction);
    claim(
        Of::I10,
        "keeps-no-more-than-its-share",
        le(kept.clone() * e(held.indices.factor), left.clone()),
        lt(kept * e(held.indices.factor), left),
    );
    let now = e(after.lots) * power(32) + e(after.lots_fraction);
    claim(
        Of::I1,
        "totals-follow",
        all([
            eq(now + e(fraction), exact),
            eq(if long { e(before.cost) - e(after.cost) } else { e(after.cost) - e(before.cost) }, e(fraction_value)),
        ]),
        eq(after.lots_fraction, before.lots_fraction),
    );
    let gained = if long { e(held.cost) - e(position.cost) } else { e(position.cost) - e(held.cost) };
    claim(
        Of::I9,
        "paid-at-the-price-of-the-reduction",
        eq(gained.clone(), e(touched.proceeds) + e(fraction_value)),
        eq(gained, touched.proceeds),
    );
}

fn accrued() {
    let price = given::price();
    let book = given::book(&[price.oracle]);
    let mut risk = Risk::default();
    risk.side_cap = Size(bounded("side_cap", 1_000, 1 << 55, 1_000));
    risk.funding_slope = bounded("slope", 0, 1 << 52, 1 << 50);
    risk.funding_cap = bounded("rate_cap", 0, 1 << 50, 1 << 49);
    let mut market = given::market(risk, price, book);
    // Up to a day, which is a term: only `lit` is done with it.
    let seconds = words::machine_number(&given::input("seconds", 1, 1u64 << 17, 60));
    let now = i64::try_from(seconds).unwrap_or(i64::MAX);
    market.price.publish_time = now;
    let before = market;
    let Some(report) = always_fitting(accrue(&mut market, now), |report| eq(report.rate, 0)) else { return };
    let moved = |long: bool| e(market.book.side(long).owed) - e(before.book.side(long).owed);
    let index = |long: bool| e(market.book.side(long).indices.funding) - e(before.book.side(long).indices.funding);
    claim(
        Of::I1,
        "sides-owe-what-their-lots-owe",
        all([true, false].map(|long| eq(moved(long), e(before.book.side(long).lots) * index(long)))),
        eq(moved(true), 0),
    );
    claim(Of::I10, "providers-take-the-net", le(0, moved(true) + moved(false)), le(moved(true) + moved(false), 0));
    let heavy = e(report.skew);
    claim(
        Of::I10,
        "heavier-side-pays",
        all([
            any([lt(&heavy, 0), all([le(0, index(true)), le(index(false), 0)])]),
            any([lt(0, &heavy), all([le(index(true), 0), le(0, index(false))])]),
        ]),
        le(0, index(true)),
    );
    claim(Of::I10, "at-most-the-cap", le(report.rate, risk.funding_cap), lt(report.rate, risk.funding_cap));
}

fn deleverage() {
    let price = ticks("price", 50_000);
    let long = either();
    let mut book = given::book(&[price]);
    let side = book.side_mut(long);
    side.indices = Indices { factor: bounded("factor", 1 << 46, 1 << 62, 1 << 61), ..Indices::START };
    let keep = Size(word("keep", 59, 30));
    assume(le(1, side.lots));
    let before = *side;
    let mut after = before;
    let Some(reduced) = fitting(reduce(&mut after, long, keep, price)) else { return };
    let kept = e(keep).min(before.lots);
    claim(Of::I8, "never-below-what-is-kept", le(kept.clone(), after.lots), lt(kept, after.lots));
    claim(
        Of::I8,
        "nobody-gains-lots",
        all([le(after.lots, before.lots), le(reduced.factor, before.indices.factor)]),
        lt(after.lots, before.lots),
    );
    let left = e(reduced.after.lots) * power(32) + e(reduced.after.fraction);
    claim(
        Of::I9,
        "everybody-by-one-factor",
        le(e(before.lots) * power(32) * e(reduced.factor), left.clone() * e(before.indices.factor)),
        le(left * e(before.indices.factor), e(before.lots) * power(32) * e(reduced.factor)),
    );
    let cost = if long { e(before.cost) - e(after.cost) } else { e(after.cost) - e(before.cost) };
    claim(Of::I1, "cost-falls-by-the-value", eq(cost.clone(), reduced.value), eq(cost, 0));
    let (Some(then), Some(now)) = (fitting(before.claims(long, price)), fitting(after.claims(long, price))) else {
        return;
    };
    claim(Of::I10, "claims-unmoved-to-an-atom", all([le(e(now) - e(then), 1), le(e(then) - e(now), 1)]), eq(then, now));
}
