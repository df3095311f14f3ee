//! The indices of a side, and what a size owes and loses between two of their states.
//!
//! Deleveraging and funding reach all positions of a side at once through three numbers; each position catches up with
//! them when it is touched. Every intermediate result fits 128 bits: a product with more bits is divided in parts.

use bytemuck::{Pod, Zeroable};
use words::*;

use crate::{
    Result,
    math::{self, Rounding},
    units::{Atoms, Size, Ticks, Wide},
};

/// `A` of a side that was never deleveraged: one, with 62 fraction bits.
pub const ADL_ONE: U64 = lit(1 << bits::FACTOR);

/// The indices of a side, or those at which a position last touched it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Indices {
    /// `A`: what is left of a lot after deleveraging, 62 fraction bits.
    pub factor: U64,
    /// `B`: ticks that a lot was paid for what is gone of it, 62 fraction bits.
    pub value: Wide,
    /// `F`: funding of a lot since the beginning, in 2^-32 atoms.
    pub funding: Wide,
}

impl Indices {
    /// Where a side begins.
    pub const START: Self = Self { factor: ADL_ONE, value: Wide::ZERO, funding: Wide::ZERO };
}

/// A size with its fraction of a lot in 2^-32.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exact {
    /// Whole lots.
    pub lots: Size,
    /// The fraction of a lot.
    pub fraction: U64,
}

impl Exact {
    /// A whole number of lots.
    pub fn whole(lots: Size) -> Self {
        Self { lots, fraction: U64::ZERO }
    }

    /// Whether there is no fraction.
    #[inline]
    pub fn is_whole(self) -> bool {
        self.fraction.is_zero()
    }

    /// `self x to / from`, for factors of which `to` is not the larger.
    pub fn scaled(self, to: U64, from: U64, rounding: Rounding) -> Result<Self> {
        let (lots, rest) = math::divide(self.lots.0.times(to), from.into())?;
        let below = math::plus(math::shifted_up(rest, bits::LOT)?, self.fraction.times(to))?;
        Self::split(math::plus(math::shifted_up(lots, bits::LOT)?, math::quotient(below, from.into(), rounding)?)?)
    }

    /// The difference; an error when it is below zero.
    pub fn minus(self, other: Self) -> Result<Self> {
        Self::split(math::minus(self.joined()?, other.joined()?)?)
    }

    /// What it is worth at a price.
    #[inline]
    pub fn at(self, price: Ticks, rounding: Rounding) -> Result<Atoms> {
        let whole = self.lots.at(price)?;
        if self.fraction.is_zero() {
            return Ok(whole);
        }
        whole.plus(Atoms(math::narrow(math::shifted(self.fraction.times(price.0), bits::LOT, rounding)?)?))
    }

    /// `self x wide`, for an index of a lot.
    #[inline]
    pub fn times(self, wide: U128, rounding: Rounding) -> Result<U128> {
        let whole = math::times(wide, self.lots.0.into())?;
        if self.fraction.is_zero() {
            return Ok(whole);
        }
        // The high and the low half apart: together they could have more than 128 bits.
        let high = wide.shifted_down(bits::LOT);
        let low = math::minus(wide, math::shifted_up(high, bits::LOT)?)?;
        let low = math::shifted(math::times(low, self.fraction.into())?, bits::LOT, rounding)?;
        math::plus(whole, math::plus(math::times(high, self.fraction.into())?, low)?)
    }

    fn joined(self) -> Result<U128> {
        math::plus(math::shifted_up(self.lots.0.into(), bits::LOT)?, self.fraction.into())
    }

    fn split(joined: U128) -> Result<Self> {
        let lots = joined.shifted_down(bits::LOT);
        let fraction = math::minus(joined, math::shifted_up(lots, bits::LOT)?)?;
        Ok(Self { lots: Size(math::narrow(lots)?), fraction: math::narrow(fraction)? })
    }
}

/// A size on its way from the indices it was last touched at to the present ones.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Follower {
    /// What is left of it, down.
    pub size: Exact,
    /// What its holder pays for: of a short up, so that it is not rid of what rounding takes from its size.
    pub most: Exact,
    /// Where it has got to.
    pub indices: Indices,
    /// Funding it owes, in 2^-32 atoms.
    pub funding: I128,
    /// What the lots that are gone were paid.
    pub proceeds: Atoms,
}

impl Follower {
    /// Goes on to later indices of the same epoch. `gains` is how what the holder is paid rounds.
    pub fn follow(&mut self, to: &Indices, gains: Rounding) -> Result<()> {
        let moved = math::minus(to.funding.get(), self.indices.funding.get())?;
        if !moved.is_zero() {
            let size = if moved.is_positive() { self.most } else { self.size };
            self.funding = math::plus(self.funding, self.owed(size, moved)?)?;
        }
        if to.factor != self.indices.factor {
            let from = self.indices.factor;
            let risen = math::minus(to.value.get(), self.indices.value.get())?.unsigned_abs();
            let paid = math::quotient(self.most.times(risen, gains)?, from.into(), gains)?;
            self.proceeds = self.proceeds.plus(Atoms(math::narrow(paid)?))?;
            self.size = self.size.scaled(to.factor, from, Rounding::Down)?;
            self.most = if gains == Rounding::Up { self.most.scaled(to.factor, from, gains)? } else { self.size };
        }
        self.indices = *to;
        Ok(())
    }

    /// What the funding index's move costs, up: a payment in full, a receipt down.
    fn owed(&self, size: Exact, moved: I128) -> Result<I128> {
        let rounding = if moved.is_positive() { Rounding::Up } else { Rounding::Down };
        let scaled = size.times(moved.unsigned_abs(), rounding)?;
        let factor = self.indices.factor;
        let amount = if factor == ADL_ONE {
            scaled
        } else {
            let (whole, rest) = math::divide(scaled, factor.into())?;
            let below = math::quotient(math::shifted_up(rest, bits::FACTOR)?, factor.into(), rounding)?;
            math::plus(math::shifted_up(whole, bits::FACTOR)?, below)?
        };
        let amount = math::signed(amount)?;
        if moved.is_positive() { Ok(amount) } else { math::minus(I128::ZERO, amount) }
    }
}
