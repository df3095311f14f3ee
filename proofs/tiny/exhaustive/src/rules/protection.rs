//! Orders that anyone places for an account below its owner's level, and what whoever fires a trigger is paid.

use plimsoll_engine::{
    execution::pay_firing,
    order::Order,
    protection::{Guarded, Protected, protect},
    trade::{Rest, fill},
};

use super::account::Legs;
use crate::{
    exact::*,
    run::{Rule, Tally},
    world::*,
};

/// All of them.
pub const RULES: &[Rule] = &[
    Rule { name: "protection/protect", parts: 256, run: protections },
    Rule { name: "order/pay-firing", parts: 256, run: firings },
];

/// What charges, fees and execution fees there are, so that some orders are worth theirs.
const COSTS: [(i64, i64, i64); 3] = [(5, 1, 1), (3, 0, 0), (1, 1, 1)];

/// Only between maintenance and the level; an order that only reduces, whose fee leaves and which, filled now, raises equity
/// over maintenance.
fn protections(part: usize, t: &mut Tally) {
    let cash = part as i64;
    for kind in 0..4 {
        for first in SIGNED.step_by(3) {
            for second in SIGNED.step_by(17) {
                let Some(mut legs) = Legs::new(kind, [first, second]) else { continue };
                for (charge, fee, execution) in COSTS {
                    for market in &mut legs.markets {
                        (market.risk.charge, market.risk.fee) = (ratio(charge), ratio(fee));
                        market.risk.execution_fee = atoms(execution);
                    }
                    for level in [0, 17, 20, 32] {
                        for place in [0, 1] {
                            protect_one(t, cash, &legs, level, place);
                        }
                    }
                }
            }
        }
    }
}

fn protect_one(t: &mut Tally, cash: i64, legs: &Legs, level: i64, place: usize) {
    let (market, position, other) = (&legs.markets[place], &legs.positions[place], 1 - place);
    let Ok(survey) = legs.survey(cash, NOW, None) else { return };
    let mut rest = Rest::default();
    if !legs.positions[other].is_empty() && rest.add(&legs.positions[other], &legs.markets[other], NOW).is_err() {
        return;
    }
    let account = Guarded {
        cash: atoms(cash),
        level: ratio(level),
        survey: &survey,
        rest: &rest,
        leg: (place, position),
        flagged: false,
        waiting: false,
    };
    let got = protect(&account, market, 9, NOW);
    t.count(got.is_ok());
    let (equity, required) = legs.health(cash);
    let case =
        || format!("{cash} cash, {equity} of {required} at {level}, leg {place} of {:?}: {got:?}", legs.positions);
    let Ok(Protected { order, equity: seen, maintenance }) = got else { return };
    t.require((seen, maintenance) == (pnl(equity), atoms(required)), case);
    let level = level.min(market.risk.initial_multiple.0.get());
    t.require(level > 0 && equity >= required && equity < mulc(level, required), case);
    // One at a time, and never for who is flagged.
    t.require(protect(&Guarded { flagged: true, ..account }, market, 9, NOW).is_err(), case);
    t.require(protect(&Guarded { waiting: true, ..account }, market, 9, NOW).is_err(), case);

    let (n, held, price) = (order.lots.0.get(), position.lots.0.get(), market.price.oracle.0.get());
    t.require(n != 0 && n.signum() == -held.signum() && n.abs() <= held.abs() && order.reduce_only == 1, case);
    let (charge, value) = (market.risk.charge.0.get(), n.abs() * price);
    let width = mulf(charge, price) * n.signum();
    t.require(order.limit == ticks(price + width) && order.trigger().is_none() && order.sequence == 9, case);
    let fee = mulc(market.risk.fee.0.get(), value) + market.risk.execution_fee.0.get();
    t.require(order.fee == atoms(fee) && fee <= cash && fee <= mulf(charge, value), case);

    // Filled at the price of now its owner is better off, and by what it costs at most.
    let filled = fill(atoms(cash - fee), &rest, position, market, &order, &market.price);
    let Ok(filled) = filled else { return t.require(false, case) };
    let mut after = *legs;
    (after.markets[place].book, after.positions[place]) = (filled.book, filled.position);
    let (equity_now, required_now) = after.health(filled.cash.0.get());
    let better = required_now == 0 || equity_now * required >= equity * required_now;
    t.require(better && required_now <= required, || format!("{}, then {equity_now} of {required_now}", case()));
}

/// At most half of the execution fee, out of the order's fee; what is left is the executor's.
fn firings(part: usize, t: &mut Tally) {
    let fee = part as i64;
    for execution in 0..=fee {
        let order = Order { fee: atoms(fee), execution_fee: atoms(execution), lots: lots(1), ..Order::default() };
        for keeper in [None, Some(0), Some(1), Some(9), Some(128), Some(250), Some(255)] {
            let (mut after, mut purse) = (order, keeper.map(atoms));
            let got = pay_firing(&mut after, purse.as_mut());
            t.count(got.is_ok());
            let case = || format!("{execution} of {fee} to {keeper:?}: {got:?}");
            let half = if keeper.is_some() { execution / 2 } else { 0 };
            if got.is_err() {
                t.require((after, purse) == (order, keeper.map(atoms)), case);
                t.require(!fits(keeper.unwrap_or(0) + half), case);
                continue;
            }
            let left = Order { fee: atoms(fee - half), execution_fee: atoms(execution - half), ..order };
            t.require(got == Ok(atoms(half)) && after == left && after.invariant(), case);
            t.require(purse == keeper.map(|cash| atoms(cash + half)) && 2 * half <= execution, case);
        }
    }
}
