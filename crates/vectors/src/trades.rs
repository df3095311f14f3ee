//! Orders and fills.

use plimsoll_engine::{
    account::{Health, Initial},
    order::{self, Order, Request, Stage},
    trade::{self, Rest},
    units::{Atoms, Lots},
};
use serde_json::json;

use crate::{In, input::Read, output, run::Outcome};

fn order_of(given: &In<'_>) -> Read<Order> {
    Ok(Order {
        lots: Lots(given.i64("lots")?),
        limit: given.ticks("limit")?,
        reduce_only: u8::from(given.flag("reduce_only")?),
        ..Order::default()
    })
}

/// A fill against the pool.
pub fn fill(input: &In<'_>) -> Outcome {
    let given = input.at("rest")?;
    let rest = Rest {
        health: Health { equity: given.pnl("equity")?, maintenance: given.atoms("maintenance")?, ..Health::default() },
        initial: Initial { equity: given.pnl("initial_equity")?, requirement: given.atoms("initial_requirement")? },
    };
    let filled = trade::fill(
        input.atoms("cash")?,
        &rest,
        &input.at("position")?.position()?,
        &input.at("market")?.market()?,
        &order_of(&input.at("order")?)?,
        &input.at("update")?.price()?,
    )?;
    Ok(json!({
        "lots": filled.lots.0,
        "cost": filled.cost.0,
        "premium": filled.premium.0,
        "spread": filled.spread.0,
        "settled": filled.settled.0,
        "cash": filled.cash.0,
        "position": output::position(&filled.position),
        "book": output::book(&filled.book),
    }))
}

/// Places an order.
pub fn place(input: &In<'_>) -> Outcome {
    let (mut cash, market, given) = (input.atoms("cash")?, input.at("market")?.market()?, input.at("request")?);
    let request = Request {
        lots: Lots(given.i64("lots")?),
        limit: given.ticks("limit")?,
        reduce_only: given.flag("reduce_only")?,
    };
    let order = Order::place(&mut cash, &market, &request, 0, input.i64("now")?)?;
    Ok(json!({
        "cash": cash.0,
        "fee": order.fee.0,
        "execution_fee": order.execution_fee.0,
        "placed_at": order.placed_at,
    }))
}

fn placed(input: &In<'_>) -> Read<Order> {
    Ok(Order { placed_at: input.i64("placed_at")?, ..Order::default() })
}

/// Where an order stands.
pub fn stage(input: &In<'_>) -> Outcome {
    let stage = match placed(input)?.stage(&input.risk()?, input.i64("now")?)? {
        Stage::Waiting => "waiting",
        Stage::Binding => "binding",
        Stage::Expired => "expired",
    };
    Ok(json!({"stage": stage}))
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
