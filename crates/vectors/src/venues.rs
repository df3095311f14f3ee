//! Fills between two accounts, and grants.

use plimsoll_engine::{
    execution::Taker,
    units::Size,
    venue::{self, Grant, SideFilled},
};
use serde_json::{Value, json};

use crate::{In, output, run::Outcome, trades};

fn side(side: &SideFilled) -> Value {
    json!({
        "lots": side.lots.0,
        "cost": side.cost.0,
        "settled": side.settled.0,
        "fee": side.fee.0,
        "cash": side.cash.0,
        "position": output::position(&side.position),
    })
}

/// A fill that a venue matched.
pub fn fill(input: &In<'_>) -> Outcome {
    let (buyer, seller, market) = (input.at("buyer")?, input.at("seller")?, input.at("market")?.market()?);
    let (rests, positions) =
        ((trades::rest(&buyer)?, trades::rest(&seller)?), (buyer.at("position")?, seller.at("position")?));
    let (first, second) = (positions.0.position()?, positions.1.position()?);
    let buys =
        Taker { cash: buyer.atoms("cash")?, rest: &rests.0, position: Some(&first), flagged: buyer.flag("flagged")? };
    let sells = Taker {
        cash: seller.atoms("cash")?,
        rest: &rests.1,
        position: Some(&second),
        flagged: seller.flag("flagged")?,
    };
    let (lots, price, now) = (Size(input.u64("lots")?), input.ticks("price")?, input.i64("now")?);
    let done = venue::fill(&buys, &sells, &market, lots, price, now)?;
    Ok(json!({"buyer": side(&done.buyer), "seller": side(&done.seller), "book": output::book(&done.book)}))
}

/// Uses a grant.
pub fn grant(input: &In<'_>) -> Outcome {
    let given = input.at("grant")?;
    let grant = Grant {
        lots: Size(given.u64("lots")?),
        limit: given.ticks("limit")?,
        expires_at: given.i64("expires_at")?,
        buys: u8::from(given.flag("buys")?),
        ..Grant::default()
    };
    let lots = Size(input.u64("lots")?);
    let left = grant.used(input.flag("buys")?, lots, input.ticks("price")?, input.i64("now")?)?;
    Ok(json!({"lots": left.lots.0}))
}
