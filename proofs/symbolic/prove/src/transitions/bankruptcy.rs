//! Closing an account whose equity is zero or less.

use plimsoll_engine::bankruptcy::close_bankrupt;

use super::prelude::*;

/// What is explored here.
pub const LIST: &[Transition] = &[Transition { name: "bankrupt", run: one }];

fn one() {
    let price = given::price();
    let mut book = given::book(&[price.oracle]);
    book.deficit = atoms("deficit", 0);
    book.insurance_claim = atoms("insurance_claim", 0);
    let mut risk = Risk::default();
    given::skew(&mut risk, &book);
    let throttle = given::throttle(&mut risk);
    let mut position = given::position(&book, either(), "held");
    if either() {
        given::alone(&mut book, &position);
    }
    let mut market = Market { throttle, ..given::market(risk, price, book) };
    let mut cash = atoms("cash", 10_000);
    let (old, held, before) = (cash, position, market);
    let mut legs = [Leg { position: &mut position, market: &mut market }];
    let Some([closed, ..]) = fitting(close_bankrupt(&mut cash, &mut legs, 0, None)) else { return };
    let whole = |cash: Atoms, market: &Market| e(cash) + e(market.book.treasury);
    claim(Of::I1, "conserves", eq(whole(old, &before), whole(cash, &market)), eq(old, cash));
    claim(Of::I2, "ends-with-nothing", all([eq(cash, 0), eq(position.lots, 0), eq(position.cost, 0)]), eq(old, 0));
    let worth = e(held.lots) * e(price.oracle) - e(held.cost);
    claim(
        Of::I8,
        "deficit-is-what-nobody-paid",
        eq(worth.clone() + e(old) + e(closed.deficit), e(closed.claim)),
        eq(worth.clone() + e(old), e(closed.claim)),
    );
    claim(
        Of::I8,
        "all-of-the-cash-first",
        any([eq(closed.deficit, 0), eq(e(closed.settled) + e(old), 0)]),
        eq(closed.deficit, 0),
    );
    claim(
        Of::I8,
        "recorded-in-its-market",
        all([
            eq(market.book.deficit, e(before.book.deficit) + e(closed.deficit)),
            eq(market.book.insurance_claim, e(before.book.insurance_claim) + e(closed.claim)),
        ]),
        eq(market.book.deficit, before.book.deficit),
    );
    claim(Of::I5, "solvent-is-refused", le(worth.clone() + e(old), e(closed.claim)), lt(worth + e(old), 0));
}
