//! Variation margin.

use super::prelude::*;

/// What is explored here.
pub const LIST: &[Transition] = &[
    Transition { name: "purse", run: purse },
    Transition { name: "purse-two", run: two },
    Transition { name: "settle", run: settle },
    Transition { name: "mark", run: one },
];

fn purse() {
    let mut purse = Purse { left: atoms("left", 1_000), losses: atoms("losses", 3_000) };
    let before = purse;
    let loss = atoms("loss", 1_700);
    assume(le(loss, purse.losses));
    let Some(share) = always_fitting(purse.pay(loss), |share| lt(share, power(59))) else { return };
    claim(Of::I1, "conserves", eq(before.left, e(purse.left) + e(share)), eq(before.left, e(purse.left) + e(loss)));
    claim(Of::I8, "at-most-the-loss", le(share, loss), lt(share, loss));
    claim(
        Of::I8,
        "short-stays-short",
        any([lt(before.losses, before.left), le(purse.left, purse.losses)]),
        lt(purse.left, purse.losses),
    );
    claim(
        Of::I8,
        "all-of-the-cash",
        any([lt(0, purse.losses), eq(purse.left, 0), lt(before.losses, before.left)]),
        eq(purse.left, 0),
    );
}

/// Two losses: the shares are all there is, whatever the order.
fn two() {
    let (one, two) = (atoms("one", 1_700), atoms("two", 1_300));
    let left = atoms("left", 1_000);
    let mut purse = Purse { left, losses: Atoms(words::Term::of((e(one) + e(two)).0)) };
    let first = always_fitting(purse.pay(one), |share| lt(share, power(59)));
    let second = always_fitting(purse.pay(two), |share| lt(share, power(59)));
    let (Some(first), Some(second)) = (first, second) else { return };
    let (paid, losses) = (e(first) + e(second), e(one) + e(two));
    claim(Of::I1, "all-that-is-owed-or-there", eq(paid.clone(), losses.min(left)), eq(paid.clone(), losses.clone()));
    claim(
        Of::I8,
        "nothing-left-while-losses-are",
        any([eq(purse.left, 0), eq(paid.clone(), losses.clone())]),
        eq(purse.left, 0),
    );
    let even = |share: Atoms, loss: Atoms| le(e(share) * losses.clone(), (e(left) + 1) * e(loss) + losses.clone());
    claim(
        Of::I8,
        "markets-differ-by-an-atom",
        any([
            le(losses.clone(), left),
            all([even(first, one), le(e(second) * losses.clone(), e(left) * e(two) + losses.clone())]),
        ]),
        any([le(losses.clone(), left), le(e(second) * losses.clone(), e(left) * e(two))]),
    );
}

fn settle() {
    let price = given::price();
    let mut book = given::book(&[price.oracle]);
    let mut risk = Risk::default();
    given::skew(&mut risk, &book);
    let mut position = given::position(&book, either(), "held");
    let paid = given::pnl("paid", 1_000);
    assume(le(paid, book.treasury));
    let (old, before) = (book, position);
    let Some(()) = fitting(book.settle(&mut position, paid)) else { return };
    claim(Of::I1, "conserves", eq(e(book.treasury) + e(paid), old.treasury), eq(book.treasury, old.treasury));
    claim(
        Of::I1,
        "totals-follow",
        all([
            eq(
                e(book.long.cost) + e(book.short.cost) - e(position.cost),
                e(old.long.cost) + e(old.short.cost) - e(before.cost),
            ),
            eq(book.long.lots, old.long.lots),
            eq(book.short.lots, old.short.lots),
        ]),
        eq(book.long.cost, old.long.cost),
    );
    claim(Of::I2, "treasury-not-negative", le(0, book.treasury), lt(0, book.treasury));
    let (Some(nav), Some(then)) = (fitting(book.nav(&risk, price.oracle)), fitting(old.nav(&risk, price.oracle)))
    else {
        return;
    };
    claim(Of::I10, "nav-unmoved", eq(nav, then), eq(e(nav) + e(paid), then));
}

fn one() {
    let mut price = given::price();
    price.ema = given::ticks("ema", 50_100);
    price.confidence = given::ticks("confidence", 20);
    let book = given::book(&[price.oracle, price.ema, price.confidence]);
    let mut risk = Risk::default();
    given::skew(&mut risk, &book);
    risk.profit_weight = given::ratio("profit_weight", 0, given::ONE, given::ONE);
    risk.profit_cap = Atoms(given::bounded("profit_cap", 0, 1 << 59, 1 << 40));
    let mut position = given::position(&book, either(), "held");
    let mut market: Market = given::market(risk, price, book);
    let mut cash = atoms("cash", 10_000);
    let (old, before, then) = (cash, position, market.book);
    let mut legs = [Leg { position: &mut position, market: &mut market }];
    let Some([paid, ..]) = fitting(plimsoll_engine::mark::mark(&mut cash, &mut legs)) else { return };
    let whole = |cash: Atoms, treasury: Atoms| e(cash) + e(treasury);
    claim(Of::I1, "conserves", eq(whole(old, then.treasury), whole(cash, market.book.treasury)), eq(old, cash));
    claim(Of::I2, "no-balance-below-zero", all([le(0, cash), le(0, market.book.treasury)]), lt(0, cash));
    let worth = |cash: Atoms, position: &Position| e(cash) + e(position.lots) * e(price.oracle) - e(position.cost);
    claim(Of::I10, "equity-unmoved", eq(worth(old, &before), worth(cash, &position)), eq(before.cost, position.cost));
    let full = worth(Atoms::ZERO, &before);
    claim(
        Of::I8,
        "pays-what-it-can",
        any([le(0, &full), eq(paid, &full), all([eq(cash, 0), eq(e(paid) + e(old), 0)])]),
        any([le(0, &full), eq(paid, &full)]),
    );
    claim(Of::I10, "at-most-the-profit", any([le(paid, 0), le(paid, &full)]), le(paid, 0));
}
