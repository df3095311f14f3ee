//! What is printed while the scenario plays.

use std::path::Path;

use plimsoll_tests::engine::units::Size;

use crate::{
    keeper::Keeper,
    market::Desk,
    opening::Member,
    record::End,
    screen::{Screen, Tone, brief, clock, price},
    summary::Summary,
};

/// Seconds between lines while something happens, and while nothing does.
const BUSY: i64 = 15;
const QUIET: i64 = 300;

/// The live output.
pub struct Report {
    /// Where it goes.
    pub screen: Screen,
    printed: i64,
    told: (usize, u64),
}

impl Report {
    /// Nothing printed yet.
    pub fn new(screen: Screen) -> Self {
        Self { screen, printed: i64::MIN, told: (0, 0) }
    }

    /// The situation before the first step.
    pub fn opened(&self, desk: &Desk, members: &[Member]) {
        let core = &desk.state().core;
        let margin: u64 = members.iter().map(|member| member.plan.deposit).sum();
        let worth = |size: Size| size.at(core.price.oracle).map_or(0, |atoms| atoms.0);
        let (long, short) = (worth(core.book.long.lots), worth(core.book.short.lots));
        let leverage = |m: &Member| (m.plan.lots.unsigned_abs() * core.price.oracle.0) as f64 / m.plan.deposit as f64;
        let mut sizes: Vec<u64> = members.iter().map(|m| m.plan.lots.unsigned_abs() * core.price.oracle.0).collect();
        let mut leverages: Vec<f64> = members.iter().map(leverage).collect();
        sizes.sort_unstable();
        leverages.sort_by(f64::total_cmp);
        let (median, last) = (members.len() / 2, members.len() - 1);
        self.screen.say(&format!(
            "{} traders by order and execution: {} long, {} short, on {} of collateral",
            members.len(),
            brief(long),
            brief(short),
            brief(margin),
        ));
        self.screen.say(&format!(
            "position: median {}, largest {}; leverage: median {:.1}x, highest {:.1}x",
            brief(sizes[median]),
            brief(sizes[last]),
            leverages[median],
            leverages[last],
        ));
        let fund = desk.world.ledger.fund.map_or(0, |(_, fund)| fund.money.shared.0);
        let nav = core.nav().map_or(0, |nav| nav.0);
        self.screen.say(&format!("liquidity providers {}, insurance {}", brief(nav), brief(fund)));
        self.screen.title(&format!(
            "{:<9}{:>9}{:>11}{:>11}{:>9}{:>12}{:>10}{:>12}{:>11}",
            "time", "price", "longs", "shorts", "flagged", "liquidated", "bankrupt", "insurance", "bad debt",
        ));
    }

    /// A line every few seconds in which something happened, and one every few minutes anyway.
    pub fn step(&mut self, desk: &Desk, keeper: &mut Keeper) {
        for note in keeper.log.notes.drain(..) {
            self.screen.line(Tone::Quiet, &format!("          {note}"));
        }
        let now = desk.world.chain.now();
        let state = (keeper.log.records.len(), desk.queue().queue.count);
        let happened = state != self.told;
        if now.saturating_sub(self.printed) >= if happened { BUSY } else { QUIET } {
            self.line(desk, keeper);
            (self.printed, self.told) = (now, state);
        }
    }

    fn line(&self, desk: &Desk, keeper: &Keeper) {
        let core = &desk.state().core;
        let worth = |size: Size| size.at(core.price.oracle).map_or(0, |atoms| atoms.0);
        let fund = desk.world.ledger.fund.map_or(0, |(_, fund)| fund.money.shared.0 + fund.money.own.0);
        let bankrupt = keeper.log.count(|end| matches!(end, End::Bankrupt { .. }));
        let tone = if desk.books.bad_debt_to_lps > 0 { Tone::Bad } else { Tone::Plain };
        self.screen.line(
            tone,
            &format!(
                "{:<9}{:>9}{:>11}{:>11}{:>9}{:>12}{:>10}{:>12}{:>11}",
                clock(desk.world.chain.now()),
                price(core.price.oracle.0),
                brief(worth(core.book.long.lots)),
                brief(worth(core.book.short.lots)),
                desk.queue().queue.count,
                keeper.log.records.len(),
                bankrupt,
                brief(fund),
                brief(desk.books.insurance_paid + desk.books.bad_debt_to_lps),
            ),
        );
    }

    /// The verdict.
    pub fn closing(&self, summary: &Summary, path: &Path) {
        self.screen.title("Verdict");
        for fault in summary.faults() {
            self.screen.line(Tone::Bad, &format!("FAILED: {fault}"));
        }
        if summary.faults().is_empty() {
            self.screen.line(Tone::Good, "every property held after each transaction");
        }
        let transactions = summary.transactions;
        self.screen.say(&format!("{transactions} transactions, {:.1} s; {}", summary.seconds, path.display()));
    }
}
