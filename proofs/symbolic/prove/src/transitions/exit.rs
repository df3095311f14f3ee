//! Leaving a pool, and cash that leaves an account.

use plimsoll_engine::{
    exit::{Exit, STAKE_COOLDOWN, redeem, unstake},
    shares::worth,
    withdraw::withdraw,
};

use super::prelude::*;

/// What is explored here.
pub const LIST: &[Transition] = &[
    Transition { name: "worth", run: worth_of },
    Transition { name: "redeem", run: redeemed },
    Transition { name: "unstake", run: unstaked },
    Transition { name: "withdraw", run: withdrawn },
    Transition { name: "collect", run: collected },
    Transition { name: "keepers-floor", run: floor },
];

const VIRTUAL: i64 = 1_000_000;

fn worth_of() {
    let (value, supply) = (atoms("value", 2_000_000), word("supply", 60, 1_500_000));
    let shares = word("shares", 60, 400_000);
    assume(le(shares, supply));
    let Some(paid) = always_fitting(worth(shares, value, supply), |paid| lt(paid, power(59))) else { return };
    claim(Of::I2, "at-most-the-pool", le(paid, value), lt(paid, value));
    let (pool, all_shares) = (e(value) + VIRTUAL, e(supply) + VIRTUAL);
    claim(
        Of::I10,
        "at-most-its-share",
        le(e(paid) * all_shares.clone(), e(shares) * pool.clone()),
        lt(e(paid) * all_shares.clone(), e(shares) * pool.clone()),
    );
    claim(
        Of::I10,
        "others-lose-nothing",
        le(pool.clone() * (all_shares.clone() - e(shares)), (pool.clone() - e(paid)) * all_shares.clone()),
        lt(pool.clone() * (all_shares.clone() - e(shares)), (pool - e(paid)) * all_shares),
    );
}

/// A request at another time's price.
fn requested() -> (Exit, words::U64) {
    let exit = Exit {
        shares: word("requested", 60, 500_000),
        value: atoms("value_then", 1_900_000),
        supply: word("supply_then", 60, 1_400_000),
        time: 0,
    };
    let held = word("held", 60, 600_000);
    assume(all([le(exit.shares, held), le(exit.shares, exit.supply)]));
    (exit, held)
}

fn redeemed() {
    let price = given::price();
    let mut book = given::book(&[price.oracle]);
    book.deficit = atoms("deficit", 0);
    let mut risk = Risk::default();
    given::skew(&mut risk, &book);
    risk.stress = ratio("stress", ONE / 100, ONE, ONE / 10);
    let mut market = given::market(risk, price, book);
    market.lp_shares = word("supply", 60, 1_500_000);
    let (mut exit, mut held) = requested();
    let shares = word("shares", 60, 400_000);
    let (before, had) = (market, held);
    let Some(redeemed) = fitting(redeem(&mut exit, &mut held, &mut market, shares, false, 0)) else { return };
    claim(
        Of::I1,
        "conserves",
        eq(before.book.treasury, e(market.book.treasury) + e(redeemed.paid)),
        eq(before.book.treasury, market.book.treasury),
    );
    claim(
        Of::I1,
        "supply-follows",
        all([eq(before.lp_shares, e(market.lp_shares) + e(shares)), eq(had, e(held) + e(shares))]),
        eq(market.lp_shares, 0),
    );
    claim(
        Of::I10,
        "at-the-lower-price",
        all([
            le(redeemed.paid, redeemed.at_request),
            le(redeemed.paid, redeemed.at_exit),
            le(redeemed.paid, redeemed.value),
        ]),
        eq(redeemed.paid, redeemed.at_exit),
    );
    claim(Of::I8, "no-deficit-is-pending", eq(before.book.deficit, 0), eq(redeemed.paid, 1));
    let Some(nav) = fitting(market.nav()) else { return };
    let stressed = e(risk.stress) * (e(book.long.lots) - e(book.short.lots)) * e(price.oracle);
    claim(
        Of::I10,
        "coverage-remains",
        all([le(stressed.clone(), e(nav) * power(32)), le(-stressed.clone(), e(nav) * power(32))]),
        eq(nav, 0),
    );
}

fn unstaked() {
    let mut fund = Insurance {
        shared: atoms("shared", 2_000_000),
        own: atoms("own", 5),
        shares: word("supply", 60, 1_500_000),
        ..Insurance::default()
    };
    let (mut exit, mut held) = requested();
    let shares = word("shares", 60, 400_000);
    let (before, had) = (fund, held);
    let result = unstake(&mut exit, &mut held, &mut fund, shares, false, STAKE_COOLDOWN.into());
    let Some(redeemed) = always_fitting(result, |redeemed| lt(redeemed.paid, power(59))) else { return };
    claim(Of::I1, "conserves", eq(before.shared, e(fund.shared) + e(redeemed.paid)), eq(before.shared, fund.shared));
    claim(
        Of::I1,
        "supply-follows",
        all([eq(before.shares, e(fund.shares) + e(shares)), eq(had, e(held) + e(shares))]),
        eq(fund.shares, 0),
    );
    claim(
        Of::I10,
        "at-the-lower-price",
        all([le(redeemed.paid, redeemed.at_request), le(redeemed.paid, redeemed.at_exit)]),
        eq(redeemed.paid, redeemed.at_exit),
    );
    claim(Of::I10, "markets-unmoved", eq(before.own, fund.own), eq(fund.own, 0));
}

fn withdrawn() {
    let (equity, requirement) = (pnl("equity", 4_000), atoms("requirement", 1_000));
    let initial = Initial { equity, requirement };
    let mut cash = atoms("cash", 5_000);
    let (before, amount) = (cash, atoms("amount", 300));
    let result = withdraw(&mut cash, &initial, amount, false);
    let Some(report) = always_fitting(result, |report| lt(report.amount, power(59))) else { return };
    claim(Of::I1, "conserves", eq(before, e(cash) + e(report.amount)), eq(before, cash));
    claim(Of::I2, "cash-not-negative", le(0, cash), lt(0, cash));
    claim(
        Of::I5,
        "initial-margin-remains",
        le(requirement, e(equity) - e(amount)),
        lt(requirement, e(equity) - e(amount)),
    );
}

fn collected() {
    let price = given::price();
    let mut book = given::book(&[price.oracle]);
    book.insurance_claim = atoms("insurance_claim", 700);
    let mut risk = Risk::default();
    given::skew(&mut risk, &book);
    let mut market = given::market(risk, price, book);
    market.insurance_own = atoms("market_own", 300_000);
    let mut fund = Insurance { own: atoms("own", 700_000), ..Insurance::default() };
    let (old, before) = (fund, market);
    let Some(paid) = fitting(fund.collect(&mut market, 0)) else { return };
    claim(
        Of::I1,
        "conserves",
        eq(e(old.own) + e(before.book.treasury), e(fund.own) + e(market.book.treasury)),
        eq(old.own, fund.own),
    );
    claim(Of::I8, "at-most-the-claim", le(paid, before.book.insurance_claim), lt(paid, before.book.insurance_claim));
    let (Some(then), Some(now)) = (fitting(before.nav()), fitting(market.nav())) else { return };
    claim(Of::I8, "nav-unmoved", all([eq(then, now), le(0, then)]), lt(0, then));
}

fn floor() {
    let mut risk = Risk::default();
    given::charge(&mut risk);
    risk.minimum_position = Size(word("minimum_position", 59, 10));
    let price = given::price();
    cap(le(e(risk.minimum_position) * e(price.oracle), power(59)));
    let mut market = given::market(risk, price, Book::default());
    market.insurance_own = atoms("market_own", 300_000);
    let mut fund = Insurance {
        own: atoms("own", 700_000),
        shared: atoms("shared", 900_000),
        floor_paid: atoms("floor_paid", 0),
        ..Insurance::default()
    };
    assume(le(market.insurance_own, fund.own));
    let old = fund;
    let Some(floor) = fitting(fund.keepers_floor(&mut market, 0)) else { return };
    let keepers = e(floor.flagger) + e(floor.liquidator);
    claim(
        Of::I1,
        "conserves",
        eq(e(old.own) + e(old.shared), e(fund.own) + e(fund.shared) + keepers.clone()),
        eq(old.shared, fund.shared),
    );
    claim(
        Of::I8,
        "at-most-one-charge",
        le(keepers.clone() * power(32), e(risk.charge) * e(risk.minimum_position) * e(price.oracle)),
        eq(keepers, 0),
    );
    claim(Of::I8, "own-part-first", any([eq(floor.shared, 0), eq(market.insurance_own, 0)]), eq(floor.shared, 0));
    claim(
        Of::I2,
        "no-balance-below-zero",
        all([le(0, fund.own), le(0, fund.shared), le(market.insurance_own, fund.own)]),
        lt(0, fund.shared),
    );
}
