//! Health and initial margin of an account as numbers.

use plimsoll_engine::{
    close::{close_helps, is_urgent, payable_size},
    margin::{LegHealth, maintenance},
};

use super::prelude::*;

/// What is explored here.
pub const LIST: &[Transition] = &[
    Transition { name: "liquidatable", run: liquidatable },
    Transition { name: "no-worse", run: no_worse },
    Transition { name: "free", run: free },
    Transition { name: "close-helps", run: helps },
    Transition { name: "payable-size", run: payable },
    Transition { name: "urgent", run: urgent },
];

/// Equity and requirement of a whole account.
fn health(name: &str) -> Health {
    Health {
        equity: pnl(&format!("{name}_equity"), 900),
        maintenance: atoms(&format!("{name}_maintenance"), 1_000),
        cash: atoms(&format!("{name}_cash"), 5_000),
        ..Health::default()
    }
}

fn liquidatable() {
    let health = health("account");
    let (judged, bankrupt) = (health.is_liquidatable(), health.is_bankrupt());
    let under = lt(health.equity, health.maintenance);
    let same = if judged { under.clone() } else { under.negated() };
    claim(Of::I5, "exactly-under-maintenance", same, if judged { lt(health.equity, 0) } else { lt(1, health.equity) });
    let gone = le(health.equity, 0);
    claim(
        Of::I5,
        "bankrupt-exactly-without-equity",
        if bankrupt { gone.clone() } else { gone.negated() },
        if bankrupt { lt(health.equity, 0) } else { lt(1, health.equity) },
    );
    claim(
        Of::I5,
        "bankrupt-is-liquidatable",
        if bankrupt && !judged { eq(health.maintenance, 0) } else { ALWAYS },
        if bankrupt { NEVER } else { ALWAYS },
    );
}

fn no_worse() {
    let (before, after) = (health("before"), health("after"));
    let judged = after.no_worse_than(&before);
    let (now, then) = (e(after.equity) * e(before.maintenance), e(before.equity) * e(after.maintenance));
    let exact = any([eq(after.maintenance, 0), all([lt(0, before.maintenance), le(then.clone(), now.clone())])]);
    claim(
        Of::I7,
        "exactly-the-ratio",
        if judged { exact.clone() } else { exact.negated() },
        if judged { lt(then, now) } else { le(now, then) },
    );
}

fn free() {
    let (cash, equity, requirement) = (atoms("cash", 5_000), pnl("equity", 4_000), atoms("requirement", 1_000));
    let initial = Initial { equity, requirement };
    let free = initial.withdrawable(cash);
    let after = Initial { equity: Pnl(words::Term::of((e(equity) - e(free)).0)), requirement };
    let met = after.is_met();
    claim(Of::I2, "at-most-the-cash", le(free, cash), lt(free, cash));
    claim(
        Of::I5,
        "leaves-initial-margin",
        any([eq(free, 0), if met { ALWAYS } else { NEVER }]),
        any([eq(free, 0), lt(e(requirement) + e(free), equity)]),
    );
    claim(Of::I2, "all-that-is-free", any([eq(free, cash), le(e(equity) - e(free), requirement)]), eq(free, cash));
}

/// A leg of `size` at a price, as margin sees it.
fn leg(risk: &Risk, size: Size, price: Ticks) -> Option<LegHealth> {
    let notional = size.at(price).ok()?;
    let ratio = plimsoll_engine::margin::maintenance_ratio(risk, notional).ok()?;
    Some(LegHealth { size, notional, ratio, maintenance: maintenance(risk, notional).ok()?, ..LegHealth::default() })
}

/// The arithmetic of I-7: whatever part of a leg is closed, the charge is outweighed.
fn helps() {
    let mut risk = Risk::default();
    given::maintenance(&mut risk);
    risk.charge = ratio("charge", 0, ONE / 10, ONE / 400);
    let notional = Atoms(word("notional", 59, 5_000_000));
    let closed = Atoms(word("closed", 59, 3_000_000));
    assume(le(closed, notional));
    let account = health("account");
    // Liquidatable, but not bankrupt, and the leg is part of the requirement.
    assume(lt(0, account.equity));
    assume(lt(account.equity, account.maintenance));
    let one: Ticks = Ticks(words::lit(1));
    let Some(leg) = leg(&risk, Size(notional.0), one) else { return };
    assume(le(leg.maintenance, account.maintenance));
    if !close_helps(risk.charge, &account, &leg) {
        return;
    }
    let left = e(notional) - e(closed);
    let Some(after) = always_fitting(maintenance(&risk, Atoms(words::Term::of(left.0))), |after| lt(after, power(58)))
    else {
        return;
    };
    let Some(most) = always_fitting(risk.charge.mul_floor(closed), |most| lt(most, power(55))) else { return };
    let charge = word("taken", 60, 100);
    assume(le(charge, e(most) - 1));
    let (equity, needed) = (e(account.equity) - e(charge), e(account.maintenance) - e(leg.maintenance) + e(after));
    let (now, then) = (equity * e(account.maintenance), e(account.equity) * needed);
    claim(Of::I7, "raises-health", le(then.clone(), now.clone()), lt(now, then));
}

fn payable() {
    let (loss, cash) = (atoms("loss", 10_000), atoms("cash", 4_000));
    let (held, wanted) = (Size(word("held", 59, 9)), Size(word("wanted", 59, 7)));
    assume(le(1, wanted));
    assume(le(wanted, held));
    let pnl = Pnl(words::Term::of((-e(loss)).0));
    let Some(size) = always_fitting(payable_size(pnl, cash, held, wanted), |size| lt(size, power(58))) else { return };
    claim(
        Of::I2,
        "cash-pays-its-share",
        any([le(loss, cash), le(e(size) * e(loss), e(cash) * e(held))]),
        le(loss, cash),
    );
    claim(Of::I7, "at-most-what-is-wanted", all([le(1, size), le(size, wanted)]), lt(size, wanted));
}

fn urgent() {
    let mut risk = Risk::default();
    risk.charge = ratio("charge", 0, ONE / 10, ONE / 400);
    let account = health("account");
    let notional = Atoms(word("notional", 59, 5_000_000));
    let leg = LegHealth { notional, ..LegHealth::default() };
    let Some(urgent) = always_fitting(is_urgent(&risk, &account, &leg), |urgent| if *urgent { NEVER } else { ALWAYS })
    else {
        return;
    };
    let within = le(e(account.equity) * power(32), e(risk.charge) * e(notional) + power(32) - 1);
    claim(
        Of::I7,
        "exactly-within-one-charge",
        if urgent { within } else { lt(e(risk.charge) * e(notional), e(account.equity) * power(32)) },
        if urgent { lt(account.equity, 0) } else { lt(1_000_000, account.equity) },
    );
}
