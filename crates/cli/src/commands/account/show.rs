//! `plimsoll account show`: how an account stands, and why.

use clap::Args;
use plimsoll_client::Address;
use plimsoll_desk::{AccountFigures, LegFigures, OrderFigures};
use serde::Serialize;

use super::named;
use crate::{
    failure::Failure,
    page::{Answer, Page, Tone, print},
    session::Session,
    snapshot::Listed,
    time::{clock, date},
    units::{Units, multiple, percent, share, text, usd},
    words,
};

/// Shows how an account stands. Any owner's account can be looked at.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  plimsoll account show\n  plimsoll account show 7Yh3dJqUqJkq1fmk4bHF5n8jVHYMxGpi7oJbBqZKSFqX --index 1\n  plimsoll account show --json"
)]
pub struct Show {
    /// A margin account or its owner; else one's own
    address: Option<Address>,
}

/// The whole answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    /// Slot that it is of.
    pub slot: u64,
    /// Time of the cluster's clock.
    pub time: i64,
    /// What the numbers of each market are counted in.
    pub markets: Vec<Listed>,
    /// The account.
    pub account: AccountFigures,
}

impl Show {
    pub(super) async fn run(&self, session: &Session) -> Result<(), Failure> {
        let address = named(session, self.address).await?;
        let (snapshot, _) = session.look_at_account(&address).await?;
        let account = snapshot.venue.account_figures(&address, snapshot.at)?;
        let answer = Shown { slot: snapshot.at.slot, time: snapshot.at.time, markets: snapshot.listed(), account };
        print(&answer, session.global.json);
        Ok(())
    }
}

impl Shown {
    fn units(&self, market: &str) -> Units {
        let listed = self.markets.iter().find(|listed| listed.address == market);
        listed.map_or_else(
            || Units { name: words::short(market), size_decimals: 0, price_decimals: 0 },
            |listed| Units {
                name: listed.name.clone(),
                size_decimals: listed.size_decimals,
                price_decimals: listed.price_decimals,
            },
        )
    }

    fn leg_row(&self, leg: &LegFigures) -> Vec<String> {
        let units = self.units(&leg.market);
        vec![
            units.name.clone(),
            units.bare_size(leg.lots),
            units.price_or_none(leg.entry),
            units.price(leg.price),
            usd(leg.notional),
            usd(leg.pnl),
            usd(leg.maintenance),
            leg.initial.map_or_else(|| "no price".into(), usd),
            units.price_or_none(leg.liquidation_price),
            share(leg.liquidation_distance_ppm),
        ]
    }

    fn order_row(&self, order: &OrderFigures) -> Vec<String> {
        let units = self.units(&order.market);
        let trigger = order.trigger.map(|trigger| {
            let side = if order.trigger_above { "at or above" } else { "at or below" };
            format!("{side} {}", units.price(trigger))
        });
        vec![
            order.sequence.to_string(),
            units.name.clone(),
            if order.lots < 0 { "sell" } else { "buy" }.into(),
            units.bare_size(i128::from(order.lots).abs()),
            units.price(order.limit),
            trigger.unwrap_or_else(|| "-".into()),
            if order.reduce_only { "reduce only" } else { "" }.into(),
            usd(order.fee),
            words::stage(&order.stage).into(),
            clock(order.placed_at),
        ]
    }

    fn show_margin(&self, page: &mut Page) {
        let account = &self.account;
        page.title("Margin");
        let known = |value: Option<u64>| value.map_or_else(|| "no fresh price".into(), usd);
        let of = |ppm: Option<i32>| ppm.map_or_else(|| "-".into(), multiple);
        let initial_equity = account.initial_equity.map_or_else(|| "no fresh price".into(), usd);
        page.table(
            &["", ">equity", ">required", ">equity / required"],
            [
                vec!["maintenance".into(), usd(account.equity), usd(account.maintenance), of(account.health_ppm)],
                vec!["initial".into(), initial_equity, known(account.initial), of(account.initial_ppm)],
            ],
        );
    }

    fn show_terms(&self, page: &mut Page) {
        page.title("What margin is made of");
        let maintenance = ["market", ">volatility", ">impact", ">floor", ">cap", ">maintenance", ">over notional"];
        let rows = self.account.legs.iter().map(|leg| {
            let terms = &leg.maintenance_terms;
            let cap = if terms.cap == 0 { usd(0) } else { format!("-{}", usd(terms.cap)) };
            let (name, total) = (self.units(&leg.market).name, usd(leg.maintenance));
            vec![
                name,
                usd(terms.volatility),
                usd(terms.impact),
                usd(terms.floor),
                cap,
                total,
                percent(leg.maintenance_ppm),
            ]
        });
        page.table(&maintenance, rows);
        page.say("");
        let initial = ["market", ">maintenance", ">buffer", ">crowd", ">open interest", ">cascade", ">initial"];
        let rows = self.account.legs.iter().filter_map(|leg| {
            let (terms, total) = (leg.initial_terms.as_ref()?, usd(leg.initial?));
            let name = self.units(&leg.market).name;
            let parts = [terms.maintenance, terms.buffer, terms.crowd, terms.open_interest, terms.cascade];
            Some([vec![name], parts.into_iter().map(usd).collect(), vec![total]].concat())
        });
        page.table(&initial, rows);
    }
}

impl Answer for Shown {
    fn show(&self, page: &mut Page) {
        let account = &self.account;
        let (tone, state) = words::account(&account.state);
        page.title(format!("Account {}", account.address));
        page.line(
            Tone::Quiet,
            &format!("  owner {}, number {}, {} UTC", account.owner, account.index, date(self.time)),
        );
        page.line(tone, &format!("  {state}"));
        if let Some(market) = &account.flagged_in {
            page.line(Tone::Bad, &format!("  flagged in the queue of {}", self.units(market).name));
        }
        page.facts([
            ("cash", usd(account.cash)),
            ("held for orders", usd(account.escrow)),
            ("profit or loss", usd(account.pnl)),
            ("notional", usd(account.notional)),
            (
                "leverage",
                account.leverage_percent.map_or_else(|| "-".into(), |hundredths| format!("{} x", text(hundredths, 2))),
            ),
        ]);
        self.show_margin(page);
        if !account.legs.is_empty() {
            page.title("Positions");
            let headings = [
                "market",
                ">size",
                ">entry",
                ">price",
                ">notional",
                ">profit",
                ">maintenance",
                ">initial",
                ">liquidation",
                ">distance",
            ];
            page.table(&headings, account.legs.iter().map(|leg| self.leg_row(leg)));
            self.show_terms(page);
        }
        if !account.orders.is_empty() {
            page.title("Orders");
            let headings = ["#", "market", "side", ">size", ">limit", "trigger", "", ">fee", "state", "placed"];
            page.table(&headings, account.orders.iter().map(|order| self.order_row(order)));
        }
        let free = &account.withdrawable;
        page.title("Withdrawable");
        page.say(format!("  {} now: {}.", usd(free.amount), words::withdraw_bound(&free.bound)));
        if let Some(more_at) = free.more_at {
            page.say(format!("  More can leave from {} UTC.", date(more_at)));
        }
    }
}
