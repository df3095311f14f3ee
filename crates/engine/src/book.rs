//! A market's money: the treasury and the totals of both sides, from which net asset value follows.

use bytemuck::{Pod, Zeroable};
use words::bits;

use crate::{
    EngineError, Result,
    math::{self, Rounding},
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
        let skew = Skew::of(self, price)?;
        self.nav_before_premium(&skew, price, Atoms::ZERO)?.minus(skew.premium(risk)?.signed()?)
    }

    /// What is missing from what its positions were promised: by how much net asset value is negative. A deficit that
    /// insurance has not answered yet is nobody's loss yet.
    #[inline]
    pub fn missing(&self, risk: &Risk, price: Ticks) -> Result<Atoms> {
        let skew = Skew::of(self, price)?;
        let value = self.nav_before_premium(&skew, price, self.deficit)?;
        // The premium is a part of the skew's notional, which most markets could pay in full.
        if value >= skew.notional.signed()? {
            return Ok(Atoms::ZERO);
        }
        Ok(value.minus(skew.premium(risk)?.signed()?)?.loss())
    }

    #[inline]
    fn nav_before_premium(&self, skew: &Skew, price: Ticks, deficit: Atoms) -> Result<Pnl> {
        Pnl::sum([
            self.worth(skew, price)?.negated()?,
            self.long.cost,
            self.short.cost,
            self.treasury.signed()?,
            self.insurance_claim.signed()?.negated()?,
            self.long.owed_floor()?,
            self.short.owed_floor()?,
            deficit.signed()?,
        ])
    }

    /// What the lots of both sides are worth to their holders, up. Whole lots of one side offset those of the other.
    #[inline]
    fn worth(&self, skew: &Skew, price: Ticks) -> Result<Pnl> {
        let (long, short) = (self.long.exact(), self.short.exact());
        if long.is_whole() && short.is_whole() {
            let worth = skew.notional.signed()?;
            return if skew.lots.is_negative() { worth.negated() } else { Ok(worth) };
        }
        long.at(price, Rounding::Up)?.signed()?.minus(short.at(price, Rounding::Down)?.signed()?)
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
        self.replace(&Position::default(), position)
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

/// Net size of all traders and its value at a price.
struct Skew {
    lots: Lots,
    notional: Atoms,
}

impl Skew {
    #[inline]
    fn of(book: &Book, price: Ticks) -> Result<Self> {
        let lots = book.skew()?;
        Ok(Self { lots, notional: lots.size().at(price)? })
    }

    fn premium(&self, risk: &Risk) -> Result<Atoms> {
        let share = risk.skew.fraction_ceil(self.lots.size())?;
        math::mul_shift_ceil(self.notional.0, share, bits::WORD).map(Atoms)
    }
}

/// The premium that a skew has paid: `price x skew^2 / (2 skew_scale)`, up.
///
/// A trade pays the difference of two values of this one function, so a path of trades at one price costs the same
/// however it is cut, to the atom, and net asset value does not move by trading at one price.
pub fn premium(risk: &Risk, skew: Lots, price: Ticks) -> Result<Atoms> {
    Skew { lots: skew, notional: skew.size().at(price)? }.premium(risk)
}
