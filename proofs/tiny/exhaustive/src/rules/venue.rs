//! Fills between two accounts, and what owners grant to venues.

use plimsoll_engine::{
    EngineError,
    execution::Taker,
    position::Position,
    venue::{Grant, SideFilled, VenueFilled, fill},
};

use super::fill::{Trader, check_margin};
use crate::{
    exact::*,
    run::{Rule, Tally},
    world::*,
};

/// All of them.
pub const RULES: &[Rule] = &[
    Rule { name: "venue/two-novations", parts: 256, run: two_novations },
    Rule { name: "venue/grant", parts: 32, run: grant },
];

/// Two accounts that hold anything from short to long, one of them with any cash, in markets with others in them.
fn two_novations(part: usize, t: &mut Tally) {
    for risk in risks() {
        for (price, treasury) in [(9, 40), (9, 120), (20, 3), (20, 110)] {
            for (held, other) in (-3..=3).flat_map(|held| (-3..=3).map(move |other| (held, other))) {
                for (entry, other_entry) in [(-9, -9), (-9, 12), (12, -9), (12, 12)] {
                    let mut market = market(risk, price, treasury);
                    hold(&mut market.book, true, 1, price + 1);
                    let mut open = |held: i64, entry: i64| {
                        if held == 0 {
                            return Some(Position::default());
                        }
                        try_hold(&mut market.book, held > 0, held, held * price + entry)
                    };
                    let (Some(first), Some(second)) = (open(held, entry), open(other, other_entry)) else { continue };
                    let trader = |cash, position| Trader { cash, position, market, rest: (0, 0, 0, 0) };
                    let pair = [trader(part as i64, first), trader(70, second)];
                    for n in [1, 2, 3, 5] {
                        for at in [price - 2, price - 1, price, price + 1] {
                            check(t, &pair, n, at);
                        }
                    }
                }
            }
        }
    }
}

fn matched(pair: &[Trader; 2], n: i64, at: i64) -> plimsoll_engine::Result<VenueFilled> {
    let rests = [pair[0].rest(), pair[1].rest()];
    let taker = |who: usize| Taker {
        cash: atoms(pair[who].cash),
        rest: &rests[who],
        position: Some(&pair[who].position),
        flagged: false,
    };
    fill(&taker(0), &taker(1), &pair[0].market, size(n), ticks(at), NOW)
}

/// Everything that must be so of one fill.
fn check(t: &mut Tally, pair: &[Trader; 2], n: i64, at: i64) {
    let result = matched(pair, n, at);
    t.count(result.is_ok());
    let (market, risk) = (&pair[0].market, &pair[0].market.risk);
    let price = market.price.oracle.0.get();
    let case = || format!("{n} lots at {at} for {pair:?}: {result:?}");
    let (then, outside) = (pair[0].money(), (at - price).abs() > mulf(risk.venue_band.0.get(), price));
    if outside {
        t.require(result == Err(EngineError::OutsideVenueBand), case);
        return;
    }
    let Ok(filled) = result else { return };
    let now = Money::of(&filled.book);
    let fee = mulc(risk.venue_fee.0.get(), n * at);
    t.require(nav(risk, &then, price) > 0, case);
    // The pool gains the fees, whatever the price, and its skew stays.
    t.require(nav(risk, &now, price) == nav(risk, &then, price) + 2 * fee && now.skew() == then.skew(), case);
    let mut paid = 0;
    for (before, side, n) in [(&pair[0], &filled.buyer, n), (&pair[1], &filled.seller, -n)] {
        let settled = side.settled.0.get();
        paid += settled - fee;
        t.require((side.lots.0.get(), side.cost.0.get(), side.fee.0.get()) == (n, n * at, fee), case);
        t.require(side.cash.0.get() == before.cash + settled - fee, case);
        t.require(side.position.lots.0.get() == before.position.lots.0.get() + n, case);
        t.require(side.position.cost.0.get() == before.position.cost.0.get() + n * at + settled, case);
        t.require(side.position.invariant() || side.position.is_empty(), case);
        // A closed position leaves no debt, and no claim that the treasury could pay but for the fees.
        let left = side.position.cost.0.get();
        t.require(side.position.lots.0.get() != 0 || left == 0 || (left < 0 && now.treasury <= 2 * fee), case);
        check_margin(t, before, &after(before, side, &filled), n, case);
    }
    t.require(now.treasury == then.treasury - paid, case);
    t.require((now.fees, now.deficit, now.insurance_claim) == (then.fees, then.deficit, then.insurance_claim), case);
}

fn after(before: &Trader, side: &SideFilled, filled: &VenueFilled) -> Trader {
    let mut market = before.market;
    market.book = filled.book;
    Trader { cash: side.cash.0.get(), position: side.position, market, ..*before }
}

/// Lots, limit, time and side.
fn grant(part: usize, t: &mut Tally) {
    let part = part as i64;
    for (lots, limit) in (1..40).flat_map(|lots| (1..16).map(move |limit| (lots, limit))) {
        for (expires, buys) in [(NOW, true), (NOW + 1, false), (NOW + 2, true)] {
            let given = Grant::new(buys, size(lots), ticks(limit), expires, NOW).unwrap();
            for (price, now) in (0..20).flat_map(|price| (NOW..NOW + 4).map(move |now| (price, now))) {
                let result = given.used(part % 2 == 0, size(part), ticks(price), now);
                t.count(result.is_ok());
                let met = if buys { price <= limit } else { price >= limit };
                let right = part <= lots && now <= expires && buys == (part % 2 == 0);
                let case = || format!("{part} at {price} and {now} of {given:?}: {result:?}");
                t.require(result.is_ok() == (met && right), case);
                t.require(result.is_err() || result.unwrap().lots.0.get() == lots - part, case);
            }
        }
    }
}
