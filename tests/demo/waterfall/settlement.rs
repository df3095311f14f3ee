//! A leap that makes the market owe more than it has: everybody is closed at one price, losers pay, and every winner is paid
//! the same fraction.

use std::time::Instant;

use plimsoll_tests::{
    World,
    events::{
        BankruptcyClosed, ClaimPaid, DeficitPaid, PositionSettled, SettlementFixed, SettlementSeen, SettlementStarted,
    },
};
use serde::Serialize;

use super::{Common, book::Book, close};
use crate::screen::{Screen, Tone, brief, clock, exact, price, short};

/// Where the price leaps to from $200.
const LEAP: i64 = 260;

/// What `target/demo/summary.json` says.
#[derive(Serialize)]
struct Summary<'a> {
    scenario: &'static str,
    settled: u64,
    winners: usize,
    /// What every winner was paid of its profit.
    fraction: f64,
    /// Largest difference between what a winner was paid and the fraction of its profit, in atoms, rounded down.
    fraction_error_atoms: u64,
    /// Largest difference between a winner's cash at the end and what it had before, beyond what it was paid.
    principal_error_atoms: i64,
    bankruptcies: u64,
    insurance_paid: u64,
    /// What is left in the treasury when all are paid.
    left_atoms: u64,
    #[serde(flatten)]
    common: &'a Common,
}

/// Plays it.
pub async fn play(screen: &Screen, started: Instant) -> Result<Vec<String>, String> {
    let mut book = Book::open(screen, 5).await;
    screen.title(&format!("The price leaps from $200 to ${LEAP}"));
    book.price(LEAP, 1).await;
    let insurance_paid = bankrupt(screen, &mut book).await;
    let open = start(screen, &mut book).await;
    let fixed = settle(screen, &mut book).await;
    let (winners, fraction_error_atoms, principal_error_atoms) = pay(screen, &mut book, &fixed).await;

    let common = Common::of(&book, started);
    let summary = Summary {
        scenario: "settlement",
        settled: open,
        winners,
        fraction: fixed.pot as f64 / fixed.claims as f64,
        fraction_error_atoms,
        principal_error_atoms,
        bankruptcies: 1,
        insurance_paid,
        left_atoms: book.core().book.treasury.0,
        common: &common,
    };
    let rules = [
        (winners != 12 || open != 15, format!("{winners} winners of {open} positions")),
        (fixed.pot >= fixed.claims, "there was enough for everybody".to_owned()),
        (fraction_error_atoms != 0, format!("a winner was paid {fraction_error_atoms} atoms more or less")),
        (principal_error_atoms != 0, format!("{principal_error_atoms} atoms of somebody's own cash are missing")),
        (insurance_paid == 0, "insurance paid nothing".to_owned()),
        (summary.left_atoms > 12, format!("{} atoms were left over", summary.left_atoms)),
    ];
    close(screen, "settlement", &common, &summary, rules)
}

/// The short that cannot pay is liquidated, and insurance answers for it: nothing is settled before.
async fn bankrupt(screen: &Screen, book: &mut Book) -> u64 {
    let poor = book.members[3].margin();
    let flag = book.world.flag(&poor, &book.market, &book.keeper);
    book.send(&flag, &[]).await.ok();
    book.price(LEAP, 1).await;
    let liquidate = book.world.liquidate(&poor, &book.market, &book.keeper);
    let closed = book.send(&liquidate, &[]).await.ok().event::<BankruptcyClosed>();
    let draw = book.world.draw(&book.market);
    let drawn = book.send(&draw, &[]).await.ok().event::<DeficitPaid>();
    let paid = drawn.from_own + drawn.from_shared;
    screen.say(&format!(
        "{} cannot pay {}: the insurance vault pays {}",
        short(&poor),
        brief(closed.deficit),
        brief(paid)
    ));
    paid
}

/// Two looks, a minute apart; returns how many positions are to be settled.
async fn start(screen: &Screen, book: &mut Book) -> u64 {
    let look = World::look_settlement(&book.market);
    let seen = book.send(&look, &[]).await.ok().event::<SettlementSeen>();
    let value = brief(seen.net_asset_value);
    screen.say(&format!("{} first look: net asset value {value}; profits are claims now", clock(seen.publish_time)));
    for _ in 0..5 {
        book.price(LEAP, 12).await;
    }
    let started = book.send(&look, &[]).await.ok().event::<SettlementStarted>();
    let now = clock(book.world.chain.now());
    let text = format!("{now} second look: {} positions are settled at {}", started.open, price(started.price));
    screen.line(Tone::Bad, &text);
    started.open
}

/// Anyone settles everybody, in any order; then the fraction is fixed.
async fn settle(screen: &Screen, book: &mut Book) -> SettlementFixed {
    let (mut paid, mut claims) = (0, 0);
    for number in (0..book.members.len()).rev().filter(|number| *number != 3) {
        let settle = book.world.settle_position(&book.members[number].margin(), &book.market);
        let settled = book.send(&settle, &[]).await.ok().event::<PositionSettled>();
        paid += settled.paid;
        claims += settled.claim;
    }
    let fixed = book.send(&World::fix_settlement(&book.market), &[]).await.ok().event::<SettlementFixed>();
    screen.say(&format!("losers paid {}; {} are claimed and {} there", brief(paid), brief(claims), brief(fixed.pot)));
    fixed
}

/// Anyone pays everybody. Returns how many have won, by how much the worst payment was off, and what is missing of cash.
async fn pay(screen: &Screen, book: &mut Book, fixed: &SettlementFixed) -> (usize, u64, i64) {
    let (mut winners, mut payment_error, mut principal_error) = (0, 0, 0);
    screen.title(&format!("{:<8}{:>20}{:>20}{:>20}{:>10}", "account", "cash", "profit", "paid", "fraction"));
    let members = std::mem::take(&mut book.members);
    for member in members.iter().filter(|member| member.lots > 0) {
        let (before, position) = (member.cash, book.world.margin(&member.trader).position(0));
        let claim = position.cost.loss().0;
        let pay = World::pay_claim(&member.margin(), &book.market);
        let paid = book.send(&pay, &[]).await.ok().event::<ClaimPaid>().first;
        let fair = u128::from(claim) * u128::from(fixed.pot) / u128::from(fixed.claims);
        payment_error = payment_error.max(u64::try_from(fair.abs_diff(paid.into())).unwrap_or(u64::MAX));
        let after = book.world.margin(&member.trader).cash.0;
        principal_error = principal_error.max((after as i64 - before as i64 - paid as i64).abs());
        winners += 1;
        screen.say(&format!(
            "{:<8}{:>20}{:>20}{:>20}{:>9.4}%",
            short(&member.margin()),
            exact(before),
            exact(claim),
            exact(paid),
            paid as f64 / claim as f64 * 100.0,
        ));
    }
    book.send(&World::fix_settlement(&book.market), &[]).await.ok();
    for member in members.iter().filter(|member| member.lots > 0) {
        let pay = World::pay_claim(&member.margin(), &book.market);
        book.send(&pay, &[]).await.ok();
    }
    let mut home = 0;
    for (number, member) in members.iter().enumerate() {
        if number != 3 {
            home += book.withdraw(&member.trader).await;
        }
    }
    screen.say(&format!("everybody has withdrawn: {} in all", brief(home)));
    book.members = members;
    (winners, payment_error, principal_error)
}
