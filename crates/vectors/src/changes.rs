//! Changes of parameters and the guardian's holds.

use plimsoll_engine::{guard::Guard, market::Market, risk::Past};
use serde_json::{Value, json};

use crate::{In, input::Read, output, run::Outcome};

/// A change of a market's parameters.
pub fn change(input: &In<'_>) -> Outcome {
    let mut market: Market = input.at("market")?.market()?;
    market.risk.past = input.at("past")?.past()?;
    let (next, now) = (input.at("next")?.parameters()?, input.i64("now")?);
    let waits = market.notice_of(&next);
    let changed = market.reparametrise(&next, now)?;
    let risk = &market.risk;
    Ok(json!({
        "base": changed.base.0,
        "impact": changed.impact.0,
        "floor": changed.floor.0,
        "cap": changed.cap.0,
        "base_notice": output::notice(&market.base_notice),
        "impact_notice": output::notice(&market.impact_notice),
        "floor_notice": output::notice(&market.floor_notice),
        "cap_notice": output::notice(&market.cap_notice),
        "throttle": output::throttle(&market.throttle),
        "window": output::cascade(&market.cascade),
        "multiple": risk.cascade_multiple.0,
        "key_scale": risk.key_scale.0,
        "past": past(&risk.past),
        "waits": waits,
    }))
}

/// A level that is set or let go.
pub fn hold(input: &In<'_>) -> Outcome {
    let (mut guard, now) = (input.at("hold")?.hold()?, input.i64("now")?);
    match input.byte("wanted")? {
        0 => guard.loosen(now)?,
        level => guard.tighten(level, now)?,
    }
    Ok(json!({
        "hold": {"opens": guard.opens, "since": guard.since, "until": guard.until, "level": guard.level},
        "level": guard.floor(now),
        "later": guard.floor(now.saturating_add(86_400)),
    }))
}

fn past(past: &Past) -> Value {
    json!({
        "changed_at": past.changed_at,
        "order_delay": past.order_delay,
        "order_window": past.order_window,
        "clock_lag": past.clock_lag,
        "lp_cooldown": past.lp_cooldown,
    })
}

impl In<'_> {
    /// Times of before the last change.
    fn past(&self) -> Read<Past> {
        Ok(Past {
            changed_at: self.i64("changed_at")?,
            order_delay: self.u32("order_delay")?,
            order_window: self.u32("order_window")?,
            clock_lag: self.u32("clock_lag")?,
            lp_cooldown: self.u32("lp_cooldown")?,
        })
    }

    /// A hold.
    fn hold(&self) -> Read<Guard> {
        Ok(Guard {
            opens: self.i64("opens")?,
            since: self.i64("since")?,
            until: self.i64("until")?,
            level: self.byte("level")?,
            ..Guard::default()
        })
    }
}
