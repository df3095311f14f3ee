//! One account's position in one market.

use bytemuck::{Pod, Zeroable};
use words::*;

use crate::{
    Result,
    indices::{ADL_ONE, Indices},
    settlement::stage,
    units::{Lots, Pnl, Ticks},
};

/// Lots held and what they cost: `uPnL = lots x price - cost`.
///
/// At zero lots a negative cost is a claim: profit that the treasury had no cash to pay yet. A positive one is a debt, which
/// only deleveraging leaves: no cash moves by it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Position {
    /// Signed size: positive is long.
    pub lots: Lots,
    /// Signed cost of the lots, less what was already paid out or in.
    pub cost: Pnl,
    /// The side's indices when this position last touched it; without lots they mean nothing.
    pub indices: Indices,
    /// The side's epoch at that time.
    pub epoch: u32,
    /// [`LONG`] or [`SHORT`]; kept at zero lots while a claim remains.
    pub side: u8,
    /// A byte of [`stage`](crate::settlement::stage): how far its settlement has come.
    pub stage: u8,
    /// Zero.
    pub padding: [u8; 2],
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

    /// Whether the stored side agrees with the lots, and no debt without lots but by deleveraging.
    pub fn invariant(&self) -> bool {
        let agrees = match self.side {
            LONG => self.lots.is_positive(),
            SHORT => self.lots.is_negative(),
            _ => return false,
        };
        let deleveraged = self.epoch > 0 || (self.indices.factor < ADL_ONE && !self.indices.factor.is_zero());
        let settled = self.stage <= stage::LATE && (self.stage == stage::OPEN || self.lots.is_zero());
        settled && (agrees || (self.lots.is_zero() && (deleveraged || !self.cost.is_positive())))
    }
}
