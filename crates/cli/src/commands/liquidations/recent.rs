//! Liquidations from the logs.

use plimsoll_client::{
    engine::units::Ratio,
    events::{BankruptcyClosed, Liquidated},
};
use serde::Serialize;

use crate::{
    history::Past,
    time::{clock, span},
    units::{Units, multiple, ratio_ppm, text, usd},
    words,
};

/// A step that was taken.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Liquidation {
    /// The account.
    pub account: String,
    /// Its transaction.
    pub signature: String,
    /// When its block was made.
    pub time: Option<i64>,
    /// Lots that the account traded: negative when a long was closed.
    pub lots: i64,
    /// The price, in ticks.
    pub price: u64,
    /// The key.
    pub key: u64,
    /// Paid to the account, or by it.
    pub settled: i64,
    /// Whether it was bankrupt.
    pub bankrupt: bool,
    /// Equity over maintenance before, in millionths; nothing for a bankrupt account.
    pub health_ppm: Option<u32>,
    /// Seconds since it was first flagged; nothing where the log does not say.
    pub waited: Option<i64>,
    /// What it was charged.
    pub charge: Charge,
    /// What a bankrupt account could not pay.
    pub deficit: u64,
}

/// Whom a charge went to.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Charge {
    /// The market's treasury.
    pub treasury: u64,
    /// Whoever flagged it.
    pub flagger: u64,
    /// Whoever liquidated it.
    pub liquidator: u64,
    /// Insurance.
    pub insurance: u64,
}

/// Those of a transaction.
pub fn of(past: &Past) -> Vec<Liquidation> {
    let steps = past.events::<Liquidated>().into_iter().map(|event| step(past, &event));
    let closes = past.events::<BankruptcyClosed>().into_iter().map(|event| close(past, &event));
    steps.chain(closes).collect()
}

fn step(past: &Past, event: &Liquidated) -> Liquidation {
    let equity = u64::try_from(event.equity_before).unwrap_or_default();
    Liquidation {
        account: event.account.to_string(),
        signature: past.signature.to_string(),
        time: past.time,
        lots: event.lots,
        price: event.price,
        key: event.key,
        settled: event.settled,
        bankrupt: false,
        health_ppm: Ratio::of_floor(equity, event.maintenance_before).ok().map(ratio_ppm),
        waited: past.time.map(|time| time.saturating_sub(event.first_flagged).max(0)),
        charge: Charge {
            treasury: event.to_treasury,
            flagger: event.to_flagger,
            liquidator: event.to_liquidator,
            insurance: event.to_insurance,
        },
        deficit: 0,
    }
}

fn close(past: &Past, event: &BankruptcyClosed) -> Liquidation {
    Liquidation {
        account: event.account.to_string(),
        signature: past.signature.to_string(),
        time: past.time,
        lots: event.lots,
        price: event.price,
        key: event.key,
        settled: event.settled,
        bankrupt: true,
        health_ppm: None,
        waited: None,
        charge: Charge::default(),
        deficit: event.deficit,
    }
}

impl Charge {
    fn total(&self) -> i128 {
        [self.treasury, self.flagger, self.liquidator, self.insurance].into_iter().map(i128::from).sum()
    }
}

impl Liquidation {
    /// Its row in a table.
    pub fn cells(&self, units: &Units) -> Vec<String> {
        let paid = if self.bankrupt { usd(-i128::from(self.deficit)) } else { usd(self.charge.total()) };
        vec![
            self.time.map_or_else(|| "-".into(), clock),
            words::short(&self.account),
            units.bare_size(self.lots),
            units.price(self.price),
            text(self.key, 0),
            self.health_ppm.map_or_else(|| "-".into(), multiple),
            self.waited.map_or_else(|| "-".into(), span),
            if self.bankrupt { "bankrupt" } else { "step" }.into(),
            paid,
        ]
    }
}
