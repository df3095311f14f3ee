//! A rise that the liquidity providers cannot cover: the longs are cut alike, keep what they have won, and can all leave.

use std::time::Instant;

use plimsoll_tests::{
    World,
    engine::deleverage::look,
    events::{Deleveraged, DeleveragingSeen, OrderExecuted},
};
use serde::Serialize;

use super::{
    Common,
    book::{Book, OPEN},
    close,
};
use crate::screen::{Screen, Tone, brief, clock, exact, grouped, price, short};

/// What `target/demo/summary.json` says.
#[derive(Serialize)]
struct Summary<'a> {
    scenario: &'static str,
    /// How often a side was reduced, and how many were cut by it.
    deleveraged: u64,
    winners_cut: usize,
    /// What was left of each position.
    kept: f64,
    /// Largest difference between what a position kept and its fair part, in lots.
    cut_error_lots: f64,
    /// Most that anybody's profit fell by the cut, in atoms.
    value_error_atoms: i64,
    /// Profits that were not paid at the end, and lots that nobody could close.
    unpaid_atoms: i64,
    stranded_lots: u64,
    /// The providers' gain over the whole run.
    providers_gain_atoms: i64,
    #[serde(flatten)]
    common: &'a Common,
}

/// Plays it.
pub async fn play(screen: &Screen, started: Instant) -> Result<Vec<String>, String> {
    let mut book = Book::open(screen, 2).await;
    let first_value = book.core().nav().map_or(0, |nav| nav.0);
    let (cut, before) = rise(screen, &mut book).await;

    let fair = (cut.lots_after as f64 + cut.fraction_after as f64 / 2f64.powi(32)) / cut.lots_before as f64;
    let (mut cut_error_lots, mut value_error_atoms, mut winners_cut) = (0f64, 0, 0);
    screen.title(&format!("{:<8}{:>12}{:>12}{:>9}{:>18}{:>18}", "account", "lots", "left", "kept", "profit", "after"));
    for (member, (lots, profit)) in book.members.iter().zip(&before).filter(|(member, _)| member.lots > 0) {
        let (left, after) = book.holding(member, book.core().price.oracle);
        cut_error_lots = cut_error_lots.max((*lots as f64 * fair - left as f64).abs());
        value_error_atoms = value_error_atoms.max((profit - after).abs());
        winners_cut += usize::from(left < *lots);
        screen.say(&format!(
            "{:<8}{:>12}{:>12}{:>8.3}%{:>18}{:>18}",
            short(&member.margin()),
            grouped(i128::from(*lots)),
            grouped(i128::from(left)),
            left as f64 / *lots as f64 * 100.0,
            exact(*profit),
            exact(after),
        ));
    }

    let unpaid_atoms = leave(screen, &mut book).await;
    let core = book.core();
    let stranded_lots = core.book.long.lots.0 + core.book.short.lots.0;
    let common = Common::of(&book, started);
    let summary = Summary {
        scenario: "adl",
        deleveraged: 1,
        winners_cut,
        kept: fair,
        cut_error_lots,
        value_error_atoms,
        unpaid_atoms,
        stranded_lots,
        providers_gain_atoms: core.nav().map_or(0, |nav| nav.0) - first_value,
        common: &common,
    };
    let rules = [
        (winners_cut != 12, format!("{winners_cut} of 12 longs were cut")),
        (cut_error_lots > 1.001, format!("a cut was off by {cut_error_lots} lots")),
        (value_error_atoms > 2, format!("a cut cost {value_error_atoms} atoms")),
        (unpaid_atoms != 0, format!("{unpaid_atoms} atoms were not paid")),
        (stranded_lots != 0, format!("{stranded_lots} lots could not be closed")),
    ];
    close(screen, "adl", &common, &summary, rules)
}

/// The price rises until two looks have deleveraged; returns that and everybody's lots and profit just before.
async fn rise(screen: &Screen, book: &mut Book) -> (Deleveraged, Vec<(i64, i64)>) {
    screen.title(&format!("{:<9}{:>9}{:>14}{:>14}  deleveraging", "time", "price", "skew", "providers"));
    let mut dollars = OPEN;
    loop {
        book.price(dollars, 2).await;
        let (core, now) = (book.core(), book.world.chain.now());
        let skew = core.book.skew().map_or(0, |skew| skew.0) * core.price.oracle.0.cast_signed();
        let line = format!(
            "{:<9}{:>9}{:>14}{:>14}",
            clock(now),
            price(core.price.oracle.0),
            brief(skew),
            brief(core.nav().map_or(0, |nav| nav.0))
        );
        // What the chain would do, asked of the same engine.
        if look(&mut core.clone(), now).is_err() {
            screen.line(Tone::Quiet, &format!("{line}  not needed"));
            dollars += 2;
            continue;
        }
        let before = book.members.iter().map(|member| book.holding(member, core.price.oracle)).collect();
        let outcome = book.send(&World::deleverage(&book.market), &[]).await.ok();
        if let Some(cut) = outcome.events::<Deleveraged>().pop() {
            screen.line(Tone::Bad, &format!("{line}  second look: longs are cut at {}", price(cut.price)));
            return (cut, before);
        }
        outcome.event::<DeleveragingSeen>();
        // The next update says the same: so the cut is at this price and takes nobody's profit.
        screen.line(Tone::Plain, &format!("{line}  first look"));
    }
}

/// Everybody closes, losers first, and takes the cash home; returns the profit that was not paid.
async fn leave(screen: &Screen, book: &mut Book) -> i64 {
    let (mut unpaid, mut paid) = (0, 0);
    let mut members = std::mem::take(&mut book.members);
    members.sort_by_key(|member| member.lots > 0);
    for member in &members {
        let now = book.core().price.oracle.0.cast_signed() / 1_000;
        book.price(now, 1).await;
        let (lots, _) = book.holding(member, book.core().price.oracle);
        let done = book.trade(&member.trader, -lots, true).await.event::<OrderExecuted>();
        paid += i128::from(done.settled.max(0));
        unpaid += book.world.margin(&member.trader).position(0).cost.loss().0.cast_signed();
        book.withdraw(&member.trader).await;
    }
    screen.say(&format!("all {} positions were closed; {} of profit was paid", members.len(), brief(paid)));
    book.members = members;
    unpaid
}
