//! Settlement.

use plimsoll_engine::{market::Market, settlement};
use serde_json::{Value, json};

use crate::{In, output, run::Outcome};

fn after(mut report: Value, market: &Market) -> Value {
    output::extend(
        &mut report,
        json!({
            "book": output::book(&market.book),
            "settlement": output::settlement(&market.settlement),
            "status": market.status,
        }),
    );
    report
}

/// A look at a settlement.
pub fn look(input: &In<'_>) -> Outcome {
    let mut market = input.at("market")?.market()?;
    let report = match settlement::look(&mut market, input.i64("now")?)? {
        settlement::Look::First => json!({"look": "first"}),
        settlement::Look::Cancelled => json!({"look": "cancelled"}),
        settlement::Look::Started { price, open } => json!({"look": "started", "price": price.0, "open": open}),
    };
    Ok(after(report, &market))
}

/// Settles a position.
pub fn settle(input: &In<'_>) -> Outcome {
    let (mut cash, mut position) = (input.atoms("cash")?, input.at("position")?.position()?);
    let mut market = input.at("market")?.market()?;
    let settled = settlement::settle(&mut cash, &mut position, &mut market)?;
    let report = json!({
        "lots": settled.lots.0,
        "paid": settled.paid.0,
        "claim": settled.claim.0,
        "late": settled.late,
        "done": settled.done,
        "cash": cash.0,
        "position": output::position(&position),
    });
    Ok(after(report, &market))
}

/// Fixes a round.
pub fn fix(input: &In<'_>) -> Outcome {
    let mut market = input.at("market")?.market()?;
    let fixed = settlement::fix(&mut market, input.i64("now")?)?;
    let report = json!({
        "round": fixed.round,
        "claims": fixed.claims.0,
        "pot": fixed.pot.0,
        "open": fixed.open,
    });
    Ok(after(report, &market))
}

/// Pays a claim.
pub fn pay(input: &In<'_>) -> Outcome {
    let (mut cash, mut position) = (input.atoms("cash")?, input.at("position")?.position()?);
    let mut market = input.at("market")?.market()?;
    let paid = settlement::pay(&mut cash, &mut position, &mut market)?;
    let report = json!({
        "first": paid.first.0,
        "second": paid.second.0,
        "lost": paid.lost.0,
        "cash": cash.0,
        "position": output::position(&position),
    });
    Ok(after(report, &market))
}
