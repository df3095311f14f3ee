//! All markets in a table.

use plimsoll_desk::MarketFigures;
use serde::Serialize;

use crate::{
    failure::Failure,
    page::{Answer, Page, Tone},
    snapshot::Snapshot,
    time::{clock, span},
    units::{Units, brief, share, text},
    words,
};

/// All markets.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Markets {
    slot: u64,
    time: i64,
    markets: Vec<Row>,
}

/// One of them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    name: String,
    #[serde(flatten)]
    figures: MarketFigures,
    #[serde(skip)]
    units: Units,
}

impl Markets {
    /// Those of an exchange.
    pub fn of(snapshot: &Snapshot) -> Result<Self, Failure> {
        let all = snapshot.markets.iter().zip(&snapshot.units);
        let rows = all.map(|((address, _), units)| {
            let figures = snapshot.venue.market_figures(address, snapshot.at)?;
            Ok(Row { name: units.name.clone(), figures, units: units.clone() })
        });
        Ok(Self { slot: snapshot.at.slot, time: snapshot.at.time, markets: rows.collect::<Result<_, Failure>>()? })
    }
}

/// Who pays funding, and how much in an hour: `longs 0.0012 %`.
pub fn funding(ppb_per_hour: i32) -> String {
    let rate = text(i128::from(ppb_per_hour).abs(), 7);
    match ppb_per_hour {
        0 => "none".into(),
        rate_of if rate_of > 0 => format!("longs {rate} %/h"),
        _ => format!("shorts {rate} %/h"),
    }
}

impl Row {
    fn cells(&self) -> Vec<String> {
        let (figures, units) = (&self.figures, &self.units);
        vec![
            self.name.clone(),
            units.price(figures.price),
            span(i64::from(figures.age)),
            share(figures.confidence_ppm),
            funding(figures.funding_ppb_per_hour),
            brief(figures.long_notional),
            brief(figures.short_notional),
            units.bare_size(figures.skew),
            brief(figures.net_asset_value),
            figures.queued.map_or_else(|| "-".into(), |queued| queued.to_string()),
            words::status(&figures.status).into(),
        ]
    }
}

impl Answer for Markets {
    fn show(&self, page: &mut Page) {
        if self.markets.is_empty() {
            return page.say("The exchange has no market yet.");
        }
        let headings = [
            "market",
            ">price",
            ">age",
            ">confidence",
            ">funding",
            ">longs",
            ">shorts",
            ">skew",
            ">net asset value",
            ">queued",
            "status",
        ];
        page.table(&headings, self.markets.iter().map(Row::cells));
        page.line(
            Tone::Quiet,
            &format!("  slot {}, {} UTC. Skew is longs less shorts, in the base asset.", self.slot, clock(self.time)),
        );
    }
}
