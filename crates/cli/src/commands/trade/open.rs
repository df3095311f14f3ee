//! `plimsoll trade long` and `short`.

use clap::Args;
use plimsoll_client::{
    instructions::{OpenAtRisk, PlaceOrder},
    transaction::Draft,
};
use solana_signer::Signer;

use super::{Desk, Terms, placing};
use crate::{
    decimal::{Decimal, Percent},
    failure::Failure,
    session::Session,
    units::atoms,
};

/// Opens or adds.
#[derive(Args, Debug)]
pub struct Open {
    /// The market
    market: String,
    /// Size in the base asset
    #[arg(long, value_name = "SIZE", required_unless_present = "risk", conflicts_with = "risk")]
    size: Option<Decimal>,
    /// Most that may be lost at the stop: the program computes the size and places the stop
    #[arg(long, value_name = "AMOUNT", requires = "stop")]
    risk: Option<Decimal>,
    /// Price of the stop
    #[arg(long, value_name = "PRICE", requires = "risk")]
    stop: Option<Decimal>,
    /// How far the stop's fill may be from its price
    #[arg(long, value_name = "PERCENT", default_value = "5%", requires = "risk")]
    stop_slippage: Percent,
    #[command(flatten)]
    terms: Terms,
}

impl Open {
    pub(super) async fn run(&self, session: &Session, long: bool) -> Result<(), Failure> {
        let desk = Desk::open(session).await?;
        let (market, state, units) = desk.snapshot.market(session, &self.market)?;
        let limit = self.terms.limit(&desk, &market, &units, long, None)?;
        let (authority, margin, legs) = (desk.signer.pubkey(), desk.margin, desk.others(&market));
        let draft = match (self.size, self.risk, self.stop) {
            (_, Some(risk), Some(stop)) => {
                let (risk, stop) = (atoms("--risk", risk)?, units.ticks("--stop", stop)?);
                let price = state.core.price.oracle.0;
                if (stop < price) != long || stop == price {
                    let (side, where_) = if long { ("long", "below") } else { ("short", "above") };
                    let price = units.price(price);
                    return Err(Failure::usage(format!("--stop: the stop of a {side} is {where_} the price, {price}")));
                }
                let stop_limit = desk.snapshot.venue.limit_around(&market, stop, !long, self.stop_slippage.0)?;
                let open = OpenAtRisk { authority, margin, market, risk, stop, limit, stop_limit, legs };
                Draft::of(&open, desk.legs(&market))
            }
            (Some(size), ..) => {
                let lots = signed(units.lots("--size", size)?, long)?;
                let (reduce_only, trigger, trigger_above) = (false, 0, false);
                let order =
                    PlaceOrder { authority, margin, market, lots, limit, reduce_only, trigger, trigger_above, legs };
                Draft::of(&order, desk.legs(&market))
            }
            _ => return Err(Failure::usage("name a size by --size, or a risk and a stop by --risk and --stop")),
        };
        placing::place(session, &desk, draft, (market, units), !self.terms.no_wait).await
    }
}

/// A size as a buy or a sell.
pub fn signed(lots: u64, buys: bool) -> Result<i64, Failure> {
    let lots = i64::try_from(lots).map_err(|_| Failure::usage("the size is larger than any there can be"))?;
    Ok(if buys { lots } else { -lots })
}
