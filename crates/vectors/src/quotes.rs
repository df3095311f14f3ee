//! Sizing and the liquidation price.

use plimsoll_engine::{
    account::Health,
    liquidation_price::liquidation_price,
    sizing::{Bound, size_for_risk},
};
use serde_json::json;

use crate::{In, run::Outcome};

/// The largest size for a risk.
pub fn size(input: &In<'_>) -> Outcome {
    let market = input.at("market")?.market()?;
    let sized = size_for_risk(&market, input.atoms("risk")?, input.ticks("stop")?, input.i64("now")?)?;
    let bound = match sized.bound {
        Bound::Risk => "risk",
        Bound::PositionCap => "position-cap",
        Bound::SideCap => "side-cap",
    };
    Ok(json!({"lots": sized.lots.0, "loss": sized.loss.0, "bound": bound}))
}

/// The first price that liquidates.
pub fn price(input: &In<'_>) -> Outcome {
    let (market, position, others) =
        (input.at("market")?.market()?, input.at("position")?.position()?, input.at("others")?);
    let rest = Health { equity: others.pnl("equity")?, maintenance: others.atoms("maintenance")?, ..Health::default() };
    let price = liquidation_price(input.atoms("cash")?, &rest, &position, &market)?;
    Ok(json!({"price": price.map(|price| price.0)}))
}
