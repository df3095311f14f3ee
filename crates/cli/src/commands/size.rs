//! `plimsoll size`: from what may be lost to a size.

use clap::Args;
use plimsoll_client::Address;
use plimsoll_desk::AtRisk;
use serde::Serialize;

use super::quote::{asked_for, show_preview};
use crate::{
    decimal::{Decimal, Percent},
    failure::Failure,
    page::{Answer, Page, Tone, print},
    session::Session,
    snapshot::Listed,
    units::{Units, atoms, usd},
    words,
};

/// Says which size loses no more than a risk at a stop, all costs included. `trade --risk` places it.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  plimsoll size SOL --risk 100 --stop 95\n  plimsoll size ETH --risk 250 --stop 4200 --json"
)]
pub struct Size {
    /// The market
    market: String,
    /// Most that may be lost at the stop
    #[arg(long, value_name = "AMOUNT")]
    risk: Decimal,
    /// Price of the stop: below the present price for a long, above it for a short
    #[arg(long, value_name = "PRICE")]
    stop: Decimal,
    /// How far the opening fill may be from the present price
    #[arg(long, value_name = "PERCENT", default_value = "1%")]
    slippage: Percent,
    /// For another margin account, or its owner's
    #[arg(long, value_name = "ADDRESS")]
    account: Option<Address>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sized {
    slot: u64,
    time: i64,
    market: Listed,
    account: Option<String>,
    oracle_price: u64,
    risk: u64,
    stop: u64,
    #[serde(flatten)]
    at_risk: AtRisk,
    #[serde(skip)]
    units: Units,
}

impl Size {
    /// Does it.
    pub async fn run(&self, session: &Session) -> Result<(), Failure> {
        let (snapshot, account) = asked_for(session, self.account).await?;
        let (market, state, units) = snapshot.market(session, &self.market)?;
        let (risk, stop) = (atoms("--risk", self.risk)?, units.ticks("--stop", self.stop)?);
        let price = state.core.price.oracle.0;
        let long = stop < price;
        let limit = snapshot.venue.limit_for(&market, long, self.slippage.0)?;
        // The stop's own limit does not change the size: any does.
        let stop_limit = if long { 1 } else { state.core.risk.max_price.0 };
        let account = account.map(|(address, _)| address);
        let at_risk =
            snapshot.venue.at_risk(account.as_ref(), &market, (risk, stop), (limit, stop_limit), snapshot.at)?;
        let refusal = at_risk.refusal.clone();
        let answer = Sized {
            slot: snapshot.at.slot,
            time: snapshot.at.time,
            market: Listed::of(&market, &units),
            account: account.map(|address| address.to_string()),
            oracle_price: price,
            risk,
            stop,
            at_risk,
            units,
        };
        print(&answer, session.global.json);
        refusal.map_or(Ok(()), |refusal| Err(refusal.into()))
    }
}

impl Answer for Sized {
    fn show(&self, page: &mut Page) {
        let Some(size) = &self.at_risk.size else { return };
        let side = if size.lots < 0 { "Short" } else { "Long" };
        let lots = self.units.size(i128::from(size.lots).abs());
        let (stop, loss) = (self.units.price(self.stop), usd(size.loss));
        page.line(Tone::Good, &format!("{side} {lots}: it loses {loss} at {stop}, costs included."));
        page.line(Tone::Quiet, &format!("  Bound by: {}.", words::size_bound(&size.bound)));
        if let Some(preview) = &self.at_risk.preview {
            show_preview(page, &self.units, self.oracle_price, preview);
            if let Some(refusal) = &preview.refusal {
                page.line(Tone::Bad, &format!("  {} ({})", refusal.sentence, refusal.name));
            }
        }
    }
}
