//! Settlement: positions, rounds and payments.

use plimsoll_engine::{
    market::status,
    settlement::{Round, fix, pay, settle, stage},
};

use super::prelude::*;

/// What is explored here.
pub const LIST: &[Transition] = &[
    Transition { name: "settle-position", run: position },
    Transition { name: "fix-first", run: first },
    Transition { name: "fix-second", run: second },
    Transition { name: "pay-claims", run: payments },
];

fn position() {
    let price = given::price();
    let mut book = given::book(&[price.oracle]);
    book.withheld = 1;
    let mut position = given::position(&book, either(), "held");
    if either() {
        given::alone(&mut book, &position);
    }
    let mut market = given::market(Risk::default(), price, book);
    market.status = status::SETTLING;
    market.settlement.price = price.oracle;
    market.settlement.open = 3;
    market.settlement.first.claims = atoms("claims", 9_000);
    let mut cash = atoms("cash", 10_000);
    let (old, held, before) = (cash, position, market);
    let Some(settled) = fitting(settle(&mut cash, &mut position, &mut market)) else { return };
    let whole = |cash: Atoms, market: &Market| e(cash) + e(market.book.treasury);
    claim(Of::I1, "conserves", eq(whole(old, &before), whole(cash, &market)), eq(old, cash));
    claim(Of::I2, "no-balance-below-zero", all([le(0, cash), le(0, market.book.treasury)]), lt(0, cash));
    let worth = e(held.lots) * e(price.oracle) - e(held.cost);
    if settled.done {
        claim(
            Of::I9,
            "whole-profit-is-the-claim",
            all([eq(settled.claim, worth.positive()), eq(position.lots, 0)]),
            eq(settled.claim, 0),
        );
        claim(Of::I9, "losers-pay-in-full", eq(e(settled.paid), (-worth).positive()), eq(settled.paid, 0));
    } else {
        claim(
            Of::I9,
            "principal-pays-no-more-than-the-loss",
            all([le(settled.paid, -worth.clone()), le(settled.paid, old)]),
            eq(settled.paid, 0),
        );
    }
    claim(
        Of::I9,
        "claims-are-registered",
        eq(market.settlement.first.claims, e(before.settlement.first.claims) + e(settled.claim)),
        eq(market.settlement.first.claims, before.settlement.first.claims),
    );
}

fn settling(fixed: u8) -> Market {
    let mut market = Market { status: status::SETTLING, ..Market::default() };
    market.book.treasury = atoms("treasury", 5_000);
    market.settlement.fixed = fixed;
    market.settlement.first.claims = atoms("claims", 9_000);
    market
}

fn first() {
    let mut market = settling(0);
    let Some(_) = always_fitting(fix(&mut market, 0), |fixed| lt(fixed.pot, power(59))) else { return };
    let round = market.settlement.first;
    claim(
        Of::I9,
        "pot-is-what-there-is",
        all([
            le(round.pot, round.claims),
            le(round.pot, market.book.treasury),
            any([eq(round.pot, round.claims), eq(round.pot, market.book.treasury)]),
        ]),
        eq(round.pot, round.claims),
    );
    claim(Of::I2, "all-of-it-is-reserved", eq(round.unpaid, round.pot), lt(0, round.unpaid));
}

fn second() {
    let mut market = settling(1);
    let round = &mut market.settlement.first;
    (round.pot, round.unpaid) = (atoms("pot", 5_000), atoms("unpaid", 2_000));
    assume(all([le(round.pot, round.claims), le(round.unpaid, round.pot), le(round.unpaid, market.book.treasury)]));
    market.settlement.second.claims = atoms("late", 3_000);
    let before = market.settlement;
    let Some(_) = always_fitting(fix(&mut market, 0), |fixed| lt(fixed.pot, power(59))) else { return };
    let round = market.settlement.second;
    let unmet = e(before.first.claims) - e(before.first.pot) + e(before.second.claims);
    claim(
        Of::I9,
        "rests-and-late-claims-share",
        all([eq(round.claims, unmet.clone()), le(round.pot, round.claims)]),
        eq(round.claims, before.second.claims),
    );
    claim(
        Of::I2,
        "first-round-stays-reserved",
        le(e(round.pot) + e(before.first.unpaid), market.book.treasury),
        le(e(round.pot) + e(before.first.pot), market.book.treasury),
    );
}

/// Two winners, in either order.
fn payments() {
    let mut market = settling(1);
    market.status = status::SETTLED;
    let mut book = given::book(&[]);
    (book.treasury, market.book.treasury) = (market.book.treasury, Atoms::ZERO);
    market.book = book;
    let round: &mut Round = &mut market.settlement.first;
    round.pot = atoms("pot", 5_000);
    round.unpaid = atoms("unpaid", 5_000);
    let registered = |name| Position {
        cost: Pnl(words::Term::of((-e(atoms(name, 2_000))).0)),
        stage: stage::REGISTERED,
        ..Position::default()
    };
    let (mut one, mut two) = (registered("claim_one"), registered("claim_two"));
    assume(all([le(1, -e(one.cost)), le(1, -e(two.cost))]));
    assume(le(-e(one.cost) - e(two.cost), round.claims));
    assume(all([le(round.pot, round.claims), le(round.unpaid, round.pot), le(round.unpaid, market.book.treasury)]));
    // What is not paid yet suffices for those who are not paid yet.
    mention((e(one.cost) + e(two.cost)) * e(round.pot));
    assume(le((-e(one.cost) - e(two.cost)) * e(round.pot), e(round.unpaid) * e(round.claims)));
    let (mut cash_one, mut cash_two) = (atoms("cash_one", 7), atoms("cash_two", 9));
    let (before, claims, olds) = (market, (-e(one.cost), -e(two.cost)), (cash_one, cash_two));
    let order = either();
    let first = if order {
        fitting(pay(&mut cash_one, &mut one, &mut market))
    } else {
        fitting(pay(&mut cash_two, &mut two, &mut market))
    };
    let Some(first) = first else { return };
    let second = if order {
        fitting(pay(&mut cash_two, &mut two, &mut market))
    } else {
        fitting(pay(&mut cash_one, &mut one, &mut market))
    };
    let Some(second) = second else { return };
    let (paid_one, paid_two) = if order { (first.first, second.first) } else { (second.first, first.first) };
    let settlement = &before.settlement.first;
    let fraction = |claim: &Expr, paid: Atoms| {
        let (exact, low) = (claim.clone() * e(settlement.pot), e(paid) * e(settlement.claims));
        all([le(low.clone(), exact.clone()), lt(exact, low + e(settlement.claims))])
    };
    claim(
        Of::I9,
        "one-fraction-whatever-the-order",
        all([fraction(&claims.0, paid_one), fraction(&claims.1, paid_two)]),
        eq(paid_one, paid_two),
    );
    claim(
        Of::I9,
        "never-more-than-the-claim",
        all([le(paid_one, &claims.0), le(paid_two, &claims.1)]),
        lt(paid_one, &claims.0),
    );
    let whole = e(before.book.treasury) + e(olds.0) + e(olds.1);
    let after = e(market.book.treasury) + e(cash_one) + e(cash_two);
    claim(Of::I1, "conserves", eq(whole, after), eq(before.book.treasury, market.book.treasury));
    claim(
        Of::I2,
        "pot-suffices",
        eq(e(market.settlement.first.unpaid) + e(paid_one) + e(paid_two), before.settlement.first.unpaid),
        eq(market.settlement.first.unpaid, 0),
    );
}
