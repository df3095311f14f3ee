//! Volatility, notice, cascades, and prices that disagree, are missing or are old.

use plimsoll_engine::{
    cascade::Cascade,
    market::Market,
    notice::Notice,
    valuation::{self, PriceState},
    volatility::Volatility,
    watch::Watch,
    winding,
};
use serde_json::{Value, json};

use crate::{
    In,
    input::{Read, newer_than},
    output,
    run::Outcome,
};

fn volatility(seen: &Volatility) -> Value {
    json!({"variance": seen.variance, "sample": seen.sample.0, "sampled_at": seen.sampled_at})
}

fn watch(seen: &Watch) -> Value {
    json!({
        "agreed": seen.agreed.0, "agreed_at": seen.agreed_at, "disagreed_since": seen.disagreed_since,
        "slot": seen.slot, "slot_at": seen.slot_at, "quiet_from": seen.quiet_from, "quiet_until": seen.quiet_until,
        "proof_until": seen.proof_until, "updates_left": seen.updates_left, "waits_until": seen.waits_until,
        "winding_at": seen.winding_at, "winding_reason": seen.winding_reason,
    })
}

/// An update's volatility, and the model's coefficients then.
pub fn observe(input: &In<'_>) -> Outcome {
    let (risk, update) = (input.risk()?, input.at("update")?.price()?);
    let after = input.at("volatility")?.volatility()?.observed(&risk, &update);
    let model = after.coefficients(&risk)?;
    Ok(json!({
        "volatility": volatility(&after),
        "sigma": after.sigma(&risk).0,
        "base": model.base.0,
        "key_scale": model.key_scale.0,
    }))
}

/// A look at a model that may be above what is in force.
pub fn notice(input: &In<'_>) -> Outcome {
    let (in_force, model) = (input.u64("in_force")?, input.u64("model")?);
    let (after, forced) = input.at("notice")?.notice()?.look(&input.risk()?, in_force, model, input.i64("now")?);
    Ok(json!({"notice": output::notice(&after), "in_force": forced}))
}

/// A window, with a close more, and the multiple.
pub fn cascade(input: &In<'_>) -> Outcome {
    let (market, price, now) = (input.at("market")?.market()?, input.ticks("price")?, input.i64("now")?);
    let window = input.at("cascade")?.cascade()?;
    let after = window.after(&market.risk, input.atoms("notional")?, price, now);
    Ok(json!({
        "running": output::cascade(&window.at(&market.risk, now)),
        "after": output::cascade(&after),
        "multiple": after.multiple(&market.risk, price).0,
    }))
}

/// Accepts a price.
pub fn take(input: &In<'_>) -> Outcome {
    let mut market = input.at("market")?.market()?;
    let report = market.accept(input.at("update")?.price()?, input.i64("now")?)?;
    Ok(json!({
        "sampled": report.sampled,
        "volatility": report.volatility.0,
        "base_model": report.base_model.0,
        "base": report.base.0,
        "impact": report.impact.0,
        "cascade": report.cascade.0,
        "price": output::price(&market.price),
        "measured": volatility(&market.volatility),
        "base_notice": output::notice(&market.base_notice),
        "impact_notice": output::notice(&market.impact_notice),
        "floor": report.floor.0,
        "cap": report.cap.0,
        "floor_notice": output::notice(&market.floor_notice),
        "cap_notice": output::notice(&market.cap_notice),
        "window": output::cascade(&market.cascade),
        "key_scale": market.risk.key_scale.0,
        "watch": watch(&market.watch),
    }))
}

/// The cluster's clock.
pub fn tick(input: &In<'_>) -> Outcome {
    let mut market = Market { risk: input.risk()?, watch: input.at("watch")?.watch()?, ..Market::default() };
    market.tick(input.u64("slot")?, input.i64("now")?);
    Ok(json!({"watch": watch(&market.watch)}))
}

/// A look at winding down.
pub fn wind_down(input: &In<'_>) -> Outcome {
    let mut market = input.at("market")?.market()?;
    let (look, started) = match winding::look(&mut market, input.i64("now")?)? {
        winding::Look::First { .. } => ("first", None),
        winding::Look::Cancelled => ("cancelled", None),
        winding::Look::Started { price, open } => ("started", Some((price.0, open))),
    };
    let mut said = json!({
        "look": look,
        "status": market.status,
        "settlement": output::settlement(&market.settlement),
        "watch": watch(&market.watch),
    });
    if let (Some(fields), Some((price, open))) = (said.as_object_mut(), started) {
        fields.insert("open".to_owned(), json!(open));
        fields.insert("settled_at".to_owned(), json!(price));
    }
    Ok(said)
}

/// A look at every breaker.
pub fn look_breakers(input: &In<'_>) -> Outcome {
    let (mut market, now) = (input.at("market")?.market()?, input.i64("now")?);
    let state = input.at("breakers")?;
    market.breakers.tripped = state.u32("tripped")?;
    for (since, given) in market.breakers.calm_since.iter_mut().zip(state.list("calm_since")?) {
        *since = given.signed()?;
    }
    market.look_breakers(now);
    market.look_insurance(input.atoms("shared")?, now);
    let after = market.breakers;
    Ok(json!({"breakers": {"tripped": after.tripped, "calm_since": after.calm_since}}))
}

/// Accepts a price of the second source.
pub fn take_second(input: &In<'_>) -> Outcome {
    let mut market = input.at("market")?.market()?;
    market.accept_second(input.at("update")?.price()?, input.i64("now")?)?;
    Ok(
        json!({"second": output::price(&market.second), "first": output::price(&market.price), "watch": watch(&market.watch)}),
    )
}

/// What vectors call how far prices can be relied on.
pub fn state(state: PriceState) -> &'static str {
    match state {
        PriceState::Normal => "normal",
        PriceState::Disagreement => "disagreement",
        PriceState::OneSource => "one-source",
        PriceState::Halted => "halted",
        PriceState::Stale => "stale",
    }
}

/// A leg at the price that its market's state gives it.
pub fn value(input: &In<'_>) -> Outcome {
    let (market, position) = (input.at("market")?.market()?, input.at("position")?.position()?);
    let seen = valuation::value(&position, &market, input.i64("now")?, newer_than(input)?)?;
    Ok(json!({
        "state": state(seen.state),
        "leg": output::leg(&seen.leg),
        "publish_time": seen.publish_time,
        "new_risk": seen.state.allows_new_risk(),
        "closable": seen.state.may_close(),
    }))
}

impl In<'_> {
    /// Measured volatility.
    pub fn volatility(&self) -> Read<Volatility> {
        Ok(Volatility {
            variance: self.u64("variance")?,
            sample: self.ticks("sample")?,
            sampled_at: self.i64("sampled_at")?,
        })
    }

    /// What is remembered of the sources.
    pub fn watch(&self) -> Read<Watch> {
        Ok(Watch {
            agreed: self.ticks("agreed")?,
            agreed_at: self.i64("agreed_at")?,
            disagreed_since: self.i64("disagreed_since")?,
            slot: self.u64("slot")?,
            slot_at: self.i64("slot_at")?,
            quiet_from: self.i64("quiet_from")?,
            quiet_until: self.i64("quiet_until")?,
            proof_until: self.i64("proof_until")?,
            updates_left: self.u64("updates_left")?,
            waits_until: self.i64("waits_until")?,
            winding_at: self.i64("winding_at")?,
            winding_reason: self.u64("winding_reason")?,
        })
    }

    /// An announced rise.
    pub fn notice(&self) -> Read<Notice> {
        Ok(Notice { level: self.u64("level")?, from: self.u64("start")?, announced: self.i64("announced")? })
    }

    /// A window of liquidations.
    pub fn cascade(&self) -> Read<Cascade> {
        Ok(Cascade {
            started: self.i64("started")?,
            price: self.ticks("price")?,
            liquidated: self.atoms("liquidated")?,
        })
    }
}
