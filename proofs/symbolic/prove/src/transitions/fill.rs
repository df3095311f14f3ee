//! Voluntary fills against the pool, each kind of its own: the account's other legs are two sums, the market's other
//! positions are the rest of its sides.

use plimsoll_engine::{
    order::Order,
    trade::{Filled, Rest, fill},
};

use super::prelude::*;

/// What is explored here.
pub const LIST: &[Transition] = &[
    Transition { name: "fill-open", run: open },
    Transition { name: "fill-add", run: add },
    Transition { name: "fill-reduce", run: reduce },
    Transition { name: "fill-close", run: close },
    Transition { name: "premium", run: skew_premium },
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Open,
    Add,
    Reduce,
    Close,
}

fn open() {
    of(Kind::Open);
}

fn add() {
    of(Kind::Add);
}

fn reduce() {
    of(Kind::Reduce);
}

fn close() {
    of(Kind::Close);
}

fn of(kind: Kind) {
    let (stored, update) = (given::price(), Price { oracle: ticks("update", 50_000), ..Price::default() });
    let book = given::book(&[stored.oracle, update.oracle]);
    let mut risk = Risk::default();
    given::skew(&mut risk, &book);
    risk.spread = ratio("spread", 0, ONE / 50, ONE / 2_000);
    risk.position_cap = Size(words::lit(1 << 59));
    (risk.skew_cap, risk.depth_cap, risk.position_share) = (risk.position_cap, Atoms(risk.position_cap.0), Ratio::ONE);
    risk.side_cap = Size(word("side_cap", 59, 1_000));
    risk.minimum_position = Size(words::lit(1));
    risk.stress = ratio("stress", ONE / 100, ONE, ONE / 10);
    risk.profit_weight = Ratio::ONE;
    risk.profit_cap = Atoms(words::lit(1 << 59));
    risk.initial_multiple = Ratio::ONE;
    risk.cascade_multiple = Ratio::ONE;
    risk.maintenance_floor = ratio("requirement", ONE / 500, ONE / 5, ONE / 50);
    risk.maintenance_cap = risk.maintenance_floor;
    let long = either();
    let position = if kind == Kind::Open { Position::default() } else { given::position(&book, long, "held") };
    let held = if long { e(position.lots) } else { -e(position.lots) };
    let size = if kind == Kind::Close { position.lots.size() } else { Size(word("size", 59, 5)) };
    assume(le(1, size));
    match kind {
        Kind::Open | Kind::Close => {}
        Kind::Add => assume(le(1, &held)),
        Kind::Reduce => assume(lt(size, &held)),
    }
    for price in [stored.oracle, update.oracle] {
        cap(le(e(size) * e(price), power(59)));
    }
    assume(le(e(size) * e(risk.skew), power(90)));
    let buys = long == matches!(kind, Kind::Open | Kind::Add);
    let order = Order {
        lots: Lots(words::Term::of(if buys { e(size).0 } else { (-e(size)).0 })),
        limit: ticks("limit", if buys { 90_000 } else { 10_000 }),
        ..Order::default()
    };
    cap(le(e(size) * e(order.limit), power(60)));
    let market = given::market(risk, stored, book);
    let cash = atoms("cash", 5_000_000);
    let Some(filled) = fitting(fill(cash, &rest(), &position, &market, &order, &update)) else { return };
    claims(&market, &position, cash, &filled, &update, kind);
}

/// The account's other legs: any sums with which this fill is accepted. What it does then does not depend on them.
fn rest() -> Rest {
    let mut rest = Rest::default();
    rest.health.equity = Pnl(words::Term::of(given::input("rest_equity", 1u64 << 61, 1u64 << 62, 1u64 << 61)));
    rest.health.maintenance = atoms("rest_maintenance", 1_000);
    let equity = given::input("rest_initial_equity", 5u64 << 60, 1u64 << 62, 5u64 << 60);
    rest.initial.equity = Pnl(words::Term::of(equity));
    rest.initial.requirement = atoms("rest_requirement", 2_000);
    rest
}

fn claims(market: &Market, position: &Position, cash: Atoms, filled: &Filled, update: &Price, kind: Kind) {
    let (before, after, price) = (&market.book, &filled.book, update.oracle);
    let moved = e(filled.settled);
    claim(
        Of::I1,
        "conserves",
        eq(e(cash) + e(before.treasury), e(filled.cash) + e(after.treasury)),
        all([eq(cash, filled.cash), lt(filled.spread, 1)]),
    );
    claim(
        Of::I1,
        "totals-follow",
        all([
            eq(lots(after) - e(filled.position.lots), lots(before) - e(position.lots)),
            eq(costs(after) - e(filled.position.cost), costs(before) - e(position.cost)),
        ]),
        eq(lots(after), lots(before)),
    );
    claim(Of::I2, "no-balance-below-zero", all([le(0, filled.cash), le(0, after.treasury)]), lt(0, after.treasury));
    let worth = |cash: Atoms, position: &Position| e(cash) + e(position.lots) * e(price) - e(position.cost);
    claim(
        Of::I10,
        "costs-premium-and-spread",
        eq(worth(cash, position) - e(filled.premium) - e(filled.spread), worth(filled.cash, &filled.position)),
        eq(worth(cash, position) - e(filled.premium), worth(filled.cash, &filled.position)),
    );
    if kind == Kind::Close {
        claim(
            Of::I10,
            "pays-no-more-than-the-profit",
            any([le(moved.clone(), 0), le(moved.clone(), before.treasury)]),
            le(moved, 0),
        );
    }
    let (Some(then), Some(now)) = (fitting(before.nav(&market.risk, price)), fitting(after.nav(&market.risk, price)))
    else {
        return;
    };
    claim(Of::I10, "providers-gain-the-spread", eq(e(then) + e(filled.spread), now), eq(then, now));
}

fn lots(book: &Book) -> Expr {
    e(book.long.lots) - e(book.short.lots)
}

fn costs(book: &Book) -> Expr {
    e(book.long.cost) + e(book.short.cost)
}

/// The premium is convex: who adds to the skew never pays less than who takes from it by the same trade.
fn skew_premium() {
    let price = ticks("price", 50_000);
    let mut risk = Risk::default();
    let mut book = Book::default();
    (book.long.lots, book.short.lots) = (Size(word("less", 59, 10)), Size(word("more", 59, 17)));
    given::skew(&mut risk, &book);
    for side in [&book.long, &book.short] {
        cap(le(e(side.lots) * e(price), power(59)));
    }
    assume(le(book.long.lots, book.short.lots));
    let of = |size: Size| fitting(premium(&risk, Lots(words::Term::of(e(size).0)), price));
    mention(e(book.long.lots) * e(price) * e(book.short.lots) * e(risk.skew));
    let (Some(less), Some(more)) = (of(book.long.lots), of(book.short.lots)) else { return };
    claim(Of::Monotone, "grows-with-the-skew", le(less, more), lt(less, more));
    let notional = e(book.short.lots) * e(price);
    claim(Of::I10, "at-most-the-notional", le(more, notional.clone()), lt(0, more));
}
