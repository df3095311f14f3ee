//! Book, margin, accounts and the priority key.

use plimsoll_engine::{
    account::{Health, Initial},
    book::premium,
    close,
    key::{Stress, cost_of_waiting},
    margin::{self, LegHealth},
    market::Market,
    position::Position,
    units::{Atoms, Lots, Ratio},
};
use serde_json::{Value, json};

use crate::{
    In,
    input::{Read, leg_of},
    output,
    run::Outcome,
};

/// Net asset value and its parts.
pub fn nav(input: &In<'_>) -> Outcome {
    let (market, price) = (input.at("market")?.market()?, input.ticks("price")?);
    let (book, risk) = (&market.book, &market.risk);
    let skew = book.skew()?;
    Ok(json!({
        "nav": book.nav(risk, price)?.0,
        "premium": premium(risk, skew, price)?.0,
        "long": book.claims(true, price)?.0,
        "short": book.claims(false, price)?.0,
        "skew": skew.0,
    }))
}

/// Novation.
pub fn trade(input: &In<'_>) -> Outcome {
    let (mut book, mut position) = (input.at("book")?.book()?, input.at("position")?.position()?);
    book.novate(&mut position, Lots(input.i64("lots")?), input.pnl("cost")?)?;
    Ok(json!({"book": output::book(&book), "position": output::position(&position)}))
}

/// Between treasury and position.
pub fn pay(input: &In<'_>) -> Outcome {
    let (mut book, mut position) = (input.at("book")?.book()?, input.at("position")?.position()?);
    book.settle(&mut position, input.pnl("paid")?)?;
    Ok(json!({"book": output::book(&book), "position": output::position(&position)}))
}

/// A leg for maintenance.
pub fn leg(input: &In<'_>) -> Outcome {
    let (market, position) = (input.at("market")?.market()?, input.at("position")?.position()?);
    Ok(output::leg(&margin::leg_health(&position, &market, input.ticks("price")?)?))
}

/// A leg for initial margin.
pub fn initial_leg(input: &In<'_>) -> Outcome {
    let (market, position) = (input.at("market")?.market()?, input.at("position")?.position()?);
    let leg = margin::leg_initial(&position, &market.risk, &market.book, &market.price)?;
    Ok(json!({"counted": leg.counted.0, "requirement": leg.requirement.0}))
}

/// The requirement of a notional.
pub fn maintenance(input: &In<'_>) -> Outcome {
    let (market, notional) = (input.at("market")?.market()?, input.atoms("notional")?);
    Ok(json!({
        "ratio": margin::maintenance_ratio(&market.risk, notional)?.0,
        "maintenance": margin::maintenance(&market.risk, notional)?.0,
    }))
}

/// The cost of waiting.
pub fn key(input: &In<'_>) -> Outcome {
    let mut stress = Stress::default();
    for size in input.list("stresses")? {
        let size = size.signed()?;
        stress.add(Atoms(size.unsigned_abs()), size >= 0)?;
    }
    let total = stress.total()?;
    let (drift, equity, maintenance) = (Ratio(input.u64("drift")?), input.pnl("equity")?, input.atoms("maintenance")?);
    Ok(json!({"stress": total.0, "key": cost_of_waiting(total, drift, equity, maintenance)?.0}))
}

/// An account's health from its legs.
pub fn health_of(input: &In<'_>, cash: Atoms, legs: &[(Position, Market)]) -> Read<(Health, Vec<(Ratio, LegHealth)>)> {
    let (mut health, mut all) = (Health::of_cash(cash)?, Vec::new());
    for (position, market) in legs {
        let leg = leg_of(input, position, market)?;
        health.add(&leg)?;
        all.push((market.risk.charge, leg));
    }
    Ok((health, all))
}

/// Maintenance of an account.
pub fn health(input: &In<'_>) -> Outcome {
    let legs = input.legs()?;
    let (health, _) = health_of(input, input.atoms("cash")?, &legs)?;
    let drift = legs.first().map(|(_, market)| market.risk.key_drift).unwrap_or_default();
    Ok(json!({
        "equity": health.equity.0,
        "credit": health.credit.0,
        "maintenance": health.maintenance.0,
        "stress": health.stress.total()?.0,
        "key": health.key(drift)?.0,
        "liquidatable": health.is_liquidatable(),
        "bankrupt": health.is_bankrupt(),
    }))
}

/// Which leg is closed, and which an account is flagged for.
pub fn choose_leg(input: &In<'_>) -> Outcome {
    let legs = input.legs()?;
    let (health, all) = health_of(input, input.atoms("cash")?, &legs)?;
    let chosen = close::choose_leg(&health, all.iter().copied());
    let flagged = close::leg_to_flag(&health, all.iter().copied());
    Ok(json!({"chosen": chosen, "flagged": flagged}))
}

/// Whether equity over maintenance does not fall.
pub fn no_worse(input: &In<'_>) -> Outcome {
    let read = |name: &str| -> Read<Health> {
        let given = input.at(name)?;
        Ok(Health { equity: given.pnl("equity")?, maintenance: given.atoms("maintenance")?, ..Health::default() })
    };
    Ok(json!({"holds": read("after")?.no_worse_than(&read("before")?)}))
}

/// What could leave an account.
pub fn withdrawable(input: &In<'_>) -> Outcome {
    let initial = Initial { equity: input.pnl("equity")?, requirement: input.atoms("requirement")? };
    let amount: Value = initial.withdrawable(input.atoms("cash")?).0.into();
    Ok(json!({"met": initial.is_met(), "amount": amount}))
}
