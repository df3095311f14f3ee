//! Requirements and what a leg counts for.

use plimsoll_engine::margin::{collectable, counted_initially, initial_requirement, leg_health, maintenance};

use super::prelude::*;

/// What is explored here.
pub const LIST: &[Transition] = &[
    Transition { name: "maintenance", run: requirement },
    Transition { name: "maintenance-size", run: of_size },
    Transition { name: "maintenance-model", run: of_model },
    Transition { name: "maintenance-slope", run: slope },
    Transition { name: "initial", run: initial },
    Transition { name: "initial-size", run: initial_of_size },
    Transition { name: "initial-equity", run: initial_equity },
    Transition { name: "leg-price", run: of_price },
    Transition { name: "collectable", run: collected },
    Transition { name: "collectable-two", run: collected_twice },
];

fn notional(name: &str) -> Atoms {
    Atoms(word(name, 59, 5_000_000))
}

/// The requirement of any notional fits: the ratio is at most one.
fn whole(risk: &Risk, notional: Atoms) -> Option<Atoms> {
    always_fitting(maintenance(risk, notional), |needed| lt(needed, power(58)))
}

fn requirement() {
    let mut risk = Risk::default();
    given::maintenance(&mut risk);
    let size = notional("notional");
    let Some(needed) = always_fitting(maintenance(&risk, size), |needed| lt(needed, power(58))) else { return };
    let scaled = e(needed) * power(32);
    claim(
        Of::I10,
        "at-least-the-floor",
        le(e(size) * e(risk.maintenance_floor), &scaled),
        le(e(size) * e(risk.base), &scaled),
    );
    let most = e(size) * e(risk.maintenance_cap) + power(32) - 1;
    claim(Of::I10, "at-most-the-cap", le(&scaled, most), le(&scaled, e(size) * e(risk.maintenance_floor)));
}

fn of_size() {
    let mut risk = Risk::default();
    given::maintenance(&mut risk);
    let (less, more) = (notional("less"), notional("more"));
    assume(le(less, more));
    let (Some(one), Some(two)) = (whole(&risk, less), whole(&risk, more)) else { return };
    claim(Of::Monotone, "grows-with-size", le(one, two), lt(one, two));
}

fn of_model() {
    let mut calm = Risk::default();
    given::maintenance(&mut calm);
    let mut wild = calm;
    wild.base = ratio("base_more", 0, 1 << 36, ONE / 40);
    wild.impact = Reciprocal(bounded("impact_more", 1 << 38, 1 << 63, 1 << 53));
    assume(le(calm.base, wild.base));
    assume(le(calm.impact, wild.impact));
    let size = notional("notional");
    mention(e(size) * e(calm.impact) + e(size) * e(wild.impact));
    let (Some(one), Some(two)) = (whole(&calm, size), whole(&wild, size)) else { return };
    claim(Of::Monotone, "grows-with-risk", le(one, two), lt(one, two));
}

/// How fast the requirement falls with the price, which decides who is liquidatable at two prices: less than notional, where
/// it is at most two fifths of it. Impact makes it fall up to twice as fast as its ratio is high.
fn slope() {
    let mut risk = Risk::default();
    given::maintenance(&mut risk);
    assume(le(e(risk.maintenance_cap) * 5, e(Ratio::ONE) * 2));
    let (less, more) = (notional("less"), notional("more"));
    // Prices that disagree are apart by more than the narrowest band.
    assume(lt(e(more), (e(more) - e(less)) * power(14)));
    mention((e(more) - e(less)) * e(risk.impact) * e(less));
    let of = |notional| always_fitting(maintenance(&risk, notional), |needed| lt(needed, power(56)));
    let (Some(one), Some(two)) = (of(less), of(more)) else { return };
    claim(
        Of::Monotone,
        "falls-no-faster-than-notional",
        le(e(two) - e(one), e(more) - e(less)),
        le((e(two) - e(one)) * 4, e(more) - e(less)),
    );
}

/// Parameters of initial margin besides those of maintenance.
fn multiples(risk: &mut Risk) {
    given::maintenance(risk);
    risk.base_model = ratio("base_model", 0, 1 << 36, ONE / 40);
    risk.impact_model = Reciprocal(bounded("impact_model", 1 << 38, 1 << 63, 1 << 53));
    risk.initial_multiple = ratio("initial_multiple", ONE + 1, 2 * ONE, 2 * ONE - ONE / 10);
    risk.crowd = ratio("crowd", 0, ONE, ONE / 10);
    risk.open_interest_ramp = bounded("ramp", 0, 1 << 57, 1 << 40);
    risk.cascade_multiple = ratio("cascade", ONE, 10 * ONE, ONE);
}

/// A book with one side's lots only, whose ramp is at most four.
fn crowded(risk: &Risk, name: &str, price: Ticks) -> Book {
    let mut book = Book::default();
    book.long.lots = Size(word(name, 59, 40));
    // A hundred times this fits: initial margin has multiples of up to a hundred.
    cap(le(e(book.long.lots) * e(price), power(56)));
    assume(le(e(book.long.lots) * e(risk.open_interest_ramp), power(67)));
    book
}

fn initial() {
    let mut risk = Risk::default();
    multiples(&mut risk);
    let price = ticks("price", 50_000);
    let book = crowded(&risk, "side_lots", price);
    let size = Size(word("size", 59, 7));
    assume(le(1, size));
    assume(le(size, book.long.lots));
    let Some(needed) = fitting(initial_requirement(&risk, &book, size, true, price)) else { return };
    let Some(least) = fitting(maintenance(&risk, Atoms((size.at(price)).map_or(size.0, |n| n.0)))) else { return };
    claim(Of::I5, "at-least-maintenance", le(least, needed), lt(needed, least));
}

fn initial_of_size() {
    let mut risk = Risk::default();
    multiples(&mut risk);
    let price = ticks("price", 50_000);
    let book = crowded(&risk, "side_lots", price);
    let (less, more) = (Size(word("less", 59, 7)), Size(word("more", 59, 9)));
    assume(le(less, more));
    assume(le(more, book.long.lots));
    let needed = |size| fitting(initial_requirement(&risk, &book, size, true, price));
    let (Some(one), Some(two)) = (needed(less), needed(more)) else { return };
    claim(Of::Monotone, "grows-with-size", le(one, two), lt(one, two));
}

/// Oracle, average and confidence.
pub fn prices() -> Price {
    Price { ema: ticks("ema", 50_100), confidence: ticks("confidence", 20), ..given::price() }
}

fn initial_equity() {
    let price = prices();
    let book = given::book(&[price.oracle, price.ema, price.confidence]);
    let mut risk = Risk::default();
    risk.profit_weight = ratio("profit_weight", 0, ONE, ONE - ONE / 5);
    risk.profit_cap = Atoms(bounded("profit_cap", 0, 1 << 59, 1 << 40));
    let position = given::position(&book, either(), "held");
    let Some(counted) = fitting(counted_initially(&position, &risk, &price)) else { return };
    let full = e(position.lots) * e(price.oracle) - e(position.cost);
    claim(Of::I10, "at-most-the-profit", le(counted, &full), lt(counted, &full));
    let average = e(position.lots) * e(price.ema) - e(position.cost);
    claim(Of::I10, "at-most-by-the-average", le(counted, &average), lt(counted, &average));
    claim(Of::I10, "at-most-the-cap", le(counted, risk.profit_cap), le(counted, 0));
}

fn of_price() {
    let (low, high) = (ticks("price_low", 49_000), ticks("price_high", 50_000));
    assume(le(low, high));
    let book = given::book(&[low, high]);
    let long = either();
    let position = given::position(&book, long, "held");
    let price = |oracle| Price { oracle, ..Price::default() };
    let mut risk = Risk::default();
    given::skew(&mut risk, &book);
    let (at_low, at_high) = (given::market(risk, price(low), book), given::market(risk, price(high), book));
    // Where net asset value is negative a profit is counted at a fraction that itself depends on the price.
    for market in [&at_low, &at_high] {
        if !market.nav().is_ok_and(|nav| !nav.is_negative()) {
            return;
        }
    }
    let one = always_fitting(leg_health(&position, &at_low, low), |leg| lt(leg.notional, power(58)));
    let two = always_fitting(leg_health(&position, &at_high, high), |leg| lt(leg.notional, power(58)));
    let (Some(one), Some(two)) = (one, two) else { return };
    let (worse, better) = if long { (one, two) } else { (two, one) };
    claim(
        Of::Monotone,
        "worse-price-never-helps",
        le(worse.counted, better.counted),
        lt(worse.counted, better.counted),
    );
    claim(Of::Monotone, "counted-in-full", eq(worse.counted, worse.pnl), eq(worse.counted, better.pnl));
}

/// A book whose net asset value may be negative, with a deficit that is not answered yet.
fn poor(price: Ticks) -> (Book, Risk) {
    let mut book = given::book(&[price]);
    book.deficit = atoms("deficit", 0);
    let mut risk = Risk::default();
    given::skew(&mut risk, &book);
    (book, risk)
}

fn collected() {
    let price = ticks("price", 50_000);
    let (book, risk) = poor(price);
    let gain = atoms("gain", 1_000);
    let Some(got) = fitting(collectable(&book, &risk, price, gain)) else { return };
    claim(Of::I9, "at-most-the-gain", le(got, gain), lt(got, gain));
    let Ok(nav) = book.nav(&risk, price) else { return };
    claim(Of::I9, "in-full-while-solvent", any([lt(e(nav) + e(book.deficit), 0), eq(got, gain)]), eq(got, gain));
}

fn collected_twice() {
    let price = ticks("price", 50_000);
    let (book, risk) = poor(price);
    let (one, two) = (atoms("one", 1_000), atoms("two", 2_000));
    assume(le(one, two));
    let collect = |gain| fitting(collectable(&book, &risk, price, gain));
    let (Some(first), Some(second)) = (collect(one), collect(two)) else { return };
    claim(Of::Monotone, "grows-with-the-gain", le(first, second), lt(first, second));
}
