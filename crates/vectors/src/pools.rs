//! Shares and insurance.

use plimsoll_engine::{insurance::Insurance, market::Market, shares};
use serde_json::{Value, json};

use crate::{In, output, run::Outcome};

/// Shares of an amount.
pub fn issue(input: &In<'_>) -> Outcome {
    let shares = shares::issue(input.atoms("amount")?, input.atoms("value")?, input.u64("supply")?)?;
    Ok(json!({"shares": shares}))
}

/// A liquidity deposit.
pub fn provide(input: &In<'_>) -> Outcome {
    let mut market = input.at("market")?.market()?;
    let issued = shares::provide(&mut market, input.atoms("amount")?, input.i64("now")?)?;
    Ok(json!({
        "shares": issued.shares,
        "value": issued.value.0,
        "supply": market.lp_shares,
        "treasury": market.book.treasury.0,
    }))
}

/// An insurance deposit.
pub fn stake(input: &In<'_>) -> Outcome {
    let mut fund = input.at("fund")?.fund()?;
    let issued = shares::stake(&mut fund, input.atoms("amount")?)?;
    Ok(json!({"shares": issued.shares, "value": issued.value.0, "fund": output::fund(&fund)}))
}

fn after(mut report: Value, fund: &Insurance, market: &Market) -> Value {
    let rest = json!({
        "fund": output::fund(fund),
        "book": output::book(&market.book),
        "insurance_own": market.insurance_own.0,
        "insurance_window_start": market.insurance_window_start,
        "insurance_drawn": market.insurance_drawn.0,
    });
    output::extend(&mut report, rest);
    report
}

/// A deficit answered.
pub fn draw(input: &In<'_>) -> Outcome {
    let (mut fund, mut market) = (input.at("fund")?.fund()?, input.at("market")?.market()?);
    let draw = fund.draw(&mut market, input.i64("now")?)?;
    let report = json!({
        "draw": {"own": draw.own.0, "shared": draw.shared.0, "providers": draw.providers.0},
    });
    Ok(after(report, &fund, &market))
}

/// Fees taken in.
pub fn sweep(input: &In<'_>) -> Outcome {
    let (mut fund, mut market) = (input.at("fund")?.fund()?, input.at("market")?.market()?);
    let swept = fund.sweep(&mut market)?;
    Ok(after(json!({"swept": swept.0}), &fund, &market))
}

/// Insurance collects its claim.
pub fn collect(input: &In<'_>) -> Outcome {
    let (mut fund, mut market) = (input.at("fund")?.fund()?, input.at("market")?.market()?);
    let collected = fund.collect(&mut market, input.i64("now")?)?;
    Ok(after(json!({"collected": collected.0}), &fund, &market))
}

/// Keepers are paid for a bankrupt account.
pub fn keepers_floor(input: &In<'_>) -> Outcome {
    let (mut fund, mut market) = (input.at("fund")?.fund()?, input.at("market")?.market()?);
    let floor = fund.keepers_floor(&mut market, input.i64("now")?)?;
    let report = json!({
        "floor": {
            "flagger": floor.flagger.0,
            "liquidator": floor.liquidator.0,
            "own": floor.own.0,
            "shared": floor.shared.0,
        },
    });
    Ok(after(report, &fund, &market))
}
