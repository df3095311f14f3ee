//! Two hundred traders with a realistic spread of size and leverage.

use plimsoll_tests::{
    engine::{
        book::Book,
        margin::initial_requirement,
        risk::Risk,
        units::{Atoms, Size, Ticks},
    },
    world::USD,
};

use plimsoll_tests::random::Random;

/// How many.
pub const TRADERS: usize = 200;
/// Median position before the bounds, in dollars, and the standard deviation of its logarithm.
const MEDIAN: f64 = 4_200.0;
const SIGMA: f64 = 1.9;
/// Smallest and largest position, in dollars.
const SMALLEST: f64 = 250.0;
const LARGEST: f64 = 1_000_000.0;
/// What traders would like, within what initial margin allows.
const LEVERAGE: (f64, f64) = (2.0, 50.0);
/// Share of traders who are long.
const LONGS: f64 = 0.7;
/// Fee, spread, premium, confidence and the noise until execution, over notional.
const COSTS: f64 = 0.003;

/// What one trader wants.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Signed size.
    pub lots: i64,
    /// Collateral in atoms.
    pub deposit: u64,
}

/// All of them, at a price in ticks.
pub fn plans(risk: &Risk, price: u64) -> Vec<Plan> {
    let mut random = Random::new(5);
    let wishes: Vec<_> = (0..TRADERS).map(|_| wish(&mut random, price)).collect();
    let side =
        |long: bool| wishes.iter().filter(move |(lots, _)| (*lots > 0) == long).map(|(lots, _)| lots.unsigned_abs());
    let mut book = Book::default();
    (book.long.lots, book.short.lots) = (Size(side(true).sum()), Size(side(false).sum()));
    wishes.iter().map(|(lots, leverage)| plan(risk, &book, *lots, *leverage, price)).collect()
}

/// Signed lots and leverage.
fn wish(random: &mut Random, price: u64) -> (i64, f64) {
    let mut notional = 0.0;
    while !(SMALLEST..LARGEST).contains(&notional) {
        notional = MEDIAN * (SIGMA * random.normal()).exp();
    }
    let (least, most) = LEVERAGE;
    let leverage = least * (most / least).powf(random.uniform());
    let lots = (notional * USD as f64 / price as f64) as i64;
    (if random.uniform() < LONGS { lots } else { -lots }, leverage)
}

/// Collateral for the leverage, or for initial margin once all others are in, whichever is more.
fn plan(risk: &Risk, book: &Book, lots: i64, leverage: f64, price: u64) -> Plan {
    let size = Size(lots.unsigned_abs());
    let required = initial_requirement(risk, book, size, lots > 0, Ticks(price)).unwrap_or(Atoms::ZERO);
    let notional = (size.0 * price) as f64;
    let deposit = (notional / leverage).max(required.0 as f64) + notional * COSTS;
    Plan { lots, deposit: deposit as u64 + USD }
}
