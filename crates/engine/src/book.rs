//! A market's money: the treasury and the totals of both sides, from which net asset value follows.

use bytemuck::{Pod, Zeroable};
use words::*;

use crate::{
    EngineError, Result, math,
    position::{LONG, Position, SHORT},
    risk::Risk,
    units::{Atoms, Lots, Pnl, Size, Ticks, Wide},
};

/// `A` of a side that was never deleveraged: one, with 62 fraction bits.
pub const ADL_ONE: U64 = lit(1 << bits::FACTOR);

/// The totals of one side's positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Side {
    /// Sum of the positions' sizes.
    pub lots: Size,
    /// Its fraction of a lot in 2^-32, after auto-deleveraging.
    pub lots_fraction: U64,
    /// Sum of the positions' signed costs.
    pub cost: Pnl,
    /// Auto-deleveraging index `A`, 62 fraction bits.
    pub adl_factor: U64,
    /// Auto-deleveraging index `B`.
    pub adl_value: Wide,
    /// Owed to deleveraged positions and not paid yet.
    pub adl_owed: Atoms,
    /// Funding per lot since the beginning.
    pub funding: Wide,
    /// Sum of lots times the funding index they entered at.
    pub funding_base: Wide,
    /// Counts how often `A` was started anew.
    pub adl_epoch: u32,
    /// Zero.
    pub padding: u32,
}

impl Default for Side {
    fn default() -> Self {
        Self {
            lots: Size::ZERO,
            lots_fraction: U64::ZERO,
            cost: Pnl::ZERO,
            adl_factor: ADL_ONE,
            adl_value: Wide::ZERO,
            adl_owed: Atoms::ZERO,
            funding: Wide::ZERO,
            funding_base: Wide::ZERO,
            adl_epoch: 0,
            padding: 0,
        }
    }
}

/// Treasury, both sides and what is set aside. Every fill is a trade with this book.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Book {
    /// Cash of the pool: what the liquidity providers own before claims.
    pub treasury: Atoms,
    /// The longs' totals.
    pub long: Side,
    /// The shorts' totals.
    pub short: Side,
    /// Liquidation charges for the insurance fund, not swept yet.
    pub fees: Atoms,
    /// Loss that bankrupt accounts left and the insurance fund has not answered yet.
    pub deficit: Atoms,
    /// Profit of bankrupt accounts that the treasury owes to the insurance fund.
    pub insurance_claim: Atoms,
}

impl Book {
    /// Net size of all traders.
    pub fn skew(&self) -> Result<Lots> {
        self.long.lots.signed(true)?.minus(self.short.lots.signed(true)?)
    }

    /// What all positions of a side are worth to their holders at a price; negative when they owe.
    pub fn claims(&self, long: bool, price: Ticks) -> Result<Pnl> {
        let side = if long { &self.long } else { &self.short };
        side.lots.signed(long)?.at(price)?.minus(side.cost)
    }

    /// Net asset value of the liquidity providers' shares.
    ///
    /// `treasury - claims(long) - claims(short) - skew premium - what else is owed`. The premium is what traders paid
    /// to build the skew and are paid back when it closes: without it providers could redeem it.
    pub fn nav(&self, risk: &Risk, price: Ticks) -> Result<Pnl> {
        self.treasury
            .signed()?
            .minus(self.claims(true, price)?)?
            .minus(self.claims(false, price)?)?
            .minus(premium(risk, self.skew()?, price)?.signed()?)?
            .minus(self.insurance_claim.signed()?)?
            .minus(self.long.adl_owed.plus(self.short.adl_owed)?.signed()?)
    }

    /// Takes a position out of its side's totals.
    pub fn detach(&mut self, position: &Position) -> Result<()> {
        self.replace(position, &Position { side: position.side, ..Position::default() })
    }

    /// Adds a position to its side's totals.
    pub fn attach(&mut self, position: &Position) -> Result<()> {
        self.replace(&Position { side: position.side, ..Position::default() }, position)
    }

    /// Puts `next` in the place of `old` in the totals of `next`'s side.
    fn replace(&mut self, old: &Position, next: &Position) -> Result<()> {
        let side = self.side_mut(next.is_long());
        let lots = side.lots.minus(old.lots.size())?.plus(next.lots.size())?;
        let cost = side.cost.minus(old.cost)?.plus(next.cost)?;
        (side.lots, side.cost) = (lots, cost);
        Ok(())
    }

    /// Trades `lots` of a position with the pool for `cost`, changing sides only through zero.
    ///
    /// The caller splits a trade that crosses zero into its closing and its opening part.
    pub fn novate(&mut self, position: &mut Position, lots: Lots, cost: Pnl) -> Result<()> {
        let mut next = *position;
        if next.is_empty() {
            next = self.opened(!lots.is_negative());
        }
        next.lots = next.lots.plus(lots)?;
        next.cost = next.cost.plus(cost)?;
        if !next.lots.is_zero() && next.lots.is_positive() != next.is_long() {
            return Err(EngineError::ClaimRemains);
        }
        // What is empty counts nothing on either side, so one side's totals see both states.
        self.replace(position, &next)?;
        *position = next;
        Ok(())
    }

    /// Pays a position's profit out of the treasury, or its loss into it, without touching its lots.
    ///
    /// Net asset value does not move: what the treasury pays no longer is a claim.
    pub fn settle(&mut self, position: &mut Position, paid: Pnl) -> Result<()> {
        let next = Position { cost: position.cost.plus(paid)?, ..*position };
        let treasury = self.treasury.minus(paid.gain())?.plus(paid.loss())?;
        self.replace(position, &next)?;
        (self.treasury, *position) = (treasury, next);
        Ok(())
    }

    /// Whether totals and stored amounts are possible.
    pub fn invariant(&self) -> bool {
        let side = |s: &Side| s.adl_factor <= ADL_ONE && (!s.lots.is_zero() || s.lots_fraction.is_zero());
        side(&self.long) && side(&self.short) && self.treasury.signed().is_ok()
    }

    fn opened(&self, long: bool) -> Position {
        let side = if long { &self.long } else { &self.short };
        Position {
            adl_factor: side.adl_factor,
            adl_value: side.adl_value,
            adl_epoch: side.adl_epoch,
            funding: side.funding,
            side: if long { LONG } else { SHORT },
            ..Position::default()
        }
    }

    fn side_mut(&mut self, long: bool) -> &mut Side {
        if long { &mut self.long } else { &mut self.short }
    }
}

/// The premium that a skew has paid: `price x skew^2 / (2 skew_scale)`, up.
///
/// A trade pays the difference of two values of this one function, so a path of trades at one price costs the same
/// however it is cut, to the atom, and net asset value does not move by trading at one price.
pub fn premium(risk: &Risk, skew: Lots, price: Ticks) -> Result<Atoms> {
    let size = skew.size();
    let share = risk.skew.fraction_ceil(size)?;
    math::mul_shift_ceil(size.at(price)?.0, share, bits::WORD).map(Atoms)
}
