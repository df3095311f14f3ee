//! Health of an account with two legs: equity, maintenance and the verdict, as a keeper evaluates it for every account.
#![allow(missing_docs)] // criterion's macros
#![allow(clippy::arithmetic_side_effects, clippy::expect_used, clippy::integer_division)]

#[allow(dead_code)]
#[path = "../tests/common/mod.rs"]
mod common;

use common::{PRICE, USD, hold, market_of, sol};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use plimsoll_engine::{account::Health, margin::leg_health, market::Market, position::Position, units::Atoms};
use std::hint::black_box;

/// Accounts in the population: more than a predictor can learn by heart.
const ACCOUNTS: u64 = 1_024;

struct Account {
    cash: Atoms,
    legs: [Position; 2],
}

/// Longs and shorts, with profits and losses, in two markets of which one trades at a hundredth of the other's price.
fn population() -> ([Market; 2], Vec<Account>) {
    let mut markets = [market_of(&sol(), PRICE, 20_000_000 * USD), market_of(&sol(), PRICE / 100, 20_000_000 * USD)];
    let accounts = (0..ACCOUNTS)
        .map(|i| {
            let side = if i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 63 == 0 { 1 } else { -1 };
            let lots = side * i64::try_from(1_000 + i * 7).expect("lots");
            let entry = PRICE - 5_000 + i * 10;
            let [first, second] = &mut markets;
            let legs = [hold(first, lots, entry), hold(second, -lots * 20, entry / 100)];
            Account { cash: Atoms((10 + i) * USD), legs }
        })
        .collect();
    (markets, accounts)
}

fn evaluate(markets: &[Market; 2], account: &Account) -> plimsoll_engine::Result<bool> {
    let mut health = Health::of_cash(account.cash)?;
    for (position, market) in account.legs.iter().zip(markets) {
        health.add(&leg_health(position, market, market.price.oracle)?)?;
    }
    Ok(health.is_liquidatable())
}

fn two_legs(c: &mut Criterion) {
    let (markets, accounts) = population();
    let mut group = c.benchmark_group("health");
    group.throughput(Throughput::Elements(ACCOUNTS));
    group.bench_function("two_legs", |b| {
        b.iter(|| {
            let mut unhealthy = 0u32;
            for account in &accounts {
                let account = black_box(account);
                unhealthy += u32::from(evaluate(black_box(&markets), account).expect("a possible account"));
            }
            unhealthy
        });
    });
    group.finish();
}

criterion_group!(benches, two_legs);
criterion_main!(benches);
