//! The insurance fund: draws and sweeps.

use super::prelude::*;

/// What is explored here.
pub const LIST: &[Transition] = &[Transition { name: "draw", run: draw }, Transition { name: "sweep", run: sweep }];

fn fund(market: &Market) -> Insurance {
    let fund = Insurance {
        shared: atoms("shared", 900_000),
        own: atoms("own", 700_000),
        shares: word("shares", 60, 5),
        ..Insurance::default()
    };
    assume(le(market.insurance_own, fund.own));
    fund
}

fn draw() {
    let mut market = Market { insurance_own: atoms("market_own", 300_000), ..Market::default() };
    market.book.treasury = atoms("treasury", 3_000_000);
    market.book.deficit = atoms("deficit", 800_000);
    market.risk.insurance_cap = Atoms(bounded("insurance_cap", 0, 1 << 59, 400_000));
    market.risk.insurance_window = 60;
    market.insurance_drawn = Atoms(bounded("drawn", 0, 1 << 59, 100_000));
    // Within the window, or after it.
    let renewed = either();
    let now = if renewed { 60 } else { 59 };
    // Without shares: what a draw does to them is tried on all inputs (`insurance/draw`).
    let mut fund = Insurance { shares: words::lit(0), ..fund(&market) };
    let (old, before) = (fund, market);
    let Some(draw) = fitting(fund.draw(&mut market, now)) else { return };
    let deficit = before.book.deficit;
    let (vaults, after) =
        (e(old.shared) + e(old.own) + e(before.book.treasury), e(fund.shared) + e(fund.own) + e(market.book.treasury));
    claim(Of::I1, "conserves", eq(&vaults, &after), eq(&vaults, after.clone() + e(draw.providers)));
    claim(
        Of::I1,
        "own-parts-agree",
        eq(e(old.own) - e(before.insurance_own), e(fund.own) - e(market.insurance_own)),
        eq(old.own, fund.own),
    );
    claim(
        Of::I2,
        "no-balance-below-zero",
        all([le(0, fund.shared), le(0, fund.own), le(0, market.insurance_own), le(market.insurance_own, fund.own)]),
        lt(0, fund.shared),
    );
    claim(Of::I8, "own-first", any([eq(draw.shared, 0), eq(market.insurance_own, 0)]), eq(draw.shared, 0));
    let drawn = if renewed { e(0) } else { e(before.insurance_drawn) };
    let spent = any([eq(fund.shared, 0), le(before.risk.insurance_cap, drawn.clone() + e(draw.shared))]);
    claim(
        Of::I8,
        "providers-last",
        any([eq(draw.providers, 0), all([eq(market.insurance_own, 0), spent])]),
        any([eq(draw.providers, 0), eq(fund.shared, 0)]),
    );
    claim(
        Of::I8,
        "capped-per-window",
        any([eq(draw.shared, 0), le(market.insurance_drawn, market.risk.insurance_cap)]),
        lt(market.insurance_drawn, market.risk.insurance_cap),
    );
    claim(
        Of::I8,
        "whole-deficit-answered",
        all([eq(e(draw.own) + e(draw.shared) + e(draw.providers), deficit), eq(market.book.deficit, 0)]),
        eq(e(draw.own) + e(draw.shared), deficit),
    );
}

fn sweep() {
    let mut market = Market { insurance_own: atoms("market_own", 300_000), ..Market::default() };
    market.book.fees = atoms("fees", 12_345);
    let mut fund = fund(&market);
    let (old, before) = (fund, market);
    let Some(swept) = fitting(fund.sweep(&mut market)) else { return };
    let whole = |fund: &Insurance, market: &Market| e(fund.shared) + e(fund.own) + e(market.book.fees);
    claim(
        Of::I1,
        "conserves",
        eq(whole(&old, &before), whole(&fund, &market)),
        eq(whole(&old, &before), whole(&fund, &market) + e(swept)),
    );
    claim(
        Of::I1,
        "own-parts-agree",
        eq(e(old.own) - e(before.insurance_own), e(fund.own) - e(market.insurance_own)),
        eq(old.own, fund.own),
    );
    claim(Of::I10, "stakers-unmoved", all([eq(old.shared, fund.shared), eq(old.shares, fund.shares)]), eq(swept, 0));
}
