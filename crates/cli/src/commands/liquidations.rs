//! `plimsoll liquidations`: the queues in their order, who is next, and what was liquidated lately.

mod recent;

use clap::Args;
use plimsoll_desk::{QueueFigures, QueueRow};
use recent::Liquidation;
use serde::Serialize;

use crate::{
    failure::Failure,
    page::{Answer, Page, Tone, print},
    session::Session,
    snapshot::Listed,
    time::{clock, span},
    units::{Units, share, text},
};

/// Shows liquidation queues and recent liquidations.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  plimsoll liquidations\n  plimsoll liquidations SOL --last 50\n  plimsoll liquidations --json"
)]
pub struct Liquidations {
    /// One market; else all
    market: Option<String>,
    /// How many of each queue's last transactions are looked through
    #[arg(long, value_name = "N", default_value_t = 20)]
    last: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answered {
    slot: u64,
    time: i64,
    markets: Vec<Liquidated>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Liquidated {
    #[serde(flatten)]
    listed: Listed,
    queue: QueueFigures,
    recent: Vec<Liquidation>,
    #[serde(skip)]
    units: Units,
}

impl Liquidations {
    /// Does it.
    pub async fn run(&self, session: &Session) -> Result<(), Failure> {
        let snapshot = session.look_with_queues(&[]).await?;
        let only =
            self.market.as_ref().map(|wanted| snapshot.market(session, wanted)).transpose()?.map(|found| found.0);
        let mut markets = Vec::new();
        for ((address, market), units) in snapshot.markets.iter().zip(&snapshot.units) {
            if only.is_some_and(|only| only != *address) {
                continue;
            }
            let recent = if self.last == 0 { Vec::new() } else { session.past(&market.queue, None, self.last).await? };
            markets.push(Liquidated {
                listed: Listed::of(address, units),
                queue: snapshot.venue.queue_figures(address, snapshot.at)?,
                recent: recent.iter().flat_map(recent::of).collect(),
                units: units.clone(),
            });
        }
        print(&Answered { slot: snapshot.at.slot, time: snapshot.at.time, markets }, session.global.json);
        Ok(())
    }
}

/// Why an entry waits, or that it may go.
pub fn standing(row: &QueueRow) -> &'static str {
    match (row.allowed, row.counts) {
        (true, _) => "may go",
        (false, true) => "others go first",
        (false, false) => "does not count yet, or any more",
    }
}

impl Liquidated {
    fn show(&self, page: &mut Page, now: i64) {
        let queue = &self.queue;
        page.title(format!("{}: {} queued", self.listed.name, queue.rows.len()));
        if let Some(next) = &queue.next {
            page.line(Tone::Warn, &format!("  next: {next}"));
        }
        if !queue.has_capacity {
            page.line(Tone::Warn, "  No capacity for a step: only urgent accounts go.");
        }
        let headings = ["#", "account", ">key", ">of the largest", ">flagged", ">seen", "", "state"];
        let rows = queue.rows.iter().enumerate().map(|(place, row)| {
            vec![
                (place + 1).to_string(),
                row.account.clone(),
                text(row.key, 0),
                share(row.key_ppm),
                span(now - row.first_time),
                span(now - row.refreshed_at),
                if row.urgent { "urgent" } else { "" }.into(),
                standing(row).into(),
            ]
        });
        if !queue.rows.is_empty() {
            page.table(&headings, rows);
        }
        if !self.recent.is_empty() {
            page.say("");
            let headings = ["time", "account", ">size", ">price", ">key", ">E/MM", ">waited", "closed", ">paid"];
            page.table(&headings, self.recent.iter().map(|past| past.cells(&self.units)));
        }
    }
}

impl Answer for Answered {
    fn show(&self, page: &mut Page) {
        for market in &self.markets {
            market.show(page, self.time);
        }
        let note = "key: the cost of waiting, in atoms. paid: the charge, or of a bankrupt account what nobody had.";
        page.say("");
        page.line(Tone::Quiet, &format!("{note} {} UTC", clock(self.time)));
    }
}
