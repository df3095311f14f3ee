//! Measured risk, notice, cascades, and which price a leg is valued at.

use plimsoll_engine::{
    EngineError,
    cascade::Cascade,
    margin::leg_health,
    notice::Notice,
    position::Position,
    price::Price,
    risk::Risk,
    valuation::{PriceState, quote},
    volatility::{Volatility, is_sample},
};
use words::{amounts, bits};

use crate::{
    exact::*,
    run::{Rule, Tally},
    world::{self, *},
};

/// All of them.
pub const RULES: &[Rule] = &[
    Rule { name: "volatility/average", parts: 256, run: average },
    Rule { name: "notice/before-any-rise", parts: 256, run: notice },
    Rule { name: "notice/changed-parameters", parts: 256, run: changed },
    Rule { name: "price/accept", parts: 256, run: accept },
    Rule { name: "cascade/multiple", parts: 256, run: cascade },
    Rule { name: "valuation/which-price", parts: 61, run: which_price },
    Rule { name: "margin/a-worse-price", parts: 256, run: worse_price },
];

/// The relative move, down.
fn moved(from: i64, to: i64) -> i64 {
    (from - to).abs() * ONE / from
}

fn price_at(oracle: i64, published: i64, previous: i64) -> Price {
    Price {
        oracle: ticks(oracle),
        ema: ticks(oracle),
        publish_time: NOW + published,
        previous_publish_time: NOW + previous,
        ..Price::default()
    }
}

/// The formula, up to what 16 bits hold; only samples count, and neither a larger past nor a larger move ever gives less.
fn average(part: usize, t: &mut Tally) {
    let variance = part as i64;
    let [plain, ..] = risks();
    for tau in [10, 60, 200] {
        let risk = Risk { volatility_tau: tau, sample_interval: 10, ..plain };
        let tau = i64::from(tau);
        for from in [0, 7, 16, 100] {
            for seconds in [1, 9, 10, 40, 55] {
                for gap in [1, 9, 30] {
                    let mut less = 0;
                    for to in from..=255 {
                        let before = Volatility { variance: atoms(variance).0, sample: ticks(from), sampled_at: NOW };
                        let price = price_at(to, seconds, seconds - gap);
                        let after = before.observed(&risk, &price);
                        let sample = (NOW + seconds).div_euclid(10) > (NOW + seconds - gap).div_euclid(10);
                        t.count(sample);
                        let case =
                            || format!("{variance}, {from} to {to} in {seconds} s since {gap} s, {tau}: {after:?}");
                        t.require(is_sample(&risk, &price) == sample, case);
                        if !sample {
                            t.require(after == before, case);
                            continue;
                        }
                        t.require(after.sample == ticks(to) && after.sampled_at == NOW + seconds, case);
                        let got = after.variance.get();
                        if from == 0 {
                            t.require(got == variance, case);
                            continue;
                        }
                        let r = moved(from, to).min(ONE - 1);
                        let exact = ceil((variance * tau + r * r * 3_600).min(65_535), tau + seconds).min(255);
                        t.require(got == exact && got >= less, case);
                        less = got;
                        let more = Volatility { variance: atoms((variance + 1).min(255)).0, ..before };
                        t.require(more.observed(&risk, &price).variance.get() >= got, case);
                        let sigma = Risk { volatility_floor: ratio(2), volatility_cap: ratio(12), ..risk };
                        let expected = (got.isqrt() + 1).clamp(2, 12);
                        t.require(after.sigma(&sigma) == ratio(expected), case);
                    }
                }
            }
        }
    }
}

/// What raises a coefficient was announced before, for as long as the notice takes, and rises no faster than it may.
fn notice(part: usize, t: &mut Tally) {
    let model = part as i64;
    let [plain, ..] = risks();
    for rise in [0, 4, 16, 255] {
        let risk = Risk { notice: 600, rise: ratio(rise), ..plain };
        for in_force in UNSIGNED {
            for (level, from) in [(0, 0), (255, 3), (40, 8), (9, 9), (200, 90), (120, 118)] {
                // What is in force never falls below where an announced rise began.
                if level > 0 && in_force < from {
                    continue;
                }
                for since in [-5, 0, 599, 600, 601, 640, 850, 10_000] {
                    let before = Notice { level: atoms(level).0, from: atoms(from).0, announced: NOW - since };
                    let (after, now) = before.look(&risk, atoms(in_force).0, atoms(model).0, NOW);
                    let now = now.get();
                    t.count(now > in_force);
                    let case = || {
                        format!("{in_force}, model {model}, rise {rise}, {before:?} {since} s ago: {now}, {after:?}")
                    };
                    if model <= in_force {
                        t.require(now == model && after == Notice::default(), case);
                        continue;
                    }
                    if level == 0 {
                        let announced = Notice { level: atoms(model).0, from: atoms(in_force).0, announced: NOW };
                        t.require(now == in_force && after == announced, case);
                        continue;
                    }
                    let level = level.min(model);
                    let risen = from + (from * rise / ONE) * plus(since - 600) / 3_600;
                    // A smaller word counts fewer seconds.
                    let counted = from + ((from * rise / ONE) * plus(since - 600).min(255)).min(65_535) / 3_600;
                    t.require(now == counted.min(255).min(level).max(in_force), case);
                    t.require(now <= in_force || (since >= 600 && now <= level && now <= risen), case);
                    let reached = now == level;
                    t.require(
                        after == if reached { Notice::default() } else { Notice { level: atoms(level).0, ..before } },
                        case,
                    );
                }
            }
        }
    }
}

/// A change raises nothing when it is made, and what it raises later waits for the longer of both notices or, where as much was
/// announced before, to the end of that notice.
fn changed(part: usize, t: &mut Tally) {
    let model = part as i64;
    let [plain, ..] = risks();
    for (old_notice, new_notice) in [(600, 600), (600, 650), (650, 600)] {
        let old = Risk { notice: old_notice, rise: ratio(16), ..plain };
        let new = Risk { notice: new_notice, rise: ratio(255), ..plain };
        for in_force in UNSIGNED {
            for (level, from) in [(0, 0), (255, 3), (40, 8), (9, 9), (120, 118)] {
                for (since, old_model) in [(-5, 9), (0, 200), (599, 40), (600, 255), (640, 41), (850, 8), (10_000, 120)]
                {
                    let before = Notice { level: atoms(level).0, from: atoms(from).0, announced: NOW - since };
                    let (looked, forced) = before.look(&old, atoms(in_force).0, atoms(old_model).0, NOW);
                    let models = (atoms(old_model).0, atoms(model).0);
                    let (after, now) = before.changed((&old, &new), atoms(in_force).0, models, NOW);
                    t.count(after != Notice::default());
                    let case = || {
                        format!(
                            "{in_force}, model {old_model} to {model}, {before:?}, {since} s ago: {now:?}, {after:?}"
                        )
                    };
                    t.require(now <= forced && now <= atoms(model).0, case);
                    if after == Notice::default() {
                        t.require(now == atoms(model).0, case);
                        continue;
                    }
                    t.require(now == forced && after.level == atoms(model).0 && after.from == forced, case);
                    let ends = after.announced + i64::from(new_notice);
                    let longer = NOW + i64::from(old_notice.max(new_notice));
                    let kept = looked.level >= atoms(model).0;
                    let known = (looked.announced + i64::from(old_notice)).max(NOW);
                    t.require(ends == if kept { known } else { longer }, case);
                    t.require(after.look(&new, now, atoms(model).0, NOW).1 == now, case);
                }
            }
        }
    }
}

/// One action: price, volatility, model, notice and cascade; an error writes nothing.
fn accept(part: usize, t: &mut Tally) {
    let variance = part as i64;
    let [plain, ..] = risks();
    for (tau, deviations) in [(20, 16), (200, 40)] {
        for (base, level, since) in [(2, 0, 0), (2, 9, 650), (2, 9, 500), (14, 0, 0), (5, 6, 5_000)] {
            for to in [0, 3, 10, 11, 14, 60] {
                for (published, previous, now) in
                    [(1, 0, 1), (12, 0, 12), (0, 0, 3), (60, 55, 61), (5, 1, 3), (5, 1, 40), (0, -1, 3), (-4, -19, 2)]
                {
                    let mut risk =
                        Risk { volatility_tau: tau, sample_interval: 10, notice: 600, rise: ratio(255), ..plain };
                    (risk.deviations, risk.key_deviations, risk.close_cost) =
                        (ratio(deviations), ratio(deviations), ratio(1));
                    (risk.volatility_floor, risk.volatility_cap, risk.base) = (ratio(1), ratio(12), ratio(base));
                    let mut before = market(risk, 10, 50);
                    before.volatility =
                        Volatility { variance: atoms(variance).0, sample: ticks(10), sampled_at: NOW - 10 };
                    before.base_notice = Notice { level: atoms(level).0, from: atoms(base).0, announced: NOW - since };
                    before.cascade = Cascade { started: NOW - 5, price: ticks(12), liquidated: atoms(30) };
                    let mut after = before;
                    let price = price_at(to, published, previous);
                    let got = after.accept(price, NOW + now);
                    t.count(got.is_ok());
                    let case = || format!("{variance}, {base}, {level} {since} s ago, {price:?} at {now}: {got:?}");
                    // An older price is a sample that was missing, and nothing else.
                    let interval = |at: i64| (NOW + at).div_euclid(10);
                    let late = published <= 0 && interval(published) > interval(previous).max(interval(-10));
                    let newer = published > 0 || late;
                    let right = newer && published <= now + 1 && now - published <= 30 && to > 0;
                    if got.is_err() {
                        let overflow = got == Err(EngineError::Overflow);
                        t.require(after == before && (!right || overflow), case);
                        continue;
                    }
                    let kept = if late { before.price } else { price };
                    t.require(right && after.price == kept && after.book == before.book, case);
                    t.require(got.is_ok_and(|accepted| accepted.late == late), case);
                    t.require(after.volatility == before.volatility.observed(&risk, &price), case);
                    let sigma = after.volatility.sigma(&risk).0.get();
                    let model = mulc(sigma, deviations) + 1;
                    t.require(after.risk.base_model == ratio(model) && after.risk.key_scale == ratio(model - 1), case);
                    // I-11.
                    let raised = after.risk.base.0.get() > base;
                    t.require(
                        !raised || (level > 0 && since + now >= 600 && after.risk.base <= ratio(level.min(model))),
                        case,
                    );
                    t.require(model > base || after.risk.base == ratio(model), case);
                    t.require(
                        after.risk.cascade_multiple >= ratio(16) && after.risk.cascade_multiple <= ratio(48),
                        case,
                    );
                }
            }
        }
    }
}

/// The formula; at least one, at most the cap, more for more liquidations, and one again after the window.
fn cascade(part: usize, t: &mut Tally) {
    let liquidated = part as i64;
    let [plain, ..] = risks();
    for (impact, cap) in [(8, 48), (40, 255), (255, 20), (0, 48)] {
        let risk = Risk { impact_model: reciprocal(impact), cascade_cap: ratio(cap), cascade_window: 60, ..plain };
        for from in 1..=60 {
            for to in (1..=120).step_by(7) {
                let window = Cascade { started: NOW, price: ticks(from), liquidated: atoms(liquidated) };
                let got = window.multiple(&risk, ticks(to)).0.get();
                t.count(got > ONE);
                let case = || format!("{liquidated} since {from}, {to}, {impact}, {cap}: {got}");
                let by_model = ceil(liquidated * impact, 1 << (bits::RECIPROCAL - bits::RATIO)).min(255);
                let exact = ceil(by_model * ONE, moved(from, to).min(255).max(amounts::PERCENT as i64));
                t.require(got == if liquidated == 0 { ONE } else { exact.clamp(ONE, cap) }, case);
                let more = window.after(&risk, atoms(20), ticks(to), NOW + 59);
                t.require(more.multiple(&risk, ticks(to)).0.get() >= if liquidated == 0 { ONE } else { got }, case);
                let sum = if liquidated == 0 { (to, NOW + 59, 20) } else { (from, NOW, (liquidated + 20).min(255)) };
                t.require((more.price, more.started, more.liquidated) == (ticks(sum.0), sum.1, atoms(sum.2)), case);
                t.require(
                    window.at(&risk, NOW + 60) == Cascade::default() && window.at(&risk, NOW + 59) == window,
                    case,
                );
            }
        }
    }
}

/// The table of states, and what is credited: never more than the leg requires.
fn which_price(part: usize, t: &mut Tally) {
    let first = part as i64;
    let [plain, parted, _] = risks();
    for risk in [plain, Risk { band: ratio(3), stale: ratio(2), ..parted }] {
        for second in (first - 4).max(0)..=first + 9 {
            for has_second in [false, true] {
                for (one, other) in [(0, 0), (0, 31), (31, 0), (31, 33), (40, 36), (30, 30), (33, 33)] {
                    for newer_than in [None, Some(-31), Some(-1)] {
                        for (n, cost) in [(3, 0), (-2, -90), (1, 100), (-1, 20)] {
                            let mut market = market(risk, first, 120);
                            market.price = price_at(first, -one, -one - 1);
                            market.second = price_at(second, -other, -other - 1);
                            market.flags = has_second.into();
                            let long = n > 0;
                            let Some(position) = try_hold(&mut market.book, long, n, cost) else { continue };
                            let newer_than = newer_than.map(|at| NOW + at);
                            let got = quote(&market, long, NOW, newer_than);
                            t.count(got.is_ok());
                            let case = || {
                                format!(
                                    "{first} {one} s ago, {second} {other} s ago ({has_second}), {newer_than:?}, {n}: {got:?}"
                                )
                            };
                            let usable = |price: i64, age: i64| {
                                price > 0 && age <= 30 && newer_than.is_none_or(|seen| NOW - age > seen)
                            };
                            let fresh = (usable(first, one), has_second && usable(second, other));
                            let band = risk.band.0.get();
                            let agree = (first - second).abs() <= mulf(band, first);
                            let newest = if has_second && other < one { (second, other) } else { (first, one) };
                            let (state, price, favour) = match fresh {
                                (true, false) if !has_second => (PriceState::Normal, first, 0),
                                (true, true) if agree => (PriceState::Normal, first, 0),
                                (true, true) if long => (PriceState::Disagreement, first.max(second), 0),
                                (true, true) => (PriceState::Disagreement, first.min(second), 0),
                                (true, false) => (PriceState::OneSource, first, band),
                                (false, true) => (PriceState::OneSource, second, band),
                                (false, false) => (
                                    PriceState::Stale,
                                    newest.0,
                                    (risk.stale.0.get() * newest.1).min(255).max(risk.band.0.get()).min(ONE),
                                ),
                            };
                            let Ok(got) = got else {
                                t.require(state == PriceState::Stale && price == 0, case);
                                continue;
                            };
                            t.require((got.state, got.price, got.favour) == (state, ticks(price), ratio(favour)), case);
                            let width = mulc(favour, price);
                            let worst = match state {
                                PriceState::Normal => price,
                                PriceState::Disagreement if long => first.min(second),
                                PriceState::Disagreement => first.max(second),
                                _ if long => plus(price - width),
                                _ => (price + width).min(255),
                            };
                            t.require(got.worst == ticks(worst), case);
                            let Ok(leg) = got.leg(&position, &market) else { continue };
                            let value = n.abs() * price;
                            let required = world::maintenance(&risk, value);
                            let credit = required.min(mulc(favour, value));
                            t.require(leg.maintenance == atoms(required) && leg.credit == atoms(credit), case);
                            let counted = world::counted(&risk, &Money::of(&market.book), price, &position);
                            t.require(leg.counted == pnl(counted + credit) && leg.price == ticks(price), case);
                            t.require(leg.pnl == pnl(n * price - cost), case);
                        }
                    }
                }
            }
        }
    }
}

/// While the market can pay, a price that is worse for the holder counts for no more, and a larger loss counts in full.
fn worse_price(part: usize, t: &mut Tally) {
    let cost = part as i64 - 128;
    for risk in risks() {
        for treasury in [0, 40, 127] {
            for n in [-5, -2, -1, 1, 3, 6] {
                for others in [0, 3] {
                    let mut market = market(risk, 1, treasury);
                    if others > 0 {
                        hold(&mut market.book, n < 0, if n < 0 { others } else { -others }, 4);
                    }
                    let Some(position) = try_hold(&mut market.book, n > 0, n, cost) else { continue };
                    worsen(t, &market, &position);
                }
            }
        }
    }
}

fn worsen(t: &mut Tally, market: &plimsoll_engine::market::Market, position: &Position) {
    let money = Money::of(&market.book);
    let long = position.is_long();
    let mut better: Option<i64> = None;
    for step in 0..=60 {
        let price = if long { 60 - step } else { step };
        let got = leg_health(position, market, ticks(price)).ok().map(|leg| leg.counted.0.get());
        t.count(got.is_some());
        let Some(now) = got else { continue };
        let case = || format!("{position:?} at {price}: {now} after {better:?}, {money:?}");
        t.require(now == world::counted(&market.risk, &money, price, position), case);
        let solvent = nav(&market.risk, &money, price) + money.deficit >= 0;
        t.require(!solvent || better.is_none_or(|before| now <= before), case);
        better = solvent.then_some(now);
    }
}
