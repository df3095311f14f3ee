//! How much of a leg is closed, and what closing any size of it does.

use plimsoll_engine::{
    account::Health,
    close::{choose_leg, close_helps, close_size, is_payable, is_urgent, leg_to_flag, payable_size},
    liquidation::{close, step_size},
    margin::{LegHealth, leg_health},
    market::Market,
    position::Position,
    risk::Risk,
};

use crate::{
    exact::*,
    run::{Rule, Tally},
    world::{self, *},
};

/// All of them.
pub const RULES: &[Rule] = &[
    Rule { name: "close/payable-size", parts: 256, run: payable },
    Rule { name: "close/leg-choice", parts: 256, run: choice },
    Rule { name: "close/size-against-brute-force", parts: 256, run: size_by_force },
    Rule { name: "liquidation/step-size", parts: 256, run: step },
    Rule { name: "liquidation/close", parts: 256, run: close_any },
];

/// The largest size, up to what is wanted, whose share of the loss the cash pays.
fn payable(part: usize, t: &mut Tally) {
    let profit = part as i64 - 128;
    for cash in UNSIGNED {
        for held in UNSIGNED {
            for wanted in [0, 1, 2, 3, 17, 100, 255] {
                let got = payable_size(pnl(profit), atoms(cash), size(held), size(wanted)).ok().map(|s| s.0.get());
                t.count(got.is_some());
                let loss = plus(-profit);
                let case = || format!("{profit}, {cash} cash, {wanted} of {held}: {got:?}");
                if loss <= cash {
                    t.require(got == Some(wanted), case);
                    continue;
                }
                let pays = |n: i64| n >= 1 && ceil(loss * n, held.max(1)) <= cash;
                match got {
                    Some(n) => t.require(pays(n) && (n == wanted || !pays(n + 1)), case),
                    None => t.require(wanted == 0 || held == 0 || !pays(1) || !fits(floor(cash * held, loss)), case),
                }
            }
        }
    }
}

fn leg(risk: &Risk, held: i64, price: i64, profit: i64) -> LegHealth {
    let notional = held * price;
    LegHealth {
        size: size(held),
        price: ticks(price),
        notional: atoms(notional),
        counted: pnl(profit),
        pnl: pnl(profit),
        maintenance: atoms(world::maintenance(risk, notional)),
        ratio: plimsoll_engine::margin::maintenance_ratio(risk, atoms(notional)).expect("a ratio"),
        stress: atoms(mulc(risk.key_scale.0.get(), notional)),
        long: true,
        ..LegHealth::default()
    }
}

/// The leg that is closed helps, is payable when any that helps is, and has the largest requirement of those.
fn choice(part: usize, t: &mut Tally) {
    let equity = part as i64 - 128;
    for risk in risks() {
        for cash in [0, 1, 4, 60] {
            for first in 0..12 {
                for second in 0..12 {
                    for losses in [[0, 0], [-9, 3], [-100, -5]] {
                        let legs = [leg(&risk, first, 5, losses[0]), leg(&risk, second, 3, losses[1])];
                        let required = legs[0].maintenance.0.get() + legs[1].maintenance.0.get();
                        let mut health = Health { cash: atoms(cash), ..Health::default() };
                        (health.equity, health.maintenance) = (pnl(equity), atoms(required));
                        let with_charges = legs.map(|leg| (risk.charge, leg));
                        let chosen = choose_leg(&health, with_charges.into_iter());
                        t.count(chosen.is_some());
                        let case = || format!("{equity}, {cash}, {first} and {second}, {losses:?}: {chosen:?}");
                        let helps = legs.map(|leg| {
                            let (n, r) = (leg.notional.0.get(), leg.ratio.0.get());
                            n > 0 && equity > 0 && equity * r > risk.charge.0.get() * required
                        });
                        let pays = [(first, 0), (second, 1)].map(|(n, i): (i64, usize)| cash * n >= plus(-losses[i]));
                        for i in 0..2 {
                            t.require(
                                close_helps(risk.charge, &health, &legs[i])
                                    == (helps[i]
                                        || (legs[i].notional.is_zero()
                                            && equity * legs[i].ratio.0.get() > risk.charge.0.get() * required
                                            && equity > 0)),
                                case,
                            );
                            t.require(is_payable(&health, &legs[i]) == pays[i], case);
                        }
                        let rank = |i: usize| (helps[i], pays[i], legs[i].maintenance.0.get());
                        let best = if rank(1) > rank(0) { 1 } else { 0 };
                        t.require(chosen == helps.contains(&true).then_some(best), case);
                        let flagged = leg_to_flag(&health, with_charges.into_iter());
                        t.require(
                            flagged.is_some() == (first + second > 0 || losses[0].min(losses[1]) < 0)
                                && (chosen.is_none() || flagged == chosen),
                            case,
                        );
                    }
                }
            }
        }
    }
}

/// Whether closing `n` reaches the target, by the formula.
fn reaches(risk: &Risk, equity: i64, other: i64, held: i64, price: i64, n: i64) -> bool {
    let required = other + world::maintenance(risk, (held - n) * price);
    equity - mulc(risk.charge.0.get(), n * price) >= mulc(risk.target.0.get(), required)
}

/// Every size is tried: the one that is closed is the smallest that reaches the target.
fn size_by_force(part: usize, t: &mut Tally) {
    let equity = part as i64 - 128;
    for risk in risks() {
        for target in [16, 18, 24] {
            let risk = Risk { target: ratio(target), ..risk };
            for price in 1..=60 {
                for held in 1..=(127 / price) {
                    for other in [0, 2, 9, 40] {
                        let leg = leg(&risk, held, price, 0);
                        let all = leg.maintenance.0.get() + other;
                        if equity >= all {
                            continue;
                        }
                        let mut health = Health { cash: atoms(60), ..Health::default() };
                        (health.equity, health.maintenance) = (pnl(equity), atoms(all));
                        let got = close_size(&risk, &health, &leg, size(held), ticks(price)).ok().map(|s| s.0.get());
                        let urgent = equity <= mulc(risk.charge.0.get(), held * price);
                        t.require(is_urgent(&risk, &health, &leg) == Ok(urgent), || format!("{equity} urgent"));
                        let reach = |n: i64| reaches(&risk, equity, other, held, price, n);
                        let bounded = |n: i64| {
                            let n = n.max(risk.minimum_step.0.get()).min(held);
                            if urgent || held - n < risk.minimum_position.0.get() { held } else { n }
                        };
                        let smallest = (1..=held).find(|n| reach(*n)).unwrap_or(held);
                        let case = || format!("{equity} over {all}, {held} at {price}, target {target}: {got:?}");
                        // Where a lot is worth less than what is rounded, a larger size may reach less. Then it is one of
                        // the sizes at which the target begins to be reached.
                        let starts = |n: i64| n == held || reach(n) && !reach(n - 1);
                        let even = (smallest..held).all(reach);
                        t.count(got.is_some() && even);
                        let right = |got| {
                            if even {
                                got == bounded(smallest)
                            } else {
                                (smallest..=held).any(|n| starts(n) && bounded(n) == got)
                            }
                        };
                        t.require(got.is_none_or(right), case);
                        t.require(got.is_some() || mulc(target, all) > 127, case);
                    }
                }
            }
        }
    }
}

/// What capacity allows, never less than a minimum step, and all of it for who is urgent.
fn step(part: usize, t: &mut Tally) {
    let capacity = part as i64 - 128;
    for risk in risks() {
        for price in [1, 3, 7, 20] {
            for held in 1..=(127 / price).min(20) {
                for equity in (-10..60).step_by(3) {
                    let leg = leg(&risk, held, price, 0);
                    let mut health = Health { cash: atoms(60), ..Health::default() };
                    (health.equity, health.maintenance) = (pnl(equity), leg.maintenance);
                    let mut market = market(risk, price, 30);
                    market.throttle.capacity = pnl(capacity.min(risk.throttle_capacity.0.get()));
                    let position = hold(&mut market.book, true, held, held * price);
                    let Ok(wanted) = close_size(&risk, &health, &leg, size(held), ticks(price)) else { continue };
                    let urgent = equity <= mulc(risk.charge.0.get(), held * price);
                    let wanted = wanted.0.get();
                    for seconds in [0, 1, 4] {
                        let got = step_size(&market, &health, &leg, &position, NOW + seconds).ok().map(|s| s.0.get());
                        t.count(got.is_some());
                        let (full, least) = (risk.throttle_capacity.0.get(), risk.minimum_step.0.get());
                        let stored = market.throttle.capacity.0.get().max(-128);
                        let available = plus((stored + seconds * risk.throttle_refill.0.get()).min(full));
                        let allowed = available >= (least * price).min(full);
                        let expected = if urgent || (allowed && wanted == held) {
                            Some(wanted)
                        } else if allowed {
                            Some(wanted.min((available / price).max(least)))
                        } else {
                            None
                        };
                        t.require(got == expected, || {
                            format!("{capacity}, {held} at {price}, {equity}, {seconds} s: {got:?}")
                        });
                    }
                }
            }
        }
    }
}

/// A position and somebody else's on each side.
fn held_in(risk: Risk, price: i64, treasury: i64, held: i64, cost: i64) -> Option<(Market, Position)> {
    let mut market = market(risk, price, treasury);
    hold(&mut market.book, true, 2, 2 * price + 1);
    hold(&mut market.book, false, -1, -price);
    let position = try_hold(&mut market.book, held > 0, held, cost)?;
    Some((market, position))
}

/// Every size of every account. Money goes nowhere else; the charge is at most the equity; and where closing is meant to
/// help, equity over requirement does not fall.
fn close_any(part: usize, t: &mut Tally) {
    let cash = part as i64;
    for risk in risks() {
        for (price, treasury, deficit) in [(1, 30, 0), (3, 0, 0), (9, 20, 4), (20, 100, 0)] {
            for held in [1, 4, -1, -5] {
                for cost in SIGNED {
                    let Some((mut before, position)) = held_in(risk, price, treasury, held, cost) else { continue };
                    before.book.deficit = atoms(deficit);
                    for other in [(0, 0), (12, 7), (-9, 3)] {
                        close_account(t, cash, &before, &position, other);
                    }
                }
            }
        }
    }
}

/// One account whose other legs are worth `other.0` and require `other.1`.
fn close_account(t: &mut Tally, cash: i64, before: &Market, position: &Position, other: (i64, i64)) {
    let (risk, price) = (&before.risk, before.price.oracle.0.get());
    let then = Money::of(&before.book);
    let (held, cost) = (position.lots.0.get(), position.cost.0.get());
    let profit = held * price - cost;
    let counted_then = counted(risk, &then, price, position);
    let equity = cash + counted_then + other.0;
    let required = world::maintenance(risk, held.abs() * price) + other.1;
    if !fits_signed(equity) || !fits_signed(profit) {
        return;
    }
    let mut health = Health { cash: atoms(cash), ..Health::default() };
    (health.equity, health.maintenance) = (pnl(equity), atoms(required));
    let helps = equity < required
        && leg_health(position, before, before.price.oracle).is_ok_and(|leg| close_helps(risk.charge, &health, &leg));
    for n in 0..=held.abs() + 1 {
        let (mut purse, mut after, mut left) = (atoms(cash), *before, *position);
        let result = close(&mut purse, &mut left, &mut after, pnl(equity), size(n), ticks(price), NOW);
        t.count(result.is_ok());
        let case = || {
            format!(
                "close {n} of {position:?} with {cash} cash, equity {equity} of {required} at {price} in {then:?}: {result:?}"
            )
        };
        let Ok(step) = result else {
            t.require((purse, left) == (atoms(cash), *position) && after == *before, case);
            continue;
        };
        let (now, closed) = (Money::of(&after.book), step.notional.0.get() / price);
        t.require(n >= 1 && closed >= 1 && closed <= n && n <= held.abs(), case);
        t.require(left.lots.0.get() == held - closed * held.signum(), case);
        t.require(step.lots.0.get() == -closed * held.signum(), case);
        // The charge.
        let parts = [step.charge.treasury, step.charge.flagger, step.charge.liquidator, step.charge.insurance]
            .map(|v| v.0.get());
        let charge: i64 = parts.iter().sum();
        let settled = step.settled.0.get();
        let due = plus(mulf(risk.charge.0.get(), closed * price) - 1);
        t.require(charge == due.min(cash + settled).min(plus(equity)), case);
        // Conservation.
        t.require(purse.0.get() == cash + settled - charge, case);
        t.require(now.treasury == then.treasury - settled + parts[0] && now.fees == then.fees + parts[3], case);
        t.require((now.deficit, now.insurance_claim) == (then.deficit, then.insurance_claim), case);
        t.require(now.without(&left) == then.without(position), case);
        t.require(left.cost.0.get() == cost + settled - closed * held.signum() * price, case);
        // A loss is paid in full, or at least the share of what is closed.
        let share = ceil(plus(-profit) * closed, held.abs());
        t.require(profit >= 0 || settled == -(if -profit <= cash { -profit } else { share }), case);
        t.require(profit < 0 || (0..=profit).contains(&settled), case);
        // A closed position leaves nothing but a claim.
        t.require(left.invariant() || left.is_empty(), case);
        t.require(
            after.throttle.capacity.0.get()
                == (before.throttle.capacity.0.get() - closed * price).max(-risk.throttle_capacity.0.get()),
            case,
        );
        if helps {
            let equity_now = purse.0.get() + counted(risk, &now, price, &left) + other.0;
            let required_now = world::maintenance(risk, left.lots.0.get().abs() * price) + other.1;
            // Where profits count in part, each close counts them anew, and what is rounded may be lost.
            let in_part = nav(risk, &now, price) + now.deficit < 0;
            let hidden = if in_part { 2 } else { 0 };
            let better = required_now == 0 || (equity_now + hidden) * required >= equity * required_now;
            t.require(better, || format!("{}: {equity_now} of {required_now}", case()));
        }
    }
}
