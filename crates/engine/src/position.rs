//! One account's position in one market.

use bytemuck::{Pod, Zeroable};
use words::U64;

use crate::{
    Result,
    units::{Lots, Pnl, Ticks, Wide},
};

/// Lots held and what they cost: `uPnL = lots x price - cost`.
///
/// At zero lots a negative cost is a claim: profit that the treasury had no cash to pay yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Position {
    /// Signed size: positive is long.
    pub lots: Lots,
    /// Signed cost of the lots, less what was already paid out or in.
    pub cost: Pnl,
    /// The side's `A` index when this position last touched it (auto-deleveraging).
    pub adl_factor: U64,
    /// The side's `B` index at that time.
    pub adl_value: Wide,
    /// The side's funding index at that time.
    pub funding: Wide,
    /// The side's epoch at that time.
    pub adl_epoch: u32,
    /// [`LONG`] or [`SHORT`]; kept at zero lots while a claim remains.
    pub side: u8,
    /// Zero.
    pub padding: [u8; 3],
}

/// `Position::side` of a long.
pub const LONG: u8 = 0;
/// `Position::side` of a short.
pub const SHORT: u8 = 1;

impl Position {
    /// Whether the position belongs to the long side's totals.
    pub const fn is_long(&self) -> bool {
        self.side == LONG
    }

    /// Neither lots nor a claim: the slot can be used for another market.
    pub fn is_empty(&self) -> bool {
        self.lots.is_zero() && self.cost.is_zero()
    }

    /// Unrealised profit or loss at a price: exact.
    #[inline]
    pub fn pnl(&self, price: Ticks) -> Result<Pnl> {
        self.lots.at(price)?.minus(self.cost)
    }

    /// Whether the stored side agrees with the lots, and a claim is never a debt.
    pub fn invariant(&self) -> bool {
        let agrees = match self.side {
            LONG => self.lots.is_positive(),
            SHORT => self.lots.is_negative(),
            _ => return false,
        };
        agrees || (self.lots.is_zero() && !self.cost.is_positive())
    }
}
