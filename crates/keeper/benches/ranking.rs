//! A million accounts after a price tick: how long ranking them anew takes, how much less that is than looking at all of
//! them, and how many bytes an account takes. Prints a table; fails where a figure of docs/keepers.md is missed.
//!
//! The book is the keeper's own source, compiled here without its network. Times are of one core, and decide about this
//! benchmark alone, never about a test.

#[allow(dead_code, unused_imports)]
#[path = "../src/book/mod.rs"]
mod book;
#[path = "../../engine/tests/common/mod.rs"]
mod common;

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use book::{Book, MarketId, Ranking};
use bytemuck::Zeroable;
use common::{PRICE, USD, hold, market_of, sol};
use plimsoll_client::{
    Address,
    state::{Leg, MarginAccount},
};
use plimsoll_engine::{
    market::Market,
    units::{Atoms, Ticks},
};

/// Accounts.
const ACCOUNTS: u64 = 1_000_000;
/// Price ticks that are measured.
const TICKS: u32 = 40;
/// The targets: a tick, looking at all over a tick, bytes of an account.
const MOST_MS: f64 = 50.0;
const LEAST_TIMES: f64 = 20.0;
const MOST_BYTES: f64 = 300.0;

/// A generator of numbers that look random: the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

fn main() -> ExitCode {
    let (mut markets, addresses) = three_markets();
    let mut book = Book::default();
    for (address, market) in addresses.iter().zip(&markets) {
        book.set_market(*address, market, NOW);
    }
    let accounts = population(&mut markets, &addresses);
    for (address, market) in addresses.iter().zip(&markets) {
        book.set_market(*address, market, NOW);
    }
    let begun = Instant::now();
    for (number, account) in (1u64..).zip(&accounts) {
        book.put(&address_of(number), account, 1);
    }
    let filled = begun.elapsed();
    drop(accounts);
    let mut ranking = Ranking::default();
    let begun = Instant::now();
    ranking.look_at_all(&mut book, NOW, 1);
    let all_triggers = begun.elapsed();
    let bytes = book.bytes() as f64 / ACCOUNTS as f64;

    let (mut ticks, mut looked) = (Vec::new(), 0);
    let mut random = Numbers(11);
    for tick in 0..TICKS {
        let market = &mut markets[0];
        // Up to 0.15 % either way: what SOL moves in a second of a busy hour.
        let step = random.below(2 * PRICE * 3 / 2_000);
        let price = market.price.oracle.0 + step - PRICE * 3 / 2_000;
        (market.price.oracle, market.price.ema) = (Ticks(price), Ticks(price));
        let begun = Instant::now();
        let (_, moved) = book.set_market(addresses[0], market, NOW);
        let id: MarketId = 0;
        looked += ranking.scan(&mut book, id, moved, NOW, 2 + u64::from(tick));
        std::hint::black_box(ranking.worst_first(id));
        ticks.push(begun.elapsed());
    }
    let all = look_at_everybody(&book);
    ticks.sort_unstable();
    let (median, worst) = (ticks[ticks.len() / 2], ticks[ticks.len() - 1]);
    let times = all.as_secs_f64() / median.as_secs_f64();

    println!("accounts                                {ACCOUNTS}, {} legs", book_legs(&book));
    println!("under maintenance                       {}", ranking.len());
    println!("filling the book                        {:>9.1} ms", ms(filled));
    println!("setting all triggers                    {:>9.1} ms", ms(all_triggers));
    println!("looking at every account                {:>9.1} ms", ms(all));
    println!("ranking after a tick, median            {:>9.2} ms (at most {MOST_MS})", ms(median));
    println!("ranking after a tick, slowest of {TICKS}     {:>9.2} ms", ms(worst));
    println!("accounts looked at in a tick, mean      {:>9}", looked / TICKS as usize);
    println!("looking at all over ranking after a tick {:>8.0} times (at least {LEAST_TIMES})", times);
    println!("bytes of an account                     {bytes:>9.0} (at most {MOST_BYTES})");
    let met = ms(worst) <= MOST_MS && times >= LEAST_TIMES && bytes <= MOST_BYTES;
    if met { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

const NOW: i64 = common::NOW;

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn address_of(number: u64) -> Address {
    Address::new_from_array(plimsoll_client::wire::sha256(&number.to_le_bytes()))
}

fn three_markets() -> ([Market; 3], [Address; 3]) {
    let liquidity = 2_000_000_000 * USD;
    let markets = [1, 10, 500].map(|part| market_of(&sol(), PRICE / part, liquidity));
    (markets, [1, 2, 3].map(|number| Address::new_from_array([number; 32])))
}

/// Six of ten accounts have one leg, three have two, one has three; the leverage of most is a few times, of some up to what
/// maintenance allows.
fn population(markets: &mut [Market; 3], addresses: &[Address; 3]) -> Vec<MarginAccount> {
    let mut random = Numbers(7);
    (0..ACCOUNTS)
        .map(|_| {
            let count = [1, 1, 1, 1, 1, 1, 2, 2, 2, 3][random.below(10) as usize];
            let first = random.below(3) as usize;
            let mut account = MarginAccount::zeroed();
            let mut notional = 0;
            for (place, leg) in account.legs.iter_mut().take(count).enumerate() {
                let at = (first + place) % 3;
                let price = markets[at].price.oracle.0;
                let lots = (50 + random.below(2_000)) as i64 * (PRICE / price) as i64;
                let side = if random.below(2) == 0 { 1 } else { -1 };
                notional += lots.unsigned_abs() * price;
                *leg = Leg { market: addresses[at], position: hold(&mut markets[at], side * lots, price) };
            }
            // Equity is 1.3 % to 100 % of notional: a hundredth of all is within a tenth of its limit.
            let part = 13 + random.below(100) * random.below(100) / 10;
            account.cash = Atoms(notional / 1_000 * part);
            account
        })
        .collect()
}

/// The same question to all accounts: equity, maintenance, key.
fn look_at_everybody(book: &Book) -> Duration {
    let begun = Instant::now();
    let mut sick = 0u32;
    for id in book.ids() {
        let survey = book.survey(id, NOW, None).expect("a possible account");
        sick += u32::from(survey.health.is_liquidatable());
    }
    std::hint::black_box(sick);
    begun.elapsed()
}

fn book_legs(book: &Book) -> usize {
    book.ids().map(|id| book.leg_count(id)).sum()
}
