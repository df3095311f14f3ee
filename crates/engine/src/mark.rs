//! Variation margin: moving unrealised profit and loss into cash. Equity does not change by it.

use crate::{
    EngineError, Result,
    account::MAX_LEGS,
    book::Book,
    margin::{cautious_pnl, weighted},
    market::Market,
    math,
    position::Position,
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
/// asset value is negative every profit stays a claim.
pub fn payable(position: &Position, market: &Market) -> Result<Atoms> {
    let cautious = if position.lots.is_zero() {
        position.pnl(market.price.oracle)?
    } else {
        cautious_pnl(position, &market.price)?
    };
    let whole = position.lots.is_zero() || weighted(cautious, &market.risk)? == cautious;
    if !cautious.is_positive() || !whole || market.nav()?.is_negative() {
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

/// Marks all legs of an account at their markets' prices.
///
/// Profits first; then losses in full or, when the cash is not enough, shared pro rata to loss, so that whoever marks
/// does not choose which market bears what remains.
#[inline(never)] // its arrays would not fit the caller's stack frame on chain
pub fn mark(cash: &mut Atoms, legs: &mut [Leg<'_>]) -> Result<Payments> {
    let mut after = *cash;
    let mut paid = Payments::default();
    let mut losses = Atoms::ZERO;
    for (leg, payment) in legs.iter().zip(&mut paid) {
        let profit = payable(leg.position, leg.market)?;
        after = after.plus(profit)?;
        *payment = profit.signed()?;
        losses = losses.plus(leg.position.pnl(leg.market.price.oracle)?.loss())?;
    }
    let mut purse = Purse { left: after, losses };
    for (leg, payment) in legs.iter().zip(&mut paid) {
        let share = purse.pay(leg.position.pnl(leg.market.price.oracle)?.loss())?;
        *payment = payment.minus(share.signed()?)?;
    }
    let mut books = [Book::default(); MAX_LEGS];
    let mut positions = [Position::default(); MAX_LEGS];
    for (index, leg) in legs.iter().enumerate() {
        let (Some(book), Some(position), Some(payment)) =
            (books.get_mut(index), positions.get_mut(index), paid.get(index))
        else {
            return Err(EngineError::Overflow);
        };
        (*book, *position) = (leg.market.book, *leg.position);
        book.settle(position, *payment)?;
    }
    for (index, leg) in legs.iter_mut().enumerate() {
        if let (Some(book), Some(position)) = (books.get(index), positions.get(index)) {
            leg.market.book = *book;
            *leg.position = *position;
        }
    }
    *cash = purse.left;
    Ok(paid)
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
