//! What is printed at the end: liquidations, the ledger, who gained and lost, compute units.

use plimsoll_tests::world::USD;

use crate::{
    books::{Books, Bridge, premium_of},
    keeper::Keeper,
    market::Desk,
    opening::Member,
    record::{End, Record},
    screen::{Screen, clock, exact, grouped, price, short, usd},
    winners::Winners,
};

/// Liquidations shown from the beginning and from the end.
const SHOWN: usize = 40;

/// Everything.
pub async fn print(screen: &Screen, desk: &mut Desk, keeper: &Keeper, members: &[Member], winners: &Winners) {
    liquidations(screen, &keeper.log.records);
    keeper_lines(screen, keeper);
    ledger(screen, desk);
    bridge(screen, desk);
    gains(screen, desk, keeper, members, winners).await;
    costs(screen, desk);
}

fn liquidations(screen: &Screen, records: &[Record]) {
    screen.title(&format!("{} liquidations, in order", records.len()));
    screen.say("key: cost of waiting. next: largest key of the others that count; the key must be 80 % of it.");
    screen.say(&format!(
        "{:>5} {:<8} {:<6} {:>13} {:>13} {:>12} {:>9} {:>7} {:>4}  {}",
        "#", "time", "who", "key", "next", "SOL closed", "price", "E/MM", "wait", "outcome"
    ));
    for (place, record) in records.iter().enumerate() {
        if place < SHOWN || place + SHOWN >= records.len() {
            screen.say(&row(place, record));
        } else if place == SHOWN {
            screen.say(&format!("      ... {} more", records.len() - 2 * SHOWN));
        }
    }
}

fn row(place: usize, record: &Record) -> String {
    let outcome = match record.end {
        End::Partial => format!("part, paid {}", usd(record.charge)),
        End::Whole => format!("all, paid {}", usd(record.charge)),
        End::Bankrupt { deficit } => format!("all, missing {}", usd(deficit)),
    };
    let health = record.equity as f64 / record.maintenance.max(1) as f64;
    format!(
        "{:>5} {:<8} {:<6} {:>13} {:>13} {:>12.3} {:>9} {:>7.3} {:>3}s  {outcome}",
        place + 1,
        clock(record.time),
        short(&record.account),
        usd(record.key),
        usd(record.largest),
        record.lots.unsigned_abs() as f64 / 1e3,
        price(record.price),
        health,
        record.waited,
    )
}

fn keeper_lines(screen: &Screen, keeper: &Keeper) {
    let log = &keeper.log;
    let ended = |wanted: fn(&End) -> bool| log.count(wanted);
    screen.title("The keeper");
    screen.say(&format!(
        "{} partial closes, {} whole, {} bankrupt; {} first flags, {} refreshed, {} removed; longest queue {}",
        ended(|end| *end == End::Partial),
        ended(|end| *end == End::Whole),
        ended(|end| matches!(end, End::Bankrupt { .. })),
        log.flags, log.refreshes, log.removals, log.longest,
    ));
    screen.say(&format!(
        "{} times it tried the largest fee out of order and was refused ({} of these wrongly); {} out of order went through",
        log.refusals, log.wrong_refusals, log.violations,
    ));
    for (name, count) in &log.others {
        screen.say(&format!("{count} refused with {name}"));
    }
}

fn amounts(screen: &Screen, rows: &[(&str, i128)]) {
    for (name, amount) in rows {
        screen.say(&format!("  {name:<52}{:>26}", exact(*amount)));
    }
}

fn ledger(screen: &Screen, desk: &Desk) {
    let (ledger, book) = (&desk.world.ledger, &desk.state().core.book);
    let cash: i128 = ledger.margins.values().map(|margin| i128::from(margin.cash.0)).sum();
    let escrow: i128 = ledger.margins.values().map(|m| i128::from(m.escrow().unwrap_or_default().0)).sum();
    let fund = ledger.fund.map(|(_, fund)| fund.money).unwrap_or_default();
    let parts = [i128::from(book.treasury.0), i128::from(book.fees.0), i128::from(ledger.excess)];
    let owed = cash + escrow + parts.iter().sum::<i128>();
    let (vault, insurance) = (i128::from(ledger.vault), i128::from(ledger.insurance_vault));
    let insured = i128::from(fund.shared.0) + i128::from(fund.own.0) + i128::from(ledger.insurance_excess);
    screen.title("The ledger, to the atom");
    amounts(screen, &[
        ("vault: tokens held", vault),
        ("  cash of all margin accounts", cash),
        ("  fees of waiting orders", escrow),
        ("  treasury", parts[0]),
        ("  liquidation fees not swept", parts[1]),
        ("  sent by strangers", parts[2]),
        ("  difference", vault - owed),
        ("insurance vault: tokens held", insurance),
        ("  shared, of the stakers", i128::from(fund.shared.0)),
        ("  this market's own", i128::from(fund.own.0)),
        ("  sent by strangers", i128::from(ledger.insurance_excess)),
        ("  difference", insurance - insured),
    ]);
}

fn bridge(screen: &Screen, desk: &Desk) {
    let rows = |bridge: &Bridge| {
        [
            ("  deposits", bridge.deposits),
            ("  order fees and spreads", bridge.trading),
            ("  price moves on the traders' net position", bridge.price),
            ("  premium for the skew", bridge.premium),
            ("  liquidation charges", bridge.charges),
            ("  losses of bankrupt accounts beyond their cash", bridge.deficits),
            ("  paid by insurance for them", bridge.insurance),
        ]
    };
    let nav = desk.state().core.nav().map_or(0, |nav| i128::from(nav.0));
    let Books { bridge, at_jump, .. } = &desk.books;
    screen.title("The liquidity providers' net asset value, explained by the events");
    amounts(screen, &rows(bridge));
    amounts(screen, &[("net asset value", nav), ("  difference", nav - bridge.total())]);
    if let (Some(jump), Some(since)) = (at_jump, desk.books.since_jump()) {
        screen.say("since the jump:");
        amounts(screen, &[("net asset value at the jump, nobody closed yet", jump.total())]);
        amounts(screen, &rows(&since)[1..]);
        amounts(screen, &[("net asset value", nav), ("  difference", nav - jump.total() - since.total())]);
    }
}

async fn gains(screen: &Screen, desk: &mut Desk, keeper: &Keeper, members: &[Member], winners: &Winners) {
    let core = desk.state().core;
    let mut sides = [0i128; 2];
    for member in members {
        let margin = *desk.world.margin(&member.trader);
        let open = margin.position(0).pnl(core.price.oracle).map_or(0, |pnl| i128::from(pnl.0));
        let outside = i128::from(desk.world.chain.token_amount(&member.trader.tokens).await);
        let worth = i128::from(margin.cash.0) + open + outside;
        sides[usize::from(member.plan.lots < 0)] += worth - i128::from(member.plan.deposit);
    }
    let ledger = &desk.world.ledger;
    let staked = i128::from(desk.staked * USD);
    let keeper = i128::from(ledger.margins[&keeper.account()].cash.0);
    let nav = core.nav().map_or(0, |nav| i128::from(nav.0)) - desk.books.bridge.deposits;
    let insurance = i128::from(ledger.insurance_vault) + i128::from(core.book.fees.0) - staked;
    let premium = premium_of(&core);
    let total = sides[0] + sides[1] + keeper + nav + insurance + premium;
    screen.title("Who gained and who lost");
    amounts(screen, &[
        ("  traders who were long", sides[0]),
        ("  traders who were short", sides[1]),
        ("  keeper, for flags, liquidations and executions", keeper),
        ("  liquidity providers", nav),
        ("  insurance fund", insurance),
        ("  premium held for those who will close the skew", premium),
        ("sum", total),
    ]);
    let Winners { count, brought, taken } = winners;
    screen.say(&format!("{count} shorts closed and withdrew all: brought {}, took {}", usd(*brought), usd(*taken)));
}

fn costs(screen: &Screen, desk: &Desk) {
    screen.title("Compute units per instruction");
    screen.say(&format!("  {:<24}{:>10}{:>10}{:>10}", "", "max", "mean", "count"));
    for (name, cost) in &desk.costs {
        let [max, mean, count] = [cost.max, cost.mean(), cost.count].map(|n| grouped(i128::from(n)));
        screen.say(&format!("  {name:<24}{max:>10}{mean:>10}{count:>10}"));
    }
}
