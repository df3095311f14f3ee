//! Requirements, what profits count for, and the priority key.

use plimsoll_engine::{
    account::{Health, Initial},
    book::Book,
    key::cost_of_waiting,
    margin::{counted_initially, initial_requirement, maintenance, maintenance_ratio},
    position::{LONG, Position, SHORT},
    price::Price,
    risk::Risk,
};
use words::bits;

use crate::{
    exact::*,
    run::{Rule, Tally},
    world::{self, *},
};

/// All of them.
pub const RULES: &[Rule] = &[
    Rule { name: "margin/maintenance", parts: 256, run: requirement },
    Rule { name: "margin/initial", parts: 256, run: initial },
    Rule { name: "margin/profit-counted-initially", parts: 256, run: counted },
    Rule { name: "margin/account-states", parts: 256, run: states },
    Rule { name: "margin/no-worse-than", parts: 256, run: no_worse },
    Rule { name: "margin/key", parts: 256, run: key },
];

/// Boundary values of a signed word.
const EDGES: [i64; 12] = [-128, -127, -17, -2, -1, 0, 1, 2, 9, 64, 126, 127];

/// The formula; and neither more notional nor more risk ever asks for less.
fn requirement(part: usize, t: &mut Tally) {
    let base = part as i64;
    let [plain, ..] = risks();
    for impact in [0, 1, 8, 100, 255] {
        for (least, most) in [(2, 8), (10, 16), (0, 255)] {
            let mut risk = Risk { base: ratio(base), impact: reciprocal(impact), ..plain };
            (risk.maintenance_floor, risk.maintenance_cap) = (ratio(least), ratio(most));
            (risk.maintenance_floor_model, risk.maintenance_cap_model) = (ratio(least), ratio(most));
            let riskier = [
                Risk { base: ratio((base + 1).min(255)), ..risk },
                Risk { impact: reciprocal((impact + 1).min(255)), ..risk },
            ];
            let mut before = (0, 0);
            for notional in UNSIGNED {
                let case = || format!("base {base}, impact {impact}, {least} to {most}, {notional}");
                let exact = world::maintenance(&risk, notional);
                let got = maintenance(&risk, atoms(notional)).ok().map(|v| v.0.get());
                t.count(got.is_some());
                t.require(got == fits(exact).then_some(exact), case);
                let steeper = maintenance_ratio(&risk, atoms(notional)).map(|r| r.0.get());
                t.require(steeper.is_ok_and(|r| r >= before.0 && (least..=most).contains(&r)), case);
                t.require(exact >= before.1, case);
                before = (steeper.unwrap_or(0), exact);
                for more in &riskier {
                    let asked = maintenance(more, atoms(notional)).map_or(256, |v| v.0.get());
                    t.require(asked >= exact.min(256), case);
                }
            }
        }
    }
}

/// At least maintenance, and never less for a larger size, a fuller side or more risk.
fn initial(part: usize, t: &mut Tally) {
    let price = part as i64;
    for risk in risks() {
        for base in [2, 3, 8, 16] {
            for crowd in [0, 4, 16] {
                let risk = Risk { base_model: ratio(base), crowd: ratio(crowd), ..risk };
                let more = Risk {
                    base_model: ratio(base + 1),
                    impact_model: reciprocal(risk.impact_model.0.get() + 4),
                    cascade_multiple: ratio(18),
                    ..risk
                };
                for side in 0..24 {
                    let of = |risk: &Risk, n: i64, side: i64, long| {
                        let mut book = Book::default();
                        book.side_mut(long).lots = size(side);
                        initial_requirement(risk, &book, size(n), long, ticks(price)).ok().map(|v| v.0.get())
                    };
                    let mut before = Some(0);
                    for n in 0..=side {
                        let asked = of(&risk, n, side, true);
                        t.count(asked.is_some());
                        let case = || format!("{n} of {side} at {price}, {base}, {crowd}: {asked:?}");
                        t.require(of(&risk, n, side, false) == asked, case);
                        if let Some(asked) = asked {
                            // What does not fit is asked as far as it does: nobody has as much.
                            t.require(asked == exact_initial(&risk, n, side, price).min(255), case);
                            t.require(asked >= world::maintenance(&risk, n * price).min(255), case);
                        }
                        // A refusal is a requirement beyond all: what is larger is refused too.
                        let at_most =
                            |less: Option<i64>, more: Option<i64>| more.is_none_or(|m| less.is_some_and(|l| l <= m));
                        t.require(at_most(before, asked), case);
                        t.require(n == 0 || at_most(asked, of(&risk, n, side + 1, true)), case);
                        t.require(at_most(asked, of(&more, n, side, true)), case);
                        before = asked;
                    }
                }
            }
        }
    }
}

/// The formula of section 4.
pub fn exact_initial(risk: &Risk, n: i64, side: i64, price: i64) -> i64 {
    if n == 0 {
        return 0;
    }
    let r = |ratio: plimsoll_engine::units::Ratio| ratio.0.get();
    let notional = (n * price).max(mulc(r(risk.crowd), side * price));
    let coefficient = risk.impact_model.0.get().max(risk.impact.0.get());
    let impact = ceil(notional * coefficient, 1 << (bits::RECIPROCAL - bits::RATIO));
    let sum = r(risk.base_model).max(r(risk.base)) + impact;
    let clamped = sum.clamp(r(risk.maintenance_floor), r(risk.maintenance_cap));
    let ramp = ONE + ceil(side * risk.open_interest_ramp.get(), 1 << (bits::FINE - bits::RATIO));
    let product = mulc(mulc(mulc(clamped, r(risk.initial_multiple)), ramp), r(risk.cascade_multiple));
    mulc(product, n * price)
}

/// The formula; no more than the profit at either price; and a worse price never counts for more.
fn counted(part: usize, t: &mut Tally) {
    let oracle = part as i64;
    let [plain, ..] = risks();
    for weight in [0, 8, 16] {
        for cap in [0, 10, 255] {
            let risk = Risk { profit_weight: ratio(weight), profit_cap: atoms(cap), ..plain };
            for (ema, confidence) in [(0, 0), (3, 0), (-3, 1), (1, 4)] {
                let price = |shift: i64| Price {
                    oracle: ticks((oracle + shift).clamp(0, 255)),
                    ema: ticks((oracle + ema + shift).clamp(0, 255)),
                    confidence: ticks(confidence),
                    ..Price::default()
                };
                for n in [-7, -2, -1, 0, 1, 3, 7] {
                    for cost in SIGNED {
                        let side = if n < 0 { SHORT } else { LONG };
                        let held = Position { lots: lots(n), cost: pnl(cost), side, ..Position::default() };
                        let of = |price: &Price| counted_initially(&held, &risk, price).ok().map(|v| v.0.get());
                        let (now, worse) = (price(0), price(if n < 0 { 1 } else { -1 }));
                        let got = of(&now);
                        t.count(got.is_some());
                        let case = || format!("{n} for {cost} at {now:?}, {weight}, {cap}: {got:?}");
                        let Some(got) = got else { continue };
                        let at = |p: plimsoll_engine::units::Ticks| n * p.0.get() - cost;
                        let cautious = at(now.oracle).min(at(now.ema)) - n.abs() * confidence;
                        let exact = if cautious > 0 { mulf(weight, cautious).min(cap) } else { cautious };
                        t.require(got == exact, case);
                        t.require(got <= at(now.oracle).max(0).max(at(now.oracle)), case);
                        t.require(of(&worse).is_none_or(|worse| worse <= got), case);
                    }
                }
            }
        }
    }
}

/// What is liquidatable, bankrupt, met and free to leave, for every equity and requirement.
fn states(part: usize, t: &mut Tally) {
    let equity = part as i64 - 128;
    for required in UNSIGNED {
        for cash in UNSIGNED {
            let health =
                Health { cash: atoms(cash), equity: pnl(equity), maintenance: atoms(required), ..Health::default() };
            let initial = Initial { equity: pnl(equity), requirement: atoms(required) };
            t.count(health.is_liquidatable());
            let case = || format!("{equity}, {required}, {cash}");
            t.require(health.is_liquidatable() == (equity < required), case);
            t.require(health.is_bankrupt() == (equity <= 0), case);
            t.require(initial.is_met() == (equity >= 0 && equity >= required), case);
            let free = initial.withdrawable(atoms(cash)).0.get();
            t.require(free == plus(plus(equity) - required).min(cash), case);
            // What may leave leaves the requirement met.
            t.require(free == 0 || equity - free >= required, case);
            let more = health.with_cash(atoms(1)).ok().map(|h| (h.cash.0.get(), h.equity.0.get()));
            t.require(more == (cash < 255 && equity < 127).then_some((cash + 1, equity + 1)), case);
        }
    }
}

/// `E / MM` compared by cross products.
fn no_worse(part: usize, t: &mut Tally) {
    let equity = part as i64 - 128;
    for required in UNSIGNED {
        for earlier in EDGES {
            for was_required in EDGES.map(|edge| edge + 128) {
                let of = |equity, required| Health {
                    equity: pnl(equity),
                    maintenance: atoms(required),
                    ..Health::default()
                };
                let got = of(equity, required).no_worse_than(&of(earlier, was_required));
                t.count(got);
                let exact = required == 0 || (was_required > 0 && equity * was_required >= earlier * required);
                t.require(got == exact, || format!("{equity} / {required} after {earlier} / {was_required}"));
            }
        }
    }
}

/// Never less for less equity while there is any, nor for a larger requirement; at most what is at stake.
fn key(part: usize, t: &mut Tally) {
    let stress = part as i64;
    for drift in 4..=8 {
        for required in UNSIGNED {
            let of = |equity, required| {
                cost_of_waiting(atoms(stress), ratio(drift), pnl(equity), atoms(required)).ok().map(|k| k.0.get())
            };
            let mut before = None;
            for equity in (-128..128).rev() {
                let got = of(equity, required);
                t.count(got.is_some());
                let case = || format!("stress {stress}, drift {drift}, {equity} of {required}: {got:?}");
                let shortfall = (required - plus(equity)).max(0) >> (bits::RATIO / 2);
                // L(0) / 3 is 0.133, up to a whole step of a small ratio, and the drift.
                let most = mulf(drift + 3, stress) + shortfall;
                t.require(got.is_none_or(|k| shortfall <= k && k <= most), case);
                t.require(got.is_some() || most > 255, case);
                if equity >= 0 {
                    t.require(before.is_none_or(|k| got.is_none_or(|now| now >= k)), case);
                    before = got.or(before);
                }
                if required < 255 {
                    t.require(got.is_none_or(|k| of(equity, required + 1).is_none_or(|more| more >= k)), case);
                }
            }
        }
    }
}
