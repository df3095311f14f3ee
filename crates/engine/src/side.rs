//! One side of a market: the totals of its positions and the indices that reach all of them at once.

use bytemuck::{Pod, Zeroable};
use words::*;

use crate::{
    EngineError, Result,
    indices::{ADL_ONE, Exact, Follower, Indices},
    math::{self, Rounding},
    position::Position,
    units::{Atoms, Lots, Pnl, Size, Ticks, Wide},
};

/// The totals of one side's positions.
///
/// After deleveraging they are at least the sums of the positions that catch up, and more by less than a lot per
/// position: what no position holds falls to the liquidity providers when the last one leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Side {
    /// Sum of the positions' sizes.
    pub lots: Size,
    /// Its fraction of a lot in 2^-32, after deleveraging.
    pub lots_fraction: U64,
    /// Sum of the positions' signed costs.
    pub cost: Pnl,
    /// `A`, `B` and `F` of the present epoch.
    pub indices: Indices,
    /// Those at which the previous epoch ended.
    pub ended: Indices,
    /// `G`: funding that the positions owe and are not charged yet, in 2^-32 atoms.
    pub owed: Wide,
    /// Counts how often `A` was started anew.
    pub epoch: u32,
    /// Positions with lots or a claim.
    pub attached: u32,
    /// Positions with lots.
    pub sized: u32,
    /// Those of them that were last touched in the previous epoch.
    pub previous: u32,
}

impl Default for Side {
    fn default() -> Self {
        Self { indices: Indices::START, ended: Indices::START, ..Self::zeroed() }
    }
}

/// What a position caught up with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Lots that deleveraging took, those closed for their fraction included.
    pub lots: Size,
    /// Funding charged to its cost; negative when received.
    pub funding: Pnl,
    /// The same in 2^-32 atoms, before it was rounded against the holder.
    pub accrued: Wide,
    /// What the lots that deleveraging took were worth.
    pub proceeds: Atoms,
    /// The fraction of a lot that was closed at the present price, in 2^-32.
    pub fraction: U64,
    /// What it was worth; to a short also what rounding took from its size.
    pub fraction_value: Atoms,
}

/// How what a holder is paid for lots rounds: a long's cost falls by it, a short's rises.
#[inline]
fn gains(long: bool) -> Rounding {
    if long { Rounding::Down } else { Rounding::Up }
}

/// A cost after lots were closed for `value`.
#[inline]
fn closed(cost: Pnl, long: bool, value: Atoms) -> Result<Pnl> {
    if long { cost.minus(value.signed()?) } else { cost.plus(value.signed()?) }
}

impl Side {
    /// All lots, with their fraction.
    #[inline]
    pub fn exact(&self) -> Exact {
        Exact { lots: self.lots, fraction: self.lots_fraction }
    }

    /// What its positions are worth to their holders at a price, up; negative when they owe.
    #[inline]
    pub fn claims(&self, long: bool, price: Ticks) -> Result<Pnl> {
        let worth = self.exact().at(price, gains(long).opposite())?.signed()?;
        if long { worth.minus(self.cost) } else { worth.negated()?.minus(self.cost) }
    }

    /// Funding that the positions owe, in atoms, down.
    #[inline]
    pub fn owed_floor(&self) -> Result<Pnl> {
        U64::shifted_floor(self.owed.get(), bits::FUNDING).map(Pnl).ok_or(EngineError::Overflow)
    }

    /// Whether a position has nothing to catch up with.
    #[inline]
    pub fn is_current(&self, position: &Position) -> bool {
        position.lots.is_zero()
            || (position.indices.funding == self.indices.funding
                && position.indices.factor == self.indices.factor
                && position.epoch == self.epoch)
    }

    /// A position as a touch at the market's price leaves it, for whoever only looks.
    pub fn touched(&self, position: &Position, price: Ticks) -> Result<Position> {
        if self.is_current(position) {
            return Ok(*position);
        }
        let (lots, cost) = self.holding(position, price)?;
        Ok(Position { lots, cost, indices: self.indices, epoch: self.epoch, ..*position })
    }

    /// Its lots and cost then.
    #[inline]
    pub fn holding(&self, position: &Position, price: Ticks) -> Result<(Lots, Pnl)> {
        if self.is_current(position) {
            return Ok((position.lots, position.cost));
        }
        // Nearly all have only funding to catch up with: the same in fewer steps.
        if self.indices.factor == ADL_ONE && position.indices.factor == ADL_ONE && position.epoch == self.epoch {
            let moved = math::minus(self.indices.funding.get(), position.indices.funding.get())?;
            if let Some(lot) = U64::narrow(moved.unsigned_abs()) {
                return Ok((position.lots, charged(position, lot, moved.is_negative())?));
            }
        }
        self.caught_up(position, price).map(|(next, _)| (next.lots, next.cost))
    }

    /// Brings a position up to the side's indices at the market's price. Nothing else reads one before.
    ///
    /// No cash moves. What it is worth at this price changes by its funding and, where lots were taken, by less than two
    /// atoms and one part in 2^32, never in the holder's favour.
    #[inline]
    pub fn touch(&mut self, position: &mut Position, price: Ticks) -> Result<Touched> {
        if self.is_current(position) { Ok(Touched::default()) } else { self.catch_up(position, price) }
    }

    /// The path of a position that has something to catch up with.
    #[inline(never)]
    fn catch_up(&mut self, position: &mut Position, price: Ticks) -> Result<Touched> {
        let (next, touched) = self.caught_up(position, price)?;
        let rest = self.exact().minus(Exact { lots: Size::ZERO, fraction: touched.fraction })?;
        let mut side = Self {
            lots: rest.lots,
            lots_fraction: rest.fraction,
            cost: closed(self.cost.plus(touched.funding)?, position.is_long(), touched.fraction_value)?,
            owed: Wide::of(math::minus(self.owed.get(), touched.accrued.get())?),
            ..*self
        };
        if position.epoch != self.epoch {
            side.previous = self.previous.checked_sub(1).ok_or(EngineError::Overflow)?;
        }
        side.recount(position, &next)?;
        (*self, *position) = (side, next);
        Ok(touched)
    }

    #[inline(never)]
    fn caught_up(&self, position: &Position, price: Ticks) -> Result<(Position, Touched)> {
        let (long, held) = (position.is_long(), position.lots.size());
        let whole = Exact::whole(held);
        let mut left = Follower { size: whole, most: whole, indices: position.indices, ..Follower::default() };
        if position.epoch != self.epoch {
            left.follow(&self.ended, gains(long))?;
            left.indices = Indices { funding: self.ended.funding, ..Indices::START };
        }
        left.follow(&self.indices, gains(long))?;
        let fraction_value = left.most.minus(Exact::whole(left.size.lots))?.at(price, gains(long))?;
        let rounding = if left.funding.is_negative() { Rounding::Down } else { Rounding::Up };
        let funding = atoms(left.funding, rounding)?;
        let cost = closed(position.cost.plus(funding)?, long, left.proceeds.plus(fraction_value)?)?;
        let next = Position {
            lots: left.size.lots.signed(long)?,
            cost,
            indices: self.indices,
            epoch: self.epoch,
            ..*position
        };
        let touched = Touched {
            lots: held.minus(left.size.lots)?,
            funding,
            accrued: Wide::of(left.funding),
            proceeds: left.proceeds,
            fraction: left.size.fraction,
            fraction_value,
        };
        Ok((next, touched))
    }

    /// Puts `next` in the place of `old` in the totals. Both are touched.
    pub(crate) fn replace(&mut self, old: &Position, next: &Position) -> Result<()> {
        if !self.is_current(old) || !self.is_current(next) {
            return Err(EngineError::NotTouched);
        }
        let mut side = Self {
            lots: self.lots.minus(old.lots.size())?.plus(next.lots.size())?,
            cost: self.cost.minus(old.cost)?.plus(next.cost)?,
            ..*self
        };
        side.recount(old, next)?;
        *self = side;
        Ok(())
    }

    /// Counts `next` in the place of `old`. What is left when nobody is left belongs to nobody.
    fn recount(&mut self, old: &Position, next: &Position) -> Result<()> {
        let count = |total: u32, old: bool, next: bool| {
            total.checked_add(next.into()).and_then(|sum| sum.checked_sub(old.into())).ok_or(EngineError::Overflow)
        };
        self.sized = count(self.sized, !old.lots.is_zero(), !next.lots.is_zero())?;
        self.attached = count(self.attached, !old.is_empty(), !next.is_empty())?;
        if self.sized == 0 {
            (self.lots, self.lots_fraction, self.owed) = (Size::ZERO, U64::ZERO, Wide::ZERO);
        }
        if self.attached == 0 {
            self.cost = Pnl::ZERO;
        }
        Ok(())
    }

    /// Whether totals, counts and indices are possible together.
    pub fn invariant(&self) -> bool {
        let untouched = self.epoch == 0 && self.indices.factor == ADL_ONE;
        let factors = self.indices.factor <= ADL_ONE && self.ended.factor <= ADL_ONE;
        let values = !self.indices.value.get().is_negative() && !self.ended.value.get().is_negative();
        factors
            && values
            && self.lots_fraction < lit(1 << bits::LOT)
            && self.previous <= self.sized
            && self.sized <= self.attached
            && (self.epoch > 0 || (self.previous == 0 && self.ended == Indices::START))
            && (self.indices.factor < ADL_ONE || self.indices.value == Wide::ZERO)
            && (!untouched || self.lots_fraction.is_zero())
            && (!untouched || U128::from(self.lots.0) >= U128::from(self.sized))
            && (self.sized > 0 || (self.exact() == Exact::default() && self.owed == Wide::ZERO))
            && (self.attached > 0 || self.cost.is_zero())
    }
}

/// The cost of a position that owes, or has received, so much funding a lot in 2^-32 atoms.
#[inline]
fn charged(position: &Position, lot: U64, received: bool) -> Result<Pnl> {
    let lots = position.lots.size().0;
    if received {
        position.cost.minus(Atoms(math::mul_shift_floor(lot, lots, bits::FUNDING)?).signed()?)
    } else {
        position.cost.plus(Atoms(math::mul_shift_ceil(lot, lots, bits::FUNDING)?).signed()?)
    }
}

/// An amount in 2^-32 atoms as atoms; the rounding is that of its size.
#[inline]
fn atoms(fine: I128, rounding: Rounding) -> Result<Pnl> {
    let amount = Atoms(math::narrow(math::shifted(fine.unsigned_abs(), bits::FUNDING, rounding)?)?).signed()?;
    if fine.is_negative() { amount.negated() } else { Ok(amount) }
}
