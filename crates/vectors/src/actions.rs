//! What an account does.

use plimsoll_engine::{
    account::Initial,
    execution::{self, Taker},
    order::{Order, Request, Stage, Trigger},
    placing::{self, Holder},
    units::Lots,
    withdraw,
};
use serde_json::json;

use crate::{In, input::Read, output, run::Outcome, trades};

fn initial(input: &In<'_>) -> Read<Initial> {
    let given = input.at("initial")?;
    Ok(Initial { equity: given.pnl("equity")?, requirement: given.atoms("requirement")? })
}

/// Takes cash out.
pub fn withdraw(input: &In<'_>) -> Outcome {
    let mut cash = input.atoms("cash")?;
    let report = withdraw::withdraw(&mut cash, &initial(input)?, input.atoms("amount")?, input.flag("flagged")?)?;
    Ok(json!({"amount": report.amount.0, "cash": report.cash.0}))
}

/// A trigger.
pub fn trigger(given: &In<'_>) -> Read<Trigger> {
    Ok(Trigger { price: given.ticks("price")?, above: given.flag("above")? })
}

/// What a trader asks for.
pub fn request(given: &In<'_>) -> Read<Request> {
    Ok(Request {
        lots: Lots(given.i64("lots")?),
        limit: given.ticks("limit")?,
        reduce_only: given.flag("reduce_only")?,
        trigger: if given.has("trigger") { Some(trigger(&given.at("trigger")?)?) } else { None },
    })
}

/// Places an order, if the account can spare its fee.
pub fn place_order(input: &In<'_>) -> Outcome {
    let (mut cash, market, given) = (input.atoms("cash")?, input.at("market")?.market()?, input.at("holder")?);
    let holder =
        Holder { held: Lots(given.i64("held")?), waiting: given.flag("waiting")?, flagged: given.flag("flagged")? };
    let request = request(&input.at("request")?)?;
    let placement = placing::prepare(cash, &market, &holder, &request, 0, input.i64("now")?)?;
    let order = placement.accept(&mut cash, Some(&initial(input)?))?;
    Ok(json!({
        "needs_margin": placement.needs_margin,
        "cash": cash.0,
        "fee": order.fee.0,
        "execution_fee": order.execution_fee.0,
        "placed_at": order.placed_at,
        "trigger": {"price": order.trigger.0, "above": order.trigger_above == 1},
    }))
}

/// What vectors call where an order stands.
pub fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Waiting => "waiting",
        Stage::Binding => "binding",
        Stage::Expired => "expired",
    }
}

/// Ends an order that was not executed.
pub fn cancel(input: &In<'_>) -> Outcome {
    let (mut cash, mut market, given) = (input.atoms("cash")?, input.at("market")?.market()?, input.at("order")?);
    let order = Order {
        lots: Lots(1),
        placed_at: given.i64("placed_at")?,
        fee: given.atoms("fee")?,
        execution_fee: given.atoms("execution_fee")?,
        ..Order::default()
    };
    let at = execution::cancel(&mut cash, &mut market, &order, input.flag("owner")?, input.i64("now")?)?;
    Ok(json!({"cash": cash.0, "stage": stage(at), "treasury": market.book.treasury.0}))
}

/// Executes an order.
pub fn execute(input: &In<'_>) -> Outcome {
    let (given, market) = (input.at("taker")?, input.at("market")?.market()?);
    let (rest, position) = (trades::rest(input)?, given.at("position")?.position()?);
    let taker =
        Taker { cash: given.atoms("cash")?, rest: &rest, position: Some(&position), flagged: given.flag("flagged")? };
    let order = input.at("order")?;
    let order = Order { placed_at: order.i64("placed_at")?, ..trades::order_of(&order)? };
    let update = input.at("update")?.price()?;
    Ok(match execution::execute(&taker, &market, &order, &update, input.i64("now")?)? {
        Ok(filled) => json!({"filled": output::filled(&filled)}),
        Err(error) => json!({"failed": format!("{error:?}")}),
    })
}
