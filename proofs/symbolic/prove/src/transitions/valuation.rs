//! What a leg counts for when a source is missing or two disagree.

use plimsoll_engine::{
    margin::{LegHealth, leg_health},
    valuation::{PriceState, Quote, quote, value},
};
use terms::Formula;

use super::prelude::*;

/// What is explored here.
pub const LIST: &[Transition] = &[
    Transition { name: "missing-price", run: missing },
    Transition { name: "last-agreed", run: last_agreed },
    Transition { name: "disagreement-long", run: disagreement },
];

/// How old a price may be. Prices are published at zero or a second earlier: their age is the time itself.
const AGE: u32 = 30;

/// A market with two sources.
fn two_sources() -> Market {
    let (first, second) = (ticks("price", 50_000), ticks("second", 50_600));
    let book = given::book(&[first, second]);
    let mut risk = Risk::default();
    given::skew(&mut risk, &book);
    risk.band = ratio("band", ONE / 10_000, ONE / 10, ONE / 100);
    risk.stale = ratio("stale", ONE / 1_000_000, ONE / 100, ONE / 1_000);
    risk.max_price_age = AGE;
    Market {
        second: Price { oracle: second, ..Price::default() },
        flags: 1,
        ..given::market(risk, Price { oracle: first, ..Price::default() }, book)
    }
}

/// A time at which prices of zero are stale: a count of seconds that is a term.
fn later() -> i64 {
    i64::try_from(words::machine_number(&given::input("age", 31, 1u64 << 40, 100))).unwrap_or(i64::MAX)
}

/// An account of one leg and cash.
fn account(cash: Atoms, leg: &LegHealth) -> Option<Health> {
    let mut health = fitting(Health::of_cash(cash))?;
    fitting(health.add(leg))?;
    Some(health)
}

fn under(health: &Health) -> Formula {
    lt(health.equity, health.maintenance)
}

/// One of two sources is fresh, or none is, at any age.
fn missing() {
    let mut market = two_sources();
    given::maintenance(&mut market.risk);
    let (now, of_first) = match choose(4) {
        // The first alone, the second alone.
        0 => {
            market.second.publish_time = -1 - i64::from(AGE);
            (0, true)
        }
        1 => {
            market.price.publish_time = -1 - i64::from(AGE);
            (0, false)
        }
        // None: the newest, the first of two alike.
        2 => (later(), true),
        _ => {
            market.price.publish_time = -1;
            (later(), false)
        }
    };
    let position = given::position(&market.book, either(), "held");
    let Some(seen) = fitting(quote(&market, position.is_long(), now, None)) else { return };
    let used = if of_first { market.price.oracle } else { market.second.oracle };
    claim(
        Of::I5,
        "at-the-newest-price",
        all([Formula::Const(seen.state != PriceState::Normal), eq(seen.price, used)]),
        eq(seen.price, market.price.oracle),
    );
    let worse = if position.is_long() { le(seen.worst, seen.price) } else { le(seen.price, seen.worst) };
    claim(Of::I10, "worst-is-no-better", worse, eq(seen.worst, seen.price));
    let (Some(credited), Some(plain)) =
        (fitting(seen.leg(&position, &market)), fitting(leg_health(&position, &market, used)))
    else {
        return;
    };
    claim(
        Of::I5,
        "credit-at-most-its-requirement",
        le(credited.credit, credited.maintenance),
        lt(credited.credit, credited.maintenance),
    );
    claim(
        Of::I10,
        "credit-is-all-that-is-added",
        all([
            eq(credited.counted, e(plain.counted) + e(credited.credit)),
            eq(credited.maintenance, plain.maintenance),
            eq(credited.pnl, plain.pnl),
        ]),
        eq(credited.counted, plain.counted),
    );
    let cash = atoms("cash", 10_000);
    let (Some(now), Some(then)) = (account(cash, &credited), account(cash, &plain)) else { return };
    claim(
        Of::I5,
        "whoever-is-under-is-so-without-credit",
        any([under(&now).negated(), under(&then)]),
        any([under(&now), under(&then).negated()]),
    );
}

/// Prices that agreed and have aged since: nobody is under maintenance who was not when they did.
fn last_agreed() {
    let mut market = two_sources();
    given::maintenance(&mut market.risk);
    if either() {
        market.second.publish_time = -1;
    }
    let position = given::position(&market.book, either(), "held");
    let cash = atoms("cash", 10_000);
    // Looked at first, so that no path values what does not agree.
    if !market.sources_agree().is_ok_and(|agree| agree) {
        return;
    }
    let (Some(fresh), Some(aged)) =
        (fitting(value(&position, &market, 0, None)), fitting(value(&position, &market, later(), None)))
    else {
        return;
    };
    let (Some(then), Some(now)) = (account(cash, &fresh.leg), account(cash, &aged.leg)) else { return };
    claim(
        Of::I5,
        "ageing-makes-nobody-liquidatable",
        any([under(&then), under(&now).negated()]),
        any([under(&then).negated(), under(&now)]),
    );
}

/// Both fresh and apart, and a long: the price of the quote, and what the leg counts for at each.
fn apart() -> Option<(Market, Position, Quote)> {
    let mut market = two_sources();
    // A fixed part of notional. What it does where it grows with size is said by `maintenance-size` and `maintenance-slope`.
    let ratio = ratio("ratio", ONE / 500, ONE, ONE / 50);
    (market.risk.maintenance_floor, market.risk.maintenance_cap) = (ratio, ratio);
    let position = given::position(&market.book, true, "held");
    let seen = fitting(quote(&market, true, 0, None))?;
    (seen.state == PriceState::Disagreement).then_some((market, position, seen))
}

fn disagreement() {
    let Some((market, position, seen)) = apart() else { return };
    let (one, two) = (market.price.oracle, market.second.oracle);
    claim(
        Of::I5,
        "at-the-price-that-favours-the-holder",
        all([le(one, seen.price), le(two, seen.price), le(seen.worst, one), le(seen.worst, two)]),
        eq(seen.price, one),
    );
    let (low, high) = (seen.worst, seen.price);
    claim(
        Of::I5,
        "apart-by-the-narrowest-band",
        lt(high, (e(high) - e(low)) * power(14)),
        lt(high, (e(high) - e(low)) * power(3)),
    );
    // Where a market cannot pay, what a profit counts for depends on the price in ways of its own.
    for price in [one, two] {
        let Some(nav) = fitting(market.book.nav(&market.risk, price)) else { return };
        if nav.is_negative() {
            return;
        }
    }
    let cash = atoms("cash", 10_000);
    let at = |price| leg_health(&position, &market, price).ok().and_then(|leg| account(cash, &leg));
    let Some(valued) = fitting(seen.leg(&position, &market)).and_then(|leg| account(cash, &leg)) else { return };
    let (Some(first), Some(second)) = (at(one), at(two)) else { return };
    claim(
        Of::I5,
        "whoever-is-under-is-so-at-both",
        any([under(&valued).negated(), all([under(&first), under(&second)])]),
        any([under(&first).negated(), under(&second).negated(), under(&valued).negated()]),
    );
}
