//! How far prices may move against an account before it has to be looked at.
//!
//! An account is valued by the engine with every leg moved against it by the same part of its price. Where it is healthy
//! there it is healthy at everything nearer: against a leg equity falls by its whole notional's change and the requirement by
//! less, because no maintenance ratio is above one half. (In a market where one can be, or that could not pay its winners at
//! those prices, accounts are looked at after every tick.)
//!
//! A part of the notional is kept back for what moves without prices: funding, and coefficients of maintenance. When a market
//! used that up since its triggers were set, all its accounts are looked at.

use plimsoll_client::engine::{
    market::Market as Core,
    units::{Atoms, Ratio, Ticks},
    valuation::quote,
};

/// The moves that are tried, in millionths of the price, from the nearest.
pub const MOVES: [u64; 10] = [700, 1_500, 3_000, 6_000, 12_000, 25_000, 50_000, 100_000, 200_000, 400_000];
/// What is kept back of an account's notional, in millionths: half for funding, half for coefficients.
pub const RESERVE: u64 = 2_000;
const PPM: u64 = 1_000_000;
/// One half.
const HALF: Ratio = Ratio(1 << (Ratio::BITS - 1));

/// A market's prices, moved.
#[derive(Clone, Debug)]
pub struct Levels {
    /// Price at which a short and a long are valued.
    prices: [Ticks; 2],
    /// The same moved against each.
    moved: [[Ticks; MOVES.len()]; 2],
    /// How many of the moves count.
    usable: usize,
}

impl Levels {
    /// The prices of a market at a time.
    pub fn of(core: &Core, now: i64) -> Self {
        let at = |long| quote(core, long, now, None).map_or(core.price.oracle, |quote| quote.price);
        let prices = [at(false), at(true)];
        let against = |long: bool, part: u64| {
            let price = prices[usize::from(long)].0;
            let by = u64::try_from(u128::from(price) * u128::from(part) / u128::from(PPM)).unwrap_or(u64::MAX);
            // Nearer by a tick, so that rounding makes no move larger than it is.
            Ticks(if long {
                price.saturating_sub(by).saturating_add(1)
            } else {
                price.saturating_add(by).saturating_sub(1)
            })
        };
        let moved = [MOVES.map(|part| against(false, part)), MOVES.map(|part| against(true, part))];
        let solvent = |price| core.book.missing(&core.risk, price).is_ok_and(Atoms::is_zero);
        let ruled_out = core.risk.maintenance_cap > HALF || prices.iter().any(|price| price.is_zero());
        let usable = if ruled_out {
            0
        } else {
            (0..MOVES.len()).take_while(|move_| moved.iter().all(|side| solvent(side[*move_]))).count()
        };
        Self { prices, moved, usable }
    }

    /// The price at which one side is valued.
    pub fn price(&self, long: bool) -> u64 {
        self.prices[usize::from(long)].0
    }

    /// The price of a side at a move.
    pub fn moved(&self, long: bool, step: usize) -> Option<Ticks> {
        self.moved[usize::from(long)].get(step).copied()
    }

    /// How many of the moves count.
    pub fn usable(&self) -> usize {
        self.usable
    }
}

/// What an account's triggers depend on besides prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Regime {
    status: u8,
    flags: u8,
    epochs: [u32; 2],
    factors: [u64; 2],
    funding: [i128; 2],
    base: Ratio,
    impact: u64,
    floor: Ratio,
    cap: Ratio,
}

impl Regime {
    /// As it is.
    pub fn of(core: &Core) -> Self {
        let sides = [&core.book.short, &core.book.long];
        Self {
            status: core.status,
            flags: core.flags,
            epochs: sides.map(|side| side.epoch),
            factors: sides.map(|side| side.indices.factor),
            funding: sides.map(|side| side.indices.funding.get()),
            base: core.risk.base,
            impact: core.risk.impact.0,
            floor: core.risk.maintenance_floor,
            cap: core.risk.maintenance_cap,
        }
    }

    /// Whether triggers that were set in this one still hold in the market's present one.
    pub fn covers(&self, core: &Core, has_legs: bool) -> bool {
        let now = Self::of(core);
        let same =
            (now.status, now.flags, now.epochs, now.factors) == (self.status, self.flags, self.epochs, self.factors);
        !has_legs || (same && self.funding_covered(&now, core.price.oracle) && self.ratios_covered(&now))
    }

    /// Funding of a lot since then is less than half of what is kept back of its value.
    fn funding_covered(&self, now: &Self, price: Ticks) -> bool {
        let most = i128::from(price.0) * i128::from(RESERVE / 2) / i128::from(PPM);
        self.funding.iter().zip(&now.funding).all(|(then, now)| ((now - then) >> 32).abs() < most.max(1))
    }

    /// No coefficient of maintenance rose by more than the other half.
    fn ratios_covered(&self, now: &Self) -> bool {
        let most = (1u64 << Ratio::BITS) * (RESERVE / 2) / PPM;
        let rose = |then: Ratio, now: Ratio| now.0.saturating_sub(then.0);
        // The impact term is at most the cap, so its share of the rise is the cap's share of its own.
        let impact =
            u128::from(now.impact.saturating_sub(self.impact)) * u128::from(now.cap.0) / u128::from(self.impact.max(1));
        rose(self.base, now.base).saturating_add(u64::try_from(impact).unwrap_or(u64::MAX)) <= most
            && rose(self.floor, now.floor) <= most
            && rose(self.cap, now.cap) <= most
    }
}
