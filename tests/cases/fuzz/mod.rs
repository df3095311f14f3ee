//! Random transactions against the whole program: every instruction, every actor, moves of time and price, and wrong inputs
//! mixed in. After each of them the books must add up (`World::run`), and a liquidation must have been due and in order.
//!
//! `FUZZ_TRANSACTIONS` and `FUZZ_SEED` choose how many and which. A failure prints its seed: with it the run is the same.

mod actions;
mod actors;
mod judge;
mod powers;
mod venues;
mod wrong;

use std::collections::BTreeMap;

use actors::Actors;
use plimsoll_tests::{PlimsollError, events::OrderFailed, random::Random};

/// Transactions of a run.
const TRANSACTIONS: usize = 10_000;
/// One in so many thousand inputs is spoilt.
const SPOILT: u64 = 120;
/// How often something succeeded and was refused.
#[derive(Default)]
struct Tally {
    done: u32,
    refused: BTreeMap<String, u32>,
}

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().map_or(otherwise, |text| text.parse().expect("a number"))
}

#[tokio::test]
async fn no_sequence_of_transactions_breaks_the_books() {
    let (count, seed) = (setting("FUZZ_TRANSACTIONS", TRANSACTIONS as u64) as usize, setting("FUZZ_SEED", 1));
    println!("{count} transactions, FUZZ_SEED={seed}");
    // Printed again where it is needed: when the test fails.
    let _seed = Printed(seed);
    let mut actors = Actors::new(seed).await;
    let mut tallies: BTreeMap<&'static str, Tally> = BTreeMap::new();
    let (mut sent, mut spoilt_and_done) = (0, 0);
    while sent < count {
        if actors.random.happens(250) {
            actors.time_passes().await;
        }
        let Some(mut call) = actors.call().await else { continue };
        let spoilt = actors.random.happens(SPOILT) && wrong::spoil(&mut call, &mut actors);
        let before = judge::Before::of(&actors, &call);
        let outcome = actors.send(&call).await;
        sent += 1;
        let tally = tallies.entry(call.name).or_default();
        if outcome.result.is_ok() {
            tally.done += 1;
            spoilt_and_done += u32::from(spoilt);
            before.judge(&actors, &call, &outcome);
            for failed in outcome.events::<OrderFailed>() {
                let reason = PlimsollError::from_code(failed.error).map_or("unknown", |error| error.name());
                *tally.refused.entry(format!("closed: {reason}")).or_default() += 1;
            }
        } else {
            let overflow = outcome.error() == PlimsollError::Overflow.name();
            assert!(spoilt || !overflow, "{}: {:?}", call.name, outcome.logs);
            *tally.refused.entry(outcome.error()).or_default() += 1;
        }
        if sent % 500 == 0 {
            actors.free_cash_can_leave().await;
        }
    }
    for (name, tally) in &tallies {
        println!("{name}: {} done, refused {:?}", tally.done, tally.refused);
    }
    println!("{spoilt_and_done} spoilt inputs were as good as right ones");
    if count >= TRANSACTIONS {
        for name in actions::NAMES {
            let done = tallies.get(name).map_or(0, |tally| tally.done);
            assert!(done > 0, "{name} never succeeded");
        }
    }
}

/// Says the seed when the test fails.
struct Printed(u64);

impl Drop for Printed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("replay with FUZZ_SEED={}", self.0);
        }
    }
}

/// A sequence of its own for each purpose.
fn sequence(seed: u64) -> Random {
    Random::new(seed.wrapping_mul(0x5851_f42d_4c95_7f2d))
}
