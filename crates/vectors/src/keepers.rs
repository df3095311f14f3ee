//! Liquidating a queued account.

use plimsoll_engine::{
    flag,
    liquidate::{Closed, Holdings, Plan, Refusal, carry_out, judge},
    mark::Leg,
    market::Market,
    position::Position,
    queue::{Entry, Id, Queue},
    survey::{Case, Survey},
};
use serde_json::{Value, json};

use crate::{
    In,
    input::Read,
    output,
    run::{Failure, Outcome},
};

/// The account at a place of the queue.
fn account_at(place: usize) -> Id {
    let mut id = [1; 32];
    for (byte, number) in id.iter_mut().zip(place.to_le_bytes()) {
        *byte = number;
    }
    id
}

/// A queue of entries, each at the place it has in the list.
pub fn queue(input: &In<'_>, ttl: u32) -> Read<Box<Queue>> {
    let mut queue = Box::new(<Queue as bytemuck::Zeroable>::zeroed());
    for (place, given) in input.list("entries")?.iter().enumerate() {
        let entry = Entry {
            account: account_at(place),
            key: given.atoms("key")?,
            first_slot: given.u64("first_slot")?,
            first_publish_time: if given.has("first_publish_time") { given.i64("first_publish_time")? } else { 0 },
            first_time: if given.has("first_time") { given.i64("first_time")? } else { 0 },
            refreshed: given.i64("refreshed")?,
            urgent: given.flag("urgent")?,
            ..Entry::default()
        };
        queue.insert(entry, ttl, entry.refreshed)?;
    }
    Ok(queue)
}

fn survey(input: &In<'_>, legs: &[(Position, Market)], seen: Option<i64>) -> Read<Survey> {
    let survey = Survey::of_cash(input.atoms("cash")?, input.i64("now")?)?;
    let mut survey = if let Some(seen) = seen { survey.newer_than(seen) } else { survey };
    for (place, (position, market)) in legs.iter().enumerate() {
        survey.add(place, position, market)?;
    }
    survey.count_fees(input.atoms("escrow")?)?;
    Ok(survey)
}

fn closed(plan: Plan, closed: &Closed) -> Value {
    let (lots, notional, settled) = (closed.lots.0, closed.notional.0, closed.settled.0);
    if plan == Plan::Bankrupt {
        let (deficit, claim) = (closed.deficit.0, closed.claim.0);
        return json!({"lots": lots, "notional": notional, "settled": settled, "deficit": deficit, "claim": claim});
    }
    json!({"lots": lots, "notional": notional, "settled": settled, "charge": output::charge(&closed.charge)})
}

fn name(plan: Plan) -> &'static str {
    match plan {
        Plan::Leave => "leave",
        Plan::Step(_) => "step",
        Plan::All => "all",
        Plan::Bankrupt => "bankrupt",
    }
}

/// Judges an account and does what was decided.
pub fn liquidate(input: &In<'_>) -> Outcome {
    let mut held = input.legs()?;
    let market = held.first().map(|(_, market)| *market).ok_or_else(|| Failure::Input("no leg".to_owned()))?;
    let mut queue = queue(input, market.risk.entry_ttl)?;
    let seen = queue.first_publish_times.first().copied();
    let survey = survey(input, &held, seen)?;
    let account = account_at(0);
    let case = Case { account: &account, leg: Some(0), place: Some(0), slot: input.u64("slot")? };
    let verdict = match judge(&survey, &market, &queue, &case) {
        Ok(verdict) => verdict,
        Err(Refusal::NotFirst(ahead)) => return Ok(json!({"plan": "not-first", "ahead": ahead.key.0})),
        Err(Refusal::Error(error)) => return Err(error.into()),
    };
    let (mut cash, places): (_, Vec<usize>) = (input.atoms("cash")?, (0..held.len()).collect());
    let mut legs: Vec<Leg<'_>> = held.iter_mut().map(|(position, market)| Leg { position, market }).collect();
    let mut holdings = Holdings { cash: &mut cash, legs: &mut legs, places: &places };
    let report = carry_out(&verdict, &mut holdings, &survey, &mut queue, &case)?;
    if verdict.plan == Plan::Leave {
        return Ok(json!({"plan": "leave"}));
    }
    let stay = queue.entry_of(&account, 0).ok().filter(|_| report.until.is_some());
    let legs: Vec<Value> = held
        .iter()
        .map(|(position, market)| {
            json!({
                "position": output::position(position),
                "book": output::book(&market.book),
                "throttle": output::throttle(&market.throttle),
                "window": output::cascade(&market.cascade),
                "multiple": market.risk.cascade_multiple.0,
            })
        })
        .collect();
    Ok(json!({
        "plan": name(verdict.plan),
        "closed": report.legs().map(|leg| closed(verdict.plan, leg)).collect::<Vec<_>>(),
        "stay": stay.map(|entry| json!({"key": entry.key.0, "urgent": entry.urgent})),
        "cash": cash.0,
        "fees": report.order_fees.0,
        "legs": legs,
    }))
}

/// Flags an account.
pub fn flag(input: &In<'_>) -> Outcome {
    let held = input.legs()?;
    let risk = held.first().map(|(_, market)| market.risk).ok_or_else(|| Failure::Input("no leg".to_owned()))?;
    let (mut queue, survey) = (queue(input, risk.entry_ttl)?, survey(input, &held, None)?);
    let own = if input.has("own") { usize::try_from(input.u64("own")?).ok() } else { None };
    let account = own.map_or([255; 32], account_at);
    let case = Case { account: &account, leg: Some(0), place: own, slot: input.u64("slot")? };
    let report = flag::flag(&mut queue, &survey, &risk, &case, &[9; 32], input.flag("elsewhere")?)?;
    let flag::Report::Queued(queued) = report else {
        let left = own.and_then(|place| queue.entry_of(&account, place).ok());
        return Ok(json!({"flag": "removed", "entry": left.map(|entry| entry.key.0), "dropped": null}));
    };
    let entry = queue.entry_of(&account, queued.place)?;
    Ok(json!({
        "flag": "queued",
        "first": queued.first,
        "equity": queued.equity.0,
        "maintenance": queued.maintenance.0,
        "until": queued.until,
        "entry": {
            "key": entry.key.0,
            "first_slot": entry.first_slot,
            "first_time": entry.first_time,
            "first_publish_time": entry.first_publish_time,
            "refreshed": entry.refreshed,
            "urgent": entry.urgent,
        },
        "dropped": queued.dropped.map(|_| queued.place),
    }))
}
