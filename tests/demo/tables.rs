//! What is printed at the end.

use crate::{
    accounts,
    keeper::Keeper,
    market::Desk,
    opening::Member,
    record::{End, Record},
    screen::{Screen, clock, grouped, price, short, usd},
    winners::Winners,
};

/// Liquidations shown from the beginning and from the end.
const SHOWN: usize = 40;

/// Everything.
pub async fn print(screen: &Screen, desk: &mut Desk, keeper: &Keeper, members: &[Member], winners: &Winners) {
    liquidations(screen, &keeper.log.records);
    keeper_lines(screen, keeper);
    accounts::ledger(screen, desk);
    accounts::bridge(screen, desk);
    accounts::gains(screen, desk, keeper, members, winners).await;
    costs(screen, desk);
}

fn liquidations(screen: &Screen, records: &[Record]) {
    screen.title(&format!("{} liquidations, in order", records.len()));
    screen.say("key: the cost of waiting, in atoms. next: the largest other key that counts; key >= 80 % of next.");
    screen.say("paid: the charge of a part or of all of the position; of a bankrupt account, what nobody had.");
    screen.say(&format!(
        "{:>5} {:<8} {:<6} {:>13} {:>13} {:>9} {:>7} {:>7} {:>4} {:>4} {:>12}",
        "#", "time", "who", "key", "next", "SOL", "price", "E/MM", "wait", "lots", "paid"
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
    let (lots, paid) = match record.end {
        End::Partial => ("part", usd(record.charge)),
        End::Whole => ("all", usd(record.charge)),
        End::Bankrupt { deficit } => ("all", usd(-i128::from(deficit))),
    };
    let health = record.equity as f64 / record.maintenance.max(1) as f64;
    format!(
        "{:>5} {:<8} {:<6} {:>13} {:>13} {:>9.3} {:>7} {:>7.3} {:>3}s {lots:>4} {paid:>12}",
        place + 1,
        clock(record.time),
        short(&record.account),
        grouped(i128::from(record.key)),
        grouped(i128::from(record.largest)),
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
        "{} partial closes, {} whole, {} bankrupt; {} first flags, {} refreshed, {} removed; queue up to {}",
        ended(|end| *end == End::Partial),
        ended(|end| *end == End::Whole),
        ended(|end| matches!(end, End::Bankrupt { .. })),
        log.flags,
        log.refreshes,
        log.removals,
        log.longest,
    ));
    screen.say(&format!(
        "out of order: {} tries refused ({} of them wrongly), {} gone through",
        log.refusals, log.wrong_refusals, log.violations,
    ));
    for (name, count) in &log.others {
        screen.say(&format!("{count} refused with {name}"));
    }
}

fn costs(screen: &Screen, desk: &Desk) {
    screen.title("Compute units per instruction");
    screen.say(&format!("  {:<24}{:>10}{:>10}{:>10}", "", "max", "mean", "count"));
    let once = desk.world.units.iter().filter(|(name, _)| !desk.costs.contains_key(name.as_str()));
    for (name, units) in once {
        screen.say(&format!("  {name:<24}{:>10}", grouped(i128::from(*units))));
    }
    let done = desk.costs.iter().map(|(name, cost)| ((*name).to_owned(), cost));
    let refused = desk.refused.iter().map(|(name, cost)| (format!("{name}, refused"), cost));
    for (name, cost) in done.chain(refused) {
        let [max, mean, count] = [cost.max, cost.mean(), cost.count].map(|n| grouped(i128::from(n)));
        screen.say(&format!("  {name:<24}{max:>10}{mean:>10}{count:>10}"));
    }
}
