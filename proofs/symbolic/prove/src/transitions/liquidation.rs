//! One liquidation step, of any size.

use plimsoll_engine::liquidation::{Charge, close};

use super::prelude::*;

/// What is explored here.
pub const LIST: &[Transition] = &[
    Transition { name: "liquidate", run: step },
    Transition { name: "liquidate-elsewhere", run: step_elsewhere },
    Transition { name: "charge", run: charge },
    Transition { name: "throttle", run: throttle },
    Transition { name: "throttle-refill", run: refill },
];

fn step() {
    let price = given::price();
    at(price, price.oracle);
}

/// At the second source's price, which differs.
fn step_elsewhere() {
    let (price, second) = (given::price(), ticks("second", 50_500));
    assume(eq(price.oracle, second).negated());
    at(price, second);
}

fn at(price: Price, at: Ticks) {
    let mut book = given::book(&[price.oracle, at]);
    let mut risk = Risk::default();
    given::skew(&mut risk, &book);
    given::charge(&mut risk);
    let throttle = given::throttle(&mut risk);
    book.fees = atoms("fees", 500);
    let mut position = given::position(&book, either(), "held");
    let mut market = Market { throttle, ..given::market(risk, price, book) };
    // What a mark pays of a profit is proved of the mark.
    market.price.ema = market.price.oracle;
    market.risk.profit_weight = Ratio::ONE;
    market.risk.profit_cap = Atoms(words::lit(1 << 59));
    let mut cash = atoms("cash", 10_000);
    let equity = pnl("equity", 9_000);
    let size = Size(word("size", 59, 5));
    let (old, held, before) = (cash, position, market);
    let Some(step) = fitting(close(&mut cash, &mut position, &mut market, equity, size, at, 0)) else { return };
    let Some(charged) = fitting(step.charge.total()) else { return };
    let keepers = e(step.charge.flagger) + e(step.charge.liquidator);
    let whole = |cash: Atoms, market: &Market| e(cash) + e(market.book.treasury) + e(market.book.fees);
    claim(
        Of::I1,
        "conserves",
        eq(whole(old, &before), whole(cash, &market) + keepers),
        eq(whole(old, &before), whole(cash, &market)),
    );
    claim(
        Of::I1,
        "totals-follow",
        all([
            eq(
                e(market.book.long.lots) - e(market.book.short.lots) - e(position.lots),
                e(before.book.long.lots) - e(before.book.short.lots) - e(held.lots),
            ),
            eq(
                e(market.book.long.cost) + e(market.book.short.cost) - e(position.cost),
                e(before.book.long.cost) + e(before.book.short.cost) - e(held.cost),
            ),
        ]),
        eq(position.lots, held.lots),
    );
    claim(Of::I2, "no-balance-below-zero", all([le(0, cash), le(0, market.book.treasury)]), lt(0, cash));
    claim(
        Of::I7,
        "charge-at-most-what-is-left",
        all([
            any([le(charged, equity), eq(charged, 0)]),
            le(e(charged) * power(32), e(risk.charge) * e(step.notional)),
        ]),
        eq(charged, 0),
    );
    let worth = |cash: Atoms, position: &Position| e(cash) + e(position.lots) * e(at) - e(position.cost);
    claim(
        Of::I7,
        "equity-falls-by-the-charge",
        eq(worth(old, &held), worth(cash, &position) + e(charged)),
        eq(worth(old, &held), worth(cash, &position)),
    );
    let (less, same) = if held.is_long() {
        (all([le(0, position.lots), lt(position.lots, held.lots)]), eq(position.lots, 0))
    } else {
        (all([le(position.lots, 0), lt(held.lots, position.lots)]), eq(position.lots, 0))
    };
    claim(Of::I7, "position-shrinks", less, same);
}

fn charge() {
    let mut risk = Risk::default();
    given::charge(&mut risk);
    let (total, notional) = (atoms("total", 10_000), Atoms(word("notional", 59, 5_000_000)));
    let result = Charge::split(&risk, total, notional);
    let Some(charge) = always_fitting(result, |charge| lt(charge.insurance, power(59))) else { return };
    let sum = e(charge.treasury) + e(charge.flagger) + e(charge.liquidator) + e(charge.insurance);
    claim(Of::I1, "sums-to-the-total", eq(&sum, total), eq(e(charge.treasury) + e(charge.flagger), total));
    let full = |share: Ratio, part: Atoms| le(e(share) * e(notional), e(part) * power(32));
    claim(
        Of::I8,
        "treasury-first",
        any([full(risk.charge_treasury, charge.treasury), eq(charge.treasury, total)]),
        full(risk.charge_treasury, charge.treasury),
    );
    let most = |share: Ratio, part: Atoms| le(e(part) * power(32), e(share) * e(notional));
    claim(
        Of::I10,
        "keepers-at-most-their-parts",
        all([most(risk.charge_flagger, charge.flagger), most(risk.charge_liquidator, charge.liquidator)]),
        most(risk.charge_treasury, charge.treasury),
    );
}

fn throttle() {
    let mut risk = Risk::default();
    let before = given::throttle(&mut risk);
    let mut bucket = before;
    let notional = Atoms(word("notional", 59, 5_000_000));
    let Some(()) = fitting(bucket.take(&risk, notional)) else { return };
    claim(
        Of::I2,
        "overdrawn-by-at-most-its-size",
        all([le(-e(risk.throttle_capacity), bucket.capacity), le(bucket.capacity, before.capacity)]),
        le(0, bucket.capacity),
    );
}

fn refill() {
    let mut risk = Risk::default();
    let before = given::throttle(&mut risk);
    // A count of seconds that is a term: only `lit` is done with it.
    let seconds = words::machine_number(&given::input("seconds", 0, 1u64 << 40, 60));
    let now = i64::try_from(seconds).unwrap_or(i64::MAX);
    let result = before.refilled(&risk, now);
    let Some(after) = always_fitting(result, |after| lt(after.capacity, power(58))) else { return };
    claim(
        Of::I2,
        "never-above-its-size",
        all([le(after.capacity, risk.throttle_capacity), le(before.capacity, after.capacity)]),
        lt(after.capacity, risk.throttle_capacity),
    );
}
