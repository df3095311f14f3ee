//! Engine types as vectors have them.

use plimsoll_engine::{
    book::Book,
    cascade::Cascade,
    deleverage::Deleveraging,
    indices::Exact,
    insurance::Insurance,
    liquidation::Charge,
    margin::LegHealth,
    notice::Notice,
    position::Position,
    price::Price,
    settlement::{Round, Settlement},
    side::Side,
    throttle::Throttle,
    trade::Filled,
};
use serde_json::{Value, json};

/// A position: an empty one is nothing but its zeros.
pub fn position(position: &Position) -> Value {
    if position.is_empty() {
        return json!({"lots": 0, "cost": 0});
    }
    if position.lots.is_zero() {
        return json!({"lots": 0, "cost": position.cost.0, "long": position.is_long(), "stage": position.stage});
    }
    json!({
        "lots": position.lots.0,
        "cost": position.cost.0,
        "long": position.is_long(),
        "factor": position.indices.factor,
        "value": position.indices.value.get().to_string(),
        "funding": position.indices.funding.get().to_string(),
        "epoch": position.epoch,
        "stage": position.stage,
    })
}

/// A size with its fraction, in 2^-32 lots.
pub fn exact(size: &Exact) -> String {
    ((u128::from(size.lots.0) << 32) | u128::from(size.fraction)).to_string()
}

/// Totals of a side.
pub fn side(side: &Side) -> Value {
    json!({
        "lots32": exact(&side.exact()),
        "cost": side.cost.0,
        "owed": side.owed.get().to_string(),
        "factor": side.indices.factor,
        "value": side.indices.value.get().to_string(),
        "funding": side.indices.funding.get().to_string(),
        "epoch": side.epoch,
        "attached": side.attached,
        "sized": side.sized,
        "previous": side.previous,
        "end_factor": side.ended.factor,
        "end_value": side.ended.value.get().to_string(),
        "end_funding": side.ended.funding.get().to_string(),
    })
}

/// A first look at deleveraging.
pub fn deleveraging(look: &Deleveraging) -> Value {
    json!({
        "price": look.price.0,
        "publish_time": look.publish_time,
        "looked": look.looked,
        "long": look.long == 1,
    })
}

fn round(round: &Round) -> Value {
    json!({"claims": round.claims.0, "pot": round.pot.0, "unpaid": round.unpaid.0})
}

/// A market's settlement.
pub fn settlement(settlement: &Settlement) -> Value {
    json!({
        "looked": settlement.looked,
        "since": settlement.since,
        "price": settlement.price.0,
        "open": settlement.open,
        "first": round(&settlement.first),
        "second": round(&settlement.second),
        "fixed": settlement.fixed,
    })
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
        "withheld": book.withheld == 1,
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

/// An announced rise.
pub fn notice(notice: &Notice) -> Value {
    json!({"level": notice.level, "start": notice.from, "announced": notice.announced})
}

/// A window of liquidations.
pub fn cascade(cascade: &Cascade) -> Value {
    json!({"started": cascade.started, "price": cascade.price.0, "liquidated": cascade.liquidated.0})
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
        "price": leg.price.0,
        "credit": leg.credit.0,
        "favour": leg.favour.0,
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
    json!({
        "shared": fund.shared.0,
        "own": fund.own.0,
        "shares": fund.shares,
        "floor_window_start": fund.floor_window_start,
        "floor_paid": fund.floor_paid.0,
        "epoch": fund.epoch,
    })
}

/// Adds the fields of `more`.
pub fn extend(value: &mut Value, more: Value) {
    if let (Some(fields), Value::Object(more)) = (value.as_object_mut(), more) {
        fields.extend(more);
    }
}

/// A fill.
pub fn filled(filled: &Filled) -> Value {
    json!({
        "lots": filled.lots.0,
        "cost": filled.cost.0,
        "premium": filled.premium.0,
        "spread": filled.spread.0,
        "settled": filled.settled.0,
        "cash": filled.cash.0,
        "position": position(&filled.position),
        "book": book(&filled.book),
    })
}
