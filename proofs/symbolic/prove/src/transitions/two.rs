//! Accounts with legs in two markets: whoever closes or marks does not choose which market bears what.

use plimsoll_engine::{bankruptcy::close_bankrupt, mark::mark};
use terms::Formula;

use super::prelude::*;

/// What is explored here.
pub const LIST: &[Transition] = &[
    Transition { name: "bankrupt-two-losses", run: || bankrupt(true) },
    Transition { name: "bankrupt-two-mixed", run: || bankrupt(false) },
    Transition { name: "mark-two-losses", run: || marked(true) },
    Transition { name: "mark-two-mixed", run: || marked(false) },
];

/// A market with names of its own, and a position in it that gains or loses.
fn leg(name: &str, long: bool, gains: bool) -> (Market, Position) {
    let of = |part: &str| format!("{name}_{part}");
    let price = Price { oracle: ticks(&of("price"), 50_000), ..Price::default() };
    let mut book = Book { treasury: atoms(&of("treasury"), 3_000_000), ..Book::default() };
    book.long = given::side(&of("long"), &[price.oracle], 40, 2_000_500);
    book.short = given::side(&of("short"), &[price.oracle], 30, -1_500_700);
    book.deficit = atoms(&of("deficit"), 0);
    book.insurance_claim = atoms(&of("claim"), 0);
    let mut risk = Risk::default();
    risk.skew = Reciprocal(bounded(&of("skew"), 1 << 38, 1 << 63, 1 << 60));
    for side in [&book.long, &book.short] {
        assume(le(e(side.lots) * e(risk.skew), power(90)));
    }
    let position = given::position(&book, long, &of("held"));
    let worth = worth(&position, price.oracle);
    assume(if gains { lt(0, worth) } else { lt(worth, 0) });
    // Profits count in full: what a weight or a cap changes is proved of one leg.
    (risk.profit_weight, risk.profit_cap) = (Ratio::ONE, Atoms(words::lit(1 << 59)));
    let market = Market { price: Price { ema: price.oracle, ..price }, ..given::market(risk, price, book) };
    (market, position)
}

fn worth(position: &Position, price: Ticks) -> Expr {
    e(position.lots) * e(price) - e(position.cost)
}

/// What an account and both treasuries have.
fn whole(cash: Atoms, one: &Market, two: &Market) -> Expr {
    e(cash) + e(one.book.treasury) + e(two.book.treasury)
}

/// That a share of `cash` over `losses` is exact but for an atom.
fn even(share: &Expr, loss: &Expr, cash: &Expr, losses: &Expr) -> Formula {
    let (paid, due) = (share.clone() * losses, cash.clone() * loss);
    all([le(paid.clone() - losses, due.clone()), le(due - losses, paid)])
}

fn marked(both_lose: bool) {
    let (mut one, mut held) = leg("a", true, !both_lose);
    let (mut two, mut sold) = leg("b", false, false);
    let mut cash = atoms("cash", 10_000);
    let before = (cash, one, two, held, sold);
    let mut legs = [Leg { position: &mut held, market: &mut one }, Leg { position: &mut sold, market: &mut two }];
    let Some([first, second, ..]) = fitting(mark(&mut cash, &mut legs)) else { return };
    let then = whole(before.0, &before.1, &before.2);
    claim(Of::I1, "conserves", eq(&then, whole(cash, &one, &two)), eq(before.0, cash));
    claim(
        Of::I1,
        "each-treasury-by-its-own-payment",
        all([
            eq(e(one.book.treasury) + e(first), before.1.book.treasury),
            eq(e(two.book.treasury) + e(second), before.2.book.treasury),
        ]),
        eq(two.book.treasury, before.2.book.treasury),
    );
    let paid_in = all([le(0, cash), le(0, one.book.treasury), le(0, two.book.treasury)]);
    claim(Of::I2, "no-balance-below-zero", paid_in, lt(0, cash));
    let unmoved = |market: &Market, position: &Position, old: &Position, paid: Pnl| {
        eq(worth(old, market.price.oracle), worth(position, market.price.oracle) + e(paid))
    };
    claim(
        Of::I10,
        "equity-unmoved",
        all([unmoved(&one, &held, &before.3, first), unmoved(&two, &sold, &before.4, second)]),
        eq(sold.cost, before.4.cost),
    );
    let loss = -worth(&before.4, two.price.oracle);
    let pays = -e(second);
    if both_lose {
        let other = -worth(&before.3, one.price.oracle);
        let (sum, cash_then) = (other.clone() + &loss, e(before.0));
        claim(
            Of::I8,
            "all-that-is-owed-or-there",
            any([all([eq(-e(first), &other), eq(&pays, &loss)]), eq(cash, 0)]),
            all([eq(-e(first), &other), eq(&pays, &loss)]),
        );
        claim(
            Of::I8,
            "pro-rata-within-an-atom",
            any([
                le(&sum, &cash_then),
                all([even(&-e(first), &other, &cash_then, &sum), even(&pays, &loss, &cash_then, &sum)]),
            ]),
            any([le(&sum, &cash_then), eq(pays * &sum, cash_then * &loss)]),
        );
    } else {
        let (gain, had) = (worth(&before.3, one.price.oracle), e(before.0) + e(first));
        claim(Of::I10, "at-most-the-profit", all([le(0, first), le(first, &gain)]), eq(first, &gain));
        // A profit that is paid pays the loss, whichever leg comes first.
        claim(Of::I8, "profits-first", eq(&pays, loss.min(&had)), eq(&pays, loss.min(before.0)));
    }
}

fn bankrupt(both_lose: bool) {
    let (mut one, mut held) = leg("a", true, !both_lose);
    let (mut two, mut sold) = leg("b", false, false);
    for (market, name) in [(&mut one, "a"), (&mut two, "b")] {
        // A bucket that holds all: what it takes is proved of the bucket.
        market.risk.throttle_capacity = Atoms(words::lit(1 << 59));
        market.risk.cascade_cap = Ratio(words::lit(3 * ONE));
        market.throttle.capacity = pnl(&format!("{name}_capacity"), 500_000);
        assume(all([le(market.throttle.capacity, power(59)), le(-power(59), market.throttle.capacity)]));
    }
    let mut cash = atoms("cash", 100);
    let before = (cash, one, two, held, sold);
    let mut legs = [Leg { position: &mut held, market: &mut one }, Leg { position: &mut sold, market: &mut two }];
    let Some([first, second, ..]) = fitting(close_bankrupt(&mut cash, &mut legs, 0, None)) else { return };
    let then = whole(before.0, &before.1, &before.2);
    claim(Of::I1, "conserves", eq(&then, whole(cash, &one, &two)), eq(before.0, cash));
    let empty = [eq(cash, 0), eq(held.lots, 0), eq(held.cost, 0), eq(sold.lots, 0), eq(sold.cost, 0)];
    claim(Of::I2, "ends-with-nothing", all(empty), eq(before.0, 0));
    let (profit, other) = (worth(&before.3, before.1.price.oracle), -worth(&before.3, before.1.price.oracle));
    let loss = -worth(&before.4, before.2.price.oracle);
    claim(
        Of::I8,
        "each-deficit-is-its-markets",
        all([
            eq(one.book.deficit, e(before.1.book.deficit) + e(first.deficit)),
            eq(two.book.deficit, e(before.2.book.deficit) + e(second.deficit)),
            eq(e(second.deficit) - e(second.settled), &loss),
            if both_lose { eq(e(first.deficit) - e(first.settled), &other) } else { eq(first.deficit, 0) },
        ]),
        eq(two.book.deficit, before.2.book.deficit),
    );
    claim(
        Of::I1,
        "each-treasury-by-its-own-payment",
        all([
            eq(e(one.book.treasury) + e(first.settled), before.1.book.treasury),
            eq(e(two.book.treasury) + e(second.settled), before.2.book.treasury),
        ]),
        eq(two.book.treasury, before.2.book.treasury),
    );
    if both_lose {
        let sum = other.clone() + &loss;
        claim(Of::I5, "solvent-is-refused", le(before.0, &sum), lt(before.0, &sum));
        let cash = e(before.0);
        claim(
            Of::I8,
            "pro-rata-within-an-atom",
            all([even(&-e(first.settled), &other, &cash, &sum), even(&-e(second.settled), &loss, &cash, &sum)]),
            eq(-e(second.settled) * &sum, cash * &loss),
        );
    } else {
        let insured = e(one.book.insurance_claim) - e(before.1.book.insurance_claim);
        claim(
            Of::I8,
            "an-unpaid-profit-is-insurances",
            all([eq(&insured, first.claim), eq(e(first.settled) + e(first.claim), &profit)]),
            eq(first.claim, 0),
        );
        claim(
            Of::I8,
            "profits-and-cash-before-a-deficit",
            eq(e(second.deficit), loss.clone() - e(before.0) - e(first.settled)),
            eq(e(second.deficit), loss - e(before.0)),
        );
    }
}
