//! A fill between two accounts that a venue matched: two novated fills at one price.
//!
//! What the buyer pays the seller is paid, so the skew and net asset value stay as they are but for the fees: whatever the
//! price, the pool is not a party to it (ADR 32).

use bytemuck::{Pod, Zeroable};

use crate::{
    EngineError, Result,
    book::Book,
    execution::Taker,
    funding::require_accrued,
    margin::require_size,
    market::Market,
    position::Position,
    trade::{Judged, adds_risk, lots_oppose, require_capacity, require_margin, require_share},
    units::{Atoms, Lots, Pnl, Size, Ticks},
};

/// What an owner lets a venue do without him: one side of one market.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[cfg_attr(feature = "idl-build", derive(anchor_lang::IdlType))]
#[repr(C)]
pub struct Grant {
    /// Lots that are left.
    pub lots: Size,
    /// Worst price.
    pub limit: Ticks,
    /// The last moment at which it may be used.
    pub expires_at: i64,
    /// One for buying, zero for selling.
    pub buys: u8,
    /// Zero.
    pub padding: [u8; 7],
}

impl Grant {
    /// A grant that can be used at `now`.
    pub fn new(buys: bool, lots: Size, limit: Ticks, expires_at: i64, now: i64) -> Result<Self> {
        if lots.is_zero() || limit.is_zero() {
            return Err(EngineError::ZeroAmount);
        }
        if expires_at < now {
            return Err(EngineError::NotGranted);
        }
        Ok(Self { lots, limit, expires_at, buys: u8::from(buys), padding: [0; 7] })
    }

    /// What is left of it after a fill. Nothing is written.
    pub fn used(&self, buys: bool, lots: Size, price: Ticks, now: i64) -> Result<Self> {
        if self.buys != u8::from(buys) || self.expires_at < now || self.lots < lots {
            return Err(EngineError::NotGranted);
        }
        let met = if buys { price <= self.limit } else { price >= self.limit };
        if !met {
            return Err(EngineError::LimitNotMet);
        }
        Ok(Self { lots: self.lots.minus(lots)?, ..*self })
    }

    /// Whether the fields agree.
    pub fn invariant(&self) -> bool {
        self.buys <= 1 && !self.limit.is_zero()
    }
}

/// One of the two accounts as it is after a fill, and what it paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SideFilled {
    /// Lots traded: positive for the buyer.
    pub lots: Lots,
    /// What they cost: positive for the buyer.
    pub cost: Pnl,
    /// Profit paid to the account, or loss paid by it, where the fill closed its position.
    pub settled: Pnl,
    /// Fee paid to the treasury.
    pub fee: Atoms,
    /// Cash afterwards.
    pub cash: Atoms,
    /// Position afterwards.
    pub position: Position,
}

/// Both accounts and the market as they are after a fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VenueFilled {
    /// The buyer.
    pub buyer: SideFilled,
    /// The seller.
    pub seller: SideFilled,
    /// The market's money afterwards.
    pub book: Book,
}

/// Fills `lots` between two different accounts at `price`; margin is judged at the market's own. Nothing is written.
///
/// Both positions are touched first. Losses are paid before profits, and both accounts are judged when all is done: neither
/// order nor role says who is paid.
pub fn fill(
    buyer: &Taker<'_>,
    seller: &Taker<'_>,
    market: &Market,
    lots: Size,
    price: Ticks,
    now: i64,
) -> Result<VenueFilled> {
    let own = require_match(market, lots, price, now)?;
    let mut book = market.book;
    let fee = market.risk.venue_fee.mul_ceil(lots.at(price)?)?;
    let mut sides = [
        Side::touch(buyer, &mut book, market, lots.signed(true)?, now)?,
        Side::touch(seller, &mut book, market, lots.signed(false)?, now)?,
    ];
    for side in &mut sides {
        side.trade(&mut book, side.first, price)?;
    }
    for losses in [true, false] {
        for side in &mut sides {
            side.settle_closed(&mut book, losses)?;
        }
    }
    for side in &mut sides {
        side.trade(&mut book, side.lots.minus(side.first)?, price)?;
        side.pay(&mut book, fee)?;
    }
    for side in &sides {
        side.require_sound(&book, market, own, now)?;
    }
    let [buyer, seller] = sides.map(|side| side.filled(price, fee));
    Ok(VenueFilled { buyer: buyer?, seller: seller?, book })
}

/// Whether the market takes this fill, at its price of now, which is what it gives back.
///
/// A claim on a market whose net asset value is not positive may be worth less than it says. At a price of their choice its
/// holder and somebody who still owes could move the difference to those who are not asked.
fn require_match(market: &Market, lots: Size, price: Ticks, now: i64) -> Result<Ticks> {
    // At a price of their choice: not while nobody can be liquidated at it.
    market.require_running(now)?;
    if lots.is_zero() || price.is_zero() {
        return Err(EngineError::ZeroAmount);
    }
    let own = market.fresh_price(now)?;
    require_accrued(market, now)?;
    let (band, distance) = (market.risk.venue_band, own.max(price).minus(own.min(price))?);
    if band.is_zero() || distance > band.of_price_floor(own)? {
        return Err(EngineError::OutsideVenueBand);
    }
    if market.book.is_withheld() || !market.nav()?.is_positive() {
        return Err(EngineError::NavNotPositive);
    }
    Ok(own)
}

/// One of the two accounts while a fill is in progress, on copies.
struct Side<'a> {
    taker: &'a Taker<'a>,
    before: &'a Position,
    cash: Atoms,
    position: Position,
    lots: Lots,
    /// The part that does not cross zero.
    first: Lots,
    grows: bool,
    settled: Pnl,
}

impl<'a> Side<'a> {
    #[inline(never)] // twice: once is small enough
    fn touch(taker: &'a Taker<'a>, book: &mut Book, market: &Market, lots: Lots, now: i64) -> Result<Self> {
        let before = taker.position.ok_or(EngineError::NoFreeLeg)?;
        // At a price of its choice an account can give equity away, like a withdrawal: none that is only credited to it.
        if let Some(error) = taker.rest.lacking {
            return Err(error);
        }
        let mut position = *before;
        book.touch(&mut position, market.price.oracle)?;
        let held = position.lots;
        let grows = adds_risk(held, lots)?;
        if grows {
            if taker.flagged {
                return Err(EngineError::AccountFlagged);
            }
            market.require_new_risk(now)?;
        }
        let closing = if lots_oppose(held, lots) { held.size().min(lots.size()) } else { lots.size() };
        let first = closing.signed(lots.is_positive())?;
        Ok(Self { taker, before, cash: taker.cash, position, lots, first, grows, settled: Pnl::ZERO })
    }

    /// Trades a part that does not cross zero.
    #[inline(never)] // four times: once is small enough
    fn trade(&mut self, book: &mut Book, lots: Lots, price: Ticks) -> Result<()> {
        if lots.is_zero() {
            return Ok(());
        }
        book.novate(&mut self.position, lots, lots.at(price)?)
    }

    /// Where the position closed: pays its loss in full, or is paid its profit as far as the treasury has cash.
    #[inline(never)] // four times: once is small enough
    fn settle_closed(&mut self, book: &mut Book, losses: bool) -> Result<()> {
        let pnl = self.position.cost.negated()?;
        if !self.position.lots.is_zero() || pnl.is_negative() != losses {
            return Ok(());
        }
        let paid = if losses { pnl } else { pnl.gain().min(book.treasury).signed()? };
        self.cash = self.cash.minus(paid.loss()).map_err(|_| EngineError::LossExceedsCash)?.plus(paid.gain())?;
        book.settle(&mut self.position, paid)?;
        self.settled = self.settled.plus(paid)?;
        Ok(())
    }

    fn pay(&mut self, book: &mut Book, fee: Atoms) -> Result<()> {
        self.cash = self.cash.minus(fee).map_err(|_| EngineError::InsufficientCash)?;
        book.treasury = book.treasury.plus(fee)?;
        Ok(())
    }

    /// Size, capacity and margin, as for a fill against the pool: with what both sides have become.
    #[inline(never)] // twice: once is small enough, and its stack frame is its own
    fn require_sound(&self, book: &Book, market: &Market, price: Ticks, now: i64) -> Result<()> {
        // A cap that was lowered since does not hinder a reduction.
        let size = self.position.lots.size();
        require_size(&market.risk, if self.grows { size } else { size.min(market.risk.position_cap) })?;
        if self.grows {
            require_capacity(&market.risk, book, self.position.is_long(), &market.price)?;
            require_share(&market.risk, book, &self.position, &market.price)?;
        }
        let (before, after) = ((self.taker.cash, self.before), (self.cash, &self.position));
        let judged = Judged { price, lacking: None, now };
        require_margin(market, book, self.taker.rest, before, after, self.grows, &judged)
    }

    fn filled(self, price: Ticks, fee: Atoms) -> Result<SideFilled> {
        let Self { lots, settled, cash, position, .. } = self;
        Ok(SideFilled { lots, cost: lots.at(price)?, settled, fee, cash, position })
    }
}
