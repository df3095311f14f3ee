//! One market in detail.

use plimsoll_client::{
    Address,
    engine::breakers::reason,
    state::{Market, ORACLE_PYTH_LEGACY, ORACLE_PYTH_PULL, ORACLE_SWITCHBOARD, OracleSource},
};
use plimsoll_desk::{MarketFigures, MarketInsurance};
use serde::Serialize;

use super::list::funding;
use crate::{
    failure::Failure,
    page::{Answer, Page, Tone},
    snapshot::Snapshot,
    time::{date, span},
    units::{Units, brief, fine_percent, multiple, percent, ratio_ppm, share, usd},
    words,
};

/// A market.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Detail {
    slot: u64,
    time: i64,
    name: String,
    #[serde(flatten)]
    figures: MarketFigures,
    /// Where its price comes from: one source or two.
    sources: Vec<Source>,
    /// Standard deviation over an hour that is used now.
    volatility_ppm: u32,
    /// When volatility was last sampled.
    sampled_at: i64,
    breakers: Vec<Breaker>,
    insurance: Option<MarketInsurance>,
    #[serde(skip)]
    units: Units,
}

/// A price source.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Source {
    kind: &'static str,
    program: String,
    feed: String,
    price: u64,
    confidence: u64,
    published_at: i64,
    fresh: bool,
}

/// A breaker.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Breaker {
    name: &'static str,
    tripped: bool,
    /// Since when it has been calm, while it is tripped.
    calm_since: Option<i64>,
}

/// Names of the breakers in the order of their bits.
const BREAKERS: [(u32, &str); plimsoll_client::engine::breakers::COUNT] = [
    (reason::PRICE, "price"),
    (reason::OPEN_INTEREST, "open interest"),
    (reason::SKEW, "skew"),
    (reason::ORACLE, "oracle"),
    (reason::INSURANCE, "insurance"),
    (reason::CASCADE, "cascade"),
];

impl Detail {
    /// That of a market.
    pub fn of(snapshot: &Snapshot, address: &Address, market: &Market, units: Units) -> Result<Self, Failure> {
        let (core, at) = (&market.core, snapshot.at);
        let mut sources = vec![Source::of(&market.oracle, &core.price, market, at.time)];
        if core.has_second() {
            sources.push(Source::of(&market.second_oracle, &core.second, market, at.time));
        }
        let breakers = BREAKERS.iter().zip(core.breakers.calm_since).map(|((bit, name), since)| Breaker {
            name,
            tripped: core.breakers.tripped & bit != 0,
            calm_since: (since != 0).then_some(since),
        });
        let insured = snapshot.fund.is_some().then(|| snapshot.venue.insurance_figures(at)).transpose()?;
        let insurance =
            insured.and_then(|fund| fund.markets.into_iter().find(|part| part.market == address.to_string()));
        Ok(Self {
            slot: at.slot,
            time: at.time,
            name: units.name.clone(),
            figures: snapshot.venue.market_figures(address, at)?,
            sources,
            volatility_ppm: ratio_ppm(core.volatility.sigma(&core.risk)),
            sampled_at: core.volatility.sampled_at,
            breakers: breakers.collect(),
            insurance,
            units,
        })
    }

    fn show_price(&self, page: &mut Page) {
        let (figures, units) = (&self.figures, &self.units);
        page.title("Price");
        page.facts([
            (
                "oracle",
                format!(
                    "{}, {} old of {} at most",
                    units.price(figures.price),
                    span(figures.age.into()),
                    span(figures.max_age.into())
                ),
            ),
            (
                "confidence",
                format!(
                    "{} ({})",
                    units.price(figures.confidence),
                    figures.confidence_ppm.map_or_else(|| "-".into(), fine_percent)
                ),
            ),
            ("average", units.price(figures.average)),
            ("condition", words::condition(&figures.price_condition).into()),
            ("volatility", format!("{} an hour", percent(self.volatility_ppm))),
        ]);
        let rows = self.sources.iter().map(|source| {
            let fresh = if source.fresh { "fresh" } else { "stale" };
            let age = span(self.time - source.published_at);
            vec![
                source.kind.into(),
                units.price(source.price),
                units.price(source.confidence),
                age,
                fresh.into(),
                source.feed.clone(),
            ]
        });
        page.table(&["source", ">price", ">confidence", ">age", "", "feed"], rows);
    }

    fn show_market(&self, page: &mut Page) {
        let (figures, units) = (&self.figures, &self.units);
        page.title("Open interest");
        page.facts([
            ("longs", format!("{}, {}", units.size(figures.long_lots), brief(figures.long_notional))),
            ("shorts", format!("{}, {}", units.size(figures.short_lots), brief(figures.short_notional))),
            ("skew", format!("{}, {}", units.size(figures.skew), brief(figures.skew_notional))),
            ("cap of a side", format!("{}, {} used", units.size(figures.side_cap), share(figures.side_use_ppm))),
            ("funding", funding(figures.funding_ppb_per_hour)),
            ("position", format!("{} to {}", units.size(figures.minimum_position), units.size(figures.position_cap))),
            ("fee", format!("{} and {} for the executor", fine_percent(figures.fee_ppm), usd(figures.execution_fee))),
            ("half spread", fine_percent(figures.spread_ppm)),
            (
                "smallest margin",
                format!("maintenance {}, initial {}", percent(figures.maintenance_ppm), share(figures.initial_ppm)),
            ),
            ("cascade", format!("initial margin x {}", multiple(figures.cascade_ppm))),
        ]);
    }

    fn show_pool(&self, page: &mut Page) {
        let figures = &self.figures;
        page.title("Liquidity and insurance");
        let covered = match figures.coverage_ppm {
            None => "nothing to cover".into(),
            ppm => format!("{} of what new risk needs ({})", share(ppm), brief(figures.coverage_needed)),
        };
        let mut facts = vec![
            ("net asset value", format!("{}, {covered}", usd(figures.net_asset_value))),
            ("treasury", usd(figures.treasury)),
            ("deficit", usd(figures.deficit)),
            ("queued", figures.queued.map_or_else(|| "-".into(), |queued| queued.to_string())),
            (
                "capacity",
                format!(
                    "{} of {}, {} back each second",
                    brief(figures.capacity),
                    brief(figures.capacity_full),
                    brief(figures.capacity_per_second)
                ),
            ),
        ];
        if let Some(part) = &self.insurance {
            let shared = format!("{} of {} in a window", usd(part.shared_now), usd(part.shared_cap));
            facts.extend([("own insurance", usd(part.own)), ("shared insurance", shared)]);
        }
        page.facts(facts);
    }
}

impl Source {
    fn of(source: &OracleSource, price: &plimsoll_client::engine::price::Price, market: &Market, now: i64) -> Self {
        let (kind, feed) = match source.kind {
            ORACLE_PYTH_PULL => ("Pyth", hex(&source.feed)),
            ORACLE_PYTH_LEGACY => ("Pyth, legacy", Address::new_from_array(source.feed).to_string()),
            ORACLE_SWITCHBOARD => ("Switchboard", hex(&source.feed)),
            _ => ("unknown", hex(&source.feed)),
        };
        Self {
            kind,
            program: source.program.to_string(),
            feed,
            price: price.oracle.0,
            confidence: price.confidence.0,
            published_at: price.publish_time,
            fresh: price.fresh(&market.core.risk, now).is_ok(),
        }
    }
}

fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Answer for Detail {
    fn show(&self, page: &mut Page) {
        let status = words::status(&self.figures.status);
        page.title(format!("{}, market {}", self.name, self.figures.index));
        page.line(Tone::Quiet, &format!("  {}, slot {}, {} UTC", self.figures.address, self.slot, date(self.time)));
        page.line(if self.figures.reasons.is_empty() { Tone::Good } else { Tone::Warn }, &format!("  {status}"));
        for reason in &self.figures.reasons {
            page.line(Tone::Warn, &format!("    {}", words::reason(reason)));
        }
        self.show_price(page);
        self.show_market(page);
        self.show_pool(page);
        page.title("Breakers");
        for breaker in &self.breakers {
            let calm =
                breaker.calm_since.map_or_else(String::new, |since| format!(", calm for {}", span(self.time - since)));
            let (tone, state) = if breaker.tripped { (Tone::Bad, "tripped") } else { (Tone::Plain, "clear") };
            page.line(tone, &format!("  {:<13}  {state}{calm}", breaker.name));
        }
    }
}
