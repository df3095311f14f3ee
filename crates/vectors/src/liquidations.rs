//! Liquidation, bankruptcy, marks, throttle and queue.

use plimsoll_engine::{
    account::Health,
    bankruptcy::close_bankrupt,
    close, liquidation,
    mark::{self, Leg, Purse},
    market::Market,
    position::Position,
    queue::Now,
    units::{Atoms, Size},
};
use serde_json::{Value, json};

use crate::{
    In,
    input::{Read, leg_of, newer_than},
    keepers, output,
    run::{Failure, Outcome},
};

/// A leg, the account it is of, and its market.
fn lone(input: &In<'_>) -> Read<(Market, Position, Health)> {
    let (market, position) = (input.at("market")?.market()?, input.at("position")?.position()?);
    let (cash, others) = (input.atoms("cash")?, input.at("others")?);
    let mut health = Health::of_cash(cash)?;
    health.equity = health.equity.plus(others.pnl("equity")?)?;
    health.maintenance = others.atoms("maintenance")?;
    health.add(&leg_of(input, &position, &market)?)?;
    Ok((market, position, health))
}

/// The smallest size.
pub fn close_size(input: &In<'_>) -> Outcome {
    let (market, position, health) = lone(input)?;
    let leg = leg_of(input, &position, &market)?;
    Ok(json!({"size": close::close_size(&market.risk, &health, &leg, leg.size, leg.price)?.0}))
}

/// What cash pays.
pub fn payable_size(input: &In<'_>) -> Outcome {
    let (held, wanted) = (Size(input.u64("held")?), Size(input.u64("wanted")?));
    Ok(json!({"size": close::payable_size(input.pnl("pnl")?, input.atoms("cash")?, held, wanted)?.0}))
}

/// The size under the throttle.
pub fn step_size(input: &In<'_>) -> Outcome {
    let (market, position, health) = lone(input)?;
    let leg = leg_of(input, &position, &market)?;
    let size = liquidation::step_size(&market, &health, &leg, &position, input.i64("now")?)?;
    Ok(json!({"size": size.0}))
}

/// A step.
pub fn liquidate(input: &In<'_>) -> Outcome {
    let (mut market, mut position) = (input.at("market")?.market()?, input.at("position")?.position()?);
    let mut cash = input.atoms("cash")?;
    let (equity, size) = (input.pnl("equity")?, Size(input.u64("size")?));
    let (price, now) = (input.ticks("price")?, input.i64("now")?);
    let step = liquidation::close(&mut cash, &mut position, &mut market, equity, size, price, now)?;
    Ok(json!({
        "cash": cash.0,
        "position": output::position(&position),
        "book": output::book(&market.book),
        "throttle": output::throttle(&market.throttle),
        "window": output::cascade(&market.cascade),
        "multiple": market.risk.cascade_multiple.0,
        "step": {
            "lots": step.lots.0,
            "notional": step.notional.0,
            "settled": step.settled.0,
            "charge": output::charge(&step.charge),
        },
    }))
}

/// A charge's parts.
pub fn charge(input: &In<'_>) -> Outcome {
    let parts = liquidation::Charge::split(&input.risk()?, input.atoms("total")?, input.atoms("notional")?)?;
    Ok(output::charge(&parts))
}

/// The bucket.
pub fn throttle(input: &In<'_>) -> Outcome {
    let market = input.at("market")?.market()?;
    let full = market.throttle.refilled(&market.risk, input.i64("now")?)?;
    let mut taken = full;
    taken.take(&market.risk, input.atoms("notional")?)?;
    Ok(json!({
        "refilled": output::throttle(&full),
        "available": full.available().0,
        "allows": full.allows_step(&market.risk, input.ticks("price")?)?,
        "taken": output::throttle(&taken),
    }))
}

/// The legs as an action takes them.
fn borrowed(held: &mut [(Position, Market)]) -> Vec<Leg<'_>> {
    held.iter_mut().map(|(position, market)| Leg { position, market }).collect()
}

/// An account that has nothing left.
pub fn bankruptcy(input: &In<'_>) -> Outcome {
    let (mut cash, mut held) = (input.atoms("cash")?, input.legs()?);
    let report = close_bankrupt(&mut cash, &mut borrowed(&mut held), input.i64("now")?, newer_than(input)?)?;
    let legs: Vec<Value> = held
        .iter()
        .zip(&report)
        .map(|((position, market), entry)| {
            json!({
                "report": {
                    "lots": entry.lots.0,
                    "price": entry.price.0,
                    "notional": entry.notional.0,
                    "settled": entry.settled.0,
                    "deficit": entry.deficit.0,
                    "claim": entry.claim.0,
                },
                "position": output::position(position),
                "book": output::book(&market.book),
                "throttle": output::throttle(&market.throttle),
                "window": output::cascade(&market.cascade),
                "multiple": market.risk.cascade_multiple.0,
            })
        })
        .collect();
    Ok(json!({"cash": cash.0, "legs": legs}))
}

/// Variation margin.
pub fn mark(input: &In<'_>) -> Outcome {
    let (mut cash, mut held) = (input.atoms("cash")?, input.legs()?);
    let paid = mark::mark(&mut cash, &mut borrowed(&mut held))?;
    let paid: Vec<i64> = paid.iter().take(held.len()).map(|paid| paid.0).collect();
    let legs: Vec<Value> = held
        .iter()
        .map(|(position, market)| json!({"position": output::position(position), "book": output::book(&market.book)}))
        .collect();
    Ok(json!({"cash": cash.0, "paid": paid, "legs": legs}))
}

/// Cash over losses.
pub fn share(input: &In<'_>) -> Outcome {
    let mut purse = Purse { left: input.atoms("cash")?, losses: Atoms(0) };
    let losses: Vec<Atoms> =
        input.list("losses")?.iter().map(|loss| Ok(Atoms(loss.unsigned()?))).collect::<Read<_>>()?;
    for loss in &losses {
        purse.losses = purse.losses.plus(*loss)?;
    }
    let paid = losses.iter().map(|loss| Ok(purse.pay(*loss)?.0)).collect::<Read<Vec<u64>>>()?;
    Ok(json!({"paid": paid}))
}

/// Who goes first.
pub fn first(input: &In<'_>) -> Outcome {
    let risk = input.risk()?;
    let queue = keepers::queue(input, risk.entry_ttl)?;
    let given = input.at("now")?;
    // Where no publish time is given, every entry's is older.
    let published = if given.has("published") { given.i64("published")? } else { i64::MAX };
    let (slot, time, has_capacity) = (given.u64("slot")?, given.i64("time")?, given.flag("has_capacity")?);
    let now = Now { slot, time, published, has_capacity };
    let own = usize::try_from(input.u64("own")?).map_err(|error| Failure::Input(error.to_string()))?;
    let ahead = queue.require_first(&risk, own, input.atoms("key")?, &now).err();
    Ok(json!({"ahead": ahead.map(|ahead| ahead.key.0)}))
}
