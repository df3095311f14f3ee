//! `plimsoll trade stop` and `take-profit`: reduce-only orders that wait for a price.

use clap::Args;
use plimsoll_client::{instructions::PlaceOrder, transaction::Draft};
use solana_signer::Signer;

use super::{Desk, Terms, open::signed, placing};
use crate::{
    decimal::{Decimal, Percent},
    failure::Failure,
    session::Session,
};

/// What both have.
#[derive(Args, Debug)]
struct Waiting {
    /// The market
    market: String,
    /// Price that it waits for
    #[arg(long, value_name = "PRICE")]
    price: Decimal,
    /// Size to close; else all of the position
    #[arg(long, value_name = "SIZE")]
    size: Option<Decimal>,
    /// Worst average price; else the price and the slippage
    #[arg(long, value_name = "PRICE", conflicts_with = "slippage")]
    limit: Option<Decimal>,
    /// How far the fill may be from the price that it waits for
    #[arg(long, value_name = "PERCENT", default_value = "5%")]
    slippage: Percent,
}

/// A stop.
#[derive(Args, Debug)]
pub struct Stop {
    #[command(flatten)]
    waiting: Waiting,
}

/// A take-profit.
#[derive(Args, Debug)]
pub struct TakeProfit {
    #[command(flatten)]
    waiting: Waiting,
}

impl Stop {
    pub(super) async fn run(&self, session: &Session) -> Result<(), Failure> {
        self.waiting.place(session, false).await
    }
}

impl TakeProfit {
    pub(super) async fn run(&self, session: &Session) -> Result<(), Failure> {
        self.waiting.place(session, true).await
    }
}

impl Waiting {
    async fn place(&self, session: &Session, takes_profit: bool) -> Result<(), Failure> {
        let desk = Desk::open(session).await?;
        let (market, state, units) = desk.snapshot.market(session, &self.market)?;
        let held = desk.held(&market, &units)?;
        let (long, trigger) = (held > 0, units.ticks("--price", self.price)?);
        // A long's profit and a short's loss are above the price.
        let trigger_above = long == takes_profit;
        let now = state.core.price.oracle.0;
        if (trigger > now) != trigger_above || trigger == now {
            let what = if takes_profit { "take-profit" } else { "stop" };
            let (side, place) = (if long { "long" } else { "short" }, if trigger_above { "above" } else { "below" });
            let price = units.price(now);
            return Err(Failure::usage(format!("--price: the {what} of a {side} is {place} the price, {price}")));
        }
        let size = match self.size {
            Some(size) => units.lots("--size", size)?,
            None => held.unsigned_abs(),
        };
        let terms = Terms { limit: self.limit, slippage: self.slippage, no_wait: true };
        let limit = terms.limit(&desk, &market, &units, !long, Some(trigger))?;
        let order = PlaceOrder {
            authority: desk.signer.pubkey(),
            margin: desk.margin,
            market,
            lots: signed(size, !long)?,
            limit,
            reduce_only: true,
            trigger,
            trigger_above,
            legs: desk.others(&market),
        };
        let draft = Draft::of(&order, desk.legs(&market));
        placing::place(session, &desk, draft, (market, units), false).await
    }
}
