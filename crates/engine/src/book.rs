//! A market's money: the treasury and the totals of both sides, from which net asset value follows.

use bytemuck::{Pod, Zeroable};
use words::bits;

use crate::{
    EngineError, Result, math,
    position::{LONG, Position, SHORT},
    risk::Risk,
    side::{Side, Touched},
    units::{Atoms, Lots, Pnl, Ticks},
};

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
    /// One from the first look at a settlement on: profits are not paid but stay claims, so nobody runs.
    pub withheld: u8,
    /// Zero.
    pub padding: [u8; 7],
}

impl Book {
    /// The totals of one side.
    #[inline]
    pub fn side(&self, long: bool) -> &Side {
        if long { &self.long } else { &self.short }
    }

    /// The same, to change them.
    #[inline]
    pub fn side_mut(&mut self, long: bool) -> &mut Side {
        if long { &mut self.long } else { &mut self.short }
    }

    /// Net size of all traders, in whole lots.
    pub fn skew(&self) -> Result<Lots> {
        self.long.lots.signed(true)?.minus(self.short.lots.signed(true)?)
    }

    /// What all positions of a side are worth to their holders at a price; negative when they owe.
    #[inline]
    pub fn claims(&self, long: bool, price: Ticks) -> Result<Pnl> {
        self.side(long).claims(long, price)
    }

    /// Whether profits stay claims because a settlement has begun or is looked at.
    #[inline]
    pub fn is_withheld(&self) -> bool {
        self.withheld != 0
    }

    /// Net asset value of the liquidity providers' shares.
    ///
    /// `treasury - claims(long) - claims(short) - skew premium - insurance's claim + funding owed`. The premium is what
    /// traders paid to build the skew and are paid back when it closes: without it providers could redeem it.
    pub fn nav(&self, risk: &Risk, price: Ticks) -> Result<Pnl> {
        self.treasury
            .signed()?
            .minus(self.claims(true, price)?)?
            .minus(self.claims(false, price)?)?
            .minus(premium(risk, self.skew()?, price)?.signed()?)?
            .minus(self.insurance_claim.signed()?)?
            .plus(self.long.owed_floor()?)?
            .plus(self.short.owed_floor()?)
    }

    /// Brings a position up to its side's indices at the market's price: [`Side::touch`].
    #[inline]
    pub fn touch(&mut self, position: &mut Position, price: Ticks) -> Result<Touched> {
        self.side_mut(position.is_long()).touch(position, price)
    }

    /// A position as a touch leaves it, for whoever only looks.
    #[inline]
    pub fn touched(&self, position: &Position, price: Ticks) -> Result<Position> {
        self.side(position.is_long()).touched(position, price)
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
        self.side_mut(next.is_long()).replace(old, next)
    }

    /// Trades `lots` of a position with the pool for `cost`, changing sides only through zero.
    ///
    /// The caller splits a trade that crosses zero into its closing and its opening part.
    pub fn novate(&mut self, position: &mut Position, lots: Lots, cost: Pnl) -> Result<()> {
        let mut next = *position;
        if next.is_empty() {
            next = Position { side: if lots.is_negative() { SHORT } else { LONG }, ..Position::default() };
        }
        if next.lots.is_zero() {
            let side = self.side(next.is_long());
            (next.indices, next.epoch) = (side.indices, side.epoch);
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
        self.long.invariant() && self.short.invariant() && self.treasury.signed().is_ok() && self.withheld <= 1
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
