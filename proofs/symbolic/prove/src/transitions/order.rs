//! Orders: the fee, and what becomes of it.

use plimsoll_engine::order::{Order, Request, split_fee};

use super::prelude::*;

/// What is explored here.
pub const LIST: &[Transition] = &[Transition { name: "place", run: place }, Transition { name: "end-order", run: end }];

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
