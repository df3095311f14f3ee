//! What a market does when it cannot pay everybody: it deleverages, and it settles. Two small scenarios, a few seconds each.

pub mod adl;
mod book;
pub mod settlement;

use std::{collections::BTreeMap, time::Instant};

use serde::Serialize;

use self::book::Book;
use crate::{
    screen::{Screen, Tone},
    summary::write,
};

/// What must be true of any run, and what it took.
#[derive(Serialize)]
struct Common {
    min_cash: i128,
    conservation_error_atoms: i128,
    transactions: u64,
    max_cu: BTreeMap<String, u64>,
    seconds: f64,
}

impl Common {
    fn of(book: &Book, started: Instant) -> Self {
        Self {
            min_cash: book.min_cash,
            conservation_error_atoms: book.conservation_error,
            transactions: book.transactions,
            max_cu: book.world.units.clone(),
            seconds: (started.elapsed().as_secs_f64() * 10.0).round() / 10.0,
        }
    }

    fn rules(&self) -> [(bool, String); 2] {
        [
            (self.min_cash < 0, format!("an account had {} atoms of cash", self.min_cash)),
            (self.conservation_error_atoms != 0, format!("{} atoms lost or made", self.conservation_error_atoms)),
        ]
    }
}

/// Writes the summary and says what is wrong.
fn close(
    screen: &Screen,
    scenario: &str,
    common: &Common,
    summary: &impl Serialize,
    rules: impl IntoIterator<Item = (bool, String)>,
) -> Result<Vec<String>, String> {
    let rules = rules.into_iter().chain(common.rules());
    let faults: Vec<String> = rules.filter(|(broken, _)| *broken).map(|(_, fault)| fault).collect();
    let path = write(scenario, summary)?;
    screen.title("Verdict");
    faults.iter().for_each(|fault| screen.line(Tone::Bad, &format!("FAILED: {fault}")));
    if faults.is_empty() {
        screen.line(Tone::Good, "every property held after each transaction");
    }
    screen.say(&format!("{} transactions, {:.1} s; {}", common.transactions, common.seconds, path.display()));
    Ok(faults)
}
