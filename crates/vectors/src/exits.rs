//! Leaving a pool.

use plimsoll_engine::{
    exit::{self, Exit, Redeemed},
    shares,
};
use serde_json::{Value, json};

use crate::{In, input::Read, output, run::Outcome};

fn pending(input: &In<'_>) -> Read<Exit> {
    let given = input.at("pending")?;
    Ok(Exit {
        shares: given.u64("shares")?,
        value: given.atoms("value")?,
        supply: given.u64("supply")?,
        time: given.i64("time")?,
    })
}

fn exit_out(exit: &Exit) -> Value {
    json!({"shares": exit.shares, "value": exit.value.0, "supply": exit.supply, "time": exit.time})
}

fn redeemed(report: &Redeemed) -> Value {
    json!({
        "shares": report.shares,
        "paid": report.paid.0,
        "at_request": report.at_request.0,
        "at_exit": report.at_exit.0,
        "value": report.value.0,
    })
}

/// What shares are worth.
pub fn worth(input: &In<'_>) -> Outcome {
    let worth = shares::worth(input.u64("shares")?, input.atoms("value")?, input.u64("supply")?)?;
    Ok(json!({"worth": worth.0}))
}

/// A request of a liquidity provider.
pub fn request(input: &In<'_>) -> Outcome {
    let (mut exit, market) = (pending(input)?, input.at("market")?.market()?);
    exit::request(&mut exit, input.u64("held")?, &market, input.u64("shares")?, input.i64("now")?)?;
    Ok(json!({"pending": exit_out(&exit)}))
}

/// A request of a staker.
pub fn request_unstake(input: &In<'_>) -> Outcome {
    let (mut exit, fund) = (pending(input)?, input.at("fund")?.fund()?);
    exit::request_unstake(&mut exit, input.u64("held")?, &fund, input.u64("shares")?, input.i64("now")?)?;
    Ok(json!({"pending": exit_out(&exit)}))
}

/// A holding after consolidations.
pub fn catch_up(input: &In<'_>) -> Outcome {
    let (mut exit, mut held, fund) = (pending(input)?, input.u64("held")?, input.at("fund")?.fund()?);
    let mut epoch = input.u64("epoch")?;
    exit::catch_up(&mut exit, &mut held, &mut epoch, &fund);
    Ok(json!({"pending": exit_out(&exit), "held": held, "epoch": epoch}))
}

/// Shares paid out of a treasury.
pub fn redeem(input: &In<'_>) -> Outcome {
    let (mut exit, mut held, mut market) = (pending(input)?, input.u64("held")?, input.at("market")?.market()?);
    let (shares, queued, now) = (input.u64("shares")?, input.flag("queued")?, input.i64("now")?);
    let report = exit::redeem(&mut exit, &mut held, &mut market, shares, queued, now)?;
    Ok(json!({
        "pending": exit_out(&exit),
        "held": held,
        "report": redeemed(&report),
        "treasury": market.book.treasury.0,
        "supply": market.lp_shares,
    }))
}

/// Shares paid out of insurance.
pub fn unstake(input: &In<'_>) -> Outcome {
    let (mut exit, mut held, mut fund) = (pending(input)?, input.u64("held")?, input.at("fund")?.fund()?);
    let (shares, known, now) = (input.u64("shares")?, input.flag("loss_known")?, input.i64("now")?);
    let report = exit::unstake(&mut exit, &mut held, &mut fund, shares, known, now)?;
    Ok(json!({
        "pending": exit_out(&exit),
        "held": held,
        "report": redeemed(&report),
        "fund": output::fund(&fund),
    }))
}
