//! The integers that the engine is written over.
//!
//! The engine names its integers [`U64`], [`I64`], [`U128`] and [`I128`] and does with them only what the traits here
//! offer. On chain and in every client they are the machine's. Two other crates give the same names to integers of 8
//! bits, so that all inputs can be tried, and to symbolic terms, so that a solver can reason about all of them; cargo
//! compiles the engine's source with each (ADR 25). The source has no path of its own for any of them.
#![no_std]

mod machine;
mod traits;

pub use traits::*;

/// An amount, a size, a price or a ratio.
pub type U64 = u64;
/// A signed amount or size.
pub type I64 = i64;
/// A product of two [`U64`].
pub type U128 = u128;
/// A product of [`I64`] and a signed index.
pub type I128 = i128;

/// A number of the machine: a constant, a parameter, a count of seconds. A smaller word takes the nearest it can hold.
#[inline]
pub const fn lit(value: u64) -> U64 {
    value
}

/// The entry of a table of constants.
#[inline]
pub fn entry(table: &[u32], index: U64) -> Option<U64> {
    usize::try_from(index).ok().and_then(|index| table.get(index)).map(|value| U64::from(*value))
}

/// A wide value from the halves in which it is stored, the low one first.
#[inline]
pub const fn join(halves: [U64; 2]) -> I128 {
    machine::join(halves)
}

/// The halves in which a wide value is stored, the low one first.
#[inline]
pub const fn split(value: I128) -> [U64; 2] {
    machine::split(value)
}

/// How many bits the scales have. They shrink with the word.
pub mod bits {
    /// Of a [`super::U64`].
    pub const WORD: u32 = 64;
    /// Fraction of a ratio.
    pub const RATIO: u32 = 32;
    /// Fraction of a reciprocal.
    pub const RECIPROCAL: u32 = 94;
    /// `log2` of the smallest and the largest number that has a reciprocal.
    pub const RECIPROCAL_RANGE: (u32, u32) = (30, 55);
    /// Fraction of the open-interest ramp, of a funding rate and of a variance.
    pub const FINE: u32 = 64;
    /// Notional of one side at most.
    pub const NOTIONAL: u32 = 59;
    /// Fraction of the deleveraging factor.
    pub const FACTOR: u32 = 62;
    /// `log2` of the smallest factor that does not start a new epoch.
    pub const FACTOR_LOW: u32 = 46;
    /// `log2` of the smallest factor there may be.
    pub const FACTOR_LEAST: u32 = 30;
    /// Fraction of a lot in side totals.
    pub const LOT: u32 = 32;
    /// Fraction of an atom in the funding index.
    pub const FUNDING: u32 = 32;
    /// Fraction of equity over stress in the priority key.
    pub const KEY: u32 = 24;
    /// The part of it that counts entries of the key's table; between them the key is linear.
    pub const KEY_STEP: u32 = 8;
    /// By which shares shrink when they are consolidated.
    pub const CONSOLIDATION: u32 = 10;
}

/// Amounts that are no power of two. They shrink with the word too.
pub mod amounts {
    /// Atoms in one of the quote token.
    pub const UNIT: u64 = 1_000_000;
    /// The price in ticks below which one tick is coarse.
    pub const COARSE_PRICE: u64 = 1_000;
    /// The price in ticks below which one tick is far too coarse.
    pub const SETTLE_PRICE: u64 = 100;
    /// One per cent as a ratio, down.
    pub const PERCENT: u64 = 42_949_672;
}
