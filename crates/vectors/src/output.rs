//! Engine types as vectors have them.

use plimsoll_engine::{
    book::{Book, Side},
    insurance::Insurance,
    liquidation::Charge,
    margin::LegHealth,
    position::Position,
    price::Price,
    throttle::Throttle,
};
use serde_json::{Value, json};

/// A position: an empty one is nothing but its zeros.
pub fn position(position: &Position) -> Value {
    if position.is_empty() {
        return json!({"lots": 0, "cost": 0});
    }
    json!({
        "lots": position.lots.0,
        "cost": position.cost.0,
        "long": position.is_long(),
        "factor": position.adl_factor,
        "value": position.adl_value.get().to_string(),
        "funding": position.funding.get().to_string(),
        "epoch": position.adl_epoch,
    })
}

fn side(side: &Side) -> Value {
    let lots = (u128::from(side.lots.0) << 32) | u128::from(side.lots_fraction);
    json!({"lots32": lots.to_string(), "cost": side.cost.0})
}

/// A market's money.
pub fn book(book: &Book) -> Value {
    json!({
        "treasury": book.treasury.0,
        "long": side(&book.long),
        "short": side(&book.short),
        "fees": book.fees.0,
        "deficit": book.deficit.0,
        "insurance_claim": book.insurance_claim.0,
    })
}

/// A bucket.
pub fn throttle(throttle: &Throttle) -> Value {
    json!({"capacity": throttle.capacity.0, "updated": throttle.updated})
}

/// A price.
pub fn price(price: &Price) -> Value {
    json!({
        "oracle": price.oracle.0,
        "confidence": price.confidence.0,
        "ema": price.ema.0,
        "publish_time": price.publish_time,
        "previous_publish_time": price.previous_publish_time,
    })
}

/// A leg for maintenance.
pub fn leg(leg: &LegHealth) -> Value {
    json!({
        "size": leg.size.0,
        "notional": leg.notional.0,
        "counted": leg.counted.0,
        "pnl": leg.pnl.0,
        "maintenance": leg.maintenance.0,
        "ratio": leg.ratio.0,
        "stress": leg.stress.0,
        "long": leg.long,
    })
}

/// Where a charge goes.
pub fn charge(charge: &Charge) -> Value {
    json!({
        "treasury": charge.treasury.0,
        "flagger": charge.flagger.0,
        "liquidator": charge.liquidator.0,
        "insurance": charge.insurance.0,
    })
}

/// An insurance fund.
pub fn fund(fund: &Insurance) -> Value {
    json!({"shared": fund.shared.0, "own": fund.own.0, "shares": fund.shares})
}
