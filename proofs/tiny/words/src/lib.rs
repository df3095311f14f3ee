//! The integers of the engine with 8 bits, so that all inputs can be tried.
//!
//! The names are those of `crates/words`; products have 16 bits. A value is kept in an integer of the machine that is
//! wide enough and checked after each operation, so that quantities are laid out as they are on chain.
#![no_std]

mod small;
#[path = "../../../../crates/words/src/traits.rs"]
mod traits;

pub use small::{I64, I128, U64, U128, join, lit, split};
pub use traits::*;

/// The entry of a table of constants: as many of its steps and as many of its bits as the scales have left.
pub fn entry(table: &[u32], index: U64) -> Option<U64> {
    const STEP_BITS: u32 = 8;
    const ENTRY_BITS: u32 = 32;
    let place = usize::try_from(index.get() << (STEP_BITS - bits::KEY_STEP)).ok()?;
    // Up, as what lies between entries is: never below the function.
    table.get(place).map(|value| lit(u64::from(*value).div_ceil(1 << (ENTRY_BITS - bits::RATIO))))
}

/// How many bits the scales have. Their sums and differences keep the relations that the machine's have.
pub mod bits {
    /// Of a [`super::U64`].
    pub const WORD: u32 = 8;
    /// Fraction of a ratio: half of a word.
    pub const RATIO: u32 = 4;
    /// Fraction of a reciprocal: a word and the smallest number that has one.
    pub const RECIPROCAL: u32 = WORD + RECIPROCAL_RANGE.0;
    /// `log2` of the smallest and the largest number that has a reciprocal.
    pub const RECIPROCAL_RANGE: (u32, u32) = (3, 6);
    /// Fraction of the open-interest ramp, of a funding rate and of a variance: a word.
    pub const FINE: u32 = WORD;
    /// Notional of one side at most: half of them, doubled thrice, fit a signed word.
    pub const NOTIONAL: u32 = 4;
    /// Fraction of the deleveraging factor: one fits a signed word.
    pub const FACTOR: u32 = 6;
    /// `log2` of the smallest factor that does not start a new epoch.
    pub const FACTOR_LOW: u32 = 4;
    /// `log2` of the smallest factor there may be.
    pub const FACTOR_LEAST: u32 = 2;
    /// Fraction of a lot in side totals.
    pub const LOT: u32 = 4;
    /// Fraction of an atom in the funding index.
    pub const FUNDING: u32 = 4;
    /// Fraction of equity over stress in the priority key: less than a ratio has.
    pub const KEY: u32 = 3;
    /// The part of it that counts entries of the key's table; between them the key is linear.
    pub const KEY_STEP: u32 = 2;
    /// By which shares shrink when they are consolidated.
    pub const CONSOLIDATION: u32 = 2;
}

/// Amounts that are no power of two. They shrink with the word too.
pub mod amounts {
    /// Atoms in one of the quote token.
    pub const UNIT: u64 = 4;
    /// The price in ticks below which one tick is coarse.
    pub const COARSE_PRICE: u64 = 3;
    /// The price in ticks below which one tick is far too coarse.
    pub const SETTLE_PRICE: u64 = 2;
    /// One per cent as a ratio, up: down it would be nothing.
    pub const PERCENT: u64 = 1;
}
