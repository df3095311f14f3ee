//! The withdrawal limiter.

use plimsoll_engine::limiter::{Limiter, Outflow, Quota};
use serde_json::{Value, json};

use crate::{
    In,
    input::Read,
    run::{Failure, Outcome},
};

fn limiter(limiter: &Limiter) -> Value {
    json!({
        "hour": limiter.hour,
        "day": limiter.day,
        "hour_outflow": limiter.hour_outflow.0,
        "day_outflow": limiter.day_outflow.0,
        "base": limiter.base.0,
        "minimum": limiter.minimum.0,
    })
}

fn quota(quota: &Quota) -> Value {
    json!({
        "day": quota.day,
        "fresh_before": quota.fresh_before.0,
        "fresh": quota.fresh.0,
        "spent": quota.spent.0,
    })
}

/// Money comes or goes.
pub fn outflow(input: &In<'_>) -> Outcome {
    let (mut state, mut own) = (input.at("limiter")?.limiter()?, input.at("quota")?.quota()?);
    let (amount, total, now) = (input.atoms("amount")?, input.atoms("total")?, input.i64("now")?);
    let seen = state.at(total, now);
    let available = state.available(&own, total, now)?;
    let left = match input.text("flow")? {
        "receive" => state.receive(&mut own, amount, total, now).map(|()| Outflow::default())?,
        "receive-for-shares" => {
            state.receive_for_shares(amount, total, now);
            Outflow::default()
        }
        "withdraw" => state.withdraw(&mut own, amount, total, now)?,
        "pay-for-shares" => state.pay_for_shares(amount, total, now)?,
        other => return Err(Failure::Input(format!("no such flow: {other}"))),
    };
    Ok(json!({
        "room": seen.room().0,
        "hour_limit": seen.hour_limit().0,
        "day_limit": seen.day_limit().0,
        "more_at": seen.more_at(),
        "available": available.0,
        "limiter": limiter(&state),
        "quota": quota(&own),
        "counted": left.counted.0,
        "allowed": left.allowed.0,
    }))
}

impl In<'_> {
    fn limiter(&self) -> Read<Limiter> {
        Ok(Limiter {
            hour: self.i64("hour")?,
            day: self.i64("day")?,
            hour_outflow: self.atoms("hour_outflow")?,
            day_outflow: self.atoms("day_outflow")?,
            base: self.atoms("base")?,
            minimum: self.atoms("minimum")?,
        })
    }

    fn quota(&self) -> Read<Quota> {
        Ok(Quota {
            day: self.i64("day")?,
            fresh_before: self.atoms("fresh_before")?,
            fresh: self.atoms("fresh")?,
            spent: self.atoms("spent")?,
        })
    }
}
