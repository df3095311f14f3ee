//! Sends orders, follows the first of them to its end, and says what happened.

use plimsoll_client::{
    Address,
    events::{OrderPlaced, RiskSized},
    explain::events,
    transaction::Draft,
};
use plimsoll_desk::LegFigures;
use serde::Serialize;

use super::Desk;
use crate::{
    failure::Failure,
    outcome::{Outcome, wait},
    page::{Answer, Page, Tone, print},
    session::{Done, Session},
    snapshot::Listed,
    time::clock,
    units::{Units, percent, usd},
};

/// What was placed and what became of it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Traded {
    account: String,
    market: Listed,
    transaction: Done,
    /// The size that the program computed from the risk.
    sized: Option<Sized>,
    orders: Vec<Placed>,
    /// The position afterwards, where the order was waited for.
    position: Option<LegFigures>,
    #[serde(skip)]
    units: Units,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sized {
    lots: i64,
    /// What it loses at the stop, all costs included.
    loss: u64,
    /// Whether the risk bounds it, and not a cap.
    by_risk: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Placed {
    sequence: u64,
    lots: i64,
    limit: u64,
    reduce_only: bool,
    trigger: Option<u64>,
    trigger_above: bool,
    fee: u64,
    placed_at: i64,
    outcome: Outcome,
}

/// Places what a draft has, and waits for the first order that has no trigger.
pub async fn place(
    session: &Session,
    desk: &Desk,
    draft: Draft,
    (market, units): (Address, Units),
    waits: bool,
) -> Result<(), Failure> {
    let transaction = session.send(draft, &[&desk.signer]).await?;
    let signature = transaction.signature.as_ref().and_then(|text| text.parse().ok());
    let logs = match &signature {
        // What was simulated may have been another order's turn: what landed says which it became.
        Some(signature) => Some(session.rpc.logs_of(signature).await).filter(|logs| !logs.is_empty()),
        None => None,
    };
    let logs = logs.unwrap_or_else(|| transaction.logs.clone());
    let sized = events::<RiskSized>(&logs).next();
    let sized = sized.map(|event| Sized { lots: event.lots, loss: event.loss, by_risk: event.by_risk });
    let mut orders: Vec<_> = events::<OrderPlaced>(&logs).map(Placed::of).collect();
    let mut position = None;
    let due = orders.iter_mut().find(|order| order.trigger.is_none());
    if let (true, Some(order), Some(signature)) = (waits, due, signature) {
        if !session.global.json {
            eprintln!("Order {} is requested, and waits for its price.", order.sequence);
        }
        order.outcome = wait(session, &desk.margin, order.sequence, signature).await?;
        let (snapshot, _) = session.look_at_account(&desk.margin).await?;
        let figures = snapshot.venue.account_figures(&desk.margin, snapshot.at)?;
        position = figures.legs.into_iter().find(|leg| leg.market == market.to_string());
    }
    let failure = orders.iter().find_map(|order| order.outcome.failure());
    let (account, market) = (desk.margin.to_string(), Listed::of(&market, &units));
    print(&Traded { account, market, transaction, sized, orders, position, units }, session.global.json);
    failure.map_or(Ok(()), Err)
}

impl Placed {
    fn of(event: OrderPlaced) -> Self {
        let trigger = (event.trigger != 0).then_some(event.trigger);
        Self {
            sequence: event.sequence,
            lots: event.lots,
            limit: event.limit,
            reduce_only: event.reduce_only,
            trigger,
            trigger_above: event.trigger_above,
            fee: event.fee,
            placed_at: event.placed_at,
            outcome: if trigger.is_some() { Outcome::Armed } else { Outcome::Requested },
        }
    }

    fn show(&self, page: &mut Page, units: &Units, dry_run: bool) {
        let verb = if self.lots < 0 { "sell" } else { "buy" };
        let (size, limit) = (units.size(i128::from(self.lots).abs()), units.price(self.limit));
        let trigger = self.trigger.map_or_else(String::new, |trigger| {
            let side = if self.trigger_above { "rises to" } else { "falls to" };
            format!(", once the price {side} {}", units.price(trigger))
        });
        let reduce = if self.reduce_only { ", reduce only" } else { "" };
        let number = if dry_run { "Would place".into() } else { format!("Order {}", self.sequence) };
        page.say(format!("{number}: {verb} {size}, limit {limit}{trigger}{reduce}, fee {}.", usd(self.fee)));
        show_outcome(page, units, &self.outcome, self.placed_at);
    }
}

/// Writes what became of an order.
pub fn show_outcome(page: &mut Page, units: &Units, outcome: &Outcome, placed_at: i64) {
    match outcome {
        Outcome::Requested => page.line(Tone::Quiet, &format!("  requested at {} UTC", clock(placed_at))),
        Outcome::Armed => page.line(Tone::Quiet, "  waits for its trigger"),
        Outcome::Executed { lots, fill_price, oracle_price, premium, spread, settled, .. } => {
            let price = units.price_or_none(*fill_price);
            page.line(Tone::Good, &format!("  executed: {} at {price}", units.size(i128::from(*lots).abs())));
            let parts =
                format!("oracle {}, premium {}, spread {}", units.price(*oracle_price), usd(*premium), usd(*spread));
            page.line(Tone::Quiet, &format!("  {parts}"));
            if *settled != 0 {
                page.line(Tone::Quiet, &format!("  settled {}", usd(*settled)));
            }
        }
        Outcome::Failed { error, sentence, .. } => page.line(Tone::Bad, &format!("  failed: {sentence} ({error})")),
        Outcome::Expired { closed: true, .. } => page.line(Tone::Bad, "  expired: nobody executed it in time"),
        Outcome::Expired { closed: false, .. } => {
            page.line(Tone::Bad, "  expired: nobody executed it in time. `plimsoll trade cancel` ends it");
        }
        Outcome::Cancelled { .. } => page.line(Tone::Quiet, "  cancelled, and its fee came back"),
        Outcome::Unknown => page.line(Tone::Warn, "  it has ended, and the node does not keep how"),
    }
}

impl Answer for Traded {
    fn show(&self, page: &mut Page) {
        if let Some(sized) = &self.sized {
            let bound = if sized.by_risk { "" } else { ", as much as the market takes" };
            let size = self.units.size(i128::from(sized.lots).abs());
            page.say(format!("Size {size}: it loses {} at the stop{bound}.", usd(sized.loss)));
        }
        for order in &self.orders {
            order.show(page, &self.units, self.transaction.dry_run);
        }
        self.transaction.show_signature(page);
        if let Some(leg) = &self.position {
            let side = if leg.lots < 0 { "short" } else { "long" };
            let size = self.units.size(i128::from(leg.lots).abs());
            let entry = self.units.price_or_none(leg.entry);
            let falls = self.units.price_or_none(leg.liquidation_price);
            let distance = leg.liquidation_distance_ppm.map_or_else(String::new, |ppm| format!(" ({})", percent(ppm)));
            page.say(format!("Position: {side} {size}, entry {entry}, liquidation {falls}{distance}."));
        }
    }
}
