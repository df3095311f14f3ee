//! `plimsoll trade orders`: those that wait, and how the last ones ended.

use clap::Args;
use plimsoll_client::{
    Address,
    events::{OrderCancelled, OrderExecuted, OrderExpired, OrderFailed},
};
use plimsoll_desk::OrderFigures;
use serde::Serialize;
use solana_signer::Signer;

use super::super::account::named;
use crate::{
    failure::Failure,
    history::Past,
    outcome::{Outcome, ended},
    page::{Answer, Page, print},
    session::Session,
    snapshot::Listed,
    time::{clock, date},
    units::{Units, usd},
    words,
};

/// Lists orders.
#[derive(Args, Debug)]
pub struct Orders {
    /// A margin account or its owner; else one's own
    address: Option<Address>,
    /// How many of the account's last transactions are looked through for orders that have ended
    #[arg(long, value_name = "N", default_value_t = 20)]
    last: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listing {
    account: String,
    time: i64,
    markets: Vec<Listed>,
    waiting: Vec<OrderFigures>,
    ended: Vec<Ended>,
    #[serde(skip)]
    units: Vec<(String, Units)>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ended {
    sequence: u64,
    market: String,
    time: Option<i64>,
    signature: String,
    outcome: Outcome,
}

impl Orders {
    pub(super) async fn run(&self, session: &Session) -> Result<(), Failure> {
        let address = match self.address {
            None => session.own_account(&session.signer()?.pubkey()),
            named_address => named(session, named_address).await?,
        };
        let (snapshot, _) = session.look_at_account(&address).await?;
        let waiting = snapshot.venue.account_figures(&address, snapshot.at)?.orders;
        let past = if self.last == 0 { Vec::new() } else { session.past(&address, None, self.last).await? };
        let ended = past.iter().flat_map(|past| ended_in(past, &address)).collect();
        let listed = snapshot.listed();
        let units = listed.iter().map(|market| market.address.clone()).zip(snapshot.units.clone()).collect();
        let answer =
            Listing { account: address.to_string(), time: snapshot.at.time, markets: listed, waiting, ended, units };
        print(&answer, session.global.json);
        Ok(())
    }
}

/// The orders of an account that a transaction ended.
fn ended_in(past: &Past, account: &Address) -> Vec<Ended> {
    let ours = |of: &Address| of == account;
    let executed = past.events::<OrderExecuted>().into_iter().filter(|event| ours(&event.account));
    let failed = past.events::<OrderFailed>().into_iter().filter(|event| ours(&event.account));
    let expired = past.events::<OrderExpired>().into_iter().filter(|event| ours(&event.account));
    let cancelled = past.events::<OrderCancelled>().into_iter().filter(|event| ours(&event.account));
    let all = executed
        .map(|event| (event.sequence, event.market))
        .chain(failed.map(|event| (event.sequence, event.market)))
        .chain(expired.map(|event| (event.sequence, event.market)))
        .chain(cancelled.map(|event| (event.sequence, event.market)));
    let ended = all.filter_map(|(sequence, market)| {
        let outcome = ended(past, account, sequence)?;
        let signature = past.signature.to_string();
        Some(Ended { sequence, market: market.to_string(), time: past.time, signature, outcome })
    });
    ended.collect()
}

impl Listing {
    fn units(&self, market: &str) -> Units {
        let known = self.units.iter().find(|(address, _)| address == market).map(|(_, units)| units.clone());
        known.unwrap_or_else(|| Units { name: words::short(market), size_decimals: 0, price_decimals: 0 })
    }
}

/// What became of an order, in a few words.
fn result(units: &Units, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Executed { lots, fill_price, .. } => {
            let verb = if *lots < 0 { "sold" } else { "bought" };
            format!("{verb} {} at {}", units.size(i128::from(*lots).abs()), units.price_or_none(*fill_price))
        }
        Outcome::Failed { sentence, .. } => format!("failed: {sentence}"),
        Outcome::Expired { .. } => "expired".into(),
        Outcome::Cancelled { fee } => format!("cancelled, {} came back", usd(*fee)),
        Outcome::Requested | Outcome::Armed | Outcome::Unknown => "unknown".into(),
    }
}

impl Answer for Listing {
    fn show(&self, page: &mut Page) {
        page.title("Waiting");
        if self.waiting.is_empty() {
            page.say("  none");
        } else {
            let rows = self.waiting.iter().map(|order| {
                let units = self.units(&order.market);
                let trigger = order.trigger.map_or_else(|| "-".into(), |price| units.price(price));
                vec![
                    order.sequence.to_string(),
                    units.name.clone(),
                    units.bare_size(order.lots),
                    units.price(order.limit),
                    trigger,
                    usd(order.fee),
                    words::stage(&order.stage).into(),
                    clock(order.placed_at),
                ]
            });
            page.table(&["#", "market", ">size", ">limit", ">trigger", ">fee", "state", "placed"], rows);
        }
        if !self.ended.is_empty() {
            page.title("Ended");
            let rows = self.ended.iter().map(|order| {
                let units = self.units(&order.market);
                let time = order.time.map_or_else(|| "-".into(), date);
                vec![order.sequence.to_string(), units.name.clone(), time, result(&units, &order.outcome)]
            });
            page.table(&["#", "market", "time", "result"], rows);
        }
    }
}
