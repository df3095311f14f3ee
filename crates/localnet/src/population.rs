//! Traders with a realistic spread of size and leverage: a crash liquidates many, and most survive it.

use plimsoll_client::{
    engine::{
        book::Book,
        margin::initial_requirement,
        units::{Atoms, Size, Ticks},
    },
    state::Market,
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, LogNormal};

/// Median position before the bounds, in dollars, and the standard deviation of its logarithm.
const MEDIAN: f64 = 4_200.0;
const SIGMA: f64 = 1.9;
/// Smallest and largest position, in dollars.
const SMALLEST: f64 = 250.0;
const LARGEST: f64 = 400_000.0;
/// What traders would like, within what initial margin allows.
const LEVERAGE: (f64, f64) = (2.0, 50.0);
/// Share of traders who are long.
const LONGS: f64 = 0.7;
/// Share of traders who have a position in a second market too.
const CROSS: f64 = 0.15;
/// Fees, spread, premium, confidence and what prices do until the execution, over notional.
const COSTS: f64 = 0.004;
/// Atoms in a dollar.
const DOLLAR: f64 = 1e6;

/// A position that a trader wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Which market, by its place.
    pub market: usize,
    /// Signed size.
    pub lots: i64,
}

/// What one trader wants, and brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The positions, one after the other.
    pub wishes: Vec<Wish>,
    /// Collateral in atoms.
    pub deposit: u64,
}

/// What so many traders want at the markets' prices: the same for the same seed.
pub fn plans(markets: &[Market], traders: usize, seed: u64) -> Vec<Plan> {
    if markets.is_empty() {
        return Vec::new();
    }
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let wanted: Vec<_> = (0..traders).map(|_| wants(&mut random, markets)).collect();
    let mut books = vec![Book::default(); markets.len()];
    for wish in wanted.iter().flat_map(|(wishes, _)| wishes) {
        let side = books[wish.market].side_mut(wish.lots > 0);
        side.lots = Size(side.lots.0 + wish.lots.unsigned_abs());
    }
    let deposit = |wishes: &[Wish], leverage| -> u64 {
        wishes.iter().map(|wish| collateral(&markets[wish.market], &books[wish.market], wish.lots, leverage)).sum()
    };
    wanted.into_iter().map(|(wishes, leverage)| Plan { deposit: deposit(&wishes, leverage), wishes }).collect()
}

/// Positions and leverage.
fn wants(random: &mut ChaCha8Rng, markets: &[Market]) -> (Vec<Wish>, f64) {
    let (least, most) = LEVERAGE;
    let leverage = least * (most / least).powf(random.random());
    let first = random.random_range(0..markets.len());
    let mut wishes = vec![wish(random, markets, first)];
    if markets.len() > 1 && random.random_bool(CROSS) {
        let second = (first + random.random_range(1..markets.len())) % markets.len();
        wishes.push(wish(random, markets, second));
    }
    (wishes, leverage)
}

fn wish(random: &mut ChaCha8Rng, markets: &[Market], market: usize) -> Wish {
    let core = &markets[market].core;
    let price = core.price.oracle.0 as f64;
    // The distribution exists: its deviation is positive.
    let sizes = LogNormal::new(MEDIAN.ln(), SIGMA).expect("a positive deviation");
    let notional = loop {
        let notional: f64 = sizes.sample(random);
        if (SMALLEST..LARGEST).contains(&notional) {
            break notional;
        }
    };
    let lots = ((notional * DOLLAR / price) as i64).max(core.risk.minimum_position.0 as i64);
    Wish { market, lots: if random.random_bool(LONGS) { lots } else { -lots } }
}

/// Collateral for the leverage, or for initial margin once all others are in, whichever is more.
fn collateral(market: &Market, book: &Book, lots: i64, leverage: f64) -> u64 {
    let (size, price) = (Size(lots.unsigned_abs()), market.core.price.oracle);
    let required = initial_requirement(&market.core.risk, book, size, lots > 0, Ticks(price.0)).unwrap_or(Atoms::ZERO);
    let notional = size.0 as f64 * price.0 as f64;
    ((notional / leverage).max(required.0 as f64) + notional * COSTS + DOLLAR) as u64
}
