//! Shares of the liquidity providers and of the insurance stakers.

use plimsoll_engine::shares::{issue, provide, stake};

use super::prelude::*;

/// What is explored here.
pub const LIST: &[Transition] = &[
    Transition { name: "issue", run: issued },
    Transition { name: "provide", run: provided },
    Transition { name: "stake", run: staked },
];

/// What exists on paper of a pool and of its shares.
const VIRTUAL: i64 = 1_000_000;

/// A pool's worth and supply, whose price of a share is at least a millionth of the first one.
fn pool() -> (Atoms, words::U64) {
    let (value, supply) = (atoms("value", 2_000_000), word("supply", 60, 1_500_000));
    (value, supply)
}

fn issued() {
    let (value, supply) = pool();
    let amount = atoms("amount", 300_000);
    cap(le(e(amount) * (e(supply) + VIRTUAL), (e(value) + VIRTUAL) * power(62)));
    let Some(shares) = fitting(issue(amount, value, supply)) else { return };
    let (worth, all_shares) = (e(value) + VIRTUAL, e(supply) + VIRTUAL);
    claim(
        Of::I10,
        "no-cheaper-than-before",
        le(e(shares) * worth.clone(), e(amount) * all_shares.clone()),
        lt(e(shares) * worth.clone(), e(amount) * all_shares.clone()),
    );
    // What the shares are worth right after is no more than what was paid for them.
    mention(e(shares) * e(value) + e(shares) * e(amount) + e(shares) * e(shares) + e(amount) * e(supply));
    claim(
        Of::I10,
        "worth-at-most-its-price",
        le(e(shares) * (worth.clone() + e(amount)), e(amount) * (all_shares.clone() + e(shares))),
        le(e(amount) * (all_shares.clone() + e(shares)), e(shares) * (worth.clone() + e(amount))),
    );
    claim(
        Of::I10,
        "others-lose-nothing",
        le(worth.clone() * (all_shares.clone() + e(shares)), (worth.clone() + e(amount)) * all_shares.clone()),
        lt(worth.clone() * (all_shares.clone() + e(shares)), (worth + e(amount)) * all_shares),
    );
    claim(Of::I2, "some-shares", le(1, shares), lt(1, shares));
}

fn provided() {
    let price = given::price();
    let mut book = given::book(&[price.oracle]);
    book.deficit = atoms("deficit", 0);
    let mut risk = Risk::default();
    given::skew(&mut risk, &book);
    risk.minimum_lp_deposit = Atoms(bounded("minimum", 1_000_000, 1 << 59, 1_000_000));
    let mut market = given::market(risk, price, book);
    market.lp_shares = word("supply", 60, 1_500_000);
    let amount = atoms("amount", 3_000_000);
    // A share is worth at least a quarter of what the first one was.
    if let Ok(nav) = market.nav()
        && !nav.is_negative()
    {
        cap(le(e(market.lp_shares) + VIRTUAL, (e(nav) + VIRTUAL) * 4));
    }
    let before = market;
    let Some(issued) = fitting(provide(&mut market, amount, 0)) else { return };
    claim(
        Of::I1,
        "conserves",
        eq(e(before.book.treasury) + e(amount), market.book.treasury),
        eq(before.book.treasury, market.book.treasury),
    );
    claim(
        Of::I1,
        "supply-follows",
        eq(e(before.lp_shares) + e(issued.shares), market.lp_shares),
        eq(issued.shares, amount),
    );
    claim(Of::I2, "pool-is-worth-something", all([le(0, issued.value), le(1, issued.shares)]), lt(0, issued.value));
    claim(Of::I8, "no-deficit-is-pending", eq(before.book.deficit, 0), lt(0, before.lp_shares));
    let (Some(then), Some(now)) = (fitting(before.nav()), fitting(market.nav())) else { return };
    claim(Of::I10, "nav-grows-by-the-deposit", eq(e(then) + e(amount), now), eq(then, now));
}

fn staked() {
    let mut fund = Insurance {
        shared: atoms("shared", 2_000_000),
        own: atoms("own", 5),
        shares: word("supply", 60, 1_500_000),
        ..Insurance::default()
    };
    let amount = atoms("amount", 3_000_000);
    cap(le(e(fund.shares) + VIRTUAL, (e(fund.shared) + VIRTUAL) * 4));
    let before = fund;
    let Some(issued) = fitting(stake(&mut fund, amount)) else { return };
    claim(
        Of::I1,
        "conserves",
        eq(e(before.shared) + e(before.own) + e(amount), e(fund.shared) + e(fund.own)),
        eq(before.shared, fund.shared),
    );
    claim(Of::I1, "supply-follows", eq(e(before.shares) + e(issued.shares), fund.shares), eq(issued.shares, amount));
    claim(Of::I10, "markets-unmoved", eq(before.own, fund.own), eq(fund.own, 0));
}
