//! How much of a leg is closed, where it has few lots: the whole search, with its estimate.

use plimsoll_engine::{
    close::close_size,
    margin::{LegHealth, maintenance, maintenance_ratio},
};
use terms::Formula;

use super::prelude::*;

/// What is explored here.
pub const LIST: &[Transition] = &[Transition { name: "close-size", run: || found(3) }];

/// That closing `size` of `held` leaves an account at its target: section 8 of the formulas, with its roundings.
fn reaches(risk: &Risk, health: &Health, leg: &LegHealth, size: u64, held: u64) -> Option<Formula> {
    let part = |lots| Size(words::lit(lots)).at(leg.price).ok();
    let cost = Ratio(words::Term::of((e(risk.charge) + e(leg.favour)).0));
    let charge = cost.mul_ceil(part(size)?).ok()?;
    let left = maintenance(risk, part(held - size)?).ok()?;
    let required = e(health.maintenance) - e(leg.maintenance) + e(left);
    let target = risk.target.mul_ceil(Atoms(words::Term::of(required.0))).ok()?;
    Some(le(target, e(health.equity) - e(charge)))
}

/// A leg of `held` lots in an account that is under maintenance.
fn found(held: u64) {
    let mut risk = Risk::default();
    // A requirement that is a fixed part of notional: the general estimate has too many paths.
    let part = ratio("ratio", ONE / 500, ONE, ONE / 50);
    (risk.base, risk.maintenance_floor, risk.maintenance_cap) = (part, part, part);
    risk.charge = ratio("charge", 0, ONE / 10, ONE / 400);
    assume(le(e(risk.charge) + e(risk.charge), part));
    risk.target = ratio("target", ONE, ONE + ONE / 2, ONE + ONE / 4);
    risk.minimum_step = Size(words::lit(1));
    risk.minimum_position = Size(words::lit(1));
    let price = Ticks(bounded("price", 1, 1 << 56, 1_000_000));
    let size = Size(words::lit(held));
    let Some(notional) = size.at(price).ok() else { return };
    let (Ok(ratio), Ok(needed)) = (maintenance_ratio(&risk, notional), maintenance(&risk, notional)) else { return };
    let favour = Ratio::ZERO;
    let leg = LegHealth { size, price, notional, ratio, favour, maintenance: needed, ..LegHealth::default() };
    let other = Atoms(word("other_maintenance", 59, 100));
    let health = Health {
        equity: pnl("equity", 50_000),
        maintenance: Atoms(words::Term::of((e(other) + e(needed)).0)),
        ..Health::default()
    };
    assume(lt(0, health.equity));
    assume(lt(health.equity, health.maintenance));
    let Some(closed) = fitting(close_size(&risk, &health, &leg, size, price)) else { return };
    let Some(closed) = (1..=held).find(|lots| closed == Size(words::lit(*lots))) else {
        claim(Of::I7, "at-least-a-lot-at-most-all", NEVER, ALWAYS);
        return;
    };
    claim(Of::I7, "at-least-a-lot-at-most-all", ALWAYS, Formula::Const(closed == held));
    if closed < held {
        let Some(enough) = reaches(&risk, &health, &leg, closed, held) else { return };
        claim(Of::I7, "reaches-the-target-or-is-all", enough, lt(health.equity, needed));
        if closed > 1 {
            let Some(less) = reaches(&risk, &health, &leg, closed - 1, held) else { return };
            claim(Of::I7, "one-lot-less-does-not", less.negated(), less);
        }
    }
}
