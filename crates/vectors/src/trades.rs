//! Orders and fills.

use plimsoll_engine::{
    account::{Health, Initial},
    order::{self, Order},
    trade::{self, Rest},
    units::{Atoms, Lots},
};
use serde_json::json;

use crate::{
    In,
    actions::{self, request, trigger},
    input::Read,
    output,
    run::Outcome,
};

/// An order of a size and a limit.
pub fn order_of(given: &In<'_>) -> Read<Order> {
    Ok(Order {
        lots: Lots(given.i64("lots")?),
        limit: given.ticks("limit")?,
        reduce_only: u8::from(given.flag("reduce_only")?),
        ..Order::default()
    })
}

/// An account's other legs.
pub fn rest(input: &In<'_>) -> Read<Rest> {
    let given = input.at("rest")?;
    let (equity, maintenance) = (given.pnl("equity")?, given.atoms("maintenance")?);
    let initial = Initial { equity: given.pnl("initial_equity")?, requirement: given.atoms("initial_requirement")? };
    Ok(Rest { health: Health { equity, maintenance, ..Health::default() }, initial, lacking: None })
}

/// A fill against the pool.
pub fn fill(input: &In<'_>) -> Outcome {
    let rest = rest(input)?;
    let filled = trade::fill(
        input.atoms("cash")?,
        &rest,
        &input.at("position")?.position()?,
        &input.at("market")?.market()?,
        &order_of(&input.at("order")?)?,
        &input.at("update")?.price()?,
    )?;
    Ok(output::filled(&filled))
}

/// Places an order.
pub fn place(input: &In<'_>) -> Outcome {
    let (mut cash, market, given) = (input.atoms("cash")?, input.at("market")?.market()?, input.at("request")?);
    let request = request(&given)?;
    let order = Order::place(&mut cash, &market, &request, 0, input.i64("now")?)?;
    Ok(json!({
        "cash": cash.0,
        "fee": order.fee.0,
        "execution_fee": order.execution_fee.0,
        "placed_at": order.placed_at,
        "trigger": {"price": order.trigger.0, "above": order.trigger_above == 1},
    }))
}

/// Fires a trigger.
pub fn fire(input: &In<'_>) -> Outcome {
    let (market, given) = (input.at("market")?.market()?, input.at("order")?);
    let trigger = trigger(&given.at("trigger")?)?;
    let mut order = Order {
        placed_at: given.i64("placed_at")?,
        trigger: trigger.price,
        trigger_above: u8::from(trigger.above && !trigger.price.is_zero()),
        ..Order::default()
    };
    let fired = order.fire(&market, &input.at("update")?.price()?, input.i64("now")?)?;
    Ok(json!({"placed_at": fired.placed_at, "price": fired.price.0}))
}

fn placed(input: &In<'_>) -> Read<Order> {
    Ok(Order { placed_at: input.i64("placed_at")?, ..Order::default() })
}

/// Where an order stands.
pub fn stage(input: &In<'_>) -> Outcome {
    let at = placed(input)?.stage(&input.risk()?, input.i64("now")?)?;
    Ok(json!({"stage": actions::stage(at)}))
}

/// Whether an update executes an order.
pub fn update(input: &In<'_>) -> Outcome {
    placed(input)?.require_update(&input.risk()?, &input.at("update")?.price()?)?;
    Ok(json!({}))
}

/// What an order trades against what is held.
pub fn size_against(input: &In<'_>) -> Outcome {
    Ok(json!({"lots": order_of(&input.at("order")?)?.size_against(Lots(input.i64("held")?))?.0}))
}

/// An ended order's fee.
pub fn fee(input: &In<'_>) -> Outcome {
    let given = input.at("order")?;
    let order = Order { fee: given.atoms("fee")?, execution_fee: given.atoms("execution_fee")?, ..Order::default() };
    let (Atoms(executor), Atoms(treasury)) = order::split_fee(&order, input.flag("executor")?)?;
    Ok(json!({"executor": executor, "treasury": treasury}))
}
