//! Protection, and the fee for firing.

use plimsoll_engine::{
    execution,
    order::Order,
    protection::{Guarded, protect as place},
    survey::Survey,
    trade::Rest,
    units::{Atoms, Ratio},
};
use serde_json::json;

use crate::{In, run::Outcome};

/// The order that shrinks an account of one leg.
pub fn protect(input: &In<'_>) -> Outcome {
    let (market, position) = (input.at("market")?.market()?, input.at("position")?.position()?);
    let (cash, now) = (input.atoms("cash")?, input.i64("now")?);
    let mut survey = Survey::of_cash(cash, now)?;
    survey.add(0, &position, &market)?;
    let account = Guarded {
        cash,
        level: Ratio(input.u64("level")?),
        survey: &survey,
        rest: &Rest::default(),
        leg: (0, &position),
        flagged: input.flag("flagged")?,
        waiting: input.flag("waiting")?,
    };
    let done = place(&account, &market, 1, now)?;
    Ok(json!({
        "lots": done.order.lots.0,
        "limit": done.order.limit.0,
        "fee": done.order.fee.0,
        "placed_at": done.order.placed_at,
        "equity": done.equity.0,
        "maintenance": done.maintenance.0,
    }))
}

/// What whoever fires is paid, and what is left.
pub fn pay_firing(input: &In<'_>) -> Outcome {
    let given = input.at("order")?;
    let mut order =
        Order { fee: given.atoms("fee")?, execution_fee: given.atoms("execution_fee")?, ..Order::default() };
    let mut cash = Atoms(7);
    let paid = execution::pay_firing(&mut order, input.flag("keeper")?.then_some(&mut cash))?;
    // What it says it paid arrived.
    let paid = if cash == Atoms(7).plus(paid)? { json!(paid.0) } else { json!("lost") };
    Ok(json!({"paid": paid, "fee": order.fee.0, "execution_fee": order.execution_fee.0}))
}
