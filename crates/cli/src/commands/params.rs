//! `plimsoll params`: a market's parameters, in units that people use.

use clap::Args;
use plimsoll_client::engine::bounds::ROWS;
use serde::Serialize;

use crate::{
    constants::{self, Constant, constants},
    failure::Failure,
    page::{Answer, Page, Tone, print},
    session::Session,
    snapshot::Listed,
    time::span,
    units::{Units, fine_percent, multiple, text, usd},
};

/// Shows a market's parameters. The program stores what follows from them; what is shown is that, turned back.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  plimsoll params SOL\n  plimsoll params SOL --raw\n  plimsoll params SOL --json")]
pub struct Params {
    /// The market
    market: String,
    /// As an administrator writes them: millionths, seconds, lots and atoms
    #[arg(long)]
    raw: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    slot: u64,
    market: Listed,
    parameters: Vec<Row>,
    #[serde(skip)]
    raw: bool,
    #[serde(skip)]
    units: Units,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    name: String,
    /// In `unit`.
    value: u64,
    unit: &'static str,
    meaning: String,
    /// Between which values an administrator may choose; nothing for what follows from two of them.
    minimum: Option<u64>,
    maximum: Option<u64>,
}

impl Params {
    /// Does it.
    pub async fn run(&self, session: &Session) -> Result<(), Failure> {
        let snapshot = session.look(&[]).await?;
        let (address, market, units) = snapshot.market(session, &self.market)?;
        let parameters = constants(&market.core.risk).into_iter().map(Row::of).collect();
        let (slot, raw) = (snapshot.at.slot, self.raw);
        print(&Parameters { slot, market: Listed::of(&address, &units), parameters, raw, units }, session.global.json);
        Ok(())
    }
}

impl Row {
    fn of(constant: Constant) -> Self {
        let row = ROWS.iter().find(|row| row.name == constant.name);
        Self {
            name: constant.name.into(),
            value: constant.value,
            unit: row.map_or(constants::DEVIATIONS_UNIT, |row| row.unit),
            meaning: row.map_or(constants::DEVIATIONS_MEANING, |row| row.meaning).replace('`', ""),
            minimum: row.map(|row| row.minimum),
            maximum: row.map(|row| row.maximum),
        }
    }

    /// The value as people say it.
    fn human(&self, units: &Units) -> String {
        let value = i128::from(self.value);
        match self.unit {
            "ppm" if self.value >= 1_000_000 => format!("x {}", multiple(value)),
            "ppm" => fine_percent(value),
            "ppm a day" => format!("{} a day", fine_percent(value)),
            "ppm of an hour's" => format!("x {}", multiple(value)),
            "s" => span(i64::try_from(self.value).unwrap_or(i64::MAX)),
            "atoms" => usd(value),
            "lots" => units.size(value),
            _ => text(value, 0),
        }
    }
}

impl Answer for Parameters {
    fn show(&self, page: &mut Page) {
        page.title(format!("Parameters of {}", self.market.name));
        page.line(Tone::Quiet, &format!("  {}, slot {}", self.market.address, self.slot));
        let rows = self.parameters.iter().map(|row| {
            let value = if self.raw { format!("{} {}", text(row.value, 0), row.unit) } else { row.human(&self.units) };
            vec![row.name.clone(), value.trim_end().into(), row.meaning.clone()]
        });
        page.table(&["parameter", ">value", "meaning"], rows);
    }
}
