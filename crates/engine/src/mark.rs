//! Variation margin: moving unrealised profit and loss into cash. Equity does not change by it.

use crate::{
    EngineError, Result,
    account::MAX_LEGS,
    margin::{cautious_pnl, weighted},
    market::{Market, status},
    math,
    position::Position,
    settlement,
    side::Side,
    units::{Atoms, Pnl},
};

/// A leg that an action may change: the account's position and its market.
#[derive(Debug)]
pub struct Leg<'a> {
    /// The account's position.
    pub position: &'a mut Position,
    /// The market it is in.
    pub market: &'a mut Market,
}

/// What was paid per leg: positive into the account's cash, negative out of it.
pub type Payments = [Pnl; MAX_LEGS];

/// The profit that may be paid now: what initial equity counts, as far as the treasury has cash.
///
/// Where weight or cap count only a part, nothing is paid: what remained would be counted afresh, so that marks in a row
/// turned into cash what no margin counts. A claim without lots is no longer at risk, so all of it counts. While net
/// asset value is negative, or a settlement has begun or is looked at, every profit stays a claim.
pub fn payable(position: &Position, market: &Market) -> Result<Atoms> {
    payable_when_touched(&market.book.touched(position, market.price.oracle)?, market)
}

/// The same for a position that was touched.
fn payable_when_touched(position: &Position, market: &Market) -> Result<Atoms> {
    let cautious = if position.lots.is_zero() {
        position.pnl(market.price.oracle)?
    } else {
        cautious_pnl(position, &market.price)?
    };
    let whole = position.lots.is_zero() || weighted(cautious, &market.risk)? == cautious;
    if !cautious.is_positive() || !whole || market.book.is_withheld() || market.nav()?.is_negative() {
        return Ok(Atoms::ZERO);
    }
    Ok(cautious.gain().min(market.book.treasury))
}

/// Marks all legs of an account, whose markets' prices must be fresh.
pub fn mark_fresh(cash: &mut Atoms, legs: &mut [Leg<'_>], now: i64) -> Result<Payments> {
    for leg in legs.iter() {
        leg.market.fresh_price(now)?;
    }
    mark(cash, legs)
}

/// Marks all legs of an account at their markets' prices. Each position is touched first.
///
/// Profits first; then losses in full or, when the cash is not enough, shared pro rata to loss, so that whoever marks
/// does not choose which market bears what remains.
#[inline(never)] // its arrays would not fit the caller's stack frame on chain
pub fn mark(cash: &mut Atoms, legs: &mut [Leg<'_>]) -> Result<Payments> {
    if legs.len() > MAX_LEGS {
        return Err(EngineError::Overflow);
    }
    let mut after = *cash;
    let mut paid = Payments::default();
    let mut losses = Atoms::ZERO;
    let mut next = [Next::default(); MAX_LEGS];
    for ((leg, payment), next) in legs.iter().zip(&mut paid).zip(&mut next) {
        *next = Next::of(leg)?;
        let profit = payable_when_touched(&next.position, leg.market)?;
        after = after.plus(profit)?;
        *payment = profit.signed()?;
        losses = losses.plus(next.position.pnl(leg.market.price.oracle)?.loss())?;
    }
    let mut purse = Purse { left: after, losses };
    for ((leg, payment), next) in legs.iter().zip(&mut paid).zip(&mut next) {
        let share = purse.pay(next.position.pnl(leg.market.price.oracle)?.loss())?;
        *payment = payment.minus(share.signed()?)?;
        next.pay(*payment)?;
    }
    for (leg, next) in legs.iter_mut().zip(&next) {
        next.store(leg);
    }
    *cash = purse.left;
    Ok(paid)
}

/// What a mark is about to write: no copy of a whole book, which would not fit the stack frame eight times.
#[derive(Clone, Copy, Default)]
struct Next {
    position: Position,
    side: Side,
    treasury: Atoms,
}

impl Next {
    /// The leg after its touch.
    fn of(leg: &Leg<'_>) -> Result<Self> {
        let book = &leg.market.book;
        let (mut position, mut side) = (*leg.position, *book.side(leg.position.is_long()));
        side.touch(&mut position, leg.market.price.oracle)?;
        Ok(Self { position, side, treasury: book.treasury })
    }

    /// Pays a profit or takes a loss: [`Book::settle`](crate::book::Book::settle) on the parts of a book.
    fn pay(&mut self, paid: Pnl) -> Result<()> {
        let position = Position { cost: self.position.cost.plus(paid)?, ..self.position };
        self.treasury = self.treasury.minus(paid.gain())?.plus(paid.loss())?;
        self.side.replace(&self.position, &position)?;
        self.position = position;
        Ok(())
    }

    fn store(&self, leg: &mut Leg<'_>) {
        if leg.market.status >= status::SETTLING && self.position.is_empty() && !leg.position.is_empty() {
            settlement::forget(&mut leg.market.settlement, leg.position);
        }
        *leg.market.book.side_mut(self.position.is_long()) = self.side;
        leg.market.book.treasury = self.treasury;
        *leg.position = self.position;
    }
}

/// Cash that several losses share pro rata.
///
/// Each payment is a share of what is left over the losses that are left, so no atom remains when losses do, and no
/// loss is paid more than itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purse {
    /// Cash not paid yet.
    pub left: Atoms,
    /// Losses not met yet, paid or not.
    pub losses: Atoms,
}

impl Purse {
    /// Pays the next loss: in full, or its share.
    pub fn pay(&mut self, loss: Atoms) -> Result<Atoms> {
        let share = if self.losses <= self.left {
            loss
        } else {
            Atoms(math::mul_div_floor(self.left.0, loss.0, self.losses.0)?)
        };
        *self = Self { left: self.left.minus(share)?, losses: self.losses.minus(loss)? };
        Ok(share)
    }
}
