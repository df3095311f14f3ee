//! Orders: the fee, and what becomes of it.

use plimsoll_engine::order::{Order, Request, split_fee};
use terms::Formula;

use super::prelude::*;

/// What is explored here.
pub const LIST: &[Transition] = &[
    Transition { name: "place", run: place },
    Transition { name: "fire", run: fire },
    Transition { name: "end-order", run: end },
];

fn place() {
    let price = given::price();
    let mut risk = Risk::default();
    risk.fee = ratio("fee", 0, ONE / 50, ONE / 2_000);
    risk.execution_fee = Atoms(bounded("execution_fee", 0, 10_000_000, 5_000));
    let market = given::market(risk, price, Book::default());
    let mut cash = atoms("cash", 5_000_000);
    let size = Size(word("size", 59, 5));
    let buys = either();
    let lots = Lots(words::Term::of(if buys { e(size).0 } else { (-e(size)).0 }));
    let request = Request { lots, limit: ticks("limit", 60_000), reduce_only: false, trigger: None };
    cap(le(e(size) * e(price.oracle), power(59)));
    cap(le(e(size) * e(request.limit), power(60)));
    let before = cash;
    let Some(order) = fitting(Order::place(&mut cash, &market, &request, 1, 0)) else { return };
    claim(Of::I1, "conserves", eq(before, e(cash) + e(order.fee)), eq(before, cash));
    claim(Of::I2, "cash-not-negative", le(0, cash), lt(0, cash));
    claim(
        Of::I10,
        "fee-rounds-up",
        le(e(risk.fee) * e(size) * e(price.oracle) + e(risk.execution_fee) * power(32), e(order.fee) * power(32)),
        le(e(order.fee) * power(32), e(risk.fee) * e(size) * e(price.oracle)),
    );
    claim(Of::I2, "tip-within-the-fee", le(order.execution_fee, order.fee), lt(order.execution_fee, order.fee));
}

/// A trigger, with an update published before the order or after it, fresh or not, and a market that has seen less or more,
/// halted or in a settlement.
fn fire() {
    const PLACED: i64 = 1_000;
    const NOW: i64 = 1_050;
    let (trigger, above) = (ticks("trigger", 49_000), either());
    let order = Order {
        trigger,
        trigger_above: u8::from(above),
        placed_at: PLACED,
        lots: Lots(words::Term::of(given::input("lots", -(1i64 << 59), 1i64 << 59, -5))),
        limit: ticks("limit", 40_000),
        ..Order::default()
    };
    let mut risk = Risk::default();
    (risk.max_price_age, risk.clock_lag) = (30, 2);
    let published = [PLACED - 1, PLACED, PLACED + 1, NOW - 31, NOW - 30, NOW, NOW + 2, NOW + 3][choose(8)];
    let update = Price { publish_time: published, ..Price { oracle: ticks("update", 48_000), ..Price::default() } };
    let seen = [NOW - 10, NOW + 1][choose(2)];
    let market = Market { status: [2, 3][choose(2)], ..given::market(risk, Price::default(), Book::default()) };
    let market = Market { price: Price { publish_time: seen, ..given::price() }, ..market };
    let mut after = order;
    let Ok(fired) = after.fire(&market, &update, NOW) else {
        let same = (after.placed_at, after.trigger_above) == (PLACED, order.trigger_above);
        claim(
            Of::I10,
            "what-is-refused-changes-nothing",
            all([Formula::Const(same), eq(after.trigger, trigger)]),
            eq(after.trigger, update.oracle),
        );
        return;
    };
    let newer = published > PLACED && published <= NOW + 2 && published + 30 >= NOW && market.status == 2;
    claim(Of::I10, "by-a-newer-fresh-price", Formula::Const(newer), Formula::Const(published < NOW));
    claim(
        Of::I10,
        "that-reached-it",
        if above { le(trigger, update.oracle) } else { le(update.oracle, trigger) },
        eq(trigger, update.oracle),
    );
    let at = NOW.max(published).max(seen);
    claim(
        Of::I10,
        "then-it-is-an-order-of-now",
        all([
            Formula::Const(after.placed_at == at && fired.placed_at == at && after.trigger().is_none()),
            eq(after.lots, order.lots),
            eq(after.limit, order.limit),
        ]),
        Formula::Const(after.placed_at == NOW),
    );
}

fn end() {
    let order = Order { fee: atoms("fee", 7_500), execution_fee: atoms("tip", 5_000), ..Order::default() };
    assume(le(order.execution_fee, order.fee));
    let executor = either();
    let result = split_fee(&order, executor);
    let Some((tip, rest)) = always_fitting(result, |(tip, _)| lt(tip, power(59))) else { return };
    claim(Of::I1, "conserves", eq(e(tip) + e(rest), order.fee), eq(rest, order.fee));
    claim(
        Of::I10,
        "no-tip-without-executor",
        if executor { eq(tip, order.execution_fee) } else { eq(tip, 0) },
        eq(tip, 0),
    );
}
