//! What a crash looks like, line by line, and what it came to.

use std::{collections::HashMap, time::Duration};

use plimsoll_client::{Address, network::NetworkMarket};
use plimsoll_keeper::witness::{SOON, Witness};
use plimsoll_localnet::Localnet;

use crate::{
    failure::{Failure, Kind},
    units::{brief, exact},
};

/// Time between two lines.
const LINE: Duration = Duration::from_secs(2);

/// Tells what happens until the path has ended and nobody is queued, and then what it came to.
pub async fn tell(localnet: &Localnet, witness: &Witness, ends: f64) {
    let first = loop {
        if let Some(prices) = begun(witness) {
            break prices;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let mut last = String::new();
    loop {
        let at = localnet.oracles().position().min(ends);
        let (line, over) = {
            let seen = witness.seen();
            let price = |market: &NetworkMarket| {
                let (from, now) = (first.get(&market.address), seen.prices.get(&market.address));
                let change = from.zip(now).map(|(from, now)| tenths(*from, *now)).unwrap_or_default();
                format!("{} {change}", market.name)
            };
            let prices: Vec<_> = localnet.network().markets.iter().map(price).collect();
            let line = format!(
                "{}   under maintenance {}, queued {}; {} accounts liquidated, {}; order_violations {}",
                prices.join("  "),
                seen.sick_now,
                seen.queued_now,
                seen.liquidated.len(),
                brief(seen.notional),
                seen.audit.violations.len()
            );
            (line, at >= ends && seen.sick_now == 0 && seen.queued_now == 0)
        };
        if line != last {
            eprintln!("{:>3} min {line}", (at / 60.0) as u64);
        }
        if over {
            break;
        }
        last = line;
        tokio::time::sleep(LINE).await;
    }
    summary(witness);
}

/// The first prices, once they are known.
fn begun(witness: &Witness) -> Option<HashMap<Address, u64>> {
    let seen = witness.seen();
    (seen.synced && !seen.prices.is_empty()).then(|| seen.prices.clone())
}

/// A change in tenths of a per cent.
fn tenths(from: u64, to: u64) -> String {
    let change = (i128::from(to) - i128::from(from)) * 1_000 / i128::from(from.max(1));
    let sign = if change < 0 { '-' } else { '+' };
    format!("{sign}{}.{} %", change.abs() / 10, change.abs() % 10)
}

/// What it came to.
pub fn summary(witness: &Witness) {
    let seen = witness.seen();
    let audit = &seen.audit;
    eprintln!("The prices have come to rest.");
    eprintln!(
        "  liquidations         {} steps on {} accounts, ${} of notional",
        audit.liquidations,
        seen.liquidated.len(),
        exact(seen.notional)
    );
    eprintln!(
        "  order_violations     {} ({} compared with who else was queued)",
        audit.violations.len(),
        audit.compared
    );
    eprintln!("  flagged in {SOON} slots   {:.1} % of the accounts that prices brought under maintenance", seen.soon());
    eprintln!("  bad debt             ${}, of which insurance paid ${}", exact(seen.deficits), exact(seen.insured));
    eprintln!("  transactions         {} of the program", seen.succeeded);
}

/// Fails if a liquidation was out of order.
pub fn check(witness: &Witness) -> Result<(), Failure> {
    let seen = witness.seen();
    match seen.audit.violations.first() {
        None => Ok(()),
        Some(first) => {
            let (account, key) = first.account;
            let (ahead, larger) = first.first;
            let sentence = format!("{account} was liquidated with key {key} before {ahead} with {larger}");
            Err(Failure::new(Kind::Refused, "OrderViolation", sentence))
        }
    }
}
