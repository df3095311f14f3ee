//! `plimsoll quote`: what an order would cost and leave, computed by the engine that executes it.

use clap::{Args, ValueEnum};
use plimsoll_client::{Address, state::MarginAccount};
use plimsoll_desk::{After, Preview, RefusedAt, Request};
use serde::Serialize;
use solana_signer::Signer;

use crate::{
    commands::account::named,
    decimal::Decimal,
    failure::Failure,
    page::{Answer, Page, Tone, print},
    session::Session,
    snapshot::{Listed, Snapshot},
    units::{Units, fine_percent, multiple, percent, usd},
    words,
};

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Side {
    /// Buy.
    Long,
    /// Sell.
    Short,
    /// Whatever closes the position.
    Close,
}

/// Says what an order would cost if it were executed at the present price.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  plimsoll quote long SOL --size 2.5\n  plimsoll quote short BTC --size 0.01 --limit 95000\n  plimsoll quote close SOL --json"
)]
pub struct Quote {
    /// Which way
    side: Side,
    /// The market
    market: String,
    /// Size in the base asset; to close, all of the position if it is left out
    #[arg(long, value_name = "SIZE", required_if_eq_any = [("side", "long"), ("side", "short")])]
    size: Option<Decimal>,
    /// Worst average price; else any
    #[arg(long, value_name = "PRICE")]
    limit: Option<Decimal>,
    /// For another margin account, or its owner's
    #[arg(long, value_name = "ADDRESS")]
    account: Option<Address>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Quoted {
    slot: u64,
    time: i64,
    market: Listed,
    /// The account that it is for; without one it is for one that holds nothing.
    account: Option<String>,
    /// The oracle's price, in ticks.
    oracle_price: u64,
    #[serde(flatten)]
    preview: Preview,
    #[serde(skip)]
    units: Units,
}

/// The account that a question is about, where it exists: one's own, unless another is named.
pub(super) async fn asked_for(
    session: &Session,
    wanted: Option<Address>,
) -> Result<(Snapshot, Option<Found>), Failure> {
    let address = match wanted {
        Some(address) => Some(named(session, Some(address)).await?),
        None => session.signer().ok().map(|signer| session.own_account(&signer.pubkey())),
    };
    let snapshot = session.look(address.as_slice()).await?;
    let found = snapshot.accounts.first().copied();
    if let (Some(address), None, Some(_)) = (address, found, wanted) {
        return Err(Failure::not_found(format!("there is no margin account {address}")));
    }
    Ok((snapshot, found))
}

/// A margin account and its address.
pub(super) type Found = (Address, MarginAccount);

impl Quote {
    /// Does it.
    pub async fn run(&self, session: &Session) -> Result<(), Failure> {
        let (snapshot, account) = asked_for(session, self.account).await?;
        let (market, state, units) = snapshot.market(session, &self.market)?;
        let account = account.map(|(address, _)| address);
        let held = match (self.side, account) {
            (Side::Close, Some(account)) => held(&snapshot, &account, &market)?,
            _ => 0,
        };
        let buys = match self.side {
            Side::Long => true,
            Side::Short => false,
            Side::Close => held < 0,
        };
        let size = match self.size {
            Some(size) => units.lots("--size", size)?,
            None if held == 0 => {
                return Err(Failure::not_found(format!("there is no position in {} to close", units.name)));
            }
            None => held.unsigned_abs(),
        };
        let lots = super::trade::signed(size, buys)?;
        let any = if buys { state.core.risk.max_price.0 } else { 1 };
        let limit = self.limit.map_or(Ok(any), |limit| units.ticks("--limit", limit))?;
        let request = Request { lots, limit, reduce_only: self.side == Side::Close };
        let preview = snapshot.venue.preview(account.as_ref(), &market, request, snapshot.at)?;
        let refusal = preview.refusal.clone();
        let answer = Quoted {
            slot: snapshot.at.slot,
            time: snapshot.at.time,
            market: Listed::of(&market, &units),
            account: account.map(|address| address.to_string()),
            oracle_price: state.core.price.oracle.0,
            preview,
            units,
        };
        print(&answer, session.global.json);
        refusal.map_or(Ok(()), |refusal| Err(refusal.into()))
    }
}

fn held(snapshot: &Snapshot, account: &Address, market: &Address) -> Result<i64, Failure> {
    let legs = snapshot.venue.account_figures(account, snapshot.at)?.legs;
    Ok(legs.into_iter().find(|leg| leg.market == market.to_string()).map_or(0, |leg| leg.lots))
}

/// Writes what an order would do.
pub(super) fn show_preview(page: &mut Page, units: &Units, oracle: u64, preview: &Preview) {
    if let Some(fill) = &preview.fill {
        let verb = if fill.lots < 0 { "sell" } else { "buy" };
        let size = units.size(i128::from(fill.lots).abs());
        page.title(format!("{verb} {size} at {}", units.price(fill.price)));
        page.facts([
            ("oracle price", units.price(oracle)),
            ("notional", usd(fill.notional)),
            ("skew premium", usd(fill.premium)),
            ("spread", usd(fill.spread)),
            ("price impact", fill.impact_ppm.map_or_else(|| "-".into(), fine_percent)),
            ("fee", format!("{}, {} of it for the executor", usd(preview.fee), usd(preview.execution_fee))),
        ]);
        if fill.settled != 0 {
            page.facts([("settled", usd(fill.settled))]);
        }
    }
    if let Some(after) = &preview.after {
        show_after(page, units, after);
    }
    if preview.refusal.is_some() {
        let place = match preview.refused_at {
            Some(RefusedAt::Execution) => "It would be placed, fail when it is executed, and lose its fee.",
            _ => "It would be refused when it is placed: nothing would happen.",
        };
        page.line(Tone::Bad, place);
    }
}

fn show_after(page: &mut Page, units: &Units, after: &After) {
    let (tone, state) = words::account(&after.state);
    page.title("Afterwards");
    page.line(tone, &format!("  {state}"));
    let distance = after.liquidation_distance_ppm.map_or_else(String::new, |ppm| format!(" ({} away)", percent(ppm)));
    let health = after.health_ppm.map_or_else(String::new, |ppm| format!(", {} of it", multiple(ppm)));
    page.facts([
        ("position", units.size(after.lots)),
        ("entry", units.price_or_none(after.entry)),
        ("liquidation", format!("{}{distance}", units.price_or_none(after.liquidation_price))),
        ("cash", usd(after.cash)),
        ("maintenance", format!("{}; equity {}{health}", usd(after.maintenance), usd(after.equity))),
        ("initial", after.initial.map_or_else(|| "no fresh price".into(), usd)),
        ("free", after.free.map_or_else(|| "no fresh price".into(), usd)),
    ]);
}

impl Answer for Quoted {
    fn show(&self, page: &mut Page) {
        show_preview(page, &self.units, self.oracle_price, &self.preview);
        if self.account.is_none() {
            page.line(Tone::Quiet, "Without an account of yours, margin is that of one which holds nothing.");
        }
    }
}
