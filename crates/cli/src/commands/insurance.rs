//! `plimsoll insurance`: what stands between a bankrupt account and everybody else.

use clap::Args;
use plimsoll_desk::InsuranceFigures;
use serde::Serialize;

use crate::{
    failure::Failure,
    page::{Answer, Page, Tone, print},
    session::Session,
    snapshot::Listed,
    time::date,
    units::{brief, share, usd},
};

/// Shows the insurance fund, each market's part, and who pays a loss in which order.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  plimsoll insurance\n  plimsoll insurance --json")]
pub struct Insurance {}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Insured {
    slot: u64,
    time: i64,
    markets: Vec<Listed>,
    /// Providers' net asset value over what new risk needs, market by market.
    coverage_ppm: Vec<Option<i32>>,
    fund: InsuranceFigures,
}

impl Insurance {
    /// Does it.
    pub async fn run(&self, session: &Session) -> Result<(), Failure> {
        let snapshot = session.look(&[]).await?;
        if snapshot.fund.is_none() {
            return Err(Failure::not_found(format!("the exchange {} has no insurance fund", session.exchange)));
        }
        let fund = snapshot.venue.insurance_figures(snapshot.at)?;
        let coverage = snapshot.markets.iter().map(|(address, _)| {
            snapshot.venue.market_figures(address, snapshot.at).map(|figures| figures.coverage_ppm)
        });
        let coverage_ppm = coverage.collect::<Result<_, _>>()?;
        let (slot, time, markets) = (snapshot.at.slot, snapshot.at.time, snapshot.listed());
        print(&Insured { slot, time, markets, coverage_ppm, fund }, session.global.json);
        Ok(())
    }
}

impl Answer for Insured {
    fn show(&self, page: &mut Page) {
        let fund = &self.fund;
        page.title("Insurance fund");
        page.facts([
            ("in the vault", usd(fund.total)),
            ("shared", format!("{}, the stakers'", usd(fund.shared))),
            ("markets' own", usd(fund.own)),
        ]);
        page.title("Who pays a market's loss, in this order");
        let headings = [
            "market",
            ">1 own part",
            ">2 shared, now",
            ">3 providers",
            ">coverage",
            ">deficit",
            ">not swept",
            ">target",
        ];
        let rows = fund.markets.iter().enumerate().map(|(place, part)| {
            let name =
                self.markets.iter().find(|market| market.address == part.market).map(|market| market.name.clone());
            vec![
                name.unwrap_or_else(|| part.market.clone()),
                usd(part.own),
                usd(part.shared_now),
                brief(part.net_asset_value),
                share(self.coverage_ppm.get(place).copied().flatten()),
                usd(part.deficit),
                usd(part.fees),
                usd(part.target),
            ]
        });
        page.table(&headings, rows);
        page.line(
            Tone::Quiet,
            "  4 the winning side is deleveraged, 5 the market settles: profits shrink, principal never does.",
        );
        for (market, part) in self.markets.iter().zip(&fund.markets).filter(|(_, part)| part.shared_drawn > 0) {
            let (drawn, cap) = (usd(part.shared_drawn), usd(part.shared_cap));
            page.say(format!(
                "  {} has drawn {drawn} of {cap}; its window ends {} UTC.",
                market.name,
                date(part.window_ends)
            ));
        }
    }
}
