//! `plimsoll trade close` and `reduce`.

use clap::Args;
use plimsoll_client::{errors::PlimsollError, instructions::PlaceOrder, transaction::Draft};
use solana_signer::Signer;

use super::{Desk, Terms, open::signed, placing};
use crate::{decimal::Decimal, failure::Failure, session::Session};

/// Closes a position.
#[derive(Args, Debug)]
pub struct Close {
    /// The market
    market: String,
    #[command(flatten)]
    terms: Terms,
}

/// Closes a part of a position.
#[derive(Args, Debug)]
pub struct Reduce {
    /// The market
    market: String,
    /// Size to close, in the base asset
    #[arg(long, value_name = "SIZE")]
    size: Decimal,
    #[command(flatten)]
    terms: Terms,
}

impl Close {
    pub(super) async fn run(&self, session: &Session) -> Result<(), Failure> {
        reduce(session, &self.market, None, &self.terms).await
    }
}

impl Reduce {
    pub(super) async fn run(&self, session: &Session) -> Result<(), Failure> {
        reduce(session, &self.market, Some(self.size), &self.terms).await
    }
}

/// Places a reduce-only order for some of a position, or all of it.
async fn reduce(session: &Session, wanted: &str, size: Option<Decimal>, terms: &Terms) -> Result<(), Failure> {
    let desk = Desk::open(session).await?;
    let (market, _, units) = desk.snapshot.market(session, wanted)?;
    let held = desk.held(&market, &units)?;
    let buys = held < 0;
    let size = match size {
        Some(size) => units.lots("--size", size)?,
        None => held.unsigned_abs(),
    };
    let limit = terms.limit(&desk, &market, &units, buys, None)?;
    let order = PlaceOrder {
        authority: desk.signer.pubkey(),
        margin: desk.margin,
        market,
        lots: signed(size, buys)?,
        limit,
        reduce_only: true,
        trigger: 0,
        trigger_above: false,
        legs: desk.others(&market),
    };
    let draft = Draft::of(&order, desk.legs(&market));
    let waits = desk.state.orders.iter().any(|slot| slot.market == market);
    let placed = placing::place(session, &desk, draft, (market, units), !terms.no_wait).await;
    placed.map_err(|failure| if waits { with_advice(failure) } else { failure })
}

/// Only the sole order of a market may reduce without initial margin (ADR 24): whoever has others there is told.
fn with_advice(failure: Failure) -> Failure {
    if failure.name != PlimsollError::BelowInitialMargin.name() {
        return failure;
    }
    let advice = "Orders wait in this market: cancel them, and its reduction needs no initial margin.";
    Failure { sentence: format!("{} {advice}", failure.sentence), ..failure }
}
